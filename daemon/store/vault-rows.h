// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-private.h"
#include "daemon/vault/vault-case.h"

/* The vault's rows: octets in and out. What may be written is for store-vault.c to say. Private to daemon/store. */

#define CM_VAULT_ROWS_CLOCK_SECONDS 300 /* that a signer's clock may be off */

/* Of a row `note` of vault_record: a note that asks for a co-signature, and has none. A note's fields have fixed places up to its
 * attachments (docs/vault-format.md, note): kind, about, cosign. */
#define CM_VAULT_ROWS_WAITING                                                                      \
	"note.kind = 'note' AND substr(note.octets, 274, 1) = x'01' AND NOT EXISTS (SELECT 1 "     \
	"FROM vault_record AS after WHERE after.file = note.file AND after.kind = 'note' AND "     \
	"after.id > note.id AND substr(after.octets, 157, 1) = x'0a' AND "                         \
	"substr(after.octets, 158, 32) = note.hash)"

/* Octets as a parameter, copied; and from a column. */
void
cm_vault_rows_bind(CmStatement *statement, gint parameter, GBytes *octets);
GBytes *
cm_vault_rows_get(CmStatement *statement, gint column);

/* Octets behind one another. */
void
cm_vault_rows_append(GByteArray *out, GBytes *octets);

/* The first column of every row that is left of a statement, one after the other. Returns: (transfer full) */
GBytes *
cm_vault_rows_gather(CmStore *store,
		     CmStatement *statement,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Who an account is in the records. CM_ERROR_NOT_FOUND: it never enrolled. */
gboolean
cm_vault_rows_need_person(CmStore *store,
			  guint32 uid,
			  guint8 out_person[CM_VAULT_ID_BYTES],
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The row of a case that is this person's to read. CM_ERROR_NOT_FOUND: what is not there and what is not theirs read alike. */
gboolean
cm_vault_rows_need_case(CmStore *store,
			const guint8 *person,
			const guint8 *name,
			gint64 *out_row,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether a record that holds was signed by this person, just now and by the newest directory: CM_ERROR_ACCESS_DENIED, CM_ERROR_CONFLICT. */
gboolean
cm_vault_rows_check_signing(const CmVaultPeople *people,
			    const guint8 *person,
			    const CmVaultRecord *record,
			    gint64 now,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The row of a case by its id in the records, and its student; 0 when there is none. */
gboolean
cm_vault_rows_find_case(CmStore *store,
			const guint8 *name,
			gint64 *out_row,
			gint64 *out_student,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new case about a student; nothing is in it. */
gboolean
cm_vault_rows_insert_case(CmStore *store,
			  const guint8 *name,
			  gint64 student,
			  gint64 now,
			  gint64 *out_row,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a person has an envelope in a case, or two custodians released to them what its responsible left. */
gboolean
cm_vault_rows_is_reader(CmStore *store,
			gint64 row,
			const guint8 *person,
			gboolean *out_reader,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether this very record is there; `out_row` 0 if not. */
gboolean
cm_vault_rows_find_record(CmStore *store, const guint8 *hash, gint64 *out_row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A record that was checked; `row` of its case, 0: of none; `person` as table vault_record says. */
gboolean
cm_vault_rows_insert_record(CmStore *store,
			    const CmVaultRecord *record,
			    gint64 row,
			    const guint8 *person,
			    gint64 now,
			    gint64 *out_id,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The locked text of the note at a row. */
gboolean
cm_vault_rows_insert_body(CmStore *store, gint64 note, GBytes *octets, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What a member saw last, in the place of what they saw before. */
gboolean
cm_vault_rows_put_head(CmStore *store,
		       gint64 row,
		       const guint8 *person,
		       GBytes *octets,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Add what is kept to a case that is being checked: all its records, with those of its responsibles' escrow keys; or, with `row` 0, those
 * of one person's escrow key. CM_ERROR_STORE: what was kept does not hold any more. */
gboolean
cm_vault_rows_load(CmStore *store,
		   gint64 row,
		   const guint8 *person,
		   CmVaultCase *into,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The records of a case as cm_vault_rows_load() takes them, as octets. Returns: (transfer full) */
GBytes *
cm_vault_rows_read_case(CmStore *store, gint64 row, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Those of them behind the one of that hash; `out_before`: how many stand up to it, 0 when it is none of them: then all are given.
 * Returns: (transfer full) */
GBytes *
cm_vault_rows_read_case_after(CmStore *store,
			      gint64 row,
			      const guint8 *after,
			      guint64 *out_before,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
