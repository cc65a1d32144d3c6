// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Append ".name", or "[\"any name\"]", to a JSON path. */
void
cm_json_path_append_key(GString *path, const gchar *key);
