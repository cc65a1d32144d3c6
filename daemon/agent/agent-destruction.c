// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-destruction.h"

#include "daemon/agent/agent-access.h"
#include "daemon/agent/agent-vouch.h"
#include "daemon/vault/vault-destruction.h"
#include "daemon/vault/vault-frames.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean
is_hash(const guint8 *a, const guint8 *b)
{
	return memcmp(a, b, CM_VAULT_HASH_BYTES) == 0;
}

static gboolean
is_person(const guint8 *a, const guint8 *b)
{
	return memcmp(a, b, CM_VAULT_ID_BYTES) == 0;
}

static const CmVaultDestruction *
get_fields(const CmVaultRecord *record)
{
	return cm_vault_record_get_fields(record, CM_VAULT_KIND_DESTRUCTION);
}

/* comodald's clock is not the only one that says when it is due */
static gboolean
check_due(guint32 due_on, GError **error)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	guint32 today =
	    (guint32)(g_date_time_get_year(now) * 10000 + g_date_time_get_month(now) * 100 +
		      g_date_time_get_day_of_month(now));

	if (due_on <= today)
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("By this computer's clock the file is not due yet."), NULL);
	return FALSE;
}

/* the case, for whoever signs its end, with a key to it or without. It is none of those that are kept: it may not be the person's own */
static CmAgentCase *
read_case(CmAgentNotes *notes, const guint8 *case_id, const gchar *reference, GError **error)
{
	const CmAgentCasePlace place = {.people = notes->people,
					.bundle = notes->bundle,
					.id = case_id,
					.reference = reference};
	g_autoptr(GBytes) records =
	    cm_agent_comodald_get_retained(notes->comodald, case_id, notes->cancellable, error);

	return records != NULL ? cm_agent_case_read(&place, records, notes->memory, error) : NULL;
}

/* ---- asking */

/* (element-type CmVaultDestroyedEpoch) */
static GArray *
list_epochs(const CmVaultCase *records)
{
	GArray *epochs = g_array_new(FALSE, FALSE, sizeof(CmVaultDestroyedEpoch));

	for (guint32 i = 1; i <= cm_vault_case_count_epochs(records); i++) {
		const CmVaultEpoch *epoch = cm_vault_record_get_fields(
		    cm_vault_case_get_epoch(records, i), CM_VAULT_KIND_EPOCH);
		const CmVaultDestroyedEpoch gone = {.epoch = i,
						    .key_commitment = epoch->key_commitment};

		g_array_append_val(epochs, gone);
	}
	return epochs;
}

static GBytes *
make_question(const CmAgentNotes *notes,
	      const CmAgentDestructionOrder *order,
	      const CmVaultCase *records,
	      const CmVaultDirectoryEntry *second)
{
	const CmVaultBundle *own = cm_vault_record_get_fields(notes->bundle, CM_VAULT_KIND_BUNDLE);
	guint64 count = cm_vault_case_count_notes(records);
	g_autoptr(GArray) epochs = list_epochs(records);
	const CmVaultDestruction fields = {
	    .organisation = own->organisation,
	    .case_id = order->case_id,
	    .last_sequence = count,
	    .last_note =
		count > 0 ? cm_vault_record_get_hash(cm_vault_case_get_note(records, count)) : NULL,
	    .epochs = {epochs->data, epochs->len},
	    .basis = {(const guint8 *)order->basis, strlen(order->basis)},
	    .due_on = order->due_on,
	    .backups_until = order->backups_until,
	    .first = own->person,
	    .first_generation = own->generation,
	    .second = second->person,
	    .second_generation = second->generation,
	    .directory = cm_vault_people_get_directory(notes->people)->sequence,
	    .made_at = (guint64)(g_get_real_time() / G_USEC_PER_SEC),
	};

	return cm_vault_destruction_ask(&fields, own->sign_seed);
}

gboolean
cm_agent_destruction_ask(CmAgentNotes *notes, const CmAgentDestructionOrder *order, GError **error)
{
	const CmVaultDirectoryEntry *second =
	    cm_agent_access_find_colleague(notes->people, order->second, error);
	g_autoptr(CmAgentCase) about = NULL;
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultClass found = CM_VAULT_CLASS_MEMORY;

	if (second == NULL || !check_due(order->due_on, error))
		return FALSE;
	about = read_case(notes, order->case_id, order->reference, error);
	if (about == NULL)
		return FALSE;
	octets = make_question(notes, order, cm_agent_case_get(about), second);
	if (octets != NULL)
		found = cm_vault_destruction_check_asked(notes->people, cm_agent_case_get(about),
							 octets, &record);
	return cm_vault_class_set_offered_error(found, "destruction", error) &&
	       cm_agent_comodald_ask_destruction(notes->comodald, octets, notes->cancellable,
						 error);
}

/* ---- agreeing */

CmVaultRecord *
cm_agent_destruction_read(CmAgentNotes *notes,
			  const guint8 *case_id,
			  CmAgentCase **out_about,
			  GError **error)
{
	const CmVaultBundle *own = cm_vault_record_get_fields(notes->bundle, CM_VAULT_KIND_BUNDLE);
	g_autoptr(CmAgentCase) about = read_case(notes, case_id, NULL, error);
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultDestruction *fields = NULL;

	if (about == NULL)
		return NULL;
	octets = cm_agent_comodald_get_asked(notes->comodald, case_id, notes->cancellable, error);
	if (octets == NULL ||
	    !cm_vault_class_set_error(cm_vault_destruction_check_asked(
					  notes->people, cm_agent_case_get(about), octets, &record),
				      "destruction", error))
		return NULL;
	fields = get_fields(record);
	if (!is_person(fields->second, own->person) ||
	    fields->second_generation != own->generation) {
		cm_error_set(error, CM_ERROR_ACCESS_DENIED,
			     N_("Somebody else is asked to agree: one person can't do both."),
			     NULL);
		return NULL;
	}
	if (!check_due(fields->due_on, error))
		return NULL;
	*out_about = g_steal_pointer(&about);
	return g_steal_pointer(&record);
}

gboolean
cm_agent_destruction_agree(CmAgentNotes *notes,
			   const CmVaultRecord *asked,
			   gboolean *out_erased,
			   GError **error)
{
	const CmVaultBundle *own = cm_vault_record_get_fields(notes->bundle, CM_VAULT_KIND_BUNDLE);
	g_autoptr(GBytes) whole = cm_vault_destruction_agree(asked, own->sign_seed);
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultClass found =
	    whole != NULL
		? cm_vault_people_check(notes->people, CM_VAULT_KIND_DESTRUCTION, whole, &record)
		: CM_VAULT_CLASS_MEMORY;

	return cm_vault_class_set_offered_error(found, "destruction", error) &&
	       cm_agent_comodald_agree_destruction(notes->comodald, whole, out_erased,
						   notes->cancellable, error);
}

/* ---- what became of one */

static CmVaultClass
add_left(CmVaultCase *records, CmAgentVouch *vouch, GBytes *octets)
{
	CmVaultClass found = cm_vault_case_add(records, octets, NULL);

	/* an epoch whose signer's keys were stolen since is the one that was seen */
	return found == CM_VAULT_CLASS_REVOKED && cm_agent_vouch_covers(vouch, octets)
		   ? cm_vault_case_add_kept(records, octets, NULL)
		   : found;
}

/* the epochs that are left, in a case of their own; the record behind them in `out_octets` */
static CmVaultClass
read_left(const CmAgentNotes *notes,
	  const CmVaultRememberedCase *known,
	  GBytes *left,
	  CmVaultCase **out_case,
	  GBytes **out_octets)
{
	g_autoptr(CmVaultCase) records = cm_vault_case_new(notes->people, known->case_id);
	g_autoptr(GArray) frames = NULL;
	g_autoptr(CmAgentVouch) vouch = NULL;
	CmVaultClass found = cm_vault_frames_split(left, cm_vault_people_get_kinds(), &frames);

	if (found == CM_VAULT_CLASS_OK && frames->len == 0)
		found = CM_VAULT_CLASS_MISSING;
	if (found == CM_VAULT_CLASS_OK)
		vouch = cm_agent_vouch_new(notes->people, frames, known);
	for (guint i = 0; found == CM_VAULT_CLASS_OK && i + 1 < frames->len; i++)
		found = add_left(records, vouch, g_array_index(frames, CmVaultFrame, i).octets);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	*out_case = g_steal_pointer(&records);
	*out_octets = g_bytes_ref(g_array_index(frames, CmVaultFrame, frames->len - 1).octets);
	return CM_VAULT_CLASS_OK;
}

/* that it ends what was seen, or more than that */
static CmVaultClass
compare(const CmVaultRememberedCase *known, const CmVaultCase *records, const CmVaultRecord *record)
{
	const CmVaultDestruction *fields = get_fields(record);
	const CmVaultRecord *epoch = cm_vault_case_get_epoch(records, known->epoch);

	if (epoch == NULL)
		return CM_VAULT_CLASS_ROLLBACK;
	if (!is_hash(cm_vault_record_get_hash(epoch), known->epoch_record))
		return CM_VAULT_CLASS_REPLACED;
	if (known->sequence == fields->last_sequence + 1)
		return is_hash(known->last_note, cm_vault_record_get_hash(record))
			   ? CM_VAULT_CLASS_OK
			   : CM_VAULT_CLASS_ROLLBACK;
	if (known->sequence > fields->last_sequence)
		return CM_VAULT_CLASS_ROLLBACK;
	return known->sequence == 0 || known->sequence < fields->last_sequence ||
		       is_hash(known->last_note, fields->last_note)
		   ? CM_VAULT_CLASS_OK
		   : CM_VAULT_CLASS_REPLACED;
}

/* whether the two may, and signed; an end that is remembered was believed when it came */
static CmVaultClass
check_end(const CmAgentNotes *notes,
	  const CmVaultRememberedCase *known,
	  const CmVaultCase *records,
	  GBytes *octets,
	  CmVaultRecord **out_record)
{
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultClass found =
	    cm_vault_destruction_check_done(notes->people, records, octets, out_record);

	if (found != CM_VAULT_CLASS_REVOKED ||
	    cm_vault_record_read(CM_VAULT_KIND_DESTRUCTION, octets, &record) != CM_VAULT_CLASS_OK ||
	    known->sequence == 0 || !is_hash(cm_vault_record_get_hash(record), known->last_note))
		return found;
	*out_record = g_steal_pointer(&record);
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
learn(const CmAgentNotes *notes,
      const CmVaultRememberedCase *known,
      GBytes *left,
      CmVaultCase **out_case,
      CmVaultRecord **out_record)
{
	g_autoptr(GBytes) octets = NULL;
	CmVaultClass found = read_left(notes, known, left, out_case, &octets);

	if (found == CM_VAULT_CLASS_OK)
		found = check_end(notes, known, *out_case, octets, out_record);
	return found == CM_VAULT_CLASS_OK ? compare(known, *out_case, *out_record) : found;
}

gboolean
cm_agent_destruction_learn(CmAgentNotes *notes, const CmVaultRememberedCase *known, GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(GBytes) left = cm_agent_comodald_get_destroyed(notes->comodald, known->case_id,
								 notes->cancellable, &local);
	g_autoptr(CmVaultCase) records = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultRememberedCase gone = *known;
	CmAgentShelfMark mark = {0};

	if (left == NULL && cm_error_is(local, CM_ERROR_NOT_FOUND))
		return cm_vault_class_set_error(CM_VAULT_CLASS_ROLLBACK, "case", error);
	if (left == NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	if (!cm_vault_class_set_error(learn(notes, known, left, &records, &record), "destruction",
				      error))
		return FALSE;
	gone.epoch = cm_vault_case_count_epochs(records);
	gone.epoch_record = cm_vault_record_get_hash(cm_vault_case_get_epoch(records, gone.epoch));
	gone.sequence = get_fields(record)->last_sequence + 1;
	gone.last_note = cm_vault_record_get_hash(record);
	cm_agent_case_free(cm_agent_shelf_take(cm_agent_keys_get_shelf(notes->keys), notes->people,
					       known->case_id, &mark));
	if (gone.sequence == known->sequence)
		return TRUE;
	cm_agent_memory_set_case(notes->memory, &gone);
	return cm_agent_memory_write(notes->memory, error);
}
