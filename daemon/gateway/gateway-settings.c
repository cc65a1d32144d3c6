// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/gateway/gateway-settings.h"

#include "daemon/gateway/http-listener.h"
#include "daemon/policy/policy-file.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#define GROUP_GATEWAY "Gateway"
#define GROUP_HTTP "Http"
#define PATH_MAX_OCTETS 107 /* sun_path */
#define CONNECTIONS_MAX 65536

typedef struct {
	gboolean session;
	gboolean version;
	gchar *config;
} Arguments;

static void
arguments_clear(Arguments *arguments)
{
	g_free(arguments->config);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static gboolean
arguments_parse(Arguments *arguments, const gchar *const *argv, GError **error)
{
	const GOptionEntry entries[] = {{"session", 0, 0, G_OPTION_ARG_NONE, &arguments->session,
					 N_("Serve the comodald of one person's session"), NULL},
					{"config", 0, 0, G_OPTION_ARG_FILENAME, &arguments->config,
					 N_("The configuration"), N_("FILE")},
					{"version", 0, 0, G_OPTION_ARG_NONE, &arguments->version,
					 N_("Print the version and exit"), NULL},
					G_OPTION_ENTRY_NULL};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) local = NULL;
	g_auto(GStrv) copy = g_strdupv((gchar **)argv);

	g_option_context_set_translation_domain(context, CM_TEXT_DOMAIN);
	g_option_context_set_summary(
	    context, N_("Shows people their pages and holds their video rooms together. It is the "
			"only part of comodal that browsers reach."));
	g_option_context_add_main_entries(context, entries, CM_TEXT_DOMAIN);
	if (!g_option_context_parse_strv(context, &copy, &local)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The command line is not understood: {0}."), local->message, NULL);
		return FALSE;
	}
	if (copy[0] == NULL || copy[1] == NULL)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("Unexpected argument “{0}”."), copy[1],
		     NULL);
	return FALSE;
}

/* ---- values */

static void
take_path(CmPolicyFile *file, const gchar *group, const gchar *key, gsize max, gchar **out_path)
{
	g_autofree gchar *path = cm_policy_file_take_string(file, group, key);

	if (path == NULL)
		return;
	if (!g_path_is_absolute(path) || strlen(path) > max) {
		cm_policy_file_fault(file, group, key,
				     N_("A whole path, not too long, is expected here."), NULL);
		return;
	}
	g_free(*out_path);
	*out_path = g_steal_pointer(&path);
}

static void
take_count(CmPolicyFile *file, const gchar *key, gint least, gint most, guint *out_count)
{
	gint number = 0;

	if (cm_policy_file_take_number(file, GROUP_HTTP, key, least, most, &number))
		*out_count = (guint)number;
}

static void
take_listen(CmHttpSettings *http, CmPolicyFile *file)
{
	g_autofree gchar *where = cm_policy_file_take_string(file, GROUP_HTTP, "Listen");

	if (where == NULL)
		return;
	if (!cm_http_listener_is_place(where)) {
		cm_policy_file_fault(file, GROUP_HTTP, "Listen",
				     N_("ADDRESS:PORT, [ADDRESS]:PORT or the path of a unix socket "
					"is expected here."),
				     NULL);
		return;
	}
	g_free(http->listen);
	http->listen = g_steal_pointer(&where);
}

/* as browsers write it: without a path, and in small letters */
static gboolean
is_origin(const gchar *text)
{
	g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
	const gchar *host = uri != NULL ? g_uri_get_host(uri) : NULL;
	g_autofree gchar *small = g_ascii_strdown(text, -1);

	if (host == NULL || *host == '\0' || g_uri_get_userinfo(uri) != NULL ||
	    *g_uri_get_path(uri) != '\0' || g_uri_get_query(uri) != NULL ||
	    g_uri_get_fragment(uri) != NULL || !g_str_equal(small, text))
		return FALSE;
	return g_str_equal(g_uri_get_scheme(uri), "https") ||
	       g_str_equal(g_uri_get_scheme(uri), "http");
}

static void
take_origin(CmHttpSettings *http, CmPolicyFile *file)
{
	g_autofree gchar *origin = cm_policy_file_take_string(file, GROUP_HTTP, "Origin");

	if (origin != NULL && !is_origin(origin)) {
		cm_policy_file_fault(file, GROUP_HTTP, "Origin",
				     N_("https:// and a host in small letters is expected here, "
					"and nothing after it."),
				     NULL);
	} else if (origin != NULL) {
		g_free(http->origin);
		http->origin = g_steal_pointer(&origin);
	} else if (http->origin == NULL) {
		cm_policy_file_fault(file, GROUP_HTTP, NULL,
				     N_("Origin is missing: the address that people's links begin "
					"with."),
				     NULL);
	}
}

static void
take_tls(CmHttpSettings *http, CmPolicyFile *file)
{
	take_path(file, GROUP_HTTP, "Certificate", G_MAXSIZE, &http->certificate);
	take_path(file, GROUP_HTTP, "Key", G_MAXSIZE, &http->key);
	if ((http->certificate == NULL) != (http->key == NULL))
		cm_policy_file_fault(file, GROUP_HTTP, http->key != NULL ? "Key" : "Certificate",
				     N_("Certificate and Key belong together."), NULL);
}

static void
take_proxies(CmHttpSettings *http, CmPolicyFile *file)
{
	g_auto(GStrv) proxies = cm_policy_file_take_list(file, GROUP_HTTP, "Proxies");

	for (guint i = 0; proxies != NULL && proxies[i] != NULL; i++) {
		g_autoptr(GInetAddressMask) mask =
		    g_inet_address_mask_new_from_string(proxies[i], NULL);

		if (mask == NULL)
			cm_policy_file_fault(file, GROUP_HTTP, "Proxies",
					     N_("“{0}” is no address and no network."), proxies[i],
					     NULL);
	}
	if (proxies != NULL) {
		g_strfreev(http->proxies);
		http->proxies = g_steal_pointer(&proxies);
	}
}

static void
take_http(CmHttpSettings *http, CmPolicyFile *file)
{
	take_listen(http, file);
	take_origin(http, file);
	take_tls(http, file);
	take_proxies(http, file);
	take_count(file, "Connections", 16, CONNECTIONS_MAX, &http->connections);
	take_count(file, "Sockets", 16, CONNECTIONS_MAX, &http->sockets);
	take_count(file, "PerAddress", 4, CONNECTIONS_MAX, &http->connections_per_address);
	take_count(file, "Threads", 1, CM_HTTP_SETTINGS_THREADS_MAX, &http->threads);
}

static void
reject_rest(CmPolicyFile *file)
{
	static const gchar *const groups[] = {GROUP_GATEWAY, GROUP_HTTP, CM_HELP_LINE_GROUP, NULL};

	for (const gchar *const *group = cm_policy_file_get_groups(file); *group != NULL; group++) {
		if (g_strv_contains(groups, *group))
			cm_policy_file_reject_rest(file, *group);
		else
			cm_policy_file_fault(file, *group, NULL, N_("There is no such group here."),
					     NULL);
	}
}

/* ---- all of it */

static void
set_defaults(CmGatewaySettings *settings, gboolean session)
{
	settings->http = cm_http_settings_new();
	settings->http->listen = g_strdup(CM_GATEWAY_SETTINGS_LISTEN);
	if (session) {
		settings->socket =
		    g_build_filename(g_get_user_runtime_dir(), "comodal", "gateway.socket", NULL);
		settings->http->origin = g_strdup("http://" CM_GATEWAY_SETTINGS_LISTEN);
		return;
	}
	settings->socket = g_strdup("/run/comodal-gateway/gateway.socket");
}

static gchar *
make_default_path(gboolean session)
{
	if (session)
		return g_build_filename(g_get_user_config_dir(), "comodal", "gateway.conf", NULL);
	return g_build_filename(CM_SYSCONF_DIR, "comodal", "gateway.conf", NULL);
}

static gboolean
settings_read(CmGatewaySettings *settings, const gchar *path, CmFaults *faults, GError **error)
{
	guint before = cm_faults_get_total(faults);
	g_autoptr(CmPolicyFile) file = cm_policy_file_read(path, faults);

	if (file != NULL) {
		take_path(file, GROUP_GATEWAY, "Socket", PATH_MAX_OCTETS, &settings->socket);
		take_http(settings->http, file);
		cm_help_line_take(&settings->help, file);
		reject_rest(file);
	}
	if (cm_faults_get_total(faults) == before)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("The configuration {0} is not right."), path,
		     NULL);
	return FALSE;
}

CmGatewaySettings *
cm_gateway_settings_new(const gchar *const *argv, CmFaults *faults, GError **error)
{
	g_auto(Arguments) arguments = {0};
	g_autoptr(CmGatewaySettings) settings = g_new0(CmGatewaySettings, 1);
	g_autofree gchar *usual = NULL;
	const gchar *path = NULL;

	if (!arguments_parse(&arguments, argv, error))
		return NULL;
	settings->show_version = arguments.version;
	set_defaults(settings, arguments.session);
	usual = make_default_path(arguments.session);
	path = arguments.config != NULL ? arguments.config : usual;
	if (settings->show_version || (arguments.session && arguments.config == NULL &&
				       !g_file_test(path, G_FILE_TEST_EXISTS)))
		return g_steal_pointer(&settings);
	if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no configuration file {0}."),
			     path, NULL);
		return NULL;
	}
	return settings_read(settings, path, faults, error) ? g_steal_pointer(&settings) : NULL;
}

void
cm_gateway_settings_free(CmGatewaySettings *settings)
{
	if (settings == NULL)
		return;
	g_free(settings->socket);
	cm_http_settings_free(settings->http);
	cm_help_line_clear(&settings->help);
	g_free(settings);
}
