// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/reach/mail-address.h"
#include "include/cm-error.h"

#include <string.h>

static void
check_taken(const gchar *text, const gchar *expected)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *address = cm_mail_address_parse(text, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(address, ==, expected);
}

static void
test_taken(void)
{
	check_taken("marie.tremblay@css.example", "marie.tremblay@css.example");
	check_taken("  Marie@CSS.Example\n", "Marie@css.example");
	check_taken("o'neil+ecole@a-b.qc.ca", "o'neil+ecole@a-b.qc.ca");
	check_taken("x_y%z=1@localhost", "x_y%z=1@localhost");
	check_taken("marie@école.example", "marie@xn--cole-9oa.example");
	check_taken("1@1.example", "1@1.example");
}

static void
test_refused(void)
{
	static const gchar *const texts[] = {"",
					     "   ",
					     "marie",
					     "@css.example",
					     "marie@",
					     "marie@css",
					     "marie@.example",
					     "marie@css..example",
					     "marie@-css.example",
					     "marie@css-.example",
					     "marie@css.example.",
					     "marie@@css.example",
					     "a@b.example@c.example",
					     "a@b.example,c@d.example",
					     "a@b.example;c@d.example",
					     "a@b.example c@d.example",
					     "Marie <marie@css.example>",
					     "<marie@css.example>",
					     "\"marie t\"@css.example",
					     "marie@[10.0.0.1]",
					     "marie(x)@css.example",
					     "friends: a@b.example;",
					     "marie@css.example\r\nBcc: x@y.example",
					     "ma\rrie@css.example",
					     "ma\001rie@css.example",
					     "ma\177rie@css.example",
					     "marie\302\205@css.example",
					     "marie\342\200\256@css.example",
					     "mari\303@css.example",
					     "hél\303\250ne@css.example",
					     ".marie@css.example",
					     "marie.@css.example",
					     "ma..rie@css.example",
					     "marie@css_x.example"};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree gchar *address = cm_mail_address_parse(texts[i], &error);

		if (address != NULL)
			g_test_message("taken: “%s” as “%s”", texts[i], address);
		g_assert_null(address);
		g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
		/* an address is nobody else's to read: not in a message either */
		g_assert_null(strstr(error->message, "css"));
	}
}

static gchar *
make_long(gsize local, gsize domain)
{
	g_autofree gchar *before = g_strnfill(local, 'a');
	g_autoptr(GString) after = g_string_new(NULL);

	while (after->len + 8 < domain)
		g_string_append(after, "bcdefg.");
	while (after->len < domain)
		g_string_append_c(after, 'h');
	return g_strdup_printf("%s@%s", before, after->str);
}

static void
test_length(void)
{
	g_autofree gchar *fits = make_long(CM_MAIL_ADDRESS_LOCAL_MAX, CM_MAIL_ADDRESS_MAX - 65);
	g_autofree gchar *long_local = make_long(CM_MAIL_ADDRESS_LOCAL_MAX + 1, 20);
	g_autofree gchar *long_whole = make_long(64, CM_MAIL_ADDRESS_MAX - 64);
	g_autofree gchar *huge = make_long(1000, 1000000);
	g_autofree gchar *first = NULL;
	g_autofree gchar *second = NULL;
	g_autofree gchar *third = NULL;

	check_taken(fits, fits);
	first = cm_mail_address_parse(long_local, NULL);
	second = cm_mail_address_parse(long_whole, NULL);
	third = cm_mail_address_parse(huge, NULL);
	g_assert_null(first);
	g_assert_null(second);
	g_assert_null(third);
}

static void
test_fold(void)
{
	static const gchar *const pairs[][2] = {{"Marie.T@CSS.example", "marie.t@css.EXAMPLE"},
						{"a@école.example", "A@xn--cole-9oa.example"},
						{"no address", "NO Address"}};
	g_autofree gchar *one = cm_mail_address_fold("a+b@css.example");
	g_autofree gchar *other = cm_mail_address_fold("a@css.example");

	for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autofree gchar *first = cm_mail_address_fold(pairs[i][0]);
		g_autofree gchar *second = cm_mail_address_fold(pairs[i][1]);

		g_assert_cmpstr(first, ==, second);
	}
	g_assert_cmpstr(one, !=, other);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail-address/taken", test_taken);
	g_test_add_func("/mail-address/refused", test_refused);
	g_test_add_func("/mail-address/length", test_length);
	g_test_add_func("/mail-address/fold", test_fold);
	return g_test_run();
}
