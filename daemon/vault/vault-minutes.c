// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-minutes.h"

#include "daemon/vault/vault-box.h"
#include "daemon/vault/vault-text.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define BOUND_BYTES (3 * CM_VAULT_HASH_BYTES + CM_VAULT_ID_BYTES)

static gboolean
equal(const guint8 *a, const guint8 *b, gsize length)
{
	return memcmp(a, b, length) == 0;
}

/* ---- what writing and reading share */

static void
commit_text(const CmVaultMinutes *minutes,
	    const guint8 *salt,
	    const CmVaultPart *content,
	    guint8 out_commitment[CM_VAULT_HASH_BYTES])
{
	const CmVaultPart parts[] = {{minutes->organisation, CM_VAULT_HASH_BYTES},
				     {minutes->minutes, CM_VAULT_ID_BYTES},
				     {salt, CM_VAULT_TEXT_SALT_BYTES},
				     *content};

	cm_vault_hash("minutes-text", parts, G_N_ELEMENTS(parts), out_commitment);
}

static void
commit_key(const CmVaultMinutes *minutes,
	   const guint8 *key,
	   guint8 out_commitment[CM_VAULT_HASH_BYTES])
{
	const CmVaultPart parts[] = {{minutes->organisation, CM_VAULT_HASH_BYTES},
				     {minutes->minutes, CM_VAULT_ID_BYTES},
				     {key, CM_VAULT_KEY_BYTES}};

	cm_vault_hash("minutes-key", parts, G_N_ELEMENTS(parts), out_commitment);
}

static void
bind(const CmVaultMinutes *minutes,
     const CmVaultParticipant *reader,
     guint8 out_binding[CM_VAULT_HASH_BYTES])
{
	guint8 author[CM_VAULT_HASH_NUMBER_BYTES];
	guint8 generation[CM_VAULT_HASH_NUMBER_BYTES];
	const CmVaultPart parts[] = {
	    {minutes->organisation, CM_VAULT_HASH_BYTES},  {minutes->minutes, CM_VAULT_ID_BYTES},
	    {minutes->author, CM_VAULT_ID_BYTES},          {author, sizeof author},
	    {reader->person, CM_VAULT_ID_BYTES},           {generation, sizeof generation},
	    {minutes->key_commitment, CM_VAULT_HASH_BYTES}};

	cm_vault_hash_write_number(minutes->author_generation, author);
	cm_vault_hash_write_number(reader->generation, generation);
	cm_vault_hash("minutes-binding", parts, G_N_ELEMENTS(parts), out_binding);
}

/* what the locked text is bound to */
static void
write_bound(const CmVaultMinutes *minutes, guint8 out_octets[BOUND_BYTES])
{
	guint8 *next = out_octets;

	memcpy(next, minutes->organisation, CM_VAULT_HASH_BYTES);
	next += CM_VAULT_HASH_BYTES;
	memcpy(next, minutes->minutes, CM_VAULT_ID_BYTES);
	next += CM_VAULT_ID_BYTES;
	memcpy(next, minutes->key_commitment, CM_VAULT_HASH_BYTES);
	next += CM_VAULT_HASH_BYTES;
	memcpy(next, minutes->text_commitment, CM_VAULT_HASH_BYTES);
}

CmVaultClass
cm_vault_minutes_check_content(const CmVaultMinutes *minutes,
			       const guint8 *salt,
			       const CmVaultRecord *content)
{
	const CmVaultContent *fields = cm_vault_record_get_fields(content, CM_VAULT_KIND_CONTENT);
	guint8 commitment[CM_VAULT_HASH_BYTES];
	CmVaultPart octets = {0};

	if (fields->attachments.count > 0)
		return CM_VAULT_CLASS_MALFORMED;
	octets.data = g_bytes_get_data(cm_vault_record_get_octets(content), &octets.length);
	commit_text(minutes, salt, &octets, commitment);
	return equal(commitment, minutes->text_commitment, sizeof commitment)
		   ? CM_VAULT_CLASS_OK
		   : CM_VAULT_CLASS_COMMITMENT;
}

/* ---- writing */

/* What minutes are made of until they are signed. */
typedef struct {
	CmVaultMinutes fields;
	CmVaultSecret *key;
	CmVaultParticipant *participants;
	guint8 *sealed; /* of the participants, CM_VAULT_BOX_SEALED_BYTES each */
	guint8 *text;   /* locked */
	guint8 key_commitment[CM_VAULT_HASH_BYTES];
	guint8 text_commitment[CM_VAULT_HASH_BYTES];
	guint8 nonce[CM_VAULT_BOX_NONCE_BYTES];
	guint8 salt[CM_VAULT_TEXT_SALT_BYTES];
} Making;

static void
making_clear(Making *making)
{
	cm_vault_secret_free(making->key);
	g_free(making->participants);
	g_free(making->sealed);
	g_free(making->text);
	sodium_memzero(making->salt, sizeof making->salt);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Making, making_clear)

static int
compare_participants(const void *a, const void *b)
{
	return memcmp(((const CmVaultParticipant *)a)->person,
		      ((const CmVaultParticipant *)b)->person, CM_VAULT_ID_BYTES);
}

static CmVaultClass
seal_key(Making *making, const CmVaultPeople *people, guint index)
{
	CmVaultParticipant *participant = &making->participants[index];
	guint8 *sealed = making->sealed + index * (gsize)CM_VAULT_BOX_SEALED_BYTES;
	const CmVaultDirectoryEntry *entry = cm_vault_people_find_at(
	    people, participant->person, participant->generation, making->fields.directory);
	guint8 binding[CM_VAULT_HASH_BYTES];

	if (entry == NULL)
		return CM_VAULT_CLASS_NOT_ENTITLED;
	bind(&making->fields, participant, binding);
	participant->sealed = sealed;
	return cm_vault_box_seal(entry->box_key, cm_vault_secret_peek(making->key), binding, sealed)
		   ? CM_VAULT_CLASS_OK
		   : CM_VAULT_CLASS_MEMORY;
}

static CmVaultClass
seal_for_all(Making *making, const CmVaultPeople *people)
{
	CmVaultList *list = &making->fields.participants;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	making->participants = g_memdup2(list->items, list->count * sizeof(CmVaultParticipant));
	making->sealed = g_malloc0_n(list->count, CM_VAULT_BOX_SEALED_BYTES);
	qsort(making->participants, list->count, sizeof(CmVaultParticipant), compare_participants);
	list->items = making->participants;
	for (guint i = 0; found == CM_VAULT_CLASS_OK && i < list->count; i++)
		found = seal_key(making, people, i);
	return found;
}

static CmVaultClass
lock_text(Making *making, const CmVaultPart *content)
{
	g_autoptr(CmVaultSecret) padded = cm_vault_text_pad(making->salt, content);
	guint8 octets[BOUND_BYTES];
	guint8 subkey[CM_VAULT_KEY_BYTES];
	const CmVaultPart bound = {octets, sizeof octets};
	CmVaultPart plain = {0};

	if (padded == NULL)
		return CM_VAULT_CLASS_MEMORY;
	plain.data = cm_vault_secret_peek(padded);
	plain.length = cm_vault_secret_get_length(padded);
	making->fields.sealed.length = plain.length + CM_VAULT_BOX_TAG_BYTES;
	making->text = g_malloc(making->fields.sealed.length);
	making->fields.sealed.data = making->text;
	write_bound(&making->fields, octets);
	cm_vault_hash_derive(cm_vault_secret_peek(making->key), CM_VAULT_SUBKEY_MINUTES, subkey);
	cm_vault_box_lock(subkey, making->nonce, &bound, &plain, making->text);
	sodium_memzero(subkey, sizeof subkey);
	return CM_VAULT_CLASS_OK;
}

/* everything but what is sealed and locked */
static CmVaultClass
prepare(Making *making,
	const CmVaultPeople *people,
	const CmVaultBundle *own,
	const CmVaultPart *content)
{
	CmVaultMinutes *fields = &making->fields;

	if (fields->participants.count == 0 ||
	    fields->participants.count > CM_VAULT_MINUTES_PARTICIPANTS_MAX)
		return CM_VAULT_CLASS_MALFORMED;
	making->key = cm_vault_secret_new_random(CM_VAULT_KEY_BYTES);
	if (making->key == NULL)
		return CM_VAULT_CLASS_MEMORY;
	randombytes_buf(making->nonce, sizeof making->nonce);
	randombytes_buf(making->salt, sizeof making->salt);
	fields->organisation = own->organisation;
	fields->author = own->person;
	fields->author_generation = own->generation;
	fields->directory = cm_vault_people_get_directory(people)->sequence;
	commit_key(fields, cm_vault_secret_peek(making->key), making->key_commitment);
	commit_text(fields, making->salt, content, making->text_commitment);
	fields->key_commitment = making->key_commitment;
	fields->text_commitment = making->text_commitment;
	fields->nonce = making->nonce;
	return CM_VAULT_CLASS_OK;
}

/* what was signed reads, and its text is one of minutes */
static CmVaultClass
check_written(const Making *making, GBytes *octets, const CmVaultPart *content)
{
	g_autoptr(CmVaultSecret) copy = cm_vault_secret_new_copy(content->data, content->length);
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmVaultRecord) text = NULL;
	g_autoptr(GBytes) bytes = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (copy == NULL)
		return CM_VAULT_CLASS_MEMORY;
	bytes = cm_vault_secret_free_to_bytes(g_steal_pointer(&copy));
	found = cm_vault_record_read(CM_VAULT_KIND_MINUTES, octets, &record);
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_record_read(CM_VAULT_KIND_CONTENT, bytes, &text);
	return found == CM_VAULT_CLASS_OK
		   ? cm_vault_minutes_check_content(&making->fields, making->salt, text)
		   : found;
}

CmVaultClass
cm_vault_minutes_write(const CmVaultPeople *people,
		       const CmVaultRecord *bundle,
		       const CmVaultMinutes *minutes,
		       const CmVaultPart *content,
		       GBytes **out_minutes)
{
	const CmVaultBundle *own = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	g_auto(Making) making = {.fields = *minutes};
	g_autoptr(GBytes) octets = NULL;
	CmVaultClass found = prepare(&making, people, own, content);

	if (found == CM_VAULT_CLASS_OK)
		found = seal_for_all(&making, people);
	if (found == CM_VAULT_CLASS_OK)
		found = lock_text(&making, content);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	octets = cm_vault_record_sign(CM_VAULT_KIND_MINUTES, &making.fields, &own->sign_seed, 1);
	found = octets != NULL ? check_written(&making, octets, content) : CM_VAULT_CLASS_MEMORY;
	if (found == CM_VAULT_CLASS_OK)
		*out_minutes = g_steal_pointer(&octets);
	return found;
}

/* ---- reading */

static const CmVaultParticipant *
find_participant(const CmVaultMinutes *minutes, const guint8 *reader, guint32 generation)
{
	const CmVaultParticipant *participants = minutes->participants.items;

	for (guint i = 0; i < minutes->participants.count; i++)
		if (equal(participants[i].person, reader, CM_VAULT_ID_BYTES) &&
		    participants[i].generation == generation)
			return &participants[i];
	return NULL;
}

/* the minutes' key, checked against its commitment */
static CmVaultClass
open_key(const CmVaultMinutes *minutes,
	 const CmVaultParticipant *reader,
	 const guint8 *box_secret,
	 CmVaultSecret **out_key)
{
	g_autoptr(CmVaultSecret) key = NULL;
	guint8 hash[CM_VAULT_HASH_BYTES];
	CmVaultClass found = CM_VAULT_CLASS_OK;

	bind(minutes, reader, hash);
	found = cm_vault_box_open(box_secret, reader->sealed, hash, &key);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	commit_key(minutes, cm_vault_secret_peek(key), hash);
	if (!equal(hash, minutes->key_commitment, sizeof hash))
		return CM_VAULT_CLASS_COMMITMENT;
	*out_key = g_steal_pointer(&key);
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
unlock_text(const CmVaultMinutes *minutes, const CmVaultSecret *key, CmVaultSecret **out_padded)
{
	const CmVaultPart locked = {minutes->sealed.data, minutes->sealed.length};
	guint8 octets[BOUND_BYTES];
	guint8 subkey[CM_VAULT_KEY_BYTES];
	const CmVaultPart bound = {octets, sizeof octets};
	CmVaultClass found = CM_VAULT_CLASS_OK;

	write_bound(minutes, octets);
	cm_vault_hash_derive(cm_vault_secret_peek(key), CM_VAULT_SUBKEY_MINUTES, subkey);
	found = cm_vault_box_unlock(subkey, minutes->nonce, &bound, &locked, out_padded);
	sodium_memzero(subkey, sizeof subkey);
	return found;
}

/* `out_salt` is a view of `out_padded` */
static CmVaultClass
open(const CmVaultMinutes *minutes,
     const CmVaultParticipant *participant,
     const guint8 *box_secret,
     CmVaultSecret **out_padded,
     const guint8 **out_salt,
     CmVaultRecord **out_content)
{
	g_autoptr(CmVaultSecret) key = NULL;
	g_autoptr(CmVaultSecret) padded = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (participant == NULL)
		return CM_VAULT_CLASS_NOT_ENTITLED;
	found = open_key(minutes, participant, box_secret, &key);
	if (found == CM_VAULT_CLASS_OK)
		found = unlock_text(minutes, key, &padded);
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_text_read_padded(padded, out_salt, &content);
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_minutes_check_content(minutes, *out_salt, content);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	*out_padded = g_steal_pointer(&padded);
	*out_content = g_steal_pointer(&content);
	return CM_VAULT_CLASS_OK;
}

CmVaultClass
cm_vault_minutes_open(const CmVaultRecord *minutes,
		      const guint8 *reader,
		      guint32 generation,
		      const guint8 *box_secret,
		      CmVaultRecord **out_content)
{
	const CmVaultMinutes *of = cm_vault_record_get_fields(minutes, CM_VAULT_KIND_MINUTES);
	g_autoptr(CmVaultSecret) padded = NULL;
	const guint8 *salt = NULL;

	return open(of, find_participant(of, reader, generation), box_secret, &padded, &salt,
		    out_content);
}

CmVaultClass
cm_vault_minutes_open_for_export(const CmVaultRecord *minutes,
				 const guint8 *reader,
				 guint32 generation,
				 const guint8 *box_secret,
				 GBytes **out_opened)
{
	const CmVaultMinutes *of = cm_vault_record_get_fields(minutes, CM_VAULT_KIND_MINUTES);
	g_autoptr(CmVaultSecret) padded = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	const guint8 *salt = NULL;
	CmVaultClass found = open(of, find_participant(of, reader, generation), box_secret, &padded,
				  &salt, &content);

	return found == CM_VAULT_CLASS_OK
		   ? cm_vault_text_write_opened(minutes, salt, content, out_opened)
		   : found;
}
