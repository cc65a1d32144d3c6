// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-rules.h"

#include "daemon/vault/vault-fields.h"
#include "daemon/vault/vault-hash.h"

#include <sodium.h>
#include <string.h>

#define PADDED_MIN 1024
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define DELAY_MIN 259200
#define CUSTODIANS_MIN 3
#define CUSTODIANS_MAX 9
#define WRAPPED_PASSPHRASE_BYTES 48
#define WRAPPED_BOX_BYTES 112
#define EPOCHS_MAX 1024
#define DAY_SECONDS 86400
#define EPOCH_DAY 719163 /* 1970-01-01, as GLib counts days */
#define ATTACHMENT_PLAIN_MAX (G_GUINT64_CONSTANT(1) << 36)

static gboolean
is_none(const guint8 *hash)
{
	return cm_vault_layout_is_none(hash, CM_VAULT_HASH_BYTES);
}

static gboolean
is_padded(const CmVaultBytes *sealed)
{
	gsize length = sealed->length - TAG_BYTES;

	return length >= PADDED_MIN && (length & (length - 1)) == 0;
}

/* whether ids at `offset` of a list's elements rise; each element begins with what it is sorted by, or has it there */
static gboolean
ids_ascend(const CmVaultList *list, CmVaultKind kind, gsize offset)
{
	const CmVaultLayout *element = cm_vault_fields_get_layout(kind);

	for (guint i = 1; i < list->count; i++) {
		const guint8 *before = cm_vault_layout_get_item(element, list, i - 1);
		const guint8 *after = cm_vault_layout_get_item(element, list, i);

		if (memcmp(*(const guint8 *const *)(before + offset),
			   *(const guint8 *const *)(after + offset), CM_VAULT_ID_BYTES) >= 0)
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_vault_rules_enrolment(gconstpointer fields)
{
	const CmVaultEnrolment *enrolment = fields;
	guint8 scalar[crypto_scalarmult_SCALARBYTES] = {1};
	guint8 product[crypto_scalarmult_BYTES];

	return crypto_core_ed25519_is_valid_point(enrolment->sign_key) == 1 &&
	       crypto_scalarmult(product, scalar, enrolment->box_key) == 0;
}

static gboolean
entry_holds(const CmVaultDirectoryEntry *entry, guint64 sequence)
{
	if (entry->since > sequence || entry->until > sequence)
		return FALSE;
	if ((entry->until == 0) != (entry->state == CM_VAULT_STATE_CURRENT))
		return FALSE;
	return entry->until == 0 || entry->until > entry->since;
}

static gboolean
entries_follow(const CmVaultDirectoryEntry *before, const CmVaultDirectoryEntry *after)
{
	gint order = memcmp(before->person, after->person, CM_VAULT_ID_BYTES);

	return order < 0 || (order == 0 && before->generation < after->generation);
}

static guint
key_hash(gconstpointer key)
{
	guint value = 0;

	memcpy(&value, key, sizeof value);
	return value;
}

static gboolean
key_equal(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, CM_VAULT_KEY_BYTES) == 0;
}

/* no key stands twice, and no person is current twice: entries are ascending already */
static gboolean
entries_differ(const CmVaultDirectoryEntry *entries, guint count)
{
	g_autoptr(GHashTable) sign_keys = g_hash_table_new(key_hash, key_equal);
	g_autoptr(GHashTable) box_keys = g_hash_table_new(key_hash, key_equal);
	const guint8 *current = NULL;

	for (guint i = 0; i < count; i++) {
		if (!g_hash_table_add(sign_keys, (gpointer)entries[i].sign_key) ||
		    !g_hash_table_add(box_keys, (gpointer)entries[i].box_key))
			return FALSE;
		if (entries[i].state != CM_VAULT_STATE_CURRENT)
			continue;
		if (current != NULL && memcmp(current, entries[i].person, CM_VAULT_ID_BYTES) == 0)
			return FALSE;
		current = entries[i].person;
	}
	return TRUE;
}

gboolean
cm_vault_rules_directory(gconstpointer fields)
{
	const CmVaultDirectory *directory = fields;
	const CmVaultDirectoryEntry *entries = directory->entries.items;
	guint custodians = 0;

	for (guint i = 0; i < directory->entries.count; i++) {
		if (!entry_holds(&entries[i], directory->sequence))
			return FALSE;
		if (i > 0 && !entries_follow(&entries[i - 1], &entries[i]))
			return FALSE;
		custodians += entries[i].state == CM_VAULT_STATE_CURRENT &&
			      (entries[i].roles & CM_VAULT_ROLE_CUSTODIAN) != 0;
	}
	if (custodians != 0 && (custodians < CUSTODIANS_MIN || custodians > CUSTODIANS_MAX))
		return FALSE;
	return is_none(directory->previous) == (directory->sequence == 1) &&
	       entries_differ(entries, directory->entries.count);
}

gboolean
cm_vault_rules_succession(gconstpointer fields)
{
	const CmVaultSuccession *succession = fields;

	return memcmp(succession->old_key, succession->new_key, CM_VAULT_KEY_BYTES) != 0;
}

static gboolean
is_first_epoch(const CmVaultEpoch *epoch)
{
	return epoch->last_sequence == 0 &&
	       memcmp(epoch->signer, epoch->responsible, CM_VAULT_ID_BYTES) == 0 &&
	       epoch->signer_generation == epoch->responsible_generation;
}

gboolean
cm_vault_rules_epoch(gconstpointer fields)
{
	const CmVaultEpoch *epoch = fields;
	gboolean first = epoch->epoch == 1;
	gboolean custodians = epoch->authority == CM_VAULT_AUTHORITY_CUSTODIANS;

	if ((epoch->authority == CM_VAULT_AUTHORITY_OPENING) != first ||
	    is_none(epoch->previous) != first)
		return FALSE;
	if (is_none(epoch->release_a) == custodians || is_none(epoch->release_b) == custodians)
		return FALSE;
	/* in one order, and not one twice */
	if (custodians && memcmp(epoch->release_a, epoch->release_b, CM_VAULT_HASH_BYTES) >= 0)
		return FALSE;
	if ((epoch->reason == CM_VAULT_REASON_OPENED) != first ||
	    (epoch->reason == CM_VAULT_REASON_LEFT_BEHIND) != custodians ||
	    epoch->epoch > EPOCHS_MAX)
		return FALSE;
	if (is_none(epoch->last_note) != (epoch->last_sequence == 0))
		return FALSE;
	return !first || is_first_epoch(epoch);
}

gboolean
cm_vault_rules_envelope(gconstpointer fields)
{
	const CmVaultEnvelope *envelope = fields;
	gboolean person = envelope->to == CM_VAULT_TO_PERSON;

	if ((envelope->rights & (CM_VAULT_RIGHT_WRITE | CM_VAULT_RIGHT_COSIGNED)) ==
	    CM_VAULT_RIGHT_COSIGNED)
		return FALSE;
	return (envelope->rights & CM_VAULT_RIGHT_READ) != 0 &&
	       (person || envelope->rights == CM_VAULT_RIGHT_READ) &&
	       is_none(envelope->deposit) == person;
}

/* days since 1970-01-01 of a date that is one */
static gint64
count_days(guint32 date)
{
	GDate day;

	g_date_clear(&day, 1);
	g_date_set_dmy(&day, (GDateDay)(date % 100), (GDateMonth)(date / 100 % 100),
		       (GDateYear)(date / 10000));
	return (gint64)g_date_get_julian(&day) - EPOCH_DAY;
}

/* whether a day can have been the author's at that second: no time zone is a day away from UTC */
static gboolean
is_day_of(guint32 date, guint64 second)
{
	return ABS(count_days(date) - (gint64)(second / DAY_SECONDS)) <= 1;
}

/* what a note or a draft is about, and whether it may be co-signed */
static gboolean
is_of_kind(guint8 kind, const guint8 *about, guint8 cosign)
{
	return is_none(about) == (kind < CM_VAULT_NOTE_AMENDMENT) &&
	       (cosign == 0 || kind != CM_VAULT_NOTE_COSIGNATURE);
}

/* all chunks of an attachment are whole */
static gboolean
are_whole(const CmVaultList *list)
{
	const CmVaultNoteAttachment *attachments = list->items;

	for (guint i = 0; i < list->count; i++)
		if (attachments[i].size % CM_VAULT_ATTACHMENT_CHUNK_BYTES !=
			CM_VAULT_ATTACHMENT_HEAD_BYTES ||
		    attachments[i].size == CM_VAULT_ATTACHMENT_HEAD_BYTES)
			return FALSE;
	return TRUE;
}

gboolean
cm_vault_rules_note(gconstpointer fields)
{
	const CmVaultNote *note = fields;

	return is_none(note->previous) == (note->sequence == 1) &&
	       is_of_kind(note->kind, note->about, note->cosign) &&
	       is_day_of(note->entered_on, note->entered_at) &&
	       note->occurred_on <= note->entered_on && are_whole(&note->attachments) &&
	       ids_ascend(&note->attachments, CM_VAULT_KIND_NOTE_ATTACHMENT,
			  G_STRUCT_OFFSET(CmVaultNoteAttachment, attachment));
}

gboolean
cm_vault_rules_body(gconstpointer fields)
{
	const CmVaultBody *body = fields;

	return is_padded(&body->sealed);
}

/* no way out of a folder, for who keeps it under its name */
static gboolean
is_name(const CmVaultBytes *name)
{
	return memchr(name->data, '/', name->length) == NULL &&
	       !(name->data[0] == '.' && name->length <= 2 && name->data[name->length - 1] == '.');
}

gboolean
cm_vault_rules_content(gconstpointer fields)
{
	const CmVaultContent *content = fields;
	const CmVaultContentAttachment *attachments = content->attachments.items;

	for (guint i = 0; i < content->attachments.count; i++)
		if (!is_name(&attachments[i].name) || attachments[i].size > ATTACHMENT_PLAIN_MAX)
			return FALSE;
	return ids_ascend(&content->attachments, CM_VAULT_KIND_CONTENT_ATTACHMENT,
			  G_STRUCT_OFFSET(CmVaultContentAttachment, attachment));
}

gboolean
cm_vault_rules_draft(gconstpointer fields)
{
	const CmVaultDraft *draft = fields;

	return is_padded(&draft->sealed) && is_of_kind(draft->kind, draft->about, draft->cosign);
}

gboolean
cm_vault_rules_minutes(gconstpointer fields)
{
	const CmVaultMinutes *minutes = fields;

	return is_padded(&minutes->sealed) &&
	       ids_ascend(&minutes->participants, CM_VAULT_KIND_PARTICIPANT,
			  G_STRUCT_OFFSET(CmVaultParticipant, person));
}

gboolean
cm_vault_rules_deposit(gconstpointer fields)
{
	const CmVaultDeposit *deposit = fields;
	const CmVaultDepositHalf *halves = deposit->custodians.items;

	for (guint i = 0; i < deposit->custodians.count; i++)
		if (memcmp(halves[i].custodian, deposit->person, CM_VAULT_ID_BYTES) == 0)
			return FALSE;
	return ids_ascend(&deposit->custodians, CM_VAULT_KIND_DEPOSIT_HALF,
			  G_STRUCT_OFFSET(CmVaultDepositHalf, custodian));
}

gboolean
cm_vault_rules_request(gconstpointer fields)
{
	const CmVaultRequest *request = fields;

	return request->delay >= DELAY_MIN &&
	       memcmp(request->recipient, request->custodian, CM_VAULT_ID_BYTES) != 0;
}

gboolean
cm_vault_rules_export(gconstpointer fields)
{
	const CmVaultExport *export = fields;
	gboolean passphrase = export->lock == CM_VAULT_LOCK_PASSPHRASE;

	return is_none(export->check) != passphrase &&
	       is_none(export->recipient_key) == passphrase &&
	       export->locked.length == (passphrase ? WRAPPED_PASSPHRASE_BYTES : WRAPPED_BOX_BYTES);
}

gboolean
cm_vault_rules_destruction(gconstpointer fields)
{
	const CmVaultDestruction *destruction = fields;
	const CmVaultDestroyedEpoch *epochs = destruction->epochs.items;

	for (guint i = 1; i < destruction->epochs.count; i++)
		if (epochs[i - 1].epoch >= epochs[i].epoch)
			return FALSE;
	return memcmp(destruction->first, destruction->second, CM_VAULT_ID_BYTES) != 0 &&
	       is_none(destruction->last_note) == (destruction->last_sequence == 0);
}

gboolean
cm_vault_rules_remembered(gconstpointer fields)
{
	const CmVaultRemembered *remembered = fields;
	const CmVaultRememberedCase *cases = remembered->cases.items;

	for (guint i = 0; i < remembered->cases.count; i++)
		if (is_none(cases[i].last_note) != (cases[i].sequence == 0))
			return FALSE;
	return is_none(remembered->directory_record) == (remembered->directory == 0) &&
	       ids_ascend(&remembered->cases, CM_VAULT_KIND_REMEMBERED_CASE,
			  G_STRUCT_OFFSET(CmVaultRememberedCase, case_id)) &&
	       ids_ascend(&remembered->drafts, CM_VAULT_KIND_REMEMBERED_DRAFT,
			  G_STRUCT_OFFSET(CmVaultRememberedDraft, draft));
}
