// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-custody.h"

#include "daemon/bus/clock.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

static guint64
now(void)
{
	return (guint64)cm_clock_get_now();
}

static const CmVaultBundle *
get_own(const CmAgentNotes *notes)
{
	return cm_vault_record_get_fields(notes->bundle, CM_VAULT_KIND_BUNDLE);
}

static gboolean
is_person(const guint8 *a, const guint8 *b)
{
	return memcmp(a, b, CM_VAULT_ID_BYTES) == 0;
}

CmAgentEscrow *
cm_agent_custody_read(CmAgentNotes *notes, GError **error)
{
	g_autoptr(GBytes) octets =
	    cm_agent_comodald_get_escrow(notes->comodald, notes->cancellable, error);

	return octets != NULL ? cm_agent_escrow_read(notes->people, notes->bundle, octets, error)
			      : NULL;
}

/* ---- what is kept for others */

static gboolean
is_custodian(const CmAgentNotes *notes, const CmVaultRecord *deposit)
{
	const CmVaultBundle *own = get_own(notes);

	return cm_vault_escrow_find_custodian(deposit, own->person, own->generation) >= 0;
}

static gboolean
opens(const CmAgentNotes *notes, const CmVaultRecord *deposit)
{
	const CmVaultBundle *own = get_own(notes);
	g_autoptr(CmVaultSecret) half = NULL;

	return cm_vault_escrow_open_half(deposit, own->person, own->generation, own->box_secret,
					 &half) == CM_VAULT_CLASS_OK;
}

GPtrArray *
cm_agent_custody_list_spoiled(const CmAgentNotes *notes, const CmAgentEscrow *escrow)
{
	const GPtrArray *records = cm_agent_escrow_get_records(escrow);
	GPtrArray *spoiled = g_ptr_array_new();

	for (guint i = 0; i < records->len; i++) {
		const CmVaultRecord *record = g_ptr_array_index(records, i);
		const CmVaultDeposit *deposit =
		    cm_vault_record_find_fields(record, CM_VAULT_KIND_DEPOSIT);

		if (deposit == NULL || !is_custodian(notes, record) ||
		    record !=
			cm_agent_escrow_find_deposit(escrow, deposit->person, deposit->generation))
			continue;
		if (!opens(notes, record))
			g_ptr_array_add(
			    spoiled, (gpointer)cm_vault_people_find(notes->people, deposit->person,
								    deposit->generation));
	}
	return spoiled;
}

/* ---- requests */

gboolean
cm_agent_custody_find_part(const CmAgentNotes *notes,
			   const CmAgentEscrow *escrow,
			   const CmVaultRecord *request,
			   CmAgentCustodyPart *out_part)
{
	const CmVaultRequest *asked = cm_vault_record_get_fields(request, CM_VAULT_KIND_REQUEST);
	const CmVaultBundle *own = get_own(notes);
	const CmVaultRecord *deposit =
	    cm_agent_escrow_find(escrow, CM_VAULT_KIND_DEPOSIT, asked->deposit);

	/* who gets their own back by new keys is asked for nothing */
	if (is_person(asked->recipient, own->person) &&
	    asked->recipient_generation == own->generation)
		*out_part = CM_AGENT_CUSTODY_RECIPIENT;
	else if (is_person(asked->person, own->person))
		*out_part = CM_AGENT_CUSTODY_OWNER;
	else if (deposit != NULL && is_custodian(notes, deposit))
		*out_part = CM_AGENT_CUSTODY_CUSTODIAN;
	else
		return FALSE;
	return TRUE;
}

gboolean
cm_agent_custody_has_released(const CmAgentNotes *notes,
			      const CmAgentEscrow *escrow,
			      const CmVaultRecord *request)
{
	const GPtrArray *records = cm_agent_escrow_get_records(escrow);

	for (guint i = 0; i < records->len; i++) {
		const CmVaultRelease *release = cm_vault_record_find_fields(
		    g_ptr_array_index(records, i), CM_VAULT_KIND_RELEASE);

		if (release != NULL && is_person(release->custodian, get_own(notes)->person) &&
		    memcmp(release->request, cm_vault_record_get_hash(request),
			   CM_VAULT_HASH_BYTES) == 0)
			return TRUE;
	}
	return FALSE;
}

/* whether it is of what the order asks for, and left with the person: who gets their own back by new keys means what earlier ones left */
static gboolean
is_asked_for(const CmAgentNotes *notes,
	     const CmAgentCustodyOrder *order,
	     const CmVaultRecord *record)
{
	const CmVaultDeposit *deposit = cm_vault_record_find_fields(record, CM_VAULT_KIND_DEPOSIT);
	gboolean own = is_person(order->owner->person, order->recipient->person);

	return deposit != NULL && is_person(deposit->person, order->owner->person) &&
	       (!own || deposit->generation < order->recipient->generation) &&
	       is_custodian(notes, record);
}

/* ---- what is signed */

static gboolean
hand_over(CmAgentNotes *notes, CmVaultClass found, GBytes *octets, GError **error)
{
	return cm_vault_class_set_offered_error(found, "record", error) &&
	       cm_agent_comodald_add_custody(notes->comodald, octets, notes->cancellable, error);
}

static CmVaultClass
sign(const CmAgentNotes *notes, CmVaultKind kind, gconstpointer fields, GBytes **out_octets)
{
	*out_octets = cm_vault_record_sign(kind, fields, &get_own(notes)->sign_seed, 1);
	return *out_octets != NULL ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_MEMORY;
}

static gboolean
request_one(CmAgentNotes *notes,
	    const CmAgentCustodyOrder *order,
	    const CmVaultRecord *deposit,
	    GError **error)
{
	const CmVaultBundle *own = get_own(notes);
	guint8 id[CM_VAULT_ID_BYTES];
	const CmVaultRequest request = {
	    .organisation = own->organisation,
	    .request = id,
	    .person = order->owner->person,
	    .generation =
		((const CmVaultDeposit *)cm_vault_record_get_fields(deposit, CM_VAULT_KIND_DEPOSIT))
		    ->generation,
	    .deposit = cm_vault_record_get_hash(deposit),
	    .custodian = own->person,
	    .custodian_generation = own->generation,
	    .recipient = order->recipient->person,
	    .recipient_generation = order->recipient->generation,
	    .reason = order->reason,
	    .delay = order->delay,
	    .directory = cm_vault_people_get_directory(notes->people)->sequence,
	    .made_at = now(),
	};
	g_autoptr(GBytes) octets = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (cm_vault_escrow_find_custodian(deposit, order->recipient->person,
					   order->recipient->generation) >= 0) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Whoever takes the files over may not be one of their custodians."),
			     NULL);
		return FALSE;
	}
	randombytes_buf(id, sizeof id);
	found = sign(notes, CM_VAULT_KIND_REQUEST, &request, &octets);
	return hand_over(notes, found, octets, error);
}

gboolean
cm_agent_custody_request(CmAgentNotes *notes,
			 const CmAgentEscrow *escrow,
			 const CmAgentCustodyOrder *order,
			 GError **error)
{
	const GPtrArray *records = cm_agent_escrow_get_records(escrow);
	g_autoptr(GError) first = NULL;
	gboolean asked = FALSE;

	/* files may be left under any of them: comodald refuses those under which none is */
	for (guint i = 0; i < records->len; i++) {
		const CmVaultRecord *record = g_ptr_array_index(records, i);
		g_autoptr(GError) local = NULL;

		if (!is_asked_for(notes, order, record))
			continue;
		if (request_one(notes, order, record, &local)) {
			asked = TRUE;
		} else if (first == NULL || g_error_matches(first, CM_ERROR, CM_ERROR_NOT_FOUND)) {
			/* why nothing is asked: rather what keeps files from being asked for than that there are none */
			g_clear_error(&first);
			first = g_steal_pointer(&local);
		}
	}
	if (!asked && first != NULL)
		g_propagate_error(error, g_steal_pointer(&first));
	else if (!asked)
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("They left nothing with you: another custodian has to ask."), NULL);
	return asked;
}

/* now, or behind every release of it, whoever's clock is wrong: of two that are dated alike the release would count for nothing, though it
 * stands */
static guint64
date_refusal(const CmAgentEscrow *escrow, const CmVaultRecord *request)
{
	const GPtrArray *records = cm_agent_escrow_get_records(escrow);
	guint64 date = now();

	for (guint i = 0; i < records->len; i++) {
		const CmVaultRelease *release = cm_vault_record_find_fields(
		    g_ptr_array_index(records, i), CM_VAULT_KIND_RELEASE);

		if (release != NULL && memcmp(release->request, cm_vault_record_get_hash(request),
					      CM_VAULT_HASH_BYTES) == 0)
			date = MAX(date, release->made_at + 1);
	}
	return date;
}

gboolean
cm_agent_custody_refuse(CmAgentNotes *notes,
			const CmAgentEscrow *escrow,
			const CmVaultRecord *request,
			GError **error)
{
	const CmVaultBundle *own = get_own(notes);
	const CmVaultRefusal refusal = {
	    .organisation = own->organisation,
	    .request = cm_vault_record_get_hash(request),
	    .person = own->person,
	    .generation = own->generation,
	    .directory = cm_vault_people_get_directory(notes->people)->sequence,
	    .made_at = date_refusal(escrow, request),
	};
	g_autoptr(GBytes) octets = NULL;
	CmVaultClass found = sign(notes, CM_VAULT_KIND_REFUSAL, &refusal, &octets);

	return hand_over(notes, found, octets, error);
}

gboolean
cm_agent_custody_release(CmAgentNotes *notes,
			 CmAgentEscrow *escrow,
			 const CmVaultRecord *request,
			 GError **error)
{
	const CmVaultRequest *asked = cm_vault_record_get_fields(request, CM_VAULT_KIND_REQUEST);
	const CmVaultRecord *deposit =
	    cm_agent_escrow_find(escrow, CM_VAULT_KIND_DEPOSIT, asked->deposit);
	g_autoptr(GBytes) octets = NULL;
	CmVaultClass found = CM_VAULT_CLASS_MISSING;

	if (deposit != NULL)
		found = cm_vault_escrow_release(notes->people, notes->bundle, deposit, request,
						now(), &octets);
	/* comodald gets no half that is not due, whatever it would do with it */
	if (found == CM_VAULT_CLASS_OK)
		found = cm_agent_escrow_check(escrow, octets);
	return hand_over(notes, found, octets, error);
}
