// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-path.h"

static void
test_plain(void)
{
	static const gchar *const good[] = {
	    "/",     "/c", "/v/abc-DEF_012", "/v/a/times/7", "/static/room.0123456789abcdef.js",
	    "/v/..a"};
	static const gchar *const bad[] = {"",     "v",         "//",    "/v/",     "/v//a",
					   "/.",   "/..",       "/v/..", "/v/../a", "/a%20",
					   "/a b", "/\xC3\xA9", "/a\\b", "/a;b",    "/a?b"};

	for (guint i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(cm_http_path_is_plain(good[i]));
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(cm_http_path_is_plain(bad[i]));
}

static void
check_match(const gchar *pattern, const gchar *path, const gchar *first, const gchar *second)
{
	gchar *parts[CM_HTTP_PATH_PARTS_MAX] = {NULL};
	gboolean matches = cm_http_path_match(pattern, path, parts);

	g_assert_cmpint(matches, ==, first != NULL);
	if (matches) {
		g_assert_cmpstr(parts[0] != NULL ? parts[0] : "", ==, first);
		g_assert_cmpstr(parts[1], ==, second);
	}
	for (guint i = 0; i < CM_HTTP_PATH_PARTS_MAX; i++)
		g_free(parts[i]);
}

static void
test_match(void)
{
	check_match("/", "/", "", NULL);
	check_match("/c", "/c", "", NULL);
	check_match("/v/{}", "/v/abc", "abc", NULL);
	check_match("/v/{}/door/{}", "/v/abc/door/7", "abc", "7");
	check_match("/v/{}", "/v/abc/d", NULL, NULL);
	check_match("/v/{}/door/{}", "/v/abc/door", NULL, NULL);
	check_match("/v/{}", "/w/abc", NULL, NULL);
	check_match("/v/{}", "/v", NULL, NULL);
	check_match("/p/door", "/p/do", NULL, NULL);
	check_match("/p/do", "/p/door", NULL, NULL);
	check_match("/", "/c", NULL, NULL);
}

static void
test_etag(void)
{
	g_assert_true(cm_http_path_lists_etag("\"a\"", "\"a\""));
	g_assert_true(cm_http_path_lists_etag("\"b\", W/\"a\"", "\"a\""));
	g_assert_true(cm_http_path_lists_etag("*", "\"a\""));
	g_assert_false(cm_http_path_lists_etag("\"ab\"", "\"a\""));
	g_assert_false(cm_http_path_lists_etag("a", "\"a\""));
	g_assert_false(cm_http_path_lists_etag("", "\"a\""));
}

static void
test_language(void)
{
	g_assert_cmpstr(cm_http_path_choose_language(NULL), ==, "fr");
	g_assert_cmpstr(cm_http_path_choose_language("en-CA,en;q=0.9,fr;q=0.4"), ==, "en");
	g_assert_cmpstr(cm_http_path_choose_language("fr-CA,en;q=0.5"), ==, "fr");
	g_assert_cmpstr(cm_http_path_choose_language("de, es"), ==, "fr");
	g_assert_cmpstr(cm_http_path_choose_language("en;q=x"), ==, "fr");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/http-path/plain", test_plain);
	g_test_add_func("/http-path/match", test_match);
	g_test_add_func("/http-path/etag", test_etag);
	g_test_add_func("/http-path/language", test_language);
	return g_test_run();
}
