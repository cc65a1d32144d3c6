// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-account.h"

/* Who may call what: one table, default-deny. A method or property that it does not list is refused to everyone. */

/* in the table: also who has no role, as long as the bus lets them talk to us */
#define CM_ROLES_ANYONE 0x80000000u

typedef enum {
	CM_MEMBER_METHOD,
	CM_MEMBER_PROPERTY,
} CmMemberKind;

typedef struct {
	const gchar *interface; /* without the common prefix, as "Planner" */
	const gchar *member;
	CmMemberKind kind;
	guint roles; /* CmRole flags: one of them is enough; or CM_ROLES_ANYONE */
} CmAuthorizationRow;

/* The row for a member, its interface's name whole or without the prefix; NULL when there is none. (transfer none) */
const CmAuthorizationRow *
cm_authorization_lookup(const gchar *interface, const gchar *member, CmMemberKind kind);

/* The table itself, for its test. */
const CmAuthorizationRow *
cm_authorization_get_rows(gsize *out_count);

/* Whether somebody with `roles` may. Fails with CM_ERROR_ACCESS_DENIED. */
gboolean
cm_authorization_check(const gchar *interface,
		       const gchar *member,
		       CmMemberKind kind,
		       guint roles,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
