// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/state.h"

/* The best places for one session, all calendars considered, over the whole horizon: by the code that plans (slots.h), so what is
 * offered is allowed. For whoever books by hand, moves a session, or answers "another time, please". */

#define CM_OFFERS_MAX 64

typedef struct {
	gint16 day;
	gint16 start; /* minutes after midnight */
	guint8 mode;
	gint points; /* the session's own cost there: all parts but travel, which is its day's */
} CmOffer;

/* The `count` cheapest places (up to CM_OFFERS_MAX), the cheapest first; among equals the earlier, then the lesser CmMode. The
 * session must not stand in the state: take it away first. Its follow-up's order, gaps and sequence are heeded, by the sessions that
 * stand on both sides of it. Returns how many there are; nothing is allocated. */
guint
cm_offer_find(const CmState *state, guint32 session, guint count, CmOffer *out_offers);
