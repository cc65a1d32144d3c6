// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-outbox-list.h"
#include "tests/unit/outbox-fixture.h"

#include <string.h>

/* The father's letter, of one booking, through every step that a letter can take; docs/correspondence.md has the same table. */

typedef struct {
	CmPost *post;
	gint64 letter;
	guint attempt;
} Way;

static gint64
find_letter(CmPost *post)
{
	g_autofree gchar *sql =
	    g_strdup_printf("SELECT max(id) FROM letter WHERE recipient_kind = 2 AND recipient = "
			    "%" G_GINT64_FORMAT,
			    post->father);

	return cm_post_query(post, sql);
}

static gchar *
get_state(const Way *way)
{
	g_autofree gchar *sql =
	    g_strdup_printf("SELECT state FROM letter WHERE id = %" G_GINT64_FORMAT, way->letter);
	gchar *text = NULL;

	g_assert_true(cm_store_fixture_run_shell(way->post->fixture, sql, &text));
	return g_strstrip(text);
}

static void
report(Way *way, CmAttempt outcome, guint code)
{
	const CmStoreAttempt attempt = {way->attempt, outcome, code};
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_letter_report(way->post->store, way->letter, &attempt,
					     way->post->now, NULL, &error));
	g_assert_no_error(error);
}

static void
make(Way *way)
{
	cm_post_book(way->post, 0, 0, "09:00");
	cm_post_set_now(way->post, way->post->now + UNDO);
	(void)cm_post_gather(way->post);
	way->letter = find_letter(way->post);
	g_assert_cmpint(way->letter, !=, 0);
}

static void
lease(Way *way)
{
	g_autoptr(GPtrArray) leases = cm_post_lease(way->post, 64);

	for (guint i = 0; i < leases->len; i++) {
		const CmStoreLease *one = g_ptr_array_index(leases, i);

		if (one->number == way->letter)
			way->attempt = one->attempt;
	}
}

static void
make_leased(Way *way)
{
	make(way);
	lease(way);
}

static void
take_back(Way *way)
{
	g_assert_true(cm_store_letter_abandon(way->post->store, way->post->now, NULL));
}

static void
make_taken_back(Way *way)
{
	make_leased(way);
	take_back(way);
}

static void
accept(Way *way)
{
	report(way, CM_ATTEMPT_ACCEPTED, 250);
}

static void
make_sent(Way *way)
{
	make_leased(way);
	accept(way);
}

static void
fail(Way *way)
{
	report(way, CM_ATTEMPT_NETWORK, 0);
}

static void
refuse(Way *way)
{
	report(way, CM_ATTEMPT_PERMANENT, 550);
}

static void
make_dead(Way *way)
{
	make_leased(way);
	refuse(way);
}

static void
make_dead_uncertain(Way *way)
{
	make_taken_back(way);
	lease(way);
	refuse(way);
}

static void
give_up(Way *way)
{
	cm_post_set_now(way->post, way->post->now + CM_OUTBOX_GIVE_UP_SECONDS);
	fail(way);
}

static void
replace(Way *way)
{
	cm_post_move(way->post, 0, 0, "10:30");
	cm_post_set_now(way->post, way->post->now + UNDO);
	(void)cm_post_gather(way->post);
}

static void
retry(Way *way)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(
	    cm_store_outbox_list_retry(way->post->store, way->letter, UID, way->post->now, &error));
	g_assert_no_error(error);
}

static void
drop(Way *way)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(
	    cm_store_outbox_list_drop(way->post->store, way->letter, UID, way->post->now, &error));
	g_assert_no_error(error);
}

static void
bounce(Way *way)
{
	g_assert_true(cm_store_letter_set_bounced(way->post->store, way->letter, 550,
						  way->post->now, NULL, NULL));
}

static const struct {
	void (*begin)(Way *way); /* to the state that it comes from */
	const gchar *from;
	const gchar *event;
	void (*step)(Way *way);
	const gchar *to;
} steps[] = {
    {NULL, "–", "made", make, "waiting"},
    {make, "waiting", "handed out", lease, "leased"},
    {make, "waiting", "replaced", replace, "void"},
    {make, "waiting", "dropped", drop, "void"},
    {make, "waiting", "retried", retry, "void"},
    {make_leased, "leased", "accepted", accept, "sent"},
    {make_leased, "leased", "failed", fail, "waiting"},
    {make_leased, "leased", "refused", refuse, "dead"},
    {make_leased, "leased", "given up", give_up, "dead"},
    {make_leased, "leased", "taken back", take_back, "waiting"},
    {make_taken_back, "waiting", "accepted late", accept, "sent"},
    {make_dead, "dead", "accepted late", accept, "sent"},
    {make_dead, "dead", "retried", retry, "void"},
    {make_dead_uncertain, "dead", "retried, uncertain", retry, "waiting"},
    {make_dead, "dead", "dropped", drop, "void"},
    {make_sent, "sent", "bounced", bounce, "dead"},
};

static void
test_store_letter_steps(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
		g_autoptr(CmPost) post = cm_post_new();
		Way way = {.post = post};
		g_autofree gchar *before = NULL;
		g_autofree gchar *after = NULL;

		if (steps[i].begin != NULL) {
			steps[i].begin(&way);
			before = get_state(&way);
		}
		steps[i].step(&way);
		after = get_state(&way);
		g_test_message("%s, %s: %s", steps[i].from, steps[i].event, after);
		g_assert_cmpstr(before != NULL ? before : "–", ==, steps[i].from);
		g_assert_cmpstr(after, ==, steps[i].to);
	}
}

static void
test_store_letter_page(void)
{
	g_autofree gchar *path =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "docs", "correspondence.md", NULL);
	g_autofree gchar *page = NULL;
	g_autoptr(GString) table =
	    g_string_new("| from | what happens | to |\n| --- | --- | --- |\n");

	for (guint i = 0; i < G_N_ELEMENTS(steps); i++)
		g_string_append_printf(table, "| %s | %s | %s |\n", steps[i].from, steps[i].event,
				       steps[i].to);
	g_string_append_c(table, '\n');
	g_assert_true(g_file_get_contents(path, &page, NULL, NULL));
	if (strstr(page, table->str) == NULL)
		g_test_fail_printf("docs/correspondence.md:\n%s", table->str);
}

/* ---- what follows of it */

/* refused: nobody was told; tried again it is a new letter, of what stands then */
static void
test_store_letter_retried(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	Way way = {.post = post};
	gint64 first = 0;

	make_dead(&way);
	first = way.letter;
	cm_post_move(post, 0, 0, "10:30");
	cm_post_set_now(post, post->now + UNDO);
	g_assert_cmpuint(cm_post_deliver(post), >, 0);
	way.letter = first;
	retry(&way);
	/* what it told is told already, by the one that came after it */
	g_assert_cmpuint(cm_post_deliver(post), ==, 0);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM notice WHERE sent_at IS NULL AND "
					    "recipient_kind = 2 AND letter IS NOT NULL"),
			==, 0);
}

/* back from the other side: what it told is not told, and the promise stands */
static void
test_store_letter_bounced(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	Way way = {.post = post};

	make_sent(&way);
	g_assert_cmpint(cm_post_query(post,
				      "SELECT count(*) FROM invitation WHERE recipient_kind = 2 "
				      "AND told_state = 'planned'"),
			==, 1);
	bounce(&way);
	g_assert_cmpint(cm_post_query(post,
				      "SELECT count(*) FROM invitation WHERE recipient_kind = 2 "
				      "AND told_state IS NOT NULL"),
			==, 0);
	retry(&way);
	g_assert_cmpuint(cm_post_deliver(post), >=, 1);
	g_assert_cmpint(cm_post_query(post,
				      "SELECT sequence FROM invitation WHERE recipient_kind = 2 "
				      "AND told_state = 'planned'"),
			==, 1);
}

static void
test_store_letter_unreachable(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	CmStoreRecipient who = {CM_RESOURCE_CONTACT, post->father};
	g_autoptr(GPtrArray) entries = NULL;
	g_autoptr(GError) error = NULL;

	cm_post_set_reach(post, CM_RESOURCE_CONTACT, post->father, "", CM_DELIVERY_INVITATIONS);
	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, post->now + UNDO);
	(void)cm_post_deliver(post);
	entries = cm_store_outbox_list(post->store, CM_OUTBOX_LIST_UNREACHABLE, post->now, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(entries->len, ==, 1);
	g_assert_cmpint(((CmOutboxEntry *)g_ptr_array_index(entries, 0))->who.person, ==,
			post->father);
	/* tried again without an address: listed again */
	g_assert_true(cm_store_outbox_list_retry_person(post->store, &who, UID, post->now, &error));
	g_assert_cmpuint(cm_post_deliver(post), ==, 0);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM notice WHERE outcome = "
					    "'unreachable'"),
			==, 1);
	/* with one: told */
	cm_post_set_reach(post, CM_RESOURCE_CONTACT, post->father, "pere@famille.example",
			  CM_DELIVERY_INVITATIONS);
	g_assert_cmpuint(cm_post_deliver(post), ==, 1);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM notice WHERE outcome = "
					    "'unreachable'"),
			==, 0);
}

static CmAnswerResult
answer(CmPost *post, gint64 invitation, gint64 sequence, gint64 stamp)
{
	const CmStoreAnswer given = {.answer = CM_ANSWER_ACCEPTED,
				     .sequence = sequence,
				     .stamp = stamp,
				     .at = post->now,
				     .by = CM_ANSWERED_BY_MAIL};
	CmAnswerResult result = CM_ANSWER_GONE;
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_invitation_record_answer(post->store, invitation, &given, -1,
							&result, &error));
	g_assert_no_error(error);
	return result;
}

/* an answer is to an hour: moved, nobody has answered, and what comes for the old one does not count */
static void
test_store_letter_answered(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	Way way = {.post = post};
	g_autofree gchar *token = NULL;
	g_autofree gchar *upper = NULL;
	gint64 invitation = 0;

	make_sent(&way);
	invitation = cm_post_query(post, "SELECT id FROM invitation WHERE recipient_kind = 2");
	token = cm_store_invitation_dup_token(post->store, invitation);
	upper = g_ascii_strup(token, -1);
	g_assert_cmpint(cm_store_invitation_read_token(post->store, upper), ==, invitation);
	g_assert_cmpint(answer(post, invitation, 0, 100), ==, CM_ANSWER_TAKEN);
	g_assert_cmpint(answer(post, invitation, 0, 99), ==, CM_ANSWER_STALE);
	cm_post_move(post, 0, 0, "10:30");
	cm_post_set_now(post, post->now + UNDO);
	g_assert_cmpuint(cm_post_deliver(post), >=, 1);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM invitation WHERE answer <> "
					    "'needs-action'"),
			==, 0);
	g_assert_cmpint(answer(post, invitation, 0, 200), ==, CM_ANSWER_STALE);
	g_assert_cmpint(answer(post, invitation, 1, 200), ==, CM_ANSWER_TAKEN);
	/* asked for again: the same hour, and the answer stays */
	g_assert_true(cm_store_invitation_repeat(post->store, invitation, NULL));
	cm_post_set_now(post, post->now + UNDO);
	g_assert_cmpuint(cm_post_deliver(post), ==, 1);
	g_assert_cmpint(cm_post_query(post,
				      "SELECT sequence FROM invitation WHERE recipient_kind = 2 "
				      "AND answer = 'accepted'"),
			==, 2);
	cm_post_cancel(post, 0);
	cm_post_set_now(post, post->now + UNDO);
	(void)cm_post_deliver(post);
	g_assert_cmpint(answer(post, invitation, 3, 300), ==, CM_ANSWER_GONE);
}

static void
test_store_letter_counted(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	Way way = {.post = post};
	CmOutboxCounts counts = {0};

	make_sent(&way);
	cm_post_set_now(post, post->now + 12 * HOUR);
	(void)cm_post_deliver(post);
	g_assert_true(cm_store_outbox_list_count(post->store, post->now - 7 * DAY, &counts, NULL));
	/* the professional, the father, the mother, each in a household of their own */
	g_assert_cmpuint(counts.sent, ==, 3);
	g_assert_cmpuint(counts.families, ==, 2);
	g_assert_cmpuint(counts.most, ==, 1);
	g_assert_true(cm_store_outbox_list_count(post->store, post->now + 1, &counts, NULL));
	g_assert_cmpuint(counts.sent, ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-letter/steps", test_store_letter_steps);
	g_test_add_func("/store-letter/page", test_store_letter_page);
	g_test_add_func("/store-letter/retried", test_store_letter_retried);
	g_test_add_func("/store-letter/bounced", test_store_letter_bounced);
	g_test_add_func("/store-letter/unreachable", test_store_letter_unreachable);
	g_test_add_func("/store-letter/answered", test_store_letter_answered);
	g_test_add_func("/store-letter/counted", test_store_letter_counted);
	return g_test_run();
}
