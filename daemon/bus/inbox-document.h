// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-inbox.h"

#include <json-glib/json-glib.h>

/* Documents of mails that came in: docs/inbox.md has their members. */

/* `comodal-inbox/1`, of CmStoreInbound: each with what is booked, when that is known. */
gboolean
cm_inbox_document_add_list(JsonBuilder *builder,
			   CmStore *store,
			   const GPtrArray *list,
			   gint64 now,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `comodal-inbox-mail/1`: one, with all that was read of it. */
gboolean
cm_inbox_document_add_one(JsonBuilder *builder,
			  CmStore *store,
			  const CmStoreInbound *inbound,
			  gint64 now,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
