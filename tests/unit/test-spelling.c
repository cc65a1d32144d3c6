// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/spelling.h"

#include "daemon/visio/spoken-code.h"
#include "include/cm-catalog.h"

#include <string.h>

/* How a code is said aloud. */

static void
test_said(void)
{
	g_autofree gchar *english = cm_spelling_say("en", "K7QW-3MF0");
	g_autofree gchar *french = cm_spelling_say("fr", "K7QW-3MF0");

	g_assert_cmpstr(english, ==,
			"K as in Kilo, 7 seven, Q as in Quebec, W as in Whiskey, 3 three, "
			"M as in Mike, F as in Foxtrot, 0 zero");
	g_assert_cmpstr(french, ==,
			"K comme Kilo, 7 sept, Q comme Québec, W comme Whisky, 3 trois, "
			"M comme Mike, F comme Fox-trot, 0 zéro");
}

/* no character of a code goes unsaid, in any language, and each is said with itself first */
static void
test_every_character(void)
{
	static const gchar alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	const gchar *const *languages = cm_catalog_get_languages();

	for (guint i = 0; i < strlen(alphabet); i++) {
		gchar code[2] = {alphabet[i], '\0'};

		for (guint l = 0; languages[l] != NULL; l++) {
			g_autofree gchar *said = cm_spelling_say(languages[l], code);

			g_assert_cmpuint(strlen(said), >, 2);
			g_assert_cmpint(said[0], ==, alphabet[i]);
		}
	}
	/* what a code is made of is what is said */
	for (guint i = 0; i < 200; i++) {
		g_autofree gchar *code = cm_spoken_code_make();

		g_assert_cmpuint(strspn(code, alphabet), ==, CM_SPOKEN_CODE_LENGTH);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/spelling/said", test_said);
	g_test_add_func("/spelling/every-character", test_every_character);
	return g_test_run();
}
