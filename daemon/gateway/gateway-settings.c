// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/gateway-settings.h"

#include "daemon/bus/program-settings.h"
#include "daemon/gateway/http-listener.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

#define GROUP_GATEWAY "Gateway"
#define GROUP_HTTP "Http"
#define CONNECTIONS_MAX 65536

/* ---- values */

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
	cm_policy_file_take_path(file, GROUP_HTTP, "Certificate", G_MAXSIZE, &http->certificate);
	cm_policy_file_take_path(file, GROUP_HTTP, "Key", G_MAXSIZE, &http->key);
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

static gboolean
take_all(CmPolicyFile *file, gpointer user_data, GError **error)
{
	CmGatewaySettings *settings = user_data;

	cm_policy_file_take_path(file, GROUP_GATEWAY, "Socket", CM_PROGRAM_SOCKET_MAX,
				 &settings->socket);
	take_http(settings->http, file);
	cm_help_line_take(&settings->help, file);
	return TRUE;
}

CmGatewaySettings *
cm_gateway_settings_new(const gchar *const *argv, CmFaults *faults, GError **error)
{
	static const gchar *const groups[] = {GROUP_GATEWAY, GROUP_HTTP, CM_HELP_LINE_GROUP, NULL};
	g_auto(CmProgramOptions) options = {0};
	g_autoptr(CmGatewaySettings) settings = g_new0(CmGatewaySettings, 1);
	CmProgramConfiguration configuration = {
	    .usual = "gateway.conf", .groups = groups, .take = take_all, .user_data = settings};

	if (!cm_program_settings_parse_usual(
		N_("Shows people their pages and holds their video rooms together. It is the only "
		   "part of comodal that browsers reach."),
		argv, &options, error))
		return NULL;
	settings->show_version = options.show_version;
	set_defaults(settings, options.session);
	configuration.named = options.file;
	configuration.session = options.session;
	/* how browsers know us has no default but for one person's trial */
	configuration.needed = !options.session;
	return settings->show_version || cm_program_settings_read(&configuration, faults, error)
		   ? g_steal_pointer(&settings)
		   : NULL;
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
