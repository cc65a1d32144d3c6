// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/reply.h"

/* Reading what is booked. Each takes the invocation. */

/* Answer with one booking. */
void
cm_booking_query_reply_one(CmService *service, GDBusMethodInvocation *invocation, gint64 number);

/* Answer with those between two dates, kept to what is the caller's. */
void
cm_booking_query_reply_list(CmService *service,
			    GDBusMethodInvocation *invocation,
			    const gchar *from,
			    const gchar *to,
			    GVariant *dictionary);
