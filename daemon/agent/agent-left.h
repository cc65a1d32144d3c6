// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-notes.h"

/* Files that a call about many of them left as they were, each with why: one that does not hold stops none of the others. */

/* Whether it is one file that an error is about: one that is spoiled, closed or gone. Keys or a memory that can't be locked, and a comodald that is
 * busy or gone, are about all of them. */
gboolean
cm_agent_left_is_one(const GError *error);

/* Returns: (transfer full) (element-type GVariant) */
GPtrArray *
cm_agent_left_new(void);
void
cm_agent_left_add(GPtrArray *left, const CmAgentNotesListed *listed, const GError *reason);

/* aa{sv}: "case" (ay), "student" (t), "file" (y), "error" (s): the error's name; "reason" (s): its message, to be read as an error's. Returns:
 * (transfer floating) */
GVariant *
cm_agent_left_pack(const GPtrArray *left);
