// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/plan-diff.h"

#include "daemon/roster/json-sink.h"

#define FORMAT "comodal-plan-diff/1"

static const gchar *
get_session_id(const CmCaseload *caseload, const CmPlacement *placement)
{
	return CM_ELEMENT(caseload->sessions, CmSession, placement->session)->id;
}

static const gchar *
get_room_id(const CmCaseload *caseload, const CmPlacement *placement)
{
	if (placement->room == CM_NONE)
		return NULL;
	return CM_ELEMENT(caseload->rooms, CmRoom, placement->room)->id;
}

static const gchar *
get_companion_id(const CmCaseload *caseload, const CmPlacement *placement)
{
	if (placement->companion == CM_NONE)
		return NULL;
	return CM_ELEMENT(caseload->companions, CmCompanion, placement->companion)->id;
}

static void
add_change(CmPlanDiff *diff,
	   CmPlanChangeKind kind,
	   const gchar *session,
	   const CmPlacement *from,
	   const CmPlacement *to)
{
	CmPlanChange change = {.kind = kind, .session = session};

	if (from != NULL)
		change.from = *from;
	if (to != NULL)
		change.to = *to;
	g_array_append_val(diff->changes, change);
	diff->count[kind]++;
}

static void
compare_placements(CmPlanDiff *diff,
		   const gchar *session,
		   const CmPlacement *from,
		   const CmPlacement *to)
{
	if (from->date != to->date || from->start != to->start || from->mode != to->mode)
		add_change(diff, CM_PLAN_CHANGE_MOVED, session, from, to);
	else if (g_strcmp0(get_room_id(diff->before, from), get_room_id(diff->after, to)) != 0 ||
		 g_strcmp0(get_companion_id(diff->before, from),
			   get_companion_id(diff->after, to)) != 0)
		add_change(diff, CM_PLAN_CHANGE_ROOM, session, from, to);
	else
		diff->unchanged++;
}

static const CmPlacement *
change_get_place(const CmPlanChange *change)
{
	return change->kind == CM_PLAN_CHANGE_REMOVED ? &change->from : &change->to;
}

static gint
change_compare(gconstpointer a, gconstpointer b)
{
	const CmPlacement *first = change_get_place(a);
	const CmPlacement *second = change_get_place(b);

	if (first->date != second->date)
		return first->date < second->date ? -1 : 1;
	if (first->start != second->start)
		return first->start - second->start;
	return g_strcmp0(((const CmPlanChange *)a)->session, ((const CmPlanChange *)b)->session);
}

CmPlanDiff *
cm_plan_diff_new(const CmPlan *from,
		 const CmCaseload *before,
		 const CmPlan *to,
		 const CmCaseload *after)
{
	CmPlanDiff *diff = g_new0(CmPlanDiff, 1);
	g_autoptr(GHashTable) stood = g_hash_table_new(g_str_hash, g_str_equal);
	GHashTableIter iter;
	gpointer session = NULL;
	gpointer placement = NULL;

	diff->before = before;
	diff->after = after;
	diff->changes = g_array_new(FALSE, FALSE, sizeof(CmPlanChange));
	diff->unscheduled_before = from != NULL ? from->unscheduled->len : 0;
	diff->unscheduled_after = to != NULL ? to->unscheduled->len : 0;
	for (guint i = 0; from != NULL && i < from->placements->len; i++) {
		CmPlacement *old = CM_ELEMENT(from->placements, CmPlacement, i);

		g_hash_table_insert(stood, (gpointer)get_session_id(before, old), old);
	}
	for (guint i = 0; to != NULL && i < to->placements->len; i++) {
		const CmPlacement *new = CM_ELEMENT(to->placements, CmPlacement, i);
		const gchar *id = get_session_id(after, new);
		const CmPlacement *old = g_hash_table_lookup(stood, id);

		if (old != NULL)
			compare_placements(diff, id, old, new);
		else
			add_change(diff, CM_PLAN_CHANGE_ADDED, id, NULL, new);
		g_hash_table_remove(stood, id);
	}
	g_hash_table_iter_init(&iter, stood);
	while (g_hash_table_iter_next(&iter, &session, &placement))
		add_change(diff, CM_PLAN_CHANGE_REMOVED, session, placement, NULL);
	g_array_sort(diff->changes, change_compare);
	return diff;
}

void
cm_plan_diff_free(CmPlanDiff *diff)
{
	g_array_unref(diff->changes);
	g_free(diff);
}

const gchar *
cm_plan_change_kind_to_string(CmPlanChangeKind kind)
{
	static const gchar *const names[CM_PLAN_CHANGE_LAST] = {
	    [CM_PLAN_CHANGE_ADDED] = "added",
	    [CM_PLAN_CHANGE_REMOVED] = "removed",
	    [CM_PLAN_CHANGE_MOVED] = "moved",
	    [CM_PLAN_CHANGE_ROOM] = "room",
	};

	g_return_val_if_fail(kind < CM_PLAN_CHANGE_LAST, "");
	return names[kind];
}

static void
write_place(CmJsonSink *sink,
	    const CmCaseload *caseload,
	    const gchar *name,
	    const CmPlacement *placement)
{
	cm_json_sink_begin_object(sink, name);
	cm_json_sink_add_day(sink, "date", placement->date);
	cm_json_sink_add_minute(sink, "start", placement->start);
	cm_json_sink_add_text(sink, "mode", cm_mode_to_string((CmMode)placement->mode));
	cm_json_sink_add_text(sink, "room", get_room_id(caseload, placement));
	cm_json_sink_add_text(sink, "companion", get_companion_id(caseload, placement));
	cm_json_sink_end_object(sink);
}

static void
write_person(CmJsonSink *sink, const gchar *member, const gchar *id, const gchar *name)
{
	cm_json_sink_begin_object(sink, member);
	cm_json_sink_add_text(sink, "id", id);
	cm_json_sink_add_text(sink, "name", name);
	cm_json_sink_end_object(sink);
}

static void
write_change(CmJsonSink *sink, const CmPlanDiff *diff, const CmPlanChange *change)
{
	gboolean removed = change->kind == CM_PLAN_CHANGE_REMOVED;
	const CmCaseload *caseload = removed ? diff->before : diff->after;
	const CmPlacement *place = change_get_place(change);
	const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, place->session);
	const CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, session->followup);
	const CmProfessional *professional =
	    CM_ELEMENT(caseload->professionals, CmProfessional, followup->professional);
	const CmStudent *student = CM_ELEMENT(caseload->students, CmStudent, followup->student);

	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "id", change->session);
	cm_json_sink_add_text(sink, "change", cm_plan_change_kind_to_string(change->kind));
	cm_json_sink_add_text(sink, "act", session->act);
	cm_json_sink_add_integer(sink, "minutes", session->minutes);
	write_person(sink, "professional", professional->id, professional->name);
	write_person(sink, "student", student->id, student->name);
	if (change->kind == CM_PLAN_CHANGE_ADDED)
		cm_json_sink_add_text(sink, "from", NULL);
	else
		write_place(sink, diff->before, "from", &change->from);
	if (removed)
		cm_json_sink_add_text(sink, "to", NULL);
	else
		write_place(sink, diff->after, "to", &change->to);
	cm_json_sink_end_object(sink);
}

gboolean
cm_plan_diff_write_fd(const CmPlanDiff *diff, int fd, GError **error)
{
	g_autoptr(CmJsonSink) sink = cm_json_sink_new(fd);

	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "format", FORMAT);
	cm_json_sink_add_text(sink, "organisation", diff->after->organisation_id);
	cm_json_sink_begin_object(sink, "counts");
	for (guint i = 0; i < CM_PLAN_CHANGE_LAST; i++)
		cm_json_sink_add_integer(sink, cm_plan_change_kind_to_string((CmPlanChangeKind)i),
					 diff->count[i]);
	cm_json_sink_add_integer(sink, "unchanged", diff->unchanged);
	cm_json_sink_add_integer(sink, "unscheduled_before", diff->unscheduled_before);
	cm_json_sink_add_integer(sink, "unscheduled_after", diff->unscheduled_after);
	cm_json_sink_end_object(sink);
	cm_json_sink_begin_list(sink, "sessions");
	for (guint i = 0; i < diff->changes->len; i++)
		write_change(sink, diff, CM_ELEMENT(diff->changes, CmPlanChange, i));
	cm_json_sink_end_list(sink);
	cm_json_sink_end_object(sink);
	return cm_json_sink_finish(sink, error);
}
