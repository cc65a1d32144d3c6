// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/note-rows.h"

#include "cli/agent-answer.h"
#include "cli/note-desk.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/zone.h"

#include <glib/gi18n.h>

static const gchar *const kind_words[] = {
    N_("opening"), N_("progress"), N_("evaluation"), N_("plan"),      N_("communication"),
    N_("consent"), N_("summary"),  N_("closing"),    N_("amendment"), N_("co-signature")};

static guint8
get_kind(GVariant *row)
{
	guint8 kind = 0;

	(void)g_variant_lookup(row, "kind", "y", &kind);
	return kind;
}

const gchar *
cm_note_rows_get_kind(GVariant *row)
{
	return cm_note_rows_get_kind_word(get_kind(row));
}

const gchar *
cm_note_rows_get_kind_word(guint8 kind)
{
	return kind >= 1 && kind <= G_N_ELEMENTS(kind_words) ? kind_words[kind - 1] : "?";
}

GVariant *
cm_note_rows_find(GVariant *notes, guint64 sequence)
{
	return sequence >= 1 && sequence <= g_variant_n_children(notes)
		   ? g_variant_get_child_value(notes, sequence - 1)
		   : NULL;
}

guint64
cm_note_rows_find_root(GVariant *notes, guint64 sequence)
{
	for (;;) {
		g_autoptr(GVariant) row = cm_note_rows_find(notes, sequence);
		guint64 about = row != NULL ? cm_agent_answer_get_number(row, "about") : 0;

		/* a note is only ever about one before it */
		if (about == 0 || about >= sequence)
			return sequence;
		sequence = about;
	}
}

gboolean
cm_note_rows_belongs(GVariant *notes, guint64 sequence, guint64 root)
{
	while (sequence > root) {
		g_autoptr(GVariant) row = cm_note_rows_find(notes, sequence);
		guint64 about = row != NULL ? cm_agent_answer_get_number(row, "about") : 0;

		if (about >= sequence)
			return FALSE;
		sequence = about;
	}
	return sequence == root;
}

guint64
cm_note_rows_find_cosignature(GVariant *notes, guint64 sequence)
{
	for (guint64 i = sequence + 1; i <= g_variant_n_children(notes); i++) {
		g_autoptr(GVariant) row = cm_note_rows_find(notes, i);

		if (get_kind(row) == CM_VAULT_NOTE_COSIGNATURE &&
		    cm_agent_answer_get_number(row, "about") == sequence)
			return i;
	}
	return 0;
}

static gboolean
is_late(GVariant *row)
{
	return cm_agent_answer_get_date(row, "occurred-on") <
	       cm_agent_answer_get_date(row, "entered-on");
}

static gboolean
is_to_be_cosigned(GVariant *row)
{
	gboolean cosign = FALSE;

	(void)g_variant_lookup(row, "cosign", "b", &cosign);
	return cosign;
}

static const gchar *
get_author(GVariant *row)
{
	const gchar *author = "";

	(void)g_variant_lookup(row, "author", "&s", &author);
	return author;
}

static gchar *
format_cosign(GVariant *notes, GVariant *row)
{
	g_autoptr(GVariant) by = cm_note_rows_find(
	    notes,
	    cm_note_rows_find_cosignature(notes, cm_agent_answer_get_number(row, "sequence")));

	return by != NULL ? cm_report_format(N_("co-signed by {0}"), get_author(by), NULL)
			  : g_strdup(_("unfinished: it waits for a co-signature"));
}

static gboolean
is_flagged(GVariant *row, const gchar *name)
{
	gboolean flag = FALSE;

	(void)g_variant_lookup(row, name, "b", &flag);
	return flag;
}

static guint
count_attachments(GVariant *row)
{
	guint32 count = 0;

	(void)g_variant_lookup(row, "attachments", "u", &count);
	return count;
}

gchar *
cm_note_rows_format_remark(GVariant *notes, GVariant *row)
{
	g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

	if (cm_agent_answer_get_number(row, "about") != 0) {
		g_autofree gchar *about =
		    g_strdup_printf("%" G_GUINT64_FORMAT, cm_agent_answer_get_number(row, "about"));

		g_ptr_array_add(parts, cm_report_format(N_("about note {0}"), about, NULL));
	}
	if (is_late(row)) {
		g_autofree gchar *entered =
		    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "entered-on"));

		g_ptr_array_add(parts,
				cm_report_format(N_("late entry, signed {0}"), entered, NULL));
	}
	if (count_attachments(row) > 0) {
		g_autofree gchar *count = g_strdup_printf("%u", count_attachments(row));

		g_ptr_array_add(parts, cm_report_format(N_("attachments: {0}"), count, NULL));
	}
	if (is_to_be_cosigned(row))
		g_ptr_array_add(parts, format_cosign(notes, row));
	if (is_flagged(row, "stolen"))
		g_ptr_array_add(parts, g_strdup(_("signed with keys that were stolen since; your "
						  "agent knew it before")));
	if (!is_flagged(row, "readable"))
		g_ptr_array_add(parts,
				g_strdup(is_flagged(row, "earlier")
					     ? _("under your earlier keys: “vault carry-over”")
					     : _("written since your access ended")));
	g_ptr_array_add(parts, NULL);
	return g_strjoinv("; ", (gchar **)parts->pdata);
}

/* the moment: "2026-11-22 14:05" */
static gchar *
format_moment(GVariant *row)
{
	g_autoptr(GDateTime) moment =
	    cm_zone_make_time((gint64)cm_agent_answer_get_number(row, "entered-at"));

	return moment != NULL ? g_date_time_format(moment, "%Y-%m-%d %H:%M") : g_strdup("");
}

static void
add_row(CmTable *table, GVariant *notes, GVariant *row, gboolean history)
{
	g_autofree gchar *number =
	    g_strdup_printf("%" G_GUINT64_FORMAT, cm_agent_answer_get_number(row, "sequence"));
	g_autofree gchar *day =
	    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "occurred-on"));
	g_autofree gchar *moment = format_moment(row);
	g_autofree gchar *remark = cm_note_rows_format_remark(notes, row);
	g_autofree gchar *by =
	    g_strconcat(get_author(row), *remark != '\0' ? "; " : "", remark, NULL);
	const gchar *kind = gettext(cm_note_rows_get_kind(row));

	if (history)
		cm_terminal_add_row(table, number, day, moment, kind, by, NULL);
	else
		cm_terminal_add_row(table, number, day, kind, get_author(row), remark, NULL);
}

void
cm_note_rows_print(const CmComodalctl *cli, GVariant *notes, GVariant *rows, gboolean history)
{
	static const gchar *const heads[] = {N_(">No."),   N_("Day"),     N_("Kind"),
					     N_("Author"), N_("~Remark"), NULL};
	/* neither the moment nor by whom is cut off */
	static const gchar *const history_heads[] = {N_(">No."), N_("Day"),         N_("!Signed"),
						     N_("Kind"), N_("~By, remark"), NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(history ? history_heads : heads);
	g_autofree gchar *text = NULL;

	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		add_row(table, notes, row, history);
	}
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	cm_terminal_print(text);
}

void
cm_note_rows_add_json(CmNoteJson *json, GVariant *notes, GVariant *row)
{
	guint64 sequence = cm_agent_answer_get_number(row, "sequence");
	guint64 about = cm_agent_answer_get_number(row, "about");
	guint64 session = cm_agent_answer_get_number(row, "session");
	guint64 cosignature = cm_note_rows_find_cosignature(notes, sequence);
	g_autofree gchar *day =
	    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "occurred-on"));
	g_autofree gchar *entered =
	    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "entered-on"));

	cm_note_json_add_int(json, "number", (gint64)sequence);
	cm_note_json_add_string(json, "kind", cm_note_rows_get_kind(row));
	cm_note_json_add_string(json, "day", day);
	cm_note_json_add_string(json, "signed", entered);
	cm_note_json_add_int(json, "signed_at",
			     (gint64)cm_agent_answer_get_number(row, "entered-at"));
	cm_note_json_add_flag(json, "late", is_late(row));
	cm_note_json_add_string(json, "author", get_author(row));
	if (about != 0)
		cm_note_json_add_int(json, "about", (gint64)about);
	if (session != 0)
		cm_note_json_add_int(json, "session", (gint64)session);
	cm_note_json_add_flag(json, "cosign", is_to_be_cosigned(row));
	if (count_attachments(row) > 0)
		cm_note_json_add_int(json, "attached", count_attachments(row));
	if (cosignature != 0)
		cm_note_json_add_int(json, "cosigned_by", (gint64)cosignature);
}

void
cm_note_rows_print_json(guint8 file, GVariant *notes, GVariant *rows)
{
	g_autoptr(CmNoteJson) json = cm_note_json_new();

	cm_note_json_begin_object(json, NULL);
	cm_note_json_add_string(json, "file", cm_note_desk_get_file_name(file));
	cm_note_json_begin_array(json, "notes");
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		cm_note_json_begin_object(json, NULL);
		cm_note_rows_add_json(json, notes, row);
		cm_note_json_end_object(json);
	}
	cm_note_json_end_array(json);
	cm_note_json_end_object(json);
}
