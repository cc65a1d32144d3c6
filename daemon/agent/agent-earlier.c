// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-earlier.h"

#include "daemon/agent/agent-keyfile.h"
#include "daemon/agent/agent-memory.h"
#include "daemon/bus/clock.h"
#include "include/cm-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define PREFIX "comodal-earlier-"
#define FOLDER_MODE 0700
#define FILE_MODE 0600
#define FOLDERS_A_DAY_MAX 1000
#define UNFINISHED_MAX 1000

/* ---- keeping */

/* comodal-earlier-2026-11-22, or, when somebody has new keys twice a day, comodal-earlier-2026-11-22-2 */
static gchar *
make_folder(const gchar *folder, GError **error)
{
	g_autoptr(GDateTime) now = g_date_time_new_from_unix_local(cm_clock_get_now());
	g_autofree gchar *day = g_date_time_format(now, "%Y-%m-%d");

	for (guint i = 1; i <= FOLDERS_A_DAY_MAX; i++) {
		g_autofree gchar *name = i == 1 ? g_strconcat(PREFIX, day, NULL)
						: g_strdup_printf(PREFIX "%s-%u", day, i);
		g_autofree gchar *path = g_build_filename(folder, name, NULL);

		if (g_mkdir(path, FOLDER_MODE) == 0)
			return g_steal_pointer(&path);
		if (errno != EEXIST)
			break;
	}
	cm_error_set(error, CM_ERROR_KEY, N_("The folder {0} can't be made: {1}."), folder,
		     g_strerror(errno), NULL);
	return NULL;
}

static gboolean
copy_memory(const gchar *folder, const gchar *kept, GError **error)
{
	g_autofree gchar *from = g_build_filename(folder, CM_AGENT_MEMORY_NAME, NULL);
	g_autofree gchar *to = g_build_filename(kept, CM_AGENT_MEMORY_NAME, NULL);
	g_autofree gchar *octets = NULL;
	g_autoptr(GError) local = NULL;
	gsize length = 0;

	if (!g_file_get_contents(from, &octets, &length, &local)) {
		if (g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			return TRUE;
		cm_error_set(error, CM_ERROR_KEY, N_("The memory {0} can't be read: {1}."), from,
			     local->message, NULL);
		return FALSE;
	}
	if (g_file_set_contents_full(to, octets, (gssize)length,
				     G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
				     FILE_MODE, &local))
		return TRUE;
	cm_error_set(error, CM_ERROR_KEY, N_("The memory {0} can't be written: {1}."), to,
		     local->message, NULL);
	return FALSE;
}

/* copies, of what is still in its place */
static void
remove_copies(const gchar *kept)
{
	g_autofree gchar *keyring = g_build_filename(kept, CM_AGENT_KEYFILE_NAME, NULL);
	g_autofree gchar *memory = g_build_filename(kept, CM_AGENT_MEMORY_NAME, NULL);

	(void)g_unlink(keyring);
	(void)g_unlink(memory);
	(void)g_rmdir(kept);
}

gchar *
cm_agent_earlier_keep(const gchar *folder, GError **error)
{
	g_autoptr(GBytes) keyring = cm_agent_keyfile_read(folder, error);
	g_autofree gchar *kept = keyring != NULL ? make_folder(folder, error) : NULL;

	if (kept == NULL)
		return NULL;
	if (copy_memory(folder, kept, error) && cm_agent_keyfile_write(kept, keyring, FALSE, error))
		return g_steal_pointer(&kept);
	remove_copies(kept);
	return NULL;
}

gboolean
cm_agent_earlier_put_back(const gchar *folder, const gchar *kept, GError **error)
{
	g_autoptr(GBytes) keyring = cm_agent_keyfile_read(kept, NULL);

	if (keyring != NULL && cm_agent_keyfile_write(folder, keyring, TRUE, NULL)) {
		remove_copies(kept);
		return TRUE;
	}
	cm_error_set(error, CM_ERROR_KEY,
		     N_("There are no new keys, and those that were here could not be put in their "
			"place again: copy the keyring back from {0}."),
		     kept, NULL);
	return FALSE;
}

/* ---- beside, what nobody is known to have */

/* whether a copy of it is there; `out_free`: whether nothing is */
static gboolean
is_copy(const gchar *path, const gchar *octets, gsize length, gboolean *out_free)
{
	g_autofree gchar *there = NULL;
	gsize found = 0;
	g_autoptr(GError) local = NULL;

	if (g_file_get_contents(path, &there, &found, &local))
		return found == length && memcmp(there, octets, length) == 0;
	*out_free = g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT);
	return FALSE;
}

/* the first that is free; NULL when none is, or there is a copy. Returns: (transfer full) */
static gchar *
find_unfinished(const gchar *path, const gchar *octets, gsize length, gboolean *out_copied)
{
	for (guint i = 1; i <= UNFINISHED_MAX; i++) {
		g_autofree gchar *beside = i == 1 ? g_strconcat(path, "-unfinished", NULL)
						  : g_strdup_printf("%s-unfinished-%u", path, i);
		gboolean is_free = FALSE;

		*out_copied = is_copy(beside, octets, length, &is_free);
		if (*out_copied)
			return NULL;
		if (is_free)
			return g_steal_pointer(&beside);
	}
	return NULL;
}

gboolean
cm_agent_earlier_lay_aside(const gchar *folder, const gchar *name, GError **error)
{
	g_autofree gchar *path = g_build_filename(folder, name, NULL);
	g_autofree gchar *octets = NULL;
	g_autofree gchar *beside = NULL;
	g_autoptr(GError) local = NULL;
	gsize length = 0;
	gboolean copied = FALSE;

	if (!g_file_get_contents(path, &octets, &length, &local)) {
		if (g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			return TRUE;
		cm_error_set(error, CM_ERROR_KEY, N_("{0} can't be read: {1}."), path,
			     local->message, NULL);
		return FALSE;
	}
	beside = find_unfinished(path, octets, length, &copied);
	if (copied || (beside != NULL && g_file_set_contents_full(beside, octets, (gssize)length,
								  G_FILE_SET_CONTENTS_CONSISTENT |
								      G_FILE_SET_CONTENTS_DURABLE,
								  FILE_MODE, &local)))
		return TRUE;
	cm_error_set(error, CM_ERROR_KEY, N_("{0} can't be written: {1}."),
		     beside != NULL ? beside : path,
		     local != NULL ? local->message : g_strerror(EEXIST), NULL);
	return FALSE;
}

/* ---- opening */

typedef struct {
	gchar *folder;
	guint32 generation;
} Earlier;

static void
earlier_clear(gpointer data)
{
	g_free(((Earlier *)data)->folder);
}

static gint
compare_newest_first(gconstpointer a, gconstpointer b)
{
	guint32 first = ((const Earlier *)a)->generation;
	guint32 second = ((const Earlier *)b)->generation;

	return (first < second) - (first > second);
}

/* earlier keys of this person that others know: what never came into a directory nobody gave anything to */
static void
consider(GArray *found, gchar *folder, const CmVaultBundle *own, const CmVaultPeople *people)
{
	g_autoptr(GBytes) octets = cm_agent_keyfile_read(folder, NULL);
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultKeyring *keyring = NULL;
	Earlier earlier = {.folder = folder};

	if (octets != NULL &&
	    cm_vault_record_read(CM_VAULT_KIND_KEYRING, octets, &record) == CM_VAULT_CLASS_OK) {
		keyring = cm_vault_record_get_fields(record, CM_VAULT_KIND_KEYRING);
		earlier.generation = keyring->generation;
	}
	if (keyring != NULL && keyring->generation < own->generation &&
	    memcmp(keyring->person, own->person, CM_VAULT_ID_BYTES) == 0 &&
	    cm_vault_people_find(people, own->person, keyring->generation) != NULL)
		g_array_append_val(found, earlier);
	else
		g_free(folder);
}

/* (element-type Earlier), the newest first */
static GArray *
list_earlier(const gchar *folder, const CmVaultBundle *own, const CmVaultPeople *people)
{
	g_autoptr(GDir) names = g_dir_open(folder, 0, NULL);
	GArray *found = g_array_new(FALSE, TRUE, sizeof(Earlier));
	const gchar *name = names != NULL ? g_dir_read_name(names) : NULL;

	g_array_set_clear_func(found, earlier_clear);
	for (; name != NULL; name = g_dir_read_name(names)) {
		if (g_str_has_prefix(name, PREFIX))
			consider(found, g_build_filename(folder, name, NULL), own, people);
	}
	g_array_sort(found, compare_newest_first);
	return found;
}

CmAgentIdentity *
cm_agent_earlier_unlock(const gchar *folder,
			const CmVaultBundle *own,
			const CmVaultPeople *people,
			const CmVaultSecret *passphrase,
			gchar **out_folder,
			GError **error)
{
	g_autoptr(GArray) all = list_earlier(folder, own, people);

	for (guint i = 0; i < all->len; i++) {
		const Earlier *earlier = &g_array_index(all, Earlier, i);
		const CmAgentIdentityPlace place = {.folder = earlier->folder,
						    .organisation = own->organisation};
		g_autoptr(GError) local = NULL;
		CmAgentIdentity *identity = cm_agent_identity_unlock(
		    &place, passphrase,
		    cm_vault_people_find(people, own->person, earlier->generation), &local);

		if (identity != NULL) {
			*out_folder = g_strdup(earlier->folder);
			return identity;
		}
		if (!cm_error_is(local, CM_ERROR_ACCESS_DENIED)) {
			g_propagate_error(error, g_steal_pointer(&local));
			return NULL;
		}
	}
	if (all->len == 0)
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There are no earlier keys of yours in {0}."), folder, NULL);
	else
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("This is not the passphrase of your earlier keys."), NULL);
	return NULL;
}
