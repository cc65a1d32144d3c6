// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-custody-calls.h"

#include "daemon/agent/agent-access.h"
#include "daemon/agent/agent-custody.h"
#include "daemon/agent/agent-deposit.h"
#include "daemon/agent/agent-left.h"
#include "daemon/agent/agent-takeover.h"
#include "daemon/agent/agent-values.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* what all of them read first */
typedef struct {
	CmAgentNotes notes;
	CmAgentEscrow *escrow;
} Desk;

static void
desk_clear(Desk *desk)
{
	g_clear_pointer(&desk->escrow, cm_agent_escrow_free);
	cm_agent_notes_clear(&desk->notes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

static gboolean
open_desk(Desk *desk, CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	if (!cm_agent_notes_begin(&desk->notes, calls->keys, calls->comodald, call->cancellable,
				  error))
		return FALSE;
	desk->escrow = cm_agent_custody_read(&desk->notes, error);
	return desk->escrow != NULL;
}

static gchar *
dup_label(const Desk *desk, const guint8 *person, guint32 generation)
{
	return cm_agent_values_dup_label(
	    cm_vault_people_find(desk->notes.people, person, generation));
}

/* ---- CheckCustody */

static void
add_labels(GVariantDict *answer, const gchar *name, GPtrArray *labels)
{
	g_variant_dict_insert_value(
	    answer, name,
	    g_variant_new_strv((const gchar *const *)labels->pdata, (gssize)labels->len));
}

static void
add_deposit(GVariantDict *answer, const Desk *desk, const CmVaultRecord *record)
{
	const CmVaultDeposit *deposit = cm_vault_record_get_fields(record, CM_VAULT_KIND_DEPOSIT);
	const CmVaultDepositHalf *halves = deposit->custodians.items;
	g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < deposit->custodians.count; i++)
		g_ptr_array_add(
		    labels, dup_label(desk, halves[i].custodian, halves[i].custodian_generation));
	g_variant_dict_insert(answer, "deposit", "u", deposit->number);
	add_labels(answer, "custodians", labels);
}

static void
add_spoiled(GVariantDict *answer, const Desk *desk)
{
	g_autoptr(GPtrArray) spoiled = cm_agent_custody_list_spoiled(&desk->notes, desk->escrow);
	g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < spoiled->len; i++)
		g_ptr_array_add(labels, cm_agent_values_dup_label(g_ptr_array_index(spoiled, i)));
	add_labels(answer, "spoiled", labels);
}

/* who is one of three custodians leaves nothing with anybody, and has no files that needed it */
static gboolean
need_deposit(Desk *desk, CmVaultRecord **out_deposit, GError **error)
{
	g_autoptr(GError) local = NULL;

	if (cm_agent_deposit_keep(&desk->notes, out_deposit, &local) ||
	    cm_error_is(local, CM_ERROR_NOT_SUPPORTED))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&local));
	return FALSE;
}

GVariant *
cm_agent_custody_calls_run_check(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(Desk) desk = {0};
	g_auto(GVariantDict) answer = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(CmVaultRecord) deposit = NULL;

	if (!open_desk(&desk, calls, call, error) || !need_deposit(&desk, &deposit, error))
		return NULL;
	g_variant_dict_insert(&answer, "wanted", "b", cm_agent_escrow_is_wanted(desk.notes.people));
	if (deposit != NULL)
		add_deposit(&answer, &desk, deposit);
	add_spoiled(&answer, &desk);
	return g_variant_new("(@a{sv})", g_variant_dict_end(&answer));
}

/* ---- ListCustody */

/* how far a request has come, as comodald has it; NULL: it has none of that hash. (transfer full) */
static GVariant *
find_standing(GVariant *standings, const guint8 *request)
{
	for (gsize i = 0; i < g_variant_n_children(standings); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(standings, i);
		g_autoptr(GVariant) hash =
		    g_variant_lookup_value(row, "request", G_VARIANT_TYPE_BYTESTRING);

		if (hash != NULL && g_variant_get_size(hash) == CM_VAULT_HASH_BYTES &&
		    memcmp(g_variant_get_data(hash), request, CM_VAULT_HASH_BYTES) == 0)
			return g_steal_pointer(&row);
	}
	return NULL;
}

static void
add_people(GVariantDict *row, const Desk *desk, const CmVaultRequest *request)
{
	g_autofree gchar *owner = dup_label(desk, request->person, request->generation);
	g_autofree gchar *recipient =
	    dup_label(desk, request->recipient, request->recipient_generation);
	g_autofree gchar *custodian =
	    dup_label(desk, request->custodian, request->custodian_generation);

	g_variant_dict_insert(row, "owner", "s", owner);
	g_variant_dict_insert(row, "recipient", "s", recipient);
	g_variant_dict_insert(row, "custodian", "s", custodian);
}

static GVariant *
pack_hash(const guint8 *hash)
{
	return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, hash, CM_VAULT_HASH_BYTES, 1);
}

static void
add_request(const Desk *desk,
	    const CmVaultRecord *record,
	    GVariant *standings,
	    GVariantBuilder *list)
{
	static const gchar *const parts[] = {"owner", "custodian", "recipient"};
	const CmVaultRequest *request = cm_vault_record_get_fields(record, CM_VAULT_KIND_REQUEST);
	const guint8 *hash = cm_vault_record_get_hash(record);
	g_autoptr(GVariant) standing = find_standing(standings, hash);
	g_auto(GVariantDict) row = G_VARIANT_DICT_INIT(standing);
	CmAgentCustodyPart part = CM_AGENT_CUSTODY_OWNER;

	if (standing == NULL ||
	    !cm_agent_custody_find_part(&desk->notes, desk->escrow, record, &part))
		return;
	add_people(&row, desk, request);
	g_variant_dict_insert(&row, "part", "s", parts[part]);
	g_variant_dict_insert_value(&row, "deposit", pack_hash(request->deposit));
	g_variant_dict_insert(&row, "reason", "y", request->reason);
	g_variant_dict_insert(&row, "made-at", "t", request->made_at);
	g_variant_dict_insert(&row, "released", "b",
			      cm_agent_custody_has_released(&desk->notes, desk->escrow, record));
	g_variant_builder_add_value(list, g_variant_dict_end(&row));
}

GVariant *
cm_agent_custody_calls_run_list(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(Desk) desk = {0};
	g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	g_autoptr(GVariant) standings = NULL;
	const GPtrArray *records = NULL;

	if (open_desk(&desk, calls, call, error))
		standings =
		    cm_agent_comodald_list_requests(calls->comodald, call->cancellable, error);
	if (standings == NULL)
		return NULL;
	records = cm_agent_escrow_get_records(desk.escrow);
	for (guint i = 0; i < records->len; i++) {
		const CmVaultRecord *record = g_ptr_array_index(records, i);

		if (cm_vault_record_get_kind(record) == CM_VAULT_KIND_REQUEST)
			add_request(&desk, record, standings, &list);
	}
	return g_variant_new("(aa{sv})", &list);
}

/* ---- RequestCustody */

GVariant *
cm_agent_custody_calls_run_request(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(Desk) desk = {0};
	const gchar *owner = NULL;
	const gchar *recipient = NULL;
	CmAgentCustodyOrder order = {0};

	g_variant_get(call->parameters, "(&s&syu)", &owner, &recipient, &order.reason,
		      &order.delay);
	if (!open_desk(&desk, calls, call, error))
		return NULL;
	/* whose keys these are, or were */
	order.owner = cm_agent_access_find_keys(desk.notes.people, owner, error);
	if (order.owner != NULL)
		order.recipient =
		    cm_agent_access_find_colleague(desk.notes.people, recipient, error);
	return order.recipient != NULL &&
		       cm_agent_custody_request(&desk.notes, desk.escrow, &order, error)
		   ? g_variant_new("()")
		   : NULL;
}

/* ---- RefuseCustody, ReleaseCustody, TakeOver */

/* the request that a call names */
static const CmVaultRecord *
take_request(Desk *desk, CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_autoptr(GVariant) given = g_variant_get_child_value(call->parameters, 0);
	const CmVaultRecord *request = NULL;

	if (!open_desk(desk, calls, call, error))
		return NULL;
	if (g_variant_get_size(given) == CM_VAULT_HASH_BYTES)
		request = cm_agent_escrow_find(desk->escrow, CM_VAULT_KIND_REQUEST,
					       g_variant_get_data(given));
	if (request == NULL)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such request."), NULL);
	return request;
}

GVariant *
cm_agent_custody_calls_run_refuse(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(Desk) desk = {0};
	const CmVaultRecord *request = take_request(&desk, calls, call, error);

	return request != NULL && cm_agent_custody_refuse(&desk.notes, desk.escrow, request, error)
		   ? g_variant_new("()")
		   : NULL;
}

GVariant *
cm_agent_custody_calls_run_release(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(Desk) desk = {0};
	const CmVaultRecord *request = take_request(&desk, calls, call, error);

	return request != NULL && cm_agent_custody_release(&desk.notes, desk.escrow, request, error)
		   ? g_variant_new("()")
		   : NULL;
}

GVariant *
cm_agent_custody_calls_run_take_over(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(Desk) desk = {0};
	const CmVaultRecord *request = take_request(&desk, calls, call, error);
	g_autoptr(GPtrArray) left = NULL;
	guint taken = 0;

	if (request == NULL ||
	    !cm_agent_takeover_run(&desk.notes, desk.escrow, request, &taken, &left, error))
		return NULL;
	return g_variant_new("(u@aa{sv})", taken, cm_agent_left_pack(left));
}
