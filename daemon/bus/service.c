// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/service.h"

#include "daemon/bus/absence-adaptor.h"
#include "daemon/bus/accounts-adaptor.h"
#include "daemon/bus/agenda-adaptor.h"
#include "daemon/bus/attachment-keeper.h"
#include "daemon/bus/audit-adaptor.h"
#include "daemon/bus/birthday-keeper.h"
#include "daemon/bus/reach-adaptor.h"
#include "daemon/bus/courier-adaptor.h"
#include "daemon/bus/help-adaptor.h"
#include "daemon/bus/door-keeper.h"
#include "daemon/bus/gateway-adaptor.h"
#include "daemon/bus/inbox-adaptor.h"
#include "daemon/bus/link-adaptor.h"
#include "daemon/bus/purge-keeper.h"
#include "daemon/bus/retention-keeper.h"
#include "daemon/bus/reminder-keeper.h"
#include "daemon/bus/consent-adaptor.h"
#include "daemon/bus/custody-adaptor.h"
#include "daemon/bus/custody-keeper.h"
#include "daemon/bus/derogation-adaptor.h"
#include "daemon/bus/followup-adaptor.h"
#include "daemon/bus/booking-adaptor.h"
#include "daemon/bus/busy-adaptor.h"
#include "daemon/bus/logging.h"
#include "daemon/bus/hold-watch.h"
#include "daemon/bus/desk-adaptor.h"
#include "daemon/bus/directory-adaptor.h"
#include "daemon/bus/door-adaptor.h"
#include "daemon/bus/manager-adaptor.h"
#include "daemon/bus/outbox-adaptor.h"
#include "daemon/bus/outbox-keeper.h"
#include "daemon/bus/planner-adaptor.h"
#include "daemon/bus/policy-adaptor.h"
#include "daemon/bus/room-desk.h"
#include "daemon/bus/room-keeper.h"
#include "daemon/bus/roster-adaptor.h"
#include "daemon/bus/suitability-adaptor.h"
#include "daemon/bus/time-request-adaptor.h"
#include "daemon/bus/disclosure-adaptor.h"
#include "daemon/bus/retention-adaptor.h"
#include "daemon/bus/vault-adaptor.h"
#include "daemon/bus/waiting-adaptor.h"
#include "daemon/store/audit-heads.h"
#include "include/cm-message.h"
#include "include/cm-names.h"

#include <unistd.h>

static void
service_caller_gone(const gchar *name, gpointer user_data)
{
	CmService *service = user_data;

	cm_jobs_forget_owner(service->jobs, name);
}

gboolean
cm_service_add_adaptor(CmService *service, GDBusInterfaceSkeleton *skeleton, GError **error)
{
	g_ptr_array_add(service->adaptors, g_object_ref(skeleton));
	return cm_door_export(service->door, skeleton, CM_OBJECT_PATH, error);
}

static gboolean
service_add_adaptors(CmService *service, GError **error)
{
	/* one a line */
	/* clang-format off */
	static gboolean (*const adders[])(CmService *, GError **) = {
	    cm_manager_adaptor_add,
	    cm_accounts_adaptor_add,
	    cm_roster_adaptor_add,
	    cm_policy_adaptor_add,
	    cm_planner_adaptor_add,
	    cm_agenda_adaptor_add,
	    cm_audit_adaptor_add,
	    cm_consent_adaptor_add,
	    cm_suitability_adaptor_add,
	    cm_followup_adaptor_add,
	    cm_derogation_adaptor_add,
	    cm_booking_adaptor_add,
	    cm_busy_adaptor_add,
	    cm_waiting_adaptor_add,
	    cm_outbox_adaptor_add,
	    cm_time_request_adaptor_add,
	    cm_reach_adaptor_add,
	    cm_door_adaptor_add,
	    cm_help_adaptor_add,
	    cm_link_adaptor_add,
	    cm_inbox_adaptor_add,
	    cm_absence_adaptor_add,
	    cm_desk_adaptor_add,
	    cm_directory_adaptor_add,
	    cm_vault_adaptor_add,
	    cm_custody_adaptor_add,
	    cm_retention_adaptor_add,
	    cm_disclosure_adaptor_add,
	};
	/* clang-format on */

	for (guint i = 0; i < G_N_ELEMENTS(adders); i++) {
		if (!adders[i](service, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
record_policies(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	const CmAuditEntry entry = {.uid = CM_AUDIT_DAEMON, .action = "policy.reload"};

	return cm_audit_record(store, &entry, error);
}

static void
policies_recorded(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;

	if (!cm_worker_run_finish(result, NULL, &error))
		cm_logging_report_error("Policy.Reload", NULL, getuid(), error);
}

/* files that are not read are said; what they hold is nobody's name */
static void
service_policies_changed(CmPolicySet *set,
			 const CmFaults *faults,
			 const GError *error,
			 gpointer user_data)
{
	if (set != NULL) {
		cm_service_set_policies(user_data, set);
		cm_worker_run_async(((CmService *)user_data)->store, record_policies, NULL, NULL,
				    NULL, policies_recorded, NULL);
		g_message("new policies are in force");
		return;
	}
	for (guint i = 0; faults != NULL && i < cm_faults_get_kept(faults); i++) {
		const CmFault *fault = cm_faults_get(faults, i);
		g_autofree gchar *text = cm_message_to_english(fault->message);

		g_warning("%s:%u: %s: %s", fault->file, fault->line, fault->path, text);
	}
	g_warning("the policies' files are not right; those read before stay in force");
}

static gboolean
group_begin(gpointer store, GError **error)
{
	return cm_store_begin_group(store, error);
}

static gboolean
group_stands(gpointer store)
{
	return cm_store_has_group(store);
}

static gboolean
group_end(gpointer store, GError **error)
{
	return cm_store_end_group(store, error);
}

static void
group_undone(gpointer user_data)
{
	CmService *service = user_data;

	cm_desk_cache_forget(service->desk);
}

/* changes that wait one behind another share a commit: one wait for the disk */
static void
service_group(CmService *service)
{
	const CmWorkerGrouping grouping = {.begin = group_begin,
					   .stands = group_stands,
					   .end = group_end,
					   .undone = group_undone,
					   .user_data = service};

	cm_worker_set_grouping(service->store, &grouping);
}

CmService *
cm_service_new(GDBusConnection *connection,
	       CmStore *store,
	       CmPolicySet *policies,
	       const gchar *const *directories,
	       const gchar *audit_heads,
	       gboolean session,
	       GError **error)
{
	g_autoptr(CmService) service = g_new0(CmService, 1);

	service->connection = g_object_ref(connection);
	cm_audit_heads_set_folder(store, audit_heads);
	service->store = cm_worker_new(store, cm_audit_keeper_close_store);
	service->audit = cm_audit_keeper_new(service->store);
	service->callers = cm_callers_new(connection, service_caller_gone, service);
	service->accounts = cm_accounts_new(service->store, session);
	service->door = cm_door_new(connection, service->callers, service->accounts);
	service->roster = cm_roster_cache_new();
	service->desk = cm_desk_cache_new(service->roster);
	service_group(service);
	service->room_desk = cm_room_desk_new();
	service->adaptors = g_ptr_array_new_with_free_func(g_object_unref);
	service->policies = cm_policy_set_ref(policies);
	service->policy_directories = g_strdupv((gchar **)directories);
	service->watch = cm_policy_watch_new(directories, CM_POLICY_WATCH_DELAY_MS,
					     service_policies_changed, service);
	service->configuration = cm_configuration_new(session);
	service->birthday_days = CM_BIRTHDAY_KEEPER_DAYS;
	service->closing = g_cancellable_new();
	service->doors = cm_door_keeper_new(CM_DOOR_KEEPER_GONE_SECONDS);
	service->jobs = cm_jobs_new(connection, service->door, error);
	if (service->jobs == NULL || !service_add_adaptors(service, error))
		return NULL;
	service->holds = cm_hold_watch_new(service);
	return g_steal_pointer(&service);
}

static gboolean
service_check_closed(gpointer user_data)
{
	CmService *service = user_data;
	GSourceFunc closed = service->closed;

	if (service->pending > 0 || closed == NULL)
		return G_SOURCE_REMOVE;
	service->closed = NULL;
	closed(service->closed_data);
	return G_SOURCE_REMOVE;
}

void
cm_service_set_policies(CmService *service, CmPolicySet *policies)
{
	CmPolicySet *old = service->policies;

	service->policies = cm_policy_set_ref(policies);
	cm_door_keeper_touch(service->doors, 0);
	cm_policy_set_unref(old);
}

void
cm_service_announce_published(CmService *service, guint64 plan)
{
	(void)g_dbus_connection_emit_signal(service->connection, NULL, CM_OBJECT_PATH,
					    CM_INTERFACE_PREFIX "Planner", "Published",
					    g_variant_new("(t)", plan), NULL);
	cm_door_keeper_touch(service->doors, 0);
	cm_door_keeper_touch_soon(service->doors);
}

void
cm_service_announce_booking(CmService *service, gint64 number, gint64 version, CmBookingState state)
{
	(void)g_dbus_connection_emit_signal(
	    service->connection, NULL, CM_OBJECT_PATH, CM_INTERFACE_PREFIX "Booking", "Changed",
	    g_variant_new("(tts)", (guint64)number, (guint64)version,
			  cm_booking_state_to_string(state)),
	    NULL);
	cm_door_keeper_touch(service->doors, number);
	cm_door_keeper_touch_soon(service->doors);
}

void
cm_service_begin(CmService *service)
{
	service->pending++;
}

void
cm_service_end(CmService *service)
{
	service->pending--;
	(void)service_check_closed(service);
}

/* the jobs count as one pending thing, so that whichever ends last closes */
static gboolean
service_jobs_ended(gpointer user_data)
{
	cm_service_end(user_data);
	return G_SOURCE_REMOVE;
}

void
cm_service_close(CmService *service, GSourceFunc closed, gpointer user_data)
{
	service->closed = closed;
	service->closed_data = user_data;
	cm_service_begin(service);
	g_cancellable_cancel(service->closing);
	/* nobody comes in any more */
	if (service->courier != NULL)
		cm_courier_adaptor_close(service->courier);
	if (service->rooms != NULL)
		cm_room_keeper_close(service->rooms);
	if (service->gateway != NULL)
		cm_gateway_adaptor_close(service->gateway);
	cm_jobs_close(service->jobs, service_jobs_ended, service);
}

void
cm_service_free(CmService *service)
{
	if (service == NULL)
		return;
	cm_birthday_keeper_free(service->birthdays);
	cm_reminder_keeper_free(service->reminders);
	cm_custody_keeper_free(service->custody);
	cm_purge_keeper_free(service->purges);
	cm_attachment_keeper_free(service->attachments);
	cm_retention_keeper_free(service->retention);
	cm_hold_watch_free(service->holds);
	cm_policy_watch_free(service->watch);
	cm_jobs_free(service->jobs);
	cm_door_free(service->door);
	cm_worker_free(service->store);
	/* after the worker, which may ring it to its end */
	cm_courier_adaptor_free(service->courier);
	cm_room_keeper_free(service->rooms);
	cm_room_desk_free(service->room_desk);
	cm_gateway_adaptor_free(service->gateway);
	cm_door_keeper_free(service->doors);
	cm_outbox_keeper_free(service->outbox);
	cm_audit_keeper_free(service->audit);
	cm_accounts_free(service->accounts);
	cm_callers_free(service->callers);
	cm_desk_cache_free(service->desk);
	cm_roster_cache_free(service->roster);
	g_ptr_array_unref(service->adaptors);
	g_clear_pointer(&service->policies, cm_policy_set_unref);
	g_strfreev(service->policy_directories);
	cm_configuration_free(service->configuration);
	g_object_unref(service->closing);
	g_object_unref(service->connection);
	g_free(service);
}
