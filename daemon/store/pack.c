// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/pack.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define WEEK_WINDOW_OCTETS 5
#define CYCLE_WINDOW_OCTETS 6
#define MEMBER_HEAD_OCTETS 3

static void
pack_u16(GByteArray *out, gint value)
{
	guint8 octets[2] = {(guint8)(value & 0xff), (guint8)((value >> 8) & 0xff)};

	g_byte_array_append(out, octets, sizeof octets);
}

static gint
read_u16(const guint8 *data)
{
	return data[0] | data[1] << 8;
}

static void
set_damaged(GError **error)
{
	cm_error_set(error, CM_ERROR_STORE,
		     N_("The database is damaged: a list of times or an identity is not what it "
			"must be."),
		     NULL);
}

void
cm_pack_week_hours(const CmCaseload *caseload, const CmWeekHours *hours, GByteArray *out)
{
	for (guint8 weekday = 0; weekday < CM_DAYS_PER_WEEK; weekday++) {
		const CmRange *range = &hours->day[weekday];

		for (guint32 i = 0; i < range->count; i++) {
			const CmWindow *window =
			    CM_ELEMENT(caseload->windows, CmWindow, range->first + i);

			g_byte_array_append(out, &weekday, 1);
			pack_u16(out, window->from);
			pack_u16(out, window->to);
		}
	}
}

void
cm_pack_cycle_windows(const CmCaseload *caseload, const CmRange *range, GByteArray *out)
{
	for (guint32 i = 0; i < range->count; i++) {
		const CmCycleWindow *window =
		    CM_ELEMENT(caseload->cycle_windows, CmCycleWindow, range->first + i);

		pack_u16(out, window->cycle_day);
		pack_u16(out, window->window.from);
		pack_u16(out, window->window.to);
	}
}

static gboolean
read_window(const guint8 *data, CmWindow *out_window)
{
	gint from = read_u16(data);
	gint to = read_u16(data + 2);

	if (from >= CM_MINUTES_PER_DAY || to > CM_MINUTES_PER_DAY)
		return FALSE; /* nocheck:error-unset: no error to set */
	out_window->from = (CmMinute)from;
	out_window->to = (CmMinute)to;
	return TRUE;
}

gboolean
cm_pack_read_week_hours(CmCaseload *caseload,
			const guint8 *data,
			gsize length,
			CmWeekHours *out_hours,
			GError **error)
{
	CmWeekHours hours = {0};
	gint last = 0;
	gboolean good = length % WEEK_WINDOW_OCTETS == 0;

	for (gsize at = 0; at < length && good; at += WEEK_WINDOW_OCTETS) {
		gint weekday = data[at];
		CmWindow window;

		good = weekday >= last && weekday < CM_DAYS_PER_WEEK &&
		       read_window(data + at + 1, &window);
		if (!good)
			break;
		if (hours.day[weekday].count == 0)
			hours.day[weekday].first = caseload->windows->len;
		hours.day[weekday].count++;
		last = weekday;
		g_array_append_val(caseload->windows, window);
	}
	if (!good) {
		set_damaged(error);
		return FALSE;
	}
	*out_hours = hours;
	return TRUE;
}

gboolean
cm_pack_read_cycle_windows(CmCaseload *caseload,
			   const guint8 *data,
			   gsize length,
			   CmRange *out_range,
			   GError **error)
{
	CmRange range = {.first = caseload->cycle_windows->len};
	gboolean good = length % CYCLE_WINDOW_OCTETS == 0;

	for (gsize at = 0; at < length && good; at += CYCLE_WINDOW_OCTETS) {
		CmCycleWindow window = {.cycle_day = (gint16)read_u16(data + at)};

		good = read_window(data + at + 2, &window.window);
		g_array_append_val(caseload->cycle_windows, window);
		range.count++;
	}
	if (!good) {
		set_damaged(error);
		return FALSE;
	}
	*out_range = range;
	return TRUE;
}

void
cm_pack_identity(GByteArray *out, CmPackTag tag, const gchar *text)
{
	guint8 octet = (guint8)tag;
	gsize length = strlen(text);

	g_return_if_fail(length <= G_MAXUINT16);
	g_byte_array_append(out, &octet, 1);
	pack_u16(out, (gint)length);
	g_byte_array_append(out, (const guint8 *)text, (guint)length);
}

gboolean
cm_pack_read_identity(CmCaseload *caseload,
		      const guint8 *data,
		      gsize length,
		      const gchar *out_texts[CM_PACK_LAST],
		      GError **error)
{
	const gchar *texts[CM_PACK_LAST] = {NULL};
	gsize at = 0;

	while (at + MEMBER_HEAD_OCTETS <= length) {
		guint tag = data[at];
		gsize size = (gsize)read_u16(data + at + 1);
		const gchar *text = (const gchar *)data + at + MEMBER_HEAD_OCTETS;

		at += MEMBER_HEAD_OCTETS + size;
		if (at > length || !g_utf8_validate(text, (gssize)size, NULL))
			break;
		if (tag > 0 && tag < CM_PACK_LAST) {
			g_autofree gchar *copy = g_strndup(text, size);

			texts[tag] = cm_caseload_intern(caseload, copy);
		}
	}
	if (at != length || texts[CM_PACK_ID] == NULL) {
		set_damaged(error);
		return FALSE;
	}
	memcpy(out_texts, texts, sizeof texts);
	return TRUE;
}
