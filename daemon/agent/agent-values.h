// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-calls.h"

/* Ids and names as the arguments of org.comodal.Agent1. */

/* Returns: (transfer floating) */
GVariant *
cm_agent_values_pack_id(const guint8 *id);

/* An id among a call's arguments; `optional`: none is FALSE without an error. CM_ERROR_INVALID_INPUT. */
gboolean
cm_agent_values_take_id(const CmAgentCall *call,
			gsize index,
			gboolean optional,
			guint8 *out_id,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A name and title of the directory; NULL: "". Returns: (transfer full) */
gchar *
cm_agent_values_dup_label(const CmVaultDirectoryEntry *entry);
