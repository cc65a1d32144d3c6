// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/attachment-folder.h"
#include "daemon/store/store.h"
#include "daemon/vault/vault-record.h"

/* Attachments: streams that comodald keeps beside notes, and can't open (docs/vault-format.md, “attachment”). Each is a file in the folder
 * "attachments" beside the database, and a row. Who hands one over writes in its case. Until a note names it, it is its giver's alone, and
 * goes when they have no draft left in that case; from then on it is its case's. */

#define CM_STORE_ATTACHMENT_SECONDS 86400 /* what no note names stays at least as long */

/* Who hands a stream over, of which case, and how much there may be. */
typedef struct {
	guint32 uid;
	const guint8 *case_name;
	const guint8 *attachment; /* its id */
	guint64 person_max; /* octets that one person may have handed over, in all cases together */
	guint64 total_max;  /* octets of everybody's */
	gint64 now;
} CmStoreAttachmentOffer;

/* A stream that stands in its file whole, without its name yet (attachment-folder.h). */
typedef struct {
	guint8 kept_as[CM_ATTACHMENT_FOLDER_ID_BYTES];
	guint64 size;
	guint8 digest[CM_VAULT_HASH_BYTES];
} CmStoreAttachmentStream;

/* One that is kept. */
typedef struct {
	guint8 attachment[CM_VAULT_ID_BYTES];
	guint8 person[CM_VAULT_ID_BYTES]; /* who handed it over */
	guint64 size;
	guint8 digest[CM_VAULT_HASH_BYTES];
	guint8 kept_as[CM_ATTACHMENT_FOLDER_ID_BYTES];
	gboolean named; /* by a note */
	gint64 stored_at;
} CmStoreAttachment;

/* Where they are. (transfer none) */
const gchar *
cm_store_attachment_get_folder(const CmStore *store);

/* Whether a stream may come; `out_organisation`: that its head must name; `out_most`: octets that there is room for. CM_ERROR_NOT_FOUND: no such
 * case of theirs; CM_ERROR_ACCESS_DENIED: they may not write in it; CM_ERROR_EXISTS: that id is taken; CM_ERROR_CONFLICT: there is no room. */
gboolean
cm_store_attachment_admit(CmStore *store,
			  const CmStoreAttachmentOffer *offer,
			  guint8 *out_organisation,
			  guint64 *out_most,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keep what has come: the file gets its name, and a row. Errors as above: things may have changed meanwhile. */
gboolean
cm_store_attachment_keep(CmStore *store,
			 const CmStoreAttachmentOffer *offer,
			 const CmStoreAttachmentStream *stream,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A descriptor from which one is read: of a case that the account reads, named by a note or their own. -1 with `error` set:
 * CM_ERROR_NOT_FOUND; CM_ERROR_STORE, its file is not there, or not as long as it was. */
gint
cm_store_attachment_open(CmStore *store,
			 guint32 uid,
			 const guint8 *case_name,
			 const guint8 *attachment,
			 guint64 *out_size,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forget one of the account's own that no note names; none is no error. Its file goes with the next cm_store_attachment_remove_left(). */
gboolean
cm_store_attachment_drop(CmStore *store,
			 guint32 uid,
			 const guint8 *case_name,
			 const guint8 *attachment,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A note of `person`, in the case at `row`, names attachments: CM_VAULT_CLASS_MISSING where one is not there, or somebody else's that no
 * note names; CM_VAULT_CLASS_COMMITMENT where its size or digest is another. In the caller's transaction. */
gboolean
cm_store_attachment_name(CmStore *store,
			 gint64 row,
			 const guint8 *person,
			 gint64 note_row,
			 const CmVaultList *named,
			 CmVaultClass *out_found,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All of the case at `row`, in the order in which they came. Returns: (transfer full) (element-type CmStoreAttachment) */
GArray *
cm_store_attachment_list(CmStore *store, gint64 row, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forget all of the case at `row`, in the caller's transaction, before its records go. Their files go with the next
 * cm_store_attachment_remove_left(), once that lasts; the keys are gone with the bodies before. */
gboolean
cm_store_attachment_delete_case(CmStore *store, gint64 row, guint *out_count, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Forget those that no note names, whose giver has no draft in their case, and that came CM_STORE_ATTACHMENT_SECONDS ago. */
gboolean
cm_store_attachment_forget_unnamed(CmStore *store, gint64 now, guint *out_count, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Remove up to `count` files that were this database's and that no row names any more; what it never named stays. They are gone, and that
 * lasts, when this returns TRUE; else some may be left, for the next call. In no transaction, and no group. */
gboolean
cm_store_attachment_remove_left(CmStore *store, guint count, guint *out_removed, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* How many of the files `ids` (cm_attachment_folder_list()), `count` from `first` on, this database does not know: another one's, or newer
 * than the backup that it was put back from. */
gboolean
cm_store_attachment_count_strangers(CmStore *store,
				    const GArray *ids,
				    guint first,
				    guint count,
				    guint *out_strangers,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How many of the `count` rows behind `inout_after` (0: from the first) have no file of their size: something was lost, or not put back from
 * a backup. `inout_after` is the last of them, 0 once there was none. */
gboolean
cm_store_attachment_count_missing(CmStore *store,
				  guint count,
				  gint64 *inout_after,
				  guint *out_missing,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;
