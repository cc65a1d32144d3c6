// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/page-parts.h"
#include "daemon/gateway/page-phrase.h"
#include "daemon/gateway/page.h"
#include "tests/pages/page-samples.h"

#include <string.h>

/* The writing of pages, and each page of tests/fixtures/views to the octet as tests/fixtures/pages has it; COMODAL_WRITE_EXPECTED=1 writes
 * those anew: read the difference. tests/browser/ looks at them as people do. */

static gchar *
get_folder(const gchar *name)
{
	return g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests", "fixtures", name, NULL);
}

static gchar *
take_text(GBytes *html)
{
	gsize size = 0;
	const gchar *data = g_bytes_get_data(html, &size);
	gchar *text = g_strndup(data, size);

	g_bytes_unref(html);
	return text;
}

static CmPage *
begin(const CmWords *words, const gchar *prefix)
{
	CmPageFrame frame = {.words = words, .prefix = prefix, .once = "o\"nce"};
	CmPageHead head = {.title = "T<i>tle"};

	return cm_page_new(&frame, &head);
}

/* ---- whatever is written, nothing of it is HTML */

static void
test_page_escapes(void)
{
	const gchar *bad = "\"><script>x()</script>'&amp;";
	g_autoptr(CmWords) words = cm_words_new("en", "America/Toronto", NULL);
	CmPage *page = begin(words, "/v/x\"><script>");
	CmPageField field = {.name = "n\"", .label = bad, .hint = bad, .fault = bad, .value = bad};
	g_autofree gchar *text = NULL;

	cm_page_element(page, "p", bad, bad);
	cm_page_say(page, "p", NULL, "{0}", bad, NULL);
	cm_page_begin(page, "p", NULL);
	cm_page_set(page, "title", bad);
	cm_page_text(page, bad);
	cm_page_end(page);
	cm_page_link(page, NULL, "/x", bad);
	cm_page_phone(page, NULL, bad);
	cm_page_begin_form(page, NULL, "/x");
	cm_page_hidden(page, "n", bad);
	cm_page_button(page, NULL, "n", bad, bad);
	cm_page_field(page, &field);
	field.kind = CM_PAGE_FIELD_LONG;
	cm_page_field(page, &field);
	cm_page_tick(page, "n", bad, FALSE);
	cm_page_end(page);
	text = take_text(cm_page_finish(page));
	g_assert_null(strstr(text, "<script"));
	g_assert_null(strstr(text, "<i>"));
	g_assert_nonnull(strstr(text, "&lt;script&gt;x()&lt;/script&gt;"));
	g_assert_nonnull(strstr(text, "href=\"/v/x&quot;&gt;&lt;script&gt;/x\""));
}

/* what can load or run something is never written from what is given */
static void
test_page_plain_attributes(void)
{
	static const gchar *const names[] = {"href", "src", "action", "style", "onclick", "srcdoc"};
	g_autoptr(CmWords) words = cm_words_new("en", "America/Toronto", NULL);

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		CmPage *page = begin(words, "/p");
		g_autofree gchar *text = NULL;

		g_test_expect_message("comodal", G_LOG_LEVEL_CRITICAL, "*is_plain*");
		cm_page_begin(page, "p", NULL);
		cm_page_set(page, names[i], "javascript:x()");
		cm_page_end(page);
		g_test_assert_expected_messages();
		text = take_text(cm_page_finish(page));
		g_assert_null(strstr(text, "javascript:"));
	}
}

static void
test_page_path(void)
{
	g_autoptr(CmWords) words = cm_words_new("en", "America/Toronto", NULL);
	CmPage *page = begin(words, "/p");
	g_autofree gchar *text = NULL;

	g_test_expect_message("comodal", G_LOG_LEVEL_CRITICAL, "*path*");
	cm_page_link(page, NULL, "https://elsewhere.example/", "x");
	g_test_assert_expected_messages();
	text = take_text(cm_page_finish(page));
	g_assert_null(strstr(text, "elsewhere"));
}

static void
test_page_phone(void)
{
	static const gchar *const cases[][2] = {
	    {"418 555-0142", "\"tel:4185550142\""},
	    {"+1 (418) 555-0142", "\"tel:+14185550142\""},
	    {"418 555-0142, poste 12", "\"tel:4185550142\""},
	    {"1+1", "\"tel:11\""},
	};
	g_autoptr(CmWords) words = cm_words_new("fr", "America/Toronto", NULL);

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		CmPage *page = begin(words, "/p");
		g_autofree gchar *text = NULL;

		cm_page_phone(page, NULL, cases[i][0]);
		text = take_text(cm_page_finish(page));
		g_assert_nonnull(strstr(text, cases[i][1]));
	}
}

/* ---- phrases */

static void
test_page_durations(void)
{
	static const struct {
		gint64 seconds;
		const gchar *text;
	} cases[] = {
	    {-5, "1 minute"},       {0, "1 minute"},
	    {59, "1 minute"},       {61, "2 minutes"},
	    {3599, "1 heure"},      {3600 + 300, "1 heure et 5 minutes"},
	    {7 * 3600, "7 heures"}, {7 * 3600 + 60, "7 heures"},
	    {172800, "2 jours"},
	};
	g_autoptr(CmWords) words = cm_words_new("fr", "America/Toronto", NULL);

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree gchar *text = cm_page_phrase_duration(words, cases[i].seconds);

		g_assert_cmpstr(text, ==, cases[i].text);
	}
}

/* over the hour that November has twice, and where there is none */
static void
test_page_near(void)
{
	const gint64 midnight = 1793505600; /* 2026-11-01 00:00 in Toronto */
	g_autoptr(CmWords) toronto = cm_words_new("en", "America/Toronto", NULL);
	g_autoptr(CmWords) sablon = cm_words_new("en", "America/Blanc-Sablon", NULL);
	g_autofree gchar *last = cm_page_phrase_near(toronto, midnight, midnight + 25 * 3600 - 1);
	g_autofree gchar *next = cm_page_phrase_near(toronto, midnight, midnight + 25 * 3600);
	g_autofree gchar *there = cm_page_phrase_near(sablon, midnight, midnight + 24 * 3600);
	g_autofree gchar *none = cm_page_phrase_near(toronto, midnight, midnight - 1);

	g_assert_cmpstr(last, ==, "Today");
	g_assert_cmpstr(next, ==, "Tomorrow");
	g_assert_cmpstr(there, ==, "Tomorrow");
	g_assert_null(none);
}

/* ---- the pages */

static void
check_page(const gchar *views, const gchar *pages, const gchar *name, const gchar *language)
{
	g_autofree gchar *file = g_strdup_printf("%s.%s.html", name, language);
	g_autofree gchar *path = g_build_filename(pages, file, NULL);
	GBytes *html = cm_page_samples_render(views, name, language);
	g_autofree gchar *text = NULL;
	g_autofree gchar *expected = NULL;

	g_assert_nonnull(html);
	text = take_text(html);
	if (g_getenv("COMODAL_WRITE_EXPECTED") != NULL)
		g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_true(g_file_get_contents(path, &expected, NULL, NULL));
	if (!g_str_equal(text, expected))
		g_test_message("%s is not as it is to be", file);
	g_assert_cmpstr(text, ==, expected);
}

static void
test_page_golden(gconstpointer language)
{
	g_autofree gchar *views = get_folder("views");
	g_autofree gchar *pages = get_folder("pages");
	g_auto(GStrv) names = cm_page_samples_list(views);

	g_assert_cmpuint(g_strv_length(names), >=, 50);
	for (guint i = 0; names[i] != NULL; i++)
		check_page(views, pages, names[i], language);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/page/escapes", test_page_escapes);
	g_test_add_func("/page/plain-attributes", test_page_plain_attributes);
	g_test_add_func("/page/path", test_page_path);
	g_test_add_func("/page/phone", test_page_phone);
	g_test_add_func("/page/durations", test_page_durations);
	g_test_add_func("/page/near", test_page_near);
	g_test_add_data_func("/page/fr", "fr", test_page_golden);
	g_test_add_data_func("/page/en", "en", test_page_golden);
	return g_test_run();
}
