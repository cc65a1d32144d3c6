// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/answer-reader.h"

#include <string.h>

/* Any bytes: nothing, or short texts of UTF-8 without controls, within the limits. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_text(const gchar *text, gsize max)
{
	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_assert_cmpuint(strlen(text), <=, max);
	for (const gchar *p = text; *p != '\0'; p++)
		g_assert_false(g_ascii_iscntrl(*p));
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(JsonObject) values = cm_answer_reader_read((const gchar *)data, size);
	JsonObjectIter iter;
	const gchar *name = NULL;
	JsonNode *node = NULL;

	if (values == NULL)
		return 0;
	g_assert_cmpuint(size, <=, CM_ANSWER_READER_OCTETS_MAX);
	g_assert_cmpuint(json_object_get_size(values), <=, CM_ANSWER_READER_VALUES_MAX);
	json_object_iter_init(&iter, values);
	while (json_object_iter_next(&iter, &name, &node)) {
		check_text(name, CM_ANSWER_READER_NAME_MAX);
		check_text(json_node_get_string(node), CM_ANSWER_READER_TEXT_MAX);
	}
	return 0;
}
