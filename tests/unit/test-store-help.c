// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-help.h"

#include "tests/unit/visit-fixture.h"

static gint64
ask(Visio *visio, const gchar *report, gint64 now)
{
	gint64 number = 0;
	g_autoptr(GError) error = NULL;
	gboolean done = cm_store_help_ask(visio->store, visio->booking.number, CM_RESOURCE_CONTACT,
					  visio->desk->contact[0], report, now, &number, &error);

	g_assert_no_error(error);
	g_assert_true(done);
	return number;
}

static CmStoreHelp *
get_help(Visio *visio, gint64 number)
{
	const CmStoreHelpFilter filter = {.number = number};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = cm_store_help_list(visio->store, &filter, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(list->len, ==, 1);
	return g_ptr_array_steal_index(list, 0);
}

static gint64
answer(Visio *visio, gint64 number, gint64 expected, const gchar *text)
{
	gint64 version = 0;
	gint64 subject = 0;
	g_autoptr(GError) error = NULL;
	gboolean done = cm_store_help_answer(visio->store, number, expected, text, UID,
					     visio->start, &version, &subject, &error);

	g_assert_no_error(error);
	g_assert_true(done);
	g_assert_cmpint(subject, ==, visio->booking.number);
	return version;
}

static void
close_help(Visio *visio, gint64 number, gint64 now)
{
	gint64 version = 0;
	g_autoptr(GError) error = NULL;
	gboolean done =
	    cm_store_help_close(visio->store, number, 0, OTHER, now, &version, NULL, &error);

	g_assert_no_error(error);
	g_assert_true(done);
}

static gint64
count_notices(Visio *visio)
{
	return query(visio->desk, "SELECT count(*) FROM notice WHERE kind = 'help.asked';");
}

static gint64
count_audit(Visio *visio, const gchar *action)
{
	g_autofree gchar *sql =
	    g_strdup_printf("SELECT count(*) FROM audit WHERE action = '%s';", action);

	return query(visio->desk, sql);
}

/* pressed again while it waits it is one request, told once, with what was said last */
static void
test_ask(void)
{
	g_autoptr(Visio) visio = visio_new();
	gint64 number = ask(visio, "{\"text\":\"a\"}", visio->start);
	g_autoptr(CmStoreHelp) help = NULL;

	g_assert_cmpint(ask(visio, "{\"text\":\"b\"}", visio->start + 9), ==, number);
	help = get_help(visio, number);
	g_assert_cmpint(help->state, ==, CM_HELP_WAITING);
	g_assert_cmpint(help->version, ==, 1);
	g_assert_cmpstr(help->report, ==, "{\"text\":\"b\"}");
	g_assert_null(help->answer);
	g_assert_cmpint(help->subject, ==, visio->booking.number);
	g_assert_cmpint(help->person, ==, visio->desk->contact[0]);
	/* since when they wait: from the first time */
	g_assert_cmpint(help->asked_at, ==, visio->start);
	g_assert_cmpint(help->changed_by, ==, -1);
	g_assert_cmpint(count_notices(visio), ==, 1);
	g_assert_cmpint(count_audit(visio, "help.ask"), ==, 1);
}

/* answered; asked again, for the answer was no help; closed; asked anew */
static void
test_way(void)
{
	g_autoptr(Visio) visio = visio_new();
	gint64 number = ask(visio, "{}", visio->start);
	g_autoptr(CmStoreHelp) answered = NULL;
	g_autoptr(CmStoreHelp) again = NULL;
	g_autoptr(CmStoreHelp) closed = NULL;
	gint64 other = 0;

	g_assert_cmpint(answer(visio, number, 1, "Appelez-nous."), ==, 2);
	/* another text, by its new version */
	g_assert_cmpint(answer(visio, number, 2, " Rechargez\r\nla page. "), ==, 3);
	answered = get_help(visio, number);
	g_assert_cmpint(answered->state, ==, CM_HELP_ANSWERED);
	g_assert_cmpstr(answered->answer, ==, "Rechargez\nla page.");
	g_assert_cmpint(answered->changed_by, ==, UID);

	g_assert_cmpint(ask(visio, "{}", visio->start + 60), ==, number);
	again = get_help(visio, number);
	g_assert_cmpint(again->state, ==, CM_HELP_WAITING);
	g_assert_cmpint(again->version, ==, 4);
	g_assert_null(again->answer);
	g_assert_cmpint(again->asked_at, ==, visio->start + 60);
	g_assert_cmpint(count_audit(visio, "help.ask"), ==, 2);

	close_help(visio, number, visio->start + 90);
	closed = get_help(visio, number);
	g_assert_cmpint(closed->state, ==, CM_HELP_CLOSED);
	g_assert_cmpint(closed->changed_by, ==, OTHER);
	other = ask(visio, "{}", visio->start + 120);
	g_assert_cmpint(other, !=, number);
	g_assert_cmpint(count_audit(visio, "help.answer"), ==, 2);
	g_assert_cmpint(count_audit(visio, "help.close"), ==, 1);
}

/* whoever looked before it changed decides nothing, and nothing has changed */
static void
test_conflicts(void)
{
	g_autoptr(Visio) visio = visio_new();
	gint64 number = ask(visio, "{}", visio->start);
	g_autofree gchar *long_text = g_strnfill(CM_STORE_HELP_TEXT_MAX + 1, 'x');
	const struct {
		gint64 number;
		gint64 expected;
		const gchar *text;
		CmErrorCode code;
	} rows[] = {
	    {number, 2, "a", CM_ERROR_CONFLICT},
	    {number + 1000, 0, "a", CM_ERROR_NOT_FOUND},
	    {0, 0, "a", CM_ERROR_NOT_FOUND},
	    {number, 0, "", CM_ERROR_INVALID_INPUT},
	    {number, 0, " \n ", CM_ERROR_INVALID_INPUT},
	    {number, 0, long_text, CM_ERROR_INVALID_INPUT},
	};
	gint64 version = 77;
	g_autoptr(GError) closed = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(cm_store_help_answer(visio->store, rows[i].number, rows[i].expected,
						    rows[i].text, UID, visio->start, &version, NULL,
						    &error));
		if (!cm_error_is(error, rows[i].code))
			g_test_fail_printf("%u: another error: %s", i, error->message);
	}
	g_assert_cmpint(version, ==, 77);
	g_assert_cmpint(count_audit(visio, "help.answer"), ==, 0);
	close_help(visio, number, visio->start);
	g_assert_false(cm_store_help_answer(visio->store, number, 0, "a", UID, visio->start,
					    &version, NULL, &closed));
	g_assert_true(cm_error_is(closed, CM_ERROR_CONFLICT));
}

static void
test_most(void)
{
	g_autoptr(Visio) visio = visio_new();
	g_autofree gchar *report = g_strnfill(CM_STORE_HELP_REPORT_MAX + 1, ' ');
	g_autoptr(GError) many = NULL;
	g_autoptr(GError) big = NULL;
	gint64 number = 0;

	g_assert_false(cm_store_help_ask(visio->store, visio->booking.number, CM_RESOURCE_CONTACT,
					 visio->desk->contact[0], report, NOW, &number, &big));
	g_assert_true(cm_error_is(big, CM_ERROR_INVALID_INPUT));
	for (guint i = 0; i < CM_STORE_HELPS_MAX; i++)
		close_help(visio, ask(visio, "{}", visio->start), visio->start);
	g_assert_false(cm_store_help_ask(visio->store, visio->booking.number, CM_RESOURCE_CONTACT,
					 visio->desk->contact[0], "{}", NOW, &number, &many));
	g_assert_true(cm_error_is(many, CM_ERROR_CONFLICT));
	g_assert_cmpint(number, ==, 0);
	/* of another person it is another's count */
	g_assert_true(cm_store_help_ask(visio->store, visio->booking.number, CM_RESOURCE_STUDENT,
					visio->desk->student[0], "{}", NOW, &number, NULL));
}

static guint
count_listed(Visio *visio, const CmStoreHelpFilter *filter)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = cm_store_help_list(visio->store, filter, &error);

	g_assert_no_error(error);
	return list->len;
}

static void
test_list(void)
{
	g_autoptr(Visio) visio = visio_new();
	gint64 closed = ask(visio, "{}", visio->start);
	g_autoptr(GArray) here = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(GArray) elsewhere = g_array_new(FALSE, FALSE, sizeof(gint64));
	gint64 nowhere = 987654321;
	const CmStoreHelpFilter rows[] = {
	    {.open = FALSE},
	    {.open = TRUE},
	    {.professional = visio->desk->professional},
	    {.professional = nowhere},
	    {.subject = visio->booking.number},
	    {.subject = nowhere},
	    {.sites = here},
	    {.sites = elsewhere},
	    {.limit = 1},
	};
	static const guint counts[] = {2, 1, 2, 0, 2, 0, 2, 0, 1};

	close_help(visio, closed, visio->start);
	(void)ask(visio, "{}", visio->start + 1);
	g_array_append_val(here, visio->desk->school);
	g_array_append_val(elsewhere, nowhere);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpuint(count_listed(visio, &rows[i]), ==, counts[i]);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-help/ask", test_ask);
	g_test_add_func("/store-help/way", test_way);
	g_test_add_func("/store-help/conflicts", test_conflicts);
	g_test_add_func("/store-help/most", test_most);
	g_test_add_func("/store-help/list", test_list);
	return g_test_run();
}
