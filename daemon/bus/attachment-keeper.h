// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* Once a day, and when comodald starts: attachments that no note names and nobody's draft can hold go; so do files that are nobody's; and
 * the log says when a file is missing. Main loop only. */

typedef struct _CmAttachmentKeeper CmAttachmentKeeper;

/* Looks at once. The service outlives it. Returns: (transfer full) */
CmAttachmentKeeper *
cm_attachment_keeper_new(CmService *service);

/* Look now: a case's attachments were forgotten, and their files are to go. */
void
cm_attachment_keeper_look(CmAttachmentKeeper *keeper);
void
cm_attachment_keeper_free(CmAttachmentKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAttachmentKeeper, cm_attachment_keeper_free)
