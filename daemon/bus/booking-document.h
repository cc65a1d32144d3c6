// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/verdict.h"
#include "daemon/store/store-booking.h"

#include <json-glib/json-glib.h>

/* `comodal-booking/1` documents (docs/formats.md): what is booked, and what speaks against it without forbidding it. */

/* An array of objections, to be filled. Returns: (transfer full) */
JsonArray *
cm_booking_document_new_objections(void);

/* Add those of a verdict that warn or inform; `index`: of what, in the call. */
void
cm_booking_document_add_objections(JsonArray *objections, const CmVerdict *verdict, guint index);

/* The array as text for the audit log, NULL when it is empty. Returns: (transfer full) */
gchar *
cm_booking_document_dup_remark(JsonArray *objections);

/* One that is booked, as an object: an element, or the value of the member that was named last. */
void
cm_booking_document_add_booking(JsonBuilder *builder, const CmStoreBooking *booking);

/* A sealed memfd with the document, or -1. `objections` may be NULL. */
gint
cm_booking_document_write(const GPtrArray *bookings,
			  JsonArray *objections,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
