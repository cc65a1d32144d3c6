// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/slot-memory.h"

#include "include/cm-error.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINES_MAX 64
#define FIELDS 7

static gchar *
get_path(void)
{
	const gchar *folder = g_getenv("XDG_RUNTIME_DIR");

	return folder != NULL && *folder != '\0' ? g_build_filename(folder, "comodal-slots", NULL)
						 : NULL;
}

gboolean
cm_slot_memory_keep(const CmSlotMemory *slots, guint count)
{
	g_autofree gchar *path = get_path();
	g_autoptr(GString) text = g_string_new(NULL);

	if (path == NULL)
		return FALSE;
	g_string_append_printf(text, "%" G_GINT64_FORMAT "\n", g_get_real_time() / G_USEC_PER_SEC);
	for (guint i = 0; i < count; i++)
		g_string_append_printf(text,
				       "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT
				       " %d %d %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
				       slots[i].session, slots[i].expected, slots[i].date,
				       slots[i].start, slots[i].mode, slots[i].room,
				       slots[i].companion);
	return g_file_set_contents_full(path, text->str, (gssize)text->len,
					G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

static gboolean
parse_line(const gchar *line, CmSlotMemory *out_slot)
{
	g_auto(GStrv) fields = g_strsplit(line, " ", -1);

	if (g_strv_length(fields) != FIELDS)
		return FALSE;
	out_slot->session = g_ascii_strtoll(fields[0], NULL, 10);
	out_slot->expected = g_ascii_strtoll(fields[1], NULL, 10);
	out_slot->date = (CmDay)g_ascii_strtoll(fields[2], NULL, 10);
	out_slot->start = (CmMinute)g_ascii_strtoll(fields[3], NULL, 10);
	g_strlcpy(out_slot->mode, fields[4], sizeof(out_slot->mode));
	out_slot->room = g_ascii_strtoll(fields[5], NULL, 10);
	out_slot->companion = g_ascii_strtoll(fields[6], NULL, 10);
	return TRUE;
}

gboolean
cm_slot_memory_get(guint number, CmSlotMemory *out_slot, GError **error)
{
	g_autofree gchar *path = get_path();
	g_autofree gchar *text = NULL;
	g_auto(GStrv) lines = NULL;
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	if (path != NULL && g_file_get_contents(path, &text, NULL, NULL))
		lines = g_strsplit(text, "\n", LINES_MAX + 2);
	if (lines == NULL || g_ascii_strtoll(lines[0], NULL, 10) + CM_SLOT_MEMORY_SECONDS < now) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("Slots are remembered for a quarter of an hour. Look again: "
				"comodalctl slots WHO."),
			     NULL);
		return FALSE;
	}
	if (number < 1 || number >= g_strv_length(lines) || !parse_line(lines[number], out_slot)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("The last list of slots has no such number."), NULL);
		return FALSE;
	}
	return TRUE;
}
