// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/terminal.h"
#include "include/cm-time.h"

#include <json-glib/json-glib.h>

/* A `comodal-agenda/1` document as a person reads it. */

typedef struct {
	guint width;
	gboolean color;
} CmAgendaViewOptions;

/* Day by day, a line a session, wrapped where it must. Returns: (transfer full) */
gchar *
cm_agenda_view_draw_list(JsonObject *agenda,
			 const CmAgendaViewOptions *options) G_GNUC_WARN_UNUSED_RESULT;

/* What both start with: who, where, which week. Appends to `out`. */
void
cm_agenda_view_append_title(GString *out, JsonObject *agenda, const CmAgendaViewOptions *options);

/* What both end with: how many sessions, hours, roads. */
void
cm_agenda_view_append_totals(GString *out, JsonObject *agenda, const CmAgendaViewOptions *options);

/* What a day is for the schools that matter: "day 4", "days 2, 4", "pedagogical day", "closed". Returns: (transfer full) */
gchar *
cm_agenda_view_describe_day(JsonObject *day) G_GNUC_WARN_UNUSED_RESULT;

/* Minutes after midnight of a member "HH:MM"; 0 when it is none. */
gint
cm_agenda_view_get_minute(JsonObject *entry, const gchar *member);

/* What a session is, in the policy's words if it has some. (transfer none) */
const gchar *
cm_agenda_view_get_act(JsonObject *entry);

/* Whether it was called off: it takes nobody's time and counts for nothing. */
gboolean
cm_agenda_view_is_off(JsonObject *entry);

/* `style`, unless it was called off, or somebody declined. */
CmStyle
cm_agenda_view_get_style(JsonObject *entry, CmStyle style);

/* What an appointment is about and who takes part besides whoever's agenda it is, in a line. Returns: (transfer full) */
gchar *
cm_agenda_view_describe_appointment(JsonObject *agenda,
				    JsonObject *entry) G_GNUC_WARN_UNUSED_RESULT;
