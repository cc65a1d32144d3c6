// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/address-guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

typedef struct {
	guint8 prefix[4];
	guint bits;
} Net4;

typedef struct {
	guint8 prefix[16];
	guint bits;
} Net6;

/* IANA's special-purpose registry (RFC 6890), what of it is not globally reachable, and multicast */
static const Net4 closed4[] = {
    {{0, 0, 0, 0}, 8},      {{10, 0, 0, 0}, 8},     {{100, 64, 0, 0}, 10}, {{127, 0, 0, 0}, 8},
    {{169, 254, 0, 0}, 16}, {{172, 16, 0, 0}, 12},  {{192, 0, 0, 0}, 24},  {{192, 0, 2, 0}, 24},
    {{192, 88, 99, 0}, 24}, {{192, 168, 0, 0}, 16}, {{198, 18, 0, 0}, 15}, {{198, 51, 100, 0}, 24},
    {{203, 0, 113, 0}, 24}, {{224, 0, 0, 0}, 4},    {{240, 0, 0, 0}, 4},
};

/* of IPv6 only 2000::/3 is global; within it these are not, or carry an IPv4 address */
static const Net6 closed6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23}, /* protocol assignments, Teredo among them */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02}, 16},             /* 6to4 */
    {{0x3f, 0xff}, 20},             /* documentation */
};

static const Net6 global6 = {{0x20}, 3};

static gboolean
matches(const guint8 *address, const guint8 *prefix, guint bits)
{
	guint octets = bits / 8;
	guint8 mask = (guint8)(0xff00u >> (bits % 8));

	return memcmp(address, prefix, octets) == 0 &&
	       (bits % 8 == 0 || (address[octets] & mask) == (prefix[octets] & mask));
}

static gboolean
is_public4(const guint8 *address)
{
	for (guint i = 0; i < G_N_ELEMENTS(closed4); i++) {
		if (matches(address, closed4[i].prefix, closed4[i].bits))
			return FALSE;
	}
	return TRUE;
}

static gboolean
is_public6(const guint8 *address)
{
	if (!matches(address, global6.prefix, global6.bits))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(closed6); i++) {
		if (matches(address, closed6[i].prefix, closed6[i].bits))
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_address_guard_is_public(const struct sockaddr *address, gsize length)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->sa_family == AF_INET && length >= sizeof v4) {
		memcpy(&v4, address, sizeof v4);
		return is_public4((const guint8 *)&v4.sin_addr.s_addr);
	}
	if (address->sa_family == AF_INET6 && length >= sizeof v6) {
		memcpy(&v6, address, sizeof v6);
		return is_public6(v6.sin6_addr.s6_addr);
	}
	return FALSE;
}

gboolean
cm_address_guard_may_be_public(const gchar *host)
{
	/* what looks like a digit or a dot is one to whoever resolves it */
	g_autofree gchar *name = g_hostname_to_ascii(host);
	g_autofree gchar *folded = name != NULL ? g_ascii_strdown(name, -1) : NULL;
	struct in_addr v4;
	struct in6_addr v6;
	gsize length = 0;

	if (folded == NULL)
		return FALSE;
	if (*folded == '[') {
		folded[strcspn(folded, "%]")] = '\0';
		return inet_pton(AF_INET6, folded + 1, &v6) == 1 && is_public6(v6.s6_addr);
	}
	for (length = strlen(folded); length > 0 && folded[length - 1] == '.'; length--)
		folded[length - 1] = '\0';
	/* also 127.1 and 0x7f000001 */
	if (inet_aton(folded, &v4) != 0)
		return is_public4((const guint8 *)&v4.s_addr);
	return length > 0 && !g_str_equal(folded, "localhost") &&
	       !g_str_has_suffix(folded, ".localhost");
}
