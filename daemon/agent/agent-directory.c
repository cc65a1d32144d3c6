// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-directory.h"

#include "daemon/vault/vault-frames.h"
#include "daemon/vault/vault-keyring.h"
#include "daemon/vault/vault-text.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define FILE_MODE 0600

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

/* ---- remembering */

/* What is remembered; all of it none before there is a memory. */
typedef struct {
	guint64 counter;
	CmVaultRecord *record; /* kind remembered; NULL: none */
	CmVaultRemembered fields;
} Memory;

static void
memory_clear(Memory *memory)
{
	cm_vault_record_unref(memory->record);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Memory, memory_clear)

static gchar *
build_path(const gchar *folder)
{
	return g_build_filename(folder, CM_AGENT_DIRECTORY_MEMORY_NAME, NULL);
}

static gboolean
memory_read(Memory *memory, const gchar *folder, const CmVaultRecord *bundle, GError **error)
{
	g_autofree gchar *path = build_path(folder);
	g_autoptr(GError) local = NULL;
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(CmVaultRecord) locked = NULL;
	gchar *contents = NULL;
	gsize length = 0;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (!g_file_get_contents(path, &contents, &length, &local)) {
		if (g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			return TRUE;
		cm_error_set(error, CM_ERROR_KEY, N_("The memory {0} can't be read: {1}."), path,
			     local->message, NULL);
		return FALSE;
	}
	octets = g_bytes_new_take(contents, length);
	found = cm_vault_record_read(CM_VAULT_KIND_MEMORY, octets, &locked);
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_text_open_memory(octets, bundle, &memory->record);
	if (!cm_vault_class_set_error(found, CM_AGENT_DIRECTORY_MEMORY_NAME, error))
		return FALSE;
	memory->counter =
	    ((const CmVaultMemory *)cm_vault_record_get_fields(locked, CM_VAULT_KIND_MEMORY))
		->counter;
	memory->fields = *(const CmVaultRemembered *)cm_vault_record_get_fields(
	    memory->record, CM_VAULT_KIND_REMEMBERED);
	return TRUE;
}

static gboolean
memory_write(const Memory *memory, const gchar *folder, const CmVaultRecord *bundle, GError **error)
{
	g_autofree gchar *path = build_path(folder);
	g_autoptr(GError) local = NULL;
	g_autoptr(GBytes) octets =
	    cm_vault_text_lock_memory(bundle, memory->counter + 1, &memory->fields);

	if (octets == NULL)
		return cm_vault_class_set_error(CM_VAULT_CLASS_MEMORY,
						CM_AGENT_DIRECTORY_MEMORY_NAME, error);
	if (g_file_set_contents_full(
		path, g_bytes_get_data(octets, NULL), (gssize)g_bytes_get_size(octets),
		G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, FILE_MODE, &local))
		return TRUE;
	cm_error_set(error, CM_ERROR_KEY, N_("The memory {0} can't be written: {1}."), path,
		     local->message, NULL);
	return FALSE;
}

/* ---- whose it is */

static CmVaultClass
check_own(const CmVaultRecord *bundle,
	  GBytes *key,
	  GBytes *records,
	  const Memory *memory,
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
	found = read_directories(key, records, &memory->fields, &people);
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
	g_auto(Memory) memory = {0};
	g_autoptr(CmVaultPeople) people = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;
	guint64 sequence = 0;

	if (!memory_read(&memory, folder, bundle, error))
		return FALSE;
	found = check_own(bundle, key, records, &memory, &people);
	if (!cm_vault_class_set_error(found, "directory", error))
		return FALSE;
	if (people != NULL)
		sequence = cm_vault_people_get_directory(people)->sequence;
	if (sequence > memory.fields.directory) {
		memory.fields.directory = sequence;
		memory.fields.directory_record =
		    cm_vault_record_get_hash(cm_vault_people_get_record(people));
		if (!memory_write(&memory, folder, bundle, error))
			return FALSE;
	}
	*out_people = g_steal_pointer(&people);
	return TRUE;
}

gboolean
cm_agent_directory_match_fingerprint(GBytes *key, const gchar *typed)
{
	g_autofree gchar *right = cm_vault_hash_dup_fingerprint(g_bytes_get_data(key, NULL), NULL);
	const gchar *expected = right;

	for (const gchar *p = typed; *p != '\0'; p++) {
		if (*p == ' ' || *p == '-')
			continue;
		if (*expected == ' ')
			expected++;
		if (*expected == '\0' || g_ascii_tolower(*p) != *expected)
			return FALSE;
		expected++;
	}
	return *expected == '\0';
}
