// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/option-dictionary.h"

#include "include/cm-error.h"

typedef struct {
	gboolean flag;
	gdouble number;
	const gchar *text;
	guint64 large;
	guint32 small;
} Values;

static gboolean
read_text(const gchar *text, GVariant **out_dictionary, Values *values, GError **error)
{
	const CmOption known[] = {{"flag", "b", &values->flag},
				  {"number", "d", &values->number},
				  {"text", "s", &values->text},
				  {"large", "t", &values->large},
				  {"small", "u", &values->small}};

	*out_dictionary = g_variant_parse(G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
	g_assert_nonnull(*out_dictionary);
	return cm_option_dictionary_read(*out_dictionary, known, G_N_ELEMENTS(known), error);
}

static void
test_option_dictionary_reads(void)
{
	g_autoptr(GVariant) dictionary = NULL;
	g_autoptr(GError) error = NULL;
	Values values = {.small = 7};

	g_assert_true(read_text("{'flag': <true>, 'number': <2.5>, 'text': <'é'>, "
				"'large': <uint64 18446744073709551615>}",
				&dictionary, &values, &error));
	g_assert_no_error(error);
	g_assert_true(values.flag);
	g_assert_cmpfloat(values.number, ==, 2.5);
	g_assert_cmpstr(values.text, ==, "é");
	g_assert_cmpuint(values.large, ==, G_MAXUINT64);
	/* what is not given stays */
	g_assert_cmpuint(values.small, ==, 7);
}

static void
check_refused(const gchar *text, const gchar *named)
{
	g_autoptr(GVariant) dictionary = NULL;
	g_autoptr(GError) error = NULL;
	Values values = {0};

	g_assert_false(read_text(text, &dictionary, &values, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
	g_assert_nonnull(strstr(error->message, named));
}

static void
test_option_dictionary_refuses(void)
{
	check_refused("{'flog': <true>}", "“flog”");
	check_refused("{'flag': <true>, 'flog': <1>}", "“flog”");
	check_refused("{'flag': <1>}", "“flag”");
	check_refused("{'small': <uint64 1>}", "“small”");
	check_refused("{'text': <objectpath '/'>}", "“text”");
	check_refused("{'': <true>}", "“”");
	check_refused("{'flag': <true>, 'flag': <false>}", "“flag”");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/option-dictionary/reads", test_option_dictionary_reads);
	g_test_add_func("/option-dictionary/refuses", test_option_dictionary_refuses);
	return g_test_run();
}
