// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-address.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>

struct _CmHttpAddresses {
	GPtrArray *proxies; /* (element-type GInetAddressMask) */
	guint8 key[crypto_shorthash_KEYBYTES];
};

CmHttpAddresses *
cm_http_addresses_new(const gchar *const *proxies, GError **error)
{
	g_autoptr(CmHttpAddresses) addresses = g_new0(CmHttpAddresses, 1);

	addresses->proxies = g_ptr_array_new_with_free_func(g_object_unref);
	randombytes_buf(addresses->key, sizeof(addresses->key));
	for (guint i = 0; proxies != NULL && proxies[i] != NULL; i++) {
		GInetAddressMask *mask = g_inet_address_mask_new_from_string(proxies[i], NULL);

		if (mask == NULL) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("“{0}” is no address and no network."), proxies[i], NULL);
			return NULL;
		}
		g_ptr_array_add(addresses->proxies, mask);
	}
	return g_steal_pointer(&addresses);
}

void
cm_http_addresses_free(CmHttpAddresses *addresses)
{
	if (addresses == NULL)
		return;
	g_ptr_array_unref(addresses->proxies);
	sodium_memzero(addresses->key, sizeof(addresses->key));
	g_free(addresses);
}

/* an IPv4 address that came by an IPv6 socket is one */
static GInetAddress *
read_peer(const struct sockaddr *peer)
{
	const struct sockaddr_in *four = (const void *)peer;
	const struct sockaddr_in6 *six = (const void *)peer;

	if (peer->sa_family == AF_INET)
		return g_inet_address_new_from_bytes((const guint8 *)&four->sin_addr,
						     G_SOCKET_FAMILY_IPV4);
	if (peer->sa_family != AF_INET6)
		return NULL;
	if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		return g_inet_address_new_from_bytes(six->sin6_addr.s6_addr + 12,
						     G_SOCKET_FAMILY_IPV4);
	return g_inet_address_new_from_bytes(six->sin6_addr.s6_addr, G_SOCKET_FAMILY_IPV6);
}

static gboolean
is_believed(const CmHttpAddresses *addresses, GInetAddress *address)
{
	for (guint i = 0; i < addresses->proxies->len; i++) {
		if (g_inet_address_mask_matches(addresses->proxies->pdata[i], address))
			return TRUE;
	}
	return FALSE;
}

static guint64
hash(const CmHttpAddresses *addresses, GInetAddress *address)
{
	guint8 octets[17] = {0};
	guint64 result = 0;

	if (address != NULL) {
		gsize size = g_inet_address_get_native_size(address);

		octets[0] = (guint8)size;
		/* a household or a telephone has a whole /64 of its own */
		memcpy(octets + 1, g_inet_address_to_bytes(address), MIN(size, 8));
	}
	crypto_shorthash((guint8 *)&result, octets, sizeof(octets), addresses->key);
	return result != 0 ? result : 1;
}

gboolean
cm_http_addresses_is_proxy(const CmHttpAddresses *addresses, const struct sockaddr *peer)
{
	g_autoptr(GInetAddress) address = NULL;

	if (peer->sa_family == AF_UNIX)
		return TRUE;
	if (addresses->proxies->len == 0)
		return FALSE;
	address = read_peer(peer);
	return address != NULL && is_believed(addresses, address);
}

/* "[2001:db8::1]:443" and "192.0.2.1:80" are also written */
static GInetAddress *
read_hop(gchar *text)
{
	gchar *end = NULL;

	g_strstrip(text);
	if (*text == '[') {
		end = strchr(text, ']');
		if (end == NULL)
			return NULL;
		*end = '\0';
		return g_inet_address_new_from_string(text + 1);
	}
	end = strchr(text, ':');
	if (end != NULL && strchr(end + 1, ':') == NULL)
		*end = '\0';
	return g_inet_address_new_from_string(text);
}

guint64
cm_http_addresses_find_client(const CmHttpAddresses *addresses,
			      const struct sockaddr *peer,
			      const gchar *forwarded)
{
	g_autoptr(GInetAddress) found = read_peer(peer);
	g_auto(GStrv) hops = NULL;
	guint count = 0;

	if (forwarded == NULL || !cm_http_addresses_is_proxy(addresses, peer))
		return hash(addresses, found);
	hops = g_strsplit(forwarded, ",", 0);
	count = g_strv_length(hops);
	for (guint i = count; i > 0 && count - i < CM_HTTP_ADDRESS_FORWARDED_MAX; i--) {
		GInetAddress *hop = read_hop(hops[i - 1]);

		if (hop == NULL)
			break;
		g_set_object(&found, hop);
		g_object_unref(hop);
		if (!is_believed(addresses, found))
			break;
	}
	return hash(addresses, found);
}
