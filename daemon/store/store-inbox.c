// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-inbox.h"

#include "daemon/inbox/inbound-document.h"
#include "daemon/store/store-private.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define CONTENT_BLOCK 256

/* ---- how far a mailbox was read */

gboolean
cm_store_inbox_get_mailbox(CmStore *store,
			   const gchar *name,
			   CmStoreMailbox *out_mailbox,
			   GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT uidvalidity, uid, read_at FROM mailbox WHERE name = ?1",
	    error);
	CmStoreMailbox mailbox = {0};
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (row) {
		mailbox.uidvalidity = sqlite3_column_int64(statement, 0);
		mailbox.uid = sqlite3_column_int64(statement, 1);
		mailbox.read_at = sqlite3_column_int64(statement, 2);
	}
	*out_mailbox = mailbox;
	return TRUE;
}

static gboolean
set_mailbox(CmStore *store,
	    const gchar *name,
	    gint64 uidvalidity,
	    gint64 uid,
	    gint64 now,
	    GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO mailbox (name, uidvalidity, uid, read_at) VALUES (?1, ?2, ?3, ?4) "
	    "ON CONFLICT (name) DO UPDATE SET uidvalidity = ?2, uid = ?3, read_at = ?4",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, uidvalidity);
	sqlite3_bind_int64(statement, 3, uid);
	sqlite3_bind_int64(statement, 4, now);
	return cm_database_run(store->database, statement, error);
}

/* ---- a mail */

/* one whose octets were not fetched is known by where it stands */
static void
make_digest(CmStore *store,
	    const gchar *mailbox,
	    gint64 uidvalidity,
	    gint64 uid,
	    const CmInboundMail *mail,
	    guint8 out_digest[CM_SEAL_HASH_BYTES])
{
	g_autofree gchar *place =
	    g_strdup_printf("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, mailbox, uidvalidity, uid);
	const gchar *what = mail->sha256[0] != '\0' ? mail->sha256 : place;

	cm_seal_hash(store->seal, CM_SEAL_HASH_ID, "inbound", what, strlen(what), out_digest);
}

static gboolean
is_known(CmStore *store, const guint8 *digest, gboolean *out_known, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, "SELECT 1 FROM inbound WHERE digest = ?1", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, digest, CM_SEAL_HASH_BYTES, SQLITE_STATIC);
	return cm_database_step(store->database, statement, out_known, error);
}

/* all that is kept of it */
static gboolean
insert(CmStore *store,
       const gchar *mailbox,
       const guint8 *digest,
       const CmInboundMail *mail,
       gint64 number,
       gint64 now,
       GBytes *document,
       GError **error)
{
	CmSealPlace place = {"inbound", "content", number};
	g_autoptr(GByteArray) sealed = g_byte_array_new();
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO inbound (id, digest, mailbox, received_at, kind, state, reason, content, "
	    "version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)",
	    error);

	if (statement == NULL)
		return FALSE;
	cm_seal_close(store->seal, &place, g_bytes_get_data(document, NULL),
		      g_bytes_get_size(document), CONTENT_BLOCK, sealed);
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_blob(statement, 2, digest, CM_SEAL_HASH_BYTES, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, mailbox, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, now);
	sqlite3_bind_text(statement, 5, mail->refused != NULL ? "refused" : "other", -1,
			  SQLITE_STATIC);
	sqlite3_bind_text(statement, 6, "review", -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 7, mail->refused != NULL ? mail->refused : "", -1,
			  SQLITE_STATIC);
	sqlite3_bind_blob(statement, 8, sealed->data, (gint)sealed->len, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}

/* what came, as far as it can be read */
static CmInboundMail *
read_document(GBytes *document)
{
	g_autoptr(GError) error = NULL;
	CmInboundMail *mail = cm_inbound_document_read(document, &error);

	return mail != NULL ? mail : cm_inbound_mail_new_refused(0, error->message);
}

static gboolean
take(CmStore *store,
     const gchar *mailbox,
     gint64 uidvalidity,
     gint64 uid,
     CmInboundMail *mail,
     gint64 now,
     CmStoreInboxTaken *taken,
     GError **error)
{
	g_autoptr(GBytes) kept = cm_inbound_document_write(mail);
	guint8 digest[CM_SEAL_HASH_BYTES];
	gboolean known = FALSE;

	make_digest(store, mailbox, uidvalidity, uid, mail, digest);
	if (!is_known(store, digest, &known, error))
		return FALSE;
	if (known)
		return TRUE;
	if (!cm_store_next_counter(store, "row", &taken->number, error) ||
	    !insert(store, mailbox, digest, mail, taken->number, now, kept, error))
		return FALSE;
	taken->taken = TRUE;
	return TRUE;
}

gboolean
cm_store_inbox_take(CmStore *store,
		    const gchar *mailbox,
		    gint64 uidvalidity,
		    gint64 uid,
		    GBytes *document,
		    const CmStoreInboxSettings *settings,
		    gint64 now,
		    CmStoreInboxTaken *out_taken,
		    GError **error)
{
	g_autoptr(CmInboundMail) mail = read_document(document);
	g_autoptr(CmTransaction) transaction = NULL;
	CmStoreMailbox before = {0};
	CmStoreInboxTaken taken = {0};
	gboolean is_old = FALSE;

	if (*mailbox == '\0' || strlen(mailbox) > CM_STORE_MAILBOX_NAME_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("This is no name of a mailbox."),
			     NULL);
		return FALSE;
	}
	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL || !cm_store_inbox_get_mailbox(store, mailbox, &before, error))
		return FALSE;
	is_old = uid > 0 && before.uidvalidity == uidvalidity && uid <= before.uid;
	if (!is_old && !take(store, mailbox, uidvalidity, uid, mail, now, &taken, error))
		return FALSE;
	if (!is_old && uid > 0 && !set_mailbox(store, mailbox, uidvalidity, uid, now, error))
		return FALSE;
	if (!cm_transaction_commit(transaction, error))
		return FALSE;
	*out_taken = taken;
	return TRUE;
}
