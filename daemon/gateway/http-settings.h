// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What the web server is told: [Http] of gateway.conf (docs/man/comodal-gateway.8). */

typedef struct {
	gchar *listen; /* "127.0.0.1:8080", "[::]:443", or the path of a unix socket */
	gchar *origin; /* "https://rencontres.css.example": how browsers know us */
	/* own TLS: PEM files, or both NULL */
	gchar *certificate;
	gchar *key;
	/* addresses and networks of proxies before us, "10.0.0.0/8"; whoever comes by a unix socket is one */
	GStrv proxies;
	guint connections;             /* in all */
	guint sockets;                 /* web sockets, in all */
	guint connections_per_address; /* each of the two, of one client */
	guint threads;                 /* that serve browsers */
	guint handlers;                /* requests that handlers may have at a time */
} CmHttpSettings;

#define CM_HTTP_SETTINGS_CONNECTIONS 4096
#define CM_HTTP_SETTINGS_SOCKETS 12288
#define CM_HTTP_SETTINGS_PER_ADDRESS 512
#define CM_HTTP_SETTINGS_THREADS_MIN 2
#define CM_HTTP_SETTINGS_THREADS_MAX 8
#define CM_HTTP_SETTINGS_HANDLERS 32

/* The defaults, without where to listen: as many threads as processors, but two at least, so that a burst of refusals in one does not hold up whoever
 * came to the other. Returns: (transfer full) */
CmHttpSettings *
cm_http_settings_new(void);

void
cm_http_settings_free(CmHttpSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmHttpSettings, cm_http_settings_free)
