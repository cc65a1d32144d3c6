// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-consent.h"
#include "daemon/store/store-private.h"

/* What a change of a student's consents does to what is booked. The caller holds the transaction. Private to daemon/store. */

/* From `before` to `after`, the same student's file: cancel the planned sessions and the holds that have become impossible, flag
 * what a rule warns of now; queue the notices. */
gboolean
cm_consent_effects_apply(CmStore *store,
			 const CmConsentFile *before,
			 const CmConsentFile *after,
			 const CmStoreConsentCall *call,
			 CmStoreConsentOutcome *outcome,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
