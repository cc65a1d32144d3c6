// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-case.h"
#include "daemon/agent/agent-comodald.h"
#include "daemon/agent/agent-keys.h"

#include <json-glib/json-glib.h>

/* A case between comodald and its person's open keys: what is new of it is fetched for each thing that is done, checked, and remembered. The
 * worker's thread alone. */
typedef struct {
	CmAgentKeys *keys;
	CmAgentComodald *comodald;
	GCancellable *cancellable;
	GTimeZone *zone; /* the organisation's, comodald's word; NULL: not known */
	const CmVaultRecord *bundle;
	CmVaultPeople *people;
	CmAgentMemory *memory;
	CmAgentCase *about;    /* once cm_agent_notes_open() took one */
	CmAgentShelfMark mark; /* of its records at comodald */
	guint8 case_id[CM_VAULT_ID_BYTES];
} CmAgentNotes;

/* Directory and memory are read. CM_ERROR_KEY: locked. */
gboolean
cm_agent_notes_begin(CmAgentNotes *notes,
		     CmAgentKeys *keys,
		     CmAgentComodald *comodald,
		     GCancellable *cancellable,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_agent_notes_clear(CmAgentNotes *notes);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmAgentNotes, cm_agent_notes_clear)

/* Whom a case is to be about, and which of their files it is. */
typedef struct {
	guint64 student;
	const gchar *reference;
	guint8 file;    /* 0: the only one there is */
	gboolean begin; /* where there is none */
} CmAgentNotesWhose;

/* Find it, or begin it: notes->case_id and notes->about. CM_ERROR_NOT_FOUND: there is none; CM_ERROR_INVALID_INPUT: several;
 * CM_ERROR_STORE: one that was seen before is not there any more. */
gboolean
cm_agent_notes_find(CmAgentNotes *notes,
		    const CmAgentNotesWhose *whose,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One of the person's cases, as comodald lists it. */
typedef struct {
	guint8 id[CM_VAULT_ID_BYTES];
	guint64 student;
	gint64 file;
	gboolean responsible; /* comodald's word */
	gint64 waiting;       /* how many notes wait for a co-signature; comodald's word */
	gchar *reference;     /* the student's identifier; NULL: the roster has them no more */
} CmAgentNotesListed;

/* All cases that the person has an envelope of. CM_ERROR_STORE: one that was seen before is not there any more. (transfer full)
 * (element-type CmAgentNotesListed) */
GArray *
cm_agent_notes_list(CmAgentNotes *notes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of those that were left with a deposit which two custodians released to the person. (transfer full) (element-type
 * CmAgentNotesListed) */
GArray *
cm_agent_notes_list_released(CmAgentNotes *notes,
			     const guint8 *deposit,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Take one of them, in the place of the case that was taken before. */
gboolean
cm_agent_notes_open_listed(CmAgentNotes *notes,
			   const CmAgentNotesListed *listed,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether it is the case's own records that kept it from being opened, which says nothing of others. */
gboolean
cm_agent_notes_is_spoiled(const GError *error);

/* Hand over what was made of the case, and remember its end; of several cases, all of it or nothing. No records: remembered alone. */
gboolean
cm_agent_notes_hand_in(CmAgentNotes *notes,
		       const GByteArray *records,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_agent_notes_hand_in_all(CmAgentNotes *notes,
			   const GPtrArray *cases,
			   const GByteArray *records,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Take the case of that id. */
gboolean
cm_agent_notes_open(CmAgentNotes *notes,
		    const guint8 *case_id,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The person's drafts of it: frames, in the order in which they were begun. (transfer full) */
GArray *
cm_agent_notes_list_drafts(CmAgentNotes *notes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Those of all cases, the same; no case need be taken. (transfer full) */
GArray *
cm_agent_notes_list_all_drafts(CmAgentNotes *notes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One of the case's. CM_ERROR_NOT_FOUND. Returns: (transfer full) */
GBytes *
cm_agent_notes_find_draft(CmAgentNotes *notes,
			  const guint8 *draft,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Hand a draft over, and remember its revision. */
gboolean
cm_agent_notes_put_draft(CmAgentNotes *notes,
			 GBytes *octets,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Throw one away, and what is remembered of it. */
gboolean
cm_agent_notes_drop_draft(CmAgentNotes *notes,
			  const guint8 *draft,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Make a note of a draft, which goes. One that was signed already stays what it is: asked again, the answer is the same. `out_empty`: sections
 * that are empty, though the policy advises them; NULL-ended, or NULL. CM_ERROR_INVALID_INPUT: one is empty that it asks for. 0 with `error`
 * set. */
guint64
cm_agent_notes_sign(CmAgentNotes *notes, const guint8 *draft, GStrv *out_empty, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Co-sign the note at that place. One that its person has co-signed stays so: asked again, the answer is the same. 0 with `error` set. */
guint64
cm_agent_notes_cosign(CmAgentNotes *notes,
		      guint64 sequence,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A note's content. CM_ERROR_NOT_FOUND. Returns: (transfer full) */
CmVaultRecord *
cm_agent_notes_read(CmAgentNotes *notes,
		    guint64 sequence,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is done with each note's content, which is closed after it. */
typedef void (*CmAgentNotesVisit)(guint64 sequence,
				  const CmVaultRecord *content,
				  gpointer user_data);

/* All contents that are the person's to read, in their order, in the guarded memory of one. */
gboolean
cm_agent_notes_visit(CmAgentNotes *notes,
		     CmAgentNotesVisit visit,
		     gpointer user_data,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
