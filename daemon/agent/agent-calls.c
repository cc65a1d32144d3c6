// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-calls.h"

#include "daemon/agent/agent-access-calls.h"
#include "daemon/agent/agent-attachment-calls.h"
#include "daemon/agent/agent-carry.h"
#include "daemon/agent/agent-destruction-calls.h"
#include "daemon/agent/agent-export-calls.h"
#include "daemon/agent/agent-minutes-calls.h"
#include "daemon/agent/agent-custody-calls.h"
#include "daemon/agent/agent-note-calls.h"
#include "daemon/agent/agent-pipe.h"

/* the reply of a method that answers nothing */
static GVariant *
done(gboolean good)
{
	return good ? g_variant_new("()") : NULL;
}

/* what was typed, by the argument at `index` */
static CmVaultSecret *
read_line(const CmAgentCall *call, gsize index, GError **error)
{
	gint handle = -1;

	g_variant_get_child(call->parameters, index, "h", &handle);
	return cm_agent_pipe_read(call->in_list, handle, CM_AGENT_PIPE_LINE_MAX, call->cancellable,
				  error);
}

static void
add_identity(GVariantDict *state, const CmVaultRecord *bundle)
{
	const CmVaultBundle *fields = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	guint8 sign_key[CM_VAULT_KEY_BYTES];
	guint8 box_key[CM_VAULT_KEY_BYTES];
	g_autofree gchar *fingerprint = NULL;

	g_variant_dict_insert(state, "generation", "u", fields->generation);
	if (cm_vault_keyring_get_public(bundle, sign_key, box_key) != CM_VAULT_CLASS_OK)
		return;
	fingerprint = cm_vault_hash_dup_fingerprint(sign_key, box_key);
	g_variant_dict_insert(state, "fingerprint", "s", fingerprint);
}

static GVariant *
run_get_state(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(GVariantDict) state = G_VARIANT_DICT_INIT(NULL);
	const CmVaultRecord *bundle = cm_agent_keys_get_bundle(calls->keys, NULL);

	g_variant_dict_insert(&state, "state", "s", cm_agent_keys_get_state(calls->keys));
	g_variant_dict_insert(&state, "idle", "u", calls->settings->idle_seconds);
	if (bundle != NULL)
		add_identity(&state, bundle);
	return g_variant_new("(@a{sv})", g_variant_dict_end(&state));
}

static GVariant *
run_unlock(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_autoptr(CmVaultSecret) passphrase = read_line(call, 0, error);

	return done(passphrase != NULL && cm_agent_keys_unlock(calls->keys, passphrase, error));
}

static GVariant *
run_lock(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	cm_agent_keys_lock(calls->keys);
	return done(TRUE);
}

static GVariant *
run_change_passphrase(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_autoptr(CmVaultSecret) passphrase = read_line(call, 0, error);
	g_autoptr(CmVaultSecret) next = passphrase != NULL ? read_line(call, 1, error) : NULL;

	return done(next != NULL &&
		    cm_agent_keys_change_passphrase(calls->keys, passphrase, next, error));
}

static GVariant *
run_begin_enrolment(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	const CmVaultSecret *rows = NULL;
	g_autofree gchar *fingerprint = NULL;
	const gchar *organisation = NULL;
	gboolean again = FALSE;
	gint handle = -1;

	g_variant_get(call->parameters, "(&sb)", &organisation, &again);
	if (!cm_agent_keys_begin_enrolment(calls->keys, calls->comodald, organisation, again,
					   call->cancellable, &rows, &fingerprint, error))
		return NULL;
	handle = cm_agent_pipe_append(call->out_list, rows, error);
	if (handle < 0 || fingerprint == NULL)
		return NULL;
	return g_variant_new("(hs)", handle, fingerprint);
}

static GVariant *
run_finish_enrolment(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_autoptr(CmVaultSecret) typed = read_line(call, 0, error);
	g_autoptr(CmVaultSecret) passphrase = typed != NULL ? read_line(call, 1, error) : NULL;
	g_autoptr(CmVaultSecret) name = passphrase != NULL ? read_line(call, 2, error) : NULL;
	g_autofree gchar *label = NULL;
	g_autofree gchar *earlier = NULL;

	if (name == NULL)
		return NULL;
	label =
	    g_strndup((const gchar *)cm_vault_secret_peek(name), cm_vault_secret_get_length(name));
	if (!cm_agent_keys_finish_enrolment(calls->keys, calls->comodald, typed, passphrase, label,
					    call->cancellable, &earlier, error))
		return NULL;
	return g_variant_new("(s)", earlier != NULL ? earlier : "");
}

static GVariant *
run_recover(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_autoptr(CmVaultSecret) typed = read_line(call, 0, error);
	g_autoptr(CmVaultSecret) passphrase = typed != NULL ? read_line(call, 1, error) : NULL;

	return done(passphrase != NULL &&
		    cm_agent_keys_recover(calls->keys, calls->comodald, typed, passphrase,
					  call->cancellable, error));
}

static void
add_standing(GVariantDict *standing, const CmVaultPeople *people, const CmVaultRecord *bundle)
{
	static const gchar *const states[] = {"none", "current", "retired", "revoked"};
	const CmVaultBundle *own = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	const CmVaultDirectory *directory = cm_vault_people_get_directory(people);
	const CmVaultDirectoryEntry *entry =
	    cm_vault_people_find(people, own->person, own->generation);

	g_variant_dict_insert(standing, "sequence", "t", directory->sequence);
	g_variant_dict_insert(standing, "issued", "t", directory->issued_at);
	g_variant_dict_insert(standing, "state", "s", states[entry != NULL ? entry->state : 0]);
	g_variant_dict_insert(standing, "roles", "y", entry != NULL ? entry->roles : 0);
}

static GVariant *
run_check_directory(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(GVariantDict) standing = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(CmVaultPeople) people = NULL;

	if (!cm_agent_keys_check_directory(calls->keys, calls->comodald, call->cancellable, &people,
					   error))
		return NULL;
	if (people != NULL)
		add_standing(&standing, people, cm_agent_keys_get_bundle(calls->keys, NULL));
	else
		g_variant_dict_insert(&standing, "sequence", "t", G_GUINT64_CONSTANT(0));
	return g_variant_new("(@a{sv})", g_variant_dict_end(&standing));
}

static const CmAgentMethod methods[] = {
    {"GetState", FALSE, run_get_state},
    {"Unlock", TRUE, run_unlock},
    {"Lock", FALSE, run_lock},
    {"ChangePassphrase", TRUE, run_change_passphrase},
    {"BeginEnrolment", TRUE, run_begin_enrolment},
    {"FinishEnrolment", TRUE, run_finish_enrolment},
    {"Recover", TRUE, run_recover},
    {"CarryOver", TRUE, cm_agent_carry_run},
    {"CheckDirectory", FALSE, run_check_directory},
    {"ListCases", TRUE, cm_agent_access_calls_run_list_cases},
    {"ListColleagues", TRUE, cm_agent_access_calls_run_list_colleagues},
    {"ListAccess", TRUE, cm_agent_access_calls_run_list_access},
    {"Share", TRUE, cm_agent_access_calls_run_share},
    {"EndAccess", TRUE, cm_agent_access_calls_run_end_access},
    {"HandOver", TRUE, cm_agent_access_calls_run_hand_over},
    {"Accept", TRUE, cm_agent_access_calls_run_accept},
    {"CheckCustody", FALSE, cm_agent_custody_calls_run_check},
    {"ListCustody", TRUE, cm_agent_custody_calls_run_list},
    {"RequestCustody", TRUE, cm_agent_custody_calls_run_request},
    {"RefuseCustody", TRUE, cm_agent_custody_calls_run_refuse},
    {"ReleaseCustody", TRUE, cm_agent_custody_calls_run_release},
    {"TakeOver", TRUE, cm_agent_custody_calls_run_take_over},
    {"OpenCase", TRUE, cm_agent_note_calls_run_open_case},
    {"WriteDraft", TRUE, cm_agent_note_calls_run_write_draft},
    {"ReadDraft", TRUE, cm_agent_note_calls_run_read_draft},
    {"ListDrafts", TRUE, cm_agent_note_calls_run_list_drafts},
    {"DropDraft", TRUE, cm_agent_note_calls_run_drop_draft},
    {"Sign", TRUE, cm_agent_note_calls_run_sign},
    {"Cosign", TRUE, cm_agent_note_calls_run_cosign},
    {"ListWaiting", TRUE, cm_agent_note_calls_run_list_waiting},
    {"ListNotes", TRUE, cm_agent_note_calls_run_list_notes},
    {"ReadNote", TRUE, cm_agent_note_calls_run_read_note},
    {"Search", TRUE, cm_agent_note_calls_run_search},
    {"AskDestruction", TRUE, cm_agent_destruction_calls_run_ask},
    {"CheckDestruction", TRUE, cm_agent_destruction_calls_run_check},
    {"AgreeToDestruction", TRUE, cm_agent_destruction_calls_run_agree},
    {"WriteMinutes", TRUE, cm_agent_minutes_calls_run_write},
    {"ListMinutes", TRUE, cm_agent_minutes_calls_run_list},
    {"ReadMinutes", TRUE, cm_agent_minutes_calls_run_read},
    {"DropMinutes", TRUE, cm_agent_minutes_calls_run_drop},
    {"MakeExport", TRUE, cm_agent_export_calls_run_make},
    {"OpenExport", TRUE, cm_agent_export_calls_run_open},
    {"WriteEnrolment", TRUE, cm_agent_export_calls_run_write_enrolment},
    {"Attach", TRUE, cm_agent_attachment_calls_run_attach},
    {"Detach", TRUE, cm_agent_attachment_calls_run_detach},
    {"SaveAttachment", TRUE, cm_agent_attachment_calls_run_save},
};

static const gchar *const names[] = {"GetState",
				     "Unlock",
				     "Lock",
				     "ChangePassphrase",
				     "BeginEnrolment",
				     "FinishEnrolment",
				     "Recover",
				     "CarryOver",
				     "CheckDirectory",
				     "CheckCustody",
				     "ListCustody",
				     "RequestCustody",
				     "RefuseCustody",
				     "ReleaseCustody",
				     "TakeOver",
				     "OpenCase",
				     "ListCases",
				     "ListColleagues",
				     "ListAccess",
				     "Share",
				     "EndAccess",
				     "HandOver",
				     "Accept",
				     "WriteDraft",
				     "ReadDraft",
				     "ListDrafts",
				     "DropDraft",
				     "Sign",
				     "Cosign",
				     "ListWaiting",
				     "ListNotes",
				     "ReadNote",
				     "Search",
				     "AskDestruction",
				     "CheckDestruction",
				     "AgreeToDestruction",
				     "WriteMinutes",
				     "ListMinutes",
				     "ReadMinutes",
				     "DropMinutes",
				     "MakeExport",
				     "OpenExport",
				     "WriteEnrolment",
				     "Attach",
				     "Detach",
				     "SaveAttachment",
				     NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(names) == G_N_ELEMENTS(methods) + 1);

const CmAgentMethod *
cm_agent_calls_find(const gchar *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(methods); i++) {
		if (g_str_equal(methods[i].name, name))
			return &methods[i];
	}
	return NULL;
}

const gchar *const *
cm_agent_calls_get_names(void)
{
	return names;
}
