// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>
#include <sys/socket.h>

/* Where a request comes from, with proxies before us. */

#define CM_HTTP_ADDRESS_FORWARDED_MAX 16 /* hops that are looked at */

typedef struct _CmHttpAddresses CmHttpAddresses;

/* `proxies`: addresses and networks ("10.0.0.0/8") of proxies that are believed. Errors: CM_ERROR_INVALID_INPUT. Returns: (transfer full) */
CmHttpAddresses *
cm_http_addresses_new(const gchar *const *proxies, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
cm_http_addresses_free(CmHttpAddresses *addresses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmHttpAddresses, cm_http_addresses_free)

/* Whether whoever is connected is a proxy that is believed; a unix socket's other end is. */
gboolean
cm_http_addresses_is_proxy(const CmHttpAddresses *addresses, const struct sockaddr *peer);

/* The client: `peer` itself, or, when that is a proxy that is believed, the last of `forwarded` (X-Forwarded-For, or NULL) that is
 * not; what is no address there ends the search, and the one found last counts. A keyed hash of it, of an IPv6 address of its /64; never 0. */
guint64
cm_http_addresses_find_client(const CmHttpAddresses *addresses,
			      const struct sockaddr *peer,
			      const gchar *forwarded);
