// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"
#include "daemon/store/store-reach.h"

/* Makes letters of what waits when it is due (daemon/store/store-outbox.h), in small rounds on the worker's thread, and says when there is
 * something to hand out. What it knows of when is only in memory: when it begins, and at each tick of the clock, it looks for everybody
 * for whom something waits. Main loop only. */

typedef struct _CmOutboxKeeper CmOutboxKeeper;

/* Looks at once, on the loop. The service outlives it, and its worker does not. Returns: (transfer full) */
CmOutboxKeeper *
cm_outbox_keeper_new(CmService *service);

/* To be called once the service's worker has ended. */
void
cm_outbox_keeper_free(CmOutboxKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmOutboxKeeper, cm_outbox_keeper_free)

/* `due` is called whenever a letter may be handed out that could not be before. NULL: nobody. */
void
cm_outbox_keeper_set_due(CmOutboxKeeper *keeper,
			 void (*due)(gpointer user_data),
			 gpointer user_data);

/* Somebody's letter was settled, or something waits for them again: look at them. */
void
cm_outbox_keeper_look_at(CmOutboxKeeper *keeper, const CmStoreRecipient *who);
