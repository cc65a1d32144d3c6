// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/courier/courier-settings.h"

/* comodal-courier at work: it leases jobs of comodald, a few at a time, does them, and reports; and it looks into the mailbox. It keeps no
 * file and no key. What it has leased and not reported is in its memory alone: when it dies, comodald knows that the end of those is not
 * known. Main loop only. */

/* how long what is under way may still take when it is told to stop */
#define CM_COURIER_STOP_SECONDS 20

typedef struct _CmCourier CmCourier;

/* Begins at once. The settings are not taken and must outlive it. Fails when mail can't be put where it is to be put. Returns:
 * (transfer full) */
CmCourier *
cm_courier_new(const CmCourierSettings *settings, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Begin to stop: nothing more is leased; `stopped` is called from the main loop when what is under way is done and reported, or was given
 * up. */
void
cm_courier_stop(CmCourier *courier, GSourceFunc stopped, gpointer user_data);

void
cm_courier_free(CmCourier *courier);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCourier, cm_courier_free)
