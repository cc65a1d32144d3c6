// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-comodald.h"

/* What the policy of a person's profession asks of their notes, as comodald says it. */
typedef struct _CmAgentRules CmAgentRules;

#define CM_AGENT_RULES_LANGUAGES 2 /* French, English */

/* A section of a template: its heading in each language. */
typedef struct {
	const gchar *headings[CM_AGENT_RULES_LANGUAGES];
} CmAgentRulesSection;

/* As long as the rules. */
typedef struct {
	const gchar *name;
	guint8 kind; /* of the notes that it is for */
	const gchar *version;
	gboolean blocks; /* whether nothing is signed while a section is empty */
	const gchar *article;
	const gchar *source;
	GArray *sections; /* CmAgentRulesSection */
} CmAgentTemplate;

/* Returns: (transfer full) */
CmAgentRules *
cm_agent_rules_fetch(CmAgentComodald *comodald,
		     GCancellable *cancellable,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* From a comodal-note-rules/1 document. CM_ERROR_FAILED. Returns: (transfer full) */
CmAgentRules *
cm_agent_rules_read(GBytes *document, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_agent_rules_free(CmAgentRules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentRules, cm_agent_rules_free)

/* The template of that name; NULL: there is none. (transfer none) */
const CmAgentTemplate *
cm_agent_rules_find_template(const CmAgentRules *rules, const gchar *name);

/* The one that every note of a kind has to follow; NULL: none. (transfer none) */
const CmAgentTemplate *
cm_agent_rules_find_required(const CmAgentRules *rules, guint8 kind);

/* Whether a note of that kind waits for a co-signature: its author is a trainee, and the policy asks for it. */
gboolean
cm_agent_rules_asks_cosignature(const CmAgentRules *rules, guint8 kind);
