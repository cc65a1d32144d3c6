// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-case.h"

/* What an agent keeps checked while its keys are unlocked: directories and cases, their records alone. No key of a case and no text stays
 * longer than what is done with it. The worker's thread alone. */
typedef struct _CmAgentShelf CmAgentShelf;

#define CM_AGENT_SHELF_CASES 16

/* How far comodald's records of a case are known: how many, heads left out, and the hash of the last. */
typedef struct {
	guint64 count;
	guint8 last[CM_VAULT_HASH_BYTES];
} CmAgentShelfMark;

/* Go on with what comodald answered, or took: bodies and heads count for nothing. */
void
cm_agent_shelf_mark(CmAgentShelfMark *mark, GBytes *records);

/* Returns: (transfer full) */
CmAgentShelf *
cm_agent_shelf_new(void);
void
cm_agent_shelf_free(CmAgentShelf *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentShelf, cm_agent_shelf_free)

/* The newest directory that was followed; NULL: none. (transfer none) (nullable) */
CmVaultPeople *
cm_agent_shelf_get_people(const CmAgentShelf *self);

/* What was checked by another directory than `people` goes. */
void
cm_agent_shelf_set_people(CmAgentShelf *self, CmVaultPeople *people);

/* A case that was checked by these very people; NULL: none. It is the caller's until it is put back. (transfer full) (nullable) */
CmAgentCase *
cm_agent_shelf_take(CmAgentShelf *self,
		    const CmVaultPeople *people,
		    const guint8 *case_id,
		    CmAgentShelfMark *out_mark);

/* Keep it, closed; takes it. The one used longest ago gives way. */
void
cm_agent_shelf_put(CmAgentShelf *self, CmAgentCase *about, const CmAgentShelfMark *mark);
