// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-destruction-calls.h"

#include "daemon/agent/agent-destruction.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* octets of the call, as long as they have to be */
static const guint8 *
take_octets(GVariant *given, gsize expected, GError **error)
{
	gsize length = 0;
	const guint8 *octets = g_variant_get_fixed_array(given, &length, 1);

	if (length == expected)
		return octets;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("An id of the vault has 16 octets, a hash 32."), NULL);
	return NULL;
}

static gboolean
begin(CmAgentNotes *notes, CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	return cm_agent_notes_begin(notes, calls->keys, calls->comodald, call->cancellable, error);
}

static GVariant *
done(gboolean good)
{
	return good ? g_variant_new("()") : NULL;
}

GVariant *
cm_agent_destruction_calls_run_ask(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autoptr(GVariant) id = g_variant_get_child_value(call->parameters, 0);
	g_autoptr(GVariant) terms = g_variant_get_child_value(call->parameters, 3);
	CmAgentDestructionOrder order = {.case_id = take_octets(id, CM_VAULT_ID_BYTES, error),
					 .basis = ""};

	if (order.case_id == NULL)
		return NULL;
	g_variant_get_child(call->parameters, 1, "&s", &order.reference);
	g_variant_get_child(call->parameters, 2, "&s", &order.second);
	(void)g_variant_lookup(terms, "due", "u", &order.due_on);
	(void)g_variant_lookup(terms, "backups-until", "u", &order.backups_until);
	(void)g_variant_lookup(terms, "basis", "&s", &order.basis);
	if (*order.reference == '\0')
		order.reference = NULL;
	return done(begin(&notes, calls, call, error) &&
		    cm_agent_destruction_ask(&notes, &order, error));
}

static guint32
get_last_day(const CmAgentCase *about)
{
	const CmVaultCase *records = cm_agent_case_get(about);
	guint64 count = cm_vault_case_count_notes(records);
	const CmVaultNote *note =
	    count > 0 ? cm_vault_record_get_fields(cm_vault_case_get_note(records, count),
						   CM_VAULT_KIND_NOTE)
		      : NULL;

	return note != NULL ? note->entered_on : 0;
}

static GVariant *
describe(const CmAgentNotes *notes, const CmAgentCase *about, const CmVaultRecord *record)
{
	const CmVaultDestruction *fields =
	    cm_vault_record_get_fields(record, CM_VAULT_KIND_DESTRUCTION);
	const CmVaultDirectoryEntry *first =
	    cm_vault_people_find(notes->people, fields->first, fields->first_generation);
	g_autofree gchar *label = g_strndup((const gchar *)first->label.data, first->label.length);
	g_autofree gchar *basis =
	    g_strndup((const gchar *)fields->basis.data, fields->basis.length);
	g_auto(GVariantDict) question = G_VARIANT_DICT_INIT(NULL);

	g_variant_dict_insert(&question, "basis", "s", basis);
	g_variant_dict_insert(&question, "due", "u", fields->due_on);
	g_variant_dict_insert(&question, "backups-until", "u", fields->backups_until);
	g_variant_dict_insert(&question, "first", "s", label);
	g_variant_dict_insert(&question, "notes", "t", fields->last_sequence);
	g_variant_dict_insert(&question, "last-note-on", "u", get_last_day(about));
	g_variant_dict_insert_value(&question, "record",
				    g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE,
							      cm_vault_record_get_hash(record),
							      CM_VAULT_HASH_BYTES, 1));
	return g_variant_new("(@a{sv})", g_variant_dict_end(&question));
}

/* what is asked about the case that a call names first */
static CmVaultRecord *
read_question(CmAgentNotes *notes,
	      CmAgentCalls *calls,
	      const CmAgentCall *call,
	      CmAgentCase **out_about,
	      GError **error)
{
	g_autoptr(GVariant) given = g_variant_get_child_value(call->parameters, 0);
	const guint8 *id = take_octets(given, CM_VAULT_ID_BYTES, error);

	return id != NULL && begin(notes, calls, call, error)
		   ? cm_agent_destruction_read(notes, id, out_about, error)
		   : NULL;
}

GVariant *
cm_agent_destruction_calls_run_check(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autoptr(CmAgentCase) about = NULL;
	g_autoptr(CmVaultRecord) record = read_question(&notes, calls, call, &about, error);

	return record != NULL ? describe(&notes, about, record) : NULL;
}

GVariant *
cm_agent_destruction_calls_run_agree(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autoptr(GVariant) given = g_variant_get_child_value(call->parameters, 1);
	const guint8 *hash = take_octets(given, CM_VAULT_HASH_BYTES, error);
	g_autoptr(CmAgentCase) about = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	gboolean erased = FALSE;

	if (hash != NULL)
		record = read_question(&notes, calls, call, &about, error);
	if (record == NULL)
		return NULL;
	if (memcmp(cm_vault_record_get_hash(record), hash, CM_VAULT_HASH_BYTES) != 0) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("This is not what was asked: look at it again."), NULL);
		return NULL;
	}
	return cm_agent_destruction_agree(&notes, record, &erased, error)
		   ? g_variant_new("(b)", erased)
		   : NULL;
}
