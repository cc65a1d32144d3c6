// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/database.h"
#include "daemon/store/seal.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-outbox.h"
#include "daemon/store/store.h"

/* What the parts of the store share. Private to daemon/store. */

struct _CmStore {
	CmDatabase *database;
	CmSeal *seal;
	CmAudit *audit;
	GTimeZone *zone;      /* the organisation's, once it was needed */
	gchar *heads_folder;  /* audit-heads.h */
	gchar *attachments;   /* attachment-folder.h: beside the database */
	gint lock;            /* descriptor of the lock file */
	CmStoreClock clock;   /* never NULL */
	CmStoreQueued queued; /* or NULL */
	gpointer queued_data;
	gint64
	    custody_counted; /* store-custody.h: the uptime up to which requests have waited; 0: not yet */
	CmOutboxSettings *outbox;            /* store-outbox.h; NULL until they are set */
	struct _CmPagePeople *page_people;   /* page-people.h; NULL until they are needed */
	struct _CmVaultPeople *vault_people; /* store-directory.h; the same */
	struct _CmVaultCache *vault_cache;   /* vault-cache.h; the same */
};

/* sealed values are padded to multiples of these */
#define CM_STORE_IDENTITY_BLOCK 64
#define CM_STORE_ID_BLOCK 32

/* Counters (table `counter`). */
gboolean
cm_store_get_counter(CmStore *store, const gchar *name, gint64 *out_value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_store_set_counter(CmStore *store, const gchar *name, gint64 value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A counter's next value, kept. */
gboolean
cm_store_next_counter(CmStore *store, const gchar *name, gint64 *out_value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A value of table `meta`; CM_ERROR_STORE when it isn't there. Returns: (transfer full) */
GBytes *
cm_store_get_meta(CmStore *store, const gchar *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_store_set_meta(CmStore *store,
		  const gchar *name,
		  gconstpointer data,
		  gsize length,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;
