// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-case.h"
#include "daemon/agent/agent-comodald.h"
#include "daemon/agent/agent-keys.h"

#include <json-glib/json-glib.h>

/* A case between comodald and its person's open keys: fetched anew for each thing that is done, checked, and remembered. The worker's thread
 * alone. */
typedef struct {
	CmAgentKeys *keys;
	CmAgentComodald *comodald;
	GCancellable *cancellable;
	const CmVaultRecord *bundle;
	CmVaultPeople *people;
	CmAgentMemory *memory;
	CmAgentCase *about; /* once cm_agent_notes_open() took one */
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

/* One of the person's cases, as comodald lists it. */
typedef struct {
	guint8 id[CM_VAULT_ID_BYTES];
	guint64 student;
	gint64 file;
	gboolean responsible;
	const gchar *reference; /* the parser's; NULL: the roster has them no more */
} CmAgentNotesListed;

/* All of them, the newest changed first; none that was seen before is missing. `parser` is new, and keeps their texts. CM_ERROR_STORE: one is
 * missing. Returns: (transfer full) (element-type CmAgentNotesListed) */
GArray *
cm_agent_notes_list(CmAgentNotes *notes,
		    JsonParser *parser,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

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

/* Take one that is listed, in the place of the one before. */
gboolean
cm_agent_notes_open_listed(CmAgentNotes *notes,
			   const CmAgentNotesListed *listed,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Take the case of that id. */
gboolean
cm_agent_notes_open(CmAgentNotes *notes,
		    const guint8 *case_id,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The person's drafts of it: frames, the newest changed first. (transfer full) */
GArray *
cm_agent_notes_list_drafts(CmAgentNotes *notes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One of them. CM_ERROR_NOT_FOUND. Returns: (transfer full) */
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

/* Make a note of a draft, which goes. One that was signed already stays what it is: asked again, the answer is the same. 0 with `error`
 * set. */
guint64
cm_agent_notes_sign(CmAgentNotes *notes,
		    const guint8 *draft,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A note's content. CM_ERROR_NOT_FOUND. Returns: (transfer full) */
CmVaultRecord *
cm_agent_notes_read(CmAgentNotes *notes,
		    guint64 sequence,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
