// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"
#include "daemon/store/store.h"
#include "daemon/visio/link.h"

/* People's own links. None is stored, only the hash by which it is known again; it is derived whenever it is needed. */

/* The token of somebody's link as their epoch stands now: made known if it is not yet, the same one as often as it is asked for. `subject`:
 * only for this booking's session or appointment; 0: for whatever is next. `out_token`: NULL when links of this scope were revoked and
 * nobody renewed them since; a secret. In a transaction of its own, or the caller's. CM_ERROR_NOT_FOUND: nobody by this number.
 * `out_token`: (transfer full) */
gboolean
cm_store_link_issue(CmStore *store,
		    CmResource kind,
		    gint64 person,
		    CmLinkScope scope,
		    gint64 subject,
		    gint64 now,
		    gchar **out_token,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for somebody of the staff to see: audited ("link.show", whose, the scope and the session, never the token), in one transaction.
 * `out_made_at`: when it was first given to anybody; untouched when there is none. */
gboolean
cm_store_link_show(CmStore *store,
		   const CmLinkTarget *target,
		   gint64 actor,
		   gint64 now,
		   gchar **out_token,
		   gint64 *out_made_at,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a token, of which only cm_link_hash() is given, opens. CM_ERROR_NOT_FOUND, with the same words: nothing ever, revoked, of an epoch
 * before, of somebody who is no longer there. Changes nothing. */
gboolean
cm_store_link_look_up(CmStore *store,
		      const guint8 hash[CM_LINK_HASH_BYTES],
		      CmLinkTarget *out_target,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* From now on none of somebody's links opens anything; those that are issued next are others. Audited ("link.renew"), in one
 * transaction. CM_ERROR_NOT_FOUND. */
gboolean
cm_store_link_renew(CmStore *store,
		    CmResource kind,
		    gint64 person,
		    gint64 actor,
		    gint64 now,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Somebody's links of one scope open nothing, and none is issued, until they are renewed. Audited ("link.revoke"), in one transaction.
 * CM_ERROR_NOT_FOUND. */
gboolean
cm_store_link_revoke(CmStore *store,
		     CmResource kind,
		     gint64 person,
		     CmLinkScope scope,
		     gint64 actor,
		     gint64 now,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
