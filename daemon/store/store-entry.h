// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/store/store-pass.h"

/* Ways in beside a person's own link: a host's or a helper's one-time link, and a code that is said aloud. Each is exchanged for a pass. */

#define CM_STORE_ENTRY_LINK_SECONDS 120 /* a one-time link opens no longer */
#define CM_STORE_ENTRY_CODES_MAX 20     /* of one session that stand at a time */
#define CM_STORE_ENTRY_PASSES_MAX 20 /* by one person's codes to a session; the oldest gives way */

typedef struct {
	CmVisitRole role; /* of a code: guest or interpreter; of a link: host or helper */
	CmResource kind;  /* who comes by it */
	gint64 person;
	gint64 subject;
	gint64 actor; /* uid: who makes it */
	gint64 now;
	const CmPolicySet *policies;
} CmStoreEntryOrder;

/* Make a one-time link: `out_token` is what it ends with, 22 characters; a secret (transfer full). Audited ("entry.link"), in one
 * transaction. CM_ERROR_NOT_FOUND: nobody, or nothing booked, by these numbers, or not theirs. CM_ERROR_CONFLICT: it is cancelled, over,
 * or not by video. CM_ERROR_INVALID_INPUT: another role, or no account for a helper. */
gboolean
cm_store_entry_make_link(CmStore *store,
			 const CmStoreEntryOrder *order,
			 gchar **out_token,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Make a code: `out_code` has CM_SPOKEN_CODE_LENGTH characters (daemon/visio/spoken-code.h); a secret (transfer full). It opens the door of
 * that session from the day before it (the organisation's) to its end, wherever the session is moved to, as often as it is said: whoever
 * is cut off says it again. Those made before for the same person and session open nothing any more. Audited ("entry.code"). Errors as
 * above; CM_ERROR_CONFLICT also: CM_STORE_ENTRY_CODES_MAX. */
gboolean
cm_store_entry_make_code(CmStore *store,
			 const CmStoreEntryOrder *order,
			 gchar **out_code,
			 gint64 *out_from,
			 gint64 *out_until,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Give a pass for a secret: the SHA-256 of a link's token, or of a code's characters. `out_pass`: 22 characters; a secret (transfer full).
 * A link is used up by it. Audited ("entry.use"). CM_ERROR_NOT_FOUND, with cm_store_pass_look_up()'s words: never made, used, over, of
 * another day, revoked. */
gboolean
cm_store_entry_exchange(CmStore *store,
			gboolean code,
			gconstpointer secret,
			gsize length,
			gint64 now,
			gchar **out_pass,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Codes and links to a subject, of somebody (`person` 0: of all), open nothing any more, nor do the passes that were given for them.
 * Audited ("entry.revoke"). `out_count`: how many still stood. */
gboolean
cm_store_entry_revoke(CmStore *store,
		      gint64 subject,
		      CmResource kind,
		      gint64 person,
		      gint64 actor,
		      gint64 now,
		      guint *out_count,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
