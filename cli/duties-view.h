// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/verbs.h"

#include <json-glib/json-glib.h>

/* What of the vault waits for the person, as comodald counts it. Returns: (transfer full); NULL: nobody can say, without comodald or an
 * account there */
GVariant *
cm_duties_view_fetch(const CmComodalctl *cli);

/* A line for each sort of them; nothing for what there is none of. */
void
cm_duties_view_print(GVariant *duties);

/* As the members of an object that is begun. */
void
cm_duties_view_add_json(JsonBuilder *builder, GVariant *duties);
