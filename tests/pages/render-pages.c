// SPDX-License-Identifier: GPL-3.0-or-later

/* Writes every page of a folder of views (tests/fixtures/views) to another folder, as NAME.LANGUAGE.html, and those that are of nobody's.
 * usage: render-pages VIEWS OUT. What a page is, its name begins with: person-, door-, host-. */

#include "tests/pages/page-samples.h"

#include <glib/gstdio.h>

static gboolean
save(const gchar *folder, const gchar *name, const gchar *language, GBytes *html)
{
	g_autofree gchar *file = g_strdup_printf("%s.%s.html", name, language);
	g_autofree gchar *path = g_build_filename(folder, file, NULL);

	return g_file_set_contents(path, g_bytes_get_data(html, NULL),
				   (gssize)g_bytes_get_size(html), NULL);
}

static gboolean
render_all(const gchar *views, const gchar *out, const gchar *language)
{
	g_auto(GStrv) names = cm_page_samples_list(views);
	gboolean good = TRUE;

	for (guint i = 0; names[i] != NULL; i++) {
		g_autoptr(GBytes) html = cm_page_samples_render(views, names[i], language);

		good = html != NULL && save(out, names[i], language, html) && good;
	}
	return good;
}

int
main(int argc, char **argv)
{
	if (argc != 3 || g_mkdir_with_parents(argv[2], 0755) != 0)
		return 2;
	return render_all(argv[1], argv[2], "fr") && render_all(argv[1], argv[2], "en") ? 0 : 1;
}
