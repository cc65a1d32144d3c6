// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/visio/session-door.h"

/* What somebody answered at a door. Private to daemon/store. */

/* The answers as they are kept: each of what is asked (CmSessionDoorQuestion flags), and nothing else; texts cleaned of what is no text.
 * `answers`: a JSON object, or NULL. CM_ERROR_INVALID_INPUT. Returns: (transfer full): a JSON object */
gchar *
cm_visit_answers_check(const gchar *answers, guint ask, GError **error) G_GNUC_WARN_UNUSED_RESULT;
