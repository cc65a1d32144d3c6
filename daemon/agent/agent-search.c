// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-search.h"

/* Octets of UTF-8. */
typedef struct {
	const gchar *at;
	const gchar *end;
} Text;

/* the next letter without its accents; 0: none follows */
static gunichar
take(Text *text)
{
	while (text->at < text->end) {
		gunichar letter = g_utf8_get_char(text->at);

		text->at = g_utf8_next_char(text->at);
		if (g_unichar_ismark(letter))
			continue;
		(void)g_unichar_fully_decompose(letter, FALSE, &letter, 1);
		return g_unichar_tolower(letter);
	}
	return 0;
}

static gboolean
begins_with(Text text, Text word)
{
	for (gunichar wanted = take(&word); wanted != 0; wanted = take(&word)) {
		if (take(&text) != wanted)
			return FALSE;
	}
	return TRUE;
}

static gboolean
has_word(const CmVaultBytes *bytes, Text word)
{
	Text text = {(const gchar *)bytes->data, (const gchar *)bytes->data + bytes->length};

	for (; text.at < text.end; text.at = g_utf8_next_char(text.at)) {
		if (begins_with(text, word))
			return TRUE;
	}
	return FALSE;
}

static gboolean
has_word_anywhere(const CmVaultContent *content, Text word)
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
		Text word = {p, p};

		while (word.end < end && !is_blank(*word.end))
			word.end++;
		if (word.end > word.at && !has_word_anywhere(fields, word))
			return FALSE;
		p = word.end + 1;
	}
	return TRUE;
}
