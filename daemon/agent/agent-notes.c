// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-notes.h"

#include "daemon/agent/agent-attachment.h"
#include "daemon/agent/agent-case-keep.h"
#include "daemon/agent/agent-signing.h"
#include "daemon/agent/agent-cosign.h"
#include "daemon/agent/agent-deposit.h"
#include "daemon/agent/agent-destruction.h"
#include "daemon/bus/clock.h"
#include "daemon/vault/vault-frames.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <sodium.h>
#include <string.h>

#define FILES 4        /* docs/vault-format.md, epoch: file */
#define BODIES_MAX 240 /* at once: of the longest they are one document that comodald answers */

static guint64
now(void)
{
	return (guint64)cm_clock_get_now();
}

gboolean
cm_agent_notes_begin(CmAgentNotes *notes,
		     CmAgentKeys *keys,
		     CmAgentComodald *comodald,
		     GCancellable *cancellable,
		     GError **error)
{
	notes->keys = keys;
	notes->comodald = comodald;
	notes->cancellable = cancellable;
	notes->bundle = cm_agent_keys_get_bundle(keys, error);
	if (notes->bundle == NULL ||
	    !cm_agent_keys_check_directory(keys, comodald, cancellable, &notes->people, error))
		return FALSE;
	if (notes->people == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("Your organisation has no directory of keys yet."), NULL);
		return FALSE;
	}
	notes->zone = cm_agent_comodald_get_zone(comodald, cancellable);
	notes->memory = cm_agent_memory_read(cm_agent_keys_get_folder(keys), notes->bundle, error);
	return notes->memory != NULL;
}

/* for the next call; what is ahead of comodald is thrown away */
static void
put_back(CmAgentNotes *notes)
{
	CmAgentCase *about = g_steal_pointer(&notes->about);

	if (about != NULL && cm_agent_case_count_made(about) == 0)
		cm_agent_shelf_put(cm_agent_keys_get_shelf(notes->keys), about, &notes->mark);
	else
		cm_agent_case_free(about);
}

void
cm_agent_notes_clear(CmAgentNotes *notes)
{
	put_back(notes);
	g_clear_pointer(&notes->memory, cm_agent_memory_free);
	g_clear_pointer(&notes->people, cm_vault_people_unref);
}

/* ---- which case */

static void
listed_clear(gpointer data)
{
	g_free(((CmAgentNotesListed *)data)->reference);
}

static gboolean
take_listed(JsonObject *object, CmAgentNotesListed *out_listed)
{
	const gchar *text = json_object_get_string_member_with_default(object, "case", "");
	gsize length = 0;

	if (sodium_hex2bin(out_listed->id, sizeof out_listed->id, text, strlen(text), NULL, &length,
			   NULL) != 0 ||
	    length != sizeof out_listed->id)
		return FALSE;
	out_listed->file = json_object_get_int_member_with_default(object, "file", 0);
	if (out_listed->file < 1 || out_listed->file > FILES)
		return FALSE;
	out_listed->student =
	    (guint64)json_object_get_int_member_with_default(object, "student", 0);
	out_listed->waiting = json_object_get_int_member_with_default(object, "waiting", 0);
	out_listed->responsible =
	    json_object_get_boolean_member_with_default(object, "responsible", FALSE);
	out_listed->reference =
	    g_strdup(json_object_get_string_member_with_default(object, "reference", NULL));
	return TRUE;
}

/* (element-type CmAgentNotesListed) */
static GArray *
read_listed(GBytes *octets, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(CmAgentNotesListed));
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonArray *cases = NULL;
	gboolean good = FALSE;

	g_array_set_clear_func(list, listed_clear);
	good = json_parser_load_from_data(parser, g_bytes_get_data(octets, NULL),
					  (gssize)g_bytes_get_size(octets), NULL) &&
	       JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser));
	if (good)
		cases = json_object_get_array_member(
		    json_node_get_object(json_parser_get_root(parser)), "cases");
	for (guint i = 0; cases != NULL && i < json_array_get_length(cases); i++) {
		CmAgentNotesListed listed = {0};

		good = good && take_listed(json_array_get_object_element(cases, i), &listed);
		g_array_append_val(list, listed);
	}
	if (good && cases != NULL)
		return g_steal_pointer(&list);
	cm_error_set(error, CM_ERROR_FAILED, N_("The service answered something unexpected."),
		     NULL);
	return NULL;
}

static GArray *
list_cases(CmAgentNotes *notes, GError **error)
{
	g_autoptr(GBytes) octets =
	    cm_agent_comodald_list_cases(notes->comodald, notes->cancellable, error);

	return octets != NULL ? read_listed(octets, error) : NULL;
}

GArray *
cm_agent_notes_list_released(CmAgentNotes *notes, const guint8 *deposit, GError **error)
{
	g_autoptr(GBytes) octets =
	    cm_agent_comodald_list_released(notes->comodald, deposit, notes->cancellable, error);

	return octets != NULL ? read_listed(octets, error) : NULL;
}

static const CmAgentNotesListed *
find_id(const GArray *list, const guint8 *id)
{
	for (guint i = 0; i < list->len; i++) {
		if (memcmp(g_array_index(list, CmAgentNotesListed, i).id, id, CM_VAULT_ID_BYTES) ==
		    0)
			return &g_array_index(list, CmAgentNotesListed, i);
	}
	return NULL;
}

/* no case that was seen before is missing but those that two destroyed: one that was begun since a database was put back is not begun twice */
static gboolean
check_listed(CmAgentNotes *notes, const GArray *list, GError **error)
{
	const CmVaultList *cases = &cm_agent_memory_get(notes->memory)->cases;

	for (guint i = 0; i < cases->count; i++) {
		const CmVaultRememberedCase *known = cases->items;

		if (find_id(list, known[i].case_id) == NULL &&
		    !cm_agent_destruction_learn(notes, &known[i], error))
			return FALSE;
	}
	return TRUE;
}

GArray *
cm_agent_notes_list(CmAgentNotes *notes, GError **error)
{
	g_autoptr(GArray) list = list_cases(notes, error);

	return list != NULL && check_listed(notes, list, error) ? g_steal_pointer(&list) : NULL;
}

/* ---- opening */

static gboolean
remember(CmAgentNotes *notes, GError **error)
{
	return !cm_agent_case_remember(notes->about, notes->memory) ||
	       cm_agent_memory_write(notes->memory, error);
}

/* what was kept of a case, with what is new since; NULL without an error: all of it has to be read. `out_all`: all of it, when that came */
static CmAgentCase *
continue_case(CmAgentNotes *notes,
	      const CmAgentCasePlace *place,
	      CmAgentCase *kept,
	      GBytes **out_all,
	      GError **error)
{
	guint64 before = 0;
	g_autoptr(GBytes) records = cm_agent_comodald_get_records_after(
	    notes->comodald, place->id, notes->mark.last, &before, notes->cancellable, error);

	if (records == NULL)
		return NULL;
	if (before == notes->mark.count &&
	    cm_agent_case_keep_continue(kept, place, records, notes->memory)) {
		cm_agent_shelf_mark(&notes->mark, records);
		return kept;
	}
	if (before == 0)
		*out_all = g_steal_pointer(&records);
	return NULL;
}

/* all of a case. `all`: NULL, or its records */
static CmAgentCase *
read_case(CmAgentNotes *notes, const CmAgentCasePlace *place, GBytes *all, GError **error)
{
	g_autoptr(GBytes) records = all != NULL
					? g_bytes_ref(all)
					: cm_agent_comodald_get_records(notes->comodald, place->id,
									notes->cancellable, error);

	notes->mark = (CmAgentShelfMark){0};
	if (records == NULL)
		return NULL;
	cm_agent_shelf_mark(&notes->mark, records);
	return cm_agent_case_read(place, records, notes->memory, error);
}

/* all of it, which what was kept has to be part of: it stays kept when it is not, whatever is put back meanwhile */
static gboolean
read_anew(CmAgentNotes *notes,
	  const CmAgentCasePlace *place,
	  CmAgentCase *kept,
	  GBytes *all,
	  GError **error)
{
	const CmAgentShelfMark mark = notes->mark;

	notes->about = read_case(notes, place, all, error);
	if (kept == NULL)
		return notes->about != NULL;
	if (notes->about != NULL && cm_agent_case_keep_check(notes->about, kept, error)) {
		cm_agent_case_free(kept);
		return TRUE;
	}
	g_clear_pointer(&notes->about, cm_agent_case_free);
	cm_agent_shelf_put(cm_agent_keys_get_shelf(notes->keys), kept, &mark);
	return FALSE;
}

static gboolean
take_case(CmAgentNotes *notes, const CmAgentCasePlace *place, GError **error)
{
	CmAgentShelf *shelf = cm_agent_keys_get_shelf(notes->keys);
	CmAgentCase *kept = cm_agent_shelf_take(shelf, notes->people, place->id, &notes->mark);
	g_autoptr(GBytes) all = NULL;
	g_autoptr(GError) local = NULL;

	if (kept != NULL)
		notes->about = continue_case(notes, place, kept, &all, &local);
	if (notes->about != NULL)
		return TRUE;
	if (local == NULL)
		return read_anew(notes, place, kept, all, error);
	cm_agent_shelf_put(shelf, kept, &notes->mark);
	g_propagate_error(error, g_steal_pointer(&local));
	return FALSE;
}

gboolean
cm_agent_notes_open_listed(CmAgentNotes *notes, const CmAgentNotesListed *listed, GError **error)
{
	const CmAgentCasePlace place = {.people = notes->people,
					.bundle = notes->bundle,
					.id = listed->id,
					.reference = listed->reference,
					.zone = notes->zone};

	put_back(notes);
	memcpy(notes->case_id, listed->id, sizeof notes->case_id);
	if (!take_case(notes, &place, error))
		return FALSE;
	if (cm_agent_case_get_file(notes->about) != listed->file)
		return cm_vault_class_set_error(CM_VAULT_CLASS_REPLACED, "case", error);
	return remember(notes, error);
}

gboolean
cm_agent_notes_is_spoiled(const GError *error)
{
	/* the latter is a record's that somebody signed who was not entitled to */
	return cm_error_is(error, CM_ERROR_STORE) || cm_error_is(error, CM_ERROR_ACCESS_DENIED);
}

gboolean
cm_agent_notes_open(CmAgentNotes *notes, const guint8 *case_id, GError **error)
{
	g_autoptr(GArray) list = list_cases(notes, error);
	const CmVaultRememberedCase *known = NULL;
	const CmAgentNotesListed *listed = NULL;

	if (list == NULL)
		return FALSE;
	listed = find_id(list, case_id);
	if (listed != NULL)
		return cm_agent_notes_open_listed(notes, listed, error);
	known = cm_agent_memory_find_case(notes->memory, case_id);
	if (known != NULL && !cm_agent_destruction_learn(notes, known, error))
		return FALSE;
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such file of yours."), NULL);
	return FALSE;
}

/* hand over what was made of the case: it is no longer ahead of comodald */
static gboolean
append(CmAgentNotes *notes,
       const GByteArray *records,
       const CmAgentComodaldSubject *subject,
       GError **error)
{
	g_autoptr(GBytes) octets = g_bytes_new(records->data, records->len);

	if (!cm_agent_comodald_append(notes->comodald, records, subject, notes->cancellable, error))
		return FALSE;
	cm_agent_shelf_mark(&notes->mark, octets);
	cm_agent_case_settle(notes->about);
	return TRUE;
}

/* what nobody would believe is not begun */
static gboolean
check_is_admitted(const CmAgentNotes *notes, GError **error)
{
	const CmVaultBundle *own = cm_vault_record_get_fields(notes->bundle, CM_VAULT_KIND_BUNDLE);

	if (cm_vault_people_find(notes->people, own->person, own->generation) != NULL)
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     N_("Your keys are not in your organisation’s directory yet. Read their "
			"fingerprint out to whoever keeps it: “directory admit” takes them in, and "
			"“directory add” brings the next directory here."),
		     NULL);
	return FALSE;
}

static gboolean
begin_case(CmAgentNotes *notes, const CmAgentNotesWhose *whose, GError **error)
{
	const CmAgentCasePlace place = {.people = notes->people,
					.bundle = notes->bundle,
					.id = notes->case_id,
					.reference = whose->reference,
					.zone = notes->zone};
	const CmAgentComodaldSubject subject = {whose->student, whose->reference};
	g_autoptr(GByteArray) records = g_byte_array_new();
	g_autoptr(CmVaultRecord) deposit = NULL;
	CmAgentCaseKind kind = {.file = whose->file};

	if (!check_is_admitted(notes, error) || !cm_agent_deposit_need(notes, &deposit, error))
		return FALSE;
	kind.deposit = deposit;
	randombytes_buf(notes->case_id, sizeof notes->case_id);
	put_back(notes);
	notes->mark = (CmAgentShelfMark){0};
	notes->about = cm_agent_case_begin(&place, &kind, now(), records, error);
	return notes->about != NULL && append(notes, records, &subject, error) &&
	       remember(notes, error);
}

static gboolean
fits(const CmAgentNotesListed *listed, const CmAgentNotesWhose *whose)
{
	return listed->student == whose->student &&
	       (whose->file == 0 || listed->file == whose->file);
}

/* `remembered`: among those alone that were taken as one's own. `out_found` NULL: none; FALSE: several */
static gboolean
pick(const CmAgentNotes *notes,
     const GArray *list,
     const CmAgentNotesWhose *whose,
     gboolean remembered,
     const CmAgentNotesListed **out_found)
{
	*out_found = NULL;
	for (guint i = 0; i < list->len; i++) {
		const CmAgentNotesListed *listed = &g_array_index(list, CmAgentNotesListed, i);

		if (!fits(listed, whose) ||
		    (remembered && cm_agent_memory_find_case(notes->memory, listed->id) == NULL))
			continue;
		if (*out_found != NULL)
			return FALSE;
		*out_found = listed;
	}
	return TRUE;
}

/* what a colleague gave, and nobody accepted, does not stand in the way of what is one's own */
static gboolean
pick_own_first(const CmAgentNotes *notes,
	       const GArray *list,
	       const CmAgentNotesWhose *whose,
	       const CmAgentNotesListed **out_found,
	       GError **error)
{
	gboolean one = pick(notes, list, whose, TRUE, out_found);

	if (one && *out_found == NULL)
		one = pick(notes, list, whose, FALSE, out_found);
	if (!one)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("There are several files about this student: say which."), NULL);
	return one;
}

gboolean
cm_agent_notes_find(CmAgentNotes *notes, const CmAgentNotesWhose *whose, GError **error)
{
	g_autoptr(GArray) list = cm_agent_notes_list(notes, error);
	const CmAgentNotesListed *found = NULL;

	if (list == NULL || !pick_own_first(notes, list, whose, &found, error))
		return FALSE;
	if (found != NULL && g_strcmp0(found->reference, whose->reference) != 0)
		return cm_vault_class_set_error(CM_VAULT_CLASS_REPLACED, "case", error);
	if (found != NULL)
		return cm_agent_notes_open_listed(notes, found, error);
	if (whose->begin && whose->file != 0)
		return begin_case(notes, whose, error);
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("You have no file about this student yet."),
		     NULL);
	return FALSE;
}

/* ---- handing in */

gboolean
cm_agent_notes_hand_in(CmAgentNotes *notes, const GByteArray *records, GError **error)
{
	return (records->len == 0 || append(notes, records, NULL, error)) && remember(notes, error);
}

gboolean
cm_agent_notes_hand_in_all(CmAgentNotes *notes,
			   const GPtrArray *cases,
			   const GByteArray *records,
			   GError **error)
{
	gboolean changed = FALSE;

	if (!cm_agent_comodald_append(notes->comodald, records, NULL, notes->cancellable, error))
		return FALSE;
	for (guint i = 0; i < cases->len; i++)
		changed =
		    cm_agent_case_remember(g_ptr_array_index(cases, i), notes->memory) || changed;
	return !changed || cm_agent_memory_write(notes->memory, error);
}

/* ---- drafts */

static GArray *
fetch_drafts(CmAgentNotes *notes, const guint8 *case_id, GError **error)
{
	g_autoptr(GBytes) octets =
	    cm_agent_comodald_get_drafts(notes->comodald, case_id, notes->cancellable, error);
	GArray *frames = NULL;

	if (octets == NULL ||
	    !cm_vault_class_set_error(
		cm_vault_frames_split(octets, CM_VAULT_RECORD_OF(CM_VAULT_KIND_DRAFT), &frames),
		"draft", error))
		return NULL;
	return frames;
}

GArray *
cm_agent_notes_list_drafts(CmAgentNotes *notes, GError **error)
{
	return fetch_drafts(notes, notes->case_id, error);
}

GArray *
cm_agent_notes_list_all_drafts(CmAgentNotes *notes, GError **error)
{
	return fetch_drafts(notes, NULL, error);
}

/* NULL: there is none */
static CmVaultClass
search_draft(const GArray *frames, const guint8 *draft, GBytes **out_octets)
{
	for (guint i = 0; i < frames->len; i++) {
		GBytes *octets = g_array_index(frames, CmVaultFrame, i).octets;
		g_autoptr(CmVaultRecord) record = NULL;
		CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_DRAFT, octets, &record);
		const CmVaultDraft *fields = NULL;

		if (found != CM_VAULT_CLASS_OK)
			return found;
		fields = cm_vault_record_get_fields(record, CM_VAULT_KIND_DRAFT);
		if (memcmp(fields->draft, draft, CM_VAULT_ID_BYTES) == 0) {
			*out_octets = g_bytes_ref(octets);
			return CM_VAULT_CLASS_OK;
		}
	}
	return CM_VAULT_CLASS_OK;
}

GBytes *
cm_agent_notes_find_draft(CmAgentNotes *notes, const guint8 *draft, GError **error)
{
	g_autoptr(GArray) frames = cm_agent_notes_list_drafts(notes, error);
	GBytes *octets = NULL;

	if (frames == NULL ||
	    !cm_vault_class_set_error(search_draft(frames, draft, &octets), "draft", error))
		return NULL;
	if (octets == NULL)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such draft."), NULL);
	return octets;
}

gboolean
cm_agent_notes_put_draft(CmAgentNotes *notes, GBytes *octets, GError **error)
{
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultDraft *fields = NULL;

	if (!cm_vault_class_set_error(cm_vault_record_read(CM_VAULT_KIND_DRAFT, octets, &record),
				      "draft", error) ||
	    !cm_agent_comodald_put_draft(notes->comodald, octets, notes->cancellable, error))
		return FALSE;
	fields = cm_vault_record_get_fields(record, CM_VAULT_KIND_DRAFT);
	cm_agent_memory_set_draft(
	    notes->memory,
	    &(CmVaultRememberedDraft){.draft = fields->draft, .revision = fields->revision});
	return cm_agent_memory_write(notes->memory, error);
}

gboolean
cm_agent_notes_drop_draft(CmAgentNotes *notes, const guint8 *draft, GError **error)
{
	if (!cm_agent_comodald_drop_draft(notes->comodald, notes->case_id, draft,
					  notes->cancellable, error))
		return FALSE;
	if (cm_agent_memory_get_revision(notes->memory, draft) == 0)
		return TRUE;
	cm_agent_memory_forget_draft(notes->memory, draft);
	return cm_agent_memory_write(notes->memory, error);
}

/* ---- notes */

static gboolean
sign_draft(CmAgentNotes *notes, GBytes *octets, GStrv *out_empty, GError **error)
{
	g_autoptr(CmAgentRules) rules = NULL;
	g_autoptr(CmVaultRecord) draft = NULL;
	g_autoptr(CmVaultRecord) content =
	    cm_agent_case_open_draft(notes->about, octets, notes->memory, error);
	g_autoptr(GByteArray) records = g_byte_array_new();
	g_auto(CmAgentAttachmentNames) names = {0};
	const CmVaultDraft *fields = NULL;
	CmAgentCaseText text = {.content = content};

	if (content == NULL ||
	    !cm_vault_class_set_error(cm_vault_record_read(CM_VAULT_KIND_DRAFT, octets, &draft),
				      "draft", error))
		return FALSE;
	rules = cm_agent_rules_fetch(notes->comodald, notes->cancellable, error);
	fields = cm_vault_record_get_fields(draft, CM_VAULT_KIND_DRAFT);
	if (rules == NULL ||
	    !cm_agent_signing_check(rules, fields,
				    cm_vault_record_get_fields(content, CM_VAULT_KIND_CONTENT),
				    out_empty, error) ||
	    !cm_agent_attachment_name(notes, content, &names, error))
		return FALSE;
	text.draft = draft;
	text.cosign = cm_agent_rules_asks_cosignature(rules, fields->kind);
	text.attachments = (CmVaultList){names.items, names.count};
	return cm_agent_case_sign(notes->about, &text, now(), records, error) &&
	       append(notes, records, NULL, error) && remember(notes, error);
}

guint64
cm_agent_notes_sign(CmAgentNotes *notes, const guint8 *draft, GStrv *out_empty, GError **error)
{
	guint64 sequence = cm_agent_case_find_signed(notes->about, draft);

	*out_empty = NULL;
	if (sequence == 0) {
		g_autoptr(GBytes) octets = cm_agent_notes_find_draft(notes, draft, error);

		if (octets == NULL || !sign_draft(notes, octets, out_empty, error))
			return 0;
		sequence = cm_vault_case_count_notes(cm_agent_case_get(notes->about));
	}
	return cm_agent_notes_drop_draft(notes, draft, error) ? sequence : 0;
}

guint64
cm_agent_notes_cosign(CmAgentNotes *notes, guint64 sequence, GError **error)
{
	const CmVaultCase *about = cm_agent_case_get(notes->about);
	g_autoptr(GByteArray) records = g_byte_array_new();
	guint64 before = 0;

	if (sequence == 0 || cm_vault_case_get_note(about, sequence) == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no note of that number."),
			     NULL);
		return 0;
	}
	before = cm_agent_cosign_find(notes->about, sequence);
	if (before != 0)
		return before;
	return cm_agent_case_cosign(notes->about, sequence, now(), records, error) &&
		       append(notes, records, NULL, error) && remember(notes, error)
		   ? cm_vault_case_count_notes(about)
		   : 0;
}

CmVaultRecord *
cm_agent_notes_read(CmAgentNotes *notes, guint64 sequence, GError **error)
{
	const CmVaultRecord *note =
	    sequence > 0 ? cm_vault_case_get_note(cm_agent_case_get(notes->about), sequence) : NULL;
	g_autoptr(GByteArray) hashes = g_byte_array_new();
	g_autoptr(GBytes) body = NULL;

	if (note == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no note of that number."),
			     NULL);
		return NULL;
	}
	g_byte_array_append(hashes, cm_vault_record_get_hash(note), CM_VAULT_HASH_BYTES);
	body = cm_agent_comodald_get_bodies(notes->comodald, notes->case_id, hashes,
					    notes->cancellable, error);
	return body != NULL ? cm_agent_case_open_note(notes->about, sequence, body, error) : NULL;
}

/* ---- reading all of them */

static gboolean
is_readable(const CmAgentNotes *notes, guint64 sequence)
{
	const CmVaultNote *note = cm_vault_record_get_fields(
	    cm_vault_case_get_note(cm_agent_case_get(notes->about), sequence), CM_VAULT_KIND_NOTE);

	return cm_agent_case_peek_key(notes->about, note->epoch) != NULL;
}

/* the next notes that are the person's to read: their hashes, and in `out_places` their places */
static GByteArray *
gather_hashes(const CmAgentNotes *notes, guint64 *inout_next, GArray *out_places)
{
	const CmVaultCase *records = cm_agent_case_get(notes->about);
	GByteArray *hashes = g_byte_array_new();

	g_array_set_size(out_places, 0);
	for (; *inout_next <= cm_vault_case_count_notes(records) && out_places->len < BODIES_MAX;
	     (*inout_next)++) {
		const CmVaultRecord *note = cm_vault_case_get_note(records, *inout_next);

		if (!is_readable(notes, *inout_next))
			continue;
		g_byte_array_append(hashes, cm_vault_record_get_hash(note), CM_VAULT_HASH_BYTES);
		g_array_append_val(out_places, *inout_next);
	}
	return hashes;
}

/* one text after another: no more than one is open at a time */
static gboolean
visit_bodies(CmAgentNotes *notes,
	     GBytes *bodies,
	     const GArray *places,
	     CmAgentNotesVisit visit,
	     gpointer user_data,
	     GError **error)
{
	g_autoptr(GArray) frames = NULL;
	CmVaultClass found =
	    cm_vault_frames_split(bodies, CM_VAULT_RECORD_OF(CM_VAULT_KIND_BODY), &frames);

	if (found == CM_VAULT_CLASS_OK && frames->len != places->len)
		found = CM_VAULT_CLASS_MISSING;
	if (!cm_vault_class_set_error(found, "note", error))
		return FALSE;
	for (guint i = 0; i < frames->len; i++) {
		guint64 sequence = g_array_index(places, guint64, i);
		g_autoptr(CmVaultRecord) content = cm_agent_case_open_note(
		    notes->about, sequence, g_array_index(frames, CmVaultFrame, i).octets, error);

		if (content == NULL)
			return FALSE;
		visit(sequence, content, user_data);
	}
	return TRUE;
}

gboolean
cm_agent_notes_visit(CmAgentNotes *notes,
		     CmAgentNotesVisit visit,
		     gpointer user_data,
		     GError **error)
{
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(guint64));
	guint64 next = 1;

	while (next <= cm_vault_case_count_notes(cm_agent_case_get(notes->about))) {
		g_autoptr(GByteArray) hashes = gather_hashes(notes, &next, places);
		g_autoptr(GBytes) bodies = NULL;

		if (places->len == 0)
			continue;
		bodies = cm_agent_comodald_get_bodies(notes->comodald, notes->case_id, hashes,
						      notes->cancellable, error);
		if (bodies == NULL || !visit_bodies(notes, bodies, places, visit, user_data, error))
			return FALSE;
	}
	return TRUE;
}
