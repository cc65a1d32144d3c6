// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-path.h"

#include "daemon/gateway/http-request.h"

#include <string.h>

#define PART_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
#define HOLE "{}"

static gboolean
is_plain_part(const gchar *part, gsize length)
{
	if (length == 0 || length > CM_HTTP_REQUEST_PART_MAX)
		return FALSE;
	return !(part[0] == '.' && (length == 1 || (length == 2 && part[1] == '.')));
}

gboolean
cm_http_path_is_plain(const gchar *path)
{
	if (*path != '/')
		return FALSE;
	if (path[1] == '\0')
		return TRUE;
	while (*path == '/') {
		gsize length = strspn(path + 1, PART_CHARACTERS);

		if (!is_plain_part(path + 1, length))
			return FALSE;
		path += length + 1;
	}
	return *path == '\0';
}

/* TRUE: both are at the end of a part */
static gboolean
match_part(const gchar **pattern, const gchar **path, gchar **out_part)
{
	gsize wanted = strcspn(*pattern + 1, "/") + 1;
	gsize length = strcspn(*path + 1, "/") + 1;

	if (wanted == strlen(HOLE) + 1 && strncmp(*pattern + 1, HOLE, strlen(HOLE)) == 0)
		*out_part = g_strndup(*path + 1, length - 1);
	else if (wanted != length || strncmp(*pattern, *path, length) != 0)
		return FALSE;
	*pattern += wanted;
	*path += length;
	return TRUE;
}

gboolean
cm_http_path_match(const gchar *pattern, const gchar *path, gchar **out_parts)
{
	gchar *parts[CM_HTTP_PATH_PARTS_MAX] = {NULL};
	guint count = 0;
	gboolean same = TRUE;

	while (same && *pattern == '/' && *path == '/' && count < CM_HTTP_PATH_PARTS_MAX) {
		same = match_part(&pattern, &path, &parts[count]);
		if (parts[count] != NULL)
			count++;
	}
	same = same && *pattern == '\0' && *path == '\0';
	for (guint i = 0; i < CM_HTTP_PATH_PARTS_MAX; i++) {
		if (same)
			out_parts[i] = g_steal_pointer(&parts[i]);
		g_free(parts[i]);
	}
	return same;
}

gboolean
cm_http_path_lists_etag(const gchar *list, const gchar *etag)
{
	g_auto(GStrv) items = g_strsplit(list, ",", 64);

	for (guint i = 0; items[i] != NULL; i++) {
		const gchar *item = g_strstrip(items[i]);

		if (g_str_equal(item, "*"))
			return TRUE;
		if (g_str_has_prefix(item, "W/"))
			item += 2;
		if (g_str_equal(item, etag))
			return TRUE;
	}
	return FALSE;
}

/* thousandths; 1000 where nothing is said */
static gint
read_weight(const gchar *parameters)
{
	const gchar *q = parameters != NULL ? strstr(parameters, "q=") : NULL;

	return q != NULL ? (gint)(g_ascii_strtod(q + 2, NULL) * 1000 + 0.5) : 1000;
}

const gchar *
cm_http_path_choose_language(const gchar *accepted)
{
	g_auto(GStrv) items = g_strsplit(accepted != NULL ? accepted : "", ",", 16);
	gint fr = 0;
	gint en = 0;

	for (guint i = 0; items[i] != NULL; i++) {
		gchar *item = g_strstrip(items[i]);
		gint weight = read_weight(strchr(item, ';'));

		if (g_ascii_strncasecmp(item, "fr", 2) == 0)
			fr = MAX(fr, weight);
		else if (g_ascii_strncasecmp(item, "en", 2) == 0)
			en = MAX(en, weight);
	}
	return en > fr ? "en" : "fr";
}
