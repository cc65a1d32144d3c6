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
	GTimeZone *zone;        /* by which notes have their days; NULL: this machine's */
} CmAgentCasePlace;

/* What a case is begun as. */
typedef struct {
	guint8 file;
	const CmVaultRecord
	    *deposit; /* the person's own (agent-deposit.h); NULL: there are no custodians */
} CmAgentCaseKind;

/* Believe what comodald has of a case, or say why not: CM_ERROR_STORE. Returns: (transfer full) */
CmAgentCase *
cm_agent_case_read(const CmAgentCasePlace *place,
		   GBytes *records,
		   const CmAgentMemory *memory,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forget its keys: what stays is records. */
void
cm_agent_case_close(CmAgentCase *self);

/* How many records cm_agent_case_take() has added: the case is ahead of comodald by them until they are handed over, and it is settled. */
guint
cm_agent_case_count_made(const CmAgentCase *self);
void
cm_agent_case_settle(CmAgentCase *self);

/* A new case with its first epoch, whose records are added to `records`. Returns: (transfer full) */
CmAgentCase *
cm_agent_case_begin(const CmAgentCasePlace *place,
		    const CmAgentCaseKind *kind,
		    guint64 now,
		    GByteArray *records,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes a gpointer, so that it is a GDestroyNotify; NULL is none. */
void
cm_agent_case_free(gpointer about);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentCase, cm_agent_case_free)

/* (transfer none) */
const CmVaultCase *
cm_agent_case_get(const CmAgentCase *self);
CmVaultPeople *
cm_agent_case_get_people(const CmAgentCase *self);
const CmVaultRecord *
cm_agent_case_get_bundle(const CmAgentCase *self);
const guint8 *
cm_agent_case_get_id(const CmAgentCase *self);
guint8
cm_agent_case_get_file(const CmAgentCase *self);

/* The student's identifier; NULL: the roster has them no more. (transfer none) (nullable) */
const gchar *
cm_agent_case_get_reference(const CmAgentCase *self);

/* The envelopes of persons, in the order in which they came. (transfer none) (element-type CmVaultRecord) */
const GPtrArray *
cm_agent_case_get_envelopes(const CmAgentCase *self);

/* Those of keys that are left with custodians, the same. */
const GPtrArray *
cm_agent_case_get_escrowed(const CmAgentCase *self);

/* An epoch's key; NULL when it is not one's own to read. (transfer none) (nullable) */
const CmVaultSecret *
cm_agent_case_peek_key(const CmAgentCase *self, guint32 epoch);

/* What its person may do in the newest epoch, CM_VAULT_RIGHT_…; 0: nothing, access has ended. */
guint8
cm_agent_case_get_rights(const CmAgentCase *self);

/* Whether its person began it, or said yes to being given it: what nobody said yes to is neither written to nor remembered. One that was
 * handed to them is theirs when they have made a key of their own, however often they had it before. */
gboolean
cm_agent_case_is_taken(const CmAgentCase *self);
void
cm_agent_case_set_taken(CmAgentCase *self, gboolean taken);

/* Check a record as anybody would. */
CmVaultClass
cm_agent_case_learn(CmAgentCase *self, GBytes *octets) G_GNUC_WARN_UNUSED_RESULT;

/* The same of one that was made here, and add it to `records`, which are handed over. */
CmVaultClass
cm_agent_case_take(CmAgentCase *self,
		   GBytes *octets,
		   GByteArray *records) G_GNUC_WARN_UNUSED_RESULT;

/* Open the envelopes that are its person's anew, and hold the newest epoch against whom it is about. */
CmVaultClass
cm_agent_case_reopen(CmAgentCase *self) G_GNUC_WARN_UNUSED_RESULT;

/* Open those that were left with custodians, by their owner's escrow secret key. One that is spoiled is passed over, but for the newest
 * epoch's, which is held against whom the case is about. */
CmVaultClass
cm_agent_case_open_escrow(CmAgentCase *self,
			  const CmVaultRecord *deposit,
			  const CmVaultSecret *secret) G_GNUC_WARN_UNUSED_RESULT;

/* Open those of earlier keys of its person's own, `earlier` (kind bundle): the newest epoch's has to be among them, and is held against whom
 * the case is about. */
CmVaultClass
cm_agent_case_open_earlier(CmAgentCase *self,
			   const CmVaultRecord *earlier) G_GNUC_WARN_UNUSED_RESULT;

/* The note that a draft became; 0: none yet. */
guint64
cm_agent_case_find_signed(const CmAgentCase *self, const guint8 *draft);

/* The place of a note by its hash; 0: there is none. */
guint64
cm_agent_case_find_note(const CmAgentCase *self, const guint8 *record);

/* Whether its person may write to it: CM_ERROR_ACCESS_DENIED. */
gboolean
cm_agent_case_check_writable(const CmAgentCase *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A content of one section, in guarded memory. CM_ERROR_INVALID_INPUT: no UTF-8, or controls in it. Returns: (transfer full) */
CmVaultRecord *
cm_agent_case_make_content(const CmVaultSecret *text,
			   const gchar *language,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A draft of `text`; `draft` says which, its revision, kind, about, occurred_on, session. CM_ERROR_INVALID_INPUT. Returns: (transfer full) */
GBytes *
cm_agent_case_make_draft(const CmAgentCase *self,
			 const CmVaultDraft *draft,
			 const CmVaultContent *text,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A draft's content, of a revision that is not older than what is remembered. Returns: (transfer full) */
CmVaultRecord *
cm_agent_case_open_draft(const CmAgentCase *self,
			 GBytes *octets,
			 const CmAgentMemory *memory,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is signed. */
typedef struct {
	const CmVaultRecord *draft;
	const CmVaultRecord *content; /* the draft's */
	CmVaultList attachments;      /* of CmVaultNoteAttachment: of the content's, in its order */
	gboolean cosign; /* unfinished until somebody co-signs, whatever the draft says */
} CmAgentCaseText;

/* Note, body and head of a draft, added to `records`; the note's id is the draft's. One whose person was given the case so is unfinished until
 * somebody co-signs. */
gboolean
cm_agent_case_sign(CmAgentCase *self,
		   const CmAgentCaseText *text,
		   guint64 now,
		   GByteArray *records,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The co-signature of a note that there is, as a note of its own, added to `records`. CM_ERROR_INVALID_INPUT: it asks for none;
 * CM_ERROR_ACCESS_DENIED: not its person's to give. */
gboolean
cm_agent_case_cosign(CmAgentCase *self,
		     guint64 sequence,
		     guint64 now,
		     GByteArray *records,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A note's content. Returns: (transfer full) */
CmVaultRecord *
cm_agent_case_open_note(const CmAgentCase *self, guint64 sequence, GBytes *body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Have its end remembered, if it is taken: whether that is anything new. */
gboolean
cm_agent_case_remember(const CmAgentCase *self, CmAgentMemory *memory);
