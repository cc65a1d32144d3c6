// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/import-job.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/policy-presence.h"
#include "daemon/roster/caseload-reader.h"
#include "daemon/store/store-import.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <unistd.h>

typedef struct {
	CmService *service;
	CmPolicySet *policies;
	gint fd;
	gboolean dry_run;
	gint64 actor;
	CmCaseload *caseload;
	CmStoreReport report;
} Import;

static void
import_free(gpointer data)
{
	Import *import = data;

	if (import->fd >= 0)
		close(import->fd);
	cm_policy_set_unref(import->policies);
	g_clear_pointer(&import->caseload, cm_caseload_free);
	g_free(import);
}

static gboolean
import_write(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Import *import = data;
	CmStoreImportOptions options = {
	    .dry_run = import->dry_run,
	    .presence = cm_policy_presence_check,
	    .presence_data = import->policies,
	    .now = cm_clock_get_now(),
	    .actor = import->actor,
	};

	return cm_store_import_caseload(store, import->caseload, &options, &import->report,
					cancellable, error);
}

static gboolean
import_read(CmJob *job, Import *import, GError **error)
{
	g_autoptr(CmFaults) faults = cm_faults_new();

	import->caseload =
	    cm_caseload_reader_read_fd(import->fd, faults, cm_job_get_cancellable(job), error);
	if (import->caseload == NULL)
		cm_job_set_faults(job, faults);
	/* whoever writes into a pipe hears that we have it all */
	close(import->fd);
	import->fd = -1;
	return import->caseload != NULL;
}

static GVariant *
import_describe(const CmStoreReport *report)
{
	g_auto(GVariantDict) result = G_VARIANT_DICT_INIT(NULL);
	GVariantBuilder changes;

	g_variant_builder_init(&changes, G_VARIANT_TYPE("a(suuuu)"));
	for (guint kind = 0; kind < CM_STORE_KIND_LAST; kind++) {
		const CmStoreChange *change = &report->kinds[kind];

		g_variant_builder_add(&changes, "(suuuu)", cm_store_kind_to_string(kind),
				      change->added, change->changed, change->removed,
				      change->untouched);
	}
	g_variant_dict_insert(&result, "changes", "a(suuuu)", &changes);
	g_variant_dict_insert(&result, "roster-version", "t", report->roster_version);
	g_variant_dict_insert(&result, "withdrawn", "u", report->withdrawn);
	g_variant_dict_insert(&result, "kept", "u", report->kept);
	g_variant_dict_insert(&result, "previous-adopted", "u", report->previous_adopted);
	g_variant_dict_insert(&result, "previous-ignored", "u", report->previous_ignored);
	return g_variant_dict_end(&result);
}

static gboolean
import_run(CmJob *job, gpointer data, GError **error)
{
	Import *import = data;
	g_autofree gchar *reading = cm_message_new(N_("Reading the document."), NULL);
	g_autofree gchar *writing = cm_message_new(N_("Comparing with the roster."), NULL);

	cm_job_set_progress(job, 0, reading);
	if (!import_read(job, import, error))
		return FALSE;
	cm_job_set_progress(job, 0.5, writing);
	if (!cm_worker_run(import->service->store, import_write, import,
			   cm_job_get_cancellable(job), error))
		return FALSE;
	cm_job_set_result(job, import_describe(&import->report));
	return TRUE;
}

static const CmJobKind import_kind = {"import", "Roster.Import", import_run, FALSE};

const gchar *
cm_import_job_start(CmService *service,
		    GDBusMethodInvocation *invocation,
		    gint fd,
		    gboolean dry_run,
		    GError **error)
{
	Import *import = g_new0(Import, 1);

	import->service = service;
	import->policies = cm_policy_set_ref(service->policies);
	import->fd = fd;
	import->dry_run = dry_run;
	import->actor = cm_door_get_uid(invocation);
	return cm_jobs_start(service->jobs, invocation, &import_kind, import, import_free, error);
}
