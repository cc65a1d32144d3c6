// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/* What the service manager is told, where there is one; nothing happens elsewhere. */

/* The name is ours and calls are answered. */
void
cm_notification_ready(void);
/* Asked to stop; what runs is being cancelled. */
void
cm_notification_stopping(void);
