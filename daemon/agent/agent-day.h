// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* The day of an instant as notes have it (20261122) by the clocks of `zone`, the organisation's: on a server that counts in UTC an evening
 * in the school is not the next day. Of NULL, this machine's. 0 of what is no instant. */
guint32
cm_agent_day_of(gint64 instant, GTimeZone *zone);
