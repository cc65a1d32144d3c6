// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/plan-reader.h"

#include "daemon/roster/caseload-loading.h"
#include "daemon/roster/caseload-reader.h"
#include "daemon/roster/json-shape.h"
#include "daemon/roster/plan-writer.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <stdlib.h>

/* what is read into */
typedef struct {
	const CmCaseload *caseload;
	CmPlan *plan;
	GStringChunk *strings;
	GHashTable *sessions; /* id → index + 1, as the others */
	GHashTable *rooms;
	GHashTable *companions;
	guint8 *seen; /* by session: it stands in one of the lists */
	gboolean other_version;
	gboolean complete;
} Target;

typedef struct {
	guint32 session;
	const gchar *reason;
} UnscheduledRecord;

typedef struct {
	const gchar *format;
	const gchar *organisation;
} Root;

/* the cost as it stands, with its total */
typedef struct {
	gint64 part[CM_COST_LAST];
	gint64 total;
} CostRecord;

static guint32
find(GHashTable *table, const gchar *id)
{
	gpointer found = g_hash_table_lookup(table, id);

	return found != NULL ? GPOINTER_TO_UINT(found) - 1 : CM_NONE;
}

static void
take_session(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	Target *target = cm_json_read_get_data(read);
	guint32 session = find(target->sessions, value->text);

	*(guint32 *)place = session;
	if (session == CM_NONE)
		cm_json_read_fault(read, NULL, N_("there is no session \"{0}\""), value->text,
				   NULL);
	else if (target->seen[session] != 0)
		cm_json_read_fault(read, NULL, N_("the session \"{0}\" stands twice"), value->text,
				   NULL);
	else
		target->seen[session] = 1;
}

static void
take_room(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	Target *target = cm_json_read_get_data(read);

	*(guint32 *)place = find(target->rooms, value->text);
	if (*(guint32 *)place == CM_NONE)
		cm_json_read_fault(read, NULL, N_("there is no room \"{0}\""), value->text, NULL);
}

static void
take_companion(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	Target *target = cm_json_read_get_data(read);

	*(guint32 *)place = find(target->companions, value->text);
	if (*(guint32 *)place == CM_NONE)
		cm_json_read_fault(read, NULL, N_("there is no companion \"{0}\""), value->text,
				   NULL);
}

static void
placement_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	CmPlacement *placement = record;

	placement->session = CM_NONE;
	placement->room = CM_NONE;
	placement->companion = CM_NONE;
}

static void
placement_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	Target *target = cm_json_read_get_data(read);

	g_array_append_vals(target->plan->placements, record, 1);
}

static void
unscheduled_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	Target *target = cm_json_read_get_data(read);
	const UnscheduledRecord *unscheduled = record;
	CmUnscheduled kept = {.session = unscheduled->session};

	kept.reason = g_strdup(unscheduled->reason);
	g_array_append_val(target->plan->unscheduled, kept);
}

static void
cost_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	Target *target = cm_json_read_get_data(read);
	const CostRecord *cost = record;
	g_autofree gchar *sum = NULL;

	for (guint i = 0; i < CM_COST_LAST; i++)
		target->plan->cost.part[i] = cost->part[i];
	if (cm_json_read_is_faulty(read) || cm_cost_get_total(&target->plan->cost) == cost->total)
		return;
	sum = g_strdup_printf("%" G_GINT64_FORMAT, cm_cost_get_total(&target->plan->cost));
	cm_json_read_fault(read, "total", N_("expected the sum of the others, {0}"), sum, NULL);
}

static void
take_format(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	Target *target = cm_json_read_get_data(read);

	if (g_str_equal(value->text, CM_PLAN_FORMAT))
		return;
	target->other_version = g_str_has_prefix(value->text, "comodal-plan/");
	if (target->other_version)
		cm_json_read_fault(read, NULL,
				   N_("the format \"{0}\" is not supported, only \"{1}\""),
				   value->text, CM_PLAN_FORMAT, NULL);
	else
		cm_json_read_fault(read, NULL, N_("expected the format \"{0}\""), CM_PLAN_FORMAT,
				   NULL);
	cm_json_read_stop(read);
}

static void
take_organisation(CmJsonRead *read,
		  const CmJsonShape *shape,
		  gpointer place,
		  const CmJsonValue *value)
{
	Target *target = cm_json_read_get_data(read);

	if (!g_str_equal(value->text, target->caseload->organisation_id))
		cm_json_read_fault(read, NULL, N_("expected the caseload's organisation, \"{0}\""),
				   target->caseload->organisation_id, NULL);
}

static void
root_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	Target *target = cm_json_read_get_data(read);

	target->complete = TRUE;
}

static const gchar *const mode_names[] = {"in-person", "video-school", "video-remote", NULL};
G_STATIC_ASSERT(CM_MODE_IN_PERSON == 0 && CM_MODE_VIDEO_SCHOOL == 1 && CM_MODE_VIDEO_REMOTE == 2);

#define ID_SHAPE(take_, nullable_)                                                                 \
	{                                                                                          \
		.kind = CM_JSON_TEXT, .nullable = nullable_, .minimum = 1,                         \
		.maximum = CM_CASELOAD_MAX_ID_BYTES, .take = take_                                 \
	}

static const CmJsonShape format_shape = {.kind = CM_JSON_TEXT,
					 .minimum = 1,
					 .maximum = 100,
					 .take = take_format};
static const CmJsonShape organisation_shape = ID_SHAPE(take_organisation, FALSE);
static const CmJsonShape session_shape = ID_SHAPE(take_session, FALSE);
static const CmJsonShape room_shape = ID_SHAPE(take_room, TRUE);
static const CmJsonShape companion_shape = ID_SHAPE(take_companion, TRUE);
static const CmJsonShape date_shape = {.kind = CM_JSON_DATE};
static const CmJsonShape time_shape = {.kind = CM_JSON_TIME};
static const CmJsonShape mode_shape = {.kind = CM_JSON_ENUM, .names = mode_names};
static const CmJsonShape reason_shape = {.kind = CM_JSON_TEXT,
					 .minimum = 1,
					 .maximum = CM_PLAN_MAX_REASON_BYTES};
static const CmJsonShape points_shape = {.kind = CM_JSON_INTEGER,
					 .maximum = G_GINT64_CONSTANT(1000000000000),
					 .size = sizeof(gint64)};
static const CmJsonMember placement_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmPlacement, session), &session_shape},
    {"date", CM_JSON_REQUIRED, offsetof(CmPlacement, date), &date_shape},
    {"start", CM_JSON_REQUIRED, offsetof(CmPlacement, start), &time_shape},
    {"mode", CM_JSON_REQUIRED, offsetof(CmPlacement, mode), &mode_shape},
    {"room", CM_JSON_REQUIRED, offsetof(CmPlacement, room), &room_shape},
    {"companion", CM_JSON_REQUIRED, offsetof(CmPlacement, companion), &companion_shape},
    {NULL},
};
static const CmJsonShape placement_shape = {.kind = CM_JSON_OBJECT,
					    .size = sizeof(CmPlacement),
					    .members = placement_members,
					    .begin = placement_begin,
					    .end = placement_end};
static const CmJsonShape placements_shape = {.kind = CM_JSON_LIST,
					     .maximum = CM_CASELOAD_MAX_SESSIONS,
					     .element = &placement_shape};
static const CmJsonMember unscheduled_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(UnscheduledRecord, session), &session_shape},
    {"reason", CM_JSON_REQUIRED, offsetof(UnscheduledRecord, reason), &reason_shape},
    {NULL},
};
static const CmJsonShape unscheduled_shape = {.kind = CM_JSON_OBJECT,
					      .size = sizeof(UnscheduledRecord),
					      .members = unscheduled_members,
					      .end = unscheduled_end};
static const CmJsonShape unscheduled_list_shape = {.kind = CM_JSON_LIST,
						   .maximum = CM_CASELOAD_MAX_SESSIONS,
						   .element = &unscheduled_shape};

#define COST_MEMBER(name_, part_)                                                                  \
	{                                                                                          \
		name_, CM_JSON_REQUIRED, (part_) * sizeof(gint64), &points_shape                   \
	}

static const CmJsonMember cost_members[] = {
    COST_MEMBER("unscheduled", CM_COST_UNSCHEDULED),
    COST_MEMBER("lateness", CM_COST_LATENESS),
    COST_MEMBER("travel", CM_COST_TRAVEL),
    COST_MEMBER("core", CM_COST_CORE),
    COST_MEMBER("modality", CM_COST_MODALITY),
    COST_MEMBER("rhythm", CM_COST_RHYTHM),
    COST_MEMBER("preference", CM_COST_PREFERENCE),
    COST_MEMBER("moved", CM_COST_MOVED),
    COST_MEMBER("total", CM_COST_LAST),
    {NULL},
};
static const CmJsonShape cost_shape = {.kind = CM_JSON_OBJECT,
				       .size = sizeof(CostRecord),
				       .members = cost_members,
				       .end = cost_end};
static const CmJsonMember root_members[] = {
    {"format", CM_JSON_REQUIRED, offsetof(Root, format), &format_shape},
    {"organisation", CM_JSON_REQUIRED, offsetof(Root, organisation), &organisation_shape},
    {"sessions", CM_JSON_REQUIRED, 0, &placements_shape},
    {"unscheduled", CM_JSON_REQUIRED, 0, &unscheduled_list_shape},
    {"cost", CM_JSON_REQUIRED, sizeof(Root), &cost_shape},
    {NULL},
};
static const CmJsonShape root_shape = {.kind = CM_JSON_OBJECT,
				       .size = sizeof(Root) + sizeof(CostRecord),
				       .members = root_members,
				       .end = root_end};

#define INDEX(table, array, type)                                                                  \
	do {                                                                                       \
		(table) = g_hash_table_new(g_str_hash, g_str_equal);                               \
		for (guint i = 0; i < (array)->len; i++)                                           \
			g_hash_table_insert((table), (gpointer)CM_ELEMENT(array, type, i)->id,     \
					    GUINT_TO_POINTER(i + 1));                              \
	} while (0)

static Target *
target_new(const CmCaseload *caseload, CmPlan *plan)
{
	Target *target = g_new0(Target, 1);

	target->caseload = caseload;
	target->plan = plan;
	target->strings = g_string_chunk_new(4096);
	target->seen = g_new0(guint8, caseload->sessions->len + 1);
	INDEX(target->sessions, caseload->sessions, CmSession);
	INDEX(target->rooms, caseload->rooms, CmRoom);
	INDEX(target->companions, caseload->companions, CmCompanion);
	return target;
}

static void
target_free(Target *target)
{
	g_hash_table_unref(target->sessions);
	g_hash_table_unref(target->rooms);
	g_hash_table_unref(target->companions);
	g_free(target->seen);
	g_string_chunk_free(target->strings);
	g_free(target);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Target, target_free)

static void
check_all_there(const Target *target, CmFaults *faults)
{
	for (guint i = 0; i < target->caseload->sessions->len; i++) {
		if (target->seen[i] == 0)
			cm_faults_add(
			    faults, NULL, 0, "$", N_("the session \"{0}\" stands in neither list"),
			    CM_ELEMENT(target->caseload->sessions, CmSession, i)->id, NULL);
	}
}

static void
set_error(GError **error, guint faults, gboolean other_version)
{
	g_autofree gchar *count = g_strdup_printf("%u", faults);

	if (other_version)
		cm_error_set(error, CM_ERROR_NOT_SUPPORTED,
			     N_("The plan is of a version that is not supported"), NULL);
	else if (faults == 1)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The plan can't be used: there is 1 fault in it"), NULL);
	else
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The plan can't be used: there are {0} faults in it"), count, NULL);
}

CmPlan *
cm_plan_reader_read_fd(int fd,
		       const CmCaseload *caseload,
		       CmFaults *faults,
		       GCancellable *cancellable,
		       GError **error)
{
	g_autoptr(CmPlan) plan = cm_plan_new();
	guint before = cm_faults_get_total(faults);
	g_autoptr(Target) target = target_new(caseload, plan);
	guint added;

	if (!cm_json_shape_read_fd(&root_shape, target, target->strings, fd, faults, cancellable,
				   error))
		return NULL;
	if (target->complete)
		check_all_there(target, faults);
	added = cm_faults_get_total(faults) - before;
	if (added > 0) {
		set_error(error, added, target->other_version);
		return NULL;
	}
	cm_plan_sort(plan);
	return g_steal_pointer(&plan);
}
