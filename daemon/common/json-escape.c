// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/common/json-escape.h"

gchar *
cm_json_escape_controls(const gchar *written)
{
	GString *text = g_string_new(NULL);

	for (const gchar *p = written; *p != '\0'; p++) {
		/* between values, what is written to be read has line breaks */
		if ((guchar)*p < 0x20 && *p != '\n')
			g_string_append_printf(text, "\\u%04x", (guint)*p);
		else
			g_string_append_c(text, *p);
	}
	return g_string_free(text, FALSE);
}
