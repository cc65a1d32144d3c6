// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/directory-folder.h"

#include "daemon/agent/agent-directory.h"
#include "daemon/agent/agent-identity.h"
#include "daemon/agent/agent-keyfile.h"
#include "daemon/vault/vault-frames.h"
#include "daemon/vault/vault-keyring.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define NEXT "next" /* folder of a new key, below the folder of the one that counts */

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

/* ---- the key that counts */

/* where a new key waits until a directory is signed with it */
static gchar *
make_next_path(const CmDirectoryFolder *folder)
{
	return g_build_filename(folder->path, NEXT, NULL);
}

static CmAgentIdentity *
unlock_at(const CmDirectoryFolder *folder,
	  const gchar *path,
	  const CmVaultSecret *passphrase,
	  GError **error)
{
	const CmAgentIdentityPlace place =
	    make_place(path, cm_vault_people_get_directory(folder->people)->organisation);

	return cm_agent_identity_unlock(&place, passphrase, NULL, error);
}

/* whether a key signed the newest directory */
static gboolean
counts(const CmDirectoryFolder *folder, const CmAgentIdentity *identity)
{
	guint8 sign_key[CM_VAULT_KEY_BYTES];
	guint8 box_key[CM_VAULT_KEY_BYTES];

	return cm_vault_keyring_get_public(cm_agent_identity_get_bundle(identity), sign_key,
					   box_key) == CM_VAULT_CLASS_OK &&
	       memcmp(sign_key, cm_vault_people_get_directory(folder->people)->org_key,
		      sizeof sign_key) == 0;
}

/* put the new key in the place of the old one, which counts for nothing any more */
static gboolean
install_next(const CmDirectoryFolder *folder, GError **error)
{
	g_autofree gchar *path = make_next_path(folder);
	g_autofree gchar *file = g_build_filename(path, CM_AGENT_KEYFILE_NAME, NULL);
	g_autoptr(GBytes) octets = cm_agent_keyfile_read(path, error);

	if (octets == NULL || !cm_agent_keyfile_write(folder->path, octets, TRUE, error))
		return FALSE;
	(void)g_unlink(file);
	(void)g_rmdir(path);
	return TRUE;
}

/* the key that signs the next directory: of two, when a new one was interrupted, the one that signed the last */
static CmAgentIdentity *
unlock(const CmDirectoryFolder *folder, const CmVaultSecret *passphrase, GError **error)
{
	g_autofree gchar *path = make_next_path(folder);
	g_autoptr(GError) local = NULL;
	g_autoptr(CmAgentIdentity) identity = unlock_at(folder, folder->path, passphrase, &local);
	g_autoptr(CmAgentIdentity) next = NULL;

	if (identity != NULL && counts(folder, identity))
		return g_steal_pointer(&identity);
	if (identity != NULL || cm_error_is(local, CM_ERROR_ACCESS_DENIED))
		next = unlock_at(folder, path, passphrase, NULL);
	if (next != NULL && counts(folder, next))
		return install_next(folder, error) ? g_steal_pointer(&next) : NULL;
	if (local != NULL)
		g_propagate_error(error, g_steal_pointer(&local));
	else
		cm_error_set(
		    error, CM_ERROR_INVALID_INPUT,
		    N_("A new key of the organisation was made, and this is the passphrase of "
		       "the old one."),
		    NULL);
	return NULL;
}

/* the succession, and the next directory, which the new key signs */
static CmVaultClass
sign_succession(const CmDirectoryFolder *folder,
		const CmVaultRecord *bundle,
		const CmVaultRecord *next,
		guint64 now,
		GByteArray *out_records)
{
	g_autoptr(GBytes) succession = NULL;
	g_autoptr(GBytes) directory = NULL;
	CmVaultClass found =
	    cm_vault_registrar_succeed(folder->people, bundle, next, now, &succession);

	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_registrar_sign(folder->people, next, NULL, 0, now, &directory);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	g_byte_array_append(out_records, g_bytes_get_data(succession, NULL),
			    (guint)g_bytes_get_size(succession));
	g_byte_array_append(out_records, g_bytes_get_data(directory, NULL),
			    (guint)g_bytes_get_size(directory));
	return CM_VAULT_CLASS_OK;
}

gboolean
cm_directory_folder_succeed(CmDirectoryFolder *folder,
			    const CmVaultSecret *passphrase,
			    const CmVaultSecret *next,
			    guint64 now,
			    GError **error)
{
	const guint8 *organisation = cm_vault_people_get_directory(folder->people)->organisation;
	g_autofree gchar *path = make_next_path(folder);
	const CmAgentIdentityPlace place = make_place(path, organisation);
	g_autoptr(CmAgentIdentity) identity = unlock(folder, passphrase, error);
	g_autoptr(CmVaultRecord) bundle = NULL;
	g_autoptr(GByteArray) records = g_byte_array_new();
	g_autoptr(GBytes) octets = NULL;
	CmVaultClass found = CM_VAULT_CLASS_MEMORY;

	if (identity == NULL)
		return FALSE;
	bundle = cm_vault_registrar_generate_next(organisation, now);
	if (bundle != NULL)
		found = sign_succession(folder, cm_agent_identity_get_bundle(identity), bundle, now,
					records);
	/* the new key is on the disk before anything counts on it; one that was left there by a power cut signed nothing */
	if (!cm_vault_class_set_offered_error(found, "succession", error) ||
	    !cm_agent_identity_store(&place, bundle, next, 1, TRUE, error))
		return FALSE;
	octets = g_byte_array_free_to_bytes(g_steal_pointer(&records));
	return append(folder, octets, error) && install_next(folder, error);
}

gboolean
cm_directory_folder_sign(CmDirectoryFolder *folder,
			 const CmVaultSecret *passphrase,
			 const CmVaultRegistrarChange *changes,
			 gsize count,
			 guint64 now,
			 GError **error)
{
	g_autoptr(CmAgentIdentity) identity = unlock(folder, passphrase, error);
	g_autoptr(GBytes) next = NULL;

	return identity != NULL &&
	       cm_vault_class_set_offered_error(
		   cm_vault_registrar_sign(folder->people, cm_agent_identity_get_bundle(identity),
					   changes, count, now, &next),
		   "directory", error) &&
	       append(folder, next, error);
}
