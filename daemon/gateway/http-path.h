// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Paths of requests and patterns of routes. Pure. */

#define CM_HTTP_PATH_PARTS_MAX 4

/* Whether a path is one that we could have written: "/", or parts of 1 to 64 of A-Z a-z 0-9 - _ . that are not "." or "..", each after one
 * slash. Nothing is ever decoded, so that nothing can be hidden by a code. */
gboolean
cm_http_path_is_plain(const gchar *path);

/* Whether a plain path is of a pattern, "/v/{}/door/{}". `out_parts`: copies of what stood at each "{}", CM_HTTP_PATH_PARTS_MAX of them, to be
 * freed; the rest NULL. */
gboolean
cm_http_path_match(const gchar *pattern, const gchar *path, gchar **out_parts);

/* Whether `list` ("a, b;q=0.5") names `etag`, or is "*". */
gboolean
cm_http_path_lists_etag(const gchar *list, const gchar *etag);

/* Which of "fr" and "en" somebody's Accept-Language (or NULL) wants more; "fr" of equals. */
const gchar *
cm_http_path_choose_language(const gchar *accepted);
