// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-export.h"

#include "daemon/agent/agent-export-beside.h"
#include "daemon/agent/agent-vouch.h"
#include "daemon/vault/vault-frames.h"
#include "daemon/vault/vault-keyring.h"
#include "daemon/vault/vault-text.h"
#include "include/cm-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

/* in which order the records of a case stand in an export; heads come behind the texts */
static const CmVaultKind before_texts[] = {
    CM_VAULT_KIND_DEPOSIT, CM_VAULT_KIND_REQUEST,  CM_VAULT_KIND_REFUSAL, CM_VAULT_KIND_RELEASE,
    CM_VAULT_KIND_EPOCH,   CM_VAULT_KIND_ENVELOPE, CM_VAULT_KIND_NOTE};

typedef struct {
	CmAgentNotes *notes;
	const CmAgentExportOrder *order;
	GPtrArray *first; /* of GBytes: what stands before the texts */
	GPtrArray *heads;
	gint fd;
} Making;

static void
making_clear(Making *making)
{
	g_clear_pointer(&making->first, g_ptr_array_unref);
	g_clear_pointer(&making->heads, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Making, making_clear)

static void
unref_bytes(gpointer bytes)
{
	g_bytes_unref(bytes);
}

static void
add_kind(GPtrArray *list, const GArray *frames, CmVaultKind kind)
{
	for (guint i = 0; i < frames->len; i++) {
		const CmVaultFrame *frame = &g_array_index(frames, CmVaultFrame, i);

		if (frame->kind == kind)
			g_ptr_array_add(list, g_bytes_ref(frame->octets));
	}
}

/* all successions, and the directory that the case was checked by */
static gboolean
gather_people(Making *making, GError **error)
{
	CmAgentNotes *notes = making->notes;
	g_autoptr(GBytes) octets =
	    cm_agent_comodald_list_directories(notes->comodald, 0, notes->cancellable, error);
	g_autoptr(GArray) frames = NULL;

	if (octets == NULL ||
	    !cm_vault_class_set_error(
		cm_vault_frames_split(octets,
				      CM_VAULT_RECORD_OF(CM_VAULT_KIND_DIRECTORY) |
					  CM_VAULT_RECORD_OF(CM_VAULT_KIND_SUCCESSION),
				      &frames),
		"directory", error))
		return FALSE;
	add_kind(making->first, frames, CM_VAULT_KIND_SUCCESSION);
	g_ptr_array_add(making->first, g_bytes_ref(cm_vault_record_get_octets(
					   cm_vault_people_get_record(notes->people))));
	return TRUE;
}

/* as whoever receives it takes it: what keys that were stolen since had signed is its exporter's word */
static CmVaultClass
add_as_received(CmVaultCase *checked, GBytes *octets)
{
	CmVaultClass found = cm_vault_case_add(checked, octets, NULL);

	return found == CM_VAULT_CLASS_REVOKED ? cm_vault_case_add_kept(checked, octets, NULL)
					       : found;
}

/* by kind, refusals come before releases: what the owner refused is not for whoever receives it */
static CmVaultClass
add_first(const Making *making, guint from, CmVaultCase *checked)
{
	CmVaultClass found = CM_VAULT_CLASS_OK;
	guint i = from;

	while (found == CM_VAULT_CLASS_OK && i < making->first->len) {
		GBytes *octets = g_ptr_array_index(making->first, i);

		found = add_as_received(checked, octets);
		if (!cm_vault_case_is_passed_over(found, octets)) {
			i++;
			continue;
		}
		g_ptr_array_remove_index(making->first, i);
		found = CM_VAULT_CLASS_OK;
	}
	return found;
}

/* the very case that the agent believes, and nothing that a stranger would refuse */
static CmVaultClass
check_case(const Making *making, guint from)
{
	const CmVaultCase *known = cm_agent_case_get(making->notes->about);
	guint64 count = cm_vault_case_count_notes(known);
	g_autoptr(CmVaultCase) checked =
	    cm_vault_case_new(making->notes->people, making->notes->case_id);
	CmVaultClass found = add_first(making, from, checked);

	for (guint i = 0; found == CM_VAULT_CLASS_OK && i < making->heads->len; i++)
		found = add_as_received(checked, g_ptr_array_index(making->heads, i));
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_case_finish(checked);
	if (found == CM_VAULT_CLASS_OK && cm_vault_case_count_notes(checked) != count)
		found = CM_VAULT_CLASS_CHAIN;
	if (found == CM_VAULT_CLASS_OK && count > 0 &&
	    memcmp(cm_vault_record_get_hash(cm_vault_case_get_note(checked, count)),
		   cm_vault_record_get_hash(cm_vault_case_get_note(known, count)),
		   CM_VAULT_HASH_BYTES) != 0)
		found = CM_VAULT_CLASS_REPLACED;
	return found;
}

/* of what keys that were stolen since had signed, what the agent believes: what it leaves out is left out (agent-vouch.h). `in_out_frames`
 * (element-type CmVaultFrame) */
static CmVaultClass
leave_out_stolen(const Making *making, GArray *in_out_frames)
{
	const CmAgentNotes *notes = making->notes;
	g_autoptr(CmVaultCase) checked = cm_vault_case_new(notes->people, notes->case_id);
	g_autoptr(CmAgentVouch) vouch = cm_agent_vouch_new(
	    notes->people, in_out_frames, cm_agent_memory_find_case(notes->memory, notes->case_id));
	guint i = 0;

	while (i < in_out_frames->len) {
		GBytes *octets = g_array_index(in_out_frames, CmVaultFrame, i).octets;
		CmVaultClass found = cm_vault_case_add(checked, octets, NULL);

		if (found == CM_VAULT_CLASS_REVOKED && cm_agent_vouch_covers(vouch, octets))
			found = cm_vault_case_add_kept(checked, octets, NULL);
		if (found == CM_VAULT_CLASS_OK)
			i++;
		else if (cm_vault_case_is_passed_over(found, octets) ||
			 cm_agent_vouch_leave_out(vouch, found, octets))
			g_array_remove_index(in_out_frames, i);
		else
			return found;
	}
	return CM_VAULT_CLASS_OK;
}

static gboolean
gather_case(Making *making, GError **error)
{
	CmAgentNotes *notes = making->notes;
	g_autoptr(GBytes) octets = cm_agent_comodald_get_records(notes->comodald, notes->case_id,
								 notes->cancellable, error);
	g_autoptr(GArray) frames = NULL;
	guint from = making->first->len;

	if (octets == NULL ||
	    !cm_vault_class_set_error(
		cm_vault_frames_split(octets, cm_vault_people_get_kinds(), &frames), "case",
		error) ||
	    !cm_vault_class_set_error(leave_out_stolen(making, frames), "case", error))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(before_texts); i++)
		add_kind(making->first, frames, before_texts[i]);
	add_kind(making->heads, frames, CM_VAULT_KIND_HEAD);
	return cm_vault_class_set_error(check_case(making, from), "case", error);
}

/* ---- texts, each opened anew for each thing that is done: none stays */

static gboolean
is_withheld(const CmAgentExportOrder *order, guint64 sequence)
{
	for (gsize i = 0; i < order->n_withheld; i++)
		if (order->withheld[i] == sequence)
			return TRUE;
	return FALSE;
}

static GBytes *
open_text(const Making *making, guint64 sequence, GError **error)
{
	CmAgentNotes *notes = making->notes;
	const CmVaultRecord *note =
	    cm_vault_case_get_note(cm_agent_case_get(notes->about), sequence);
	g_autoptr(GByteArray) hash = g_byte_array_new();
	g_autoptr(GBytes) body = NULL;
	g_autoptr(CmVaultRecord) locked = NULL;
	const CmVaultSecret *key = NULL;
	GBytes *opened = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	g_byte_array_append(hash, cm_vault_record_get_hash(note), CM_VAULT_HASH_BYTES);
	body = cm_agent_comodald_get_bodies(notes->comodald, notes->case_id, hash,
					    notes->cancellable, error);
	if (body == NULL)
		return NULL;
	found = cm_vault_record_read(CM_VAULT_KIND_BODY, body, &locked);
	if (found == CM_VAULT_CLASS_OK) {
		const CmVaultBody *fields = cm_vault_record_get_fields(locked, CM_VAULT_KIND_BODY);

		key = cm_agent_case_peek_key(notes->about, fields->epoch);
		found = key != NULL
			    ? cm_vault_text_open_body_for_export(body, note, fields->epoch,
								 cm_vault_secret_peek(key), &opened)
			    : CM_VAULT_CLASS_NOT_ENTITLED;
	}
	return cm_vault_class_set_error(found, "note", error) ? opened : NULL;
}

/* what is done with each record, in order */
typedef gboolean (*Visit)(gpointer data, GBytes *record, GError **error);

static gboolean
visit_list(const GPtrArray *list, Visit visit, gpointer data, GError **error)
{
	for (guint i = 0; i < list->len; i++)
		if (!visit(data, g_ptr_array_index(list, i), error))
			return FALSE;
	return TRUE;
}

static gboolean
visit_all(const Making *making, Visit visit, gpointer data, GError **error)
{
	guint64 count = cm_vault_case_count_notes(cm_agent_case_get(making->notes->about));

	if (!visit_list(making->first, visit, data, error))
		return FALSE;
	for (guint64 i = 1; i <= count; i++) {
		g_autoptr(GBytes) opened = NULL;

		if (is_withheld(making->order, i))
			continue;
		opened = open_text(making, i, error);
		if (opened == NULL || !visit(data, opened, error))
			return FALSE;
	}
	return visit_list(making->heads, visit, data, error);
}

static gboolean
add_hash(gpointer data, GBytes *record, GError **error)
{
	const CmVaultPart part = {g_bytes_get_data(record, NULL), g_bytes_get_size(record)};
	guint8 hash[CM_VAULT_HASH_BYTES];

	cm_vault_hash("record", &part, 1, hash);
	g_byte_array_append(data, hash, sizeof hash);
	return TRUE;
}

/* ---- writing */

static gboolean
fail_writing(GError **error)
{
	cm_error_set(error, CM_ERROR_FAILED, N_("The file can't be written: {0}."),
		     g_strerror(errno), NULL);
	return FALSE;
}

/* CM_VAULT_CLASS_LAST: errno says why. Who locks meanwhile waits for no more than a chunk */
static CmVaultClass
put(gpointer data, const guint8 *octets, gsize length)
{
	const Making *making = data;

	while (length > 0) {
		gssize count = 0;

		if (g_cancellable_is_cancelled(making->notes->cancellable)) {
			errno = ECANCELED;
			return CM_VAULT_CLASS_LAST;
		}
		count = write(making->fd, octets, length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return CM_VAULT_CLASS_LAST;
		octets += count;
		length -= (gsize)count;
	}
	return CM_VAULT_CLASS_OK;
}

static gboolean
set_error(CmVaultClass found, GError **error)
{
	return found == CM_VAULT_CLASS_LAST
		   ? fail_writing(error)
		   : cm_vault_class_set_offered_error(found, "export", error);
}

static gboolean
add_record(gpointer data, GBytes *record, GError **error)
{
	return set_error(cm_vault_export_add(data, record), error);
}

static gboolean
write_export(Making *making, const CmVaultSecret *passphrase, GError **error)
{
	CmVaultExportOrder order = {
	    .people = making->notes->people,
	    .bundle = making->notes->bundle,
	    .purpose = making->order->purpose,
	    .passphrase = passphrase,
	    .recipient_key = making->order->recipient_key,
	    .basis = {(const guint8 *)making->order->basis, strlen(making->order->basis)},
	    .asked_on = making->order->asked_on,
	    .now = (guint64)(g_get_real_time() / G_USEC_PER_SEC)};
	g_autoptr(GByteArray) hashes = g_byte_array_new();
	g_autoptr(CmVaultExportWriter) writer = NULL;

	if (passphrase != NULL) {
		/* it is random, and long: nothing is won by more */
		order.operations = CM_VAULT_KEYRING_OPERATIONS_MIN;
		order.memory = CM_VAULT_KEYRING_MEMORY_MIN;
	}
	return visit_all(making, add_hash, hashes, error) &&
	       set_error(cm_vault_export_begin(&order, hashes, put, making, &writer), error) &&
	       visit_all(making, add_record, writer, error) &&
	       set_error(cm_vault_export_end(writer), error);
}

static gboolean
check_withheld(const CmAgentNotes *notes, const CmAgentExportOrder *order, GError **error)
{
	guint64 count = cm_vault_case_count_notes(cm_agent_case_get(notes->about));

	for (gsize i = 0; i < order->n_withheld; i++) {
		if (order->withheld[i] >= 1 && order->withheld[i] <= count)
			continue;
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no note of that number."),
			     NULL);
		return FALSE;
	}
	return TRUE;
}

/* one that is wrong is found before anything else is written */
static gboolean
write_beside(const Making *making, GError **error)
{
	guint64 count = cm_vault_case_count_notes(cm_agent_case_get(making->notes->about));

	for (guint64 i = 1; i <= count; i++) {
		if (is_withheld(making->order, i) ||
		    cm_agent_export_beside_count(making->notes, i) == 0)
			continue;
		if (making->order->beside < 0) {
			cm_error_set(error, CM_ERROR_CONFLICT,
				     N_("A note with attachments was signed meanwhile: try again."),
				     NULL);
			return FALSE;
		}
		if (!cm_agent_export_beside_copy(making->notes, i, making->order->beside, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_agent_export_make(CmAgentNotes *notes,
		     const CmAgentExportOrder *order,
		     gint fd,
		     CmVaultSecret **out_passphrase,
		     GError **error)
{
	g_auto(Making) making = {.notes = notes, .order = order, .fd = fd};
	g_autoptr(CmVaultSecret) passphrase =
	    order->recipient_key == NULL ? cm_vault_export_make_passphrase() : NULL;

	making.first = g_ptr_array_new_with_free_func(unref_bytes);
	making.heads = g_ptr_array_new_with_free_func(unref_bytes);
	if (passphrase == NULL && order->recipient_key == NULL) {
		cm_error_set(error, CM_ERROR_KEY, N_("No memory can be locked."), NULL);
		return FALSE;
	}
	if (!check_withheld(notes, order, error) || !gather_people(&making, error) ||
	    !gather_case(&making, error) || !write_beside(&making, error) ||
	    !write_export(&making, passphrase, error))
		return FALSE;
	*out_passphrase = g_steal_pointer(&passphrase);
	return TRUE;
}
