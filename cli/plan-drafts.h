// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/client.h"

/* The plans that the daemon keeps: what the verbs "plan …" do with them. */

/* Number of the published plan, 0 for none. */
gboolean
cm_plan_drafts_get_published(GDBusConnection *bus,
			     guint64 *out_published,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Publish a draft in place of `published`, and say so. */
CmExit
cm_plan_drafts_publish(const CmComodalctl *cli,
		       GDBusConnection *bus,
		       guint64 plan,
		       guint64 published);

/* plan list */
CmExit
cm_plan_drafts_run_list(CmComodalctl *cli);
/* plan show */
CmExit
cm_plan_drafts_run_show(CmComodalctl *cli);
/* plan publish */
CmExit
cm_plan_drafts_run_publish(CmComodalctl *cli);
/* plan discard */
CmExit
cm_plan_drafts_run_discard(CmComodalctl *cli);
