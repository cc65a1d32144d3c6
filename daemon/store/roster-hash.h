// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-private.h"

/* One hash of the whole roster: of every row's, in a fixed order. A plan keeps the one it was made
 * from. Private to daemon/store. */

/* Compute it again after the roster changed. */
gboolean
cm_roster_hash_update(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The present one. Returns: (transfer full) */
GBytes *
cm_roster_hash_get(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
