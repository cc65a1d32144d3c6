// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/consent/consent-status.h"

/* Who is to be told what of a student. Below the age at which the student may consent alone: all who hold parental authority, in
 * each household. From that day on: the student, and the parents only if the student consented to a release whose purpose is
 * CM_CONSENT_PURPOSE_PARENTS (`disclosure.default_requires_consent`, A-2.1 art. 59); where the policy has no such rule, the
 * parents as before. */

typedef struct {
	CmResource kind; /* CM_RESOURCE_CONTACT or CM_RESOURCE_STUDENT */
	gint64 number;
	guint household; /* 0 for the student */
} CmAudienceMember;

/* Who is told on `date` that and when a session is, moves or is cancelled: never why, if the why is somebody's answer. By
 * household. Returns: (transfer full) (element-type CmAudienceMember) */
GArray *
cm_audience_find(const CmConsentFile *file, const CmPolicy *policy, CmDay date);

/* Whether somebody may see a statement on `date`: the person who made it, and those of the same household. A student's own
 * statement is the student's. `viewer` is a contact, or CM_CONSENT_STUDENT. */
gboolean
cm_audience_may_see(const CmConsentFile *file, gint64 viewer, const CmConsentStatement *statement);
