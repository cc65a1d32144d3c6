// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-erasure.h"
#include "daemon/store/store-retention.h"

/* The destruction of the vault's cases (docs/vault-format.md, “Destruction”): one person asks, another agrees within
 * CM_STORE_DESTRUCTION_DAYS, and all that could open a case, and all that was in it, is gone in one transaction. What stays is the record
 * that both signed, and the case's epochs, by which anybody can tell that the two were entitled. */

#define CM_STORE_DESTRUCTION_DAYS 14 /* that a question stands */

/* Who, when, and by what. */
typedef struct {
	guint32 uid;
	gint64 now;
	const CmPolicySet *policies;
	guint
	    backup_days; /* how long backups of the database are kept; 0: nobody said it, and nothing can be destroyed */
} CmStoreDestructionOrder;

/* The last day on which a backup may hold something of a case whose destruction is asked for today. CM_ERROR_POLICY: nobody said how long
 * backups are kept. */
gboolean
cm_store_destruction_find_backups(CmDay today, guint backup_days, CmDay *out_until, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* All records of a case for somebody who is to sign its destruction: a reader, a supervisor, or the second of one that was asked for. No
 * text of it, and no key for them. CM_ERROR_NOT_FOUND. Returns: (transfer full) */
GBytes *
cm_store_destruction_get_case(CmStore *store, guint32 uid, const guint8 *name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What one of the two was asked, for either of them. CM_ERROR_NOT_FOUND. Returns: (transfer full) */
GBytes *
cm_store_destruction_get_asked(CmStore *store, guint32 uid, const guint8 *name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What is left of a case that was destroyed, for whoever knows its id: its epochs, the escrow records that they name, and last the record of
 * its destruction. CM_ERROR_NOT_FOUND. Returns: (transfer full) */
GBytes *
cm_store_destruction_get_done(CmStore *store,
			      const guint8 *name,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keep a destruction that its first has signed just now, in the place of an earlier question about the case. It is checked as the whole
 * will be. CM_ERROR_POLICY, CM_ERROR_CONFLICT: it is not due, is held, says another rule or day than there is now; CM_ERROR_ACCESS_DENIED:
 * the two may not. */
gboolean
cm_store_destruction_ask(CmStore *store,
			 const CmStoreDestructionOrder *order,
			 GBytes *octets,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Take a question back: one of the two, or with `anybody` whoever it is. CM_ERROR_NOT_FOUND. */
gboolean
cm_store_destruction_withdraw(CmStore *store,
			      const CmStoreDestructionOrder *order,
			      const guint8 *name,
			      gboolean anybody,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Destroy: what was asked, now with both signatures, handed over by the second. Everything that counted when it was asked counts again.
 * Not to be called in a transaction. `out_erasure` (transfer full): what frees the database's files of it; NULL when there can be none now:
 * it is left for cm_store_erasure_new(). */
gboolean
cm_store_destruction_agree(CmStore *store,
			   const CmStoreDestructionOrder *order,
			   GBytes *octets,
			   CmStoreErasure **out_erasure,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	guint over;      /* questions that nobody agreed to in time */
	guint left;      /* destroyed, and perhaps not out of the database's files */
	guint certified; /* whose last backup is gone: the certificate is in the audit log */
} CmStoreDestructionReport;

/* What time brings. */
gboolean
cm_store_destruction_look(CmStore *store,
			  gint64 now,
			  CmStoreDestructionReport *out_report,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
