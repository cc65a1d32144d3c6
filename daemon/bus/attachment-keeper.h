// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* Once a day, and when comodald starts: attachments that no note names and nobody's draft can hold go; so do files that were left behind;
 * and the log says when a file is missing, or is not this database's. Main loop only. */

typedef struct _CmAttachmentKeeper CmAttachmentKeeper;

/* Looks at once. The service outlives it. Returns: (transfer full) */
CmAttachmentKeeper *
cm_attachment_keeper_new(CmService *service);

void
cm_attachment_keeper_free(CmAttachmentKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAttachmentKeeper, cm_attachment_keeper_free)
