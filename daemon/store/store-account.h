// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

/* Who may use the daemon: a system user (uid), what they are, which person of the roster they are, and whose schools they have. */

typedef enum {
	CM_ROLE_PROFESSIONAL = 1 << 0,
	CM_ROLE_COORDINATOR = 1 << 1,
	CM_ROLE_REFERENT = 1 << 2, /* of a school */
	CM_ROLE_HELPER = 1 << 3,
	CM_ROLE_CUSTODIAN = 1 << 4,
	CM_ROLE_ADMINISTRATOR = 1 << 5,
} CmRole; /* flags */
#define CM_ROLES_ALL ((1u << 6) - 1)

/* "professional", "coordinator", …, as the table `role` has them; NULL-ended, in the order of the flags. */
const gchar *const *
cm_store_account_get_role_names(void);

/* How many schools an account may have. */
#define CM_STORE_ACCOUNT_SITES_MAX 500

typedef struct {
	guint32 uid;
	gboolean known;      /* FALSE: nobody has made an account for this uid */
	guint roles;         /* CmRole flags */
	gint64 professional; /* number of the professional that this account is, 0: none */
	GArray *sites;       /* gint64: a referent's and a helper's, rising */
	gchar language[3];   /* "fr", "en" or "": not said */
	gboolean trainee;    /* whether somebody co-signs what they write */
	gint64 supervisor;   /* number of the professional who does, 0: nobody */
} CmStoreAccount;

/* Free it and its list. */
void
cm_store_account_free(CmStoreAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreAccount, cm_store_account_free)

/* The account of a uid; of somebody unknown, one with nothing in it. Returns: (transfer full) */
CmStoreAccount *
cm_store_account_get(CmStore *store, guint32 uid, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All of them, by uid: an array of CmStoreAccount. Returns: (transfer full) */
GPtrArray *
cm_store_account_list(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What of an account changes; the rest stays. */
typedef struct {
	gboolean set_roles;
	guint roles;
	gboolean set_professional;
	gint64 professional; /* 0: nobody */
	gboolean set_sites;
	const gint64 *sites;
	guint site_count;
	const gchar *language; /* NULL: stays */
	gboolean set_supervisor;
	gint64 supervisor; /* of a trainee; 0: they are none */
} CmStoreAccountChange;

/* Make an account, or change one, in one transaction. A professional (another than themselves, of a supervisor) or a school that is not there: CM_ERROR_NOT_FOUND; another
 * language: CM_ERROR_INVALID_INPUT; taking the administrator's role from the last one who has it: CM_ERROR_CONFLICT. */
gboolean
cm_store_account_change(CmStore *store,
			guint32 uid,
			const CmStoreAccountChange *change,
			gint64 actor,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forget an account. CM_ERROR_NOT_FOUND, CM_ERROR_CONFLICT as above. */
gboolean
cm_store_account_remove(CmStore *store, guint32 uid, gint64 actor, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Roles of a uid, 0 for somebody unknown. */
gboolean
cm_store_account_get_roles(CmStore *store, guint32 uid, guint *out_roles, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* If nobody is administrator yet, make `uid` one: the person who sets the daemon up. */
gboolean
cm_store_account_ensure_administrator(CmStore *store,
				      guint32 uid,
				      gboolean *out_made,
				      GError **error) G_GNUC_WARN_UNUSED_RESULT;
