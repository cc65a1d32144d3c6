// SPDX-License-Identifier: GPL-3.0-or-later
#include "include/cm-message.h"

#include <string.h>

static void
test_message_new(void)
{
	g_autofree gchar *message = cm_message_new("{0} is at {1}, not {0}", "A", "B", NULL);
	g_autofree gchar *english = cm_message_to_english(message);

	g_assert_cmpstr(english, ==, "A is at B, not A");
	g_assert_cmpstr(message, ==,
			"A is at B, not A\x1f{0} is at {1}, not {0}\x1f"
			"A\x1f"
			"B");
}

static void
test_message_braces(void)
{
	g_autofree gchar *message = cm_message_new("{x} {1} {} {0} {", "{1}", NULL);
	g_autofree gchar *english = cm_message_to_english(message);

	/* an argument is never read as a format, a reference without an argument stays */
	g_assert_cmpstr(english, ==, "{x} {1} {} {1} {");
}

static void
test_message_hostile_argument(void)
{
	g_autofree gchar *message = cm_message_new("got {0}",
						   "a\x1f"
						   "b\xff"
						   "c",
						   NULL);
	g_autofree gchar *localized = cm_message_localize(message);

	g_assert_true(g_utf8_validate(message, -1, NULL));
	g_assert_cmpstr(localized, ==,
			"got a b\xef\xbf\xbd"
			"c");
}

static void
test_message_plain(void)
{
	g_autofree gchar *localized = cm_message_localize("from GLib: {0}");
	g_autofree gchar *english = cm_message_to_english("from GLib: {0}");

	g_assert_cmpstr(localized, ==, "from GLib: {0}");
	g_assert_cmpstr(english, ==, "from GLib: {0}");
}

static void
test_message_nine_arguments(void)
{
	g_autofree gchar *message = cm_message_new("{0}{1}{2}{3}{4}{5}{6}{7}{8}", "a", "b", "c",
						   "d", "e", "f", "g", "h", "i", NULL);
	g_autofree gchar *localized = cm_message_localize(message);

	g_assert_cmpstr(localized, ==, "abcdefghi");
}

/* with the translations just built; a test of its own process, since the language is the process's */
static void
test_message_in_french(void)
{
	g_autofree gchar *message = cm_message_new("there is no site \"{0}\"", "s{0}1", NULL);
	g_autofree gchar *english = cm_message_to_english(message);
	g_autofree gchar *localized = NULL;

	if (!g_test_subprocess()) {
		g_test_trap_subprocess(NULL, 0, 0);
		g_test_trap_assert_passed();
		return;
	}
	cm_message_init_locale("fr");
	g_assert_cmpstr(cm_message_get_language(), ==, "fr");
	localized = cm_message_localize(message);
	g_assert_cmpstr(localized, !=, english);
	g_assert_nonnull(strstr(localized, "s{0}1"));
	g_assert_null(strstr(localized, "there is"));
	g_assert_cmpstr(english, ==, "there is no site \"s{0}1\"");
}

/* several sentences in one, and a word of ours among the arguments */
static void
test_message_join(void)
{
	g_autofree gchar *day = cm_message_term("Thursdays");
	g_autofree gchar *first =
	    cm_message_new("Hours of {0} on {1} from {2} to {3} would place it.",
			   "p\x1e"
			   "1",
			   day, "16:30", "18:30", NULL);
	g_autofree gchar *both = cm_message_join(first, "plain");
	g_autofree gchar *alone = cm_message_join(NULL, "plain");
	g_autofree gchar *english = cm_message_to_english(both);
	g_autofree gchar *french = NULL;

	if (!g_test_subprocess()) {
		g_test_trap_subprocess(NULL, 0, 0);
		g_test_trap_assert_passed();
		return;
	}
	g_assert_cmpstr(english, ==,
			"Hours of p 1 on Thursdays from 16:30 to 18:30 would place it. plain");
	g_assert_cmpstr(alone, ==, "plain");
	cm_message_init_locale("fr");
	french = cm_message_localize(both);
	g_assert_cmpstr(
	    french, ==,
	    "Si p 1 travaillait le jeudi de 16:30 à 18:30, elle aurait sa place. plain");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cm-message/new", test_message_new);
	g_test_add_func("/cm-message/braces", test_message_braces);
	g_test_add_func("/cm-message/hostile-argument", test_message_hostile_argument);
	g_test_add_func("/cm-message/plain", test_message_plain);
	g_test_add_func("/cm-message/nine-arguments", test_message_nine_arguments);
	g_test_add_func("/cm-message/in-french", test_message_in_french);
	g_test_add_func("/cm-message/join", test_message_join);
	return g_test_run();
}
