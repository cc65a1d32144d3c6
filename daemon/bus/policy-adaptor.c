// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/policy-adaptor.h"

#include "daemon/bus/logging.h"
#include "daemon/bus/reply.h"
#include "daemon/policy/policy-loader.h"
#include "daemon/store/store-audit.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

static gboolean
handle_list(CmDBusPolicy *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
	CmService *service = user_data;
	GVariantBuilder policies;

	g_variant_builder_init(&policies, G_VARIANT_TYPE("a(ssssu)"));
	for (guint i = 0; i < cm_policy_set_get_count(service->policies); i++) {
		const CmPolicy *policy = cm_policy_set_get(service->policies, i);
		const gchar *order = cm_policy_get_order(policy);

		g_variant_builder_add(&policies, "(ssssu)", cm_policy_get_profession(policy),
				      cm_policy_get_title(policy, CM_LANGUAGE_FRENCH),
				      cm_policy_get_title(policy, CM_LANGUAGE_ENGLISH),
				      order != NULL ? order : "", cm_policy_get_rule_count(policy));
	}
	cm_dbus_policy_complete_list(object, invocation, g_variant_builder_end(&policies));
	return TRUE;
}

static const gchar *
or_empty(const gchar *text)
{
	return text != NULL ? text : "";
}

static void
add_rule(GVariantBuilder *rules, const CmRule *rule)
{
	g_autofree gchar *place = g_strdup_printf("%s:%u", rule->file, rule->line);

	g_variant_builder_add(
	    rules, "(sssssssssss)", rule->id, or_empty(rule->value),
	    cm_rule_kind_to_string(rule->kind), or_empty(rule->source), or_empty(rule->article),
	    or_empty(rule->read), cm_confidence_to_string(rule->confidence),
	    or_empty(rule->text[CM_LANGUAGE_FRENCH]), or_empty(rule->text[CM_LANGUAGE_ENGLISH]),
	    place, cm_effect_to_string(rule->effect));
}

static gboolean
handle_show(CmDBusPolicy *object,
	    GDBusMethodInvocation *invocation,
	    const gchar *profession,
	    gpointer user_data)
{
	CmService *service = user_data;
	const CmPolicy *policy = cm_policy_set_lookup(service->policies, profession);
	GVariantBuilder rules;

	if (policy == NULL) {
		g_autoptr(GError) error = NULL;

		cm_error_set(&error, CM_ERROR_NOT_FOUND,
			     N_("There is no policy for the profession “{0}”."), profession, NULL);
		cm_reply_error(invocation, error);
		return TRUE;
	}
	g_variant_builder_init(&rules, G_VARIANT_TYPE("a(sssssssssss)"));
	for (guint i = 0; i < cm_policy_get_rule_count(policy); i++)
		add_rule(&rules, cm_policy_get_rule(policy, i));
	cm_dbus_policy_complete_show(object, invocation, g_variant_builder_end(&rules));
	return TRUE;
}

static GVariant *
list_faults(const CmFaults *faults)
{
	GVariantBuilder problems;

	g_variant_builder_init(&problems, G_VARIANT_TYPE("a(sus)"));
	for (guint i = 0; i < cm_faults_get_kept(faults); i++) {
		const CmFault *fault = cm_faults_get(faults, i);

		g_variant_builder_add(&problems, "(sus)", fault->file, fault->line, fault->message);
	}
	return g_variant_builder_end(&problems);
}

/* what is in force is in the log before anybody is told */
static GVariant *
make_reloaded(CmService *service,
	      CmStore *store,
	      gpointer data,
	      GCancellable *cancellable,
	      GError **error)
{
	const gint64 *actor = data;
	CmAuditEntry entry = {.uid = *actor, .action = "policy.reload"};

	if (!cm_audit_record(store, &entry, error))
		return NULL;
	return g_variant_new("(a(sus))", NULL);
}

/* a few small files of the administrator's: read on the main loop */
static gboolean
handle_reload(CmDBusPolicy *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
	CmService *service = user_data;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	gint64 actor = 0;
	CmPolicySet *policies = cm_policy_loader_load(
	    (const gchar *const *)service->policy_directories, faults, &error);

	if (policies == NULL && cm_faults_get_total(faults) == 0) {
		cm_reply_error(invocation, error);
		return TRUE;
	}
	if (policies != NULL) {
		cm_service_set_policies(service, policies);
		cm_policy_set_unref(policies);
	}
	cm_logging_report_done("Policy.Reload", NULL, cm_door_get_uid(invocation),
			       policies != NULL ? "taken" : "not taken: there are faults");
	if (policies == NULL) {
		cm_dbus_policy_complete_reload(object, invocation, list_faults(faults));
		return TRUE;
	}
	actor = cm_door_get_uid(invocation);
	cm_reply_from_store(service, invocation, make_reloaded, g_memdup2(&actor, sizeof actor),
			    g_free);
	return TRUE;
}

gboolean
cm_policy_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusPolicy) object = cm_dbus_policy_skeleton_new();

	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(object, "handle-show", G_CALLBACK(handle_show), service);
	g_signal_connect(object, "handle-reload", G_CALLBACK(handle_reload), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
