// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Who is to look anew: changes at doors, gathered for a moment so that a storm of arrivals is one signal; and visits whose gateway is gone,
 * which have left two minutes later unless it, or another, is back. Knows nothing of the bus nor of the store. */

typedef struct _CmDoorKeeper CmDoorKeeper;

/* Milliseconds from the first change until it is told. */
#define CM_DOOR_KEEPER_MS 50
/* Subjects that are told one by one; of more it is said that any may have changed. */
#define CM_DOOR_KEEPER_SUBJECTS_MAX 1000
/* How long visits outlive their gateway. */
#define CM_DOOR_KEEPER_GONE_SECONDS 120

/* On the main loop: `subjects` (gint64), none for any. */
typedef void (*CmDoorKeeperChanged)(const GArray *subjects, gpointer user_data);
/* On the main loop: who joins soon may be others. */
typedef void (*CmDoorKeeperSoon)(gpointer user_data);
/* On the main loop: the visits (gint64) whose gateway did not come back. */
typedef void (*CmDoorKeeperGone)(const GArray *visits, gpointer user_data);

/* `gone_seconds`: CM_DOOR_KEEPER_GONE_SECONDS, but for a test. Returns: (transfer full) */
CmDoorKeeper *
cm_door_keeper_new(guint gone_seconds);
void
cm_door_keeper_free(CmDoorKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmDoorKeeper, cm_door_keeper_free)

/* Tell `changed`, too; in the order in which they were added. At most four. Main loop. */
void
cm_door_keeper_add_listener(CmDoorKeeper *keeper, CmDoorKeeperChanged changed, gpointer user_data);
void
cm_door_keeper_set_soon(CmDoorKeeper *keeper, CmDoorKeeperSoon soon, gpointer user_data);
void
cm_door_keeper_set_gone(CmDoorKeeper *keeper, CmDoorKeeperGone gone, gpointer user_data);

/* Something changed at a subject's door, 0: at any. From any thread. */
void
cm_door_keeper_touch(CmDoorKeeper *keeper, gint64 subject);

/* Sessions stand elsewhere, or no more: told with the changes, once for many. From any thread. */
void
cm_door_keeper_touch_soon(CmDoorKeeper *keeper);

/* A visit that a gateway, by its number of this process, has announced or ended; it replaces what another said of it. Main loop. */
void
cm_door_keeper_add_visit(CmDoorKeeper *keeper, gint64 visit, guint64 gateway);
void
cm_door_keeper_remove_visit(CmDoorKeeper *keeper, gint64 visit);

/* A gateway is gone: its visits (0: those that an earlier process left, to be added by add_visit() with gateway 0) are given two minutes. */
void
cm_door_keeper_forget_gateway(CmDoorKeeper *keeper, guint64 gateway);
