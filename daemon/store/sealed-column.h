// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/database.h"
#include "daemon/store/seal.h"
#include "daemon/store/store.h"

/* A sealed text in a row's column. */

/* The text at `column` of the row that the statement stands on; what it was opened in is wiped. CM_ERROR_STORE like cm_seal_open().
 * Returns: (transfer full) */
gchar *
cm_sealed_column_get_text(CmStore *store,
			  CmStatement *statement,
			  gint column,
			  const CmSealPlace *place,
			  gsize block,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
