// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/help-line.h"

#include <glib/gi18n.h>
#include <string.h>

/* 911, 811 */
#define DIGITS_MIN 3

/* what a page's link dials: up to the first character that is none of a number's */
static gboolean
is_dialled(const gchar *text)
{
	gsize length = strspn(text, "+0123456789 -().\xc2\xa0");
	guint digits = 0;

	for (gsize i = 0; i < length; i++)
		digits += g_ascii_isdigit(text[i]) ? 1 : 0;
	return digits >= DIGITS_MIN;
}

void
cm_help_line_take(CmHelpLine *line, CmPolicyFile *file)
{
	g_autofree gchar *phone = NULL;

	cm_policy_file_take_line(file, CM_HELP_LINE_GROUP, "Hours[fr]", &line->hours_fr);
	cm_policy_file_take_line(file, CM_HELP_LINE_GROUP, "Hours[en]", &line->hours_en);
	cm_policy_file_take_line(file, CM_HELP_LINE_GROUP, "Phone", &phone);
	if (phone == NULL)
		return;
	if (!is_dialled(phone)) {
		cm_policy_file_fault(
		    file, CM_HELP_LINE_GROUP, "Phone",
		    N_("A telephone number as 418 555-0100 is expected here; what is not dialled "
		       "may follow it."),
		    NULL);
		return;
	}
	g_free(line->phone);
	line->phone = g_steal_pointer(&phone);
}

const gchar *
cm_help_line_get_hours(const CmHelpLine *line, const gchar *language)
{
	return g_str_has_prefix(language, "fr") ? line->hours_fr : line->hours_en;
}

void
cm_help_line_clear(CmHelpLine *line)
{
	g_clear_pointer(&line->phone, g_free);
	g_clear_pointer(&line->hours_fr, g_free);
	g_clear_pointer(&line->hours_en, g_free);
}
