// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/sealed-column.h"

#include "daemon/store/store-private.h"

#include <sodium.h>

gchar *
cm_sealed_column_get_text(CmStore *store,
			  CmStatement *statement,
			  gint column,
			  const CmSealPlace *place,
			  gsize block,
			  GError **error)
{
	g_autoptr(GByteArray) plain = g_byte_array_new();
	gchar *text = NULL;

	if (!cm_seal_open(store->seal, place, sqlite3_column_blob(statement, column),
			  (gsize)sqlite3_column_bytes(statement, column), block, plain, error))
		return NULL;
	text = g_strndup((const gchar *)plain->data, plain->len);
	if (plain->len > 0)
		sodium_memzero(plain->data, plain->len);
	return text;
}
