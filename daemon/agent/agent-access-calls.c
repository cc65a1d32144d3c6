// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-access-calls.h"

#include "daemon/agent/agent-case-keep.h"
#include "daemon/agent/agent-access.h"
#include "daemon/agent/agent-deposit.h"
#include "daemon/agent/agent-notes.h"
#include "daemon/agent/agent-values.h"
#include "daemon/bus/clock.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

#define CASES_MAX 4096 /* that are handed over at once */

static guint64
now(void)
{
	return (guint64)cm_clock_get_now();
}

static gboolean
begin(CmAgentNotes *notes, CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	return cm_agent_notes_begin(notes, calls->keys, calls->comodald, call->cancellable, error);
}

/* the case that a call names first */
static gboolean
open_case(CmAgentNotes *notes, CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	guint8 id[CM_VAULT_ID_BYTES];

	return cm_agent_values_take_id(call, 0, FALSE, id, error) &&
	       begin(notes, calls, call, error) && cm_agent_notes_open(notes, id, error);
}

/* ---- showing */

static void
add_responsible(GVariantDict *row, const CmAgentCase *about)
{
	g_autofree gchar *label = cm_agent_values_dup_label(cm_agent_access_get_responsible(about));

	g_variant_dict_insert(row, "responsible", "s", label);
	g_variant_dict_insert(row, "own", "b", cm_agent_access_is_own(about));
	g_variant_dict_insert(row, "taken", "b", cm_agent_case_is_taken(about));
	g_variant_dict_insert(row, "rights", "y", cm_agent_case_get_rights(about));
	g_variant_dict_insert(row, "earlier", "b", cm_agent_case_keep_is_of_earlier_keys(about));
	g_variant_dict_insert(row, "notes", "t",
			      cm_vault_case_count_notes(cm_agent_case_get(about)));
}

/* one that does not hold hides none of the others */
static gboolean
add_case(CmAgentNotes *notes,
	 const CmAgentNotesListed *listed,
	 GVariantBuilder *list,
	 GError **error)
{
	g_auto(GVariantDict) row = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GError) local = NULL;
	gboolean holds = cm_agent_notes_open_listed(notes, listed, &local);

	if (!holds && !cm_agent_notes_is_spoiled(local)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	g_variant_dict_insert_value(&row, "case", cm_agent_values_pack_id(listed->id));
	g_variant_dict_insert(&row, "student", "t", listed->student);
	g_variant_dict_insert(&row, "file", "y", (guint8)listed->file);
	g_variant_dict_insert(&row, "holds", "b", holds);
	if (holds)
		add_responsible(&row, notes->about);
	g_variant_builder_add_value(list, g_variant_dict_end(&row));
	return TRUE;
}

GVariant *
cm_agent_access_calls_run_list_cases(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	g_autoptr(GArray) cases = NULL;

	if (begin(&notes, calls, call, error))
		cases = cm_agent_notes_list(&notes, error);
	if (cases == NULL)
		return NULL;
	for (guint i = 0; i < cases->len; i++)
		if (!add_case(&notes, &g_array_index(cases, CmAgentNotesListed, i), &list, error))
			return NULL;
	return g_variant_new("(aa{sv})", &list);
}

static void
add_keys(GVariantDict *row, const CmVaultDirectoryEntry *entry)
{
	static const gchar *const states[] = {"", "current", "retired", "revoked"};
	g_autofree gchar *label = cm_agent_values_dup_label(entry);
	g_autofree gchar *fingerprint =
	    cm_vault_hash_dup_fingerprint(entry->sign_key, entry->box_key);

	g_variant_dict_insert(row, "label", "s", label);
	g_variant_dict_insert(row, "fingerprint", "s", fingerprint);
	g_variant_dict_insert(row, "state", "s", states[entry->state]);
	g_variant_dict_insert(row, "roles", "y", entry->roles);
}

GVariant *
cm_agent_access_calls_run_list_colleagues(CmAgentCalls *calls,
					  const CmAgentCall *call,
					  GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	const CmVaultBundle *own = NULL;
	const CmVaultList *entries = NULL;
	const CmVaultDirectoryEntry *items = NULL;

	if (!begin(&notes, calls, call, error))
		return NULL;
	own = cm_vault_record_get_fields(notes.bundle, CM_VAULT_KIND_BUNDLE);
	entries = &cm_vault_people_get_directory(notes.people)->entries;
	items = entries->items;
	for (guint i = 0; i < entries->count; i++) {
		g_auto(GVariantDict) row = G_VARIANT_DICT_INIT(NULL);

		if (memcmp(items[i].person, own->person, CM_VAULT_ID_BYTES) == 0)
			continue;
		add_keys(&row, &items[i]);
		g_variant_builder_add_value(&list, g_variant_dict_end(&row));
	}
	return g_variant_new("(aa{sv})", &list);
}

GVariant *
cm_agent_access_calls_run_list_access(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	g_autoptr(GArray) readers = NULL;
	const CmVaultDirectoryEntry *responsible = NULL;

	if (!open_case(&notes, calls, call, error))
		return NULL;
	responsible = cm_agent_access_get_responsible(notes.about);
	readers = cm_agent_access_list(notes.about);
	for (guint i = 0; i < readers->len; i++) {
		const CmAgentAccessReader *reader = &g_array_index(readers, CmAgentAccessReader, i);
		g_auto(GVariantDict) row = G_VARIANT_DICT_INIT(NULL);

		add_keys(&row, reader->entry);
		g_variant_dict_insert(&row, "rights", "y", reader->rights);
		g_variant_dict_insert(&row, "notes", "t", reader->notes);
		g_variant_dict_insert(&row, "responsible", "b", reader->entry == responsible);
		g_variant_builder_add_value(&list, g_variant_dict_end(&row));
	}
	return g_variant_new("(aa{sv})", &list);
}

/* ---- giving and ending */

/* the same, with the person's deposit for a new epoch of it; NULL where there are no custodians */
static gboolean
open_to_renew(CmAgentNotes *notes,
	      CmAgentCalls *calls,
	      const CmAgentCall *call,
	      CmVaultRecord **out_deposit,
	      GError **error)
{
	guint8 id[CM_VAULT_ID_BYTES];

	return cm_agent_values_take_id(call, 0, FALSE, id, error) &&
	       begin(notes, calls, call, error) &&
	       cm_agent_deposit_need(notes, out_deposit, error) &&
	       cm_agent_notes_open(notes, id, error);
}

static GVariant *
hand_in(CmAgentNotes *notes, const GByteArray *records, GError **error)
{
	return cm_agent_notes_hand_in(notes, records, error) ? g_variant_new("()") : NULL;
}

GVariant *
cm_agent_access_calls_run_share(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autoptr(GByteArray) records = g_byte_array_new();
	CmAgentAccessGift gift = {0};
	const gchar *fingerprint = NULL;

	g_variant_get(call->parameters, "(@ay&syb)", NULL, &fingerprint, &gift.rights,
		      &gift.earlier);
	if (!open_case(&notes, calls, call, error))
		return NULL;
	gift.entry = cm_agent_access_find_colleague(notes.people, fingerprint, error);
	if (gift.entry == NULL || !cm_agent_access_share(notes.about, &gift, now(), records, error))
		return NULL;
	return hand_in(&notes, records, error);
}

GVariant *
cm_agent_access_calls_run_end_access(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autoptr(GByteArray) records = g_byte_array_new();
	g_autoptr(CmVaultRecord) deposit = NULL;
	const CmVaultDirectoryEntry *entry = NULL;
	const gchar *fingerprint = NULL;

	g_variant_get_child(call->parameters, 1, "&s", &fingerprint);
	if (!open_to_renew(&notes, calls, call, &deposit, error))
		return NULL;
	entry = cm_agent_access_find_keys(notes.people, fingerprint, error);
	if (entry == NULL ||
	    !cm_agent_access_end(notes.about, entry->person, deposit, now(), records, error))
		return NULL;
	return hand_in(&notes, records, error);
}

GVariant *
cm_agent_access_calls_run_accept(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autoptr(GByteArray) records = g_byte_array_new();
	g_autoptr(CmVaultRecord) deposit = NULL;

	if (!open_to_renew(&notes, calls, call, &deposit, error) ||
	    !cm_agent_access_accept(notes.about, deposit, now(), records, error))
		return NULL;
	return hand_in(&notes, records, error);
}

/* ---- a caseload */

typedef struct {
	const CmVaultDirectoryEntry *to;
	const CmVaultRecord *deposit; /* theirs; NULL: there are no custodians */
	gboolean keep_reading;
	GByteArray *records;
	GPtrArray *cases; /* CmAgentCase */
} Leaving;

static gboolean
leave_case(CmAgentNotes *notes, const CmAgentNotesListed *listed, Leaving *leaving, GError **error)
{
	if (!cm_agent_notes_open_listed(notes, listed, error) ||
	    !cm_agent_access_hand_over(notes->about, leaving->to, leaving->keep_reading,
				       leaving->deposit, now(), leaving->records, error))
		return FALSE;
	/* of a caseload not all keys are open at a time */
	cm_agent_case_close(notes->about);
	g_ptr_array_add(leaving->cases, g_steal_pointer(&notes->about));
	return TRUE;
}

/* a case of the call that the person has */
static const CmAgentNotesListed *
pick(const GArray *cases, GVariant *named, gsize index, GError **error)
{
	g_autoptr(GVariant) id = g_variant_get_child_value(named, index);
	gsize length = 0;
	const guint8 *octets = g_variant_get_fixed_array(id, &length, 1);

	for (guint i = 0; i < cases->len && length == CM_VAULT_ID_BYTES; i++) {
		const CmAgentNotesListed *listed = &g_array_index(cases, CmAgentNotesListed, i);

		if (memcmp(listed->id, octets, CM_VAULT_ID_BYTES) == 0)
			return listed;
	}
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such file of yours."), NULL);
	return NULL;
}

static gboolean
leave_all(CmAgentNotes *notes, GVariant *named, Leaving *leaving, GError **error)
{
	g_autoptr(GArray) cases = cm_agent_notes_list(notes, error);

	if (cases == NULL)
		return FALSE;
	if (g_variant_n_children(named) == 0 || g_variant_n_children(named) > CASES_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("One to 4096 files can be handed over at once."), NULL);
		return FALSE;
	}
	for (gsize i = 0; i < g_variant_n_children(named); i++) {
		const CmAgentNotesListed *listed = pick(cases, named, i, error);

		if (listed == NULL || !leave_case(notes, listed, leaving, error))
			return FALSE;
	}
	return TRUE;
}

GVariant *
cm_agent_access_calls_run_hand_over(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autoptr(GVariant) named = g_variant_get_child_value(call->parameters, 0);
	g_autoptr(GByteArray) records = g_byte_array_new();
	g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func(cm_agent_case_free);
	g_autoptr(CmVaultRecord) deposit = NULL;
	Leaving leaving = {.records = records, .cases = cases};
	const gchar *fingerprint = NULL;

	g_variant_get(call->parameters, "(@aay&sb)", NULL, &fingerprint, &leaving.keep_reading);
	if (!begin(&notes, calls, call, error))
		return NULL;
	leaving.to = cm_agent_access_find_colleague(notes.people, fingerprint, error);
	if (leaving.to == NULL || !cm_agent_deposit_find(&notes, leaving.to, &deposit, error))
		return NULL;
	leaving.deposit = deposit;
	if (!leave_all(&notes, named, &leaving, error) ||
	    !cm_agent_notes_hand_in_all(&notes, cases, records, error))
		return NULL;
	return g_variant_new("()");
}
