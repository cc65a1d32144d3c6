// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"

/* From when on a school file may be destroyed: by the organisation's calendar (policies/SCHEMA.md, retention.*), and never before what the
 * order of its profession keeps is over (record.retention_min). No number comes from here. */

#define CM_RETENTION_FILES 4       /* kinds of school files, from 1 as an epoch has them */
#define CM_RETENTION_BASIS_MAX 500 /* octets, of a destruction's record */

typedef struct {
	const CmRule
	    *rule; /* the calendar's; NULL: there is none that counts, and nothing is due */
	const CmRule *floor; /* what keeps it longer than the calendar does; NULL: nothing */
	gint years;          /* the more of the two */
	CmDay last_service;
	CmDay due; /* the first day on which it may be destroyed; CM_DAY_NONE: none */
} CmRetentionDue;

/* `profession`: of whoever is responsible; NULL or one that has no policy: what keeps longest of all. `file`: 1 to CM_RETENTION_FILES. The
 * rules live as long as `policies`. */
void
cm_retention_due_find(const CmPolicySet *policies,
		      const gchar *profession,
		      guint file,
		      CmDay last_service,
		      CmRetentionDue *out_due);

/* What a destruction's record says of its rule and source, the same each time. Returns: (transfer full) */
gchar *
cm_retention_due_format_basis(const CmRetentionDue *due) G_GNUC_WARN_UNUSED_RESULT;
