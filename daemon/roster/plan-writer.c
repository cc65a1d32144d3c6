// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/plan-writer.h"

#include "include/cm-message.h"

#include <string.h>

static const gchar *
get_session_id(const CmCaseload *caseload, guint32 session)
{
	return CM_ELEMENT(caseload->sessions, CmSession, session)->id;
}

void
cm_plan_writer_add_placement(CmJsonSink *sink,
			     const CmCaseload *caseload,
			     const CmPlacement *placement)
{
	const gchar *room = NULL;
	const gchar *companion = NULL;

	if (placement->room != CM_NONE)
		room = CM_ELEMENT(caseload->rooms, CmRoom, placement->room)->id;
	if (placement->companion != CM_NONE)
		companion = CM_ELEMENT(caseload->companions, CmCompanion, placement->companion)->id;
	cm_json_sink_add_text(sink, "id", get_session_id(caseload, placement->session));
	cm_json_sink_add_day(sink, "date", placement->date);
	cm_json_sink_add_minute(sink, "start", placement->start);
	cm_json_sink_add_text(sink, "mode", cm_mode_to_string((CmMode)placement->mode));
	cm_json_sink_add_text(sink, "room", room);
	cm_json_sink_add_text(sink, "companion", companion);
}

static void
write_cost(CmJsonSink *sink, const CmCost *cost)
{
	cm_json_sink_begin_object(sink, "cost");
	for (guint i = 0; i < CM_COST_LAST; i++)
		cm_json_sink_add_integer(sink, cm_cost_part_to_string((CmCostPart)i),
					 cost->part[i]);
	cm_json_sink_add_integer(sink, "total", cm_cost_get_total(cost));
	cm_json_sink_end_object(sink);
}

/* an argument as it is, or a word that is translated with the message */
static void
write_argument(CmJsonSink *sink, const gchar *argument)
{
	if (argument[0] != CM_MESSAGE_TERM) {
		cm_json_sink_add_text(sink, NULL, argument);
		return;
	}
	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "word", argument + 1);
	cm_json_sink_end_object(sink);
}

static void
write_sentence(CmJsonSink *sink, const gchar *message)
{
	g_auto(GStrv) parts = g_strsplit(message, "\x1f", -1);

	cm_json_sink_begin_list(sink, NULL);
	/* a plain text is its own format */
	if (parts[0] != NULL && parts[1] == NULL)
		write_argument(sink, parts[0]);
	for (guint i = 1; parts[0] != NULL && parts[i] != NULL; i++)
		write_argument(sink, parts[i]);
	cm_json_sink_end_list(sink);
}

/* the parts of each of its sentences, so that a reader of another language can make them anew */
static void
write_messages(CmJsonSink *sink, const gchar *message)
{
	const gchar joint[] = {CM_MESSAGE_JOINT, '\0'};
	g_auto(GStrv) sentences = g_strsplit(message, joint, -1);

	if (strchr(message, '\x1f') == NULL)
		return;
	cm_json_sink_begin_list(sink, "messages");
	for (guint i = 0; sentences[i] != NULL; i++)
		write_sentence(sink, sentences[i]);
	cm_json_sink_end_list(sink);
}

gboolean
cm_plan_writer_write_fd(const CmPlan *plan, const CmCaseload *caseload, int fd, GError **error)
{
	g_autoptr(CmJsonSink) sink = cm_json_sink_new(fd);

	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "format", CM_PLAN_FORMAT);
	cm_json_sink_add_text(sink, "organisation", caseload->organisation_id);
	cm_json_sink_begin_list(sink, "sessions");
	for (guint i = 0; i < plan->placements->len; i++) {
		cm_json_sink_begin_object(sink, NULL);
		cm_plan_writer_add_placement(sink, caseload,
					     CM_ELEMENT(plan->placements, CmPlacement, i));
		cm_json_sink_end_object(sink);
	}
	cm_json_sink_end_list(sink);
	cm_json_sink_begin_list(sink, "unscheduled");
	for (guint i = 0; i < plan->unscheduled->len; i++) {
		const CmUnscheduled *unscheduled = CM_ELEMENT(plan->unscheduled, CmUnscheduled, i);
		g_autofree gchar *reason = cm_message_localize(unscheduled->reason);

		cm_json_sink_begin_object(sink, NULL);
		cm_json_sink_add_text(sink, "id", get_session_id(caseload, unscheduled->session));
		cm_json_sink_add_text(sink, "reason", reason);
		write_messages(sink, unscheduled->reason);
		cm_json_sink_end_object(sink);
	}
	cm_json_sink_end_list(sink);
	write_cost(sink, &plan->cost);
	cm_json_sink_end_object(sink);
	return cm_json_sink_finish(sink, error);
}
