// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/roster-change-document.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/policy-presence.h"
#include "daemon/bus/roster-scope.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <sys/stat.h>
#include <unistd.h>

#define RESULT_FORMAT "comodal-roster-change-result/1"

/* how often somebody else may change the roster between our reading and our writing */
#define ATTEMPTS_MAX 5

/* One attempt: what is read from the store, and what is made of it. */
typedef struct {
	CmService *service;
	const CmCaller *caller;
	CmRosterSnapshot *snapshot;
	GArray *known; /* gint64: students whom the caller may know, beside whom they follow */
	CmStoreChangeRequest store;
	CmRosterChangeOutcome *outcome;
} Attempt;

CmRosterChangeRequest *
cm_roster_change_document_new_request(const CmCaller *caller, gint fd)
{
	CmRosterChangeRequest *request = g_new0(CmRosterChangeRequest, 1);

	request->caller = cm_caller_ref(caller);
	request->fd = fd;
	return request;
}

void
cm_roster_change_document_free_request(gpointer data)
{
	CmRosterChangeRequest *request = data;

	if (request->fd >= 0)
		close(request->fd);
	cm_caller_unref(request->caller);
	g_free(request);
}

void
cm_roster_change_document_clear_outcome(CmRosterChangeOutcome *outcome)
{
	g_clear_pointer(&outcome->problems, g_ptr_array_unref);
	g_clear_pointer(&outcome->numbers, g_array_unref);
}

/* ---- reading */

static gboolean
set_too_long(GError **error)
{
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("The document is no file, or one that is too long."), NULL);
	return FALSE;
}

GBytes *
cm_roster_change_document_read(gint fd, gsize maximum, GError **error)
{
	struct stat status;
	off_t offset = lseek(fd, 0, SEEK_CUR);
	g_autofree gchar *bytes = NULL;
	gsize size = 0;
	gsize length = 0;

	if (offset < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) ||
	    status.st_size < offset || (gsize)(status.st_size - offset) > maximum) {
		(void)set_too_long(error);
		return NULL;
	}
	size = (gsize)(status.st_size - offset);
	bytes = g_malloc(size + 1);
	while (length < size) {
		gssize count = read(fd, bytes + length, size - length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			break;
		length += (gsize)count;
	}
	return g_bytes_new_take(g_steal_pointer(&bytes), length);
}

/* ---- what is theirs to change */

static gboolean
set_not_theirs(GPtrArray *problems, guint index)
{
	cm_roster_change_add_problem(problems, index, "not-found", "",
				     N_("It is not there, or not yours to change."), NULL);
	return FALSE;
}

static guint32
find_id(const GArray *things, gsize size, const gchar *id)
{
	for (guint i = 0; i < things->len; i++) {
		const gchar *const *thing =
		    (const gchar *const *)(gconstpointer)(things->data + i * size);

		if (g_strcmp0(*thing, id) == 0)
			return i;
	}
	return CM_NONE;
}

static const gchar *
get_text(JsonObject *thing, const gchar *member)
{
	JsonNode *node = json_object_get_member(thing, member);

	return node != NULL && json_node_get_value_type(node) == G_TYPE_STRING
		   ? json_node_get_string(node)
		   : NULL;
}

/* whom they follow, or may know otherwise: to add a follow-up opens a student's file */
static gboolean
is_known_student(const CmRosterSnapshot *snapshot,
		 const CmRosterScope *scope,
		 const GArray *known,
		 const gchar *id)
{
	const GArray *students = snapshot->caseload->students;
	guint32 student = id != NULL ? find_id(students, sizeof(CmStudent), id) : CM_NONE;
	gint64 number = 0;

	if (student == CM_NONE)
		return FALSE;
	if (cm_roster_scope_has(scope, CM_NUMBER_STUDENT, student))
		return TRUE;
	number = cm_roster_numbers_get(snapshot->numbers, CM_NUMBER_STUDENT, student);
	for (guint i = 0; i < known->len; i++) {
		if (g_array_index(known, gint64, i) == number)
			return TRUE;
	}
	return FALSE;
}

/* whose and whom a follow-up is of once it is changed */
static gboolean
becomes_theirs(const CmRosterSnapshot *snapshot,
	       const CmRosterScope *scope,
	       const GArray *known,
	       const CmRosterChange *change,
	       const gchar *own)
{
	gboolean is_new = change->verb == CM_CHANGE_ADD;

	if (change->thing == NULL)
		return !is_new;
	if ((is_new || json_object_has_member(change->thing, "professional")) &&
	    g_strcmp0(get_text(change->thing, "professional"), own) != 0)
		return FALSE;
	return (!is_new && !json_object_has_member(change->thing, "student")) ||
	       is_known_student(snapshot, scope, known, get_text(change->thing, "student"));
}

/* a follow-up, or a session of one: theirs, and theirs afterwards */
static gboolean
is_own_followup(const CmRosterSnapshot *snapshot,
		const CmRosterScope *scope,
		const GArray *known,
		const CmRosterChange *change,
		const gchar *own)
{
	const CmCaseload *caseload = snapshot->caseload;
	guint32 followup = CM_NONE;
	guint32 session = CM_NONE;

	if (change->kind == CM_NUMBER_FOLLOWUP &&
	    !becomes_theirs(snapshot, scope, known, change, own))
		return FALSE;
	if (change->kind == CM_NUMBER_FOLLOWUP && change->verb == CM_CHANGE_ADD)
		return TRUE;
	if (change->kind == CM_NUMBER_FOLLOWUP)
		followup = find_id(caseload->followups, sizeof(CmFollowup), change->id);
	else if (change->followup != NULL)
		followup = find_id(caseload->followups, sizeof(CmFollowup), change->followup);
	if (change->kind == CM_NUMBER_SESSION && change->verb != CM_CHANGE_ADD) {
		session = find_id(caseload->sessions, sizeof(CmSession), change->id);
		if (session == CM_NONE || !cm_roster_scope_has(scope, CM_NUMBER_SESSION, session))
			return FALSE;
		if (change->followup == NULL)
			return TRUE;
	}
	return followup != CM_NONE && cm_roster_scope_has(scope, CM_NUMBER_FOLLOWUP, followup);
}

static gboolean
is_own_contact(const CmCaseload *caseload, const CmRosterScope *scope, const CmRosterChange *change)
{
	guint32 contact = CM_NONE;

	if (change->verb == CM_CHANGE_ADD)
		return TRUE;
	contact = find_id(caseload->contacts, sizeof(CmContact), change->id);
	return contact != CM_NONE && cm_roster_scope_has(scope, CM_NUMBER_CONTACT, contact);
}

/* FALSE: there is a problem for each that is not theirs */
static gboolean
check_theirs(const CmRosterSnapshot *snapshot,
	     const GArray *known,
	     const CmCaller *caller,
	     const GPtrArray *changes,
	     GPtrArray *problems)
{
	const CmCaseload *caseload = snapshot->caseload;
	g_autoptr(CmRosterScope) scope = NULL;
	const gchar *own = NULL;
	guint32 professional = CM_NONE;
	guint before = problems->len;

	if (cm_caller_is_everywhere(caller))
		return TRUE;
	scope = cm_roster_scope_new(caseload, snapshot->numbers, caller);
	professional = cm_roster_scope_get_professional(scope);
	if (professional != CM_NONE)
		own = CM_ELEMENT(caseload->professionals, CmProfessional, professional)->id;
	for (guint i = 0; i < changes->len; i++) {
		const CmRosterChange *change = g_ptr_array_index(changes, i);
		gboolean theirs = FALSE;

		if (own != NULL && change->kind == CM_NUMBER_CONTACT)
			theirs = is_own_contact(caseload, scope, change);
		else if (own != NULL &&
			 (change->kind == CM_NUMBER_FOLLOWUP || change->kind == CM_NUMBER_SESSION))
			theirs = is_own_followup(snapshot, scope, known, change, own);
		if (!theirs)
			(void)set_not_theirs(problems, i);
	}
	return problems->len == before;
}

/* ---- doing it */

static gboolean
attempt_read(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Attempt *attempt = data;

	attempt->snapshot =
	    cm_roster_cache_get(attempt->service->roster, store, cancellable, error);
	if (attempt->snapshot == NULL)
		return FALSE;
	attempt->known = cm_store_subject_list_known_students(
	    store, cm_caller_get_bound(attempt->caller), attempt->store.now, error);
	if (attempt->known == NULL)
		g_clear_pointer(&attempt->snapshot, cm_roster_snapshot_unref);
	return attempt->known != NULL;
}

static gboolean
attempt_write(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Attempt *attempt = data;
	CmRosterChangeOutcome *outcome = attempt->outcome;

	return cm_store_change_roster(store, &attempt->store, outcome->problems, &outcome->numbers,
				      &outcome->report, cancellable, error);
}

static gboolean
attempt_run(Attempt *attempt,
	    const CmRosterChangeRequest *request,
	    const GPtrArray *changes,
	    GCancellable *cancellable,
	    GError **error)
{
	g_autoptr(CmCaseload) caseload = NULL;
	g_autoptr(CmRosterSnapshot) snapshot = NULL;
	g_autoptr(GArray) known = NULL;

	if (!cm_worker_run(attempt->service->store, attempt_read, attempt, cancellable, error))
		return FALSE;
	snapshot = attempt->snapshot;
	known = attempt->known;
	if (!check_theirs(snapshot, known, request->caller, changes, attempt->outcome->problems)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Nothing was changed: see what is wrong."), NULL);
		return FALSE;
	}
	caseload =
	    cm_roster_change_apply(snapshot->caseload, changes, attempt->outcome->problems, error);
	if (caseload == NULL)
		return FALSE;
	attempt->store.caseload = caseload;
	attempt->store.version = snapshot->version;
	return cm_worker_run(attempt->service->store, attempt_write, attempt, cancellable, error);
}

static void
announce(CmService *service, guint64 version)
{
	(void)g_dbus_connection_emit_signal(service->connection, NULL, CM_OBJECT_PATH,
					    CM_INTERFACE_PREFIX "Roster", "Changed",
					    g_variant_new("(t)", version), NULL);
}

gboolean
cm_roster_change_document_run(CmService *service,
			      const CmPolicySet *policies,
			      const CmRosterChangeRequest *request,
			      const GPtrArray *changes,
			      CmRosterChangeOutcome *out_outcome,
			      GCancellable *cancellable,
			      GError **error)
{
	g_autoptr(GError) local = NULL;
	Attempt attempt = {
	    .service = service,
	    .caller = request->caller,
	    .outcome = out_outcome,
	    .store = {.changes = changes,
		      .withdraw = request->withdraw,
		      .dry_run = request->dry_run,
		      .actor = request->caller->uid,
		      .now = cm_clock_get_now(),
		      .presence = cm_policy_presence_check,
		      .presence_data = (gpointer)policies},
	};

	out_outcome->problems = cm_roster_change_new_problems();
	for (guint i = 0; i < ATTEMPTS_MAX; i++) {
		g_clear_error(&local);
		if (attempt_run(&attempt, request, changes, cancellable, &local)) {
			if (!request->dry_run)
				announce(service, out_outcome->report.roster_version);
			return TRUE;
		}
		if (!cm_error_is(local, CM_ERROR_CONFLICT))
			break;
	}
	if (out_outcome->problems->len > 0)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&local));
	return FALSE;
}

/* ---- what came of it */

void
cm_roster_change_document_add_problems(CmJsonSink *sink, const GPtrArray *problems)
{
	cm_json_sink_begin_list(sink, "problems");
	for (guint i = 0; i < problems->len; i++) {
		const CmRosterProblem *problem = g_ptr_array_index(problems, i);

		cm_json_sink_begin_object(sink, NULL);
		cm_json_sink_add_integer(sink, "change", problem->change);
		cm_json_sink_add_text(sink, "code", problem->code);
		cm_json_sink_add_text(sink, "path", problem->path);
		cm_json_sink_add_text(sink, "message", problem->message);
		cm_json_sink_end_object(sink);
	}
	cm_json_sink_end_list(sink);
}

static void
add_changes(CmJsonSink *sink, const GPtrArray *changes, const GArray *numbers)
{
	cm_json_sink_begin_list(sink, "changes");
	for (guint i = 0; i < changes->len; i++) {
		const CmRosterChange *change = g_ptr_array_index(changes, i);

		cm_json_sink_begin_object(sink, NULL);
		cm_json_sink_add_text(sink, "do", cm_roster_change_verb_to_string(change->verb));
		cm_json_sink_add_text(sink, "kind", cm_roster_change_kind_to_string(change->kind));
		cm_json_sink_add_text(sink, "id", change->id);
		cm_json_sink_add_integer(sink, "number", g_array_index(numbers, gint64, i));
		cm_json_sink_end_object(sink);
	}
	cm_json_sink_end_list(sink);
}

static gboolean
write_result(gint fd,
	     const GPtrArray *changes,
	     const CmRosterChangeOutcome *outcome,
	     gboolean dry_run,
	     GError **error)
{
	g_autoptr(CmJsonSink) sink = cm_json_sink_new(fd);
	gboolean right = outcome->problems->len == 0;

	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "format", RESULT_FORMAT);
	cm_json_sink_add_boolean(sink, "done", right && !dry_run);
	if (right) {
		cm_json_sink_add_integer(sink, "roster_version",
					 (gint64)outcome->report.roster_version);
		cm_json_sink_add_integer(sink, "withdrawn", outcome->report.withdrawn);
		add_changes(sink, changes, outcome->numbers);
	}
	cm_roster_change_document_add_problems(sink, outcome->problems);
	cm_json_sink_end_object(sink);
	return cm_json_sink_finish(sink, error);
}

gboolean
cm_roster_change_document_write(CmService *service,
				const CmPolicySet *policies,
				gpointer data,
				gint fd,
				GCancellable *cancellable,
				GError **error)
{
	const CmRosterChangeRequest *request = data;
	g_auto(CmRosterChangeOutcome) outcome = {0};
	g_autoptr(GBytes) bytes =
	    cm_roster_change_document_read(request->fd, CM_ROSTER_CHANGE_MAX_BYTES, error);
	g_autoptr(GPtrArray) changes = NULL;

	if (bytes == NULL)
		return FALSE;
	changes =
	    cm_roster_change_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), error);
	if (changes == NULL || !cm_roster_change_document_run(service, policies, request, changes,
							      &outcome, cancellable, error))
		return FALSE;
	return write_result(fd, changes, &outcome, request->dry_run, error);
}
