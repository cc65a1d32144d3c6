// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agenda/agenda.h"
#include "daemon/bus/service.h"

/* What is booked in the days of an agenda: read from the store, as the agenda takes it. */
typedef struct _CmAgendaBookings CmAgendaBookings;

void
cm_agenda_bookings_free(CmAgendaBookings *bookings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgendaBookings, cm_agenda_bookings_free)

/* Whoever `query` asks for, in a caseload with `query->numbers`; what the caseload does not know is left out. With `published` also
 * the sessions that were cancelled: a draft says itself where they would stand. Waits for the store: not on the main loop.
 * Returns: (transfer full) */
CmAgendaBookings *
cm_agenda_bookings_load(CmService *service,
			const CmAgendaQuery *query,
			gboolean published,
			GCancellable *cancellable,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* CmAgendaBooking. (transfer none) */
const GArray *
cm_agenda_bookings_get(const CmAgendaBookings *bookings);
