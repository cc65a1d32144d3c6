// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-signing.h"

#include "daemon/agent/agent-sections.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

gchar *
cm_agent_signing_name_template(const CmAgentTemplate *template)
{
	return template != NULL ? g_strdup_printf("%s@%s", template->name, template->version)
				: g_strdup("");
}

const CmAgentTemplate *
cm_agent_signing_find_template(const CmAgentRules *rules, const CmVaultContent *content)
{
	g_autofree gchar *name =
	    g_strndup((const gchar *)content->template.data, content->template.length);

	name[strcspn(name, "@")] = '\0';
	return cm_agent_rules_find_template(rules, name);
}

static gchar *
get_language(const CmVaultContent *content)
{
	return g_strndup((const gchar *)content->language.data, content->language.length);
}

static gboolean
check_template(const CmAgentTemplate *template, const CmVaultContent *content, GError **error)
{
	g_autofree gchar *language = get_language(content);
	g_auto(GStrv) empty = cm_agent_sections_list_empty(template, language, content);
	g_autofree gchar *headings = g_strjoinv(", ", empty);

	if (template == NULL || !template->blocks || empty[0] == NULL)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("Not signed: nothing stands yet under: {0}. The policy of your profession "
			"asks for it in such a note: {1}, {2}."),
		     headings, template->article, template->source, NULL);
	return FALSE;
}

gboolean
cm_agent_signing_check(const CmAgentRules *rules,
		       const CmVaultDraft *draft,
		       const CmVaultContent *content,
		       GStrv *out_empty,
		       GError **error)
{
	const CmAgentTemplate *named = cm_agent_signing_find_template(rules, content);
	g_autofree gchar *language = get_language(content);

	*out_empty = NULL;
	/* an amendment adds to a note that was whole */
	if (draft->kind < CM_VAULT_NOTE_AMENDMENT &&
	    (!check_template(cm_agent_rules_find_required(rules, draft->kind), content, error) ||
	     !check_template(named, content, error)))
		return FALSE;
	*out_empty = cm_agent_sections_list_empty(named, language, content);
	return TRUE;
}
