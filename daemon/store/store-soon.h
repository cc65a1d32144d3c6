// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

/* Who is to be let through first when many come at once: what opens the pages of those whose session by video begins soon, by its hash
 * (store-pass.h). It says how urgent a browser is, and opens nothing. */

/* hashes; a mebioctet of them */
#define CM_STORE_SOON_MAX 32768

/* Hashes of links and passes that open something now and belong to somebody who may see a session or an appointment by video whose door has
 * opened, or opens until `until`, and that is not over: CM_STORE_KEY_BYTES each, side by side, those that begin first before the others, no
 * more than `most`. Whoever may be told of it is among them: a guardian who is not, too. `out_all`: there were not more. Changes nothing. Returns:
 * (transfer full) */
GByteArray *
cm_store_soon_list(CmStore *store,
		   gint64 now,
		   gint64 until,
		   guint most,
		   gboolean *out_all,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
