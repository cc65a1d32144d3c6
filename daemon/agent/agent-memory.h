// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-record.h"

/* What an agent remembers from one day to the next, locked with its person's keys: the newest directory, the end of each case's chain, and
 * the newest revision of each draft. What comodald shows is held against it. */
typedef struct _CmAgentMemory CmAgentMemory;

#define CM_AGENT_MEMORY_NAME "comodal-memory"

/* Read it from `folder`; where there is none, nothing is remembered. What was put aside of these very keys (below) is put back.
 * `bundle` is to live longer. CM_ERROR_STORE: it does not hold, or is of other keys; CM_ERROR_KEY: it can't be read. Returns: (transfer full) */
CmAgentMemory *
cm_agent_memory_read(const gchar *folder,
		     const CmVaultRecord *bundle,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Before the keyring of `folder` gives its place to later keys', what the keys of `generation` remember is put aside as
 * comodal-memory-GENERATION; put back where no others came. Where there is none, nothing is done. CM_ERROR_KEY: it can't be moved; one that was
 * put aside before is never replaced. One that is in its place already stays when another is to be put back. */
gboolean
cm_agent_memory_put_aside(const gchar *folder,
			  guint32 generation,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_agent_memory_put_back(const gchar *folder,
			 guint32 generation,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* of which there is another copy */
void
cm_agent_memory_drop_aside(const gchar *folder, guint32 generation);

void
cm_agent_memory_free(CmAgentMemory *memory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentMemory, cm_agent_memory_free)

/* Write it, replaced whole and synced to the disk, its counter one higher. CM_ERROR_KEY. */
gboolean
cm_agent_memory_write(CmAgentMemory *memory, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none) */
const CmVaultRemembered *
cm_agent_memory_get(const CmAgentMemory *memory);

/* What was given is copied; nothing is written yet. */
void
cm_agent_memory_set_directory(CmAgentMemory *memory, guint64 sequence, const guint8 *record);
void
cm_agent_memory_set_case(CmAgentMemory *memory, const CmVaultRememberedCase *known);
void
cm_agent_memory_set_draft(CmAgentMemory *memory, const CmVaultRememberedDraft *known);
void
cm_agent_memory_forget_draft(CmAgentMemory *memory, const guint8 *draft);

/* Whatever `earlier` remembers of cases beside what `memory` does: of one case what is farther. Where that can't be of one chain, the case says
 * so when it is held against it. Nothing is written yet. */
void
cm_agent_memory_join_cases(CmAgentMemory *memory, const CmAgentMemory *earlier);

/* (transfer none) (nullable): nothing is remembered of it */
const CmVaultRememberedCase *
cm_agent_memory_find_case(const CmAgentMemory *memory, const guint8 *case_id);

/* The newest revision of a draft that was seen; 0: none was. */
guint64
cm_agent_memory_get_revision(const CmAgentMemory *memory, const guint8 *draft);
