// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/spelling.h"

#include "include/cm-catalog.h"

#include <glib/gi18n.h>

/* the words of the International Civil Aviation Organization, which are made to be understood over a bad line; I, L, O and U are in no code */
static const struct {
	gchar character;
	const gchar *words;
} sounds[] = {
    {'0', N_("0 zero")},          {'1', N_("1 one")},
    {'2', N_("2 two")},           {'3', N_("3 three")},
    {'4', N_("4 four")},          {'5', N_("5 five")},
    {'6', N_("6 six")},           {'7', N_("7 seven")},
    {'8', N_("8 eight")},         {'9', N_("9 nine")},
    {'A', N_("A as in Alpha")},   {'B', N_("B as in Bravo")},
    {'C', N_("C as in Charlie")}, {'D', N_("D as in Delta")},
    {'E', N_("E as in Echo")},    {'F', N_("F as in Foxtrot")},
    {'G', N_("G as in Golf")},    {'H', N_("H as in Hotel")},
    {'J', N_("J as in Juliett")}, {'K', N_("K as in Kilo")},
    {'M', N_("M as in Mike")},    {'N', N_("N as in November")},
    {'P', N_("P as in Papa")},    {'Q', N_("Q as in Quebec")},
    {'R', N_("R as in Romeo")},   {'S', N_("S as in Sierra")},
    {'T', N_("T as in Tango")},   {'V', N_("V as in Victor")},
    {'W', N_("W as in Whiskey")}, {'X', N_("X as in X-ray")},
    {'Y', N_("Y as in Yankee")},  {'Z', N_("Z as in Zulu")},
};

gchar *
cm_spelling_say(const gchar *language, const gchar *code)
{
	GString *out = g_string_new(NULL);

	for (const gchar *p = code; *p != '\0'; p++) {
		for (guint i = 0; i < G_N_ELEMENTS(sounds); i++) {
			if (sounds[i].character == *p)
				g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "",
						       cm_catalog_find(language, sounds[i].words));
		}
	}
	return g_string_free(out, FALSE);
}
