// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-text.h"

#include "daemon/vault/vault-box.h"
#include "daemon/vault/vault-minutes.h"
#include "daemon/vault/vault-stream.h"

#include <sodium.h>
#include <string.h>

#define PADDED_MIN 1024
#define MARK 0x80

static gboolean
equal(const guint8 *a, const guint8 *b, gsize length)
{
	return memcmp(a, b, length) == 0;
}

gsize
cm_vault_text_measure(gsize content_length)
{
	gsize padded = PADDED_MIN;

	while (padded < CM_VAULT_TEXT_SALT_BYTES + content_length + 1)
		padded *= 2;
	return padded;
}

guint64
cm_vault_text_measure_attachment(guint64 size)
{
	guint64 chunks = size / CM_VAULT_STREAM_CHUNK_BYTES +
			 (size % CM_VAULT_STREAM_CHUNK_BYTES > 0 || size == 0);

	return CM_VAULT_ATTACHMENT_HEAD_BYTES + chunks * CM_VAULT_ATTACHMENT_CHUNK_BYTES;
}

CmVaultSecret *
cm_vault_text_pad(const guint8 *salt, const CmVaultPart *content)
{
	gsize limit = cm_vault_fields_get_layout(CM_VAULT_KIND_CONTENT)->limit;
	g_autoptr(CmVaultSecret) padded = NULL;
	guint8 *octets = NULL;

	if (content->length > limit)
		return NULL;
	padded = cm_vault_secret_new(cm_vault_text_measure(content->length));
	if (padded == NULL)
		return NULL;
	octets = cm_vault_secret_get(padded);
	memcpy(octets, salt, CM_VAULT_TEXT_SALT_BYTES);
	memcpy(octets + CM_VAULT_TEXT_SALT_BYTES, content->data, content->length);
	octets[CM_VAULT_TEXT_SALT_BYTES + content->length] = MARK;
	return g_steal_pointer(&padded);
}

CmVaultClass
cm_vault_text_unpad(const CmVaultSecret *padded, const guint8 **out_salt, CmVaultPart *out_content)
{
	const guint8 *octets = cm_vault_secret_peek(padded);
	gsize length = cm_vault_secret_get_length(padded);
	gsize end = length;

	while (end > 0 && octets[end - 1] == 0)
		end--;
	if (end <= CM_VAULT_TEXT_SALT_BYTES || octets[end - 1] != MARK)
		return CM_VAULT_CLASS_MALFORMED;
	if (cm_vault_text_measure(end - 1 - CM_VAULT_TEXT_SALT_BYTES) != length)
		return CM_VAULT_CLASS_MALFORMED;
	*out_salt = octets;
	out_content->data = octets + CM_VAULT_TEXT_SALT_BYTES;
	out_content->length = end - 1 - CM_VAULT_TEXT_SALT_BYTES;
	return CM_VAULT_CLASS_OK;
}

void
cm_vault_text_commit(const CmVaultNote *note,
		     const guint8 *salt,
		     const CmVaultPart *content,
		     guint8 out_commitment[CM_VAULT_HASH_BYTES])
{
	guint8 generation[CM_VAULT_HASH_NUMBER_BYTES];
	const CmVaultPart parts[] = {{note->organisation, CM_VAULT_HASH_BYTES},
				     {note->case_id, CM_VAULT_ID_BYTES},
				     {note->note, CM_VAULT_ID_BYTES},
				     {note->author, CM_VAULT_ID_BYTES},
				     {generation, sizeof generation},
				     {salt, CM_VAULT_TEXT_SALT_BYTES},
				     *content};

	cm_vault_hash_write_number(note->author_generation, generation);
	cm_vault_hash("text", parts, G_N_ELEMENTS(parts), out_commitment);
}

void
cm_vault_text_identify_subject(const guint8 *key,
			       const guint8 *organisation,
			       const guint8 *case_id,
			       const gchar *reference,
			       guint8 out_subject[CM_VAULT_HASH_BYTES])
{
	const CmVaultPart parts[] = {{organisation, CM_VAULT_HASH_BYTES},
				     {case_id, CM_VAULT_ID_BYTES},
				     {reference, strlen(reference)}};
	guint8 subkey[CM_VAULT_KEY_BYTES];

	cm_vault_hash_derive(key, CM_VAULT_SUBKEY_SUBJECT, subkey);
	cm_vault_hash_keyed(subkey, "subject", parts, G_N_ELEMENTS(parts), out_subject);
	sodium_memzero(subkey, sizeof subkey);
}

/* a record whose last field is locked under a subkey */
static GBytes *
lock(CmVaultKind kind,
     gconstpointer fields,
     const guint8 *key,
     CmVaultSubkey number,
     const guint8 *nonce,
     const CmVaultSecret *plain)
{
	const CmVaultPart part = {cm_vault_secret_peek(plain), cm_vault_secret_get_length(plain)};
	guint8 subkey[CM_VAULT_KEY_BYTES];
	GBytes *octets = NULL;

	cm_vault_hash_derive(key, number, subkey);
	octets = cm_vault_box_lock_record(kind, fields, subkey, nonce, &part);
	sodium_memzero(subkey, sizeof subkey);
	return octets;
}

static CmVaultClass
unlock(const guint8 *key,
       CmVaultSubkey number,
       const guint8 *nonce,
       const CmVaultPart *bound,
       const CmVaultBytes *sealed,
       CmVaultSecret **out_plain)
{
	const CmVaultPart locked = {sealed->data, sealed->length};
	guint8 subkey[CM_VAULT_KEY_BYTES];
	CmVaultClass found = CM_VAULT_CLASS_OK;

	cm_vault_hash_derive(key, number, subkey);
	found = cm_vault_box_unlock(subkey, nonce, bound, &locked, out_plain);
	sodium_memzero(subkey, sizeof subkey);
	return found;
}

/* a record of its own, in guarded memory of its own */
static CmVaultClass
read_content(const CmVaultPart *content, CmVaultRecord **out_content)
{
	g_autoptr(CmVaultSecret) copy = cm_vault_secret_new_copy(content->data, content->length);
	g_autoptr(GBytes) octets = NULL;

	if (copy == NULL)
		return CM_VAULT_CLASS_MEMORY;
	octets = cm_vault_secret_free_to_bytes(g_steal_pointer(&copy));
	return cm_vault_record_read(CM_VAULT_KIND_CONTENT, octets, out_content);
}

CmVaultClass
cm_vault_text_read_padded(const CmVaultSecret *padded,
			  const guint8 **out_salt,
			  CmVaultRecord **out_content)
{
	CmVaultPart content = {0};
	CmVaultClass found = cm_vault_text_unpad(padded, out_salt, &content);

	return found == CM_VAULT_CLASS_OK ? read_content(&content, out_content) : found;
}

static gboolean
same_attachments(const CmVaultNote *note, const CmVaultContent *content)
{
	const CmVaultNoteAttachment *outside = note->attachments.items;
	const CmVaultContentAttachment *inside = content->attachments.items;

	if (note->attachments.count != content->attachments.count)
		return FALSE;
	for (guint i = 0; i < note->attachments.count; i++)
		if (!equal(outside[i].attachment, inside[i].attachment, CM_VAULT_ID_BYTES) ||
		    outside[i].size != cm_vault_text_measure_attachment(inside[i].size))
			return FALSE;
	return TRUE;
}

/* whether a content is what the note's author committed to */
static CmVaultClass
check_content(const CmVaultNote *note, const guint8 *salt, const CmVaultRecord *content)
{
	guint8 commitment[CM_VAULT_HASH_BYTES];
	CmVaultPart octets = {0};

	octets.data = g_bytes_get_data(cm_vault_record_get_octets(content), &octets.length);
	cm_vault_text_commit(note, salt, &octets, commitment);
	if (!equal(commitment, note->text_commitment, sizeof commitment) ||
	    !same_attachments(note, cm_vault_record_get_fields(content, CM_VAULT_KIND_CONTENT)))
		return CM_VAULT_CLASS_COMMITMENT;
	return CM_VAULT_CLASS_OK;
}

GBytes *
cm_vault_text_lock_body(const CmVaultRecord *note,
			guint32 epoch,
			const guint8 *key,
			const guint8 *salt,
			const CmVaultPart *content)
{
	const CmVaultNote *of = cm_vault_record_get_fields(note, CM_VAULT_KIND_NOTE);
	g_autoptr(CmVaultSecret) padded = cm_vault_text_pad(salt, content);
	guint8 nonce[CM_VAULT_BOX_NONCE_BYTES];
	CmVaultBody body = {.organisation = of->organisation,
			    .case_id = of->case_id,
			    .epoch = epoch,
			    .record = cm_vault_record_get_hash(note),
			    .nonce = nonce};

	if (padded == NULL)
		return NULL;
	randombytes_buf(nonce, sizeof nonce);
	body.sealed.length = cm_vault_secret_get_length(padded) + CM_VAULT_BOX_TAG_BYTES;
	return lock(CM_VAULT_KIND_BODY, &body, key, CM_VAULT_SUBKEY_BODY, nonce, padded);
}

/* `out_salt` is a view of `out_padded` */
static CmVaultClass
open_body(GBytes *octets,
	  const CmVaultRecord *note,
	  guint32 epoch,
	  const guint8 *key,
	  CmVaultSecret **out_padded,
	  const guint8 **out_salt,
	  CmVaultRecord **out_content)
{
	const CmVaultNote *of = cm_vault_record_get_fields(note, CM_VAULT_KIND_NOTE);
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	g_autoptr(CmVaultSecret) padded = NULL;
	const CmVaultBody *body = NULL;
	CmVaultPart bound = {0};
	CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_BODY, octets, &record);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	body = cm_vault_record_get_fields(record, CM_VAULT_KIND_BODY);
	if (!equal(body->organisation, of->organisation, CM_VAULT_HASH_BYTES))
		return CM_VAULT_CLASS_ORGANISATION;
	if (!equal(body->case_id, of->case_id, CM_VAULT_ID_BYTES) ||
	    !equal(body->record, cm_vault_record_get_hash(note), CM_VAULT_HASH_BYTES) ||
	    body->epoch != epoch)
		return CM_VAULT_CLASS_REPLACED;
	bound.data =
	    cm_vault_record_get_before(record, G_STRUCT_OFFSET(CmVaultBody, sealed), &bound.length);
	found = unlock(key, CM_VAULT_SUBKEY_BODY, body->nonce, &bound, &body->sealed, &padded);
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_text_read_padded(padded, out_salt, &content);
	if (found == CM_VAULT_CLASS_OK)
		found = check_content(of, *out_salt, content);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	*out_padded = g_steal_pointer(&padded);
	*out_content = g_steal_pointer(&content);
	return CM_VAULT_CLASS_OK;
}

CmVaultClass
cm_vault_text_open_body(GBytes *octets,
			const CmVaultRecord *note,
			guint32 epoch,
			const guint8 *key,
			CmVaultRecord **out_content)
{
	g_autoptr(CmVaultSecret) padded = NULL;
	const guint8 *salt = NULL;

	return open_body(octets, note, epoch, key, &padded, &salt, out_content);
}

CmVaultClass
cm_vault_text_open_body_for_export(GBytes *octets,
				   const CmVaultRecord *note,
				   guint32 epoch,
				   const guint8 *key,
				   GBytes **out_opened)
{
	g_autoptr(CmVaultSecret) padded = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	const guint8 *salt = NULL;
	CmVaultClass found = open_body(octets, note, epoch, key, &padded, &salt, &content);

	return found == CM_VAULT_CLASS_OK
		   ? cm_vault_text_write_opened(note, salt, content, out_opened)
		   : found;
}

CmVaultClass
cm_vault_text_write_opened(const CmVaultRecord *of,
			   const guint8 *salt,
			   const CmVaultRecord *content,
			   GBytes **out_opened)
{
	CmVaultOpened opened = {.record = cm_vault_record_get_hash(of), .salt = salt};
	CmVaultSecret *written = NULL;

	if (cm_vault_record_get_kind(of) == CM_VAULT_KIND_NOTE) {
		const CmVaultNote *note = cm_vault_record_get_fields(of, CM_VAULT_KIND_NOTE);

		opened.organisation = note->organisation;
		opened.case_id = note->case_id;
	} else {
		const CmVaultMinutes *minutes =
		    cm_vault_record_get_fields(of, CM_VAULT_KIND_MINUTES);

		opened.organisation = minutes->organisation;
	}
	opened.content.data =
	    g_bytes_get_data(cm_vault_record_get_octets(content), &opened.content.length);
	written = cm_vault_record_write_secret(CM_VAULT_KIND_OPENED, &opened);
	if (written == NULL)
		return CM_VAULT_CLASS_MEMORY;
	*out_opened = cm_vault_secret_free_to_bytes(written);
	return CM_VAULT_CLASS_OK;
}

/* a text in an export, whose note or minutes it is not yet held against */
static CmVaultClass
read_opened(const CmVaultRecord *record,
	    const CmVaultRecord *of,
	    const guint8 *organisation,
	    const guint8 *case_id,
	    CmVaultRecord **out_content)
{
	const CmVaultOpened *opened = cm_vault_record_get_fields(record, CM_VAULT_KIND_OPENED);
	const CmVaultPart part = {opened->content.data, opened->content.length};

	if (!equal(opened->organisation, organisation, CM_VAULT_HASH_BYTES))
		return CM_VAULT_CLASS_ORGANISATION;
	if (!equal(opened->case_id, case_id, CM_VAULT_ID_BYTES) ||
	    !equal(opened->record, cm_vault_record_get_hash(of), CM_VAULT_HASH_BYTES))
		return CM_VAULT_CLASS_REPLACED;
	return read_content(&part, out_content);
}

CmVaultClass
cm_vault_text_open_opened(GBytes *octets, const CmVaultRecord *of, CmVaultRecord **out_content)
{
	static const guint8 no_case[CM_VAULT_ID_BYTES] = {0};
	gboolean is_note = cm_vault_record_get_kind(of) == CM_VAULT_KIND_NOTE;
	const CmVaultNote *note =
	    is_note ? cm_vault_record_get_fields(of, CM_VAULT_KIND_NOTE) : NULL;
	const CmVaultMinutes *minutes =
	    is_note ? NULL : cm_vault_record_get_fields(of, CM_VAULT_KIND_MINUTES);
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	const guint8 *salt = NULL;
	CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_OPENED, octets, &record);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	found = read_opened(record, of, is_note ? note->organisation : minutes->organisation,
			    is_note ? note->case_id : no_case, &content);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	salt =
	    ((const CmVaultOpened *)cm_vault_record_get_fields(record, CM_VAULT_KIND_OPENED))->salt;
	found = is_note ? check_content(note, salt, content)
			: cm_vault_minutes_check_content(minutes, salt, content);
	if (found == CM_VAULT_CLASS_OK)
		*out_content = g_steal_pointer(&content);
	return found;
}

GBytes *
cm_vault_text_lock_draft(const CmVaultRecord *bundle,
			 const CmVaultDraft *draft,
			 const CmVaultPart *content)
{
	const CmVaultBundle *of = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	g_autoptr(CmVaultSecret) padded = NULL;
	guint8 nonce[CM_VAULT_BOX_NONCE_BYTES];
	guint8 salt[CM_VAULT_TEXT_SALT_BYTES];
	CmVaultDraft fields = *draft;

	randombytes_buf(salt, sizeof salt);
	randombytes_buf(nonce, sizeof nonce);
	padded = cm_vault_text_pad(salt, content);
	if (padded == NULL)
		return NULL;
	fields.organisation = of->organisation;
	fields.person = of->person;
	fields.generation = of->generation;
	fields.nonce = nonce;
	fields.sealed.data = NULL;
	fields.sealed.length = cm_vault_secret_get_length(padded) + CM_VAULT_BOX_TAG_BYTES;
	return lock(CM_VAULT_KIND_DRAFT, &fields, of->local_key, CM_VAULT_SUBKEY_DRAFT, nonce,
		    padded);
}

static CmVaultClass
check_owner(const CmVaultBundle *of,
	    const guint8 *organisation,
	    const guint8 *person,
	    guint32 generation)
{
	if (!equal(organisation, of->organisation, CM_VAULT_HASH_BYTES))
		return CM_VAULT_CLASS_ORGANISATION;
	if (!equal(person, of->person, CM_VAULT_ID_BYTES) || generation != of->generation)
		return CM_VAULT_CLASS_REPLACED;
	return CM_VAULT_CLASS_OK;
}

CmVaultClass
cm_vault_text_open_draft(GBytes *octets, const CmVaultRecord *bundle, CmVaultRecord **out_content)
{
	const CmVaultBundle *of = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmVaultSecret) padded = NULL;
	const CmVaultDraft *draft = NULL;
	const guint8 *salt = NULL;
	CmVaultPart bound = {0};
	CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_DRAFT, octets, &record);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	draft = cm_vault_record_get_fields(record, CM_VAULT_KIND_DRAFT);
	found = check_owner(of, draft->organisation, draft->person, draft->generation);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	bound.data = cm_vault_record_get_before(record, G_STRUCT_OFFSET(CmVaultDraft, sealed),
						&bound.length);
	found = unlock(of->local_key, CM_VAULT_SUBKEY_DRAFT, draft->nonce, &bound, &draft->sealed,
		       &padded);
	return found == CM_VAULT_CLASS_OK ? cm_vault_text_read_padded(padded, &salt, out_content)
					  : found;
}

GBytes *
cm_vault_text_lock_memory(const CmVaultRecord *bundle,
			  guint64 counter,
			  const CmVaultRemembered *remembered)
{
	const CmVaultBundle *of = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	g_autoptr(CmVaultSecret) plain =
	    cm_vault_record_write_secret(CM_VAULT_KIND_REMEMBERED, remembered);
	guint8 nonce[CM_VAULT_BOX_NONCE_BYTES];
	CmVaultMemory memory = {.organisation = of->organisation,
				.person = of->person,
				.generation = of->generation,
				.counter = counter,
				.nonce = nonce};

	if (plain == NULL)
		return NULL;
	randombytes_buf(nonce, sizeof nonce);
	memory.sealed.length = cm_vault_secret_get_length(plain) + CM_VAULT_BOX_TAG_BYTES;
	return lock(CM_VAULT_KIND_MEMORY, &memory, of->local_key, CM_VAULT_SUBKEY_MEMORY, nonce,
		    plain);
}

CmVaultClass
cm_vault_text_open_memory(GBytes *octets,
			  const CmVaultRecord *bundle,
			  CmVaultRecord **out_remembered)
{
	const CmVaultBundle *of = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmVaultSecret) plain = NULL;
	g_autoptr(GBytes) bytes = NULL;
	const CmVaultMemory *memory = NULL;
	CmVaultPart bound = {0};
	CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_MEMORY, octets, &record);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	memory = cm_vault_record_get_fields(record, CM_VAULT_KIND_MEMORY);
	found = check_owner(of, memory->organisation, memory->person, memory->generation);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	bound.data = cm_vault_record_get_before(record, G_STRUCT_OFFSET(CmVaultMemory, sealed),
						&bound.length);
	found = unlock(of->local_key, CM_VAULT_SUBKEY_MEMORY, memory->nonce, &bound,
		       &memory->sealed, &plain);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	bytes = cm_vault_secret_free_to_bytes(g_steal_pointer(&plain));
	return cm_vault_record_read(CM_VAULT_KIND_REMEMBERED, bytes, out_remembered);
}
