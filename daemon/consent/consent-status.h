// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/consent/consent-file.h"
#include "daemon/policy/policy.h"

/* What all that was said comes to on a day, for a profession: pure, data in and verdict out. docs/consent.md has the reasoning.
 *
 * Of each person the latest word counts (a withdrawal is one). Under the age of the policy's
 * `consent.care_required.minor_age_alone` (C.c.Q. 14) those who hold parental authority answer; from that day on the student's own
 * answer goes before theirs, which stands until the student has given one.
 *
 * What a person is known to refuse is not done, whatever kind of rule asks for their consent: opposition, and a consent taken
 * back, have the effect of the law that says who consents. What nobody has answered, or no longer holds since its last day, has
 * the effect of the rule that asks for it; of services at most a warning, since a form may be on paper. */

typedef enum {
	CM_CONSENT_STATE_NONE,     /* "none": nothing on record */
	CM_CONSENT_STATE_PRESUMED, /* "presumed": one parent, presumed to act with the other (603) */
	CM_CONSENT_STATE_BOTH,     /* "both": all who hold parental authority, two or more */
	CM_CONSENT_STATE_ATTESTED,  /* "attested": one parent alone with an attestation (603.1) */
	CM_CONSENT_STATE_OPPOSED,   /* "opposed": an opposition is known: stop */
	CM_CONSENT_STATE_OWN,       /* "own": the student's, at 14 or over */
	CM_CONSENT_STATE_EXPIRED,   /* "expired" */
	CM_CONSENT_STATE_WITHDRAWN, /* "withdrawn" */
	CM_CONSENT_STATE_LAST
} CmConsentState;

/* What stands for one kind, mode or purpose. */
typedef struct {
	CmConsentKind kind;
	guint8 modes;         /* of telepractice: one CM_MODE_FLAG(); else 0 */
	const gchar *purpose; /* of a release; lives as long as the file */
	CmConsentState state;
	const CmRule *rule; /* what makes it this state; NULL: the sources are silent */
	gint64 statement;   /* the one that decided; 0 for none */
	CmDay since;        /* of that one's last word; CM_DAY_NONE */
	CmDay until;        /* its last day, or CM_DAY_NONE */
	guint holders;      /* who hold parental authority, on record */
	guint given;        /* of them, who have consented */
	gboolean
	    ignored; /* someone who could not decide said yes: too young, or without authority */
} CmConsentVerdict;

/* Why a session may not be, or had better not be. */
typedef struct {
	guint8 modes;       /* CM_MODE_FLAG()s of sessions that it bears on */
	CmEffect effect;    /* may be less than the rule's */
	const CmRule *rule; /* or NULL */
	CmConsentKind kind;
	const gchar *message; /* for a person: cm-message.h */
} CmConsentObjection;

typedef struct {
	CmDay date;
	gboolean alone; /* old enough to consent alone on that day */
	CmDay
	    alone_from; /* the day of that birthday; CM_DAY_NONE when the policy has no such age */
	guint8 modes;   /* CM_MODE_FLAG()s that nothing blocks; 0: stop */
	GArray *
	    verdicts; /* CmConsentVerdict: service, telepractice at school, at home, each release */
	GArray *objections; /* CmConsentObjection */
} CmConsentStatus;

/* Judge `file` on `date` under `policy`, whose name is the profession; both must outlive the status. It holds for sessions in
 * which the student sits (CmActRules.student_present); a meeting with the parents needs no consent to be held, and is where one is
 * asked for. Returns: (transfer full) */
CmConsentStatus *
cm_consent_status_new(const CmConsentFile *file, const CmPolicy *policy, CmDay date);
void
cm_consent_status_free(CmConsentStatus *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmConsentStatus, cm_consent_status_free)

/* The strongest effect on a session of this mode; CM_EFFECT_INFORM when there is no objection. */
CmEffect
cm_consent_status_get_effect(const CmConsentStatus *status, CmMode mode);

/* The verdict of a kind; of telepractice that of `mode`; NULL for a release. (transfer none) */
const CmConsentVerdict *
cm_consent_status_get_verdict(const CmConsentStatus *status, CmConsentKind kind, CmMode mode);

/* Whether a release for exactly this purpose holds. */
gboolean
cm_consent_status_may_release(const CmConsentStatus *status, const gchar *purpose);

const gchar *
cm_consent_state_to_string(CmConsentState state);
/* As a person reads it: a msgid. */
const gchar *
cm_consent_state_to_text(CmConsentState state);
