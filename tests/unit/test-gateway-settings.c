// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/gateway-settings.h"

#include "include/cm-error.h"

#include <glib/gstdio.h>
#include <string.h>

#define ORIGIN "[Http]\nOrigin=https://css.example\n"

static CmGatewaySettings *
load(const gchar *text, CmFaults *faults, GError **error)
{
	g_autofree gchar *path = NULL;
	gint descriptor = g_file_open_tmp("gateway-XXXXXX.conf", &path, NULL);
	const gchar *argv[] = {"comodal-gateway", "--config", path, NULL};
	CmGatewaySettings *settings = NULL;

	g_assert_cmpint(descriptor, >=, 0);
	g_close(descriptor, NULL);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	settings = cm_gateway_settings_new(argv, faults, error);
	g_assert_cmpint(g_unlink(path), ==, 0);
	return settings;
}

static void
test_gateway_settings_absent(void)
{
	const gchar *session[] = {"comodal-gateway", "--session", NULL};
	const gchar *machine[] = {"comodal-gateway", "--config", "/nonexistent/gateway.conf", NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmGatewaySettings) usual = cm_gateway_settings_new(session, faults, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(usual->http->origin, ==, "http://127.0.0.1:8420");
	g_assert_null(usual->help.phone);
	g_assert_null(cm_gateway_settings_new(machine, faults, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_NOT_FOUND));
}

static void
test_gateway_settings_help(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmGatewaySettings) settings =
	    load(ORIGIN "[Help]\nPhone=+1 (418) 555-0100, poste 12\nHours[fr]=de 8 h à 16 h\n"
			"Hours[en]=8 to 4\n",
		 faults, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(settings->help.phone, ==, "+1 (418) 555-0100, poste 12");
	g_assert_cmpstr(cm_help_line_get_hours(&settings->help, "fr"), ==, "de 8 h à 16 h");
	g_assert_cmpstr(cm_help_line_get_hours(&settings->help, "en"), ==, "8 to 4");
}

/* each says its file, its line, its group and key, and what was expected */
static void
test_gateway_settings_faults(void)
{
	static const struct {
		const gchar *text;
		guint line;
		const gchar *path;
		const gchar *expected;
	} wrong[] = {
	    {"[Help]\nPhone=the secretary\n", 4, "[Help] Phone", "A telephone number as"},
	    {"[Help]\nPhone=poste 12, 418 555-0100\n", 4, "[Help] Phone", "A telephone number as"},
	    {"[Help]\nPhone=+1\n", 4, "[Help] Phone", "A telephone number as"},
	    {"[Help]\nPhone=\n", 4, "[Help] Phone", "A text is expected"},
	    {"[Help]\n\nHours[fr]=a\\nb\n", 5, "[Help] Hours[fr]", "One line of text"},
	    {"[Help]\nHours=8 to 4\n", 4, "[Help] Hours", "No such key"},
	    {"[Help]\nHours[xx]=8 to 4\n", 4, "[Help] Hours[xx]", "No such key"},
	    {"[Helf]\nPhone=418 555-0100\n", 3, "[Helf]", "There is no such group"},
	    {"Listen=here\n", 3, "[Http] Listen", "ADDRESS:PORT"},
	    {"Certificate=relative\n", 3, "[Http] Certificate", "A whole path"},
	    {"Threads=9\n", 3, "[Http] Threads", "A whole number from"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autofree gchar *text = g_strconcat(ORIGIN, wrong[i].text, NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(CmFaults) faults = cm_faults_new();
		g_autoptr(CmGatewaySettings) settings = load(text, faults, &error);
		const CmFault *fault = cm_faults_get(faults, 0);

		g_test_message("%s", wrong[i].text);
		g_assert_null(settings);
		g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
		g_assert_true(g_str_has_suffix(fault->file, ".conf"));
		g_assert_cmpuint(fault->line, ==, wrong[i].line);
		g_assert_cmpstr(fault->path, ==, wrong[i].path);
		g_assert_nonnull(strstr(fault->message, wrong[i].expected));
	}
}

int
main(int argc, char **argv)
{
	g_setenv("XDG_CONFIG_HOME", "/nonexistent", TRUE);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gateway-settings/absent", test_gateway_settings_absent);
	g_test_add_func("/gateway-settings/help", test_gateway_settings_help);
	g_test_add_func("/gateway-settings/faults", test_gateway_settings_faults);
	return g_test_run();
}
