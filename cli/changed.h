// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"

#include <json-glib/json-glib.h>

/* The answer in JSON of a verb that changed something: the thing as it stands now.
 */

G_BEGIN_DECLS

/* Something was done, and how it stands now can't be read for the answer in JSON: null, and why on standard error. `error` NULL: it is no more
 * among what the person may see. Returns CM_EXIT_OK: a program that took it for a failure would do it twice. */
CmExit
cm_changed_print_unshown(const GError *error);

/* What was changed, as it stands now: of `list` in `node`, newly read, the object with that `number`; `node` NULL: `error` says why it can't be
 * read. Returns CM_EXIT_OK. */
CmExit
cm_changed_print(JsonNode *node, const gchar *list, gint64 number, const GError *error);

G_END_DECLS
