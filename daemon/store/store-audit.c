// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-audit.h"

#include "daemon/store/store-private.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <sodium.h>
#include <string.h>

#define KEY_CONTEXT "comodal1"
#define DETAIL_BLOCK 64
#define LABEL_ENTRY "comodal-audit/1"
#define LABEL_HEAD "comodal-audit-head/1"
#define ACTION_PATTERN "abcdefghijklmnopqrstuvwxyz0123456789-."

/* numbers of the subkeys: never given to another use (seal.c has 1 to 4) */
enum { SUBKEY_CHAIN = 16, SUBKEY_SIGN = 17 };

G_STATIC_ASSERT(CM_AUDIT_HASH_BYTES == crypto_generichash_BYTES);
G_STATIC_ASSERT(CM_AUDIT_SIGNATURE_BYTES == crypto_sign_BYTES);
G_STATIC_ASSERT(CM_AUDIT_PUBLIC_KEY_BYTES == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT(sizeof(KEY_CONTEXT) - 1 == crypto_kdf_CONTEXTBYTES);

typedef struct {
	guint8 chain[crypto_generichash_KEYBYTES];
	guint8 secret[crypto_sign_SECRETKEYBYTES];
} Keys;

struct _CmAudit {
	Keys *keys; /* guarded */
	guint8 public_key[CM_AUDIT_PUBLIC_KEY_BYTES];
	guint8 database_id[CM_SEAL_DATABASE_ID_BYTES];
};

CmAudit *
cm_audit_new(const CmServiceKey *key, const guint8 *database_id, GError **error)
{
	const guint8 *master = cm_service_key_get_bytes(key);
	guint8 seed[crypto_sign_SEEDBYTES];
	Keys *keys = sodium_malloc(sizeof(Keys));
	CmAudit *audit = NULL;

	/* sodium_malloc() says nothing when it can't lock */
	if (keys == NULL || sodium_mlock(keys, sizeof(Keys)) != 0) {
		cm_error_set(error, CM_ERROR_KEY,
			     N_("Memory for keys can't be locked: raise the limit of locked "
				"memory (LimitMEMLOCK=)."),
			     NULL);
		sodium_free(keys);
		return NULL;
	}
	audit = g_new0(CmAudit, 1);
	audit->keys = keys;
	memcpy(audit->database_id, database_id, sizeof audit->database_id);
	crypto_kdf_derive_from_key(keys->chain, sizeof keys->chain, SUBKEY_CHAIN, KEY_CONTEXT,
				   master);
	crypto_kdf_derive_from_key(seed, sizeof seed, SUBKEY_SIGN, KEY_CONTEXT, master);
	crypto_sign_seed_keypair(audit->public_key, keys->secret, seed);
	sodium_memzero(seed, sizeof seed);
	sodium_mprotect_readonly(keys);
	return audit;
}

void
cm_audit_free(CmAudit *audit)
{
	/* wipes and unlocks */
	sodium_free(audit->keys);
	g_free(audit);
}

/* ---- the canonical encoding: integers as 8 octets, little endian; texts and blobs with their length before them */

static void
hash_integer(crypto_generichash_state *state, gint64 value)
{
	guint64 octets = GUINT64_TO_LE((guint64)value);

	crypto_generichash_update(state, (const guint8 *)&octets, sizeof octets);
}

static void
hash_octets(crypto_generichash_state *state, gconstpointer data, gsize length)
{
	hash_integer(state, (gint64)length);
	crypto_generichash_update(state, data, length);
}

void
cm_audit_hash_row(CmStore *store,
		  const CmAuditRow *row,
		  const guint8 previous[CM_AUDIT_HASH_BYTES],
		  guint8 out_hash[CM_AUDIT_HASH_BYTES])
{
	const CmAudit *audit = store->audit;
	crypto_generichash_state state;

	crypto_generichash_init(&state, audit->keys->chain, sizeof audit->keys->chain,
				CM_AUDIT_HASH_BYTES);
	crypto_generichash_update(&state, (const guint8 *)LABEL_ENTRY, sizeof LABEL_ENTRY);
	crypto_generichash_update(&state, audit->database_id, sizeof audit->database_id);
	crypto_generichash_update(&state, previous, CM_AUDIT_HASH_BYTES);
	hash_integer(&state, row->sequence);
	hash_integer(&state, row->at);
	hash_integer(&state, row->uid);
	hash_octets(&state, row->action, strlen(row->action));
	hash_integer(&state, row->subject);
	hash_integer(&state, row->version_before);
	hash_integer(&state, row->version_after);
	hash_octets(&state, row->detail, row->detail_length);
	crypto_generichash_final(&state, out_hash, CM_AUDIT_HASH_BYTES);
}

/* ---- heads */

static void
head_begin(const CmAudit *audit, const CmAuditHead *head, crypto_sign_state *out_state)
{
	guint64 numbers[2] = {GUINT64_TO_LE((guint64)head->sequence),
			      GUINT64_TO_LE((guint64)head->signed_at)};

	crypto_sign_init(out_state);
	crypto_sign_update(out_state, (const guint8 *)LABEL_HEAD, sizeof LABEL_HEAD);
	crypto_sign_update(out_state, audit->database_id, sizeof audit->database_id);
	crypto_sign_update(out_state, (const guint8 *)numbers, sizeof numbers);
	crypto_sign_update(out_state, head->hash, sizeof head->hash);
}

static gboolean
head_write(CmStore *store,
	   gint64 sequence,
	   gint64 signed_at,
	   const guint8 hash[CM_AUDIT_HASH_BYTES],
	   GError **error)
{
	CmAuditHead head = {.sequence = sequence, .signed_at = signed_at};
	crypto_sign_state state;
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO audit_head (sequence, signed_at, signature) VALUES (?1, ?2, ?3)", error);

	if (statement == NULL)
		return FALSE;
	memcpy(head.hash, hash, sizeof head.hash);
	head_begin(store->audit, &head, &state);
	crypto_sign_final_create(&state, head.signature, NULL, store->audit->keys->secret);
	sqlite3_bind_int64(statement, 1, sequence);
	sqlite3_bind_int64(statement, 2, signed_at);
	sqlite3_bind_blob(statement, 3, head.signature, sizeof head.signature, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_audit_verify_head(CmStore *store, const CmAuditHead *head)
{
	crypto_sign_state state;

	head_begin(store->audit, head, &state);
	return crypto_sign_final_verify(&state, head->signature, store->audit->public_key) == 0;
}

const guint8 *
cm_audit_get_public_key(CmStore *store)
{
	return store->audit->public_key;
}

const guint8 *
cm_audit_get_database_id(CmStore *store)
{
	return store->audit->database_id;
}

gboolean
cm_audit_sign_last(CmStore *store, gint64 now, GError **error)
{
	g_autoptr(CmTransaction) transaction = NULL;
	guint8 hash[CM_AUDIT_HASH_BYTES];
	gint64 sequence = 0;
	gint64 head = 0;

	/* nothing is written, and no lock taken, when nothing happened */
	if (!cm_database_query_integer(store->database,
				       "SELECT coalesce(max(sequence), 0) FROM audit_head", &head,
				       error) ||
	    !cm_audit_get_last(store, &sequence, hash, error))
		return FALSE;
	if (sequence <= head)
		return TRUE;
	transaction = cm_transaction_new(store->database, error);
	return transaction != NULL && cm_audit_get_last(store, &sequence, hash, error) &&
	       head_write(store, sequence, now, hash, error) &&
	       cm_transaction_commit(transaction, error);
}

GArray *
cm_audit_list_heads(CmStore *store, guint limit, GError **error)
{
	g_autoptr(GArray) heads = g_array_new(FALSE, TRUE, sizeof(CmAuditHead));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT * FROM (SELECT sequence, audit_head.signed_at, audit.hash, signature "
	    "FROM audit_head JOIN audit USING (sequence) ORDER BY sequence DESC LIMIT ?1) "
	    "ORDER BY sequence",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, limit);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmAuditHead head = {.sequence = sqlite3_column_int64(statement, 0),
				    .signed_at = sqlite3_column_int64(statement, 1)};

		if (sqlite3_column_bytes(statement, 2) == CM_AUDIT_HASH_BYTES)
			memcpy(head.hash, sqlite3_column_blob(statement, 2), sizeof head.hash);
		if (sqlite3_column_bytes(statement, 3) == CM_AUDIT_SIGNATURE_BYTES)
			memcpy(head.signature, sqlite3_column_blob(statement, 3),
			       sizeof head.signature);
		g_array_append_val(heads, head);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&heads);
}

/* ---- appending */

gboolean
cm_audit_get_last(CmStore *store,
		  gint64 *out_sequence,
		  guint8 out_hash[CM_AUDIT_HASH_BYTES],
		  GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1",
	    error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_sequence = 0;
	memset(out_hash, 0, CM_AUDIT_HASH_BYTES);
	if (!row)
		return TRUE;
	*out_sequence = sqlite3_column_int64(statement, 0);
	/* the column's CHECK allows no other length; a connection may be told to ignore it */
	if (sqlite3_column_bytes(statement, 1) == CM_AUDIT_HASH_BYTES)
		memcpy(out_hash, sqlite3_column_blob(statement, 1), CM_AUDIT_HASH_BYTES);
	return TRUE;
}

static gboolean
row_write(CmStore *store,
	  const CmAuditRow *row,
	  const guint8 previous[CM_AUDIT_HASH_BYTES],
	  const guint8 hash[CM_AUDIT_HASH_BYTES],
	  GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO audit (sequence, at, uid, action, subject, version_before, version_after, "
	    "detail, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row->sequence);
	sqlite3_bind_int64(statement, 2, row->at);
	if (row->uid != CM_AUDIT_DAEMON)
		sqlite3_bind_int64(statement, 3, row->uid);
	sqlite3_bind_text(statement, 4, row->action, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 5, row->subject);
	sqlite3_bind_int64(statement, 6, row->version_before);
	sqlite3_bind_int64(statement, 7, row->version_after);
	sqlite3_bind_blob(statement, 8, row->detail, (gint)row->detail_length, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 9, previous, CM_AUDIT_HASH_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 10, hash, CM_AUDIT_HASH_BYTES, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_audit_append(CmStore *store, const CmAuditEntry *entry, GError **error)
{
	guint8 previous[CM_AUDIT_HASH_BYTES];
	guint8 hash[CM_AUDIT_HASH_BYTES];
	g_autoptr(GByteArray) sealed = g_byte_array_new();
	CmSealPlace place = {"audit", "detail", 0};
	const gchar *detail = entry->detail != NULL ? entry->detail : "";
	CmAuditRow row = {0};

	/* nocheck:error-unset: bugs of the caller's */
	g_return_val_if_fail(!sqlite3_get_autocommit(cm_database_get_handle(store->database)),
			     FALSE);
	/* nocheck:error-unset: the same */
	g_return_val_if_fail(strspn(entry->action, ACTION_PATTERN) == strlen(entry->action), FALSE);
	if (strlen(detail) > CM_AUDIT_DETAIL_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("What is to be written in the audit log is longer than {0} "
				"octets: make the change in smaller parts."),
			     G_STRINGIFY(CM_AUDIT_DETAIL_MAX), NULL);
		return FALSE;
	}
	if (!cm_audit_get_last(store, &row.sequence, previous, error))
		return FALSE;
	row.sequence++;
	place.row = row.sequence;
	cm_seal_close(store->seal, &place, detail, strlen(detail), DETAIL_BLOCK, sealed);
	row.at = entry->at != 0 ? entry->at : g_get_real_time() / G_USEC_PER_SEC;
	row.uid = entry->uid;
	row.action = entry->action;
	row.subject = entry->subject;
	row.version_before = entry->version_before;
	row.version_after = entry->version_after;
	row.detail = sealed->data;
	row.detail_length = sealed->len;
	cm_audit_hash_row(store, &row, previous, hash);
	if (!row_write(store, &row, previous, hash, error))
		return FALSE;
	return row.sequence % CM_AUDIT_HEAD_EVERY != 0 ||
	       head_write(store, row.sequence, row.at, hash, error);
}

gboolean
cm_audit_append_figures(CmStore *store,
			const CmAuditEntry *entry,
			GVariant *figures,
			GError **error)
{
	g_autoptr(GVariant) taken = figures != NULL ? g_variant_ref_sink(figures) : NULL;
	g_autofree gchar *detail = taken != NULL ? json_gvariant_serialize_data(taken, NULL) : NULL;
	CmAuditEntry whole = *entry;

	whole.detail = detail;
	return cm_audit_append(store, &whole, error);
}

gboolean
cm_audit_record(CmStore *store, const CmAuditEntry *entry, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);

	return transaction != NULL && cm_audit_append(store, entry, error) &&
	       cm_transaction_commit(transaction, error);
}

/* ---- reading */

static void
line_free(gpointer data)
{
	CmAuditLine *line = data;

	g_free(line->action);
	g_free(line->detail);
	g_free(line);
}

/* what people typed, for the administrator who asks; NULL when it was altered */
static gchar *
detail_open(CmStore *store, gint64 sequence, gconstpointer sealed, gsize length)
{
	CmSealPlace place = {"audit", "detail", sequence};
	g_autoptr(GByteArray) plain = g_byte_array_new();

	if (!cm_seal_open(store->seal, &place, sealed, length, DETAIL_BLOCK, plain, NULL))
		return NULL;
	if (!g_utf8_validate((const gchar *)plain->data, plain->len, NULL))
		return NULL;
	return g_strndup((const gchar *)plain->data, plain->len);
}

static CmAuditLine *
line_read(CmStore *store, CmStatement *statement)
{
	CmAuditLine *line = g_new0(CmAuditLine, 1);

	line->sequence = sqlite3_column_int64(statement, 0);
	line->at = sqlite3_column_int64(statement, 1);
	line->uid = sqlite3_column_type(statement, 2) == SQLITE_NULL
			? CM_AUDIT_DAEMON
			: sqlite3_column_int64(statement, 2);
	line->action = g_utf8_make_valid((const gchar *)sqlite3_column_text(statement, 3), -1);
	line->subject = sqlite3_column_int64(statement, 4);
	line->version_before = sqlite3_column_int64(statement, 5);
	line->version_after = sqlite3_column_int64(statement, 6);
	line->detail = detail_open(store, line->sequence, sqlite3_column_blob(statement, 7),
				   (gsize)sqlite3_column_bytes(statement, 7));
	return line;
}

GPtrArray *
cm_audit_list(CmStore *store, const CmAuditQuery *query, GError **error)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(line_free);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT sequence, at, uid, action, subject, version_before, version_after, detail "
	    "FROM audit WHERE at >= ?1 AND (?2 = 0 OR at < ?2) AND (?3 = 0 OR subject = ?3) AND "
	    "(?4 = 0 OR sequence < ?4) ORDER BY sequence DESC LIMIT ?5",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, query->since);
	sqlite3_bind_int64(statement, 2, query->until);
	sqlite3_bind_int64(statement, 3, query->subject);
	sqlite3_bind_int64(statement, 4, query->before);
	sqlite3_bind_int64(statement, 5, MIN(query->limit, CM_AUDIT_PAGE_MAX));
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		g_ptr_array_add(lines, line_read(store, statement));
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&lines);
}
