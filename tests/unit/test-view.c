// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/view.h"

#include "include/cm-error.h"

#include <string.h>

#define START                                                                                      \
	"{\"format\":\"comodal-view/"                                                              \
	"1\",\"now\":1788900000,\"language\":\"fr\",\"zone\":\"America/Toronto\""
#define ITEM "{\"subject\":1,\"start\":1788900900,\"end\":1788903600"

static void
test_view_reads(void)
{
	const gchar *text =
	    START ",\"role\":\"host\",\"means\":\"pass\",\"name\":\" Jo\\u202e\\n\\u0001e "
		  "\",\"organisation\":\"\",\"new\":{\"x\":[1]},"
		  "\"servers\":[\"turns:a:443\",\"https://b\",4,\"stun:c\"],"
		  "\"help\":{\"phone\":\"418\",\"hours\":null},\"more\":2,\"items\":[" ITEM
		  ",\"version\":7,\"mode\":\"video-school\",\"may\":[\"respond\",\"fly\"],\"door\":"
		  "{\"state\":\"late\",\"opens\":5,"
		  "\"ask\":[\"consent\"],\"visit\":{\"number\":8,\"state\":\"inside\",\"since\":6},"
		  "\"room\":{\"turn\":2,\"kind\":\"bbb\"}},"
		  "\"request\":{\"state\":\"declined\",\"start\":9,\"answer\":\"no\"}}],"
		  "\"waiting\":[{\"visit\":8,\"subject\":1,\"name\":\"X\",\"role\":\"interpreter\","
		  "\"state\":\"inside\","
		  "\"answers\":{\"place\":\"here\",\"consent\":true},\"help\":{\"number\":3,"
		  "\"report\":{\"camera\":\"0\"}}}]}";
	g_autoptr(GError) error = NULL;
	g_autoptr(CmView) view = cm_view_read(text, strlen(text), &error);
	const CmViewItem *item = NULL;
	const CmViewWaiting *waiting = NULL;

	g_assert_no_error(error);
	g_assert_cmpstr(view->name, ==, "Jo e");
	g_assert_null(view->organisation);
	/* others are passed over */
	g_assert_cmpuint(g_strv_length(view->servers), ==, 2);
	g_assert_cmpstr(view->servers[1], ==, "stun:c");
	g_assert_true(cm_view_is_host(view));
	g_assert_true(view->pass);
	g_assert_cmpuint(view->more, ==, 2);
	g_assert_null(cm_view_find(view, 2));
	item = cm_view_find(view, 1);
	g_assert_cmpuint(item->version, ==, 7);
	g_assert_cmpint(item->mode, ==, CM_VIEW_VIDEO_SCHOOL);
	g_assert_cmpuint(item->may, ==, CM_VIEW_MAY_RESPOND);
	g_assert_cmpint(item->door.state, ==, CM_VIEW_DOOR_LATE);
	g_assert_cmpuint(item->door.ask, ==, CM_VIEW_ASK_CONSENT);
	g_assert_cmpint(item->door.visit, ==, CM_VIEW_VISIT_INSIDE);
	g_assert_cmpint(item->door.room, ==, CM_VIEW_ROOM_BBB);
	g_assert_cmpint(item->request, ==, CM_VIEW_REQUEST_DECLINED);
	waiting = g_ptr_array_index(view->waiting, 0);
	g_assert_cmpint(waiting->role, ==, CM_VIEW_INTERPRETER);
	g_assert_true(waiting->consent);
	g_assert_cmpint(waiting->help.state, ==, CM_VIEW_HELP_WAITING);
	g_assert_cmpstr(waiting->help.camera, ==, "0");
}

/* a call for help that is over is as if it had not been; that a request was taken back is a receipt */
static void
test_view_over(void)
{
	const gchar *text =
	    START ",\"items\":[" ITEM ",\"request\":{\"state\":\"withdrawn\"},\"help\":{\"number\":"
		  "1,\"state\":\"closed\"}}]}";
	g_autoptr(GError) error = NULL;
	g_autoptr(CmView) view = cm_view_read(text, strlen(text), &error);
	const CmViewItem *item = NULL;

	g_assert_no_error(error);
	item = cm_view_find(view, 1);
	g_assert_cmpint(item->request, ==, CM_VIEW_REQUEST_WITHDRAWN);
	g_assert_cmpint(item->help.state, ==, CM_VIEW_HELP_NONE);
}

static void
assert_refused(const gchar *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmView) view = cm_view_read(text, strlen(text), &error);

	g_assert_null(view);
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
}

static void
test_view_refuses(void)
{
	static const gchar *const texts[] = {
	    "",
	    "{",
	    "[]",
	    "{}",
	    "{\"format\":\"comodal-view/2\",\"now\":1,\"language\":\"fr\",\"zone\":\"UTC\"}",
	    "{\"format\":\"comodal-view/1\",\"now\":0,\"language\":\"fr\",\"zone\":\"UTC\"}",
	    "{\"format\":\"comodal-view/1\",\"now\":1,\"zone\":\"UTC\"}",
	    "{\"format\":\"comodal-view/1\",\"now\":1,\"language\":\"fr\"}",
	    START ",\"name\":7}",
	    START ",\"role\":\"king\"}",
	    START ",\"help\":[]}",
	    START ",\"more\":-1}",
	    START ",\"items\":{}}",
	    START ",\"items\":[7]}",
	    START ",\"items\":[{\"start\":1,\"end\":2}]}",
	    START ",\"items\":[{\"subject\":1,\"start\":3,\"end\":2}]}",
	    START ",\"items\":[" ITEM ",\"mode\":\"by post\"}]}",
	    START ",\"items\":[" ITEM ",\"start\":1.5}]}",
	    START ",\"items\":[" ITEM ",\"end\":9223372036854775807}]}",
	    START ",\"items\":[" ITEM ",\"may\":[1]}]}",
	    START ",\"items\":[" ITEM ",\"door\":{\"visit\":{\"state\":\"flown\"}}}]}",
	    START ",\"items\":[" ITEM ",\"door\":{\"room\":{\"kind\":\"attic\"}}}]}",
	    START ",\"waiting\":[{\"answers\":{\"consent\":\"yes\"}}]}",
	    START ",\"x\":[[[[[[[[[[[[1]]]]]]]]]]]]}",
	};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		assert_refused(texts[i]);
}

/* the log is to say what came instead */
static void
assert_said(const gchar *text, gsize length, const gchar *said)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmView) view = cm_view_read(text, length, &error);
	g_autofree gchar *english = NULL;

	g_assert_null(view);
	english = cm_error_to_english(error);
	g_assert_cmpstr(english, ==, said);
}

static void
test_view_says_why(void)
{
	g_autofree gchar *huge = g_strnfill(CM_VIEW_OCTETS_MAX + 1, ' ');

	assert_said("", 0, "a view is empty");
	assert_said(huge, CM_VIEW_OCTETS_MAX + 1, "a view of 1048577 octets is too long");
	assert_said("{\"a\":\"\x90\"}", 9, "a view of 9 octets is not UTF-8");
	assert_said("{\"a\":}", 6, "a view of 6 octets is not the JSON object that it is to be");
	assert_said("[1]", 3, "a view of 3 octets is not the JSON object that it is to be");
}

static void
test_view_bounds(void)
{
	g_autoptr(GString) many = g_string_new(START ",\"items\":[" ITEM "}");
	g_autoptr(GString) large = g_string_new(START ",\"name\":\"");
	g_autoptr(GString) huge = g_string_new(START ",\"x\":\"");

	for (guint i = 0; i < CM_VIEW_ITEMS_MAX; i++)
		g_string_append(many, "," ITEM "}");
	g_string_append(many, "]}");
	assert_refused(many->str);
	for (guint i = 0; i <= CM_VIEW_TEXT_MAX; i++)
		g_string_append_c(large, 'a');
	g_string_append(large, "\"}");
	assert_refused(large->str);
	for (guint i = 0; i < CM_VIEW_OCTETS_MAX; i++)
		g_string_append_c(huge, 'a');
	g_string_append(huge, "\"}");
	assert_refused(huge->str);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/view/reads", test_view_reads);
	g_test_add_func("/view/over", test_view_over);
	g_test_add_func("/view/refuses", test_view_refuses);
	g_test_add_func("/view/bounds", test_view_bounds);
	g_test_add_func("/view/says-why", test_view_says_why);
	return g_test_run();
}
