// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-case.h"

#include "daemon/vault/vault-box.h"
#include "daemon/vault/vault-destruction.h"
#include "daemon/vault/vault-escrow.h"

#include <string.h>

struct _CmVaultCase {
	CmVaultPeople *people;
	guint8 id[CM_VAULT_ID_BYTES];
	GPtrArray *epochs;
	GPtrArray *notes;
	GHashTable *note_ids; /* of the notes' own ids → the note */
	GHashTable *by_hash;  /* every record that was taken, by its hash */
	GHashTable *refusals; /* hashes of the requests that were refused → the first refusal */
	GHashTable *readers;  /* of the persons that have an envelope */
};

CmVaultCase *
cm_vault_case_new(CmVaultPeople *people, const guint8 *case_id)
{
	CmVaultCase *self = g_new0(CmVaultCase, 1);

	self->people = cm_vault_people_ref(people);
	memcpy(self->id, case_id, sizeof self->id);
	self->epochs = g_ptr_array_new();
	self->notes = g_ptr_array_new();
	self->note_ids = g_hash_table_new(cm_vault_hash_fold, cm_vault_hash_is_same_id);
	self->by_hash = g_hash_table_new_full(cm_vault_hash_fold, cm_vault_hash_is_same, NULL,
					      cm_vault_record_unref);
	self->refusals = g_hash_table_new(cm_vault_hash_fold, cm_vault_hash_is_same);
	self->readers = g_hash_table_new(cm_vault_hash_fold, cm_vault_hash_is_same_id);
	return self;
}

void
cm_vault_case_free(CmVaultCase *self)
{
	if (self == NULL)
		return;
	cm_vault_people_unref(self->people);
	g_ptr_array_unref(self->epochs);
	g_ptr_array_unref(self->notes);
	g_hash_table_unref(self->note_ids);
	g_hash_table_unref(self->refusals);
	g_hash_table_unref(self->readers);
	g_hash_table_unref(self->by_hash);
	g_free(self);
}

guint32
cm_vault_case_count_epochs(const CmVaultCase *self)
{
	return self->epochs->len;
}

guint64
cm_vault_case_count_notes(const CmVaultCase *self)
{
	return self->notes->len;
}

const CmVaultRecord *
cm_vault_case_get_epoch(const CmVaultCase *self, guint32 number)
{
	if (number == 0 || number > self->epochs->len)
		return NULL;
	return g_ptr_array_index(self->epochs, number - 1);
}

const CmVaultRecord *
cm_vault_case_get_note(const CmVaultCase *self, guint64 sequence)
{
	if (sequence == 0 || sequence > self->notes->len)
		return NULL;
	return g_ptr_array_index(self->notes, (guint)(sequence - 1));
}

/* `number`: one that there is */
static const CmVaultEpoch *
epoch_fields(const CmVaultCase *self, guint32 number)
{
	return cm_vault_record_get_fields(g_ptr_array_index(self->epochs, number - 1),
					  CM_VAULT_KIND_EPOCH);
}

static const CmVaultEpoch *
last_epoch(const CmVaultCase *self)
{
	return self->epochs->len > 0 ? epoch_fields(self, self->epochs->len) : NULL;
}

const CmVaultRecord *
cm_vault_case_find(const CmVaultCase *self, CmVaultKind kind, const guint8 *hash)
{
	const CmVaultRecord *record = g_hash_table_lookup(self->by_hash, hash);

	return record != NULL && cm_vault_record_get_kind(record) == kind ? record : NULL;
}

static gconstpointer
find_fields(const CmVaultCase *self, CmVaultKind kind, const guint8 *hash)
{
	const CmVaultRecord *record = cm_vault_case_find(self, kind, hash);

	return record != NULL ? cm_vault_record_get_fields(record, kind) : NULL;
}

gboolean
cm_vault_case_is_spent(const CmVaultCase *self, const guint8 *deposit)
{
	GHashTableIter iter;
	gpointer record = NULL;

	g_hash_table_iter_init(&iter, self->by_hash);
	while (g_hash_table_iter_next(&iter, NULL, &record)) {
		const CmVaultRelease *release =
		    cm_vault_record_find_fields(record, CM_VAULT_KIND_RELEASE);

		if (release != NULL && cm_vault_hash_is_same(release->deposit, deposit))
			return TRUE;
	}
	return FALSE;
}

/* what stands at the number of a record that should have been the next */
static CmVaultClass
judge_known(const GPtrArray *known, guint64 number, const CmVaultRecord *record)
{
	if (number > known->len)
		return CM_VAULT_CLASS_OK;
	return cm_vault_hash_is_same(
		   cm_vault_record_get_hash(g_ptr_array_index(known, (guint)(number - 1))),
		   cm_vault_record_get_hash(record))
		   ? CM_VAULT_CLASS_REORDERED
		   : CM_VAULT_CLASS_REPLACED;
}

static gboolean
release_holds(const CmVaultRelease *release, const CmVaultEpoch *epoch, const CmVaultEpoch *last)
{
	return cm_vault_hash_is_same(release->deposit, last->deposit) &&
	       cm_vault_hash_is_same_id(release->recipient, epoch->signer) &&
	       release->recipient_generation == epoch->signer_generation;
}

static gboolean
is_released(const CmVaultCase *self, const CmVaultEpoch *epoch, const CmVaultEpoch *last)
{
	const CmVaultRelease *a = find_fields(self, CM_VAULT_KIND_RELEASE, epoch->release_a);
	const CmVaultRelease *b = find_fields(self, CM_VAULT_KIND_RELEASE, epoch->release_b);

	return a != NULL && b != NULL && cm_vault_hash_is_same(a->request, b->request) &&
	       !cm_vault_hash_is_same_id(a->custodian, b->custodian) &&
	       release_holds(a, epoch, last) && release_holds(b, epoch, last);
}

/* whether the owner had refused when a custodian released: who refuses later, refuses nothing */
static gboolean
is_refused_release(const CmVaultCase *self, const CmVaultRelease *release)
{
	const CmVaultRefusal *refusal = g_hash_table_lookup(self->refusals, release->request);

	return refusal != NULL && refusal->made_at <= release->made_at;
}

/* whether both releases are there and one was refused */
static gboolean
is_refused(const CmVaultCase *self, const CmVaultEpoch *epoch)
{
	const CmVaultRelease *a = find_fields(self, CM_VAULT_KIND_RELEASE, epoch->release_a);
	const CmVaultRelease *b = find_fields(self, CM_VAULT_KIND_RELEASE, epoch->release_b);

	return epoch->authority == CM_VAULT_AUTHORITY_CUSTODIANS && a != NULL && b != NULL &&
	       (is_refused_release(self, a) || is_refused_release(self, b));
}

static gboolean
has_authority(const CmVaultCase *self, const CmVaultEpoch *epoch, const CmVaultEpoch *last)
{
	if (cm_vault_people_find_at(self->people, epoch->responsible, epoch->responsible_generation,
				    epoch->directory) == NULL)
		return FALSE;
	if (epoch->authority == CM_VAULT_AUTHORITY_RESPONSIBLE)
		return last != NULL && cm_vault_hash_is_same_id(epoch->signer, last->responsible);
	if (epoch->authority == CM_VAULT_AUTHORITY_CUSTODIANS)
		return last != NULL && is_released(self, epoch, last);
	return TRUE;
}

/* the deposit that an epoch names: of its responsible, and not the one that was just released */
static CmVaultClass
judge_own_deposit(const CmVaultCase *self, const CmVaultEpoch *epoch, const CmVaultEpoch *last)
{
	const CmVaultDeposit *deposit = NULL;

	if (cm_vault_layout_is_none(epoch->deposit, CM_VAULT_HASH_BYTES))
		return CM_VAULT_CLASS_OK;
	deposit = find_fields(self, CM_VAULT_KIND_DEPOSIT, epoch->deposit);
	if (deposit == NULL)
		return CM_VAULT_CLASS_MISSING;
	if (!cm_vault_hash_is_same_id(deposit->person, epoch->responsible) ||
	    deposit->generation != epoch->responsible_generation ||
	    (epoch->authority == CM_VAULT_AUTHORITY_CUSTODIANS &&
	     cm_vault_hash_is_same(epoch->deposit, last->deposit)))
		return CM_VAULT_CLASS_REPLACED;
	return CM_VAULT_CLASS_OK;
}

/* an epoch against the notes that are there: it begins behind all of them */
static CmVaultClass
judge_ending(const CmVaultCase *self, const CmVaultEpoch *epoch)
{
	const CmVaultRecord *record = cm_vault_case_get_note(self, self->notes->len);
	const CmVaultNote *note = NULL;

	if (record == NULL)
		return CM_VAULT_CLASS_OK;
	note = cm_vault_record_get_fields(record, CM_VAULT_KIND_NOTE);
	if (epoch->last_sequence < self->notes->len || epoch->directory < note->directory)
		return CM_VAULT_CLASS_CHAIN;
	if (epoch->last_sequence == self->notes->len &&
	    !cm_vault_hash_is_same(epoch->last_note, cm_vault_record_get_hash(record)))
		return CM_VAULT_CLASS_CHAIN;
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
judge_epoch(CmVaultCase *self, const CmVaultRecord *record)
{
	const CmVaultEpoch *epoch = cm_vault_record_get_fields(record, CM_VAULT_KIND_EPOCH);
	const CmVaultEpoch *last = last_epoch(self);
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (!cm_vault_hash_is_same_id(epoch->case_id, self->id) ||
	    (last != NULL && epoch->file != last->file))
		return CM_VAULT_CLASS_REPLACED;
	if (epoch->epoch - 1 > self->epochs->len)
		return CM_VAULT_CLASS_MISSING;
	found = judge_known(self->epochs, epoch->epoch, record);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (last != NULL &&
	    (!cm_vault_hash_is_same(epoch->previous, cm_vault_record_get_hash(g_ptr_array_index(
							 self->epochs, self->epochs->len - 1))) ||
	     epoch->directory < last->directory || epoch->last_sequence < last->last_sequence))
		return CM_VAULT_CLASS_CHAIN;
	if (is_refused(self, epoch))
		return CM_VAULT_CLASS_REFUSED;
	if (!has_authority(self, epoch, last))
		return CM_VAULT_CLASS_NOT_ENTITLED;
	found = judge_own_deposit(self, epoch, last);
	if (found == CM_VAULT_CLASS_OK)
		found = judge_ending(self, epoch);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	g_ptr_array_add(self->epochs, (gpointer)record);
	return CM_VAULT_CLASS_OK;
}

/* the signer of the epoch's record, or the responsible of that or a later epoch */
static gboolean
may_grant(const CmVaultCase *self, guint32 number, const guint8 *granter)
{
	if (cm_vault_hash_is_same_id(epoch_fields(self, number)->signer, granter))
		return TRUE;
	for (guint32 i = number; i <= self->epochs->len; i++)
		if (cm_vault_hash_is_same_id(epoch_fields(self, i)->responsible, granter))
			return TRUE;
	return FALSE;
}

static CmVaultClass
judge_recipient(const CmVaultCase *self, const CmVaultEnvelope *envelope)
{
	const CmVaultDirectoryEntry *entry = cm_vault_people_find_at(
	    self->people, envelope->recipient, envelope->recipient_generation, envelope->directory);
	const CmVaultDeposit *deposit = NULL;

	if (entry == NULL)
		return CM_VAULT_CLASS_NOT_ENTITLED;
	if (envelope->to == CM_VAULT_TO_PERSON)
		return cm_vault_hash_is_same(envelope->recipient_key, entry->box_key)
			   ? CM_VAULT_CLASS_OK
			   : CM_VAULT_CLASS_REPLACED;
	deposit = find_fields(self, CM_VAULT_KIND_DEPOSIT, envelope->deposit);
	if (deposit == NULL)
		return CM_VAULT_CLASS_MISSING;
	if (!cm_vault_hash_is_same_id(deposit->person, envelope->recipient) ||
	    deposit->generation != envelope->recipient_generation ||
	    !cm_vault_hash_is_same(deposit->escrow_key, envelope->recipient_key))
		return CM_VAULT_CLASS_REPLACED;
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
judge_envelope(CmVaultCase *self, const CmVaultRecord *record)
{
	const CmVaultEnvelope *envelope =
	    cm_vault_record_get_fields(record, CM_VAULT_KIND_ENVELOPE);
	const CmVaultRecord *epoch = cm_vault_case_get_epoch(self, envelope->epoch);
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (!cm_vault_hash_is_same_id(envelope->case_id, self->id))
		return CM_VAULT_CLASS_REPLACED;
	if (epoch == NULL)
		return CM_VAULT_CLASS_MISSING;
	if (!cm_vault_hash_is_same(envelope->epoch_record, cm_vault_record_get_hash(epoch)) ||
	    !cm_vault_hash_is_same(envelope->key_commitment,
				   epoch_fields(self, envelope->epoch)->key_commitment))
		return CM_VAULT_CLASS_REPLACED;
	if (envelope->directory < epoch_fields(self, envelope->epoch)->directory)
		return CM_VAULT_CLASS_CHAIN;
	if (!may_grant(self, envelope->epoch, envelope->granter))
		return CM_VAULT_CLASS_NOT_ENTITLED;
	found = judge_recipient(self, envelope);
	if (found == CM_VAULT_CLASS_OK && envelope->to == CM_VAULT_TO_PERSON &&
	    !g_hash_table_contains(self->readers, envelope->recipient))
		g_hash_table_add(self->readers, (gpointer)envelope->recipient);
	return found;
}

/* the newest epoch that a note of this number can be of */
static guint32
find_epoch(const CmVaultCase *self, guint64 sequence)
{
	for (guint32 number = self->epochs->len; number > 1; number--)
		if (epoch_fields(self, number)->last_sequence < sequence)
			return number;
	return 1;
}

static gboolean
is_granted(const CmVaultCase *self, const CmVaultNote *note)
{
	const CmVaultEnvelope *grant = find_fields(self, CM_VAULT_KIND_ENVELOPE, note->grant);
	gboolean cosigns = note->kind == CM_VAULT_NOTE_COSIGNATURE;
	guint8 right = cosigns ? CM_VAULT_RIGHT_COSIGN : CM_VAULT_RIGHT_WRITE;

	if (grant != NULL && !cosigns && note->cosign == 0 &&
	    (grant->rights & CM_VAULT_RIGHT_COSIGNED) != 0)
		return FALSE;
	return grant != NULL && grant->to == CM_VAULT_TO_PERSON && grant->epoch == note->epoch &&
	       cm_vault_hash_is_same_id(grant->recipient, note->author) &&
	       grant->recipient_generation == note->author_generation &&
	       (grant->rights & right) != 0;
}

static CmVaultClass
judge_about(const CmVaultCase *self, const CmVaultNote *note)
{
	const CmVaultNote *about = NULL;

	if (cm_vault_layout_is_none(note->about, CM_VAULT_HASH_BYTES))
		return CM_VAULT_CLASS_OK;
	about = find_fields(self, CM_VAULT_KIND_NOTE, note->about);
	if (about == NULL)
		return CM_VAULT_CLASS_MISSING;
	if (note->kind == CM_VAULT_NOTE_COSIGNATURE &&
	    cm_vault_hash_is_same_id(about->author, note->author))
		return CM_VAULT_CLASS_NOT_ENTITLED;
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
judge_place(const CmVaultCase *self, const CmVaultRecord *record, const CmVaultNote *note)
{
	const CmVaultRecord *last = cm_vault_case_get_note(self, self->notes->len);
	guint64 least = epoch_fields(self, note->epoch)->directory;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (note->sequence - 1 > self->notes->len)
		return CM_VAULT_CLASS_MISSING;
	found = judge_known(self->notes, note->sequence, record);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (last != NULL) {
		const CmVaultNote *before = cm_vault_record_get_fields(last, CM_VAULT_KIND_NOTE);

		if (!cm_vault_hash_is_same(note->previous, cm_vault_record_get_hash(last)))
			return CM_VAULT_CLASS_CHAIN;
		least = MAX(least, before->directory);
	}
	if (note->directory < least)
		return CM_VAULT_CLASS_CHAIN;
	if (g_hash_table_contains(self->note_ids, note->note))
		return CM_VAULT_CLASS_REPLACED;
	return judge_about(self, note);
}

/* whether no epoch counted another note at this number, and the next one is of no older directory */
static gboolean
fits_epochs(const CmVaultCase *self, const CmVaultRecord *record, const CmVaultNote *note)
{
	for (guint32 number = 1; number <= self->epochs->len; number++) {
		const CmVaultEpoch *epoch = epoch_fields(self, number);

		if (epoch->last_sequence == note->sequence &&
		    !cm_vault_hash_is_same(epoch->last_note, cm_vault_record_get_hash(record)))
			return FALSE;
		if (number > note->epoch && epoch->directory < note->directory)
			return FALSE;
	}
	return TRUE;
}

static CmVaultClass
judge_note(CmVaultCase *self, const CmVaultRecord *record)
{
	const CmVaultNote *note = cm_vault_record_get_fields(record, CM_VAULT_KIND_NOTE);
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (!cm_vault_hash_is_same_id(note->case_id, self->id))
		return CM_VAULT_CLASS_REPLACED;
	if (note->epoch > self->epochs->len)
		return CM_VAULT_CLASS_MISSING;
	if (note->epoch != find_epoch(self, note->sequence))
		return CM_VAULT_CLASS_NOT_ENTITLED;
	if (!cm_vault_hash_is_same(
		note->epoch_record,
		cm_vault_record_get_hash(cm_vault_case_get_epoch(self, note->epoch))))
		return CM_VAULT_CLASS_REPLACED;
	if (!is_granted(self, note))
		return CM_VAULT_CLASS_NOT_ENTITLED;
	found = judge_place(self, record, note);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (!fits_epochs(self, record, note))
		return CM_VAULT_CLASS_CHAIN;
	g_ptr_array_add(self->notes, (gpointer)record);
	g_hash_table_insert(self->note_ids, (gpointer)note->note, (gpointer)record);
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
judge_head(CmVaultCase *self, const CmVaultRecord *record)
{
	const CmVaultHead *head = cm_vault_record_get_fields(record, CM_VAULT_KIND_HEAD);
	const CmVaultRecord *epoch = cm_vault_case_get_epoch(self, head->epoch);
	const CmVaultRecord *note = cm_vault_case_get_note(self, head->sequence);

	if (!cm_vault_hash_is_same_id(head->case_id, self->id))
		return CM_VAULT_CLASS_REPLACED;
	if (epoch == NULL)
		return CM_VAULT_CLASS_MISSING;
	if (!cm_vault_hash_is_same(head->epoch_record, cm_vault_record_get_hash(epoch)))
		return CM_VAULT_CLASS_REPLACED;
	if (head->directory < epoch_fields(self, head->epoch)->directory)
		return CM_VAULT_CLASS_CHAIN;
	if (!g_hash_table_contains(self->readers, head->signer))
		return CM_VAULT_CLASS_NOT_ENTITLED;
	if (note == NULL)
		return CM_VAULT_CLASS_ROLLBACK;
	if (!cm_vault_hash_is_same(head->last_note, cm_vault_record_get_hash(note)))
		return CM_VAULT_CLASS_REPLACED;
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
judge_request(CmVaultCase *self, const CmVaultRecord *record)
{
	const CmVaultRequest *request = cm_vault_record_get_fields(record, CM_VAULT_KIND_REQUEST);
	const CmVaultRecord *deposit =
	    cm_vault_case_find(self, CM_VAULT_KIND_DEPOSIT, request->deposit);
	const CmVaultDeposit *fields = NULL;
	const CmVaultDepositHalf *halves = NULL;

	if (deposit == NULL)
		return CM_VAULT_CLASS_MISSING;
	fields = cm_vault_record_get_fields(deposit, CM_VAULT_KIND_DEPOSIT);
	if (!cm_vault_hash_is_same_id(fields->person, request->person) ||
	    fields->generation != request->generation)
		return CM_VAULT_CLASS_REPLACED;
	if (request->directory < fields->directory)
		return CM_VAULT_CLASS_CHAIN;
	if (cm_vault_escrow_find_custodian(deposit, request->custodian,
					   request->custodian_generation) < 0)
		return CM_VAULT_CLASS_NOT_ENTITLED;
	halves = fields->custodians.items;
	for (guint i = 0; i < fields->custodians.count; i++)
		if (cm_vault_hash_is_same_id(halves[i].custodian, request->recipient))
			return CM_VAULT_CLASS_NOT_ENTITLED;
	return cm_vault_people_find_at(self->people, request->recipient,
				       request->recipient_generation, request->directory) != NULL
		   ? CM_VAULT_CLASS_OK
		   : CM_VAULT_CLASS_NOT_ENTITLED;
}

static CmVaultClass
judge_refusal(CmVaultCase *self, const CmVaultRecord *record)
{
	const CmVaultRefusal *refusal = cm_vault_record_get_fields(record, CM_VAULT_KIND_REFUSAL);
	const CmVaultRequest *request = find_fields(self, CM_VAULT_KIND_REQUEST, refusal->request);
	const CmVaultRefusal *first = NULL;

	if (request == NULL)
		return CM_VAULT_CLASS_MISSING;
	if (!cm_vault_hash_is_same_id(refusal->person, request->person))
		return CM_VAULT_CLASS_NOT_ENTITLED;
	first = g_hash_table_lookup(self->refusals, refusal->request);
	/* the key of a pair is of the same record as its value */
	if (first == NULL || refusal->made_at < first->made_at)
		g_hash_table_replace(self->refusals, (gpointer)refusal->request, (gpointer)refusal);
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
judge_release(CmVaultCase *self, const CmVaultRecord *record)
{
	const CmVaultRelease *release = cm_vault_record_get_fields(record, CM_VAULT_KIND_RELEASE);
	const CmVaultRequest *request = find_fields(self, CM_VAULT_KIND_REQUEST, release->request);

	if (request == NULL)
		return CM_VAULT_CLASS_MISSING;
	if (!cm_vault_hash_is_same(release->deposit, request->deposit) ||
	    !cm_vault_hash_is_same_id(release->recipient, request->recipient) ||
	    release->recipient_generation != request->recipient_generation)
		return CM_VAULT_CLASS_REPLACED;
	if (release->directory < request->directory)
		return CM_VAULT_CLASS_CHAIN;
	if (cm_vault_escrow_find_custodian(
		cm_vault_case_find(self, CM_VAULT_KIND_DEPOSIT, release->deposit),
		release->custodian, release->custodian_generation) < 0)
		return CM_VAULT_CLASS_NOT_ENTITLED;
	if (is_refused_release(self, release))
		return CM_VAULT_CLASS_REFUSED;
	if (release->made_at < request->made_at + request->delay)
		return CM_VAULT_CLASS_WAITING;
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
judge_deposit(CmVaultCase *self, const CmVaultRecord *record)
{
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
judge_destruction(CmVaultCase *self, const CmVaultRecord *record)
{
	return cm_vault_destruction_judge(self->people, self, record);
}

typedef CmVaultClass (*Judge)(CmVaultCase *self, const CmVaultRecord *record);

static const Judge judges[CM_VAULT_KIND_LAST] = {
    [CM_VAULT_KIND_EPOCH] = judge_epoch,
    [CM_VAULT_KIND_ENVELOPE] = judge_envelope,
    [CM_VAULT_KIND_NOTE] = judge_note,
    [CM_VAULT_KIND_HEAD] = judge_head,
    [CM_VAULT_KIND_DEPOSIT] = judge_deposit,
    [CM_VAULT_KIND_REQUEST] = judge_request,
    [CM_VAULT_KIND_REFUSAL] = judge_refusal,
    [CM_VAULT_KIND_RELEASE] = judge_release,
    [CM_VAULT_KIND_DESTRUCTION] = judge_destruction,
};

typedef CmVaultClass (*Check)(const CmVaultPeople *people,
			      CmVaultKind kind,
			      GBytes *octets,
			      CmVaultRecord **out_record);

static CmVaultClass
add(CmVaultCase *self, Check check, GBytes *octets, CmVaultRecord **out_record)
{
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultKind kind = CM_VAULT_KIND_LAST;
	guint64 kinds = 0;
	gsize length = 0;
	gsize whole = 0;
	const guint8 *data = g_bytes_get_data(octets, &length);
	CmVaultClass found = CM_VAULT_CLASS_OK;

	for (guint i = 0; i < CM_VAULT_KIND_LAST; i++)
		if (judges[i] != NULL)
			kinds |= CM_VAULT_RECORD_OF(i);
	if (g_hash_table_size(self->by_hash) >= CM_VAULT_CASE_RECORDS_MAX)
		return CM_VAULT_CLASS_LIMIT;
	found = cm_vault_record_frame(data, length, kinds, &kind, &whole);
	if (found == CM_VAULT_CLASS_OK)
		found = check(self->people, kind, octets, &record);
	if (found == CM_VAULT_CLASS_OK)
		found = judges[kind](self, record);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (out_record != NULL)
		*out_record = cm_vault_record_ref(record);
	/* the first of two that are the same is what others point to */
	if (g_hash_table_contains(self->by_hash, cm_vault_record_get_hash(record)))
		return CM_VAULT_CLASS_OK;
	g_hash_table_insert(self->by_hash, (gpointer)cm_vault_record_get_hash(record), record);
	g_steal_pointer(&record);
	return CM_VAULT_CLASS_OK;
}

CmVaultClass
cm_vault_case_add(CmVaultCase *self, GBytes *octets, CmVaultRecord **out_record)
{
	return add(self, cm_vault_people_check, octets, out_record);
}

CmVaultClass
cm_vault_case_add_kept(CmVaultCase *self, GBytes *octets, CmVaultRecord **out_record)
{
	return add(self, cm_vault_people_check_kept, octets, out_record);
}

gboolean
cm_vault_case_is_passed_over(CmVaultClass found, GBytes *octets)
{
	CmVaultKind kind = CM_VAULT_KIND_LAST;
	gsize length = 0;
	gsize whole = 0;
	const guint8 *data = g_bytes_get_data(octets, &length);

	return found == CM_VAULT_CLASS_REFUSED &&
	       cm_vault_record_frame(data, length, CM_VAULT_RECORD_OF(CM_VAULT_KIND_RELEASE), &kind,
				     &whole) == CM_VAULT_CLASS_OK;
}

CmVaultClass
cm_vault_case_finish(const CmVaultCase *self)
{
	const CmVaultEpoch *last = last_epoch(self);

	return last == NULL || self->notes->len >= last->last_sequence ? CM_VAULT_CLASS_OK
								       : CM_VAULT_CLASS_MISSING;
}

void
cm_vault_case_commit_key(const guint8 *organisation,
			 const guint8 *case_id,
			 guint32 epoch,
			 const guint8 *key,
			 guint8 out_commitment[CM_VAULT_HASH_BYTES])
{
	guint8 number[CM_VAULT_HASH_NUMBER_BYTES];
	const CmVaultPart parts[] = {{organisation, CM_VAULT_HASH_BYTES},
				     {case_id, CM_VAULT_ID_BYTES},
				     {number, sizeof number},
				     {key, CM_VAULT_KEY_BYTES}};

	cm_vault_hash_write_number(epoch, number);
	cm_vault_hash("case-key", parts, G_N_ELEMENTS(parts), out_commitment);
}

CmVaultClass
cm_vault_case_grant(const CmVaultCase *self,
		    guint32 epoch,
		    const CmVaultRecord *bundle,
		    const CmVaultEnvelope *envelope,
		    const guint8 *key,
		    guint64 now,
		    GBytes **out_envelope)
{
	const CmVaultBundle *of = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	const CmVaultRecord *record = cm_vault_case_get_epoch(self, epoch);
	CmVaultEnvelope fields = *envelope;
	guint8 binding[CM_VAULT_HASH_BYTES];
	guint8 sealed[CM_VAULT_BOX_SEALED_BYTES];

	if (record == NULL)
		return CM_VAULT_CLASS_MISSING;
	fields.organisation = of->organisation;
	fields.case_id = self->id;
	fields.epoch = epoch;
	fields.epoch_record = cm_vault_record_get_hash(record);
	fields.granter = of->person;
	fields.granter_generation = of->generation;
	fields.key_commitment = epoch_fields(self, epoch)->key_commitment;
	fields.directory = cm_vault_people_get_directory(self->people)->sequence;
	fields.made_at = now;
	fields.sealed = NULL;
	cm_vault_box_bind(CM_VAULT_KIND_ENVELOPE, &fields, binding);
	if (!cm_vault_box_seal(fields.recipient_key, key, binding, sealed))
		return CM_VAULT_CLASS_MEMORY;
	fields.sealed = sealed;
	*out_envelope = cm_vault_record_sign(CM_VAULT_KIND_ENVELOPE, &fields, &of->sign_seed, 1);
	return *out_envelope != NULL ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_MEMORY;
}

CmVaultClass
cm_vault_case_open_envelope(const CmVaultRecord *envelope,
			    const guint8 *reader,
			    guint32 generation,
			    const guint8 *box_secret,
			    CmVaultSecret **out_key)
{
	const CmVaultEnvelope *fields =
	    cm_vault_record_get_fields(envelope, CM_VAULT_KIND_ENVELOPE);
	g_autoptr(CmVaultSecret) key = NULL;
	guint8 hash[CM_VAULT_HASH_BYTES];
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (fields->to == CM_VAULT_TO_PERSON &&
	    (!cm_vault_hash_is_same_id(fields->recipient, reader) ||
	     fields->recipient_generation != generation))
		return CM_VAULT_CLASS_NOT_ENTITLED;
	cm_vault_box_get_public(box_secret, hash);
	if (!cm_vault_hash_is_same(hash, fields->recipient_key))
		return CM_VAULT_CLASS_WRONG_KEY;
	cm_vault_box_bind(CM_VAULT_KIND_ENVELOPE, fields, hash);
	found = cm_vault_box_open(box_secret, fields->sealed, hash, &key);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	cm_vault_case_commit_key(fields->organisation, fields->case_id, fields->epoch,
				 cm_vault_secret_peek(key), hash);
	if (!cm_vault_hash_is_same(hash, fields->key_commitment))
		return CM_VAULT_CLASS_COMMITMENT;
	*out_key = g_steal_pointer(&key);
	return CM_VAULT_CLASS_OK;
}
