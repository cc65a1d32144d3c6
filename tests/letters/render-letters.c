// SPDX-License-Identifier: GPL-3.0-or-later

/* usage: render-letters DIRECTORY
 *
 * Writes every sample letter, in French and in English, as DIRECTORY/NAME.LANGUAGE.eml: for the test beside this, and to be opened in a
 * mail program. */

#include "tests/letters/letter-samples.h"

#include <gio/gio.h>

static void
set_own_links(CmLetter *letter)
{
	for (guint i = 0; i < letter->items->len; i++) {
		CmLetterItem *item = g_ptr_array_index(letter->items, i);

		if (item->own_link)
			item->link = g_strdup_printf(LETTER_SAMPLE_OWN_LINK, i);
	}
}

static gboolean
write_one(const gchar *directory, guint index, const gchar *language, GError **error)
{
	const LetterSample *sample = &cm_letter_samples_get()[index];
	g_autoptr(CmLetter) made = cm_letter_samples_make(index, language);
	g_autoptr(GBytes) facts = cm_letter_to_bytes(made, error);
	g_autoptr(CmLetter) letter = NULL;
	g_autoptr(GBytes) message = NULL;
	g_autofree gchar *name = g_strdup_printf("%s.%s.eml", sample->name, language);
	g_autofree gchar *path = g_build_filename(directory, name, NULL);

	/* as it goes when one is sent: from the facts that were kept */
	if (facts != NULL)
		letter = cm_letter_from_bytes(facts, error);
	if (letter != NULL && sample->linked)
		set_own_links(letter);
	if (letter == NULL ||
	    !cm_letter_render(letter, sample->linked ? LETTER_SAMPLE_LINK : NULL, &message, error))
		return FALSE;
	return g_file_set_contents(path, g_bytes_get_data(message, NULL),
				   (gssize)g_bytes_get_size(message), error);
}

int
main(int argc, char **argv)
{
	static const gchar *const languages[] = {"fr", "en"};

	if (argc != 2) {
		g_printerr("usage: render-letters DIRECTORY\n");
		return 2;
	}
	for (guint i = 0; cm_letter_samples_get()[i].name != NULL; i++) {
		for (guint j = 0; j < G_N_ELEMENTS(languages); j++) {
			g_autoptr(GError) error = NULL;

			if (!write_one(argv[1], i, languages[j], &error)) {
				g_printerr("%s.%s: %s\n", cm_letter_samples_get()[i].name,
					   languages[j], error->message);
				return 1;
			}
		}
	}
	return 0;
}
