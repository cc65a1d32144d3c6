// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/terminal.h"

#include "cli/who.h"
#include "daemon/roster/initials.h"

#include <pty.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
test_terminal_measure(void)
{
	g_assert_cmpuint(cm_terminal_measure(""), ==, 0);
	g_assert_cmpuint(cm_terminal_measure("Étienne"), ==, 7);
	/* the same, with a combining accent */
	g_assert_cmpuint(cm_terminal_measure("E\xcc\x81tienne"), ==, 7);
	g_assert_cmpuint(cm_terminal_measure("王明"), ==, 4);
}

static void
test_terminal_fit(void)
{
	g_autofree gchar *whole = cm_terminal_fit("Zoé", 3);
	g_autofree gchar *cut = cm_terminal_fit("Geneviève", 5);
	/* a wide character that would stick out by half is left out */
	g_autofree gchar *wide = cm_terminal_fit("王明明", 4);
	g_autofree gchar *none = cm_terminal_fit("abc", 0);

	g_assert_cmpstr(whole, ==, "Zoé");
	g_assert_cmpstr(cut, ==, "Gene…");
	g_assert_cmpstr(wide, ==, "王…");
	g_assert_cmpstr(none, ==, "");
}

static void
test_terminal_hostile(void)
{
	g_autofree gchar *fit = cm_terminal_fit("a\033[2Jb\rc\nd\xff", 40);
	g_autoptr(GString) cell = g_string_new(NULL);

	/* nothing in a name may move the cursor or clear the screen */
	g_assert_null(strpbrk(fit, "\033\r\n"));
	g_assert_true(g_utf8_validate(fit, -1, NULL));
	cm_terminal_append_cell(cell, "王", 5);
	g_assert_cmpuint(cm_terminal_measure(cell->str), ==, 5);
}

static void
test_terminal_wrap(void)
{
	g_autoptr(GString) out = g_string_new("12345");

	cm_terminal_append_wrapped(out, "abc def ghijklmnop q\n  r", 5, 2, 12);
	g_assert_cmpstr(out->str, ==, "12345abc def\n  ghijklmnop\n  q\n    r\n");
}

/* no line begins with a mark that French parts from its word by a blank, nor ends within its quotes */
static void
test_terminal_wrap_marks(void)
{
	g_autoptr(GString) marks = g_string_new(NULL);
	g_autoptr(GString) quotes = g_string_new(NULL);
	g_autoptr(GString) none = g_string_new(NULL);

	cm_terminal_append_wrapped(marks, "invité ; ou où ?! : non", 0, 0, 7);
	g_assert_cmpstr(marks->str, ==, "invité ;\nou\noù ?! :\nnon\n");
	cm_terminal_append_wrapped(quotes, "dans « join ». Ou", 0, 0, 9);
	g_assert_cmpstr(quotes->str, ==, "dans\n« join ».\nOu\n");
	cm_terminal_append_wrapped(none, "a  :b ;c", 0, 0, 3);
	g_assert_cmpstr(none->str, ==, "a\n:b\n;c\n");
}

/* what is typed again is never cut, however narrow it is */
static void
test_terminal_table_whole(void)
{
	const gchar *const heads[] = {"!number", "state", NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autofree gchar *narrow = NULL;

	cm_terminal_add_row(table, "professional 24", "waits", NULL);
	narrow = cm_terminal_draw_table(table, 10, FALSE);
	g_assert_cmpstr(narrow, ==, "number           sta…\nprofessional 24  wai…\n");
}

/* nor is what explains itself in a sentence */
static void
test_terminal_table_flows(void)
{
	const gchar *const heads[] = {"name", "~state", NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autofree gchar *narrow = NULL;
	g_autofree gchar *wide = NULL;

	cm_terminal_add_row(table, "Zoé", "again later: the server defers", NULL);
	cm_terminal_add_row(table, "王", "waits", NULL);
	narrow = cm_terminal_draw_table(table, 20, FALSE);
	wide = cm_terminal_draw_table(table, 80, FALSE);
	g_assert_cmpstr(narrow, ==,
			"name  state\n"
			"Zoé   again later:\n"
			"      the server\n"
			"      defers\n"
			"王    waits\n");
	g_assert_cmpstr(wide, ==,
			"name  state\n"
			"Zoé   again later: the server defers\n"
			"王    waits\n");
}

static void
test_terminal_table(void)
{
	const gchar *const heads[] = {"name", ">n", NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autofree gchar *text = NULL;
	g_autofree gchar *narrow = NULL;

	cm_terminal_add_row(table, "Zoé", "7", NULL);
	cm_terminal_add_row(table, "Marie-Ève", "12", NULL);
	text = cm_terminal_draw_table(table, 80, FALSE);
	narrow = cm_terminal_draw_table(table, 10, FALSE);
	g_assert_cmpstr(text, ==, "name        n\nZoé         7\nMarie-Ève  12\n");
	g_assert_cmpstr(narrow, ==, "name     n\nZoé      7\nMarie…  12\n");
}

static void
test_terminal_who(void)
{
	g_assert_cmpuint(cm_who_match("therese cote", "Thérèse Côté"), ==, 2);
	g_assert_cmpuint(cm_who_match("CÔTÉ", "Thérèse Côté"), ==, 1);
	g_assert_cmpuint(cm_who_match("cot the", "Thérèse Côté"), ==, 1);
	g_assert_cmpuint(cm_who_match("pierre", "Léa St-Pierre"), ==, 1);
	g_assert_cmpuint(cm_who_match("st-pierre léa x", "Léa St-Pierre"), ==, 0);
	g_assert_cmpuint(cm_who_match("ote", "Thérèse Côté"), ==, 0);
	g_assert_cmpuint(cm_who_match("", "Thérèse Côté"), ==, 0);
}

static void
test_terminal_initials(void)
{
	g_autofree gchar *two = cm_initials_make("Léa St-Pierre");
	g_autofree gchar *accent = cm_initials_make("élise  de Ruyter");
	g_autofree gchar *none = cm_initials_make(" - ");

	g_assert_cmpstr(two, ==, "L. S.");
	g_assert_cmpstr(accent, ==, "É. D. R.");
	g_assert_cmpstr(none, ==, "");
}

/* all that a child says on its terminal until it ends */
static gchar *
read_terminal(gint terminal)
{
	GString *said = g_string_new(NULL);
	gchar octets[256];

	for (;;) {
		gssize length = read(terminal, octets, sizeof octets);

		if (length <= 0)
			return g_string_free(said, FALSE);
		g_string_append_len(said, octets, length);
	}
}

static void
test_terminal_ask(void)
{
	static const gchar question[] =
	    "Marie-Christine Archambault-Desrosiers, psychologue has this fingerprint: "
	    "a123b b456c d789e f012a b345c d678e f901a b234c\nIs it the one that they read to you, "
	    "face to face or on the telephone?";
	struct winsize size = {.ws_row = 24, .ws_col = 60};
	gint terminal = -1;
	gint status = -1;
	pid_t child = forkpty(&terminal, NULL, NULL, &size);
	g_autofree gchar *said = NULL;
	g_auto(GStrv) lines = NULL;

	g_assert_cmpint(child, >=, 0);
	if (child == 0)
		_exit(cm_terminal_ask(question) ? 0 : 1);
	g_assert_cmpint(write(terminal, "oui\n", 4), ==, 4);
	said = read_terminal(terminal);
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 0);
	lines = g_strsplit(said, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), >=, 5);
	for (guint i = 0; lines[i] != NULL; i++)
		g_assert_cmpuint(cm_terminal_measure(g_strchomp(lines[i])), <=, 60);
	g_assert_nonnull(strstr(said, "telephone? "));
	close(terminal);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/terminal/measure", test_terminal_measure);
	g_test_add_func("/terminal/fit", test_terminal_fit);
	g_test_add_func("/terminal/hostile", test_terminal_hostile);
	g_test_add_func("/terminal/wrap", test_terminal_wrap);
	g_test_add_func("/terminal/wrap-marks", test_terminal_wrap_marks);
	g_test_add_func("/terminal/table-whole", test_terminal_table_whole);
	g_test_add_func("/terminal/table-flows", test_terminal_table_flows);
	g_test_add_func("/terminal/table", test_terminal_table);
	g_test_add_func("/terminal/ask", test_terminal_ask);
	g_test_add_func("/terminal/who", test_terminal_who);
	g_test_add_func("/terminal/initials", test_terminal_initials);
	return g_test_run();
}
