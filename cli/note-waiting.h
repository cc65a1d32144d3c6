// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"

/* Notes that wait for a co-signature: those to give, and those of one's own, as org.comodal.Agent1.ListWaiting has them. `left`: files that
 * do not hold, in which some may wait. */
gboolean
cm_note_waiting_print(const CmComodalctl *cli, GVariant *rows, GVariant *left, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
