// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/inbound-text.h"

#include "daemon/inbox/inbound-mail.h"

#include <string.h>

/* U+202A to U+202E and U+2066 to U+2069 turn the writing around, the others are marks that nobody sees */
static gboolean
is_hidden(gunichar character)
{
	return (character >= 0x202a && character <= 0x202e) ||
	       (character >= 0x2066 && character <= 0x2069) || character == 0x200b ||
	       character == 0x200e || character == 0x200f || character == 0xfeff;
}

/* what has been seen of white space since the last character */
typedef struct {
	guint lines;
	gboolean space;
} Gap;

static void
append_gap(GString *out, Gap *gap, CmInboundTextForm form)
{
	if (out->len > 0 && gap->lines > 0 && form == CM_INBOUND_TEXT_LINES)
		g_string_append(out, gap->lines > 1 ? "\n\n" : "\n");
	else if (out->len > 0 && (gap->space || gap->lines > 0))
		g_string_append_c(out, ' ');
	*gap = (Gap){0};
}

gchar *
cm_inbound_text_clean(const gchar *text, CmInboundTextForm form, gsize max)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree gchar *valid = NULL;
	Gap gap = {0};

	if (text == NULL)
		return NULL;
	/* a text that is cut long before its end need not be looked at there */
	valid = g_utf8_make_valid(text, (gssize)strnlen(text, max * 8));
	for (const gchar *at = valid; *at != '\0' && out->len < max; at = g_utf8_next_char(at)) {
		gunichar character = g_utf8_get_char(at);

		if (character == '\n') {
			gap.lines++;
		} else if (g_unichar_isspace(character)) {
			gap.space = TRUE;
		} else if (!g_unichar_iscntrl(character) && !is_hidden(character)) {
			append_gap(out, &gap, form);
			g_string_append_unichar(out, character);
		}
	}
	if (out->len > max)
		g_string_truncate(
		    out, (gsize)(g_utf8_find_prev_char(out->str, out->str + max + 1) - out->str));
	return out->len > 0 ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

/* RFC 5321's local part without its quoted form, which no mailbox that we write to has */
static gboolean
is_address(const gchar *text)
{
	const gchar *at = strrchr(text, '@');

	if (at == NULL || at == text || at[1] == '\0' || !g_utf8_validate(text, -1, NULL))
		return FALSE;
	for (const gchar *character = text; *character != '\0'; character++)
		if (*character == '@' ? character != at
				      : (guchar)*character <= ' ' || *character == 0x7f ||
					    strchr("()<>[]:;\\,\"", *character) != NULL)
			return FALSE;
	return strchr(at, '_') == NULL && at[1] != '.' && at[1] != '-';
}

gchar *
cm_inbound_text_dup_address(const gchar *text)
{
	g_autofree gchar *bare = NULL;

	if (text == NULL || strlen(text) > 2 * CM_INBOUND_ADDRESS_MAX)
		return NULL;
	bare = g_strstrip(g_strdup(text));
	if (g_ascii_strncasecmp(bare, "mailto:", strlen("mailto:")) == 0)
		memmove(bare, bare + strlen("mailto:"), strlen(bare) + 1 - strlen("mailto:"));
	if (bare[0] == '<' && g_str_has_suffix(bare, ">")) {
		bare[strlen(bare) - 1] = '\0';
		memmove(bare, bare + 1, strlen(bare));
	}
	if (strlen(bare) > CM_INBOUND_ADDRESS_MAX || !is_address(bare))
		return NULL;
	return g_utf8_strdown(bare, -1);
}

gchar *
cm_inbound_text_dup_word(const gchar *text)
{
	g_autofree gchar *bare = NULL;

	if (text == NULL || strnlen(text, 2 * CM_INBOUND_WORD_MAX + 1) > 2 * CM_INBOUND_WORD_MAX)
		return NULL;
	bare = g_strstrip(g_strdup(text));
	if (*bare == '\0' || strlen(bare) > CM_INBOUND_WORD_MAX)
		return NULL;
	for (const gchar *character = bare; *character != '\0'; character++)
		if (!g_ascii_isgraph(*character))
			return NULL;
	return g_steal_pointer(&bare);
}
