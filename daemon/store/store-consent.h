// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/consent/consent-record.h"
#include "daemon/store/store.h"

/* What was said of consent, by whom and when. What follows from it is daemon/consent's; what it does to bookings is done here, in
 * the transaction that records it. */

/* A row. */
typedef struct {
	gint64 student;
	gint64 version;
	CmConsentRecord record; /* its strings are the row's */
	gint64 recorded_by;     /* uid */
	gint64 recorded_at;     /* instant */
	GStringChunk *strings;
	gchar **topics;
} CmStoreConsent;

void
cm_store_consent_free(CmStoreConsent *consent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreConsent, cm_store_consent_free)

/* All that bears on a student. CM_ERROR_NOT_FOUND. Returns: (transfer full) */
CmConsentFile *
cm_store_consent_load(CmStore *store, gint64 student, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of every student: number → CmConsentFile, which the table owns; keys are gint64. Returns: (transfer full) */
GHashTable *
cm_store_consent_load_all(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Every row of a student, by number. Returns: (transfer full) (element-type CmStoreConsent) */
GPtrArray *
cm_store_consent_list(CmStore *store, gint64 student, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One. CM_ERROR_NOT_FOUND. Returns: (transfer full) */
CmStoreConsent *
cm_store_consent_get(CmStore *store, gint64 number, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The professions that follow a student now, ended by NULL; of `professional` only, unless it is 0. Returns: (transfer full) */
gchar **
cm_store_consent_list_professions(CmStore *store,
				  gint64 student,
				  gint64 professional,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The organisation's zone. Returns: (transfer full) */
GTimeZone *
cm_store_consent_get_zone(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Who changes something, and when. */
typedef struct {
	gint64 actor; /* uid, CM_AUDIT_DAEMON */
	gint64 now;   /* instant */
	CmDay today;  /* in the organisation's zone */
	CmPolicySet *policies;
} CmStoreConsentCall;

/* What a change did. */
typedef struct {
	gint64 number;
	gint64 version;
	GArray *
	    cancelled; /* gint64: bookings (by their session) that were planned, and no longer stand */
	GArray *versions; /* gint64: theirs now, in the same order */
	GArray *
	    flagged; /* gint64: those that stand, and that a rule warns of now; appointments among them */
	GPtrArray *warnings; /* gchar *: messages about the statement itself */
} CmStoreConsentOutcome;

/* An empty one, for a change to fill. */
CmStoreConsentOutcome *
cm_store_consent_new_outcome(void);
void
cm_store_consent_free_outcome(CmStoreConsentOutcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreConsentOutcome, cm_store_consent_free_outcome)

#define CM_STORE_CONSENTS_MAX 1000 /* of a student */

/* Put a statement on record (its number is given), and do what follows: planned sessions with the student that it makes impossible
 * (what blocks now and did not before, unless an approved derogation opens it) are cancelled. Whoever follows the student is told,
 * the one who spoke has it confirmed, and of a cancelled session those who were to be there; nobody else is told who said what.
 * Errors: those of cm_consent_record_check(); CM_ERROR_NOT_FOUND: the student, the contact. */
gboolean
cm_store_consent_record(CmStore *store,
			gint64 student,
			const CmConsentRecord *record,
			const CmStoreConsentCall *call,
			CmStoreConsentOutcome *outcome,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Take one back from a day on, which is not to come: what was given no longer holds, what was opposed is lifted. Does what follows,
 * as above. CM_ERROR_CONFLICT: another version, or taken back already. */
gboolean
cm_store_consent_withdraw(CmStore *store,
			  gint64 number,
			  gint64 expected,
			  CmDay from,
			  const CmStoreConsentCall *call,
			  CmStoreConsentOutcome *outcome,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
