// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/link.h"

#include <string.h>

/* The vectors were made by Python's hashlib and base64. */
typedef struct {
	CmLinkTarget target;
	const gchar *token;
	const gchar *hash;
} Vector;

static const Vector vectors[] = {
    {{2, 42, CM_LINK_GUEST, 0, 1},
     "6dB6GfLxGVB0vXaYSyb6IA",
     "e6e35595c06d52fe098ab3fa663c02dc6ad3d3af42a6159bf14347abbcdeab5f"},
    {{2, 42, CM_LINK_GUEST, 0, 2},
     "NUtkPwhH8EUst97tfF2I_Q",
     "2b1172dbb8d441a711ee2d362d67f7cddad51088f203693af5e5e9c3ef9694b8"},
    {{2, 42, CM_LINK_FEED, 0, 1},
     "lEMipQ7ci8Z1kdA-5mc_LA",
     "c0d7ae0b49492158da77eaf80d9eddb15b67c995944679438ee913080a8878d2"},
    {{1, 42, CM_LINK_INTERPRETER, 7, 1},
     "UIO7uI7WD4HM4Zw_rVGItw",
     "58d05e79c42c0cacf5e738ac1786a8494deb971165a44ec4b450d85ae4248b97"},
    {{4, 1000, CM_LINK_GUEST, 0, 1},
     "GmcxSKRiSUZWj6GiWtd7wA",
     "a9e310467020fe4fb6eb28753e3e02aefbcb7d11dd5a8d72cf0299f30a54776f"},
};

static void
fill_key(guint8 *key, guint8 first)
{
	for (guint i = 0; i < CM_LINK_KEY_BYTES; i++)
		key[i] = (guint8)(first + i);
}

static gchar *
format_hash(const guint8 *hash)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < CM_LINK_HASH_BYTES; i++)
		g_string_append_printf(text, "%02x", hash[i]);
	return g_string_free(text, FALSE);
}

static void
test_vectors(void)
{
	guint8 key[CM_LINK_KEY_BYTES];

	fill_key(key, 0);
	for (guint i = 0; i < G_N_ELEMENTS(vectors); i++) {
		g_autofree gchar *token = cm_link_derive(key, &vectors[i].target);
		guint8 hash[CM_LINK_HASH_BYTES];
		g_autofree gchar *text = NULL;

		g_assert_cmpstr(token, ==, vectors[i].token);
		g_assert_true(cm_link_hash(token, hash));
		text = format_hash(hash);
		g_assert_cmpstr(text, ==, vectors[i].hash);
	}
}

/* every member counts, and the key */
static void
test_apart(void)
{
	static const CmLinkTarget targets[] = {
	    {2, 42, CM_LINK_GUEST, 0, 1}, {1, 42, CM_LINK_GUEST, 0, 1},
	    {2, 43, CM_LINK_GUEST, 0, 1}, {2, 42, CM_LINK_INTERPRETER, 0, 1},
	    {2, 42, CM_LINK_FEED, 0, 1},  {2, 42, CM_LINK_GUEST, 1, 1},
	    {2, 42, CM_LINK_GUEST, 0, 2}, {2, 42, CM_LINK_GUEST, 1, 0}};
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	guint8 key[CM_LINK_KEY_BYTES];

	for (guint8 first = 0; first < 2; first++) {
		fill_key(key, first);
		for (guint i = 0; i < G_N_ELEMENTS(targets); i++)
			g_assert_true(g_hash_table_add(seen, cm_link_derive(key, &targets[i])));
	}
}

static void
test_no_token(void)
{
	static const gchar *const texts[] = {"",
					     "6dB6GfLxGVB0vXaYSyb6I",
					     "6dB6GfLxGVB0vXaYSyb6IAA",
					     "6dB6GfLxGVB0vXaYSyb6IA==",
					     "6dB6GfLxGVB0vXaYSyb6I+",
					     "6dB6GfLxGVB0vXaYSyb6I/",
					     "6dB6GfLxGVB0vXaYSyb6I ",
					     "../../../../etc/passwd",
					     "6dB6GfLxGVB0vXaYSyb6I\n",
					     "6dB6GfLxGVB0vXaYSyb6IB", /* bits of nothing are set */
					     "\303\251\303\251\303\251\303\251\303\251\303\251"
					     "\303\251\303\251\303\251\303\251\303\251"};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		guint8 hash[CM_LINK_HASH_BYTES];

		g_assert_false(cm_link_hash(texts[i], hash));
	}
}

static void
test_scopes(void)
{
	for (guint i = 0; i < CM_LINK_SCOPE_LAST; i++) {
		CmLinkScope scope = CM_LINK_SCOPE_LAST;

		g_assert_true(
		    cm_link_scope_from_string(cm_link_scope_to_string((CmLinkScope)i), &scope));
		g_assert_cmpuint(scope, ==, i);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/vectors", test_vectors);
	g_test_add_func("/link/apart", test_apart);
	g_test_add_func("/link/no-token", test_no_token);
	g_test_add_func("/link/scopes", test_scopes);
	return g_test_run();
}
