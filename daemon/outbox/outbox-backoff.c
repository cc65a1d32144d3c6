// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/outbox/outbox-backoff.h"

/* the first wait, doubled each time up to the last. A network that comes back is tried soon; a server that says "later" means it
 * (grey-listing: minutes); a certificate or a password is set right by a person. */
static const struct {
	const gchar *name;
	gint64 first;
	gint64 last;
} causes[CM_ATTEMPT_LAST] = {
    [CM_ATTEMPT_ACCEPTED] = {"accepted", 0, 0},
    [CM_ATTEMPT_TEMPORARY] = {"temporary", 300, 4 * 3600},
    [CM_ATTEMPT_PERMANENT] = {"permanent", 0, 0},
    [CM_ATTEMPT_NETWORK] = {"network", 30, 3600},
    [CM_ATTEMPT_TLS] = {"tls", 300, 3600},
    [CM_ATTEMPT_LOGIN] = {"login", 300, 3600},
    [CM_ATTEMPT_UNCERTAIN] = {"uncertain", 60, 3600},
    [CM_ATTEMPT_RETURNED] = {"returned", 5, 60},
};

const gchar *
cm_outbox_backoff_attempt_to_string(CmAttempt attempt)
{
	g_return_val_if_fail(attempt < CM_ATTEMPT_LAST, "");
	return causes[attempt].name;
}

gboolean
cm_outbox_backoff_attempt_from_string(const gchar *text, CmAttempt *out_attempt)
{
	for (guint i = 0; i < CM_ATTEMPT_LAST; i++) {
		if (g_str_equal(causes[i].name, text)) {
			*out_attempt = (CmAttempt)i;
			return TRUE;
		}
	}
	return FALSE;
}

/* splitmix64: https://prng.di.unimi.it/splitmix64.c */
static guint64
mix(guint64 seed)
{
	guint64 z = seed + G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

CmBackoff
cm_outbox_backoff_find(CmAttempt attempt, guint count, gint64 made_at, gint64 now, guint64 seed)
{
	CmBackoff backoff = {0};
	guint doublings = CLAMP(count, 1, 32) - 1;
	gint64 wait = 0;

	g_return_val_if_fail(attempt < CM_ATTEMPT_LAST && attempt != CM_ATTEMPT_ACCEPTED, backoff);
	if (attempt == CM_ATTEMPT_PERMANENT || now - made_at >= CM_OUTBOX_GIVE_UP_SECONDS)
		return backoff;
	wait = causes[attempt].first;
	for (guint i = 0; i < doublings && wait < causes[attempt].last; i++)
		wait *= 2;
	wait = MIN(wait, causes[attempt].last);
	/* from three quarters of it to five: many letters that failed together do not come back together */
	backoff.again = TRUE;
	backoff.at =
	    now + wait - wait / 4 + (gint64)(mix(seed * 64 + count) % (guint64)(wait / 2 + 1));
	return backoff;
}
