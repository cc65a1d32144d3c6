// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Who waits at a door with a page open, as far as this process can tell: by a web socket, or by a page that is looked at again and again.
 * Who does neither for a while has gone away without saying so. Pure: it is told the time, in seconds that never go back. */

/* so long may a page be gone: a telephone that sleeps, a tunnel */
#define CM_PRESENCE_GRACE_SECONDS 120
/* more are not watched: they are taken for who looks on */
#define CM_PRESENCE_MAX 65536

typedef struct _CmPresence CmPresence;

/* `visit`, by the holder of `token`, has gone. */
typedef void (*CmPresenceLeft)(const gchar *token, guint64 visit, gpointer user_data);

CmPresence *
cm_presence_new(void);

void
cm_presence_free(CmPresence *presence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPresence, cm_presence_free)

/* The page of a door was shown. `visit`: of somebody who waits; 0: nobody does, or not any more. */
void
cm_presence_saw(CmPresence *presence,
		const gchar *token,
		guint64 subject,
		guint64 visit,
		gint64 now);

/* Whether that page was shown lately: who holds this token may hear of this door. */
gboolean
cm_presence_knows(const CmPresence *presence, const gchar *token, guint64 subject, gint64 now);

/* A web socket of that page is open (+1), or closed (-1). */
void
cm_presence_count(CmPresence *presence,
		  const gchar *token,
		  guint64 subject,
		  gint change,
		  gint64 now);

/* Forget who has gone; `left` is called for those who waited. To be called every so often. */
void
cm_presence_sweep(CmPresence *presence, gint64 now, CmPresenceLeft left, gpointer user_data);

/* How many there are. */
guint
cm_presence_get_size(const CmPresence *presence);
