// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"
#include "include/cm-dbus.h"

/* Attachments at the Vault interface: PutAttachment, GetAttachment, DropAttachment. What is handed over comes on a thread of its own, by a
 * socket; what is fetched is read from its file by whoever asked. */

#define CM_ATTACHMENT_CALLS_MAX 16       /* that come at one time */
#define CM_ATTACHMENT_CALLS_PERSON_MAX 2 /* of one user's */

/* Have them answered at this object, which may go once no call is under way. */
void
cm_attachment_calls_connect(CmDBusVault *object, CmService *service);
