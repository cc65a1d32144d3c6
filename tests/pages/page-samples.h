// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* The pages of the tests: those of the views in a folder, and those of nobody's. */

/* The names of all: a view's file without ".json", "times-…", "plain-…". Returns: (transfer full) */
GStrv
cm_page_samples_list(const gchar *views);

/* One of them in a language. Returns: (transfer full): HTML, or NULL */
GBytes *
cm_page_samples_render(const gchar *views, const gchar *name, const gchar *language);
