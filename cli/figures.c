// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/figures.h"

#include "cli/report.h"

#include <glib/gi18n.h>
#include <string.h>

gchar *
cm_figures_format_count(gint64 number)
{
	g_autofree gchar *digits = g_strdup_printf("%" G_GINT64_FORMAT, ABS(number));
	gsize length = strlen(digits);
	GString *text = g_string_new(number < 0 ? "-" : "");

	for (gsize i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			g_string_append(text, C_("between thousands", ","));
		g_string_append_c(text, digits[i]);
	}
	return g_string_free(text, FALSE);
}

gchar *
cm_figures_format_search(gint64 *first, gint64 cost, gint64 unscheduled)
{
	g_autofree gchar *start = NULL;
	g_autofree gchar *now = NULL;
	g_autofree gchar *left = NULL;

	if (cost <= 0)
		return g_strdup(_("looking for a first plan"));
	if (*first == 0)
		*first = cost;
	start = cm_figures_format_count(*first);
	now = cm_figures_format_count(cost);
	left = cm_figures_format_count(unscheduled);
	if (cost < *first)
		return cm_report_format(N_("cost {0} → {1}, left out: {2}"), start, now, left,
					NULL);
	return cm_report_format(N_("cost {0}, left out: {1}"), now, left, NULL);
}
