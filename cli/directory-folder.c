// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/directory-folder.h"

#include "daemon/agent/agent-directory.h"
#include "daemon/agent/agent-identity.h"
#include "daemon/vault/vault-frames.h"
#include "daemon/vault/vault-keyring.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <unistd.h>

void
cm_directory_folder_free(CmDirectoryFolder *folder)
{
	if (folder == NULL)
		return;
	g_free(folder->path);
	g_clear_pointer(&folder->records, g_bytes_unref);
	g_clear_pointer(&folder->key, g_bytes_unref);
	g_clear_pointer(&folder->people, cm_vault_people_unref);
	g_free(folder);
}

static gchar *
make_path(const gchar *folder)
{
	return g_build_filename(folder, CM_DIRECTORY_FOLDER_RECORDS, NULL);
}

static CmAgentIdentityPlace
make_place(const gchar *path, const guint8 *organisation)
{
	const CmAgentIdentityPlace place = {.folder = path,
					    .organisation = organisation,
					    .memory_bytes = (guint64)sysconf(_SC_PHYS_PAGES) *
							    (guint64)sysconf(_SC_PAGESIZE)};

	return place;
}

/* ---- reading */

/* the key of the first directory: which organisation this is */
static GBytes *
find_key(GBytes *records, GError **error)
{
	g_autoptr(GArray) frames = NULL;
	g_autoptr(CmVaultRecord) first = NULL;
	CmVaultClass found = cm_vault_frames_split(records,
						   CM_VAULT_RECORD_OF(CM_VAULT_KIND_DIRECTORY) |
						       CM_VAULT_RECORD_OF(CM_VAULT_KIND_SUCCESSION),
						   &frames);

	for (guint i = 0; found == CM_VAULT_CLASS_OK && first == NULL && i < frames->len; i++) {
		const CmVaultFrame *frame = &g_array_index(frames, CmVaultFrame, i);

		if (frame->kind == CM_VAULT_KIND_DIRECTORY)
			found = cm_vault_record_read(frame->kind, frame->octets, &first);
	}
	if (found == CM_VAULT_CLASS_OK && first == NULL)
		found = CM_VAULT_CLASS_TRUNCATED;
	if (!cm_vault_class_set_offered_error(found, "directory", error))
		return NULL;
	return g_bytes_new(
	    ((const CmVaultDirectory *)cm_vault_record_get_fields(first, CM_VAULT_KIND_DIRECTORY))
		->org_key,
	    CM_VAULT_KEY_BYTES);
}

CmDirectoryFolder *
cm_directory_folder_read(GBytes *records, GError **error)
{
	g_autoptr(CmDirectoryFolder) folder = g_new0(CmDirectoryFolder, 1);

	folder->records = g_bytes_ref(records);
	if (cm_vault_class_set_offered_error(g_bytes_get_size(records) <= CM_DIRECTORY_FOLDER_MAX
						 ? CM_VAULT_CLASS_OK
						 : CM_VAULT_CLASS_LIMIT,
					     "directory", error))
		folder->key = find_key(records, error);
	if (folder->key == NULL ||
	    !cm_vault_class_set_offered_error(
		cm_agent_directory_read(folder->key, records, &folder->people), "directory", error))
		return NULL;
	return g_steal_pointer(&folder);
}

CmDirectoryFolder *
cm_directory_folder_open(const gchar *path, GError **error)
{
	g_autofree gchar *file = make_path(path);
	g_autoptr(GError) local = NULL;
	g_autoptr(GBytes) records = NULL;
	CmDirectoryFolder *folder = NULL;
	gchar *octets = NULL;
	gsize length = 0;

	if (!g_file_get_contents(file, &octets, &length, &local)) {
		if (g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			cm_error_set(error, CM_ERROR_NOT_FOUND,
				     N_("{0} holds no organisation’s key: “directory init” makes "
					"one."),
				     path, NULL);
		else
			cm_error_set(error, CM_ERROR_FAILED, N_("{0} can’t be read: {1}"), file,
				     local->message, NULL);
		return NULL;
	}
	records = g_bytes_new_take(octets, length);
	folder = cm_directory_folder_read(records, error);
	if (folder != NULL)
		folder->path = g_strdup(path);
	return folder;
}

/* ---- writing */

/* what follows is kept only once a reader has taken it */
static gboolean
append(CmDirectoryFolder *folder, GBytes *octets, GError **error)
{
	g_autofree gchar *file = make_path(folder->path);
	g_autoptr(GByteArray) all = g_byte_array_new();
	g_autoptr(GBytes) records = NULL;
	g_autoptr(CmDirectoryFolder) next = NULL;
	g_autoptr(GError) local = NULL;
	gsize length = 0;

	if (folder->records != NULL)
		g_byte_array_append(all, g_bytes_get_data(folder->records, NULL),
				    (guint)g_bytes_get_size(folder->records));
	g_byte_array_append(all, g_bytes_get_data(octets, NULL), (guint)g_bytes_get_size(octets));
	records = g_byte_array_free_to_bytes(g_steal_pointer(&all));
	next = cm_directory_folder_read(records, error);
	if (next == NULL)
		return FALSE;
	length = g_bytes_get_size(records);
	if (!g_file_set_contents_full(file, g_bytes_get_data(records, NULL), (gssize)length,
				      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
				      0600, &local)) {
		cm_error_set(error, CM_ERROR_FAILED, N_("{0} can’t be written: {1}"), file,
			     local->message, NULL);
		return FALSE;
	}
	g_clear_pointer(&folder->records, g_bytes_unref);
	g_clear_pointer(&folder->key, g_bytes_unref);
	g_clear_pointer(&folder->people, cm_vault_people_unref);
	folder->records = g_steal_pointer(&records);
	folder->key = g_steal_pointer(&next->key);
	folder->people = g_steal_pointer(&next->people);
	return TRUE;
}

CmDirectoryFolder *
cm_directory_folder_create(const gchar *path,
			   const CmVaultSecret *passphrase,
			   guint64 now,
			   GError **error)
{
	g_autoptr(CmVaultRecord) bundle = cm_vault_registrar_generate(now);
	g_autoptr(CmDirectoryFolder) folder = g_new0(CmDirectoryFolder, 1);
	g_autoptr(GBytes) first = NULL;
	const CmVaultBundle *keys = NULL;
	CmAgentIdentityPlace place = {0};
	CmVaultClass found = CM_VAULT_CLASS_MEMORY;

	folder->path = g_strdup(path);
	if (bundle != NULL)
		found = cm_vault_registrar_sign(NULL, bundle, NULL, 0, now, &first);
	if (!cm_vault_class_set_error(found, "directory", error))
		return NULL;
	keys = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	place = make_place(path, keys->organisation);
	/* the key first: a directory without one could never be followed */
	if (!cm_agent_identity_store(&place, bundle, passphrase, 1, FALSE, error) ||
	    !append(folder, first, error))
		return NULL;
	return g_steal_pointer(&folder);
}

gboolean
cm_directory_folder_sign(CmDirectoryFolder *folder,
			 const CmVaultSecret *passphrase,
			 const CmVaultRegistrarChange *changes,
			 gsize count,
			 guint64 now,
			 GError **error)
{
	CmAgentIdentityPlace place =
	    make_place(folder->path, cm_vault_people_get_directory(folder->people)->organisation);
	g_autoptr(CmAgentIdentity) identity =
	    cm_agent_identity_unlock(&place, passphrase, NULL, error);
	g_autoptr(GBytes) next = NULL;

	return identity != NULL &&
	       cm_vault_class_set_offered_error(
		   cm_vault_registrar_sign(folder->people, cm_agent_identity_get_bundle(identity),
					   changes, count, now, &next),
		   "directory", error) &&
	       append(folder, next, error);
}
