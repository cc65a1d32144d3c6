// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

/* Who may use the daemon: a system user (uid) and what they are. */

typedef enum {
	CM_ROLE_PROFESSIONAL = 1 << 0,
	CM_ROLE_COORDINATOR = 1 << 1,
	CM_ROLE_REFERENT = 1 << 2, /* of a school */
	CM_ROLE_HELPER = 1 << 3,
	CM_ROLE_CUSTODIAN = 1 << 4,
	CM_ROLE_ADMINISTRATOR = 1 << 5,
} CmRole; /* flags */
#define CM_ROLES_ALL ((1u << 6) - 1)

/* Roles of a uid, 0 for somebody unknown. */
gboolean
cm_store_account_get_roles(CmStore *store, guint32 uid, guint *out_roles, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Give a uid exactly these roles; 0 takes them all away. Taking the administrator's role from the
 * last one who has it is a CM_ERROR_CONFLICT. */
gboolean
cm_store_account_set_roles(CmStore *store, guint32 uid, guint roles, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* If nobody is administrator yet, make `uid` one: the person who sets the daemon up. */
gboolean
cm_store_account_ensure_administrator(CmStore *store,
				      guint32 uid,
				      gboolean *out_made,
				      GError **error) G_GNUC_WARN_UNUSED_RESULT;
