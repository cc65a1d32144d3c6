// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-account.h"
#include "daemon/store/store-subject.h"

/* Who makes a call, and what is theirs. Immutable, so that it may go to another thread. The table (authorization.h) says which role
 * may use a method at all; these say whether what it is about is theirs. */

typedef struct {
	guint32 uid;
	guint roles;         /* CmRole flags, 0 for a stranger */
	gint64 professional; /* the person of the roster that they are, 0: none */
	const gint64 *sites; /* a referent's and a helper's */
	guint site_count;
	gchar language[3]; /* "fr", "en" or "" */
} CmCaller;

/* A caller as the store has the account, with `roles` besides. Returns: (transfer full) */
CmCaller *
cm_caller_new(const CmStoreAccount *account, guint roles);
CmCaller *
cm_caller_ref(const CmCaller *caller);
void
cm_caller_unref(CmCaller *caller);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCaller, cm_caller_unref)

/* Whether everything is theirs to act on: coordinators and administrators. */
gboolean
cm_caller_is_everywhere(const CmCaller *caller);

/* Whether they act for this professional: for everyone, or it is themselves. */
gboolean
cm_caller_acts_for(const CmCaller *caller, gint64 professional);

/* Whether they see what stands at a site without being part of it: everywhere, or referent or helper there. */
gboolean
cm_caller_sees_site(const CmCaller *caller, gint64 site);

/* The professional that a list has to be kept to: 0 for no bound (see cm_caller_is_everywhere()), -1 for nobody, else a number. */
gint64
cm_caller_get_bound(const CmCaller *caller);

/* Whether a thing is there and theirs to act on; on the worker's thread, before anything is written. What is not there and what is
 * not theirs fail with the same words (CM_ERROR_NOT_FOUND). */
gboolean
cm_caller_check(const CmCaller *caller,
		CmStore *store,
		CmSubject subject,
		gint64 number,
		GError **error) G_GNUC_WARN_UNUSED_RESULT;
