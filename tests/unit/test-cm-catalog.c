// SPDX-License-Identifier: GPL-3.0-or-later
#include "include/cm-catalog.h"

#include "include/cm-message.h"

#include <locale.h>
#include <string.h>

static void
test_catalog_find(void)
{
	const gchar *unknown = "no such text {0}";

	g_assert_cmpstr(cm_catalog_find_in_context("fr", "weekday", "Monday"), ==, "lundi");
	g_assert_cmpstr(cm_catalog_find_in_context("fr_CA", "month", "August"), ==, "août");
	g_assert_cmpstr(cm_catalog_find_in_context("en", "weekday", "Monday"), ==, "Monday");
	g_assert_cmpstr(cm_catalog_find("fr", "the same as before, without a home"), ==,
			"the same as before, without a home");
	g_assert_cmpstr(cm_catalog_find("fr", "there is no site \"{0}\""), ==,
			"il n’y a pas de lieu « {0} »");
	g_assert_true(cm_catalog_find("fr", unknown) == unknown);
	g_assert_cmpstr(cm_catalog_find_in_context("fr", "nowhere", "Monday"), ==, "Monday");
	/* not the catalogue's header */
	g_assert_cmpstr(cm_catalog_find("fr", ""), ==, "");
	/* before the first text and after the last */
	g_assert_cmpstr(cm_catalog_find("fr", "\001"), ==, "\001");
	g_assert_cmpstr(cm_catalog_find("fr", "\xff"), ==, "\xff");
}

static void
test_catalog_plural(void)
{
	static const struct {
		const gchar *language;
		guint64 count;
		const gchar *text;
	} cases[] = {
	    {"fr", 0, "%u séance"},   {"fr", 1, "%u séance"},  {"fr", 2, "%u séances"},
	    {"en", 0, "%u sessions"}, {"en", 1, "%u session"}, {"en", 2, "%u sessions"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpstr(cm_catalog_find_plural(cases[i].language, "%u session",
						       "%u sessions", cases[i].count),
				==, cases[i].text);
	g_assert_cmpstr(cm_catalog_find_plural("fr", "one gnu", "{0} gnus", 3), ==, "{0} gnus");
}

/* each has its catalogue, whose plurals are those of the rules that are known here */
static void
test_catalog_languages(void)
{
	const gchar *const *languages = cm_catalog_get_languages();
	guint count = g_strv_length((gchar **)languages);

	g_assert_cmpstr(languages[count - 1], ==, "en");
	for (guint i = 0; i + 1 < count; i++) {
		g_assert_cmpstr(cm_catalog_find_in_context(languages[i], "weekday", "Monday"), !=,
				"Monday");
		g_assert_cmpstr(
		    cm_catalog_find_plural(languages[i], "%u session", "%u sessions", 2), !=,
		    "%u sessions");
	}
	/* not French, though it begins alike */
	g_assert_cmpstr(cm_catalog_find_in_context("fry", "weekday", "Monday"), ==, "Monday");
}

/* whatever the process's language is */
static void
test_catalog_localize(void)
{
	g_autofree gchar *first = cm_message_new("there is no site \"{0}\"", "{0}", NULL);
	g_autofree gchar *message = cm_message_join(first, "plain");
	g_autofree gchar *french = NULL;
	g_autofree gchar *english = NULL;

	french = cm_catalog_localize("fr", message);
	english = cm_catalog_localize("en", message);
	g_assert_cmpstr(french, ==, "il n’y a pas de lieu « {0} » plain");
	g_assert_cmpstr(english, ==, "there is no site \"{0}\" plain");
}

/* what stands between the quotation marks of such a line of a .po file; NULL: it is another line, or is to be unescaped first. Returns:
 * (transfer full) */
static gchar *
read_quoted(const gchar *line, const gchar *keyword)
{
	gsize length = strlen(keyword);

	if (line == NULL || !g_str_has_prefix(line, keyword) || strchr(line, '\\') != NULL)
		return NULL;
	return g_strndup(line + length, strlen(line) - length - 1);
}

static guint
check_all(const gchar *language, gchar **lines)
{
	guint checked = 0;

	for (guint i = 1; lines[i] != NULL; i++) {
		g_autofree gchar *text = read_quoted(lines[i], "msgid \"");
		g_autofree gchar *translation = read_quoted(lines[i + 1], "msgstr \"");

		/* a line that is empty goes on in the next */
		if (text == NULL || translation == NULL || *text == '\0' || *translation == '\0' ||
		    g_str_has_prefix(lines[i - 1], "msgctxt"))
			continue;
		g_assert_cmpstr(cm_catalog_find(language, text), ==, translation);
		checked++;
	}
	return checked;
}

/* wherever they stand in the table of hashes */
static void
test_catalog_all(void)
{
	const gchar *const *languages = cm_catalog_get_languages();

	for (guint i = 0; !g_str_equal(languages[i], "en"); i++) {
		g_autofree gchar *path =
		    g_strdup_printf("%s/po/%s.po", g_getenv("COMODAL_SOURCE_ROOT"), languages[i]);
		g_autofree gchar *text = NULL;
		g_auto(GStrv) lines = NULL;

		g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
		lines = g_strsplit(text, "\n", -1);
		g_assert_cmpuint(check_all(languages[i], lines), >, 1000);
	}
}

static gpointer
look_up_many(gpointer data)
{
	for (guint i = 0; i < 2000; i++)
		g_assert_cmpstr(cm_catalog_find_in_context("fr", "weekday", "Monday"), ==, "lundi");
	return data;
}

static void
test_catalog_threads(void)
{
	GThread *other = g_thread_new("other", look_up_many, NULL);

	look_up_many(NULL);
	g_thread_join(other);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	/* no locale at all, so that gettext itself would say nothing */
	setlocale(LC_ALL, "C");
	g_test_add_func("/catalog/find", test_catalog_find);
	g_test_add_func("/catalog/plural", test_catalog_plural);
	g_test_add_func("/catalog/languages", test_catalog_languages);
	g_test_add_func("/catalog/localize", test_catalog_localize);
	g_test_add_func("/catalog/all", test_catalog_all);
	g_test_add_func("/catalog/threads", test_catalog_threads);
	return g_test_run();
}
