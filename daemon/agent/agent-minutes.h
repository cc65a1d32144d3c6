// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-notes.h"

/* Minutes between comodald and their reader's open keys: fetched anew for each thing that is done, and checked. They are in no chain, and
 * nothing of them is remembered. The worker's thread alone. */

/* One of them as it came. */
typedef struct {
	CmVaultRecord *record; /* NULL: it does not hold */
	guint about; /* the place of what it corrects, from 1; 0: of nothing that is there */
} CmAgentMinutes;

/* All that the person wrote or may open, the oldest first; those that do not hold keep their places. Returns: (transfer full) (element-type
 * CmAgentMinutes) */
GArray *
cm_agent_minutes_list(CmAgentNotes *notes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One by its id. CM_ERROR_NOT_FOUND; CM_ERROR_STORE: it does not hold. Returns: (transfer full) */
CmVaultRecord *
cm_agent_minutes_find(CmAgentNotes *notes,
		      const guint8 *name,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Its content. CM_ERROR_ACCESS_DENIED: sealed for other keys. Returns: (transfer full) */
CmVaultRecord *
cm_agent_minutes_open(const CmAgentNotes *notes,
		      const CmVaultRecord *minutes,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Write some, seal them for `participants` (fingerprints) and their author, and hand them over. `minutes` says their id, held_on, session and
 * about. CM_ERROR_NOT_FOUND, CM_ERROR_ACCESS_DENIED: no such keys, or none in force; CM_ERROR_INVALID_INPUT. */
gboolean
cm_agent_minutes_write(CmAgentNotes *notes,
		       const CmVaultMinutes *minutes,
		       const gchar *const *participants,
		       const CmVaultRecord *content,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
