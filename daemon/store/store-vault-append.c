// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-vault-append.h"

#include "daemon/store/store-attachment.h"
#include "daemon/store/store-directory.h"
#include "daemon/store/vault-cache.h"
#include "daemon/store/vault-escrow-rows.h"
#include "daemon/store/vault-rows.h"
#include "daemon/vault/vault-escrow.h"
#include "daemon/vault/vault-frames.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* ---- what a call has added so far */

/* a case with what is at hand of it, and what was added */
typedef struct {
	gint64 row;
	guint added;
	CmVaultCase *checked;
	guint8 name[CM_VAULT_ID_BYTES];
} OpenCase;

/* an epoch, and which of the envelopes that it must come with have come */
typedef struct {
	CmVaultRecord *record;
	gboolean has_responsible;
	gboolean has_escrow;
} NewEpoch;

/* a note, and whether its body has come */
typedef struct {
	CmVaultRecord *record;
	gint64 row;
	gboolean has_body;
} NewNote;

typedef struct {
	CmStore *store;
	const CmStoreVaultOrder *order;
	CmVaultPeople *people;
	guint8 person[CM_VAULT_ID_BYTES];
	GPtrArray *cases; /* OpenCase */
	GArray *epochs;   /* NewEpoch */
	GArray *notes;    /* NewNote */
} Append;

static gboolean
id_equal(const guint8 *a, const guint8 *b)
{
	return memcmp(a, b, CM_VAULT_ID_BYTES) == 0;
}

static gboolean
hash_equal(const guint8 *a, const guint8 *b)
{
	return memcmp(a, b, CM_VAULT_HASH_BYTES) == 0;
}

static void
open_case_free(gpointer data)
{
	OpenCase *open = data;

	cm_vault_case_free(open->checked);
	g_free(open);
}

static void
new_epoch_clear(gpointer data)
{
	g_clear_pointer(&((NewEpoch *)data)->record, cm_vault_record_unref);
}

static void
new_note_clear(gpointer data)
{
	g_clear_pointer(&((NewNote *)data)->record, cm_vault_record_unref);
}

static Append *
append_new(CmStore *store, const CmStoreVaultOrder *order)
{
	Append *self = g_new0(Append, 1);

	self->store = store;
	self->order = order;
	self->cases = g_ptr_array_new_with_free_func(open_case_free);
	self->epochs = g_array_new(FALSE, TRUE, sizeof(NewEpoch));
	g_array_set_clear_func(self->epochs, new_epoch_clear);
	self->notes = g_array_new(FALSE, TRUE, sizeof(NewNote));
	g_array_set_clear_func(self->notes, new_note_clear);
	return self;
}

static void
append_free(Append *self)
{
	g_clear_pointer(&self->people, cm_vault_people_unref);
	g_ptr_array_unref(self->cases);
	g_array_unref(self->epochs);
	g_array_unref(self->notes);
	g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Append, append_free)

/* ---- cases */

static OpenCase *
find_open(const Append *self, const guint8 *name)
{
	for (guint i = 0; i < self->cases->len; i++) {
		OpenCase *open = g_ptr_array_index(self->cases, i);

		if (id_equal(open->name, name))
			return open;
	}
	return NULL;
}

/* the row of a case that the caller may add to: one that they read, or a new one */
static gboolean
find_row(Append *self, const guint8 *name, gint64 *out_row, GError **error)
{
	const CmStoreVaultOrder *order = self->order;
	gboolean reader = FALSE;
	gint64 student = 0;

	if (!cm_vault_rows_find_case(self->store, name, out_row, &student, error))
		return FALSE;
	if (*out_row == 0 && order->student > 0)
		return cm_vault_rows_insert_case(self->store, name, order->student, order->now,
						 out_row, error);
	if (*out_row != 0 &&
	    !cm_vault_rows_is_reader(self->store, *out_row, self->person, &reader, error))
		return FALSE;
	if (!reader)
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is nothing of yours by this number."), NULL);
	return reader;
}

/* what is at hand of a case. A new epoch is held against all that custodians did, which a case that was kept may not have seen */
static gboolean
load_case(Append *self, OpenCase *open, gboolean anew, GError **error)
{
	if (!cm_vault_cache_take(self->store, open->row, self->people, &open->checked, error))
		return FALSE;
	if (open->checked != NULL && !anew)
		return TRUE;
	g_clear_pointer(&open->checked, cm_vault_case_free);
	open->checked = cm_vault_case_new(self->people, open->name);
	return cm_vault_rows_load(self->store, open->row, NULL, open->checked, error);
}

static OpenCase *
open_case(Append *self, const guint8 *name, gboolean anew, GError **error)
{
	OpenCase *open = find_open(self, name);
	gint64 row = 0;

	if (open != NULL)
		return open;
	if (!find_row(self, name, &row, error))
		return NULL;
	open = g_new0(OpenCase, 1);
	open->row = row;
	memcpy(open->name, name, sizeof open->name);
	g_ptr_array_add(self->cases, open);
	return load_case(self, open, anew, error) ? open : NULL;
}

/* ---- records */

/* where a record of a case says which, and whom its row is filed under */
static const struct {
	gboolean taken;
	gsize case_id;
	gsize person;
} members[CM_VAULT_KIND_LAST] = {
    [CM_VAULT_KIND_EPOCH] = {TRUE, G_STRUCT_OFFSET(CmVaultEpoch, case_id),
			     G_STRUCT_OFFSET(CmVaultEpoch, responsible)},
    [CM_VAULT_KIND_ENVELOPE] = {TRUE, G_STRUCT_OFFSET(CmVaultEnvelope, case_id),
				G_STRUCT_OFFSET(CmVaultEnvelope, recipient)},
    [CM_VAULT_KIND_NOTE] = {TRUE, G_STRUCT_OFFSET(CmVaultNote, case_id),
			    G_STRUCT_OFFSET(CmVaultNote, author)},
    [CM_VAULT_KIND_HEAD] = {TRUE, G_STRUCT_OFFSET(CmVaultHead, case_id),
			    G_STRUCT_OFFSET(CmVaultHead, signer)},
};

static const guint8 *
get_member(const CmVaultRecord *record, gsize offset)
{
	const guint8 *fields = cm_vault_record_get_fields(record, cm_vault_record_get_kind(record));

	return *(const guint8 *const *)(gconstpointer)(fields + offset);
}

static void
note_envelope(Append *self, const CmVaultEnvelope *envelope)
{
	for (guint i = 0; i < self->epochs->len; i++) {
		NewEpoch *new = &g_array_index(self->epochs, NewEpoch, i);
		const CmVaultEpoch *epoch =
		    cm_vault_record_get_fields(new->record, CM_VAULT_KIND_EPOCH);

		if (!hash_equal(cm_vault_record_get_hash(new->record), envelope->epoch_record) ||
		    !id_equal(epoch->responsible, envelope->recipient))
			continue;
		if (envelope->to == CM_VAULT_TO_PERSON)
			new->has_responsible = TRUE;
		else if (hash_equal(epoch->deposit, envelope->deposit))
			new->has_escrow = TRUE;
	}
}

static void
keep_in_mind(Append *self, CmVaultRecord *record, gint64 row)
{
	NewEpoch epoch = {0};
	NewNote note = {.row = row};

	switch ((gint)cm_vault_record_get_kind(record)) {
	case CM_VAULT_KIND_EPOCH:
		epoch.record = cm_vault_record_ref(record);
		epoch.has_escrow = cm_vault_layout_is_none(
		    ((const CmVaultEpoch *)cm_vault_record_get_fields(record, CM_VAULT_KIND_EPOCH))
			->deposit,
		    CM_VAULT_HASH_BYTES);
		g_array_append_val(self->epochs, epoch);
		return;
	case CM_VAULT_KIND_ENVELOPE:
		note_envelope(self, cm_vault_record_get_fields(record, CM_VAULT_KIND_ENVELOPE));
		return;
	case CM_VAULT_KIND_NOTE:
		note.record = cm_vault_record_ref(record);
		g_array_append_val(self->notes, note);
		return;
	default:
		return;
	}
}

/* a deposit that a record of the case may name for the first time: of a new responsible, or a new one */
static gboolean
prepare(Append *self, const OpenCase *open, const CmVaultRecord *record, GError **error)
{
	CmVaultKind kind = cm_vault_record_get_kind(record);

	if (kind != CM_VAULT_KIND_EPOCH && kind != CM_VAULT_KIND_ENVELOPE)
		return TRUE;
	return cm_vault_rows_load(self->store, 0, get_member(record, members[kind].person),
				  open->checked, error);
}

/* what a note says is with it has to be kept, and is the case's from now on */
static gboolean
name_attachments(Append *self,
		 const OpenCase *open,
		 const CmVaultRecord *record,
		 gint64 row,
		 GError **error)
{
	const CmVaultNote *note = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (cm_vault_record_get_kind(record) != CM_VAULT_KIND_NOTE)
		return TRUE;
	note = cm_vault_record_get_fields(record, CM_VAULT_KIND_NOTE);
	return cm_store_attachment_name(self->store, open->row, note->author, row,
					&note->attachments, &found, error) &&
	       cm_vault_class_set_offered_error(found, "attachment", error);
}

/* what an epoch or an envelope means for what is left with custodians */
static gboolean
take_escrow(const Append *self, gint64 row, const CmVaultRecord *record, GError **error)
{
	switch ((gint)cm_vault_record_get_kind(record)) {
	case CM_VAULT_KIND_EPOCH:
		return cm_vault_escrow_rows_take_epoch(self->store, self->people, row, record,
						       error);
	case CM_VAULT_KIND_ENVELOPE:
		return cm_vault_escrow_rows_take_envelope(self->store, row, record, error);
	default:
		return TRUE;
	}
}

static gboolean
add_to_case(Append *self, GBytes *octets, const CmVaultRecord *read, GError **error)
{
	CmVaultKind kind = cm_vault_record_get_kind(read);
	OpenCase *open = open_case(self, get_member(read, members[kind].case_id),
				   kind == CM_VAULT_KIND_EPOCH, error);
	g_autoptr(CmVaultRecord) record = NULL;
	const guint8 *person = NULL;
	gint64 row = 0;

	if (open == NULL || !prepare(self, open, read, error) ||
	    !cm_vault_class_set_offered_error(cm_vault_case_add(open->checked, octets, &record),
					      cm_vault_fields_get_layout(kind)->name, error) ||
	    !cm_vault_rows_check_signing(self->people, self->person, record, self->order->now,
					 error))
		return FALSE;
	if (!take_escrow(self, open->row, record, error))
		return FALSE;
	person = get_member(record, members[kind].person);
	if (kind == CM_VAULT_KIND_HEAD
		? !cm_vault_rows_put_head(self->store, open->row, person, octets, error)
		: !cm_vault_rows_insert_record(self->store, record, open->row, person,
					       self->order->now, &row, error) ||
		      !name_attachments(self, open, record, row, error))
		return FALSE;
	open->added++;
	keep_in_mind(self, record, row);
	return TRUE;
}

static gboolean
audit_deposit(const Append *self, gint64 row, GError **error)
{
	const CmAuditEntry entry = {.uid = self->order->uid,
				    .action = "custody.deposit",
				    .subject = row,
				    .at = self->order->now};

	return cm_audit_append(self->store, &entry, error);
}

/* whether somebody's escrow key is left with those who are custodians now */
static gboolean
add_deposit(Append *self, GBytes *octets, GError **error)
{
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultClass found =
	    cm_vault_people_check(self->people, CM_VAULT_KIND_DEPOSIT, octets, &record);
	gint64 row = 0;

	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_escrow_check_custodians(self->people, record);
	return cm_vault_class_set_offered_error(found, "deposit", error) &&
	       cm_vault_rows_check_signing(self->people, self->person, record, self->order->now,
					   error) &&
	       cm_vault_escrow_rows_check_next(self->store, self->people, record, error) &&
	       cm_vault_rows_insert_record(self->store, record, 0, self->person, self->order->now,
					   &row, error) &&
	       cm_vault_escrow_rows_insert_custodians(self->store, row, record, error) &&
	       audit_deposit(self, row, error);
}

/* ---- bodies */

static NewNote *
find_note(const Append *self, const guint8 *hash)
{
	for (guint i = 0; i < self->notes->len; i++) {
		NewNote *note = &g_array_index(self->notes, NewNote, i);

		if (hash_equal(cm_vault_record_get_hash(note->record), hash))
			return note;
	}
	return NULL;
}

/* nobody signs a body: one that is at hand is never replaced */
static gboolean
add_body(Append *self, GBytes *octets, GError **error)
{
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultBody *body = NULL;
	const CmVaultNote *fields = NULL;
	NewNote *note = NULL;
	gint64 row = 0;

	if (!cm_vault_class_set_offered_error(
		cm_vault_record_read(CM_VAULT_KIND_BODY, octets, &record), "body", error))
		return FALSE;
	body = cm_vault_record_get_fields(record, CM_VAULT_KIND_BODY);
	note = find_note(self, body->record);
	if (note == NULL) {
		if (!cm_vault_rows_find_record(self->store, body->record, &row, error))
			return FALSE;
		return cm_vault_class_set_offered_error(
		    row != 0 ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_MISSING, "body", error);
	}
	fields = cm_vault_record_get_fields(note->record, CM_VAULT_KIND_NOTE);
	if (note->has_body || !id_equal(body->case_id, fields->case_id) ||
	    body->epoch != fields->epoch || !hash_equal(body->organisation, fields->organisation))
		return cm_vault_class_set_offered_error(CM_VAULT_CLASS_REPLACED, "body", error);
	note->has_body = TRUE;
	return cm_vault_rows_insert_body(self->store, note->row, octets, error);
}

/* ---- all of it */

static gboolean
take(Append *self, const CmVaultFrame *frame, GError **error)
{
	g_autoptr(CmVaultRecord) record = NULL;
	gint64 row = 0;

	if (frame->kind == CM_VAULT_KIND_BODY)
		return add_body(self, frame->octets, error);
	if (!cm_vault_class_set_offered_error(
		cm_vault_record_read(frame->kind, frame->octets, &record),
		cm_vault_fields_get_layout(frame->kind)->name, error) ||
	    !cm_vault_rows_find_record(self->store, cm_vault_record_get_hash(record), &row, error))
		return FALSE;
	if (row != 0)
		return TRUE;
	return frame->kind == CM_VAULT_KIND_DEPOSIT
		   ? add_deposit(self, frame->octets, error)
		   : add_to_case(self, frame->octets, record, error);
}

static gboolean
check_whole(const Append *self, GError **error)
{
	for (guint i = 0; i < self->epochs->len; i++) {
		const NewEpoch *epoch = &g_array_index(self->epochs, NewEpoch, i);

		if (epoch->has_responsible && epoch->has_escrow)
			continue;
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A case's new key came without an envelope for whoever is "
				"responsible, or for their custodians."),
			     NULL);
		return FALSE;
	}
	for (guint i = 0; i < self->notes->len; i++) {
		if (g_array_index(self->notes, NewNote, i).has_body)
			continue;
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("A note came without its text."),
			     NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean
audit_cases(const Append *self, guint *out_cases, GError **error)
{
	*out_cases = 0;
	for (guint i = 0; i < self->cases->len; i++) {
		const OpenCase *open = g_ptr_array_index(self->cases, i);
		const CmAuditEntry entry = {.uid = self->order->uid,
					    .action = "vault.append",
					    .subject = open->row,
					    .at = self->order->now};

		if (open->added == 0)
			continue;
		(*out_cases)++;
		if (!cm_audit_append_figures(self->store, &entry,
					     g_variant_new_parsed("{'records': <%u>}", open->added),
					     error))
			return FALSE;
	}
	return TRUE;
}

/* for the next call */
static gboolean
keep_cases(const Append *self, GError **error)
{
	for (guint i = 0; i < self->cases->len; i++) {
		OpenCase *open = g_ptr_array_index(self->cases, i);

		if (!cm_vault_cache_put(self->store, open->row, self->people,
					g_steal_pointer(&open->checked), error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
take_all(Append *self, GBytes *octets, GError **error)
{
	guint64 kinds =
	    CM_VAULT_RECORD_OF(CM_VAULT_KIND_BODY) | CM_VAULT_RECORD_OF(CM_VAULT_KIND_DEPOSIT);
	g_autoptr(GArray) frames = NULL;

	for (guint i = 0; i < CM_VAULT_KIND_LAST; i++)
		if (members[i].taken)
			kinds |= CM_VAULT_RECORD_OF(i);
	if (!cm_vault_class_set_offered_error(cm_vault_frames_split(octets, kinds, &frames),
					      "record", error))
		return FALSE;
	for (guint i = 0; i < frames->len; i++)
		if (!take(self, &g_array_index(frames, CmVaultFrame, i), error))
			return FALSE;
	return check_whole(self, error);
}

gboolean
cm_store_vault_append(CmStore *store,
		      const CmStoreVaultOrder *order,
		      GBytes *octets,
		      guint *out_cases,
		      GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(Append) self = append_new(store, order);
	gboolean enrolled = FALSE;

	if (transaction == NULL)
		return FALSE;
	self->people = cm_store_directory_need_people(store, error);
	if (self->people == NULL ||
	    !cm_store_directory_find_person(store, order->uid, self->person, &enrolled, error))
		return FALSE;
	if (!enrolled) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("You have not enrolled any keys yet."),
			     NULL);
		return FALSE;
	}
	return take_all(self, octets, error) && audit_cases(self, out_cases, error) &&
	       keep_cases(self, error) && cm_transaction_commit(transaction, error);
}
