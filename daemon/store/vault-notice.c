// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/vault-notice.h"

/* a person has one account at most; the use of the statement ends here, for the notice's own */
static gboolean
find_recipient(CmStore *store,
	       const guint8 *person,
	       CmResource *out_kind,
	       gint64 *out_recipient,
	       gboolean *out_found,
	       GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT professional IS NULL, coalesce(professional, uid) FROM account JOIN "
	    "vault_person USING (uid) WHERE person = ?1",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, person, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, out_found, error))
		return FALSE;
	if (!*out_found)
		return TRUE;
	*out_kind =
	    sqlite3_column_int(statement, 0) != 0 ? CM_NOTICE_TO_ACCOUNT : CM_RESOURCE_PROFESSIONAL;
	*out_recipient = sqlite3_column_int64(statement, 1);
	return TRUE;
}

gboolean
cm_vault_notice_queue(CmStore *store,
		      CmNoticeKind kind,
		      const guint8 *person,
		      gint64 subject,
		      GError **error)
{
	CmResource to = CM_RESOURCE_PROFESSIONAL;
	gint64 recipient = 0;
	gboolean found = FALSE;

	if (!find_recipient(store, person, &to, &recipient, &found, error))
		return FALSE;
	return !found || cm_notice_queue(store, kind, to, recipient, subject, error);
}
