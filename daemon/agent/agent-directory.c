// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-directory.h"

#include "daemon/agent/agent-memory.h"
#include "daemon/vault/vault-frames.h"
#include "daemon/vault/vault-keyring.h"

#include <string.h>

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

/* `remembered` NULL: nothing is; else its directory is to be among them, the very same */
static CmVaultClass
follow_all(const GArray *frames,
	   const guint8 *key,
	   const CmVaultRemembered *remembered,
	   CmVaultPeople **out_people)
{
	g_autoptr(GPtrArray) successions = g_ptr_array_new();
	g_autoptr(CmVaultPeople) people = NULL;
	guint64 wanted = remembered != NULL ? remembered->directory : 0;

	for (guint i = 0; i < frames->len; i++) {
		const CmVaultFrame *frame = &g_array_index(frames, CmVaultFrame, i);

		if (frame->kind == CM_VAULT_KIND_SUCCESSION)
			g_ptr_array_add(successions, frame->octets);
	}
	for (guint i = 0; i < frames->len; i++) {
		const CmVaultFrame *frame = &g_array_index(frames, CmVaultFrame, i);
		CmVaultClass found = CM_VAULT_CLASS_OK;

		if (frame->kind != CM_VAULT_KIND_DIRECTORY)
			continue;
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
	*out_people = g_steal_pointer(&people);
	return CM_VAULT_CLASS_OK;
}

static CmVaultClass
read_directories(GBytes *key,
		 GBytes *records,
		 const CmVaultRemembered *remembered,
		 CmVaultPeople **out_people)
{
	g_autoptr(GArray) frames = NULL;
	CmVaultClass found = cm_vault_frames_split(records,
						   CM_VAULT_RECORD_OF(CM_VAULT_KIND_SUCCESSION) |
						       CM_VAULT_RECORD_OF(CM_VAULT_KIND_DIRECTORY),
						   &frames);

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

static CmVaultClass
check_own(const CmVaultRecord *bundle,
	  GBytes *key,
	  GBytes *records,
	  const CmAgentMemory *memory,
	  CmVaultPeople **out_people)
{
	const CmVaultBundle *own = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	g_autoptr(CmVaultPeople) people = NULL;
	const CmVaultDirectoryEntry *entry = NULL;
	guint8 organisation[CM_VAULT_HASH_BYTES];
	CmVaultClass found = CM_VAULT_CLASS_OK;

	cm_vault_people_identify(g_bytes_get_data(key, NULL), organisation);
	if (memcmp(organisation, own->organisation, sizeof organisation) != 0)
		return CM_VAULT_CLASS_ORGANISATION;
	found = read_directories(key, records, cm_agent_memory_get(memory), &people);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (people != NULL)
		entry = cm_vault_people_find(people, own->person, own->generation);
	if (entry != NULL)
		found = cm_vault_keyring_match(bundle, entry);
	if (found == CM_VAULT_CLASS_OK)
		*out_people = g_steal_pointer(&people);
	return found;
}

gboolean
cm_agent_directory_check(const gchar *folder,
			 const CmVaultRecord *bundle,
			 GBytes *key,
			 GBytes *records,
			 CmVaultPeople **out_people,
			 GError **error)
{
	g_autoptr(CmAgentMemory) memory = cm_agent_memory_read(folder, bundle, error);
	g_autoptr(CmVaultPeople) people = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;
	guint64 sequence = 0;

	if (memory == NULL)
		return FALSE;
	found = check_own(bundle, key, records, memory, &people);
	if (!cm_vault_class_set_error(found, "directory", error))
		return FALSE;
	if (people != NULL)
		sequence = cm_vault_people_get_directory(people)->sequence;
	if (sequence > cm_agent_memory_get(memory)->directory) {
		cm_agent_memory_set_directory(
		    memory, sequence, cm_vault_record_get_hash(cm_vault_people_get_record(people)));
		if (!cm_agent_memory_write(memory, error))
			return FALSE;
	}
	*out_people = g_steal_pointer(&people);
	return TRUE;
}

gboolean
cm_agent_directory_match_fingerprint(GBytes *key, const gchar *typed)
{
	g_autofree gchar *right = cm_vault_hash_dup_fingerprint(g_bytes_get_data(key, NULL), NULL);

	return cm_vault_hash_match_fingerprint(right, typed);
}
