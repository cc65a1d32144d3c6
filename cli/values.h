// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"
#include "include/cm-time.h"

/* The values of options and arguments. FALSE has reported the error: return CM_EXIT_USAGE. A NULL
 * text is an option that was not given: TRUE, and out_… stays. */

/* A whole number in a range; G_MAXINT64 and more is no upper bound. */
gboolean
cm_values_parse_number(const CmComodalctl *cli,
		       const gchar *option,
		       const gchar *text,
		       guint64 minimum,
		       guint64 maximum,
		       guint64 *out_value) G_GNUC_WARN_UNUSED_RESULT;

/* More than 0, with a point or a comma; up to a day. */
gboolean
cm_values_parse_seconds(const CmComodalctl *cli,
			const gchar *option,
			const gchar *text,
			gdouble *out_seconds) G_GNUC_WARN_UNUSED_RESULT;

/* "YYYY-MM-DD", or today, tomorrow, yesterday in either language. */
gboolean
cm_values_parse_date(const CmComodalctl *cli,
		     const gchar *option,
		     const gchar *text,
		     CmDay *out_day) G_GNUC_WARN_UNUSED_RESULT;

/* One of the words of `choices`, ended by NULL. */
gboolean
cm_values_check_choice(const CmComodalctl *cli,
		       const gchar *option,
		       const gchar *text,
		       const gchar *const *choices) G_GNUC_WARN_UNUSED_RESULT;

/* Today, by cm_zone_get(). */
CmDay
cm_values_get_today(void);
