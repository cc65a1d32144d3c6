// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"
#include "daemon/store/store.h"
#include "daemon/visio/visit-state.h"

/* Who somebody is by what their browser holds: a person's link (store-link.h), or a pass, which is given for a host's one-time link or a
 * spoken code (store-entry.h). Only hashes are kept, and only they come in. */

#define CM_STORE_KEY_BYTES 32

typedef enum {
	CM_STORE_MEANS_LINK,  /* a person's own, from a mail or on paper */
	CM_STORE_MEANS_ENTRY, /* a pass, for a one-time link */
	CM_STORE_MEANS_CODE, /* a pass, for a spoken code: the door of its session, and nothing else */
} CmStoreMeans;

typedef struct {
	CmStoreMeans means;
	CmVisitRole role;
	gboolean feed;   /* a link that opens a calendar, and nothing else; its role says nothing */
	CmResource kind; /* professional, student, contact, or CM_NOTICE_TO_ACCOUNT */
	gint64 person;
	gint64 subject; /* only this one; 0: whatever is theirs */
	gint64 until;   /* of a pass; 0: as long as the link stands */
	gint64
	    actor; /* who the audit log says it was: the uid a pass was made for, or CM_AUDIT_DAEMON */
} CmStoreVisitor;

/* Who comes with `key`, of which `length` octets are given. CM_ERROR_NOT_FOUND, with the same words and about the same work: of another
 * length, nothing ever, revoked, of an epoch before, over, of somebody who is no longer there. Changes nothing. */
gboolean
cm_store_pass_look_up(CmStore *store,
		      gconstpointer key,
		      gsize length,
		      gint64 now,
		      CmStoreVisitor *out_visitor,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The refusal itself, for whoever finds out later: CM_ERROR_NOT_FOUND. */
void
cm_store_pass_set_refusal(GError **error);

/* End all passes to a subject that are somebody's, or with `person` 0 everybody's. In the caller's transaction. */
gboolean
cm_store_pass_revoke(CmStore *store,
		     gint64 subject,
		     CmResource kind,
		     gint64 person,
		     gint64 now,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
