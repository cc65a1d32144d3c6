// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-notes.h"

/* Attachments between a person's descriptors and comodald: locked and opened on their way, a chunk at a time, in guarded memory; never in a
 * file. The worker's thread alone. */

#define CM_AGENT_ATTACHMENT_SECONDS 30 /* for each chunk to come, or to be taken */
#define CM_AGENT_ATTACHMENT_MAX 64     /* of one note */

/* What is attached. */
typedef struct {
	gint fd;                   /* a file, a pipe or a socket, read to its end */
	const CmVaultSecret *name; /* of the file: UTF-8, no path */
	const gchar *media_type;
} CmAgentAttachmentFile;

/* Lock it, hand it over, and put its key into a draft. CM_ERROR_NOT_FOUND: no such draft; CM_ERROR_INVALID_INPUT: a name that can't be, more
 * than CM_AGENT_ATTACHMENT_MAX, more than 64 GiB, or what is read does not come. On failure the draft is as it was. */
gboolean
cm_agent_attachment_add(CmAgentNotes *notes,
			const guint8 *draft,
			const CmAgentAttachmentFile *file,
			guint8 *out_attachment,
			guint64 *out_size,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Take one out of a draft, and have comodald forget it. CM_ERROR_NOT_FOUND. */
gboolean
cm_agent_attachment_remove(CmAgentNotes *notes,
			   const guint8 *draft,
			   const guint8 *attachment,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a note says of its attachments. */
typedef struct {
	CmVaultNoteAttachment *items;
	guint8 (*digests)[CM_VAULT_HASH_BYTES];
	guint count;
} CmAgentAttachmentNames;

void
cm_agent_attachment_names_clear(CmAgentAttachmentNames *names);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmAgentAttachmentNames, cm_agent_attachment_names_clear)

/* Read all that a draft's content has attached from comodald, to its end: what is signed opens whole, to the file that it was. `out_names`
 * is of `content`, as long as it lives. CM_ERROR_STORE: it does not; CM_ERROR_NOT_FOUND: comodald has it no more. */
gboolean
cm_agent_attachment_name(CmAgentNotes *notes,
			 const CmVaultRecord *content,
			 CmAgentAttachmentNames *out_names,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Open one of a note's, to a socket. It is read twice: nothing is written before all of it was held against the note. CM_ERROR_NOT_FOUND: the
 * note has none of that id; CM_ERROR_STORE: it does not hold; CM_ERROR_FAILED: whoever takes it does not. */
gboolean
cm_agent_attachment_save(CmAgentNotes *notes,
			 guint64 sequence,
			 const guint8 *attachment,
			 gint fd,
			 guint64 *out_size,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Those of a content; NULL has none. Views of it. */
CmVaultList
cm_agent_attachment_get_list(const CmVaultRecord *content);
