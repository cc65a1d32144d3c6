// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-minutes-calls.h"

#include "daemon/agent/agent-minutes.h"
#include "daemon/agent/agent-note-calls.h"
#include "daemon/agent/agent-pipe.h"
#include "daemon/agent/agent-values.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

static gboolean
begin(CmAgentNotes *notes, CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	return cm_agent_notes_begin(notes, calls->keys, calls->comodald, call->cancellable, error);
}

/* ---- writing */

/* the hash of those that are corrected; `record` keeps it */
static gboolean
take_about(CmAgentNotes *notes,
	   GVariant *options,
	   CmVaultRecord **record,
	   const guint8 **out_about,
	   GError **error)
{
	g_autoptr(GVariant) given =
	    g_variant_lookup_value(options, "about", G_VARIANT_TYPE_BYTESTRING);
	gsize length = 0;
	const guint8 *name = NULL;

	if (given == NULL)
		return TRUE;
	name = g_variant_get_fixed_array(given, &length, 1);
	if (length != CM_VAULT_ID_BYTES) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("An id has 16 octets."), NULL);
		return FALSE;
	}
	*record = cm_agent_minutes_find(notes, name, error);
	if (*record == NULL)
		return FALSE;
	*out_about = cm_vault_record_get_hash(*record);
	return TRUE;
}

static CmVaultRecord *
take_content(const CmAgentCall *call, GVariant *options, GError **error)
{
	const gchar *language = "fr_CA";
	g_autoptr(CmVaultSecret) text = NULL;
	gint handle = -1;

	g_variant_get_child(call->parameters, 0, "h", &handle);
	text = cm_agent_pipe_read(call->in_list, handle, CM_AGENT_CASE_TEXT_MAX, call->cancellable,
				  error);
	(void)g_variant_lookup(options, "language", "&s", &language);
	return text != NULL ? cm_agent_case_make_content(text, language, error) : NULL;
}

GVariant *
cm_agent_minutes_calls_run_write(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autofree const gchar **participants = NULL;
	g_autoptr(GVariant) options = g_variant_get_child_value(call->parameters, 2);
	g_autoptr(CmVaultRecord) content = take_content(call, options, error);
	g_autoptr(CmVaultRecord) corrected = NULL;
	guint8 id[CM_VAULT_ID_BYTES];
	CmVaultMinutes minutes = {.minutes = id};

	if (content == NULL)
		return NULL;
	(void)g_variant_lookup(options, "held-on", "u", &minutes.held_on);
	(void)g_variant_lookup(options, "session", "t", &minutes.session);
	g_variant_get_child(call->parameters, 1, "^a&s", &participants);
	randombytes_buf(id, sizeof id);
	if (!begin(&notes, calls, call, error) ||
	    !take_about(&notes, options, &corrected, &minutes.about, error) ||
	    !cm_agent_minutes_write(&notes, &minutes, participants, content, error))
		return NULL;
	return g_variant_new("(@ay)", cm_agent_values_pack_id(id));
}

/* ---- reading */

static GVariant *
pack_participants(const CmAgentNotes *notes, const CmVaultMinutes *minutes)
{
	const CmVaultParticipant *participants = minutes->participants.items;
	g_auto(GVariantBuilder) labels = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_STRING_ARRAY);

	for (guint i = 0; i < minutes->participants.count; i++) {
		g_autofree gchar *label = cm_agent_values_dup_label(cm_vault_people_find(
		    notes->people, participants[i].person, participants[i].generation));

		g_variant_builder_add(&labels, "s", label);
	}
	return g_variant_builder_end(&labels);
}

static void
add_row(const CmAgentNotes *notes, GVariantBuilder *list, const CmAgentMinutes *minutes)
{
	const CmVaultBundle *own = cm_vault_record_get_fields(notes->bundle, CM_VAULT_KIND_BUNDLE);
	g_auto(GVariantDict) row = G_VARIANT_DICT_INIT(NULL);
	const CmVaultMinutes *fields = NULL;
	g_autofree gchar *author = NULL;

	g_variant_dict_insert(&row, "holds", "b", minutes->record != NULL);
	if (minutes->record != NULL) {
		fields = cm_vault_record_get_fields(minutes->record, CM_VAULT_KIND_MINUTES);
		author = cm_agent_values_dup_label(
		    cm_vault_people_find(notes->people, fields->author, fields->author_generation));
		g_variant_dict_insert_value(&row, "minutes",
					    cm_agent_values_pack_id(fields->minutes));
		g_variant_dict_insert(&row, "author", "s", author);
		g_variant_dict_insert(&row, "own", "b",
				      memcmp(fields->author, own->person, CM_VAULT_ID_BYTES) == 0);
		g_variant_dict_insert(&row, "held-on", "u", fields->held_on);
		g_variant_dict_insert(&row, "entered-at", "t", fields->entered_at);
		g_variant_dict_insert(&row, "session", "t", fields->session);
		g_variant_dict_insert(&row, "about", "t", (guint64)minutes->about);
		g_variant_dict_insert_value(&row, "participants", pack_participants(notes, fields));
	}
	g_variant_builder_add_value(list, g_variant_dict_end(&row));
}

GVariant *
cm_agent_minutes_calls_run_list(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	g_autoptr(GArray) all = NULL;

	if (begin(&notes, calls, call, error))
		all = cm_agent_minutes_list(&notes, error);
	if (all == NULL)
		return NULL;
	for (guint i = 0; i < all->len; i++)
		add_row(&notes, &list, &g_array_index(all, CmAgentMinutes, i));
	return g_variant_new("(aa{sv})", &list);
}

GVariant *
cm_agent_minutes_calls_run_read(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autoptr(CmVaultRecord) minutes = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	guint8 id[CM_VAULT_ID_BYTES];

	if (cm_agent_values_take_id(call, 0, FALSE, id, error) && begin(&notes, calls, call, error))
		minutes = cm_agent_minutes_find(&notes, id, error);
	if (minutes != NULL)
		content = cm_agent_minutes_open(&notes, minutes, error);
	return content != NULL ? cm_agent_note_calls_hand_content(call, content, error) : NULL;
}

/* ---- taking away */

GVariant *
cm_agent_minutes_calls_run_drop(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	guint8 id[CM_VAULT_ID_BYTES];

	if (!cm_agent_values_take_id(call, 0, FALSE, id, error) ||
	    !begin(&notes, calls, call, error) ||
	    !cm_agent_comodald_drop_minutes(calls->comodald, id, call->cancellable, error))
		return NULL;
	return g_variant_new("()");
}
