// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/letter/letter.h"
#include "daemon/policy/policy-loader.h"
#include "daemon/store/store-booking.h"
#include "daemon/store/store-guardianship.h"
#include "daemon/store/store-invitation.h"
#include "daemon/store/store-letter.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-outbox.h"
#include "daemon/store/store-roster.h"
#include "include/cm-error.h"
#include "tests/unit/store-fixture.h"

/* What the tests of the outbox share: a psychologist, two children of one mother, the first one's father in another household, all of
 * them with an address; a clock that stands still until it is moved. */

#define UID 1000
/* 2026-09-01 12:00 UTC, 08:00 in Toronto: a week before anything of the small caseload */
#define NOW 1788264000
#define UNDO 120
#define HOUR 3600
#define DAY 86400

typedef struct {
	CmStoreFixture *fixture;
	CmStore *store;
	CmRosterNumbers *numbers;
	CmPolicySet *policies;
	gint64 professional;
	gint64 child[2];
	gint64 mother;
	gint64 father;
	gint64 session[4]; /* two of each child */
	gint64 room[2];
	gint64 school;
	CmDay tuesday; /* 2026-09-08 */
	gint64 now;
} CmPost;

/* Move the clock. */
void
cm_post_set_now(CmPost *post, gint64 now);

/* Say where and how somebody is told; contact and household of a student. */
void
cm_post_set_reach(CmPost *post,
		  CmResource kind,
		  gint64 person,
		  const gchar *email,
		  CmDelivery delivery);
void
cm_post_set_guardian(CmPost *post, gint64 student, gint64 contact, guint household);

/* The store's clock and the outbox's settings, also of a store that was opened again. */
void
cm_post_configure(CmPost *post);

/* Returns: (transfer full); freed, the store is checked. */
CmPost *
cm_post_new(void);

void
cm_post_free(CmPost *post);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPost, cm_post_free)

/* Changes of a session, by its place in `session`: `day` counts from Tuesday, `start` is "09:00". */
void
cm_post_book(CmPost *post, guint session, gint day, const gchar *start);
void
cm_post_move(CmPost *post, guint session, gint day, const gchar *start);
void
cm_post_cancel(CmPost *post, guint session);

/* The outbox: letters made, handed out, reported on, read. */
CmOutboxReport
cm_post_gather(CmPost *post);
GPtrArray *
cm_post_lease(CmPost *post, guint max);
void
cm_post_report(CmPost *post, const CmStoreLease *lease, CmAttempt outcome, guint code);
CmLetter *
cm_post_read(const CmStoreLease *lease);

/* The number that a query prints. */
gint64
cm_post_query(CmPost *post, const gchar *sql);

/* Everything that is due is taken by the server; how many that were. */
guint
cm_post_deliver(CmPost *post);
