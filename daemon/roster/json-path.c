// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/json-path.h"

static gboolean
key_is_plain(const gchar *key)
{
	if (!g_ascii_isalpha(key[0]) && key[0] != '_')
		return FALSE;
	for (const gchar *p = key; *p != '\0'; p++) {
		if (!g_ascii_isalnum(*p) && *p != '_')
			return FALSE;
	}
	return TRUE;
}

void
cm_json_path_append_key(GString *path, const gchar *key)
{
	if (key_is_plain(key)) {
		g_string_append_c(path, '.');
		g_string_append(path, key);
		return;
	}
	g_string_append(path, "[\"");
	for (const gchar *p = key; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			g_string_append_c(path, '\\');
		g_string_append_c(path, *p);
	}
	g_string_append(path, "\"]");
}
