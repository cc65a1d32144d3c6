// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/consent/consent-file.h"
#include "daemon/policy/policy.h"

/* What a statement must be before it is recorded. */

#define CM_CONSENT_PURPOSE_MAX 500 /* octets */
#define CM_CONSENT_NOTE_MAX 4000

/* A statement with what was told and noted when it was made. */
typedef struct {
	CmConsentStatement statement;
	const gchar *note; /* of a verbal one; NULL */
	const gchar *const
	    *topics; /* what was talked about: items of the rules below, ended by NULL; or NULL */
} CmConsentRecord;

/* The rule whose items are to be talked about before this is given: `telepractice.consent_topics`, `consent.info_sharing.must_state`;
 * NULL for none. (transfer none) */
const CmRule *
cm_consent_record_get_topics(const CmPolicy *policy, CmConsentKind kind);

/* Check a record against a profession's policy on the day it is made. CM_ERROR_INVALID_INPUT: what no policy has to say (a date to
 * come, a mode of services, a purpose that is missing); CM_ERROR_POLICY: a rule that blocks, with its source; messages of rules that
 * warn are added to `warnings` (gchar *). */
gboolean
cm_consent_record_check(const CmConsentRecord *record,
			const CmConsentFile *file,
			const CmPolicy *policy,
			CmDay today,
			GPtrArray *warnings,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
