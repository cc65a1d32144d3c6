// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-attachment.h"

#include "daemon/common/descriptor-io.h"
#include "daemon/vault/vault-attachment.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* Where octets come from and go to; what went wrong there is told in `error`. */
typedef struct {
	gint from;
	gint to;
	gboolean refused; /* whoever takes them has had enough: they say why themselves */
	GCancellable *cancellable;
	GError **error;
} Way;

static gboolean
fail_cancelled(GError **error)
{
	cm_error_set(error, CM_ERROR_CANCELLED, N_("The keys were locked meanwhile."), NULL);
	return FALSE;
}

static gboolean
read_way(guint8 *octets, gsize length, gsize *out_length, gpointer user_data)
{
	Way *way = user_data;
	CmDescriptorIoEnd end = cm_descriptor_io_read(
	    way->from, octets, length, CM_AGENT_ATTACHMENT_SECONDS, way->cancellable, out_length);

	if (end == CM_DESCRIPTOR_IO_DONE)
		return TRUE;
	if (end == CM_DESCRIPTOR_IO_CANCELLED)
		return fail_cancelled(way->error);
	cm_error_set(way->error, CM_ERROR_INVALID_INPUT, N_("What was to be read did not come."),
		     NULL);
	return FALSE;
}

static gboolean
write_way(const guint8 *octets, gsize length, gpointer user_data)
{
	Way *way = user_data;
	CmDescriptorIoEnd end = cm_descriptor_io_write(
	    way->to, octets, length, CM_AGENT_ATTACHMENT_SECONDS, way->cancellable);

	if (end == CM_DESCRIPTOR_IO_DONE)
		return TRUE;
	if (end == CM_DESCRIPTOR_IO_CANCELLED)
		return fail_cancelled(way->error);
	way->refused = TRUE;
	return FALSE;
}

static CmVaultAttachment
make_place(const CmAgentNotes *notes, const guint8 *attachment)
{
	const CmVaultBundle *own = cm_vault_record_get_fields(notes->bundle, CM_VAULT_KIND_BUNDLE);

	return (CmVaultAttachment){
	    .organisation = own->organisation, .case_id = notes->case_id, .attachment = attachment};
}

CmVaultList
cm_agent_attachment_get_list(const CmVaultRecord *content)
{
	const CmVaultContent *fields =
	    content != NULL ? cm_vault_record_get_fields(content, CM_VAULT_KIND_CONTENT) : NULL;

	return fields != NULL ? fields->attachments : (CmVaultList){0};
}

static const CmVaultContentAttachment *
find(const CmVaultList *list, const guint8 *attachment)
{
	const CmVaultContentAttachment *items = list->items;

	for (guint i = 0; i < list->count; i++) {
		if (memcmp(items[i].attachment, attachment, CM_VAULT_ID_BYTES) == 0)
			return &items[i];
	}
	return NULL;
}

static gboolean
fail_missing(GError **error)
{
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such attachment."), NULL);
	return FALSE;
}

/* ---- drafts */

/* A draft that is changed: what it was. */
typedef struct {
	CmVaultRecord *record;
	CmVaultRecord *content;
} Before;

static void
before_clear(Before *before)
{
	cm_vault_record_unref(before->record);
	cm_vault_record_unref(before->content);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Before, before_clear)

static gboolean
open_draft(CmAgentNotes *notes, const guint8 *draft, Before *before, GError **error)
{
	g_autoptr(GBytes) octets = NULL;

	if (cm_agent_case_find_signed(notes->about, draft) != 0) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("This draft was signed: a note is amended, not changed."), NULL);
		return FALSE;
	}
	octets = cm_agent_notes_find_draft(notes, draft, error);
	if (octets == NULL)
		return FALSE;
	before->content = cm_agent_case_open_draft(notes->about, octets, notes->memory, error);
	return before->content != NULL &&
	       cm_vault_class_set_error(
		   cm_vault_record_read(CM_VAULT_KIND_DRAFT, octets, &before->record), "draft",
		   error);
}

/* the same draft with other attachments; they stand in the order of their ids */
static gboolean
put_draft(CmAgentNotes *notes, const Before *before, const GArray *attachments, GError **error)
{
	CmVaultContent content = *(const CmVaultContent *)cm_vault_record_get_fields(
	    before->content, CM_VAULT_KIND_CONTENT);
	CmVaultDraft draft =
	    *(const CmVaultDraft *)cm_vault_record_get_fields(before->record, CM_VAULT_KIND_DRAFT);
	g_autoptr(GBytes) octets = NULL;

	content.attachments = (CmVaultList){attachments->data, attachments->len};
	draft.revision++;
	octets = cm_agent_case_make_draft(notes->about, &draft, &content, error);
	return octets != NULL && cm_agent_notes_put_draft(notes, octets, error);
}

static gint
compare_ids(gconstpointer one, gconstpointer other)
{
	const CmVaultContentAttachment *a = one;
	const CmVaultContentAttachment *b = other;

	return memcmp(a->attachment, b->attachment, CM_VAULT_ID_BYTES);
}

/* views: of the draft's, and of `more`, which may be NULL; without the one of `but`, which may be NULL */
static GArray *
list_with(const CmVaultList *list, const CmVaultContentAttachment *more, const guint8 *but)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(CmVaultContentAttachment));
	const CmVaultContentAttachment *items = list->items;

	for (guint i = 0; i < list->count; i++) {
		if (but == NULL || memcmp(items[i].attachment, but, CM_VAULT_ID_BYTES) != 0)
			g_array_append_val(all, items[i]);
	}
	if (more != NULL)
		g_array_append_val(all, *more);
	g_array_sort(all, compare_ids);
	return all;
}

/* ---- handing over */

/* whether a content may have such an attachment: before anything is handed over for it */
static gboolean
check_file(const CmVaultContentAttachment *attachment, guint count, GError **error)
{
	static const gchar language[] = "und";
	CmVaultSection section = {0};
	CmVaultContentAttachment copy = *attachment;
	const CmVaultContent content = {.language = {(const guint8 *)language, sizeof language - 1},
					.sections = {&section, 1},
					.attachments = {&copy, 1}};
	CmVaultSecret *written = cm_vault_record_write_secret(CM_VAULT_KIND_CONTENT, &content);
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(GBytes) octets = NULL;

	if (count >= CM_AGENT_ATTACHMENT_MAX) {
		cm_vault_secret_free(written);
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A note has 64 attachments at most."), NULL);
		return FALSE;
	}
	if (written == NULL)
		return cm_vault_class_set_error(CM_VAULT_CLASS_MEMORY, "attachment", error);
	octets = cm_vault_secret_free_to_bytes(written);
	if (cm_vault_record_read(CM_VAULT_KIND_CONTENT, octets, &record) == CM_VAULT_CLASS_OK)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("An attachment's name is UTF-8 of 255 octets at most, without “/”."), NULL);
	return FALSE;
}

/* what was locked is what comodald has */
static gboolean
compare_measures(const CmVaultAttachmentMeasure *measure,
		 const CmVaultAttachmentMeasure *taken,
		 GError **error)
{
	gboolean same = taken->stream == measure->stream &&
			memcmp(taken->digest, measure->digest, CM_VAULT_HASH_BYTES) == 0;

	return cm_vault_class_set_error(same ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_COMMITMENT,
					"attachment", error);
}

/* all was locked, or comodald had enough before: what it says counts */
static gboolean
check_upload(CmVaultClass found,
	     gboolean refused,
	     GError *answer,
	     const CmVaultAttachmentMeasure *measure,
	     const CmVaultAttachmentMeasure *taken,
	     GError **error)
{
	if (!refused && !cm_vault_class_set_offered_error(found, "attachment", error))
		return FALSE;
	if (answer == NULL)
		return compare_measures(measure, taken, error);
	g_propagate_error(error, g_error_copy(answer));
	return FALSE;
}

static gboolean
hand_over(CmAgentNotes *notes,
	  const CmVaultAttachment *which,
	  const guint8 *key,
	  gint from,
	  CmVaultAttachmentMeasure *out_measure,
	  GError **error)
{
	gint ends[2] = {-1, -1};
	Way way = {.from = from, .cancellable = notes->cancellable, .error = error};
	const CmVaultAttachmentIo io = {read_way, write_way, &way};
	CmAgentComodaldUpload *upload = NULL;
	CmVaultAttachmentMeasure there = {0};
	CmVaultClass found = CM_VAULT_CLASS_OK;
	g_autoptr(GError) answer = NULL;
	gboolean locked = FALSE;
	gboolean taken = FALSE;

	if (!cm_descriptor_io_open_pair(ends)) {
		cm_error_set(error, CM_ERROR_FAILED, N_("The attachment can't be handed over."),
			     NULL);
		return FALSE;
	}
	way.to = ends[0];
	upload = cm_agent_comodald_begin_upload(notes->comodald, which->case_id, which->attachment,
						ends[1], notes->cancellable, error);
	close(ends[1]);
	if (upload != NULL)
		locked = cm_vault_attachment_lock(which, key, &io, out_measure, &found);
	close(ends[0]);
	taken = upload != NULL &&
		cm_agent_comodald_end_upload(upload, &there.stream, there.digest, &answer);
	/* else what was to be locked did not come */
	return (taken || answer != NULL) && (locked || way.refused) &&
	       check_upload(found, way.refused, answer, out_measure, &there, error);
}

/* whatever has come of it: nobody has its key. If comodald does not answer, it forgets it by itself */
static void
forget(CmAgentNotes *notes, const guint8 *attachment)
{
	g_autoptr(GError) ignored = NULL;

	(void)!cm_agent_comodald_drop_attachment(notes->comodald, notes->case_id, attachment, NULL,
						 &ignored);
}

gboolean
cm_agent_attachment_add(CmAgentNotes *notes,
			const guint8 *draft,
			const CmAgentAttachmentFile *file,
			guint8 *out_attachment,
			guint64 *out_size,
			GError **error)
{
	g_auto(Before) before = {0};
	g_autoptr(CmVaultSecret) key = cm_vault_secret_new_random(CM_VAULT_KEY_BYTES);
	g_autoptr(GArray) attachments = NULL;
	CmVaultList list = {0};
	CmVaultAttachmentMeasure measure = {0};
	guint8 id[CM_VAULT_ID_BYTES];
	const CmVaultAttachment which = make_place(notes, id);
	CmVaultContentAttachment added = {
	    .attachment = id,
	    .name = {cm_vault_secret_peek(file->name), cm_vault_secret_get_length(file->name)},
	    .media_type = {(const guint8 *)file->media_type, strlen(file->media_type)}};

	if (key == NULL)
		return cm_vault_class_set_error(CM_VAULT_CLASS_MEMORY, "attachment", error);
	randombytes_buf(id, sizeof id);
	added.key = cm_vault_secret_peek(key);
	if (!cm_agent_case_check_writable(notes->about, error) ||
	    !open_draft(notes, draft, &before, error))
		return FALSE;
	list = cm_agent_attachment_get_list(before.content);
	if (!check_file(&added, list.count, error))
		return FALSE;
	if (!hand_over(notes, &which, added.key, file->fd, &measure, error)) {
		forget(notes, id);
		return FALSE;
	}
	added.size = measure.plain;
	attachments = list_with(&list, &added, NULL);
	if (!put_draft(notes, &before, attachments, error)) {
		forget(notes, id);
		return FALSE;
	}
	memcpy(out_attachment, id, sizeof id);
	*out_size = measure.plain;
	return TRUE;
}

gboolean
cm_agent_attachment_remove(CmAgentNotes *notes,
			   const guint8 *draft,
			   const guint8 *attachment,
			   GError **error)
{
	g_auto(Before) before = {0};
	g_autoptr(GArray) attachments = NULL;
	CmVaultList list = {0};

	if (!open_draft(notes, draft, &before, error))
		return FALSE;
	list = cm_agent_attachment_get_list(before.content);
	if (find(&list, attachment) == NULL)
		return fail_missing(error);
	attachments = list_with(&list, NULL, attachment);
	return put_draft(notes, &before, attachments, error) &&
	       cm_agent_comodald_drop_attachment(notes->comodald, notes->case_id, attachment,
						 notes->cancellable, error);
}

/* ---- reading */

/* through all of it; `to`: where the file goes, -1: nowhere */
static gboolean
read_through(CmAgentNotes *notes,
	     const CmVaultAttachmentQuestion *question,
	     gint from,
	     gint to,
	     CmVaultAttachmentMeasure *out_measure,
	     GError **error)
{
	Way way = {.from = from, .to = to, .cancellable = notes->cancellable, .error = error};
	const CmVaultAttachmentIo io = {read_way, to >= 0 ? write_way : NULL, &way};
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (cm_vault_attachment_open(question, &io, out_measure, &found))
		return cm_vault_class_set_error(found, "attachment", error);
	if (way.refused)
		cm_error_set(error, CM_ERROR_FAILED,
			     N_("Whoever was to take the attachment did not."), NULL);
	return FALSE;
}

void
cm_agent_attachment_names_clear(CmAgentAttachmentNames *names)
{
	g_clear_pointer(&names->items, g_free);
	g_clear_pointer(&names->digests, g_free);
}

static gboolean
name_one(CmAgentNotes *notes,
	 const CmVaultContentAttachment *attachment,
	 CmVaultNoteAttachment *out_item,
	 guint8 *out_digest,
	 GError **error)
{
	const CmVaultAttachment which = make_place(notes, attachment->attachment);
	const CmVaultAttachmentQuestion question = {
	    .which = &which, .key = attachment->key, .size = attachment->size};
	CmVaultAttachmentMeasure measure = {0};
	gboolean good = FALSE;
	gint fd = cm_agent_comodald_get_attachment(
	    notes->comodald, notes->case_id, attachment->attachment, notes->cancellable, error);

	if (fd < 0)
		return FALSE;
	good = read_through(notes, &question, fd, -1, &measure, error);
	close(fd);
	memcpy(out_digest, measure.digest, CM_VAULT_HASH_BYTES);
	*out_item = (CmVaultNoteAttachment){
	    .attachment = attachment->attachment, .size = measure.stream, .digest = out_digest};
	return good;
}

gboolean
cm_agent_attachment_name(CmAgentNotes *notes,
			 const CmVaultRecord *content,
			 CmAgentAttachmentNames *out_names,
			 GError **error)
{
	const CmVaultList list = cm_agent_attachment_get_list(content);
	const CmVaultContentAttachment *items = list.items;

	out_names->items = g_new0(CmVaultNoteAttachment, list.count);
	out_names->digests = g_malloc0_n(list.count, CM_VAULT_HASH_BYTES);
	out_names->count = list.count;
	for (guint i = 0; i < list.count; i++) {
		if (!name_one(notes, &items[i], &out_names->items[i], out_names->digests[i], error))
			return FALSE;
	}
	return TRUE;
}

/* what the note, which was checked, says of it: a content's attachments are the note's, in its order */
static const CmVaultNoteAttachment *
find_named(const CmAgentNotes *notes, guint64 sequence, const guint8 *attachment)
{
	const CmVaultNote *note = cm_vault_record_get_fields(
	    cm_vault_case_get_note(cm_agent_case_get(notes->about), sequence), CM_VAULT_KIND_NOTE);
	const CmVaultNoteAttachment *items = note->attachments.items;

	for (guint i = 0; i < note->attachments.count; i++) {
		if (memcmp(items[i].attachment, attachment, CM_VAULT_ID_BYTES) == 0)
			return &items[i];
	}
	return NULL;
}

gboolean
cm_agent_attachment_save(CmAgentNotes *notes,
			 guint64 sequence,
			 const guint8 *attachment,
			 gint fd,
			 guint64 *out_size,
			 GError **error)
{
	g_autoptr(CmVaultRecord) content = cm_agent_notes_read(notes, sequence, error);
	const CmVaultList list = cm_agent_attachment_get_list(content);
	const CmVaultContentAttachment *inside = find(&list, attachment);
	const CmVaultAttachment which = make_place(notes, attachment);
	CmVaultAttachmentQuestion question = {.which = &which};
	CmVaultAttachmentMeasure measure = {0};
	gboolean good = FALSE;
	gint from = -1;

	if (content == NULL)
		return FALSE;
	question.named = find_named(notes, sequence, attachment);
	if (inside == NULL || question.named == NULL)
		return fail_missing(error);
	question.key = inside->key;
	question.size = inside->size;
	from = cm_agent_comodald_get_attachment(notes->comodald, notes->case_id, attachment,
						notes->cancellable, error);
	if (from < 0)
		return FALSE;
	good = read_through(notes, &question, from, -1, &measure, error);
	/* each octet is held against its place and its key again: somebody may change the file meanwhile */
	if (good && lseek(from, 0, SEEK_SET) != 0)
		good = cm_vault_class_set_error(CM_VAULT_CLASS_TRUNCATED, "attachment", error);
	if (good)
		good = read_through(notes, &question, from, fd, &measure, error);
	close(from);
	*out_size = measure.plain;
	return good;
}
