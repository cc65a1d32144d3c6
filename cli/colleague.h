// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Colleagues as org.comodal.Agent1.ListColleagues has them (aa{sv}), from what a person types. */

/* Whether these keys are in force. */
gboolean
cm_colleague_is_current(GVariant *row);

/* Whoever is called that; of several generations of keys the one in force. CM_ERROR_NOT_FOUND; CM_ERROR_INVALID_INPUT: several.
 * Returns: (transfer full) */
GVariant *
cm_colleague_find(GVariant *rows, const gchar *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
