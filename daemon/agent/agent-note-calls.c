// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-note-calls.h"

#include "daemon/agent/agent-case-keep.h"
#include "daemon/agent/agent-attachment.h"
#include "daemon/agent/agent-cosign.h"
#include "daemon/agent/agent-left.h"
#include "daemon/agent/agent-day.h"
#include "daemon/agent/agent-notes.h"
#include "daemon/agent/agent-pipe.h"
#include "daemon/agent/agent-search.h"
#include "daemon/agent/agent-sections.h"
#include "daemon/agent/agent-signing.h"
#include "daemon/agent/agent-values.h"
#include "daemon/bus/clock.h"
#include "daemon/vault/vault-frames.h"
#include "daemon/vault/vault-layout.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

/* the case that a call names first */
static gboolean
open_case(CmAgentNotes *notes, CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	guint8 id[CM_VAULT_ID_BYTES];

	return cm_agent_values_take_id(call, 0, FALSE, id, error) &&
	       cm_agent_notes_begin(notes, calls->keys, calls->comodald, call->cancellable,
				    error) &&
	       cm_agent_notes_open(notes, id, error);
}

GVariant *
cm_agent_note_calls_hand_content(const CmAgentCall *call, CmVaultRecord *content, GError **error)
{
	GBytes *octets = cm_vault_record_get_octets(content);
	g_autoptr(CmVaultSecret) copy = NULL;
	gint handle = -1;

	copy = cm_vault_secret_new_copy(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets));
	if (copy == NULL)
		cm_error_set(error, CM_ERROR_KEY, N_("No memory can be locked."), NULL);
	else
		handle = cm_agent_pipe_append(call->out_list, copy, error);
	return handle >= 0 ? g_variant_new("(h)", handle) : NULL;
}

GVariant *
cm_agent_note_calls_run_open_case(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	CmAgentNotesWhose whose = {0};

	g_variant_get(call->parameters, "(t&syb)", &whose.student, &whose.reference, &whose.file,
		      &whose.begin);
	if (!cm_agent_notes_begin(&notes, calls->keys, calls->comodald, call->cancellable, error) ||
	    !cm_agent_notes_find(&notes, &whose, error))
		return NULL;
	return g_variant_new("(@ayy)", cm_agent_values_pack_id(notes.case_id),
			     cm_agent_case_get_file(notes.about));
}

/* ---- drafts */

/* what stands in the options, over what the draft was before */
static gboolean
take_options(const CmAgentNotes *notes, GVariant *options, CmVaultDraft *draft, GError **error)
{
	const CmVaultCase *records = cm_agent_case_get(notes->about);
	const CmVaultRecord *amended = NULL;
	guint64 about = 0;

	(void)g_variant_lookup(options, "kind", "y", &draft->kind);
	(void)g_variant_lookup(options, "occurred-on", "u", &draft->occurred_on);
	(void)g_variant_lookup(options, "session", "t", &draft->session);
	if (!g_variant_lookup(options, "about", "t", &about))
		return TRUE;
	if (about > 0)
		amended = cm_vault_case_get_note(records, about);
	if (amended == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no note of that number."),
			     NULL);
		return FALSE;
	}
	draft->about = cm_vault_record_get_hash(amended);
	draft->kind = CM_VAULT_NOTE_AMENDMENT;
	return TRUE;
}

/* what there is of a draft already; `out_record` keeps what `draft` refers to */
static gboolean
take_before(CmAgentNotes *notes,
	    const guint8 *id,
	    CmVaultRecord **out_record,
	    CmVaultRecord **out_content,
	    CmVaultDraft *draft,
	    GError **error)
{
	g_autoptr(GBytes) octets = NULL;

	if (cm_agent_case_find_signed(notes->about, id) != 0) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("This draft was signed: a note is amended, not changed."), NULL);
		return FALSE;
	}
	octets = cm_agent_notes_find_draft(notes, id, error);
	if (octets == NULL)
		return FALSE;
	/* that it is one's own, and not an old one */
	*out_content = cm_agent_case_open_draft(notes->about, octets, notes->memory, error);
	if (*out_content == NULL ||
	    !cm_vault_class_set_error(cm_vault_record_read(CM_VAULT_KIND_DRAFT, octets, out_record),
				      "draft", error))
		return FALSE;
	*draft =
	    *(const CmVaultDraft *)cm_vault_record_get_fields(*out_record, CM_VAULT_KIND_DRAFT);
	return TRUE;
}

/* the template that a draft is to follow: the one that is asked for, the one it had, or its kind's. FALSE: there is no such one */
static gboolean
find_template(const CmAgentRules *rules,
	      GVariant *options,
	      const CmVaultRecord *before,
	      CmVaultDraft *draft,
	      const CmAgentTemplate **out_template,
	      GError **error)
{
	const gchar *name = NULL;
	const CmAgentTemplate *template = NULL;

	*out_template = NULL;
	if (draft->kind >= CM_VAULT_NOTE_AMENDMENT)
		return TRUE;
	if (!g_variant_lookup(options, "template", "&s", &name)) {
		*out_template =
		    before != NULL
			? cm_agent_signing_find_template(
			      rules, cm_vault_record_get_fields(before, CM_VAULT_KIND_CONTENT))
			: cm_agent_rules_find_required(rules, draft->kind);
		return TRUE;
	}
	if (*name == '\0')
		return TRUE;
	template = cm_agent_rules_find_template(rules, name);
	if (template == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("The policy of your profession has no template “{0}”; “comodalctl "
				"note templates” lists them."),
			     name, NULL);
		return FALSE;
	}
	draft->kind = template->kind;
	*out_template = template;
	return TRUE;
}

static gboolean
check_letters(const CmVaultSecret *text, GError **error)
{
	if (cm_vault_layout_is_text(cm_vault_secret_peek(text), cm_vault_secret_get_length(text)))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("The text is not UTF-8, or has characters in it that are not for reading."),
		     NULL);
	return FALSE;
}

static CmVaultBytes
view(const gchar *text)
{
	return (CmVaultBytes){(const guint8 *)text, strlen(text)};
}

/* keep it, with what was attached to the draft before; the headings of those sections that are empty. NULL with `error` set */
static GStrv
put_draft(CmAgentNotes *notes,
	  const CmVaultDraft *draft,
	  const CmAgentTemplate *template,
	  const gchar *language,
	  const CmVaultSecret *text,
	  const CmVaultRecord *before,
	  GError **error)
{
	g_autofree gchar *name = cm_agent_signing_name_template(template);
	g_autoptr(GArray) sections = cm_agent_sections_split(template, language, text);
	const CmVaultContent content = {.language = view(language),
					.template = view(name),
					.sections = {sections->data, sections->len},
					.attachments = cm_agent_attachment_get_list(before)};
	g_autoptr(GBytes) octets = cm_agent_case_make_draft(notes->about, draft, &content, error);

	if (octets == NULL || !cm_agent_notes_put_draft(notes, octets, error))
		return NULL;
	return cm_agent_sections_list_empty(template, language, &content);
}

GVariant *
cm_agent_note_calls_run_write_draft(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autoptr(GVariant) options = g_variant_get_child_value(call->parameters, 3);
	g_autoptr(CmAgentRules) rules = NULL;
	g_autoptr(CmVaultSecret) text = NULL;
	g_autoptr(CmVaultRecord) before = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	g_auto(GStrv) empty = NULL;
	g_autoptr(GError) local = NULL;
	CmVaultDraft draft = {.kind = CM_VAULT_NOTE_PROGRESS};
	const CmAgentTemplate *template = NULL;
	const gchar *language = "fr_CA";
	guint8 id[CM_VAULT_ID_BYTES];
	gboolean again = cm_agent_values_take_id(call, 1, TRUE, id, &local);
	gint handle = -1;

	if (local != NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return NULL;
	}
	g_variant_get_child(call->parameters, 2, "h", &handle);
	text = cm_agent_pipe_read(call->in_list, handle, CM_AGENT_CASE_TEXT_MAX, call->cancellable,
				  error);
	if (text == NULL || !check_letters(text, error) || !open_case(&notes, calls, call, error) ||
	    !cm_agent_case_check_writable(notes.about, error))
		return NULL;
	draft.occurred_on = cm_agent_day_of(cm_clock_get_now(), notes.zone);
	if ((again && !take_before(&notes, id, &before, &content, &draft, error)) ||
	    !take_options(&notes, options, &draft, error))
		return NULL;
	rules = cm_agent_rules_fetch(calls->comodald, call->cancellable, error);
	if (rules == NULL || !find_template(rules, options, content, &draft, &template, error))
		return NULL;
	if (!again)
		randombytes_buf(id, sizeof id);
	draft.draft = id;
	draft.revision++;
	(void)g_variant_lookup(options, "language", "&s", &language);
	empty = put_draft(&notes, &draft, template, language, text, content, error);
	return empty != NULL ? g_variant_new("(@ay^as)", cm_agent_values_pack_id(id), empty) : NULL;
}

GVariant *
cm_agent_note_calls_run_read_draft(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autoptr(CmVaultRecord) content = NULL;
	g_autoptr(GBytes) octets = NULL;
	guint8 id[CM_VAULT_ID_BYTES];

	if (!cm_agent_values_take_id(call, 1, FALSE, id, error) ||
	    !open_case(&notes, calls, call, error))
		return NULL;
	octets = cm_agent_notes_find_draft(&notes, id, error);
	if (octets != NULL)
		content = cm_agent_case_open_draft(notes.about, octets, notes.memory, error);
	return content != NULL ? cm_agent_note_calls_hand_content(call, content, error) : NULL;
}

static gboolean
add_draft(const CmAgentNotes *notes, GVariantBuilder *list, GBytes *octets, GError **error)
{
	g_autoptr(CmVaultRecord) record = NULL;
	g_auto(GVariantDict) row = G_VARIANT_DICT_INIT(NULL);
	const CmVaultDraft *draft = NULL;

	if (!cm_vault_class_set_error(cm_vault_record_read(CM_VAULT_KIND_DRAFT, octets, &record),
				      "draft", error))
		return FALSE;
	draft = cm_vault_record_get_fields(record, CM_VAULT_KIND_DRAFT);
	g_variant_dict_insert_value(&row, "draft", cm_agent_values_pack_id(draft->draft));
	g_variant_dict_insert(&row, "kind", "y", draft->kind);
	g_variant_dict_insert(&row, "occurred-on", "u", draft->occurred_on);
	g_variant_dict_insert(&row, "session", "t", draft->session);
	if (draft->kind >= CM_VAULT_NOTE_AMENDMENT)
		g_variant_dict_insert(&row, "about", "t",
				      cm_agent_case_find_note(notes->about, draft->about));
	/* a signature whose answer was lost left it there */
	g_variant_dict_insert(&row, "signed", "t",
			      cm_agent_case_find_signed(notes->about, draft->draft));
	g_variant_builder_add_value(list, g_variant_dict_end(&row));
	return TRUE;
}

GVariant *
cm_agent_note_calls_run_list_drafts(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	g_autoptr(GArray) frames = NULL;

	if (open_case(&notes, calls, call, error))
		frames = cm_agent_notes_list_drafts(&notes, error);
	if (frames == NULL)
		return NULL;
	for (guint i = 0; i < frames->len; i++) {
		if (!add_draft(&notes, &list, g_array_index(frames, CmVaultFrame, i).octets, error))
			return NULL;
	}
	return g_variant_new("(aa{sv})", &list);
}

GVariant *
cm_agent_note_calls_run_drop_draft(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	guint8 id[CM_VAULT_ID_BYTES];

	if (!cm_agent_values_take_id(call, 1, FALSE, id, error) ||
	    !open_case(&notes, calls, call, error) || !cm_agent_notes_drop_draft(&notes, id, error))
		return NULL;
	return g_variant_new("()");
}

/* ---- notes */

GVariant *
cm_agent_note_calls_run_sign(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	static const gchar *const none[] = {NULL};
	g_auto(CmAgentNotes) notes = {0};
	g_auto(GStrv) empty = NULL;
	guint8 id[CM_VAULT_ID_BYTES];
	guint64 sequence = 0;

	if (cm_agent_values_take_id(call, 1, FALSE, id, error) &&
	    open_case(&notes, calls, call, error))
		sequence = cm_agent_notes_sign(&notes, id, &empty, error);
	return sequence != 0
		   ? g_variant_new("(t^as)", sequence, empty != NULL ? (gconstpointer)empty : none)
		   : NULL;
}

GVariant *
cm_agent_note_calls_run_cosign(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	guint64 about = 0;
	guint64 sequence = 0;

	g_variant_get_child(call->parameters, 1, "t", &about);
	if (open_case(&notes, calls, call, error))
		sequence = cm_agent_notes_cosign(&notes, about, error);
	return sequence != 0 ? g_variant_new("(t)", sequence) : NULL;
}

static void
fill_note(const CmAgentNotes *notes, GVariantDict *row, guint64 sequence)
{
	const CmVaultNote *note = cm_vault_record_get_fields(
	    cm_vault_case_get_note(cm_agent_case_get(notes->about), sequence), CM_VAULT_KIND_NOTE);
	const CmVaultDirectoryEntry *author =
	    cm_vault_people_find(notes->people, note->author, note->author_generation);
	g_autofree gchar *label = cm_agent_values_dup_label(author);

	g_variant_dict_insert(row, "sequence", "t", sequence);
	g_variant_dict_insert(row, "kind", "y", note->kind);
	g_variant_dict_insert(row, "author", "s", label);
	g_variant_dict_insert(row, "entered-at", "t", note->entered_at);
	g_variant_dict_insert(row, "entered-on", "u", note->entered_on);
	g_variant_dict_insert(row, "occurred-on", "u", note->occurred_on);
	g_variant_dict_insert(row, "session", "t", note->session);
	g_variant_dict_insert(row, "cosign", "b", note->cosign != 0);
	g_variant_dict_insert(row, "stolen", "b",
			      author != NULL && author->state == CM_VAULT_STATE_REVOKED);
	g_variant_dict_insert(row, "readable", "b",
			      cm_agent_case_peek_key(notes->about, note->epoch) != NULL);
	g_variant_dict_insert(row, "earlier", "b",
			      cm_agent_case_keep_is_of_earlier_keys(notes->about));
	g_variant_dict_insert(row, "attachments", "u", (guint32)note->attachments.count);
	if (note->kind >= CM_VAULT_NOTE_AMENDMENT)
		g_variant_dict_insert(row, "about", "t",
				      cm_agent_case_find_note(notes->about, note->about));
}

static void
add_note(const CmAgentNotes *notes, GVariantBuilder *list, guint64 sequence)
{
	g_auto(GVariantDict) row = G_VARIANT_DICT_INIT(NULL);

	fill_note(notes, &row, sequence);
	g_variant_builder_add_value(list, g_variant_dict_end(&row));
}

GVariant *
cm_agent_note_calls_run_list_notes(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));

	if (!open_case(&notes, calls, call, error))
		return NULL;
	for (guint64 i = 1; i <= cm_vault_case_count_notes(cm_agent_case_get(notes.about)); i++)
		add_note(&notes, &list, i);
	return g_variant_new("(aa{sv})", &list);
}

/* ---- what waits for a co-signature */

/* 0: somebody else's to do; 1: the person's own to wait for; 2: theirs to give */
static guint8
get_part(const CmAgentNotes *notes, guint64 sequence)
{
	const CmVaultNote *note = cm_vault_record_get_fields(
	    cm_vault_case_get_note(cm_agent_case_get(notes->about), sequence), CM_VAULT_KIND_NOTE);
	const CmVaultBundle *own = cm_vault_record_get_fields(notes->bundle, CM_VAULT_KIND_BUNDLE);

	if (note->cosign == 0 || cm_agent_cosign_find(notes->about, sequence) != 0)
		return 0;
	if (memcmp(note->author, own->person, CM_VAULT_ID_BYTES) == 0)
		return 1;
	return (cm_agent_case_get_rights(notes->about) & CM_VAULT_RIGHT_COSIGN) != 0 ? 2 : 0;
}

static void
add_waiting(const CmAgentNotes *notes, const CmAgentNotesListed *listed, GVariantBuilder *list)
{
	guint64 count = cm_vault_case_count_notes(cm_agent_case_get(notes->about));

	for (guint64 i = 1; i <= count; i++) {
		guint8 part = get_part(notes, i);
		g_auto(GVariantDict) row = G_VARIANT_DICT_INIT(NULL);

		if (part == 0)
			continue;
		fill_note(notes, &row, i);
		g_variant_dict_insert(&row, "student", "t", listed->student);
		g_variant_dict_insert(&row, "file", "y", (guint8)listed->file);
		g_variant_dict_insert(&row, "own", "b", part == 1);
		g_variant_builder_add_value(list, g_variant_dict_end(&row));
	}
}

/* one that does not hold hides none of the others */
static gboolean
add_listed(CmAgentNotes *notes,
	   const CmAgentNotesListed *listed,
	   GVariantBuilder *list,
	   GPtrArray *left,
	   GError **error)
{
	g_autoptr(GError) reason = NULL;

	if (cm_agent_notes_open_listed(notes, listed, &reason)) {
		add_waiting(notes, listed, list);
		return TRUE;
	}
	if (cm_agent_left_is_one(reason)) {
		cm_agent_left_add(left, listed, reason);
		return TRUE;
	}
	g_propagate_error(error, g_steal_pointer(&reason));
	return FALSE;
}

GVariant *
cm_agent_note_calls_run_list_waiting(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	g_autoptr(GPtrArray) left = cm_agent_left_new();
	g_autoptr(GArray) cases = NULL;

	if (cm_agent_notes_begin(&notes, calls->keys, calls->comodald, call->cancellable, error))
		cases = cm_agent_notes_list(&notes, error);
	for (guint i = 0; cases != NULL && i < cases->len; i++) {
		const CmAgentNotesListed *listed = &g_array_index(cases, CmAgentNotesListed, i);

		if (listed->waiting > 0 && !add_listed(&notes, listed, &list, left, error))
			return NULL;
	}
	return cases != NULL ? g_variant_new("(aa{sv}@aa{sv})", &list, cm_agent_left_pack(left))
			     : NULL;
}

GVariant *
cm_agent_note_calls_run_read_note(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autoptr(CmVaultRecord) content = NULL;
	guint64 sequence = 0;

	g_variant_get_child(call->parameters, 1, "t", &sequence);
	if (open_case(&notes, calls, call, error))
		content = cm_agent_notes_read(&notes, sequence, error);
	return content != NULL ? cm_agent_note_calls_hand_content(call, content, error) : NULL;
}

/* the words of a call, each octet of which is UTF-8 */
static CmVaultSecret *
take_words(const CmAgentCall *call, GError **error)
{
	g_autoptr(CmVaultSecret) words = NULL;
	gint handle = -1;

	g_variant_get_child(call->parameters, 1, "h", &handle);
	words = cm_agent_pipe_read(call->in_list, handle, CM_AGENT_PIPE_LINE_MAX, call->cancellable,
				   error);
	return words != NULL && check_letters(words, error) ? g_steal_pointer(&words) : NULL;
}

typedef struct {
	const CmVaultSecret *words;
	GVariantBuilder list;
} Search;

static void
match(guint64 sequence, const CmVaultRecord *content, gpointer user_data)
{
	Search *search = user_data;

	if (cm_agent_search_match(content, search->words))
		g_variant_builder_add(&search->list, "t", sequence);
}

GVariant *
cm_agent_note_calls_run_search(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autoptr(CmVaultSecret) words = take_words(call, error);
	Search search = {.words = words};
	g_autoptr(GVariant) found = NULL;
	gboolean good = FALSE;

	g_variant_builder_init(&search.list, G_VARIANT_TYPE("at"));
	good = words != NULL && open_case(&notes, calls, call, error) &&
	       cm_agent_notes_visit(&notes, match, &search, error);
	found = g_variant_ref_sink(g_variant_builder_end(&search.list));
	return good ? g_variant_new("(@at)", found) : NULL;
}
