// SPDX-License-Identifier: GPL-3.0-or-later
#include "include/cm-message.h"

/* A message comes from another process: whatever its bytes, reading it is safe, and making one of it keeps it whole. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autofree gchar *text = g_strndup((const gchar *)data, size);
	g_autofree gchar *localized = cm_message_localize(text);
	g_autofree gchar *english = cm_message_to_english(text);
	g_autofree gchar *message = cm_message_new("“{0}”", text, NULL);
	g_autofree gchar *again = cm_message_localize(message);
	g_autofree gchar *plain = cm_message_to_english(message);

	g_assert_true(g_utf8_validate(message, -1, NULL));
	/* no catalogue is bound here: both are English */
	g_assert_cmpstr(again, ==, plain);
	g_assert_true(g_str_has_prefix(plain, "“") && g_str_has_suffix(plain, "”"));
	return 0;
}
