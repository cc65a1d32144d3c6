// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/initials.h"

gchar *
cm_initials_make(const gchar *name)
{
	g_auto(GStrv) words = g_strsplit(name, " ", -1);
	GString *initials = g_string_new(NULL);

	for (guint i = 0; words[i] != NULL; i++) {
		gunichar letter = g_utf8_get_char(words[i]);

		if (!g_unichar_isalnum(letter))
			continue;
		if (initials->len > 0)
			g_string_append_c(initials, ' ');
		g_string_append_unichar(initials, g_unichar_toupper(letter));
		g_string_append_c(initials, '.');
	}
	return g_string_free(initials, FALSE);
}
