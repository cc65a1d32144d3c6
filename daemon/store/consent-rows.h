// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-consent.h"
#include "daemon/store/store-private.h"

/* Rows of consent, read. The caller holds a transaction. Private to daemon/store. */

/* sealed values are padded to multiples of these */
#define CM_CONSENT_DETAIL_BLOCK 256

/* CM_ERROR_NOT_FOUND: no such student */
gboolean
cm_consent_rows_check_student(CmStore *store,
			      gint64 student,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Students with all that bears on them: of one (0: of all) into a table number (gint64) → CmConsentFile, which it owns.
 * Returns: (transfer full) */
GHashTable *
cm_consent_rows_load(CmStore *store, gint64 student, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The columns that cm_consent_rows_read() takes, in order. */
#define CM_CONSENT_ROWS_COLUMNS                                                                    \
	"id, student, kind, mode, profession, answer, contact, form, detail, given_on, until, "    \
	"withdrawn_on, version, recorded_by, recorded_at"

/* The row that a statement stands on; its note and topics only when `whole`. Returns: (transfer full) */
CmStoreConsent *
cm_consent_rows_read(CmStore *store, CmStatement *statement, gboolean whole, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Seal and bind a text; NULL binds null. */
void
cm_consent_rows_bind_sealed(CmStore *store,
			    CmStatement *statement,
			    gint parameter,
			    const CmSealPlace *place,
			    const gchar *text);

/* Open a sealed text of a row; NULL for SQL's null. `out_text`: (transfer full) */
gboolean
cm_consent_rows_open(CmStore *store,
		     CmStatement *statement,
		     gint column,
		     const CmSealPlace *place,
		     gchar **out_text,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A professional with a follow-up that is not closed. */
typedef struct {
	gint64 professional;
	const gchar *profession; /* interned */
} CmConsentFollower;

/* Those of a student, each once. Returns: (transfer full) (element-type CmConsentFollower) */
GArray *
cm_consent_rows_list_followers(CmStore *store,
			       gint64 student,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
