// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/note-session.h"

#include "cli/bookings.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/when.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* NULL: none begins then */
static JsonObject *
find_at(const GPtrArray *sessions, CmMinute minute)
{
	for (guint i = 0; i < sessions->len; i++) {
		const gchar *start = cm_json_get_string(sessions->pdata[i], "start");
		CmMinute begins = 0;

		if (start != NULL && cm_minute_parse(start, &begins) && begins == minute)
			return sessions->pdata[i];
	}
	return NULL;
}

static gchar *
join_starts(const GPtrArray *sessions)
{
	g_autoptr(GString) starts = g_string_new(NULL);

	for (guint i = 0; i < sessions->len; i++)
		g_string_append_printf(starts, "%s%s", i > 0 ? ", " : "",
				       cm_json_get_string(sessions->pdata[i], "start"));
	return g_string_free(g_steal_pointer(&starts), FALSE);
}

/* FALSE with `error` set: there is no such session */
static gboolean
choose(const CmNoteDesk *desk, const GPtrArray *sessions, JsonObject **out_session, GError **error)
{
	g_autofree gchar *starts = join_starts(sessions);
	CmMinute minute = 0;

	*out_session = NULL;
	if (desk->at_given == NULL) {
		if (sessions->len == 1)
			*out_session = sessions->pdata[0];
		else if (sessions->len > 1)
			cm_report_note(N_("There are several sessions that day ({0}): --at "
					  "says which the note tells of."),
				       starts, NULL);
		return TRUE;
	}
	if (cm_when_parse_time(desk->at_given, &minute))
		*out_session = find_at(sessions, minute);
	if (*out_session == NULL)
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     sessions->len > 0
				 ? N_("No session about {0} begins at {1} that day; there are: "
				      "{2}.")
				 : N_("No session about {0} is booked that day ({1})."),
			     desk->name, desk->at_given, starts, NULL);
	return *out_session != NULL;
}

gboolean
cm_note_session_find(const CmComodalctl *cli,
		     const CmNoteDesk *desk,
		     guint64 *out_number,
		     gchar **out_start,
		     GError **error)
{
	g_auto(CmBookings) bookings = {0};
	g_autoptr(GPtrArray) sessions = NULL;
	JsonObject *session = NULL;

	*out_number = 0;
	if (g_strcmp0(desk->at_given, CM_NOTE_DESK_NONE) == 0)
		return TRUE;
	if (!cm_bookings_open(&bookings, cli, error) || !cm_bookings_find_own(&bookings, error))
		return FALSE;
	sessions = cm_bookings_list_day(&bookings, desk->student,
					desk->day != 0 ? desk->day : bookings.today, error);
	if (sessions == NULL || !choose(desk, sessions, &session, error))
		return FALSE;
	if (session != NULL) {
		*out_number = (guint64)cm_json_get_int(session, "number");
		*out_start = g_strdup(cm_json_get_string(session, "start"));
	}
	return TRUE;
}
