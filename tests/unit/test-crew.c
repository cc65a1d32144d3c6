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
	cm_crew_arrange(crew, CM_CREW_PROFESSIONALS, weights, order, count);
	g_assert_cmpuint(order[0], ==, count - 1);
	g_assert_true(!beside || !share_a_site(caseload, order[0], order[1]));
	for (guint32 i = 0; i < count; i++) {
		g_assert_false(seen[order[i]]);
		seen[order[i]] = TRUE;
	}
}

#define REPLICAS 2
#define NOTES 400 /* of one job at each of its sites */

/* Who was at each site, in their order: written without a lock, as the planner's jobs write what is taken there. */
typedef struct {
	const CmCaseload *caseload;
	GArray **notes; /* [replica][site]: guint32 professionals */
} Guestbook;

static GArray *
get_notes(const Guestbook *book, guint replica, guint32 site)
{
	return book->notes[replica * book->caseload->sites->len + site];
}

static void
sign(guint replica, guint32 professional, guint thread, gpointer user_data)
{
	const Guestbook *book = user_data;

	for (guint i = 0; i < NOTES; i++) {
		for (guint f = 0; f < book->caseload->followups->len; f++) {
			const CmFollowup *followup =
			    CM_ELEMENT(book->caseload->followups, CmFollowup, f);

			if (followup->professional == professional)
				g_array_append_val(
				    get_notes(book, replica,
					      CM_ELEMENT(book->caseload->students, CmStudent,
							 followup->student)
						  ->site),
				    professional);
		}
	}
}

static void
wait_idly(gpointer user_data)
{
}

/* Each has done all their work before the next at the same site, in the order that was given. */
static void
assert_in_order(const GArray *notes, const guint32 *order, guint count)
{
	guint done = 0;

	for (guint i = 0; i < count; i++)
		while (done < notes->len && g_array_index(notes, guint32, done) == order[i])
			done++;
	g_assert_cmpuint(done, ==, notes->len);
}

/* By several threads all comes out as by one. */
static void
test_run(void)
{
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);
	g_autoptr(CmPlannerFixture) fixture =
	    cm_planner_fixture_open(g_getenv("COMODAL_TEST_TEAM"), policies);
	guint sites = fixture->problem->caseload->sites->len;
	guint count = fixture->problem->caseload->professionals->len;
	g_autoptr(CmCrew) crew = cm_crew_new(fixture->problem, REPLICAS, 4);
	g_autofree guint32 *order = g_new(guint32, count);
	g_autofree GArray **notes = g_new(GArray *, REPLICAS * sites);
	Guestbook book = {.caseload = fixture->problem->caseload, .notes = notes};
	guint written = 0;

	for (guint i = 0; i < REPLICAS * sites; i++)
		notes[i] = g_array_new(FALSE, FALSE, sizeof(guint32));
	for (guint32 i = 0; i < count; i++)
		order[i] = count - 1 - i;
	cm_crew_run(crew, CM_CREW_PROFESSIONALS, order, count, sign, wait_idly, &book);
	for (guint i = 0; i < REPLICAS * sites; i++) {
		assert_in_order(notes[i], order, count);
		written += notes[i]->len;
		g_array_unref(notes[i]);
	}
	g_assert_cmpuint(written, ==, REPLICAS * NOTES * book.caseload->followups->len);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/crew/arrange", test_arrange);
	g_test_add_func("/crew/run", test_run);
	return g_test_run();
}
