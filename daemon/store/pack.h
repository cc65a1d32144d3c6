// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"

/* Lists of times as the database keeps them: one value a row instead of a row a window.
 * Little-endian, no header:
 *
 *   hours of a week:  for each window, in order: weekday (u8, 0 Monday), from (u16), to (u16)
 *   cycle windows:    for each: cycle day (u16), from (u16), to (u16)
 *   identity:         for each member that is there: tag (u8), length (u16), UTF-8 text
 *
 * and the way back, strict: anything else is CM_ERROR_STORE. Private to daemon/store. */

/* Appended to `out`. */
void
cm_pack_week_hours(const CmCaseload *caseload, const CmWeekHours *hours, GByteArray *out);
void
cm_pack_cycle_windows(const CmCaseload *caseload, const CmRange *range, GByteArray *out);

/* Windows are added to the caseload. */
gboolean
cm_pack_read_week_hours(CmCaseload *caseload,
			const guint8 *data,
			gsize length,
			CmWeekHours *out_hours,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_pack_read_cycle_windows(CmCaseload *caseload,
			   const guint8 *data,
			   gsize length,
			   CmRange *out_range,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Members of a person's identity. The tags are the format. */
typedef enum {
	CM_PACK_ID = 1,
	CM_PACK_NAME = 2,
	CM_PACK_BIRTH_DATE = 3, /* "YYYY-MM-DD" */
	CM_PACK_LAST
} CmPackTag;

/* Append a member. */
void
cm_pack_identity(GByteArray *out, CmPackTag tag, const gchar *text);

/* The members, texts[tag], NULL where there is none; interned in the caseload. Tags of later
 * versions are passed over. */
gboolean
cm_pack_read_identity(CmCaseload *caseload,
		      const guint8 *data,
		      gsize length,
		      const gchar *out_texts[CM_PACK_LAST],
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
