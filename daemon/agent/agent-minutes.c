// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-minutes.h"

#include "daemon/agent/agent-access.h"
#include "daemon/vault/vault-frames.h"
#include "daemon/vault/vault-minutes.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define KINDS CM_VAULT_RECORD_OF(CM_VAULT_KIND_MINUTES)

/* ---- reading */

static void
clear_minutes(gpointer data)
{
	cm_vault_record_unref(((CmAgentMinutes *)data)->record);
}

/* `places`: of what came before, by its hash */
static void
add(const CmAgentNotes *notes, GBytes *octets, GHashTable *places, GArray *list)
{
	CmAgentMinutes minutes = {NULL, 0};
	const CmVaultMinutes *fields = NULL;

	if (cm_vault_people_check(notes->people, CM_VAULT_KIND_MINUTES, octets, &minutes.record) ==
	    CM_VAULT_CLASS_OK) {
		fields = cm_vault_record_get_fields(minutes.record, CM_VAULT_KIND_MINUTES);
		minutes.about = GPOINTER_TO_UINT(g_hash_table_lookup(places, fields->about));
		g_hash_table_insert(places, (gpointer)cm_vault_record_get_hash(minutes.record),
				    GUINT_TO_POINTER(list->len + 1));
	}
	g_array_append_val(list, minutes);
}

static gboolean
add_all(const CmAgentNotes *notes,
	GBytes *records,
	GHashTable *places,
	GArray *list,
	GError **error)
{
	g_autoptr(GArray) frames = NULL;

	if (!cm_vault_class_set_error(cm_vault_frames_split(records, KINDS, &frames), "minutes",
				      error))
		return FALSE;
	for (guint i = 0; i < frames->len; i++)
		add(notes, g_array_index(frames, CmVaultFrame, i).octets, places, list);
	return TRUE;
}

GArray *
cm_agent_minutes_list(CmAgentNotes *notes, GError **error)
{
	g_autoptr(GHashTable) places = g_hash_table_new(cm_vault_hash_fold, cm_vault_hash_is_same);
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(CmAgentMinutes));
	guint64 after = 0;
	guint64 last = 0;

	g_array_set_clear_func(list, clear_minutes);
	do {
		g_autoptr(GBytes) records = NULL;

		after = last;
		records = cm_agent_comodald_get_minutes(notes->comodald, NULL, after, &last,
							notes->cancellable, error);
		if (records == NULL || !add_all(notes, records, places, list, error))
			return NULL;
	} while (last > after);
	return g_steal_pointer(&list);
}

CmVaultRecord *
cm_agent_minutes_find(CmAgentNotes *notes, const guint8 *name, GError **error)
{
	guint64 last = 0;
	g_autoptr(GBytes) octets = cm_agent_comodald_get_minutes(notes->comodald, name, 0, &last,
								 notes->cancellable, error);
	g_autoptr(CmVaultRecord) record = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (octets == NULL)
		return NULL;
	found = cm_vault_people_check(notes->people, CM_VAULT_KIND_MINUTES, octets, &record);
	if (found == CM_VAULT_CLASS_OK) {
		const CmVaultMinutes *fields =
		    cm_vault_record_get_fields(record, CM_VAULT_KIND_MINUTES);

		if (memcmp(fields->minutes, name, CM_VAULT_ID_BYTES) != 0)
			found = CM_VAULT_CLASS_REPLACED;
	}
	return cm_vault_class_set_error(found, "minutes", error) ? g_steal_pointer(&record) : NULL;
}

CmVaultRecord *
cm_agent_minutes_open(const CmAgentNotes *notes, const CmVaultRecord *minutes, GError **error)
{
	const CmVaultBundle *own = cm_vault_record_get_fields(notes->bundle, CM_VAULT_KIND_BUNDLE);
	CmVaultRecord *content = NULL;
	CmVaultClass found =
	    cm_vault_minutes_open(minutes, own->person, own->generation, own->box_secret, &content);

	return cm_vault_class_set_error(found, "minutes", error) ? content : NULL;
}

/* ---- writing */

static void
add_participant(GArray *list, const guint8 *person, guint32 generation)
{
	const CmVaultParticipant participant = {.person = person, .generation = generation};

	for (guint i = 0; i < list->len; i++) {
		if (memcmp(g_array_index(list, CmVaultParticipant, i).person, person,
			   CM_VAULT_ID_BYTES) == 0)
			return;
	}
	g_array_append_val(list, participant);
}

/* whoever is named, and the author. (element-type CmVaultParticipant) */
static GArray *
find_participants(const CmAgentNotes *notes, const gchar *const *fingerprints, GError **error)
{
	const CmVaultBundle *own = cm_vault_record_get_fields(notes->bundle, CM_VAULT_KIND_BUNDLE);
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(CmVaultParticipant));

	add_participant(list, own->person, own->generation);
	for (; *fingerprints != NULL; fingerprints++) {
		const CmVaultDirectoryEntry *entry =
		    cm_agent_access_find_colleague(notes->people, *fingerprints, error);

		if (entry == NULL)
			return NULL;
		add_participant(list, entry->person, entry->generation);
	}
	if (list->len <= CM_VAULT_MINUTES_PARTICIPANTS_MAX)
		return g_steal_pointer(&list);
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("Minutes are for 64 people at most, their author among them."), NULL);
	return NULL;
}

gboolean
cm_agent_minutes_write(CmAgentNotes *notes,
		       const CmVaultMinutes *minutes,
		       const gchar *const *participants,
		       const CmVaultRecord *content,
		       GError **error)
{
	g_autoptr(GArray) list = find_participants(notes, participants, error);
	g_autoptr(GBytes) octets = NULL;
	CmVaultMinutes fields = *minutes;
	CmVaultPart part = {0};

	if (list == NULL)
		return FALSE;
	part.data = g_bytes_get_data(cm_vault_record_get_octets(content), &part.length);
	fields.participants = (CmVaultList){list->data, list->len};
	fields.entered_at = (guint64)(g_get_real_time() / G_USEC_PER_SEC);
	return cm_vault_class_set_offered_error(
		   cm_vault_minutes_write(notes->people, notes->bundle, &fields, &part, &octets),
		   "minutes", error) &&
	       cm_agent_comodald_put_minutes(notes->comodald, octets, notes->cancellable, error);
}
