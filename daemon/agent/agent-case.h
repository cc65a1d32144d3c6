// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-memory.h"
#include "daemon/vault/vault-case.h"

/* A case in an agent: checked record by record, held against what is remembered, and opened with its person's keys. What it makes is checked
 * in the same way before anybody gets it. Texts stand in guarded memory alone. */
typedef struct _CmAgentCase CmAgentCase;

#define CM_AGENT_CASE_TEXT_MAX (256 * 1024) /* octets of a text that is written */

/* Whose case, and about whom. All of it is to live longer than the case. */
typedef struct {
	CmVaultPeople *people;
	const CmVaultRecord *bundle;
	const guint8 *id;
	const gchar *reference; /* the student's identifier; NULL: the roster has them no more */
} CmAgentCasePlace;

/* Believe what comodald has of a case, or say why not: CM_ERROR_STORE. Returns: (transfer full) */
CmAgentCase *
cm_agent_case_read(const CmAgentCasePlace *place,
		   GBytes *records,
		   const CmAgentMemory *memory,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new case with its first epoch, whose records are added to `records`. CM_ERROR_NOT_SUPPORTED: there are custodians.
 * Returns: (transfer full) */
CmAgentCase *
cm_agent_case_begin(const CmAgentCasePlace *place,
		    guint8 file,
		    guint64 now,
		    GByteArray *records,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_agent_case_free(CmAgentCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentCase, cm_agent_case_free)

/* (transfer none) */
const CmVaultCase *
cm_agent_case_get(const CmAgentCase *self);
CmVaultPeople *
cm_agent_case_get_people(const CmAgentCase *self);
guint8
cm_agent_case_get_file(const CmAgentCase *self);

/* The note that a draft became; 0: none yet. */
guint64
cm_agent_case_find_signed(const CmAgentCase *self, const guint8 *draft);

/* The place of a note by its hash; 0: there is none. */
guint64
cm_agent_case_find_note(const CmAgentCase *self, const guint8 *record);

/* Whether its person may write to it: CM_ERROR_ACCESS_DENIED. */
gboolean
cm_agent_case_check_writable(const CmAgentCase *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A draft of `text`; `draft` says which, its revision, kind, about, occurred_on, session. CM_ERROR_INVALID_INPUT. Returns: (transfer full) */
GBytes *
cm_agent_case_make_draft(const CmAgentCase *self,
			 const CmVaultDraft *draft,
			 const gchar *language,
			 const CmVaultSecret *text,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A draft's content, of a revision that is not older than what is remembered. Returns: (transfer full) */
CmVaultRecord *
cm_agent_case_open_draft(const CmAgentCase *self,
			 GBytes *octets,
			 const CmAgentMemory *memory,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Note, body and head of a draft, added to `records`; the note's id is the draft's. */
gboolean
cm_agent_case_sign(CmAgentCase *self,
		   const CmVaultRecord *draft,
		   const CmVaultRecord *content,
		   guint64 now,
		   GByteArray *records,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A note's content. Returns: (transfer full) */
CmVaultRecord *
cm_agent_case_open_note(const CmAgentCase *self, guint64 sequence, GBytes *body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Have its end remembered: whether that is anything new. */
gboolean
cm_agent_case_remember(const CmAgentCase *self, CmAgentMemory *memory);
