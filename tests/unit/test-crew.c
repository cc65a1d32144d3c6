// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/crew.h"

#include "tests/unit/planner-fixture.h"

/* Found from the caseload alone. */
static gboolean
share_a_site(const CmCaseload *caseload, guint32 a, guint32 b)
{
	for (guint i = 0; i < caseload->followups->len; i++) {
		const CmFollowup *one = CM_ELEMENT(caseload->followups, CmFollowup, i);

		for (guint j = 0; one->professional == a && j < caseload->followups->len; j++) {
			const CmFollowup *two = CM_ELEMENT(caseload->followups, CmFollowup, j);

			if (two->professional == b &&
			    CM_ELEMENT(caseload->students, CmStudent, one->student)->site ==
				CM_ELEMENT(caseload->students, CmStudent, two->student)->site)
				return TRUE;
		}
	}
	return FALSE;
}

/* The first of an order can begin at once on both threads when anybody could run beside it. */
static void
test_arrange(void)
{
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);
	g_autoptr(CmPlannerFixture) fixture =
	    cm_planner_fixture_open(g_getenv("COMODAL_TEST_TEAM"), policies);
	const CmCaseload *caseload = fixture->problem->caseload;
	guint count = caseload->professionals->len;
	g_autoptr(CmCrew) crew = cm_crew_new(fixture->problem, 1, 1);
	g_autofree guint32 *order = g_new(guint32, count);
	g_autofree guint *weights = g_new(guint, count);
	g_autofree gboolean *seen = g_new0(gboolean, count);
	gboolean beside = FALSE;

	for (guint32 i = 0; i < count; i++) {
		order[i] = count - 1 - i;
		weights[i] = 10 + i;
	}
	for (guint32 i = 1; i < count; i++)
		beside |= !share_a_site(caseload, order[0], order[i]);
	cm_crew_arrange(crew, weights, order, count);
	g_assert_cmpuint(order[0], ==, count - 1);
	g_assert_true(!beside || !share_a_site(caseload, order[0], order[1]));
	for (guint32 i = 0; i < count; i++) {
		g_assert_false(seen[order[i]]);
		seen[order[i]] = TRUE;
	}
}

#define REPLICAS 2
#define NOTES 400 /* of one job at each of its sites */

/* Who wrote on the page of each professional and each site, in their order: written without a lock, as the planner's jobs write what is
 * taken there. */
typedef struct {
	const CmCaseload *caseload;
	const CmCrew *crew;
	GArray **pages; /* [replica][index]: guint32 indices */
} Guestbook;

static guint
count_pages(const CmCaseload *caseload)
{
	return caseload->professionals->len + caseload->sites->len;
}

static GArray *
get_page(const Guestbook *book, guint replica, guint32 index)
{
	return book->pages[replica * count_pages(book->caseload) + index];
}

/* A professional writes on their own page and on those of their sites, a site on its own and on those of its professionals. */
static void
sign(guint replica, guint32 index, guint thread, gpointer user_data)
{
	const Guestbook *book = user_data;

	for (guint i = 0; i < NOTES; i++) {
		for (guint f = 0; f < book->caseload->followups->len; f++) {
			const CmFollowup *followup =
			    CM_ELEMENT(book->caseload->followups, CmFollowup, f);
			guint32 site =
			    cm_crew_get_site(book->crew, CM_ELEMENT(book->caseload->students,
								    CmStudent, followup->student)
							     ->site);

			if (followup->professional != index && site != index)
				continue;
			g_array_append_val(get_page(book, replica, followup->professional), index);
			g_array_append_val(get_page(book, replica, site), index);
		}
	}
}

static void
wait_idly(gpointer user_data)
{
}

/* Each has done all their work before the next on the same page, in the order that was given. */
static void
assert_in_order(const GArray *page, const guint32 *order, guint count)
{
	guint done = 0;

	for (guint i = 0; i < count; i++)
		while (done < page->len && g_array_index(page, guint32, done) == order[i])
			done++;
	g_assert_cmpuint(done, ==, page->len);
}

/* By several threads all comes out as by one: professionals, and each site before and after them. */
static void
test_run(void)
{
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);
	g_autoptr(CmPlannerFixture) fixture =
	    cm_planner_fixture_open(g_getenv("COMODAL_TEST_TEAM"), policies);
	const CmCaseload *caseload = fixture->problem->caseload;
	guint pages = REPLICAS * count_pages(caseload);
	guint count = caseload->professionals->len + 2 * caseload->sites->len;
	g_autoptr(CmCrew) crew = cm_crew_new(fixture->problem, REPLICAS, 4);
	g_autofree guint32 *order = g_new(guint32, count);
	g_autofree GArray **book_pages = g_new(GArray *, pages);
	Guestbook book = {.caseload = caseload, .crew = crew, .pages = book_pages};
	guint written = 0;

	for (guint i = 0; i < pages; i++)
		book_pages[i] = g_array_new(FALSE, FALSE, sizeof(guint32));
	for (guint32 i = 0; i < caseload->professionals->len; i++)
		order[caseload->sites->len + i] = caseload->professionals->len - 1 - i;
	for (guint32 i = 0; i < caseload->sites->len; i++) {
		order[i] = cm_crew_get_site(crew, i);
		order[count - 1 - i] = cm_crew_get_site(crew, i);
	}
	cm_crew_run(crew, order, count, sign, wait_idly, &book);
	for (guint i = 0; i < pages; i++) {
		assert_in_order(book_pages[i], order, count);
		written += book_pages[i]->len;
		g_array_unref(book_pages[i]);
	}
	/* on two pages each, by the professional and twice by the site */
	g_assert_cmpuint(written, ==, REPLICAS * NOTES * 6 * caseload->followups->len);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/crew/arrange", test_arrange);
	g_test_add_func("/crew/run", test_run);
	return g_test_run();
}
