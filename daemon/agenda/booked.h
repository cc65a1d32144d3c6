// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agenda/agenda.h"

/* What is booked, for an agenda. */

/* Whether it was called off: then it takes nobody's time. */
gboolean
cm_booked_is_off(const CmAgendaBooking *booking);

/* Whether an appointment belongs in an agenda, whatever its day. A school sees what stands there, and nothing of what does not. */
gboolean
cm_booked_is_asked(const CmAgendaQuery *query, const CmAgendaBooking *booking);
