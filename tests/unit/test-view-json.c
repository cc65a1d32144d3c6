// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/view-json.h"

#include <string.h>

#define DEPTH 3

static CmViewJson *
read_text(const gchar *text)
{
	return cm_view_json_read(text, strlen(text), DEPTH);
}

static void
test_view_json_values(void)
{
	g_autoptr(CmViewJson) json = read_text(
	    " {\"a\":[1,-2.5,\"x,[{\\u00e9\\n\",true,false,null,{}],\"b\":{\"c\":\"\"},\"a2\":7}");
	const CmViewJsonValue *root = cm_view_json_get_root(json);
	const CmViewJsonValue *value = cm_view_json_find(root, "a");
	const CmViewJsonKind kinds[] = {CM_VIEW_JSON_INTEGER, CM_VIEW_JSON_REAL, CM_VIEW_JSON_TEXT,
					CM_VIEW_JSON_FLAG,    CM_VIEW_JSON_FLAG, CM_VIEW_JSON_NULL,
					CM_VIEW_JSON_OBJECT};

	g_assert_cmpint(root->kind, ==, CM_VIEW_JSON_OBJECT);
	g_assert_cmpuint(root->count, ==, 3);
	g_assert_cmpuint(value->count, ==, G_N_ELEMENTS(kinds));
	value = value->first;
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_assert_cmpint(value->kind, ==, kinds[i]);
		g_assert_null(value->name);
		if (i == 0)
			g_assert_cmpint(value->integer, ==, 1);
		if (i == 2)
			g_assert_cmpstr(value->text, ==, "x,[{é\n");
		if (kinds[i] == CM_VIEW_JSON_FLAG)
			g_assert_cmpint(value->integer, ==, i == 3);
		value = value->next;
	}
	g_assert_null(value);
	value = cm_view_json_find(cm_view_json_find(root, "b"), "c");
	g_assert_cmpstr(value->text, ==, "");
	g_assert_null(cm_view_json_find(root, "c"));
	g_assert_cmpint(cm_view_json_find(root, "a2")->integer, ==, 7);
}

static void
test_view_json_last_counts(void)
{
	g_autoptr(CmViewJson) json = read_text("{\"a\":1,\"a\":2}");

	g_assert_cmpint(cm_view_json_find(cm_view_json_get_root(json), "a")->integer, ==, 2);
}

/* a root of any kind */
static void
test_view_json_small(void)
{
	static const gchar *const cases[] = {"1", "\"\"", "[]", "{}", "null", "[[[]]]"};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(CmViewJson) json = read_text(cases[i]);

		g_assert_nonnull(json);
		g_assert_nonnull(cm_view_json_get_root(json));
	}
}

static void
test_view_json_refuses(void)
{
	static const gchar *const cases[] = {
	    "",
	    " ",
	    "{",
	    "{}}",
	    "{} {}",
	    "{},",
	    "[1,]",
	    "{\"a\"}",
	    "{a:1}",
	    "{'a':1}",
	    "[[[[]]]]",
	    "{\"a\":{\"b\":{\"c\":{}}}}",
	    "/* \" */ {}",
	    "{} // x",
	    "\"\xff\"",
	    "\"\xc0\x80\"",
	    "\"\xed\xa0\x80\"",
	    "\"\\ud800\"x",
	    "\"\\udc00\"",
	    "[\"\\udc00\"]",
	    "{\"\\udc00\":1}",
	    "\"a\nb\"",
	    "\"\\q\"",
	    "01",
	    "NaN",
	    "99999999999999999999",
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_null(read_text(cases[i]));
	/* a NUL is no part of a text, whether it stands there or is written by its number */
	g_assert_null(cm_view_json_read("[1]\0", 4, DEPTH));
	g_assert_null(read_text("\"a\\u0000b\""));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/view-json/values", test_view_json_values);
	g_test_add_func("/view-json/last-counts", test_view_json_last_counts);
	g_test_add_func("/view-json/small", test_view_json_small);
	g_test_add_func("/view-json/refuses", test_view_json_refuses);
	return g_test_run();
}
