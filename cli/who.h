// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/client.h"

/* From what a person types to a number. The names stay here: the daemon is asked by number only. */

/* The number of the professional or student (`site` FALSE), or of the school or office (`site` TRUE), that `text` means: an
 * id, a whole name, or the beginnings of some of its words, without regard to accents and case. Fails with NOT_FOUND, or
 * INVALID_INPUT when several fit; the message names them. */
gboolean
cm_who_resolve(CmDBusRoster *roster,
	       const gchar *text,
	       gboolean site,
	       guint64 *out_number,
	       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The things of one kind: an array of objects as in the caseload. Returns: (transfer full) */
JsonNode *
cm_who_list(CmDBusRoster *roster, const gchar *kind, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How well a name fits what was typed: 0 not at all, 1 by the beginnings of words, 2 whole. */
guint
cm_who_match(const gchar *text, const gchar *name);
