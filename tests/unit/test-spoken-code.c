// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/spoken-code.h"

#include <string.h>

static void
test_make(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	guint counts[256] = {0};

	for (guint i = 0; i < 4000; i++) {
		gchar *code = cm_spoken_code_make();
		g_autofree gchar *again = cm_spoken_code_read(code);

		g_assert_cmpuint(strlen(code), ==, CM_SPOKEN_CODE_LENGTH);
		g_assert_cmpstr(again, ==, code);
		for (const gchar *p = code; *p != '\0'; p++)
			counts[(guint8)*p]++;
		g_assert_true(g_hash_table_add(seen, code));
	}
	/* 32,000 characters of 32: 1000 of each, and none that is mistaken for another */
	for (const gchar *p = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; *p != '\0'; p++)
		g_assert_cmpuint(counts[(guint8)*p], >, 800);
	for (const gchar *p = "ILOU"; *p != '\0'; p++)
		g_assert_cmpuint(counts[(guint8)*p], ==, 0);
}

static void
test_read(void)
{
	static const struct {
		const gchar *typed;
		const gchar *code;
	} rows[] = {
	    {"7Q2M-K0XZ", "7Q2MK0XZ"},
	    {"7q2mk0xz", "7Q2MK0XZ"},
	    {" 7 Q 2 m-KoXz ", "7Q2MK0XZ"},
	    {"iLi0-0000", "11100000"},
	    {"7Q2M-K0X", NULL},
	    {"7Q2M-K0XZ7", NULL},
	    {"7Q2M-K0XU", NULL},
	    {"7Q2M_K0XZ", NULL},
	    {"", NULL},
	    {"----", NULL},
	    {"7Q2M\xe2\x80\x91KXZ", NULL},
	    {"7Q2MK0X\n", NULL},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree gchar *code = cm_spoken_code_read(rows[i].typed);

		g_assert_cmpstr(code, ==, rows[i].code);
	}
}

static void
test_show(void)
{
	static const guint8 expected[] = {0x58, 0xbe, 0x8f};
	g_autofree gchar *shown = cm_spoken_code_format("7Q2MK0XZ");
	guint8 hash[CM_SPOKEN_CODE_HASH_BYTES];

	g_assert_cmpstr(shown, ==, "7Q2M-K0XZ");
	cm_spoken_code_hash("7Q2MK0XZ", hash);
	g_assert_cmpmem(hash, sizeof expected, expected, sizeof expected);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/spoken-code/make", test_make);
	g_test_add_func("/spoken-code/read", test_read);
	g_test_add_func("/spoken-code/show", test_show);
	return g_test_run();
}
