// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-disclosure.h"

/* What of the vault waits for somebody, as `comodalctl vault status` reminds of it: numbers and days alone. */

#define CM_STORE_VAULT_DUTIES_SOON_DAYS 7 /* of an access request whose time is nearly over */

/* What has a day. */
typedef struct {
	guint count;
	CmDay day;          /* the first of them all; CM_DAY_NONE: there is none */
	const CmRule *rule; /* which gives it; as CmStoreDisclosure's */
} CmStoreVaultDuty;

typedef struct {
	CmStoreVaultDuty access_late; /* access requests whose last day is past */
	CmStoreVaultDuty access_soon; /* whose last day is in so many days */
	CmStoreVaultDuty
	    transfer_waiting; /* authorized transfers that have to wait, until that day */
	guint transfer_ready; /* that have not */
	guint carry_over;     /* files that are still under the person's earlier keys */
	guint destructions;   /* that somebody asks them to agree to */
	guint cosign;         /* notes that they may co-sign, and nobody did */
	guint unfinished;     /* notes of their own, the same */
	guint minutes;        /* of meetings that they took part in, and never fetched */
	guint unreadable; /* damaged records, whosever: what they are about is counted nowhere */
} CmStoreVaultDuties;

/* Of the caller; who never enrolled has requests alone. */
gboolean
cm_store_vault_duties_count(CmStore *store,
			    const CmStoreDisclosureCaller *caller,
			    CmStoreVaultDuties *out_duties,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
