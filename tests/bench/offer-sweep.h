// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/offer.h"

/* The reference of bench-offer: the same question answered by sweeping intervals, as calendars do it. It knows the caseload and
 * the placements, not the planner's bitsets; what everybody has taken is kept sorted by day, as a calendar would. */

typedef struct _CmOfferSweep CmOfferSweep;

/* Calendars with all placements of a plan but those of `session`s taken out later. Returns: (transfer full) */
CmOfferSweep *
cm_offer_sweep_new(const CmCaseload *caseload, const CmPolicySet *policies, const CmPlan *plan);
void
cm_offer_sweep_free(CmOfferSweep *sweep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmOfferSweep, cm_offer_sweep_free)

/* As cm_offer_find(); the session's own placement counts as free. `day` is from the horizon's first date. */
guint
cm_offer_sweep_find(const CmOfferSweep *sweep, guint32 session, guint count, CmOffer *out_offers);
