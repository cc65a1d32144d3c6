// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What became of an attempt to send a letter, and when the next one is. Pure: equal arguments, equal answers. */

typedef enum {
	CM_ATTEMPT_ACCEPTED,  /* the server took it */
	CM_ATTEMPT_TEMPORARY, /* it said 4xx */
	CM_ATTEMPT_PERMANENT, /* it said 5xx, of this recipient or this message */
	CM_ATTEMPT_NETWORK, /* no connection, or it ended before the message's last octet was given */
	CM_ATTEMPT_TLS,     /* the other side is not who it must be */
	CM_ATTEMPT_LOGIN,   /* the server refuses our name or password */
	CM_ATTEMPT_UNCERTAIN, /* the message was given whole, the answer never came: the server may have it */
	CM_ATTEMPT_RETURNED, /* nothing was tried */
	CM_ATTEMPT_LAST
} CmAttempt;

/* "accepted", "temporary", "permanent", "network", "tls", "login", "uncertain", "returned" */
const gchar *
cm_outbox_backoff_attempt_to_string(CmAttempt attempt);
gboolean
cm_outbox_backoff_attempt_from_string(const gchar *text,
				      CmAttempt *out_attempt) G_GNUC_WARN_UNUSED_RESULT;

/* A letter that could not be sent for so long is given up; staff see it. RFC 5321 section 4.5.4.1: at least 4 to 5 days. */
#define CM_OUTBOX_GIVE_UP_SECONDS (5 * 86400)

/* No wait is longer: 4 hours, and a quarter of them. */
#define CM_OUTBOX_BACKOFF_SECONDS_MAX (5 * 3600)

typedef struct {
	gboolean again; /* else it is dead */
	gint64 at;      /* instant of the next attempt */
} CmBackoff;

/* What follows attempt number `count` (from 1) of a letter made at `made_at`, ended at `now`: exponential by cause, within bounds,
 * with a jitter of a quarter that follows from `seed` and `count` alone. Not for CM_ATTEMPT_ACCEPTED. */
CmBackoff
cm_outbox_backoff_find(CmAttempt attempt, guint count, gint64 made_at, gint64 now, guint64 seed);
