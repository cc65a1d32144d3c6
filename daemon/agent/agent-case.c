// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-case-private.h"
#include "daemon/agent/agent-cosign.h"

#include "daemon/agent/agent-advice.h"
#include "daemon/agent/agent-case-keep.h"
#include "daemon/agent/agent-day.h"
#include "daemon/agent/agent-epoch.h"
#include "daemon/vault/vault-box.h"
#include "daemon/vault/vault-frames.h"
#include "daemon/vault/vault-text.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

static void
free_secret(gpointer secret)
{
	cm_vault_secret_free(secret);
}

static CmAgentCase *
make(const CmAgentCasePlace *place, const guint8 *id)
{
	CmAgentCase *self = g_new0(CmAgentCase, 1);

	self->people = cm_vault_people_ref(place->people);
	self->bundle = place->bundle;
	self->own = cm_vault_record_get_fields(place->bundle, CM_VAULT_KIND_BUNDLE);
	memcpy(self->id, id, sizeof self->id);
	self->reference = g_strdup(place->reference);
	if (place->zone != NULL)
		self->zone = g_time_zone_ref(place->zone);
	self->records = cm_vault_case_new(place->people, id);
	self->envelopes = g_ptr_array_new_with_free_func(cm_vault_record_unref);
	self->escrowed = g_ptr_array_new_with_free_func(cm_vault_record_unref);
	self->keys = g_ptr_array_new_with_free_func(free_secret);
	return self;
}

void
cm_agent_case_free(gpointer about)
{
	CmAgentCase *self = about;

	if (self == NULL)
		return;
	g_ptr_array_unref(self->keys);
	g_ptr_array_unref(self->envelopes);
	g_ptr_array_unref(self->escrowed);
	cm_vault_record_unref(self->grant);
	cm_vault_case_free(self->records);
	cm_vault_people_unref(self->people);
	g_free(self->reference);
	g_clear_pointer(&self->zone, g_time_zone_unref);
	g_free(self);
}

/* ---- believing */

static gboolean
is_own(const CmAgentCase *self, const CmVaultEnvelope *envelope)
{
	return memcmp(envelope->recipient, self->own->person, CM_VAULT_ID_BYTES) == 0 &&
	       envelope->recipient_generation == self->own->generation;
}

CmVaultClass
cm_agent_case_learn_by(CmAgentCase *self, CmAgentCaseAdd add, GBytes *octets)
{
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultEnvelope *envelope = NULL;
	CmVaultClass found = add(self->records, octets, &record);

	if (found != CM_VAULT_CLASS_OK ||
	    cm_vault_record_get_kind(record) != CM_VAULT_KIND_ENVELOPE)
		return found;
	envelope = cm_vault_record_get_fields(record, CM_VAULT_KIND_ENVELOPE);
	g_ptr_array_add(envelope->to == CM_VAULT_TO_PERSON ? self->envelopes : self->escrowed,
			g_steal_pointer(&record));
	return CM_VAULT_CLASS_OK;
}

CmVaultClass
cm_agent_case_learn(CmAgentCase *self, GBytes *octets)
{
	return cm_agent_case_learn_by(self, cm_vault_case_add, octets);
}

static gboolean
is_record(const CmVaultRecord *record, const guint8 *hash)
{
	return record != NULL &&
	       memcmp(cm_vault_record_get_hash(record), hash, CM_VAULT_HASH_BYTES) == 0;
}

CmVaultClass
cm_agent_case_compare(const CmAgentCase *self, const CmVaultRememberedCase *known)
{
	if (known == NULL)
		return CM_VAULT_CLASS_OK;
	if (cm_vault_case_count_epochs(self->records) < known->epoch ||
	    cm_vault_case_count_notes(self->records) < known->sequence)
		return CM_VAULT_CLASS_ROLLBACK;
	if (!is_record(cm_vault_case_get_epoch(self->records, known->epoch), known->epoch_record))
		return CM_VAULT_CLASS_REPLACED;
	if (known->sequence > 0 &&
	    !is_record(cm_vault_case_get_note(self->records, known->sequence), known->last_note))
		return CM_VAULT_CLASS_REPLACED;
	return CM_VAULT_CLASS_OK;
}

static const CmVaultEpoch *
get_epoch(const CmAgentCase *self, guint32 number)
{
	return cm_vault_record_get_fields(cm_vault_case_get_epoch(self->records, number),
					  CM_VAULT_KIND_EPOCH);
}

static gboolean
is_about(const CmAgentCase *self, guint32 number, const gchar *reference)
{
	const CmVaultEpoch *epoch = get_epoch(self, number);
	const CmVaultSecret *key = g_ptr_array_index(self->keys, number - 1);
	guint8 subject[CM_VAULT_HASH_BYTES];

	cm_vault_text_identify_subject(cm_vault_secret_peek(key), epoch->organisation, self->id,
				       reference, subject);
	return memcmp(subject, epoch->subject, sizeof subject) == 0;
}

/* whose case it is, as the key has it; an epoch that was made while the roster had them no more names nobody: then the one before says */
static CmVaultClass
check_subject(const CmAgentCase *self, guint32 number)
{
	if (self->reference == NULL)
		return CM_VAULT_CLASS_OK;
	for (guint32 i = number; i >= 1 && g_ptr_array_index(self->keys, i - 1) != NULL; i--) {
		if (is_about(self, i, self->reference))
			return CM_VAULT_CLASS_OK;
		if (!is_about(self, i, ""))
			return CM_VAULT_CLASS_REPLACED;
	}
	return g_ptr_array_index(self->keys, number - 1) == NULL ? CM_VAULT_CLASS_OK
								 : CM_VAULT_CLASS_REPLACED;
}

/* `epoch`: one that there is. Takes `key` */
static void
set_key(CmAgentCase *self, guint32 epoch, CmVaultSecret *key)
{
	cm_vault_secret_free(g_ptr_array_index(self->keys, epoch - 1));
	g_ptr_array_index(self->keys, epoch - 1) = key;
}

static CmVaultClass
open_envelope(CmAgentCase *self, CmVaultRecord *record)
{
	const CmVaultEnvelope *envelope =
	    cm_vault_record_get_fields(record, CM_VAULT_KIND_ENVELOPE);
	CmVaultSecret *key = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (!is_own(self, envelope))
		return CM_VAULT_CLASS_OK;
	found = cm_vault_case_open_envelope(record, self->own->person, self->own->generation,
					    self->own->box_secret, &key);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	set_key(self, envelope->epoch, key);
	/* of two for the newest epoch the later one counts */
	if (envelope->epoch == self->keys->len) {
		cm_vault_record_unref(self->grant);
		self->grant = cm_vault_record_ref(record);
	}
	return CM_VAULT_CLASS_OK;
}

CmVaultClass
cm_agent_case_reopen(CmAgentCase *self)
{
	CmVaultClass found = CM_VAULT_CLASS_OK;

	g_ptr_array_set_size(self->keys, (gint)cm_vault_case_count_epochs(self->records));
	for (guint i = 0; found == CM_VAULT_CLASS_OK && i < self->envelopes->len; i++)
		found = open_envelope(self, g_ptr_array_index(self->envelopes, i));
	if (found != CM_VAULT_CLASS_OK)
		return found;
	/* of a student who was renamed, only the newest epoch knows the new name */
	if (self->keys->len == 0)
		return CM_VAULT_CLASS_MISSING;
	return self->grant != NULL ? check_subject(self, self->keys->len) : CM_VAULT_CLASS_OK;
}

gboolean
cm_agent_case_has_begun(const CmAgentCase *self)
{
	for (guint32 i = 1; i <= cm_vault_case_count_epochs(self->records); i++) {
		if (memcmp(get_epoch(self, i)->signer, self->own->person, CM_VAULT_ID_BYTES) == 0)
			return TRUE;
	}
	return FALSE;
}

CmAgentCase *
cm_agent_case_read(const CmAgentCasePlace *place,
		   GBytes *records,
		   const CmAgentMemory *memory,
		   GError **error)
{
	g_autoptr(CmAgentCase) self = make(place, place->id);
	const CmVaultRememberedCase *known = cm_agent_memory_find_case(memory, place->id);
	CmVaultClass found = cm_agent_case_belief_add_all(self, records, known);

	if (found == CM_VAULT_CLASS_OK)
		found = cm_agent_case_compare(self, known);
	if (found == CM_VAULT_CLASS_OK)
		found = cm_agent_case_reopen(self);
	if (!cm_vault_class_set_error(found, "case", error))
		return NULL;
	/* what somebody else gave is one's own once its person said so: it is remembered since */
	self->taken = known != NULL || cm_agent_case_has_begun(self);
	return g_steal_pointer(&self);
}

/* ---- for the next time */

void
cm_agent_case_close(CmAgentCase *self)
{
	g_ptr_array_set_size(self->keys, 0);
	g_clear_pointer(&self->grant, cm_vault_record_unref);
}

void
cm_agent_case_settle(CmAgentCase *self)
{
	self->made = 0;
}

guint
cm_agent_case_count_made(const CmAgentCase *self)
{
	return self->made;
}

/* ---- with an escrow key */

CmVaultClass
cm_agent_case_open_escrow(CmAgentCase *self,
			  const CmVaultRecord *deposit,
			  const CmVaultSecret *secret)
{
	CmVaultClass failed = CM_VAULT_CLASS_MISSING;

	for (guint i = 0; i < self->escrowed->len; i++) {
		const CmVaultRecord *record = g_ptr_array_index(self->escrowed, i);
		const CmVaultEnvelope *envelope =
		    cm_vault_record_get_fields(record, CM_VAULT_KIND_ENVELOPE);
		CmVaultClass found = CM_VAULT_CLASS_OK;
		CmVaultSecret *key = NULL;

		if (!is_record(deposit, envelope->deposit))
			continue;
		found = cm_vault_case_open_envelope(record, envelope->recipient,
						    envelope->recipient_generation,
						    cm_vault_secret_peek(secret), &key);
		/* what else there is does not go because of one that is spoiled */
		if (found == CM_VAULT_CLASS_OK)
			set_key(self, envelope->epoch, key);
		else
			failed = found;
	}
	return self->keys->len > 0 && g_ptr_array_index(self->keys, self->keys->len - 1) != NULL
		   ? check_subject(self, self->keys->len)
		   : failed;
}

/* ---- with earlier keys */

CmVaultClass
cm_agent_case_open_earlier(CmAgentCase *self, const CmVaultRecord *earlier)
{
	const CmVaultBundle *own = cm_vault_record_get_fields(earlier, CM_VAULT_KIND_BUNDLE);
	guint32 newest = cm_vault_case_count_epochs(self->records);

	g_ptr_array_set_size(self->keys, (gint)newest);
	for (guint i = 0; i < self->envelopes->len; i++) {
		const CmVaultRecord *record = g_ptr_array_index(self->envelopes, i);
		const CmVaultEnvelope *envelope =
		    cm_vault_record_get_fields(record, CM_VAULT_KIND_ENVELOPE);
		CmVaultSecret *key = NULL;
		CmVaultClass found = CM_VAULT_CLASS_OK;

		if (envelope->recipient_generation != own->generation ||
		    memcmp(envelope->recipient, own->person, CM_VAULT_ID_BYTES) != 0)
			continue;
		found = cm_vault_case_open_envelope(record, own->person, own->generation,
						    own->box_secret, &key);
		if (found != CM_VAULT_CLASS_OK)
			return found;
		set_key(self, envelope->epoch, key);
	}
	return newest > 0 && g_ptr_array_index(self->keys, newest - 1) != NULL
		   ? check_subject(self, newest)
		   : CM_VAULT_CLASS_MISSING;
}

/* ---- making */

CmVaultClass
cm_agent_case_take(CmAgentCase *self, GBytes *octets, GByteArray *records)
{
	gsize length = 0;
	const guint8 *data = NULL;
	CmVaultClass found =
	    octets != NULL ? cm_agent_case_learn(self, octets) : CM_VAULT_CLASS_MEMORY;

	if (found != CM_VAULT_CLASS_OK)
		return found;
	self->made++;
	data = g_bytes_get_data(octets, &length);
	g_byte_array_append(records, data, (guint)length);
	return CM_VAULT_CLASS_OK;
}

CmAgentCase *
cm_agent_case_begin(const CmAgentCasePlace *place,
		    const CmAgentCaseKind *kind,
		    guint64 now,
		    GByteArray *records,
		    GError **error)
{
	g_autoptr(CmAgentCase) self = make(place, place->id);
	const CmAgentEpochOrder order = {.authority = CM_VAULT_AUTHORITY_OPENING,
					 .reason = CM_VAULT_REASON_OPENED,
					 .file = kind->file,
					 .deposit = kind->deposit};

	self->taken = TRUE;
	return cm_agent_epoch_add(self, &order, now, records, error) ? g_steal_pointer(&self)
								     : NULL;
}

/* ---- what it says */

const CmVaultCase *
cm_agent_case_get(const CmAgentCase *self)
{
	return self->records;
}

CmVaultPeople *
cm_agent_case_get_people(const CmAgentCase *self)
{
	return self->people;
}

const CmVaultRecord *
cm_agent_case_get_bundle(const CmAgentCase *self)
{
	return self->bundle;
}

const guint8 *
cm_agent_case_get_id(const CmAgentCase *self)
{
	return self->id;
}

const gchar *
cm_agent_case_get_reference(const CmAgentCase *self)
{
	return self->reference;
}

const GPtrArray *
cm_agent_case_get_envelopes(const CmAgentCase *self)
{
	return self->envelopes;
}

const GPtrArray *
cm_agent_case_get_escrowed(const CmAgentCase *self)
{
	return self->escrowed;
}

const CmVaultSecret *
cm_agent_case_peek_key(const CmAgentCase *self, guint32 epoch)
{
	return epoch >= 1 && epoch <= self->keys->len ? g_ptr_array_index(self->keys, epoch - 1)
						      : NULL;
}

/* whether it was handed to its person, who has made no key of their own since: the giver has the one that there is */
static gboolean
is_handed_over(const CmAgentCase *self)
{
	const CmVaultEpoch *newest = get_epoch(self, cm_vault_case_count_epochs(self->records));

	return memcmp(newest->responsible, self->own->person, CM_VAULT_ID_BYTES) == 0 &&
	       memcmp(newest->signer, self->own->person, CM_VAULT_ID_BYTES) != 0;
}

gboolean
cm_agent_case_is_taken(const CmAgentCase *self)
{
	return self->taken && !is_handed_over(self);
}

void
cm_agent_case_set_taken(CmAgentCase *self, gboolean taken)
{
	self->taken = taken;
}

guint8
cm_agent_case_get_rights(const CmAgentCase *self)
{
	const CmVaultEnvelope *grant = NULL;

	if (self->grant == NULL)
		return 0;
	grant = cm_vault_record_get_fields(self->grant, CM_VAULT_KIND_ENVELOPE);
	return grant->rights;
}

guint8
cm_agent_case_get_file(const CmAgentCase *self)
{
	return get_epoch(self, 1)->file;
}

static const CmVaultNote *
get_note(const CmAgentCase *self, guint64 sequence)
{
	return cm_vault_record_get_fields(cm_vault_case_get_note(self->records, sequence),
					  CM_VAULT_KIND_NOTE);
}

guint64
cm_agent_case_find_signed(const CmAgentCase *self, const guint8 *draft)
{
	for (guint64 i = cm_vault_case_count_notes(self->records); i > 0; i--) {
		if (memcmp(get_note(self, i)->note, draft, CM_VAULT_ID_BYTES) == 0)
			return i;
	}
	return 0;
}

guint64
cm_agent_case_find_note(const CmAgentCase *self, const guint8 *record)
{
	for (guint64 i = cm_vault_case_count_notes(self->records); i > 0; i--) {
		if (is_record(cm_vault_case_get_note(self->records, i), record))
			return i;
	}
	return 0;
}

gboolean
cm_agent_case_check_writable(const CmAgentCase *self, GError **error)
{
	guint8 rights = cm_agent_case_get_rights(self);
	gboolean taken = cm_agent_case_is_taken(self);

	if (taken && (rights & CM_VAULT_RIGHT_WRITE) != 0)
		return TRUE;
	if (rights == 0)
		cm_error_set(error, CM_ERROR_ACCESS_DENIED,
			     N_("You may not write in this file any more."), NULL);
	else if (!taken)
		cm_error_set(error, CM_ERROR_ACCESS_DENIED,
			     N_("A colleague gave you this file, and you have not accepted it yet: "
				"“comodalctl case list” shows whose it is, “comodalctl case "
				"accept” takes it."),
			     NULL);
	else
		cm_error_set(error, CM_ERROR_ACCESS_DENIED,
			     N_("You were given this file to read, not to write in it."), NULL);
	return FALSE;
}

gboolean
cm_agent_case_remember(const CmAgentCase *self, CmAgentMemory *memory)
{
	const CmVaultRememberedCase *before = cm_agent_memory_find_case(memory, self->id);
	const CmVaultRememberedCase known = cm_agent_case_keep_describe_end(self);

	if (!self->taken ||
	    (before != NULL && before->epoch == known.epoch && before->sequence == known.sequence))
		return FALSE;
	cm_agent_memory_set_case(memory, &known);
	return TRUE;
}

/* ---- drafts */

/* in guarded memory */
static CmVaultClass
wrap(const CmVaultContent *content, CmVaultRecord **out_content)
{
	CmVaultSecret *written = cm_vault_record_write_secret(CM_VAULT_KIND_CONTENT, content);
	g_autoptr(GBytes) octets = NULL;

	if (written == NULL)
		return CM_VAULT_CLASS_MEMORY;
	octets = cm_vault_secret_free_to_bytes(written);
	return cm_vault_record_read(CM_VAULT_KIND_CONTENT, octets, out_content);
}

static CmVaultPart
get_octets(const CmVaultRecord *record)
{
	CmVaultPart part = {0};

	part.data = g_bytes_get_data(cm_vault_record_get_octets(record), &part.length);
	return part;
}

static gboolean
fail_text(CmVaultClass found, GError **error)
{
	if (found != CM_VAULT_CLASS_MALFORMED)
		return cm_vault_class_set_offered_error(found, "text", error);
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("The text is not UTF-8, or has characters in it that are not for reading."),
		     NULL);
	return FALSE;
}

CmVaultRecord *
cm_agent_case_make_content(const CmVaultSecret *text, const gchar *language, GError **error)
{
	CmVaultSection section = {
	    .text = {cm_vault_secret_peek(text), cm_vault_secret_get_length(text)}};
	const CmVaultContent fields = {.language = {(const guint8 *)language, strlen(language)},
				       .sections = {&section, 1}};
	CmVaultRecord *content = NULL;

	return fail_text(wrap(&fields, &content), error) ? content : NULL;
}

GBytes *
cm_agent_case_make_draft(const CmAgentCase *self,
			 const CmVaultDraft *draft,
			 const CmVaultContent *text,
			 GError **error)
{
	g_autoptr(CmVaultRecord) content = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(GBytes) octets = NULL;
	CmVaultDraft fields = *draft;
	CmVaultPart part = {0};
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (!fail_text(wrap(text, &content), error))
		return NULL;
	part = get_octets(content);
	fields.case_id = self->id;
	octets = cm_vault_text_lock_draft(self->bundle, &fields, &part);
	found = octets != NULL ? cm_vault_record_read(CM_VAULT_KIND_DRAFT, octets, &record)
			       : CM_VAULT_CLASS_MEMORY;
	return cm_vault_class_set_offered_error(found, "draft", error) ? g_steal_pointer(&octets)
								       : NULL;
}

CmVaultRecord *
cm_agent_case_open_draft(const CmAgentCase *self,
			 GBytes *octets,
			 const CmAgentMemory *memory,
			 GError **error)
{
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	const CmVaultDraft *draft = NULL;
	CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_DRAFT, octets, &record);

	if (found == CM_VAULT_CLASS_OK) {
		draft = cm_vault_record_get_fields(record, CM_VAULT_KIND_DRAFT);
		found = cm_vault_text_open_draft(octets, self->bundle, &content);
	}
	if (found == CM_VAULT_CLASS_OK && memcmp(draft->case_id, self->id, CM_VAULT_ID_BYTES) != 0)
		found = CM_VAULT_CLASS_REPLACED;
	else if (found == CM_VAULT_CLASS_OK &&
		 draft->revision < cm_agent_memory_get_revision(memory, draft->draft))
		found = CM_VAULT_CLASS_ROLLBACK;
	return cm_vault_class_set_error(found, "draft", error) ? g_steal_pointer(&content) : NULL;
}

/* ---- signing */

static CmVaultNote
prepare_note(const CmAgentCase *self, const CmVaultDraft *draft, gboolean cosign, guint64 now)
{
	const CmVaultEnvelope *grant =
	    cm_vault_record_get_fields(self->grant, CM_VAULT_KIND_ENVELOPE);
	guint32 epoch = cm_vault_case_count_epochs(self->records);
	guint64 count = cm_vault_case_count_notes(self->records);
	CmVaultNote note = {
	    .organisation = self->own->organisation,
	    .case_id = self->id,
	    .epoch = epoch,
	    .epoch_record = cm_vault_record_get_hash(cm_vault_case_get_epoch(self->records, epoch)),
	    .note = draft->draft,
	    .sequence = count + 1,
	    .kind = draft->kind,
	    .about = draft->about,
	    .author = self->own->person,
	    .author_generation = self->own->generation,
	    .grant = cm_vault_record_get_hash(self->grant),
	    .directory = cm_vault_people_get_directory(self->people)->sequence,
	    .entered_at = now,
	    .entered_on = cm_agent_day_of((gint64)now, self->zone),
	    .occurred_on = draft->occurred_on,
	    .session = draft->session,
	    .cosign =
		draft->kind != CM_VAULT_NOTE_COSIGNATURE &&
		(cosign || draft->cosign != 0 || (grant->rights & CM_VAULT_RIGHT_COSIGNED) != 0),
	};

	if (count > 0)
		note.previous =
		    cm_vault_record_get_hash(cm_vault_case_get_note(self->records, count));
	return note;
}

static CmVaultClass
add_head(CmAgentCase *self, const CmVaultNote *note, guint64 now, GByteArray *records)
{
	const CmVaultHead head = {
	    .organisation = self->own->organisation,
	    .case_id = self->id,
	    .epoch = note->epoch,
	    .epoch_record = note->epoch_record,
	    .sequence = note->sequence,
	    .last_note =
		cm_vault_record_get_hash(cm_vault_case_get_note(self->records, note->sequence)),
	    .signer = self->own->person,
	    .signer_generation = self->own->generation,
	    .directory = note->directory,
	    .made_at = now,
	};
	g_autoptr(GBytes) octets =
	    cm_vault_record_sign(CM_VAULT_KIND_HEAD, &head, &self->own->sign_seed, 1);

	return cm_agent_case_take(self, octets, records);
}

static CmVaultClass
sign(CmAgentCase *self,
     CmVaultNote *note,
     const CmVaultPart *content,
     const guint8 *salt,
     GByteArray *records)
{
	const CmVaultSecret *key = g_ptr_array_index(self->keys, note->epoch - 1);
	guint8 commitment[CM_VAULT_HASH_BYTES];
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(GBytes) body = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;
	gsize length = 0;
	const guint8 *data = NULL;

	cm_vault_text_commit(note, salt, content, commitment);
	note->text_commitment = commitment;
	octets = cm_vault_record_sign(CM_VAULT_KIND_NOTE, note, &self->own->sign_seed, 1);
	found = cm_agent_case_take(self, octets, records);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	body = cm_vault_text_lock_body(cm_vault_case_get_note(self->records, note->sequence),
				       note->epoch, cm_vault_secret_peek(key), salt, content);
	if (body == NULL)
		return CM_VAULT_CLASS_MEMORY;
	data = g_bytes_get_data(body, &length);
	g_byte_array_append(records, data, (guint)length);
	return add_head(self, note, note->entered_at, records);
}

static gboolean
sign_content(CmAgentCase *self,
	     CmVaultNote *note,
	     const CmVaultRecord *content,
	     GByteArray *records,
	     GError **error)
{
	const CmVaultPart part = get_octets(content);
	guint8 salt[CM_VAULT_TEXT_SALT_BYTES];
	CmVaultClass found = CM_VAULT_CLASS_OK;

	randombytes_buf(salt, sizeof salt);
	found = sign(self, note, &part, salt, records);
	sodium_memzero(salt, sizeof salt);
	return cm_vault_class_set_offered_error(found, "note", error);
}

gboolean
cm_agent_case_sign(CmAgentCase *self,
		   const CmAgentCaseText *text,
		   guint64 now,
		   GByteArray *records,
		   GError **error)
{
	CmVaultNote note = {0};

	if (!cm_agent_case_check_writable(self, error))
		return FALSE;
	note = prepare_note(self, cm_vault_record_get_fields(text->draft, CM_VAULT_KIND_DRAFT),
			    text->cosign, now);
	note.attachments = text->attachments;
	if (note.occurred_on > note.entered_on) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A note can't tell of a day that is still to come."), NULL);
		return FALSE;
	}
	return sign_content(self, &note, text->content, records, error);
}

/* nothing is said in it but that somebody has read what it is about */
static CmVaultClass
wrap_nothing(CmVaultRecord **out_content)
{
	static const gchar language[] = "und";
	CmVaultSection section = {0};
	const CmVaultContent content = {.language = {(const guint8 *)language, sizeof language - 1},
					.sections = {&section, 1}};

	return wrap(&content, out_content);
}

gboolean
cm_agent_case_cosign(CmAgentCase *self,
		     guint64 sequence,
		     guint64 now,
		     GByteArray *records,
		     GError **error)
{
	const CmVaultRecord *about = cm_vault_case_get_note(self->records, sequence);
	const CmVaultNote *note = get_note(self, sequence);
	guint8 id[CM_VAULT_ID_BYTES];
	const CmVaultDraft draft = {.draft = id,
				    .kind = CM_VAULT_NOTE_COSIGNATURE,
				    .about = cm_vault_record_get_hash(about),
				    .occurred_on = cm_agent_day_of((gint64)now, self->zone),
				    .session = note->session};
	g_autoptr(CmVaultRecord) content = NULL;
	CmVaultNote made = {0};

	if (!cm_agent_cosign_check(self, note, error) ||
	    !cm_vault_class_set_offered_error(wrap_nothing(&content), "note", error))
		return FALSE;
	randombytes_buf(id, sizeof id);
	made = prepare_note(self, &draft, FALSE, now);
	return sign_content(self, &made, content, records, error);
}

CmVaultRecord *
cm_agent_case_open_note(const CmAgentCase *self, guint64 sequence, GBytes *body, GError **error)
{
	const CmVaultRecord *note = cm_vault_case_get_note(self->records, sequence);
	g_autoptr(CmVaultRecord) locked = NULL;
	const CmVaultBody *fields = NULL;
	const CmVaultSecret *key = NULL;
	CmVaultRecord *content = NULL;
	CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_BODY, body, &locked);

	if (found == CM_VAULT_CLASS_OK) {
		/* it may be locked anew, under a later epoch's key */
		fields = cm_vault_record_get_fields(locked, CM_VAULT_KIND_BODY);
		if (fields->epoch >= 1 && fields->epoch <= self->keys->len)
			key = g_ptr_array_index(self->keys, fields->epoch - 1);
		found = key != NULL ? cm_vault_text_open_body(body, note, fields->epoch,
							      cm_vault_secret_peek(key), &content)
				    : CM_VAULT_CLASS_NOT_ENTITLED;
	}
	if (cm_vault_class_set_error(found, "note", error))
		return content;
	if (cm_agent_case_keep_is_of_earlier_keys(self))
		cm_agent_advice_add(error,
				    N_("The file is still under your earlier keys: “vault "
				       "carry-over” makes it that "
				       "of your new ones."),
				    NULL);
	return NULL;
}
