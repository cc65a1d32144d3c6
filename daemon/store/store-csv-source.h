// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

/* How a source's tables were read the last time. */

/* The mapping of a source and a kind, JSON text; NULL without an error where there is none: `out_mapping` (transfer full). */
gboolean
cm_store_csv_source_get(CmStore *store,
			const gchar *name,
			const gchar *kind,
			gchar **out_mapping,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keep it. */
gboolean
cm_store_csv_source_set(CmStore *store,
			const gchar *name,
			const gchar *kind,
			const gchar *mapping,
			gint64 now,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
