// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-settings.h"

CmHttpSettings *
cm_http_settings_new(void)
{
	CmHttpSettings *settings = g_new0(CmHttpSettings, 1);

	settings->proxies = g_new0(gchar *, 1);
	settings->connections = CM_HTTP_SETTINGS_CONNECTIONS;
	settings->sockets = CM_HTTP_SETTINGS_SOCKETS;
	settings->connections_per_address = CM_HTTP_SETTINGS_PER_ADDRESS;
	settings->threads = CLAMP(g_get_num_processors(), CM_HTTP_SETTINGS_THREADS_MIN,
				  CM_HTTP_SETTINGS_THREADS_MAX);
	settings->handlers = CM_HTTP_SETTINGS_HANDLERS;
	return settings;
}

void
cm_http_settings_free(CmHttpSettings *settings)
{
	if (settings == NULL)
		return;
	g_free(settings->listen);
	g_free(settings->origin);
	g_free(settings->certificate);
	g_free(settings->key);
	g_strfreev(settings->proxies);
	g_free(settings);
}
