// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-directory.h"

#include "daemon/agent/agent-advice.h"
#include "daemon/agent/agent-memory.h"
#include "daemon/vault/vault-frames.h"
#include "daemon/vault/vault-keyring.h"

#include <glib/gi18n.h>
#include <string.h>

#define KINDS                                                                                      \
	(CM_VAULT_RECORD_OF(CM_VAULT_KIND_SUCCESSION) | CM_VAULT_RECORD_OF(CM_VAULT_KIND_DIRECTORY))

/* ---- following */

/* the next one, behind `*people`, which it takes the place of */
static CmVaultClass
follow(GBytes *octets, const guint8 *key, const GPtrArray *successions, CmVaultPeople **people)
{
	g_autoptr(CmVaultPeople) next = NULL;
	CmVaultClass found = cm_vault_people_new(octets, key, successions, &next);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (*people != NULL)
		found = cm_vault_people_follow(next, *people);
	else if (cm_vault_people_get_directory(next)->sequence != 1)
		found = CM_VAULT_CLASS_MISSING;
	if (found != CM_VAULT_CLASS_OK)
		return found;
	cm_vault_people_unref(*people);
	*people = g_steal_pointer(&next);
	return CM_VAULT_CLASS_OK;
}

/* whether the first directory among them is the one that was checked before, to the octet */
static gboolean
begins_with(const GArray *frames, const CmVaultPeople *people)
{
	for (guint i = 0; i < frames->len; i++) {
		const CmVaultFrame *frame = &g_array_index(frames, CmVaultFrame, i);

		if (frame->kind == CM_VAULT_KIND_DIRECTORY)
			return g_bytes_equal(
			    frame->octets,
			    cm_vault_record_get_octets(cm_vault_people_get_record(people)));
	}
	return FALSE;
}

/* `remembered` NULL: nothing is; else its directory is to be among them, the very same. `*inout_people`: the directory that was checked
 * before, which is to be the first among them; NULL: none was */
static CmVaultClass
follow_all(const GArray *frames,
	   const guint8 *key,
	   const CmVaultRemembered *remembered,
	   CmVaultPeople **inout_people)
{
	g_autoptr(GPtrArray) successions = g_ptr_array_new();
	g_autoptr(CmVaultPeople) people =
	    *inout_people != NULL ? cm_vault_people_ref(*inout_people) : NULL;
	guint64 known = people != NULL ? cm_vault_people_get_directory(people)->sequence : 0;
	guint64 wanted = remembered != NULL ? remembered->directory : 0;

	if (people != NULL && !begins_with(frames, people))
		return CM_VAULT_CLASS_ROLLBACK;
	for (guint i = 0; i < frames->len; i++) {
		const CmVaultFrame *frame = &g_array_index(frames, CmVaultFrame, i);

		if (frame->kind == CM_VAULT_KIND_SUCCESSION)
			g_ptr_array_add(successions, frame->octets);
	}
	for (guint i = 0; i < frames->len; i++) {
		const CmVaultFrame *frame = &g_array_index(frames, CmVaultFrame, i);
		CmVaultClass found = CM_VAULT_CLASS_OK;

		/* the one that was checked before is not checked again */
		if (frame->kind != CM_VAULT_KIND_DIRECTORY || known > 0) {
			if (frame->kind == CM_VAULT_KIND_DIRECTORY)
				known = 0;
			continue;
		}
		found = follow(frame->octets, key, successions, &people);
		if (found != CM_VAULT_CLASS_OK)
			return found;
		if (cm_vault_people_get_directory(people)->sequence == wanted &&
		    memcmp(cm_vault_record_get_hash(cm_vault_people_get_record(people)),
			   remembered->directory_record, CM_VAULT_HASH_BYTES) != 0)
			return CM_VAULT_CLASS_REPLACED;
	}
	if ((people != NULL ? cm_vault_people_get_directory(people)->sequence : 0) < wanted)
		return CM_VAULT_CLASS_ROLLBACK;
	cm_vault_people_unref(*inout_people);
	*inout_people = g_steal_pointer(&people);
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
read_directories(GBytes *key,
		 GBytes *records,
		 const CmVaultRemembered *remembered,
		 CmVaultPeople **out_people)
{
	g_autoptr(GArray) frames = NULL;
	CmVaultClass found = cm_vault_frames_split(records, KINDS, &frames);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	return follow_all(frames, g_bytes_get_data(key, NULL), remembered, out_people);
}

CmVaultClass
cm_agent_directory_read(GBytes *key, GBytes *records, CmVaultPeople **out_people)
{
	return read_directories(key, records, NULL, out_people);
}

/* ---- whose it is */

/* whether a directory is that of the person's own organisation, with their own keys where it has them */
static CmVaultClass
check_own(const CmAgentDirectoryPlace *place, const CmVaultPeople *people)
{
	const CmVaultBundle *own = cm_vault_record_get_fields(place->bundle, CM_VAULT_KIND_BUNDLE);
	const CmVaultDirectoryEntry *entry = NULL;
	guint8 organisation[CM_VAULT_HASH_BYTES];

	cm_vault_people_identify(g_bytes_get_data(place->key, NULL), organisation);
	if (memcmp(organisation, own->organisation, sizeof organisation) != 0)
		return CM_VAULT_CLASS_ORGANISATION;
	if (people != NULL)
		entry = cm_vault_people_find(people, own->person, own->generation);
	return entry != NULL ? cm_vault_keyring_match(place->bundle, entry) : CM_VAULT_CLASS_OK;
}

static gboolean
set_error(CmVaultClass found, GError **error)
{
	if (cm_vault_class_set_error(found, "directory", error))
		return TRUE;
	if (found == CM_VAULT_CLASS_ORGANISATION)
		cm_agent_advice_add(error,
				    N_("Your keys work with the service of their own organisation. "
				       "For this one, “vault enrol --again” makes others."),
				    NULL);
	return FALSE;
}

/* have a newer one remembered, and give it */
static gboolean
take_over(CmAgentMemory *memory, CmVaultPeople *people, CmVaultPeople **out_people, GError **error)
{
	guint64 sequence = people != NULL ? cm_vault_people_get_directory(people)->sequence : 0;

	if (sequence > cm_agent_memory_get(memory)->directory) {
		cm_agent_memory_set_directory(
		    memory, sequence, cm_vault_record_get_hash(cm_vault_people_get_record(people)));
		if (!cm_agent_memory_write(memory, error))
			return FALSE;
	}
	*out_people = people != NULL ? cm_vault_people_ref(people) : NULL;
	return TRUE;
}

gboolean
cm_agent_directory_check(const CmAgentDirectoryPlace *place,
			 GBytes *records,
			 CmVaultPeople **out_people,
			 GError **error)
{
	g_autoptr(CmAgentMemory) memory = cm_agent_memory_read(place->folder, place->bundle, error);
	g_autoptr(CmVaultPeople) people = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (memory == NULL)
		return FALSE;
	/* another organisation's are not read at all */
	found = check_own(place, NULL);
	if (found == CM_VAULT_CLASS_OK)
		found = read_directories(place->key, records, cm_agent_memory_get(memory), &people);
	if (found == CM_VAULT_CLASS_OK)
		found = check_own(place, people);
	return set_error(found, error) && take_over(memory, people, out_people, error);
}

gboolean
cm_agent_directory_continue(const CmAgentDirectoryPlace *place,
			    CmVaultPeople *kept,
			    GBytes *records,
			    CmVaultPeople **out_people,
			    GError **error)
{
	g_autoptr(CmAgentMemory) memory = cm_agent_memory_read(place->folder, place->bundle, error);
	g_autoptr(GArray) frames = NULL;
	g_autoptr(CmVaultPeople) people = cm_vault_people_ref(kept);
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (memory == NULL)
		return FALSE;
	found = cm_vault_frames_split(records, KINDS, &frames);
	if (found == CM_VAULT_CLASS_OK)
		found = follow_all(frames, g_bytes_get_data(place->key, NULL),
				   cm_agent_memory_get(memory), &people);
	if (found == CM_VAULT_CLASS_OK)
		found = check_own(place, people);
	return set_error(found, error) && take_over(memory, people, out_people, error);
}

gboolean
cm_agent_directory_match_fingerprint(GBytes *key, const gchar *typed)
{
	g_autofree gchar *right = cm_vault_hash_dup_fingerprint(g_bytes_get_data(key, NULL), NULL);

	return cm_vault_hash_match_fingerprint(right, typed);
}
