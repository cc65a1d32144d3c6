// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"
#include "include/cm-dbus-agent.h"

/* Colleagues as org.comodal.Agent1.ListColleagues has them (aa{sv}), from what a person types. */

/* Whether these keys are in force. */
gboolean
cm_colleague_is_current(GVariant *row);

/* Whoever is called that; of several generations of keys the one in force. CM_ERROR_NOT_FOUND; CM_ERROR_INVALID_INPUT: several.
 * Returns: (transfer full) */
GVariant *
cm_colleague_find(GVariant *rows, const gchar *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of all in the directory, if they can be given something. CM_ERROR_ACCESS_DENIED: their keys are not in force. Returns: (transfer full) */
GVariant *
cm_colleague_choose(CmDBusAgent *agent,
		    const gchar *text,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* That these keys are theirs: their word, not comodald's nor a file's. `given`: the fingerprint as they told it; NULL: the person is asked on
 * the terminal, unless `cli` is to answer in JSON, where nothing says what is given. CM_ERROR_INVALID_INPUT: it is another one; CM_ERROR_FAILED: the
 * person says no. */
gboolean
cm_colleague_confirm(const CmComodalctl *cli,
		     const gchar *label,
		     const gchar *fingerprint,
		     const gchar *given,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
