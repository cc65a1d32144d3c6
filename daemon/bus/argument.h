// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"

/* A method's arguments, from the bus's types to ours. */

/* "2026-09-01". CM_ERROR_INVALID_INPUT. */
gboolean
cm_argument_parse_day(const gchar *text, CmDay *out_day, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "in-person", "video-school" or "video-remote". CM_ERROR_INVALID_INPUT. */
gboolean
cm_argument_parse_mode(const gchar *text,
		       CmMode *out_mode,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A caller's number as the store has it; what can't be one is -1, which is nothing's. */
gint64
cm_argument_to_number(guint64 number);

/* Octets that are a multiple of `unit`, `least` to `most` times: ids of the vault, hashes. Returns: (transfer full),
 * CM_ERROR_INVALID_INPUT. */
GBytes *
cm_argument_read_octets(GVariant *argument, gsize unit, gsize least, gsize most, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
