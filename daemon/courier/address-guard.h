// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>
#include <sys/socket.h>

/* Where an address that somebody typed may lead: to the public internet, not to this machine nor to what stands beside it. The address that a
 * name resolved to is judged, at each connection, so that neither a name nor a redirection gets around it; where a proxy resolves names, the host
 * as it is written is. Pure. */

/* Whether an address is public: not loopback, link-local, private (RFC 1918, RFC 4193), shared (RFC 6598), multicast, reserved, nor an IPv6
 * form of such an IPv4 address (mapped, 6to4, NAT64, Teredo). What is no IP address is not. */
gboolean
cm_address_guard_is_public(const struct sockaddr *address, gsize length);

/* Whether the host of a URL may be public, as far as it can be told without resolving it: not this machine's own name (RFC 6761, section
 * 6.3) and no literal address, in any form that a resolver takes, that is not public. A name that somebody else resolves may be. */
gboolean
cm_address_guard_may_be_public(const gchar *host);
