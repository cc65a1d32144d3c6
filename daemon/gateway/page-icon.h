// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* The drawings of the pages: lines in a square of 24, as the "d" of an SVG path. (transfer none); NULL: there is none of that name. */
const gchar *
cm_page_icon_find(const gchar *name);
