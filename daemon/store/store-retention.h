// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/retention-due.h"
#include "daemon/store/store.h"
#include "daemon/vault/vault-record.h"

/* How long the vault's cases are kept: when each is due, what holds it, and how far its destruction is (store-destruction.h). Nothing of
 * what is in them is needed for it. */

typedef struct {
	gint64 number;                  /* of the file, as people say it */
	guint8 name[CM_VAULT_ID_BYTES]; /* in the records */
	gint64 student;
	guint8 file; /* 1 school record … 4 */
	guint notes; /* of one that was destroyed: how many there were */
	guint8 responsible[CM_VAULT_ID_BYTES];
	guint32 responsible_generation;
	gboolean reader; /* whether the asker has an envelope */
	gboolean
	    followed; /* a follow-up of the student is not closed: the last service is still to come */
	CmRetentionDue due;
	gint64 held_by; /* uid; and since when, 0: nothing holds it */
	gint64 held_at;
	gchar *reason;  /* why it is held; NULL: it is not */
	GBytes *record; /* of its destruction; NULL: nobody asked for it */
	gint64 asked_at;
	gint64 destroyed_at; /* 0: not yet */
	gint64 erased_at;    /* the same */
	gint64 certified_at; /* the same */
} CmStoreRetentionFile;

void
cm_store_retention_file_free(CmStoreRetentionFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreRetentionFile, cm_store_retention_file_free)

/* All that there are, destroyed ones too, by number. `uid`: who asks. Returns: (transfer full) (element-type CmStoreRetentionFile) */
GPtrArray *
cm_store_retention_list(CmStore *store, const CmPolicySet *policies, guint32 uid, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The one of that id in the records. CM_ERROR_NOT_FOUND. Returns: (transfer full) */
CmStoreRetentionFile *
cm_store_retention_find(CmStore *store,
			const CmPolicySet *policies,
			const guint8 *name,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether it may be destroyed today, and CM_ERROR_POLICY or CM_ERROR_CONFLICT says why not. */
gboolean
cm_store_retention_check_due(const CmStoreRetentionFile *file,
			     CmDay today,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The profession of somebody of the records, as their account has it; NULL: nobody knows. `out_profession`: (transfer full) */
gboolean
cm_store_retention_find_profession(CmStore *store,
				   const guint8 *person,
				   gchar **out_profession,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The organisation's day. */
gboolean
cm_store_retention_find_day(CmStore *store, gint64 now, CmDay *out_day, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Keep everything about the student of this file, whatever is due, and let go of it again. In one transaction with its audit entry.
 * CM_ERROR_CONFLICT: it is held already, or not. */
gboolean
cm_store_retention_hold(CmStore *store,
			gint64 number,
			const gchar *reason,
			guint32 uid,
			gint64 now,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_store_retention_release(CmStore *store, gint64 number, guint32 uid, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
