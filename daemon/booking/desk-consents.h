// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/desk.h"
#include "daemon/booking/followup-state.h"
#include "daemon/consent/consent-file.h"
#include "daemon/consent/derogation.h"
#include "daemon/consent/suitability.h"

/* Consent, suitability and derogations as the desk's gates: what daemon/consent judges, as objections. Meetings need none to be held:
 * only sessions and groups in which a student sits do. */

typedef struct {
	/* What is on record of a student; NULL: it can't be read, and nothing with the student may be booked. */
	const CmConsentFile *(*get_file)(gpointer data, guint32 student);
	/* The last answers for a follow-up; NULL: none. */
	const CmSuitabilityAnswer *(*get_answer)(gpointer data, guint32 followup);
	/* Those of a follow-up and of its sessions. */
	const CmDerogation *(*get_derogations)(gpointer data, guint32 followup, guint *out_count);
	/* The state of a follow-up; NULL: all are active. */
	CmFollowupState (*get_state)(gpointer data, guint32 followup);
	/* The number that derogations know a session or a follow-up by. */
	gint64 (*get_session_number)(gpointer data, guint32 session);
	gint64 (*get_followup_number)(gpointer data, guint32 followup);
	gpointer data;
} CmDeskConsents;

/* For cm_desk_set_gates(); `consents` outlives the desk. */
CmDeskGates
cm_desk_consents_get_gates(const CmDeskConsents *consents);
