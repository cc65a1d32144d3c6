// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/help.h"

#include "cli/terminal.h"
#include "cli/verb-table.h"

#include <glib/gi18n.h>
#include <string.h>

#define INDENT 2
#define COLUMN_MAX 30

/* "-o, --out=FILE" */
static gchar *
option_to_text(const GOptionEntry *entry)
{
	g_autofree gchar *letter =
	    entry->short_name != 0 ? g_strdup_printf("-%c, ", entry->short_name) : g_strdup("");

	if (entry->arg_description == NULL)
		return g_strdup_printf("%s--%s", letter, entry->long_name);
	return g_strdup_printf("%s--%s %s", letter, entry->long_name,
			       gettext(entry->arg_description));
}

/* two columns; a long left one pushes the text to its own line */
static void
append_pair(GString *out, const gchar *left, const gchar *text, guint column)
{
	guint used = INDENT + cm_terminal_measure(left);

	g_string_append_printf(out, "%*s%s", INDENT, "", left);
	if (used + 2 > column) {
		g_string_append_c(out, '\n');
		used = 0;
	}
	g_string_append_printf(out, "%*s", (gint)(column - used), "");
	cm_terminal_append_wrapped(out, text, column, column, cm_terminal_get_width());
}

static void
append_options(GString *out, const gchar *heading, const GOptionEntry *entries)
{
	guint column = 0;

	if (entries == NULL || entries[0].long_name == NULL)
		return;
	for (guint i = 0; entries[i].long_name != NULL; i++) {
		g_autofree gchar *left = option_to_text(&entries[i]);

		column = MAX(column, INDENT + cm_terminal_measure(left) + 2);
	}
	column = MIN(column, COLUMN_MAX);
	g_string_append_printf(out, "\n%s\n", heading);
	for (guint i = 0; entries[i].long_name != NULL; i++) {
		g_autofree gchar *left = option_to_text(&entries[i]);

		if ((entries[i].flags & G_OPTION_FLAG_HIDDEN) == 0)
			append_pair(out, left, gettext(entries[i].description), column);
	}
}

/* the verbs whose name is `prefix` and another word, or all when `prefix` is NULL */
static void
append_verbs(GString *out, const gchar *heading, const gchar *prefix)
{
	const CmVerb *verbs = cm_verb_table_get();
	g_autofree gchar *start = prefix != NULL ? g_strconcat(prefix, " ", NULL) : g_strdup("");
	guint column = 0;

	for (guint i = 0; verbs[i].name != NULL; i++) {
		if (g_str_has_prefix(verbs[i].name, start))
			column = MAX(column, INDENT + (guint)strlen(verbs[i].name) + 2);
	}
	if (column == 0)
		return;
	g_string_append_printf(out, "\n%s\n", heading);
	for (guint i = 0; verbs[i].name != NULL; i++) {
		if (g_str_has_prefix(verbs[i].name, start))
			append_pair(out, verbs[i].name, gettext(verbs[i].summary), column);
	}
}

void
cm_help_print_overview(const GOptionEntry *entries)
{
	g_autoptr(GString) out = g_string_new(NULL);

	g_string_append_printf(out, "%s comodalctl %s\n\n", _("Usage:"), _("COMMAND [OPTION…]"));
	cm_terminal_append_wrapped(out,
				   _("Plans the follow-ups of a school service centre's "
				     "professionals, in person and by video."),
				   0, 0, cm_terminal_get_width());
	append_verbs(out, _("Commands:"), NULL);
	append_options(out, _("Options of every command:"), entries);
	g_string_append_c(out, '\n');
	cm_terminal_append_wrapped(out, _("“comodalctl COMMAND --help” says more about a command."),
				   0, 0, cm_terminal_get_width());
	cm_terminal_print(out->str);
}

void
cm_help_print_verb(const CmVerb *verb, const GOptionEntry *own, const GOptionEntry *global)
{
	g_autoptr(GString) out = g_string_new(NULL);
	guint width = cm_terminal_get_width();

	g_string_append_printf(out, "%s comodalctl %s", _("Usage:"), verb->name);
	if (verb->arguments != NULL)
		g_string_append_printf(out, " %s", gettext(verb->arguments));
	g_string_append_printf(out, " %s\n\n", _("[OPTION…]"));
	cm_terminal_append_wrapped(out, gettext(verb->summary), 0, 0, width);
	if (verb->description != NULL) {
		g_string_append_c(out, '\n');
		cm_terminal_append_wrapped(out, gettext(verb->description), 0, 0, width);
	}
	append_options(out, _("Options:"), own);
	append_verbs(out, _("See also:"), verb->name);
	append_options(out, _("Options of every command:"), global);
	cm_terminal_print(out->str);
}

gboolean
cm_help_print_group(const gchar *word)
{
	g_autoptr(GString) out = g_string_new(NULL);

	append_verbs(out, _("Commands:"), word);
	if (out->len == 0)
		return FALSE;
	/* without the empty line before a heading */
	cm_terminal_print(out->str + 1);
	return TRUE;
}
