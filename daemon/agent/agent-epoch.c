// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-epoch.h"

#include "daemon/vault/vault-text.h"

#include <string.h>

/* what is made, as long as it is */
typedef struct {
	CmAgentCase *about;
	const CmAgentEpochOrder *order;
	const CmVaultBundle *own;
	const CmVaultDirectoryEntry *responsible;
	CmVaultSecret *key;
	guint32 number;
	guint64 now;
	GByteArray *records;
} Making;

static gboolean
is_person(const guint8 *a, const guint8 *b)
{
	return memcmp(a, b, CM_VAULT_ID_BYTES) == 0;
}

/* NULL: the person's own keys are not in force */
static const CmVaultDirectoryEntry *
find_own(const Making *making)
{
	CmVaultPeople *people = cm_agent_case_get_people(making->about);

	return cm_vault_people_find_at(people, making->own->person, making->own->generation,
				       cm_vault_people_get_directory(people)->sequence);
}

/* ---- the epoch */

static GBytes *
sign_epoch(const Making *making)
{
	const CmVaultCase *records = cm_agent_case_get(making->about);
	const CmVaultRecord *last = cm_vault_case_get_epoch(records, making->number - 1);
	guint64 notes = cm_vault_case_count_notes(records);
	const guint8 *key = cm_vault_secret_peek(making->key);
	const guint8 *id = cm_agent_case_get_id(making->about);
	/* of whom the roster has no more, nobody has a name to compare */
	const gchar *reference = cm_agent_case_get_reference(making->about);
	guint8 commitment[CM_VAULT_HASH_BYTES];
	guint8 subject[CM_VAULT_HASH_BYTES];
	CmVaultEpoch epoch = {
	    .organisation = making->own->organisation,
	    .case_id = id,
	    .epoch = making->number,
	    .authority = making->order->authority,
	    .release_a = making->order->releases[0],
	    .release_b = making->order->releases[1],
	    .signer = making->own->person,
	    .signer_generation = making->own->generation,
	    .responsible = making->responsible->person,
	    .responsible_generation = making->responsible->generation,
	    .file = last != NULL ? cm_agent_case_get_file(making->about) : making->order->file,
	    .reason = making->order->reason,
	    .key_commitment = commitment,
	    .subject = subject,
	    .last_sequence = notes,
	    .directory =
		cm_vault_people_get_directory(cm_agent_case_get_people(making->about))->sequence,
	    .made_at = making->now,
	};

	if (last != NULL)
		epoch.previous = cm_vault_record_get_hash(last);
	if (notes > 0)
		epoch.last_note = cm_vault_record_get_hash(cm_vault_case_get_note(records, notes));
	if (making->order->deposit != NULL)
		epoch.deposit = cm_vault_record_get_hash(making->order->deposit);
	cm_vault_case_commit_key(epoch.organisation, id, epoch.epoch, key, commitment);
	cm_vault_text_identify_subject(key, epoch.organisation, id,
				       reference != NULL ? reference : "", subject);
	return cm_vault_record_sign(CM_VAULT_KIND_EPOCH, &epoch, &making->own->sign_seed, 1);
}

/* ---- its deposit */

/* a deposit that an epoch names, against the one that the next is to name */
static CmVaultClass
compare_deposits(const CmVaultRecord *named, const CmVaultRecord *deposit)
{
	const CmVaultDeposit *known = cm_vault_record_get_fields(named, CM_VAULT_KIND_DEPOSIT);
	const CmVaultDeposit *fields = cm_vault_record_get_fields(deposit, CM_VAULT_KIND_DEPOSIT);

	if (!is_person(known->person, fields->person) || known->generation != fields->generation ||
	    known->number < fields->number)
		return CM_VAULT_CLASS_OK;
	if (known->number > fields->number)
		return CM_VAULT_CLASS_ROLLBACK;
	return memcmp(cm_vault_record_get_hash(named), cm_vault_record_get_hash(deposit),
		      CM_VAULT_HASH_BYTES) == 0
		   ? CM_VAULT_CLASS_OK
		   : CM_VAULT_CLASS_REPLACED;
}

static CmVaultClass
judge_deposit(const CmVaultCase *records, const CmVaultRecord *deposit)
{
	if (cm_vault_case_is_spent(records, cm_vault_record_get_hash(deposit)))
		return CM_VAULT_CLASS_ROLLBACK;
	for (guint32 i = 1; i <= cm_vault_case_count_epochs(records); i++) {
		const CmVaultEpoch *epoch = cm_vault_record_get_fields(
		    cm_vault_case_get_epoch(records, i), CM_VAULT_KIND_EPOCH);
		const CmVaultRecord *named =
		    cm_vault_case_find(records, CM_VAULT_KIND_DEPOSIT, epoch->deposit);
		CmVaultClass found =
		    named != NULL ? compare_deposits(named, deposit) : CM_VAULT_CLASS_OK;

		if (found != CM_VAULT_CLASS_OK)
			return found;
	}
	return CM_VAULT_CLASS_OK;
}

gboolean
cm_agent_epoch_check_deposit(const CmAgentCase *about, const CmVaultRecord *deposit, GError **error)
{
	return cm_vault_class_set_error(judge_deposit(cm_agent_case_get(about), deposit), "deposit",
					error);
}

/* ---- its envelopes */

static CmVaultClass
grant(const Making *making,
      guint32 number,
      const CmVaultEnvelope *envelope,
      const CmVaultSecret *key)
{
	g_autoptr(GBytes) octets = NULL;
	CmVaultClass found = cm_vault_case_grant(cm_agent_case_get(making->about), number,
						 cm_agent_case_get_bundle(making->about), envelope,
						 cm_vault_secret_peek(key), making->now, &octets);

	return found == CM_VAULT_CLASS_OK
		   ? cm_agent_case_take(making->about, octets, making->records)
		   : found;
}

static CmVaultClass
grant_person(const Making *making,
	     guint32 number,
	     const CmVaultDirectoryEntry *entry,
	     guint8 rights,
	     const CmVaultSecret *key)
{
	const CmVaultEnvelope envelope = {.to = CM_VAULT_TO_PERSON,
					  .recipient = entry->person,
					  .recipient_generation = entry->generation,
					  .recipient_key = entry->box_key,
					  .rights = rights};

	return grant(making, number, &envelope, key);
}

/* whether an epoch's key is left with this deposit's custodians already */
static gboolean
is_left(const Making *making, guint32 number, const CmVaultRecord *deposit)
{
	const GPtrArray *envelopes = cm_agent_case_get_escrowed(making->about);

	for (guint i = 0; i < envelopes->len; i++) {
		const CmVaultEnvelope *envelope = cm_vault_record_get_fields(
		    g_ptr_array_index(envelopes, i), CM_VAULT_KIND_ENVELOPE);

		if (envelope->epoch == number &&
		    memcmp(envelope->deposit, cm_vault_record_get_hash(deposit),
			   CM_VAULT_HASH_BYTES) == 0)
			return TRUE;
	}
	return FALSE;
}

static CmVaultClass
grant_escrow(const Making *making, guint32 number, const CmVaultSecret *key)
{
	const CmVaultRecord *record = making->order->deposit;
	const CmVaultDeposit *deposit = NULL;

	if (record == NULL || is_left(making, number, record))
		return CM_VAULT_CLASS_OK;
	deposit = cm_vault_record_get_fields(record, CM_VAULT_KIND_DEPOSIT);
	return grant(making, number,
		     &(CmVaultEnvelope){.to = CM_VAULT_TO_ESCROW,
					.recipient = deposit->person,
					.recipient_generation = deposit->generation,
					.recipient_key = deposit->escrow_key,
					.deposit = cm_vault_record_get_hash(record),
					.rights = CM_VAULT_RIGHT_READ},
		     key);
}

/* the last envelope of an epoch for somebody's keys; NULL: none */
static const CmVaultEnvelope *
find_envelope(const Making *making, guint32 number, const guint8 *person, guint32 generation)
{
	const GPtrArray *envelopes = cm_agent_case_get_envelopes(making->about);

	for (guint i = envelopes->len; i > 0; i--) {
		const CmVaultEnvelope *envelope = cm_vault_record_get_fields(
		    g_ptr_array_index(envelopes, i - 1), CM_VAULT_KIND_ENVELOPE);

		if (envelope->epoch == number && envelope->recipient_generation == generation &&
		    is_person(envelope->recipient, person))
			return envelope;
	}
	return NULL;
}

/* what was written before stays with whoever answers for the case, and with their custodians */
static CmVaultClass
grant_earlier(const Making *making)
{
	const CmVaultDirectoryEntry *to = making->responsible;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	for (guint32 i = 1; found == CM_VAULT_CLASS_OK && i < making->number; i++) {
		const CmVaultSecret *key = cm_agent_case_peek_key(making->about, i);

		if (key == NULL)
			continue;
		found = grant_escrow(making, i, key);
		if (found == CM_VAULT_CLASS_OK &&
		    find_envelope(making, i, to->person, to->generation) == NULL)
			found = grant_person(making, i, to, CM_VAULT_RIGHT_READ, key);
	}
	return found;
}

static CmVaultClass
grant_readers(const Making *making)
{
	const GArray *readers = making->order->readers;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	for (guint i = 0; readers != NULL && found == CM_VAULT_CLASS_OK && i < readers->len; i++) {
		const CmAgentAccessReader *reader = &g_array_index(readers, CmAgentAccessReader, i);

		if (!is_person(reader->entry->person, making->responsible->person))
			found = grant_person(making, making->number, reader->entry, reader->rights,
					     making->key);
	}
	return found;
}

/* ---- all of it */

static CmVaultClass
make_epoch(Making *making)
{
	const CmVaultRecord *deposit = making->order->deposit;
	g_autoptr(GBytes) epoch = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (making->responsible == NULL)
		return CM_VAULT_CLASS_NOT_ENTITLED;
	if (making->key == NULL)
		return CM_VAULT_CLASS_MEMORY;
	/* comodald has it */
	if (deposit != NULL)
		found = cm_agent_case_learn(making->about, cm_vault_record_get_octets(deposit));
	if (found != CM_VAULT_CLASS_OK)
		return found;
	epoch = sign_epoch(making);
	found = cm_agent_case_take(making->about, epoch, making->records);
	if (found == CM_VAULT_CLASS_OK)
		found = grant_person(making, making->number, making->responsible,
				     CM_AGENT_EPOCH_RIGHTS, making->key);
	if (found == CM_VAULT_CLASS_OK)
		found = grant_escrow(making, making->number, making->key);
	if (found == CM_VAULT_CLASS_OK)
		found = grant_earlier(making);
	if (found == CM_VAULT_CLASS_OK)
		found = grant_readers(making);
	return found == CM_VAULT_CLASS_OK ? cm_agent_case_reopen(making->about) : found;
}

gboolean
cm_agent_epoch_add(CmAgentCase *about,
		   const CmAgentEpochOrder *order,
		   guint64 now,
		   GByteArray *records,
		   GError **error)
{
	const CmVaultBundle *own =
	    cm_vault_record_get_fields(cm_agent_case_get_bundle(about), CM_VAULT_KIND_BUNDLE);
	g_autoptr(CmVaultSecret) key = cm_vault_secret_new_random(CM_VAULT_KEY_BYTES);
	Making making = {.about = about,
			 .order = order,
			 .own = own,
			 .key = key,
			 .number = cm_vault_case_count_epochs(cm_agent_case_get(about)) + 1,
			 .now = now,
			 .records = records};

	if (order->deposit != NULL && !cm_agent_epoch_check_deposit(about, order->deposit, error))
		return FALSE;
	making.responsible = order->responsible != NULL ? order->responsible : find_own(&making);
	return cm_vault_class_set_offered_error(make_epoch(&making), "case", error);
}
