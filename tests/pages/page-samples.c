// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/pages/page-samples.h"

#include "daemon/gateway/page-door.h"
#include "daemon/gateway/page-host.h"
#include "daemon/gateway/page-person.h"
#include "daemon/gateway/page-plain.h"

#include <string.h>

#define HOUR 3600
#define DAY (24 * HOUR)

/* those that need no view of their own */
static const gchar *const others[] = {"plain-about",
				      "plain-privacy",
				      "plain-code",
				      "plain-code-wrong",
				      "plain-code-many",
				      "plain-once",
				      "plain-400",
				      "plain-403",
				      "plain-404",
				      "plain-409",
				      "plain-413",
				      "plain-429",
				      "plain-500",
				      "plain-503",
				      "times-offered",
				      "times-none",
				      "said-changed",
				      "said-missing",
				      NULL};

GStrv
cm_page_samples_list(const gchar *views)
{
	g_autoptr(GDir) folder = g_dir_open(views, 0, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const gchar *file = folder != NULL ? g_dir_read_name(folder) : NULL;

	for (; file != NULL; file = g_dir_read_name(folder)) {
		if (g_str_has_suffix(file, ".json"))
			g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(".json")));
	}
	for (guint i = 0; others[i] != NULL; i++)
		g_ptr_array_add(names, g_strdup(others[i]));
	g_ptr_array_add(names, NULL);
	return (GStrv)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

static GBytes *
render_plain(const gchar *name, const gchar *language)
{
	g_autoptr(CmWords) words = cm_words_new(language, "America/Toronto", NULL);
	CmPageFrame frame = {.words = words,
			     .help_phone = "418 555-0142",
			     .help_hours = g_str_equal(language, "fr")
					       ? "lundi au vendredi, de 8\u00a0h à 16\u00a0h"
					       : "Monday to Friday, 8 a.m. to 4 p.m."};

	if (g_str_equal(name, "plain-about"))
		return cm_page_plain_make_about(&frame);
	if (g_str_equal(name, "plain-code"))
		return cm_page_plain_make_code(&frame, CM_PAGE_CODE_ASKED);
	if (g_str_equal(name, "plain-code-wrong"))
		return cm_page_plain_make_code(&frame, CM_PAGE_CODE_WRONG);
	if (g_str_equal(name, "plain-code-many"))
		return cm_page_plain_make_code(&frame, CM_PAGE_CODE_TOO_MANY);
	if (g_str_equal(name, "plain-once"))
		return cm_page_plain_make_once(&frame, "Q7Wm3TzK9fLs0VbX2NcYhg");
	if (g_str_equal(name, "plain-privacy")) {
		frame.prefix = "/p";
		return cm_page_plain_make_privacy(&frame);
	}
	return cm_page_plain_make_status(
	    &frame, (guint)g_ascii_strtoull(name + strlen("plain-"), NULL, 10));
}

static CmView *
read_view(const gchar *views, const gchar *name, const gchar *language)
{
	g_autofree gchar *file = g_strconcat(name, ".json", NULL);
	g_autofree gchar *path = g_build_filename(views, file, NULL);
	g_autofree gchar *text = NULL;
	gsize length = 0;
	CmView *view = NULL;

	if (!g_file_get_contents(path, &text, &length, NULL))
		return NULL;
	view = cm_view_read(text, length, NULL);
	if (view != NULL) {
		g_free(view->language);
		view->language = g_strdup(language);
	}
	return view;
}

static GBytes *
render_times(const CmView *view, const CmPageFrame *frame, gboolean offered)
{
	g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(gint64));
	const CmViewItem *item = g_ptr_array_index(view->items, 0);

	for (gint64 i = 0; offered && i < 14; i++) {
		gint64 start = item->start + (i % 5 + 1) * DAY + (i * 7 % 4) * HOUR;
		gint64 end = start + 45 * 60;

		g_array_append_val(times, start);
		g_array_append_val(times, end);
	}
	return cm_page_person_make_times(view, item, frame, times, CM_PAGE_SAID_NOTHING);
}

/* which view another page is of */
static const gchar *
get_view_name(const gchar *name)
{
	if (g_str_equal(name, "said-missing"))
		return "door-open";
	return g_str_has_prefix(name, "times-") || g_str_has_prefix(name, "said-") ? "person-next"
										   : name;
}

static GBytes *
render_view(const CmView *view, const gchar *name, const CmPageFrame *frame)
{
	const CmViewItem *item = view->items->len > 0 ? g_ptr_array_index(view->items, 0) : NULL;

	if (g_str_has_prefix(name, "times-"))
		return render_times(view, frame, g_str_equal(name, "times-offered"));
	if (g_str_equal(name, "said-changed"))
		return cm_page_person_make(view, frame, CM_PAGE_SAID_CHANGED);
	if (g_str_equal(name, "said-missing"))
		return cm_page_door_make(view, item, frame, CM_PAGE_SAID_MISSING);
	if (g_str_has_prefix(name, "door-"))
		return cm_page_door_make(view, item, frame, CM_PAGE_SAID_NOTHING);
	if (g_str_has_prefix(name, "host-"))
		return cm_page_host_make(view, item, frame, CM_PAGE_SAID_NOTHING);
	return cm_page_person_make(view, frame, CM_PAGE_SAID_NOTHING);
}

GBytes *
cm_page_samples_render(const gchar *views, const gchar *name, const gchar *language)
{
	g_autoptr(CmView) view = NULL;
	g_autoptr(CmWords) words = NULL;
	CmPageFrame frame = {.prefix = "/v/Q7Wm3TzK9fLs0VbX2NcYhg", .once = "once-1"};

	if (g_str_has_prefix(name, "plain-"))
		return render_plain(name, language);
	view = read_view(views, get_view_name(name), language);
	if (view == NULL)
		return NULL;
	words = cm_words_new(view->language, view->zone, NULL);
	frame.words = words;
	cm_page_parts_fill_frame(&frame, view);
	return render_view(view, name, &frame);
}
