// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* What stands at an https address. Nothing but https, also when it points elsewhere; the other side's certificate is checked; a
 * size and a time are not exceeded. Neither the address nor what is read is ever logged. */

#define CM_FETCH_MAX_SECONDS 60

typedef enum {
	CM_FETCH_OK,
	CM_FETCH_UNREACHABLE, /* no answer, or an error of the other side */
	CM_FETCH_CERTIFICATE, /* the other side is not who it says */
	CM_FETCH_REFUSED,     /* it asks for who we are, or has nothing there */
	CM_FETCH_TOO_LARGE,
	CM_FETCH_NOT_HTTPS,
} CmFetchResult;

/* `out_bytes`, (transfer full), when it is CM_FETCH_OK. */
CmFetchResult
cm_fetch_get(const gchar *address, gsize limit, GBytes **out_bytes);

/* "calendar.example.org": what may be shown of an address. NULL when it is none of https (or webcal, which is the same). Returns:
 * (transfer full) (nullable) */
gchar *
cm_fetch_dup_host(const gchar *address);
