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
#define FIELDS 8

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
		g_string_append_printf(
		    text,
		    "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d %d %s %" G_GINT64_FORMAT
		    " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
		    slots[i].session, slots[i].expected, slots[i].date, slots[i].start,
		    slots[i].mode, slots[i].room, slots[i].companion, slots[i].booking);
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
	out_slot->booking = g_ascii_strtoll(fields[7], NULL, 10);
	return TRUE;
}

/* CmSlotMemory of the last list, or NULL when it is too long ago */
static GArray *
read_all(GError **error)
{
	g_autofree gchar *path = get_path();
	g_autofree gchar *text = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(GArray) slots = g_array_new(FALSE, FALSE, sizeof(CmSlotMemory));
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	if (path != NULL && g_file_get_contents(path, &text, NULL, NULL))
		lines = g_strsplit(text, "\n", LINES_MAX + 2);
	if (lines == NULL || g_ascii_strtoll(lines[0], NULL, 10) + CM_SLOT_MEMORY_SECONDS < now) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("Slots are remembered for a quarter of an hour. Look again: "
				"comodalctl slots WHO."),
			     NULL);
		return NULL;
	}
	for (guint i = 1; lines[i] != NULL; i++) {
		CmSlotMemory slot = {0};

		if (parse_line(lines[i], &slot))
			g_array_append_val(slots, slot);
	}
	return g_steal_pointer(&slots);
}

static void
set_no_number(GError **error)
{
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("The last list of slots has no such number."),
		     NULL);
}

gboolean
cm_slot_memory_get(guint number, CmSlotMemory *out_slot, GError **error)
{
	g_autoptr(GArray) slots = read_all(error);

	if (slots == NULL)
		return FALSE;
	if (number < 1 || number > slots->len) {
		set_no_number(error);
		return FALSE;
	}
	*out_slot = g_array_index(slots, CmSlotMemory, number - 1);
	if (out_slot->booking == 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("These slots are for something that is booked already: comodalctl move "
			"--slot N."),
		     NULL);
	return FALSE;
}

gboolean
cm_slot_memory_get_move(gint64 booking, guint number, CmSlotMemory *out_slot, GError **error)
{
	g_autoptr(GArray) slots = read_all(error);
	gint64 sought = booking;
	guint count = 0;

	for (guint i = 0; slots != NULL && i < slots->len; i++) {
		const CmSlotMemory *slot = &g_array_index(slots, CmSlotMemory, i);

		if (sought == 0)
			sought = slot->booking;
		/* of several things: which one has to be said */
		if (booking == 0 && slot->booking != sought) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("The last list had slots of several things: say what "
					"moves."),
				     NULL);
			return FALSE;
		}
		if (slot->booking == 0 || slot->booking != sought || ++count != number)
			continue;
		*out_slot = *slot;
		if (booking != 0)
			return TRUE;
	}
	if (slots == NULL)
		return FALSE;
	if (count >= number && number > 0)
		return TRUE;
	set_no_number(error);
	return FALSE;
}
