// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/store/store.h"

/* Students who reach the age at which they may consent alone (`consent.care_required.minor_age_alone` of whoever follows them). */

/* Days for which a birthday that nobody looked at (the service was off) is still told of. */
#define CM_STORE_BIRTHDAY_LATE_DAYS 30

typedef struct {
	gint64 student;
	CmDay birthday;
	gint age;
	gboolean asked; /* the student has answered for services, on that day or since */
} CmStoreBirthday;

/* Those whose birthday is between two dates, both included, by date; of a professional's students, unless it is 0. Returns: (transfer
 * full) (element-type CmStoreBirthday) */
GArray *
cm_store_birthday_list(CmStore *store,
		       const CmPolicySet *policies,
		       CmDay from,
		       CmDay to,
		       gint64 professional,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	guint ahead;  /* students about whom somebody was asked */
	guint turned; /* students whose birthday was told of */
} CmStoreBirthdayReport;

/* The daily look. Whoever follows a student is asked `days` ahead to see them about consent, and told on the day itself that what
 * parents are told changes, as the student is; each once, however often one looks and even if the clock was wrong in between. */
gboolean
cm_store_birthday_look(CmStore *store,
		       const CmPolicySet *policies,
		       CmDay today,
		       guint days,
		       gint64 now,
		       CmStoreBirthdayReport *out_report,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
