// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/outbox-people.h"
#include "daemon/store/store-page.h"

/* Who and what pages speak of, kept from one page to the next until the database changes: what is found out once is not asked again
 * by each of ten thousand people. Private to daemon/store.
 *
 * Every change on the connection counts as one, whatever it is, but those between cm_page_people_begin_own() and _end_own(): of visits,
 * passes, requests for help, of which no page remembers anything. */

typedef struct _CmPagePeople CmPagePeople;

void
cm_page_people_free(CmPagePeople *kept);

/* As of now: (transfer none), until the database, the policies or the day change. */
CmOutboxPeople *
cm_page_people_get(CmStore *store, const CmPolicySet *policies, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The page of a visitor as it was gathered not long ago, or NULL; to be called once cm_page_people_get() has been. (transfer none) */
CmStorePage *
cm_page_people_look_up(CmStore *store, const CmStoreVisitor *visitor, gint64 now);

/* Keep a page. Takes it: it lives until something changes, or many others were kept. */
void
cm_page_people_keep(CmStore *store, CmStorePage *page);

/* What was kept may say what never was: a group was undone. */
void
cm_page_people_forget(CmStore *store);

/* Changes from here on are none of what is kept; returns what _end_own() takes. Not nested. */
gint64
cm_page_people_begin_own(CmStore *store);
void
cm_page_people_end_own(CmStore *store, gint64 begun);
