// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>
#include <sys/socket.h>

/* Where an address that somebody typed may lead: to the public internet, not to this machine nor to what stands beside it. The address that a
 * name resolved to is judged, at each connection, so that neither a name nor a redirection gets around it. Pure. */

/* Whether an address is public: not loopback, link-local, private (RFC 1918, RFC 4193), shared (RFC 6598), multicast, reserved, nor an IPv6
 * form of such an IPv4 address (mapped, 6to4, NAT64, Teredo). What is no IP address is not. */
gboolean
cm_address_guard_is_public(const struct sockaddr *address, gsize length);
