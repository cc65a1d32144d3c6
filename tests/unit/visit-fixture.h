// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy-loader.h"
#include "daemon/store/store-entry.h"
#include "daemon/store/store-guardianship.h"
#include "daemon/store/store-link.h"
#include "daemon/store/store-page.h"
#include "daemon/store/store-response.h"
#include "tests/unit/booking-fixture.h"

/* What the tests of doors and pages share: a session by video on a Tuesday at 10:00 (Toronto), in which the guardian takes part. */

typedef struct {
	Desk *desk;
	CmStore *store;
	CmPolicySet *policies;
	CmStoreStamp booking;
	gint64 start;
	gint64 end;
} Visio;

static inline CmPolicySet *
visio_load_policies(void)
{
	g_autofree gchar *folder =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "policies", NULL);
	const gchar *const folders[] = {folder, NULL};
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	CmPolicySet *policies = cm_policy_loader_load(folders, faults, &error);

	g_assert_no_error(error);
	return policies;
}

static inline Visio *
visio_new(void)
{
	Visio *visio = g_new0(Visio, 1);
	CmStoreOrder order = {0};
	CmGuardianship guardianship = {.household = 1, .authority = TRUE};
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autoptr(GError) error = NULL;

	visio->desk = desk_new();
	visio->store = visio->desk->store;
	visio->policies = visio_load_policies();
	guardianship.contact = visio->desk->contact[0];
	g_assert_true(cm_store_guardianship_set(visio->store, visio->desk->student[0],
						&guardianship, UID, &error));
	order = order_session(visio->desk, 0, 0, "10:00");
	order.place.mode = CM_MODE_VIDEO_REMOTE;
	order.place.room = 0;
	visio->booking = book(visio->desk, &order);
	booking = get(visio->desk, visio->booking.number, NOW);
	visio->start = booking->start_utc;
	visio->end = booking->end_utc;
	return visio;
}

static inline void
visio_free(Visio *visio)
{
	cm_policy_set_unref(visio->policies);
	desk_free(visio->desk);
	g_free(visio);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Visio, visio_free)

/* who comes by somebody's link */
static inline CmStoreVisitor
visio_look_up(Visio *visio, const gchar *token, gint64 now)
{
	CmStoreVisitor visitor = {0};
	guint8 hash[CM_LINK_HASH_BYTES];
	g_autoptr(GError) error = NULL;
	gboolean found = FALSE;

	g_assert_true(cm_link_hash(token, hash));
	found = cm_store_pass_look_up(visio->store, hash, sizeof hash, now, &visitor, &error);
	g_assert_no_error(error);
	g_assert_true(found);
	return visitor;
}

static inline CmStoreVisitor
visio_come_by_link(Visio *visio, CmResource kind, gint64 person, CmLinkScope scope, gint64 subject)
{
	g_autofree gchar *token = NULL;
	g_autoptr(GError) error = NULL;
	gboolean issued =
	    cm_store_link_issue(visio->store, kind, person, scope, subject, NOW, &token, &error);

	g_assert_no_error(error);
	g_assert_true(issued);
	return visio_look_up(visio, token, NOW);
}

static inline CmStoreVisitor
visio_guardian(Visio *visio)
{
	return visio_come_by_link(visio, CM_RESOURCE_CONTACT, visio->desk->contact[0],
				  CM_LINK_GUEST, 0);
}

static inline gchar *
visio_exchange(Visio *visio, gboolean code, const gchar *secret, gint64 now, GError **error)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize length = sizeof digest;
	gchar *pass = NULL;

	g_checksum_update(checksum, (const guchar *)secret, -1);
	g_checksum_get_digest(checksum, digest, &length);
	return cm_store_entry_exchange(visio->store, code, digest, length, now, &pass, error)
		   ? pass
		   : NULL;
}

static inline CmStoreEntryOrder
visio_order(Visio *visio, CmVisitRole role, CmResource kind, gint64 person, gint64 now)
{
	CmStoreEntryOrder order = {.role = role,
				   .kind = kind,
				   .person = person,
				   .subject = visio->booking.number,
				   .actor = UID,
				   .now = now,
				   .policies = visio->policies};

	return order;
}

static inline CmStoreVisitor
visio_host(Visio *visio, gint64 now)
{
	const CmStoreEntryOrder order = visio_order(visio, CM_VISIT_HOST, CM_RESOURCE_PROFESSIONAL,
						    visio->desk->professional, now);
	g_autofree gchar *token = NULL;
	g_autofree gchar *pass = NULL;
	g_autoptr(GError) error = NULL;
	gboolean made = cm_store_entry_make_link(visio->store, &order, &token, &error);

	g_assert_no_error(error);
	g_assert_true(made);
	pass = visio_exchange(visio, FALSE, token, now, &error);
	g_assert_no_error(error);
	return visio_look_up(visio, pass, now);
}

/* the psychologist's policy asks for a number and for the consent */
#define VISIO_ANSWERS "{\"phone\":\"418 555-0100\",\"consent\":true}"

static inline gint64
visio_arrive(Visio *visio, const CmStoreVisitor *visitor, gint64 now)
{
	g_autoptr(GError) error = NULL;
	const gchar *answers = visitor->role == CM_VISIT_GUEST ? VISIO_ANSWERS : "{}";
	gint64 number = 0;
	gboolean done = cm_store_visit_arrive(visio->store, visio->policies, visitor,
					      visio->booking.number, answers, now, &number, &error);

	g_assert_no_error(error);
	g_assert_true(done);
	g_assert_cmpint(number, >, 0);
	return number;
}

static inline const CmStorePage *
visio_load(Visio *visio, const CmStoreVisitor *visitor, gint64 now)
{
	g_autoptr(GError) error = NULL;
	const CmStorePage *page =
	    cm_store_page_load(visio->store, visio->policies, visitor, now, &error);

	g_assert_no_error(error);
	g_assert_nonnull(page);
	return page;
}

static inline const CmStorePageItem *
visio_item(const CmStorePage *page)
{
	g_assert_cmpuint(page->items->len, ==, 1);
	return g_ptr_array_index(page->items, 0);
}
