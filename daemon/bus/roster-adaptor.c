// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/roster-adaptor.h"

#include "daemon/bus/calendar-job.h"
#include "daemon/bus/import-job.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/reply.h"
#include "daemon/bus/roster-change-document.h"
#include "daemon/bus/roster-scope.h"
#include "daemon/bus/roster-table-document.h"
#include "daemon/roster/caseload-reader.h"
#include "daemon/roster/caseload-writer.h"
#include "daemon/store/store-guardianship.h"
#include "daemon/store/store-roster.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>

/* the caller's descriptor, ours to close; -1 with `error` set */
static gint
take_descriptor(GUnixFDList *descriptors, GVariant *handle, GError **error)
{
	gint index = g_variant_get_handle(handle);

	if (descriptors == NULL || index < 0 || index >= g_unix_fd_list_get_length(descriptors)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The document's descriptor did not come with the message."), NULL);
		return -1;
	}
	return g_unix_fd_list_get(descriptors, index, error);
}

static gboolean
handle_import(CmDBusRoster *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      GVariant *document,
	      GVariant *dictionary,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	gboolean dry_run = FALSE;
	const CmOption known[] = {{"dry-run", "b", &dry_run}};
	const gchar *path = NULL;
	gint fd = -1;

	if (cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error))
		fd = take_descriptor(descriptors, document, &error);
	if (fd >= 0)
		path = cm_import_job_start(user_data, invocation, fd, dry_run, &error);
	if (path == NULL)
		cm_reply_error(invocation, error);
	else
		cm_dbus_roster_complete_import(object, invocation, NULL, path);
	return TRUE;
}

typedef struct {
	const gchar *closure;
	const gchar *from;
	const gchar *to;
	guint32 cycle_length;
	guint32 first_cycle_day;
	gboolean dry_run;
} CalendarArguments;

static gboolean
parse_day(const gchar *option, const gchar *text, CmDay *out_day, GError **error)
{
	*out_day = CM_DAY_NONE;
	if (text == NULL || cm_day_parse(text, out_day))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("Option “{0}” must be a date as 2026-09-01, not “{1}”."), option, text,
		     NULL);
	return FALSE;
}

static gboolean
make_calendar_options(const CalendarArguments *arguments,
		      CmSchoolCalendarOptions *out_options,
		      GError **error)
{
	if (!cm_school_closure_from_string(arguments->closure, &out_options->closure)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Option “closure” must be “slide” or “consume”, not “{0}”."),
			     arguments->closure, NULL);
		return FALSE;
	}
	if (arguments->cycle_length > CM_CASELOAD_MAX_CYCLE_LENGTH ||
	    arguments->first_cycle_day > CM_CASELOAD_MAX_CYCLE_LENGTH) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("A cycle has 60 days or less."),
			     NULL);
		return FALSE;
	}
	out_options->cycle_length = (gint)arguments->cycle_length;
	out_options->first_cycle_day = (gint)arguments->first_cycle_day;
	return parse_day("from", arguments->from, &out_options->from, error) &&
	       parse_day("to", arguments->to, &out_options->to, error);
}

static gboolean
check_id(const gchar *id, GError **error)
{
	if (*id != '\0' && strlen(id) <= CM_CASELOAD_MAX_ID_BYTES)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("A calendar's id has between 1 and 200 bytes."), NULL);
	return FALSE;
}

static gboolean
handle_import_calendar(CmDBusRoster *object,
		       GDBusMethodInvocation *invocation,
		       GUnixFDList *descriptors,
		       GVariant *document,
		       const gchar *calendar,
		       GVariant *dictionary,
		       gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	CalendarArguments arguments = {.closure = "slide"};
	CmSchoolCalendarOptions options = {0};
	const CmOption known[] = {{"dry-run", "b", &arguments.dry_run},
				  {"closure", "s", &arguments.closure},
				  {"cycle-length", "u", &arguments.cycle_length},
				  {"first-cycle-day", "u", &arguments.first_cycle_day},
				  {"from", "s", &arguments.from},
				  {"to", "s", &arguments.to}};
	const gchar *path = NULL;
	gint fd = -1;

	if (cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error) &&
	    check_id(calendar, &error) && make_calendar_options(&arguments, &options, &error))
		fd = take_descriptor(descriptors, document, &error);
	if (fd >= 0)
		path = cm_calendar_job_start(user_data, invocation, fd, calendar, &options,
					     arguments.dry_run, &error);
	if (path == NULL)
		cm_reply_error(invocation, error);
	else
		cm_dbus_roster_complete_import_calendar(object, invocation, NULL, path);
	return TRUE;
}

typedef struct {
	CmService *service;
	CmCaseload *caseload;
	CmRosterSnapshot *snapshot;
	gint64 professional; /* whose students' guardians are wanted */
	GArray *guardians;   /* gint64: their numbers */
} RosterQuery;

/* not the cache's: what is published may have changed without a change of the roster */
static gboolean
read_whole(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	RosterQuery *query = data;

	query->caseload = cm_store_roster_load(store, NULL, cancellable, error);
	return query->caseload != NULL;
}

static gboolean
write_export(CmService *service,
	     const CmPolicySet *policies,
	     gpointer data,
	     gint fd,
	     GCancellable *cancellable,
	     GError **error)
{
	RosterQuery query = {.service = service};
	gboolean ok = FALSE;

	if (!cm_worker_run(service->store, read_whole, &query, cancellable, error))
		return FALSE;
	ok = cm_caseload_writer_write_fd(query.caseload, fd, error);
	cm_caseload_free(query.caseload);
	return ok;
}

static gboolean
handle_export(CmDBusRoster *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      GVariant *dictionary,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;

	if (!cm_option_dictionary_read(dictionary, NULL, 0, &error))
		cm_reply_error(invocation, error);
	else
		cm_reply_document(user_data, invocation, write_export, NULL, NULL);
	return TRUE;
}

static gboolean
read_snapshot(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	RosterQuery *query = data;

	query->snapshot = cm_roster_cache_get(query->service->roster, store, cancellable, error);
	if (query->snapshot == NULL)
		return FALSE;
	query->guardians =
	    cm_store_guardianship_list_of_professional(store, query->professional, error);
	if (query->guardians == NULL)
		g_clear_pointer(&query->snapshot, cm_roster_snapshot_unref);
	return query->guardians != NULL;
}

static gboolean
handle_change(CmDBusRoster *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      GVariant *document,
	      GVariant *dictionary,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	gboolean dry_run = FALSE;
	gboolean withdraw = FALSE;
	const CmOption known[] = {{"dry-run", "b", &dry_run}, {"withdraw", "b", &withdraw}};
	CmRosterChangeRequest *request = NULL;
	gint fd = -1;

	if (cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error))
		fd = take_descriptor(descriptors, document, &error);
	if (fd < 0) {
		cm_reply_error(invocation, error);
		return TRUE;
	}
	request = cm_roster_change_document_new_request(cm_door_get_caller(invocation), fd);
	request->dry_run = dry_run;
	request->withdraw = withdraw;
	cm_reply_document(user_data, invocation, cm_roster_change_document_write, request,
			  cm_roster_change_document_free_request);
	return TRUE;
}

static gboolean
handle_import_table(CmDBusRoster *object,
		    GDBusMethodInvocation *invocation,
		    GUnixFDList *descriptors,
		    GVariant *document,
		    const gchar *kind,
		    GVariant *dictionary,
		    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) mapping = NULL;
	const gchar *dates = "";
	const gchar *source = "";
	gboolean dry_run = FALSE;
	gboolean skip_bad = FALSE;
	gboolean withdraw = FALSE;
	const CmOption known[] = {{"mapping", "a{ss}", &mapping}, {"dates", "s", &dates},
				  {"source", "s", &source},       {"dry-run", "b", &dry_run},
				  {"skip-bad", "b", &skip_bad},   {"withdraw", "b", &withdraw}};
	CmRosterTableRequest *request = NULL;
	gint fd = -1;

	if (cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error))
		fd = take_descriptor(descriptors, document, &error);
	if (fd < 0) {
		cm_reply_error(invocation, error);
		return TRUE;
	}
	request = g_new0(CmRosterTableRequest, 1);
	request->change = cm_roster_change_document_new_request(cm_door_get_caller(invocation), fd);
	request->change->dry_run = dry_run;
	request->change->withdraw = withdraw;
	request->kind = g_strdup(kind);
	request->mapping = g_steal_pointer(&mapping);
	request->dates = g_strdup(dates);
	request->source = g_strdup(source);
	request->skip_bad = skip_bad;
	cm_reply_document(user_data, invocation, cm_roster_table_document_write, request,
			  cm_roster_table_document_free_request);
	return TRUE;
}

typedef struct {
	CmCaller *caller;
	gchar *kind;
} ListRequest;

static void
list_request_free(gpointer data)
{
	ListRequest *request = data;

	cm_caller_unref(request->caller);
	g_free(request->kind);
	g_free(request);
}

static CmCaseloadWriting
get_writing(CmNumberKind kind, guint32 index, gpointer scope)
{
	if (cm_roster_scope_has(scope, kind, index))
		return CM_CASELOAD_WRITE_WHOLE;
	/* a colleague, to meet */
	return kind == CM_NUMBER_PROFESSIONAL && cm_roster_scope_get_professional(scope) != CM_NONE
		   ? CM_CASELOAD_WRITE_NAME
		   : CM_CASELOAD_WRITE_NOTHING;
}

static gboolean
write_list(CmService *service,
	   const CmPolicySet *policies,
	   gpointer data,
	   gint fd,
	   GCancellable *cancellable,
	   GError **error)
{
	const ListRequest *request = data;
	RosterQuery query = {.service = service,
			     .professional = cm_caller_get_bound(request->caller)};
	g_autoptr(CmRosterSnapshot) snapshot = NULL;
	g_autoptr(GArray) guardians = NULL;
	g_autoptr(CmRosterScope) scope = NULL;

	if (!cm_worker_run(service->store, read_snapshot, &query, cancellable, error))
		return FALSE;
	snapshot = query.snapshot;
	guardians = query.guardians;
	scope = cm_roster_scope_new(snapshot->caseload, snapshot->numbers, request->caller);
	cm_roster_scope_add_contacts(scope, snapshot->numbers, guardians);
	return cm_caseload_writer_write_some_fd(snapshot->caseload, snapshot->numbers,
						request->kind, get_writing, scope, fd, error);
}

static gboolean
handle_list(CmDBusRoster *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    const gchar *kind,
	    gpointer user_data)
{
	ListRequest *request = g_new0(ListRequest, 1);

	request->caller = cm_caller_ref(cm_door_get_caller(invocation));
	request->kind = g_strdup(kind);
	cm_reply_document(user_data, invocation, write_list, request, list_request_free);
	return TRUE;
}

gboolean
cm_roster_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusRoster) object = cm_dbus_roster_skeleton_new();

	g_signal_connect(object, "handle-import", G_CALLBACK(handle_import), service);
	g_signal_connect(object, "handle-import-calendar", G_CALLBACK(handle_import_calendar),
			 service);
	g_signal_connect(object, "handle-export", G_CALLBACK(handle_export), service);
	g_signal_connect(object, "handle-change", G_CALLBACK(handle_change), service);
	g_signal_connect(object, "handle-import-table", G_CALLBACK(handle_import_table), service);
	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
