// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/bus/notification.h"

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>

void
cm_notification_ready(void)
{
	sd_notify(0, "READY=1");
}

void
cm_notification_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}
#else
void
cm_notification_ready(void)
{
}

void
cm_notification_stopping(void)
{
}
#endif
