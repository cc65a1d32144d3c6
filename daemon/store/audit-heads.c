// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/audit-heads.h"

#include "daemon/store/store-private.h"
#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define GROUP_LOG "Log"
#define GROUP_HEAD "Head "
#define HEX_MAX (2 * CM_AUDIT_SIGNATURE_BYTES + 1)

static gchar *
path_make(const gchar *folder)
{
	return g_build_filename(folder, CM_AUDIT_HEADS_NAME, NULL);
}

void
cm_audit_heads_set_folder(CmStore *store, const gchar *folder)
{
	g_free(store->heads_folder);
	store->heads_folder = g_strdup(folder);
}

const gchar *
cm_audit_heads_get_folder(CmStore *store)
{
	return store->heads_folder;
}

/* ---- reading */

static gboolean
hex_read(GKeyFile *file, const gchar *group, const gchar *key, guint8 *out_octets, gsize size)
{
	g_autofree gchar *text = g_key_file_get_string(file, group, key, NULL);
	gsize length = 0;
	const gchar *end = NULL;

	return text != NULL && strlen(text) == 2 * size &&
	       sodium_hex2bin(out_octets, size, text, 2 * size, NULL, &length, &end) == 0 &&
	       length == size;
}

static gboolean
head_read(GKeyFile *file, const gchar *group, CmAuditHead *out_head)
{
	g_autoptr(GError) error = NULL;

	if (!g_ascii_string_to_signed(group + strlen(GROUP_HEAD), 10, 1, G_MAXINT64,
				      &out_head->sequence, NULL))
		return FALSE;
	out_head->signed_at = g_key_file_get_int64(file, group, "SignedAt", &error);
	return error == NULL &&
	       hex_read(file, group, "Hash", out_head->hash, CM_AUDIT_HASH_BYTES) &&
	       hex_read(file, group, "Signature", out_head->signature, CM_AUDIT_SIGNATURE_BYTES);
}

static gint
compare_heads(gconstpointer a, gconstpointer b)
{
	const CmAuditHead *first = a;
	const CmAuditHead *second = b;

	return (first->sequence > second->sequence) - (first->sequence < second->sequence);
}

static GKeyFile *
file_load(const gchar *path, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) local = NULL;

	if (g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &local))
		return g_steal_pointer(&file);
	if (g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There are no heads of the audit log at {0}."), path, NULL);
	else if (local->domain == G_FILE_ERROR)
		cm_error_set(error, CM_ERROR_FAILED, N_("{0}: {1}."), path, local->message, NULL);
	else
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("{0} is damaged: it does not hold heads of an audit log."), path,
			     NULL);
	return NULL;
}

static GArray *
groups_read(GKeyFile *file, const gchar *path, GError **error)
{
	g_autoptr(GArray) heads = g_array_new(FALSE, TRUE, sizeof(CmAuditHead));
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

	for (guint i = 0; groups[i] != NULL; i++) {
		CmAuditHead head = {0};

		if (g_str_equal(groups[i], GROUP_LOG))
			continue;
		if (!g_str_has_prefix(groups[i], GROUP_HEAD) ||
		    !head_read(file, groups[i], &head)) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("{0} is damaged: it does not hold heads of an audit log."),
				     path, NULL);
			return NULL;
		}
		g_array_append_val(heads, head);
	}
	g_array_sort(heads, compare_heads);
	return g_steal_pointer(&heads);
}

GArray *
cm_audit_heads_read(CmStore *store, const gchar *folder, GError **error)
{
	g_autofree gchar *path = path_make(folder);
	g_autoptr(GKeyFile) file = file_load(path, error);
	guint8 database[CM_SEAL_DATABASE_ID_BYTES];

	if (file == NULL)
		return NULL;
	if (!hex_read(file, GROUP_LOG, "Database", database, sizeof database)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("{0} is damaged: it does not hold heads of an audit log."), path,
			     NULL);
		return NULL;
	}
	if (memcmp(database, cm_audit_get_database_id(store), sizeof database) != 0) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("{0} holds the heads of another database: this one was replaced, "
				"or the file was. If you know why, move the file away."),
			     path, NULL);
		return NULL;
	}
	return groups_read(file, path, error);
}

/* ---- writing */

static void
hex_write(GKeyFile *file, const gchar *group, const gchar *key, const guint8 *octets, gsize size)
{
	gchar text[HEX_MAX];

	sodium_bin2hex(text, sizeof text, octets, size);
	g_key_file_set_string(file, group, key, text);
}

static gchar *
file_format(CmStore *store, const GArray *heads)
{
	g_autoptr(GKeyFile) file = g_key_file_new();

	hex_write(file, GROUP_LOG, "Database", cm_audit_get_database_id(store),
		  CM_SEAL_DATABASE_ID_BYTES);
	hex_write(file, GROUP_LOG, "PublicKey", cm_audit_get_public_key(store),
		  CM_AUDIT_PUBLIC_KEY_BYTES);
	for (guint i = 0; i < heads->len; i++) {
		const CmAuditHead *head = CM_ELEMENT(heads, CmAuditHead, i);
		g_autofree gchar *group =
		    g_strdup_printf(GROUP_HEAD "%" G_GINT64_FORMAT, head->sequence);

		g_key_file_set_int64(file, group, "SignedAt", head->signed_at);
		hex_write(file, group, "Hash", head->hash, CM_AUDIT_HASH_BYTES);
		hex_write(file, group, "Signature", head->signature, CM_AUDIT_SIGNATURE_BYTES);
	}
	return g_key_file_to_data(file, NULL, NULL);
}

static gboolean
file_replace(const gchar *folder, const gchar *text, GError **error)
{
	g_autofree gchar *path = path_make(folder);
	g_autoptr(GError) local = NULL;
	gint descriptor = -1;
	gboolean synced = FALSE;

	if (!g_file_set_contents_full(path, text, -1,
				      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
				      0600, &local)) {
		cm_error_set(error, CM_ERROR_FAILED, N_("{0}: {1}."), path, local->message, NULL);
		return FALSE;
	}
	/* the name too */
	descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	synced = descriptor >= 0 && fsync(descriptor) == 0;
	if (descriptor >= 0)
		close(descriptor);
	if (synced)
		return TRUE;
	cm_error_set(error, CM_ERROR_FAILED, N_("{0}: {1}."), folder, g_strerror(errno), NULL);
	return FALSE;
}

/* ---- bringing up to date */

/* The hash of an entry; zeros when there is no such entry. */
static gboolean
hash_look_up(CmStore *store, gint64 sequence, guint8 out_hash[CM_AUDIT_HASH_BYTES], GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT hash FROM audit WHERE sequence = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, sequence);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	memset(out_hash, 0, CM_AUDIT_HASH_BYTES);
	if (row && sqlite3_column_bytes(statement, 0) == CM_AUDIT_HASH_BYTES)
		memcpy(out_hash, sqlite3_column_blob(statement, 0), CM_AUDIT_HASH_BYTES);
	return TRUE;
}

/* every head of the file is of an entry that stands: else the database is another one than it was */
static gboolean
history_check(CmStore *store, const GArray *outside, const gchar *folder, GError **error)
{
	for (guint i = 0; i < outside->len; i++) {
		const CmAuditHead *head = CM_ELEMENT(outside, CmAuditHead, i);
		guint8 hash[CM_AUDIT_HASH_BYTES];

		if (!hash_look_up(store, head->sequence, hash, error))
			return FALSE;
		if (memcmp(hash, head->hash, sizeof hash) != 0 ||
		    !cm_audit_verify_head(store, head)) {
			cm_error_set(
			    error, CM_ERROR_CONFLICT,
			    N_("The heads of the audit log kept in {0} are not of this database's "
			       "history: it was put back to an older copy, cut or altered. Run "
			       "“comodalctl audit verify”."),
			    folder, NULL);
			return FALSE;
		}
	}
	return TRUE;
}

gboolean
cm_audit_heads_update(CmStore *store, const gchar *folder, gint64 now, GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(GArray) outside = cm_audit_heads_read(store, folder, &local);
	g_autoptr(GArray) heads = NULL;
	g_autofree gchar *text = NULL;

	if (outside == NULL && !cm_error_is(local, CM_ERROR_NOT_FOUND)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	if (outside != NULL && !history_check(store, outside, folder, error))
		return FALSE;
	if (!cm_audit_sign_last(store, now, error))
		return FALSE;
	heads = cm_audit_list_heads(store, CM_AUDIT_HEADS_MAX, error);
	if (heads == NULL)
		return FALSE;
	if (heads->len == 0 || (outside != NULL && outside->len > 0 &&
				compare_heads(CM_ELEMENT(outside, CmAuditHead, outside->len - 1),
					      CM_ELEMENT(heads, CmAuditHead, heads->len - 1)) == 0))
		return TRUE;
	text = file_format(store, heads);
	return file_replace(folder, text, error);
}
