// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"
#include "cm-dbus.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

/* Talking with comodald: one connection, generated proxies, documents by descriptor, jobs that are
 * followed. */

/* Longer than any answer of the daemon takes: what is longer is a job. */
#define CM_CLIENT_TIMEOUT_MSEC 60000

/* The bus that the options say. Returns: (transfer full) */
GDBusConnection *
cm_client_connect(const CmComodalctl *cli, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* By which clocks the organisation lives, as "America/Toronto"; NULL when nobody answers: the command itself says so, if it needs an
 * answer. Returns: (transfer full) (nullable) */
gchar *
cm_client_ask_zone(const CmComodalctl *cli) G_GNUC_WARN_UNUSED_RESULT;

/* The interfaces of the daemon's object. Returns: (transfer full) */
CmDBusManager *
cm_client_get_manager(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusAccounts *
cm_client_get_accounts(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusRoster *
cm_client_get_roster(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusPolicy *
cm_client_get_policy(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusPlanner *
cm_client_get_planner(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusAgenda *
cm_client_get_agenda(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusWaiting *
cm_client_get_waiting(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusOutbox *
cm_client_get_outbox(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusTimeRequest *
cm_client_get_time_request(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusReach *
cm_client_get_reach(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusDoor *
cm_client_get_door(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusHelp *
cm_client_get_help(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusLink *
cm_client_get_link(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusDirectory *
cm_client_get_directory(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusDisclosure *
cm_client_get_disclosure(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusRetention *
cm_client_get_retention(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusInbox *
cm_client_get_inbox(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusAbsence *
cm_client_get_absence(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusBusy *
cm_client_get_busy(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusAudit *
cm_client_get_audit(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusConsent *
cm_client_get_consent(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusFollowup *
cm_client_get_followup(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusSuitability *
cm_client_get_suitability(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusDerogation *
cm_client_get_derogation(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusBooking *
cm_client_get_booking(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusDesk *
cm_client_get_desk(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CmDBusVault *
cm_client_get_vault(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The bytes of the document that the daemon answered: `handle` (floating or not, not taken) into
 * `descriptors`. Returns: (transfer full) */
GBytes *
cm_client_read_document(GVariant *handle,
			GUnixFDList *descriptors,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, parsed. Returns: (transfer full) */
JsonNode *
cm_client_read_json(GVariant *handle,
		    GUnixFDList *descriptors,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of its bytes. Returns: (transfer full) */
JsonNode *
cm_client_parse_document(GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The roster as comodal-caseload/1, a plan as comodal-plan/1 (0: the published one). Returns: (transfer full) */
GBytes *
cm_client_export_roster(CmDBusRoster *roster, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *
cm_client_get_plan(CmDBusPlanner *planner, guint64 plan, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A descriptor list with one file in it, and its handle. "-" is standard input. */
GUnixFDList *
cm_client_open_file(const gchar *path,
		    GVariant **out_handle,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How a followed job ended. */
typedef enum {
	CM_CLIENT_JOB_SUCCEEDED,
	CM_CLIENT_JOB_FAILED,    /* `error` is set */
	CM_CLIENT_JOB_CANCELLED, /* by the person, or the daemon's clean stop */
} CmClientJobEnd;

/* What stands after the bar while a job runs. Returns: (transfer full) */
typedef gchar *(*CmClientJobText)(CmDBusJob *job, gpointer user_data);

/* Follow a job to its end with a progress line. Ctrl-C once: Stop(), twice: Cancel(). `text` may be
 * NULL: the phase. Returns the finished job, (transfer full), or NULL with `error` set (then
 * `out_end` is FAILED or CANCELLED). A job that failed on a faulty document has its problems
 * reported by cm_client_report_problems(). */
CmDBusJob *
cm_client_follow_job(GDBusConnection *bus,
		     const gchar *path,
		     CmClientJobText text,
		     gpointer user_data,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How it ended; FAILED sets `error` from the job. */
CmClientJobEnd
cm_client_check_job(CmDBusJob *job, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Report the job's problems, if it has any, as those of `file`. Returns whether there were any. */
gboolean
cm_client_report_problems(CmDBusJob *job, const gchar *file);

/* Forget the job on the daemon; it does not matter if that fails. */
void
cm_client_release_job(CmDBusJob *job);
