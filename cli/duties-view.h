// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/verbs.h"

#include <json-glib/json-glib.h>

/* What of the vault waits for the person, as comodald counts it. Returns: (transfer full); NULL without `error` set: the account has no part in files */
GVariant *
cm_duties_view_fetch(const CmComodalctl *cli, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether all of it could be counted: CM_ERROR_STORE, records are damaged. */
gboolean
cm_duties_view_check(GVariant *duties, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A line for each sort of them; nothing for what there is none of. */
void
cm_duties_view_print(GVariant *duties);

/* As the members of an object that is begun. */
void
cm_duties_view_add_json(JsonBuilder *builder, GVariant *duties);
