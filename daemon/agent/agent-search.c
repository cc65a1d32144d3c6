// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-search.h"

#include "daemon/agent/agent-letters.h"

static gboolean
begins_with(CmLetters text, CmLetters word)
{
	for (gunichar wanted = cm_agent_letters_take(&word); wanted != 0;
	     wanted = cm_agent_letters_take(&word)) {
		if (cm_agent_letters_take(&text) != wanted)
			return FALSE;
	}
	return TRUE;
}

static gboolean
has_word(const CmVaultBytes *bytes, CmLetters word)
{
	CmLetters text = {(const gchar *)bytes->data, (const gchar *)bytes->data + bytes->length};

	for (; text.at < text.end; text.at = g_utf8_next_char(text.at)) {
		if (begins_with(text, word))
			return TRUE;
	}
	return FALSE;
}

static gboolean
has_word_anywhere(const CmVaultContent *content, CmLetters word)
{
	const CmVaultSection *sections = content->sections.items;

	if (has_word(&content->title, word))
		return TRUE;
	for (guint i = 0; i < content->sections.count; i++) {
		if (has_word(&sections[i].heading, word) || has_word(&sections[i].text, word))
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_blank(gchar character)
{
	return character == ' ' || character == '\t' || character == '\n';
}

gboolean
cm_agent_search_match(const CmVaultRecord *content, const CmVaultSecret *words)
{
	const CmVaultContent *fields = cm_vault_record_get_fields(content, CM_VAULT_KIND_CONTENT);
	const gchar *p = (const gchar *)cm_vault_secret_peek(words);
	const gchar *end = p + cm_vault_secret_get_length(words);

	while (p < end) {
		CmLetters word = {p, p};

		while (word.end < end && !is_blank(*word.end))
			word.end++;
		if (word.end > word.at && !has_word_anywhere(fields, word))
			return FALSE;
		p = word.end + 1;
	}
	return TRUE;
}
