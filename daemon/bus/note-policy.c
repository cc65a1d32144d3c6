// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/note-policy.h"

#include "daemon/agenda/document.h"
#include "daemon/policy/policy-schema.h"
#include "daemon/store/store-account.h"
#include "daemon/vault/vault-frames.h"
#include "daemon/vault/vault-people.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define FORMAT "comodal-note-rules/1"
#define FILES_RULE "note.files"

/* the kinds that a template can be for, as a note has them from 1; and the files, as an epoch has them from 1 */
static const gchar *const kinds[] = {"opening",       "progress", "evaluation", "plan",
				     "communication", "consent",  "summary",    "closing"};
static const gchar *const files[] = {"school", "assistance", "professional", "confidential"};

/* what is said of files and records besides: who may read, how long it is kept */
static const gchar *const said[] = {
    "record.required_elements",           "record.retention_min",
    "record.access.client_age",           "school.file_types",
    "school.file_follows_mandate",        "school.confidential_files_stay_on_premises",
    "disclosure.default_requires_consent"};

static const CmProfessional *
find_professional(const CmRosterSnapshot *roster, gint64 number)
{
	guint32 index =
	    number != 0 ? cm_roster_numbers_find(roster->numbers, CM_NUMBER_PROFESSIONAL, number)
			: CM_NONE;

	return index != CM_NONE ? CM_ELEMENT(roster->caseload->professionals, CmProfessional, index)
				: NULL;
}

/* ---- the document */

static void
add_rule(JsonBuilder *builder, const gchar *name, const CmRule *rule)
{
	if (name != NULL)
		json_builder_set_member_name(builder, name);
	if (rule == NULL) {
		json_builder_add_null_value(builder);
		return;
	}
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "id", rule->id);
	cm_document_add_string(builder, "effect", cm_effect_to_string(rule->effect));
	cm_document_add_string(builder, "kind", cm_rule_kind_to_string(rule->kind));
	cm_document_add_string(builder, "confidence", cm_confidence_to_string(rule->confidence));
	cm_document_add_string(builder, "source", rule->source);
	cm_document_add_string(builder, "article", rule->article);
	cm_document_add_string(builder, "read", rule->read);
	cm_document_add_string(builder, "text_fr", rule->text[CM_LANGUAGE_FRENCH]);
	cm_document_add_string(builder, "text_en", rule->text[CM_LANGUAGE_ENGLISH]);
	cm_document_add_string(builder, "note_fr", rule->note[CM_LANGUAGE_FRENCH]);
	cm_document_add_string(builder, "note_en", rule->note[CM_LANGUAGE_ENGLISH]);
	cm_document_add_int(builder, "number", rule->number);
	json_builder_end_object(builder);
}

/* of the rule of a template: its name, and which kind of note it is for; FALSE: it is about something else */
static gboolean
is_template(const CmRule *rule, const gchar **out_name, guint *out_kind)
{
	gsize length = 0;

	if (!g_str_has_prefix(rule->id, CM_POLICY_TEMPLATE_PREFIX) || rule->items == NULL)
		return FALSE;
	*out_name = rule->id + strlen(CM_POLICY_TEMPLATE_PREFIX);
	length = strcspn(*out_name, ".");
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strlen(kinds[i]) != length || strncmp(kinds[i], *out_name, length) != 0)
			continue;
		*out_kind = i + 1;
		return TRUE;
	}
	return FALSE;
}

static void
add_template(JsonBuilder *builder, const CmRule *rule, const gchar *name, guint kind)
{
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "name", name);
	cm_document_add_int(builder, "kind", kind);
	cm_document_add_string(builder, "version",
			       rule->version != NULL ? rule->version : rule->read);
	cm_document_begin_array(builder, "sections");
	for (guint i = 0; rule->items[i] != NULL; i++) {
		json_builder_begin_object(builder);
		cm_document_add_string(builder, "fr", rule->item_texts[CM_LANGUAGE_FRENCH][i]);
		cm_document_add_string(builder, "en", rule->item_texts[CM_LANGUAGE_ENGLISH][i]);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	add_rule(builder, "rule", rule);
	json_builder_end_object(builder);
}

static void
add_templates(JsonBuilder *builder, const CmPolicy *policy)
{
	cm_document_begin_array(builder, "templates");
	for (guint i = 0; policy != NULL && i < cm_policy_get_rule_count(policy); i++) {
		const CmRule *rule = cm_policy_get_rule(policy, i);
		const gchar *name = NULL;
		guint kind = 0;

		if (is_template(rule, &name, &kind))
			add_template(builder, rule, name, kind);
	}
	json_builder_end_array(builder);
}

static const CmRule *
lookup(const CmPolicy *policy, const gchar *id)
{
	return policy != NULL ? cm_policy_lookup_rule(policy, id) : NULL;
}

static const CmRule *
lookup_flag(const CmPolicy *policy, const gchar *id)
{
	const CmRule *rule = lookup(policy, id);

	return rule != NULL && rule->number != 0 ? rule : NULL;
}

static gboolean
is_begun(const CmRule *rule, const gchar *file)
{
	return rule == NULL || rule->effect != CM_EFFECT_BLOCK || rule->items == NULL ||
	       g_strv_contains(rule->items, file);
}

static void
add_files(JsonBuilder *builder, const CmPolicy *policy)
{
	const CmRule *allowed = lookup(policy, FILES_RULE);

	cm_document_begin_array(builder, "files");
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree gchar *retention = g_strconcat("retention.", files[i], NULL);

		json_builder_begin_object(builder);
		cm_document_add_int(builder, "file", i + 1);
		cm_document_add_boolean(builder, "begun", is_begun(allowed, files[i]));
		add_rule(builder, "retention", lookup(policy, retention));
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	add_rule(builder, "files_rule", allowed);
	cm_document_begin_array(builder, "rules");
	for (guint i = 0; i < G_N_ELEMENTS(said); i++) {
		const CmRule *rule = lookup(policy, said[i]);

		if (rule != NULL)
			add_rule(builder, NULL, rule);
	}
	json_builder_end_array(builder);
}

static void
add_person(JsonBuilder *builder, const CmRosterSnapshot *roster, const CmStoreAccount *account)
{
	const CmProfessional *supervisor = find_professional(roster, account->supervisor);

	cm_document_add_boolean(builder, "trainee", account->trainee);
	cm_document_add_string(builder, "supervisor", supervisor != NULL ? supervisor->name : NULL);
}

gboolean
cm_note_policy_make(CmStore *store,
		    CmPolicySet *policies,
		    gpointer data,
		    JsonBuilder *builder,
		    GError **error)
{
	const CmVaultQuery *query = data;
	g_autoptr(CmRosterSnapshot) roster =
	    cm_roster_cache_get(query->service->roster, store, NULL, error);
	g_autoptr(CmStoreAccount) account =
	    roster != NULL ? cm_store_account_get(store, query->caller->uid, error) : NULL;
	const CmProfessional *person = NULL;
	const CmPolicy *policy = NULL;

	if (account == NULL)
		return FALSE;
	person = find_professional(roster, query->caller->professional);
	if (person != NULL)
		policy = cm_policy_set_lookup(policies, person->profession);
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", FORMAT);
	cm_document_add_string(builder, "profession", person != NULL ? person->profession : NULL);
	cm_document_add_string(builder, "title_fr",
			       policy != NULL ? cm_policy_get_title(policy, CM_LANGUAGE_FRENCH)
					      : NULL);
	cm_document_add_string(builder, "title_en",
			       policy != NULL ? cm_policy_get_title(policy, CM_LANGUAGE_ENGLISH)
					      : NULL);
	add_person(builder, roster, account);
	add_templates(builder, policy);
	cm_document_begin_object(builder, "cosign");
	add_rule(builder, "notes", lookup_flag(policy, "intern.countersign_notes"));
	add_rule(builder, "reports", lookup_flag(policy, "intern.countersign_reports"));
	json_builder_end_object(builder);
	add_files(builder, policy);
	json_builder_end_object(builder);
	return TRUE;
}

/* ---- a new file */

/* of a first epoch; 0: the record is another, or does not hold */
static guint8
get_begun_file(const CmVaultFrame *frame)
{
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultEpoch *epoch = NULL;

	if (frame->kind != CM_VAULT_KIND_EPOCH ||
	    cm_vault_record_read(frame->kind, frame->octets, &record) != CM_VAULT_CLASS_OK)
		return 0;
	epoch = cm_vault_record_get_fields(record, CM_VAULT_KIND_EPOCH);
	return epoch->epoch == 1 ? epoch->file : 0;
}

static gboolean
check_file(const CmPolicy *policy, guint8 file, GError **error)
{
	const CmRule *rule = lookup(policy, FILES_RULE);

	if (file == 0 || is_begun(rule, files[file - 1]))
		return TRUE;
	cm_error_set(
	    error, CM_ERROR_ACCESS_DENIED,
	    N_("The policy of your profession keeps no notes in this file ({0}): {1}, {2}. "
	       "Nothing was begun."),
	    files[file - 1], rule->article, rule->source, NULL);
	return FALSE;
}

gboolean
cm_note_policy_check_begun(const CmVaultQuery *query,
			   CmStore *store,
			   const CmPolicySet *policies,
			   GBytes *records,
			   GError **error)
{
	g_autoptr(CmRosterSnapshot) roster =
	    cm_roster_cache_get(query->service->roster, store, NULL, error);
	g_autoptr(GArray) frames = NULL;
	const CmProfessional *person = NULL;
	const CmPolicy *policy = NULL;

	if (roster == NULL)
		return FALSE;
	person = find_professional(roster, query->caller->professional);
	if (person != NULL)
		policy = cm_policy_set_lookup(policies, person->profession);
	if (policy == NULL || cm_vault_frames_split(records,
						    cm_vault_people_get_kinds() |
							CM_VAULT_RECORD_OF(CM_VAULT_KIND_BODY),
						    &frames) != CM_VAULT_CLASS_OK)
		return TRUE;
	for (guint i = 0; i < frames->len; i++) {
		if (!check_file(policy, get_begun_file(&g_array_index(frames, CmVaultFrame, i)),
				error))
			return FALSE;
	}
	return TRUE;
}
