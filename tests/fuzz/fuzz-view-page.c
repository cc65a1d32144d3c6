// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/page-door.h"
#include "daemon/gateway/page-host.h"
#include "daemon/gateway/page-person.h"
#include "daemon/gateway/view.h"

#include <string.h>

/* Any bytes: an error, or a view of which each page can be made, in which no text of it has become an element that runs something. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static guint
count(const gchar *text, const gchar *needle)
{
	guint found = 0;

	for (const gchar *at = strstr(text, needle); at != NULL; at = strstr(at + 1, needle))
		found++;
	return found;
}

static void
check_page(GBytes *html)
{
	g_autofree gchar *text = g_strndup(g_bytes_get_data(html, NULL), g_bytes_get_size(html));

	g_assert_true(g_utf8_validate_len(text, g_bytes_get_size(html), NULL));
	g_assert_cmpuint(count(text, "<main"), ==, 1);
	g_assert_cmpuint(count(text, "</html>"), ==, 1);
	/* ours alone, and no others */
	g_assert_cmpuint(count(text, "<script"), ==,
			 count(text, "<script type=\"module\" src=\"/static/"));
	g_assert_cmpuint(count(text, "<img"), ==, 0);
	g_bytes_unref(html);
}

static void
check_view(const CmView *view)
{
	g_autoptr(CmWords) words = cm_words_new("fr", "America/Toronto", NULL);
	CmPageFrame frame = {.words = words, .prefix = "/p", .once = "once"};

	cm_page_parts_fill_frame(&frame, view);
	check_page(cm_page_person_make(view, &frame, CM_PAGE_SAID_NOTHING));
	for (guint i = 0; i < MIN(view->items->len, 3); i++) {
		const CmViewItem *item = g_ptr_array_index(view->items, i);

		check_page(cm_page_door_make(view, item, &frame, CM_PAGE_SAID_NOTHING));
		check_page(cm_page_host_make(view, item, &frame, CM_PAGE_SAID_NOTHING));
	}
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmView) view = cm_view_read((const gchar *)data, size, &error);

	if (view != NULL)
		check_view(view);
	else
		g_assert_nonnull(error);
	return 0;
}
