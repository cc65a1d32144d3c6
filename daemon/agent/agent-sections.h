// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-rules.h"
#include "daemon/vault/vault-record.h"

/* A text and the sections of a template. */

/* The text as it is typed, taken apart at the lines that are a heading of the template, in either language, whatever their accents and case,
 * “#” before them and “:” behind. A text that begins with a heading that has a “#” needs one before each: a line that is by chance a
 * heading stays text. What stands before the first heading comes first, without one; a template with one section has it all
 * there. Each section of the template is in it, empty or not, in the template's order; headings are in `language` (“fr…”: French, else
 * English). Views of the text and of the template. Without a template: one section. Returns: (transfer full) (element-type CmVaultSection) */
GArray *
cm_agent_sections_split(const CmAgentTemplate *template,
			const gchar *language,
			const CmVaultSecret *text);

/* The headings, in `language`, of those sections of the template that a content has nothing in. Returns: (transfer full), NULL-ended */
GStrv
cm_agent_sections_list_empty(const CmAgentTemplate *template,
			     const gchar *language,
			     const CmVaultContent *content);
