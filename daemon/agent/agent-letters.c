// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-letters.h"

gunichar
cm_agent_letters_take(CmLetters *letters)
{
	while (letters->at < letters->end) {
		gunichar letter = g_utf8_get_char(letters->at);

		letters->at = g_utf8_next_char(letters->at);
		if (g_unichar_ismark(letter))
			continue;
		(void)g_unichar_fully_decompose(letter, FALSE, &letter, 1);
		return g_unichar_tolower(letter);
	}
	return 0;
}

gboolean
cm_agent_letters_equal(const gchar *one, gsize length, const gchar *other, gsize other_length)
{
	CmLetters a = {one, one + length};
	CmLetters b = {other, other + other_length};

	for (;;) {
		gunichar letter = cm_agent_letters_take(&a);

		if (letter != cm_agent_letters_take(&b))
			return FALSE;
		if (letter == 0)
			return TRUE;
	}
}
