// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-carry.h"

#include "daemon/agent/agent-deposit.h"
#include "daemon/agent/agent-earlier.h"
#include "daemon/agent/agent-epoch.h"
#include "daemon/agent/agent-left.h"
#include "daemon/agent/agent-pipe.h"
#include "daemon/bus/clock.h"
#include "daemon/vault/vault-frames.h"
#include "daemon/vault/vault-text.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
	CmAgentNotes notes;
	CmAgentIdentity *identity; /* the earlier keys */
	const CmVaultRecord *earlier;
	CmVaultRecord *deposit; /* the new keys'; NULL: there are no custodians */
	GPtrArray *cases;       /* CmAgentCase: those that were opened */
	GByteArray *records;
	GPtrArray *left;           /* those that stay as they are (agent-left.h) */
	CmAgentMemory *remembered; /* the earlier keys' */
	guint drafts;
	guint drafts_closed;
} Carry;

static void
carry_clear(Carry *self)
{
	cm_vault_record_unref(self->deposit);
	g_clear_pointer(&self->remembered, cm_agent_memory_free);
	g_clear_pointer(&self->identity, cm_agent_identity_free);
	g_clear_pointer(&self->cases, g_ptr_array_unref);
	g_clear_pointer(&self->records, g_byte_array_unref);
	g_clear_pointer(&self->left, g_ptr_array_unref);
	cm_agent_notes_clear(&self->notes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Carry, carry_clear)

/* ---- both keys */

static CmVaultSecret *
read_line(const CmAgentCall *call, GError **error)
{
	gint handle = -1;

	g_variant_get_child(call->parameters, 0, "h", &handle);
	return cm_agent_pipe_read(call->in_list, handle, CM_AGENT_PIPE_LINE_MAX, call->cancellable,
				  error);
}

static gboolean
check_own(const CmAgentNotes *notes, const CmVaultBundle *own, GError **error)
{
	const CmVaultDirectoryEntry *entry =
	    cm_vault_people_find(notes->people, own->person, own->generation);

	if (entry != NULL && entry->state == CM_VAULT_STATE_CURRENT)
		return TRUE;
	cm_error_set(error, CM_ERROR_ACCESS_DENIED,
		     N_("Your own keys are not in the directory, or not in force any more."), NULL);
	return FALSE;
}

/* what the earlier keys' agent remembers is held against comodald from now on as well */
static gboolean
join_memory(Carry *self, const gchar *folder, GError **error)
{
	self->remembered = cm_agent_memory_read(folder, self->earlier, error);
	if (self->remembered == NULL)
		return FALSE;
	if (cm_agent_memory_get(self->remembered)->directory >
	    cm_vault_people_get_directory(self->notes.people)->sequence)
		return cm_vault_class_set_error(CM_VAULT_CLASS_ROLLBACK, "directory", error);
	cm_agent_memory_join_cases(self->notes.memory, self->remembered);
	return TRUE;
}

static gboolean
open_both(Carry *self, CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_autoptr(CmVaultSecret) passphrase = read_line(call, error);
	g_autofree gchar *folder = NULL;
	const CmVaultBundle *own = NULL;

	if (passphrase == NULL || !cm_agent_notes_begin(&self->notes, calls->keys, calls->comodald,
							call->cancellable, error))
		return FALSE;
	own = cm_vault_record_get_fields(self->notes.bundle, CM_VAULT_KIND_BUNDLE);
	if (!check_own(&self->notes, own, error))
		return FALSE;
	self->identity = cm_agent_earlier_unlock(cm_agent_keys_get_folder(calls->keys), own,
						 self->notes.people, passphrase, &folder, error);
	if (self->identity == NULL)
		return FALSE;
	self->earlier = cm_agent_identity_get_bundle(self->identity);
	return cm_agent_deposit_need(&self->notes, &self->deposit, error) &&
	       join_memory(self, folder, error);
}

/* ---- the cases */

/* whether the earlier keys are responsible for it */
static gboolean
is_earlier(const Carry *self, const CmAgentCase *about)
{
	const CmVaultBundle *earlier =
	    cm_vault_record_get_fields(self->earlier, CM_VAULT_KIND_BUNDLE);
	const CmVaultDirectoryEntry *responsible = cm_agent_access_get_responsible(about);

	return responsible != NULL && responsible->generation == earlier->generation &&
	       memcmp(responsible->person, earlier->person, CM_VAULT_ID_BYTES) == 0;
}

static gboolean
carry_case(Carry *self, CmAgentCase *about, GError **error)
{
	g_autoptr(GArray) readers = NULL;
	CmAgentEpochOrder order = {.authority = CM_VAULT_AUTHORITY_RESPONSIBLE,
				   .reason = CM_VAULT_REASON_HANDED_OVER,
				   .deposit = self->deposit};
	const CmVaultBundle *own =
	    cm_vault_record_get_fields(self->notes.bundle, CM_VAULT_KIND_BUNDLE);

	if (cm_agent_case_get_reference(about) == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("The roster does not have this student any more: their file can't "
				"get a new key."),
			     NULL);
		return FALSE;
	}
	if (!cm_vault_class_set_error(cm_agent_case_open_earlier(about, self->earlier), "envelope",
				      error))
		return FALSE;
	readers = cm_agent_access_list_readers(about, own->person);
	order.readers = readers;
	return cm_agent_epoch_add(about, &order, (guint64)cm_clock_get_now(), self->records, error);
}

/* of one that the earlier keys are not responsible for there is nothing to do */
static gboolean
add_case(Carry *self, const CmAgentNotesListed *listed, GError **error)
{
	const CmAgentCasePlace place = {.people = self->notes.people,
					.bundle = self->notes.bundle,
					.id = listed->id,
					.reference = listed->reference};
	g_autoptr(GBytes) octets = cm_agent_comodald_get_records(self->notes.comodald, listed->id,
								 self->notes.cancellable, error);
	g_autoptr(CmAgentCase) about = NULL;

	if (octets != NULL)
		about = cm_agent_case_read(&place, octets, self->notes.memory, error);
	if (about == NULL)
		return FALSE;
	if (!is_earlier(self, about))
		return TRUE;
	if (!carry_case(self, about, error))
		return FALSE;
	cm_agent_case_close(about);
	cm_agent_case_set_taken(about, TRUE);
	g_ptr_array_add(self->cases, g_steal_pointer(&about));
	return TRUE;
}

/* one that does not open stops none of the others, and nothing of it is added */
static gboolean
add_listed(Carry *self, const CmAgentNotesListed *listed, GError **error)
{
	g_autoptr(GError) reason = NULL;
	guint before = self->records->len;

	if (add_case(self, listed, &reason))
		return TRUE;
	if (!cm_agent_left_is_one(reason)) {
		g_propagate_error(error, g_steal_pointer(&reason));
		return FALSE;
	}
	g_byte_array_set_size(self->records, before);
	cm_agent_left_add(self->left, listed, reason);
	return TRUE;
}

static gboolean
add_cases(Carry *self, GError **error)
{
	g_autoptr(GArray) list = cm_agent_notes_list(&self->notes, error);

	for (guint i = 0; list != NULL && i < list->len; i++) {
		const CmAgentNotesListed *listed = &g_array_index(list, CmAgentNotesListed, i);

		if (listed->responsible && !add_listed(self, listed, error))
			return FALSE;
	}
	return list != NULL;
}

/* all of them in one call, or none; what the earlier keys remembered stays remembered in any case */
static gboolean
hand_in(Carry *self, GError **error)
{
	return (self->cases->len == 0 ||
		cm_agent_notes_hand_in_all(&self->notes, self->cases, self->records, error)) &&
	       cm_agent_memory_write(self->notes.memory, error);
}

/* ---- the drafts */

/* FALSE: it is not one of the earlier keys' */
static gboolean
is_earlier_draft(const Carry *self, GBytes *octets)
{
	const CmVaultBundle *earlier =
	    cm_vault_record_get_fields(self->earlier, CM_VAULT_KIND_BUNDLE);
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultDraft *draft = NULL;

	if (cm_vault_record_read(CM_VAULT_KIND_DRAFT, octets, &record) != CM_VAULT_CLASS_OK)
		return FALSE;
	draft = cm_vault_record_get_fields(record, CM_VAULT_KIND_DRAFT);
	return draft->generation == earlier->generation &&
	       memcmp(draft->person, earlier->person, CM_VAULT_ID_BYTES) == 0;
}

/* the same draft, locked with the new keys */
static CmVaultClass
relock_draft(const Carry *self, GBytes *octets, GBytes **out_relocked)
{
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	CmVaultDraft draft = {0};
	CmVaultPart part = {0};
	CmVaultClass found = cm_vault_text_open_draft(octets, self->earlier, &content);

	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_record_read(CM_VAULT_KIND_DRAFT, octets, &record);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	draft = *(const CmVaultDraft *)cm_vault_record_get_fields(record, CM_VAULT_KIND_DRAFT);
	if (draft.revision < cm_agent_memory_get_revision(self->remembered, draft.draft))
		return CM_VAULT_CLASS_ROLLBACK;
	draft.revision++;
	part.data = g_bytes_get_data(cm_vault_record_get_octets(content), &part.length);
	*out_relocked = cm_vault_text_lock_draft(self->notes.bundle, &draft, &part);
	return *out_relocked != NULL ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_MEMORY;
}

/* one that does not open, or is older than what was seen of it, stops none of the others */
static gboolean
carry_draft(Carry *self, GBytes *octets, GError **error)
{
	g_autoptr(GBytes) relocked = NULL;
	CmVaultClass found = relock_draft(self, octets, &relocked);

	if (found == CM_VAULT_CLASS_MEMORY)
		return cm_vault_class_set_error(found, "draft", error);
	if (found != CM_VAULT_CLASS_OK) {
		self->drafts_closed++;
		return TRUE;
	}
	if (!cm_agent_notes_put_draft(&self->notes, relocked, error))
		return FALSE;
	self->drafts++;
	return TRUE;
}

/* each by itself takes the place of what it was: said again, those that were carried over are the new keys' */
static gboolean
carry_drafts(Carry *self, GError **error)
{
	g_autoptr(GArray) frames = cm_agent_notes_list_all_drafts(&self->notes, error);

	/* the newest comes last, and stays the newest */
	for (guint i = frames != NULL ? frames->len : 0; i > 0; i--) {
		GBytes *octets = g_array_index(frames, CmVaultFrame, i - 1).octets;

		if (is_earlier_draft(self, octets) && !carry_draft(self, octets, error))
			return FALSE;
	}
	return frames != NULL;
}

GVariant *
cm_agent_carry_run(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(Carry) self = {.cases = g_ptr_array_new_with_free_func(cm_agent_case_free),
			      .records = g_byte_array_new(),
			      .left = cm_agent_left_new()};

	if (!open_both(&self, calls, call, error) || !add_cases(&self, error) ||
	    !hand_in(&self, error) || !carry_drafts(&self, error))
		return NULL;
	return g_variant_new("(u@aa{sv}uu)", self.cases->len, cm_agent_left_pack(self.left),
			     self.drafts, self.drafts_closed);
}
