// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/consent-call.h"

/* What the verbs about consent print. */

/* What stands under each profession (`status` may be NULL), and what was said (`list`). Returns: (transfer full) */
gchar *
cm_consent_view_draw(const CmConsentCall *call,
		     JsonObject *status,
		     JsonObject *list) G_GNUC_WARN_UNUSED_RESULT;

/* What recording or taking back did. `warnings` may be NULL. */
void
cm_consent_view_print_outcome(const CmComodalctl *cli,
			      guint64 number,
			      guint64 version,
			      GVariant *cancelled,
			      GVariant *flagged,
			      const gchar *const *warnings);

/* Who is soon old enough. */
void
cm_consent_view_print_due(const CmComodalctl *cli, const CmConsentCall *call, JsonObject *due);
