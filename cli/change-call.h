// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/client.h"

/* Changes of the roster: `comodal-roster-change/1` documents sent, and what came of them said. */

typedef struct {
	gboolean dry_run;
	gboolean withdraw;
} CmChangeCallOptions;

/* One change each. `was`: the thing as the daemon listed it. Returns: (transfer full) */
JsonObject *
cm_change_call_new_add(const gchar *kind, JsonObject *thing);
JsonObject *
cm_change_call_new_edit(const gchar *kind, JsonObject *was, JsonObject *set);
JsonObject *
cm_change_call_new_remove(const gchar *kind, JsonObject *was);

/* Have the daemon make one change, and tell what came of it. */
CmExit
cm_change_call_run(CmComodalctl *cli,
		   CmDBusRoster *roster,
		   JsonObject *change,
		   const CmChangeCallOptions *options);

/* A descriptor list with bytes in a memfd, and its handle. Returns: (transfer full) */
GUnixFDList *
cm_change_call_hand_over(const gchar *bytes, gsize length, GVariant **out_handle, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
