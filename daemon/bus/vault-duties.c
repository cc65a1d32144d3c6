// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/vault-duties.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/vault-call.h"
#include "daemon/store/store-vault-duties.h"

static void
insert_duty(GVariantDict *dict, const gchar *name, const CmStoreVaultDuty *duty)
{
	g_autofree gchar *day = g_strconcat(name, "-day", NULL);
	g_autofree gchar *article = g_strconcat(name, "-article", NULL);
	g_autofree gchar *source = g_strconcat(name, "-source", NULL);
	gchar text[CM_DAY_TEXT_SIZE];

	g_variant_dict_insert(dict, name, "u", duty->count);
	if (duty->count == 0)
		return;
	g_variant_dict_insert(dict, day, "s", cm_day_format(duty->day, text));
	g_variant_dict_insert(dict, article, "s", duty->rule->article);
	g_variant_dict_insert(dict, source, "s", duty->rule->source);
}

static GVariant *
describe(const CmStoreVaultDuties *duties)
{
	const struct {
		const gchar *name;
		guint count;
	} counts[] = {
	    {"transfer-ready", duties->transfer_ready}, {"carry-over", duties->carry_over},
	    {"destructions", duties->destructions},     {"cosign", duties->cosign},
	    {"unfinished", duties->unfinished},         {"minutes", duties->minutes},
	    {"unreadable", duties->unreadable},
	};
	g_auto(GVariantDict) dict = G_VARIANT_DICT_INIT(NULL);

	insert_duty(&dict, "access-late", &duties->access_late);
	insert_duty(&dict, "access-soon", &duties->access_soon);
	insert_duty(&dict, "transfer-waiting", &duties->transfer_waiting);
	for (guint i = 0; i < G_N_ELEMENTS(counts); i++)
		g_variant_dict_insert(&dict, counts[i].name, "u", counts[i].count);
	return g_variant_new("(@a{sv})", g_variant_dict_end(&dict));
}

static GVariant *
make_duties(CmService *service,
	    CmStore *store,
	    const CmPolicySet *policies,
	    gpointer data,
	    gint *out_fd,
	    GCancellable *cancellable,
	    GError **error)
{
	const CmVaultCall *call = data;
	const CmStoreDisclosureCaller caller = {.policies = policies,
						.uid = call->caller->uid,
						.all = cm_caller_is_everywhere(call->caller),
						.now = cm_clock_get_now()};
	CmStoreVaultDuties duties = {0};

	return cm_store_vault_duties_count(store, &caller, &duties, error) ? describe(&duties)
									   : NULL;
}

static gboolean
handle_get_duties(CmDBusVault *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
	cm_vault_call_answer(user_data, invocation, make_duties, NULL,
			     cm_vault_call_new(invocation), NULL);
	return TRUE;
}

void
cm_vault_duties_connect(CmDBusVault *object, CmService *service)
{
	g_signal_connect(object, "handle-get-duties", G_CALLBACK(handle_get_duties), service);
}
