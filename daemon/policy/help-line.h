// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy-file.h"

/* [Help] of a configuration: whom people call when something does not work, and when somebody answers. */

#define CM_HELP_LINE_GROUP "Help"

typedef struct {
	gchar
	    *phone; /* begins with the number that is dialled: "418 555-0100, poste 12"; or NULL */
	gchar *hours_fr;
	gchar *hours_en;
} CmHelpLine;

/* Phone=, Hours[fr]= and Hours[en]= of the group; what is absent is left. Faults: no line of text, a number that can't be dialled. */
void
cm_help_line_take(CmHelpLine *line, CmPolicyFile *file);

/* In a language, "fr", or NULL. (transfer none) */
const gchar *
cm_help_line_get_hours(const CmHelpLine *line, const gchar *language);

void
cm_help_line_clear(CmHelpLine *line);
