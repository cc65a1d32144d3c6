// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/audit-job.h"

#include "daemon/store/audit-check.h"
#include "daemon/store/audit-heads.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

/* entries between two chances for others to reach the store */
#define STEP 2000

typedef struct {
	CmService *service;
	CmAuditCheck *check;
	gchar *missing; /* why no heads outside: a message, or NULL */
	gint64 last;
	gboolean done;
} Verification;

static void
verification_free(gpointer data)
{
	Verification *verification = data;

	g_clear_pointer(&verification->check, cm_audit_check_free);
	g_free(verification->missing);
	g_free(verification);
}

/* first: heads that are kept later are of entries that are looked at later */
static gboolean
begin(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Verification *verification = data;
	const gchar *folder = cm_audit_heads_get_folder(store);
	g_autoptr(GError) local = NULL;
	g_autoptr(GArray) outside = NULL;
	guint8 hash[CM_AUDIT_HASH_BYTES];

	if (folder != NULL)
		outside = cm_audit_heads_read(store, folder, &local);
	verification->check = cm_audit_check_new(outside);
	if (folder == NULL)
		verification->missing =
		    cm_message_new(N_("No heads are kept outside the database."), NULL);
	else if (cm_error_is(local, CM_ERROR_NOT_FOUND))
		verification->missing = g_strdup(local->message);
	else if (outside == NULL)
		cm_audit_check_add(verification->check, CM_AUDIT_FINDING_OUTSIDE, 0,
				   g_strdup(local->message));
	return cm_audit_get_last(store, &verification->last, hash, error);
}

static gboolean
advance(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Verification *verification = data;

	return cm_audit_check_advance(verification->check, store, STEP, &verification->done, error);
}

static GVariant *
describe(const Verification *verification)
{
	g_auto(GVariantDict) result = G_VARIANT_DICT_INIT(NULL);
	const GPtrArray *findings = cm_audit_check_get_findings(verification->check);
	GVariantBuilder builder;

	g_variant_builder_init(&builder, G_VARIANT_TYPE("a(sts)"));
	for (guint i = 0; i < findings->len; i++) {
		const CmAuditFinding *finding = g_ptr_array_index(findings, i);

		g_variant_builder_add(&builder, "(sts)",
				      cm_audit_check_kind_to_string(finding->kind),
				      (guint64)MAX(finding->sequence, 0), finding->message);
	}
	g_variant_dict_insert(&result, "entries", "t",
			      (guint64)cm_audit_check_get_entries(verification->check));
	g_variant_dict_insert(&result, "heads", "u", cm_audit_check_get_heads(verification->check));
	g_variant_dict_insert(&result, "outside", "u",
			      cm_audit_check_get_outside(verification->check));
	g_variant_dict_insert(&result, "outside-missing", "s",
			      verification->missing != NULL ? verification->missing : "");
	g_variant_dict_insert(&result, "findings", "a(sts)", &builder);
	g_variant_dict_insert(&result, "findings-left-out", "u",
			      cm_audit_check_get_total(verification->check) - findings->len);
	return g_variant_dict_end(&result);
}

static gboolean
verification_run(CmJob *job, gpointer data, GError **error)
{
	Verification *verification = data;
	CmWorker *store = verification->service->store;
	GCancellable *cancellable = cm_job_get_cancellable(job);
	g_autofree gchar *phase = cm_message_new(N_("Reading the audit log."), NULL);

	cm_job_set_progress(job, 0, phase);
	if (!cm_worker_run(store, begin, verification, cancellable, error))
		return FALSE;
	while (!verification->done) {
		gint64 entries = 0;

		if (!cm_worker_run(store, advance, verification, cancellable, error))
			return FALSE;
		entries = cm_audit_check_get_entries(verification->check);
		cm_job_set_progress(
		    job, MIN((gdouble)entries / (gdouble)MAX(verification->last, 1), 1.0), NULL);
	}
	cm_job_set_result(job, describe(verification));
	return TRUE;
}

static const CmJobKind verification_kind = {"audit", "Audit.Verify", verification_run, FALSE};

const gchar *
cm_audit_job_start(CmService *service, GDBusMethodInvocation *invocation, GError **error)
{
	Verification *verification = g_new0(Verification, 1);

	verification->service = service;
	return cm_jobs_start(service->jobs, invocation, &verification_kind, verification,
			     verification_free, error);
}
