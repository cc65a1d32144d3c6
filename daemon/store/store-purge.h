// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

/* What is left of doors and rooms when a session is long over, and goes: ways in (used one-time links, codes, passes), who came without being
 * asked anything, ends that a host said, requests for help, rooms that are closed, how often pages were opened. What a guest answered at the
 * door stays, to the session's record; so does the audit log.
 *
 * Days are counted by comodald being at work, not by a calendar alone: something goes when there were so many days since on which it was. A
 * clock that jumps ahead by years is one more such day, and days ahead of a clock that is set back are none. So nothing of what is to come
 * goes, whatever the clock says for a while.
 *
 * Never goes: what is of a session that is not over where it stands now, or whose room is open; help that staff are not told of
 * yet; a room whose provider does not know that it ended. */

#define CM_STORE_PURGE_DAYS_MIN 7 /* so many times the clock may jump */
#define CM_STORE_PURGE_DAYS_MAX 3650
#define CM_STORE_PURGE_SLICE 500 /* rows of a kind in one transaction: others wait as long */

/* What went, and how far it is. */
typedef struct {
	guint entries;
	guint passes;
	guint visits;
	guint endings;
	guint helps;
	guint rooms;
	guint openings;
	gint64 looked; /* at visits up to this number */
	gboolean more; /* there is another slice */
} CmStorePurge;

/* comodald is at work today (the organisation's day of `now`). `out_new`: it was not yet. `out_before`: what was over before this instant
 * goes after `days` days; 0: nothing does yet. In a transaction of its own. */
gboolean
cm_store_purge_begin(CmStore *store,
		     guint days,
		     gint64 now,
		     gboolean *out_new,
		     gint64 *out_before,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One slice: again while `more`. In one transaction with its audit entry ("door.purge"), when anything went. On failure `inout_purge` is as
 * it was. */
gboolean
cm_store_purge_run(CmStore *store,
		   gint64 before,
		   gint64 now,
		   CmStorePurge *inout_purge,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
