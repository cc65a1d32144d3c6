// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/outbox-family.h"

#include "daemon/store/store-outbox-list.h"
#include "tests/unit/outbox-fixture.h"

/* The promises that are easily lost, told twice or told to somebody else. */

/* the letter that is handed out to somebody; the others' are taken by the server. NULL: none */
static CmLetter *
take_letter(CmPost *post, gint64 person, CmStoreLease **out_lease)
{
	g_autoptr(GPtrArray) leases = NULL;
	CmLetter *found = NULL;

	(void)cm_post_gather(post);
	leases = cm_post_lease(post, 64);
	for (guint i = 0; i < leases->len; i++) {
		CmStoreLease *lease = g_ptr_array_index(leases, i);
		g_autoptr(CmLetter) letter = cm_post_read(lease);

		if (letter->recipient != person) {
			cm_post_report(post, lease, CM_ATTEMPT_ACCEPTED, 250);
			continue;
		}
		g_assert_null(found);
		found = g_steal_pointer(&letter);
		*out_lease = g_ptr_array_steal_index(leases, i--);
	}
	return found;
}

static const CmLetterItem *
get_item(const CmLetter *letter)
{
	g_assert_nonnull(letter);
	g_assert_cmpuint(letter->items->len, ==, 1);
	return g_ptr_array_index(letter->items, 0);
}

static void
remove_guardian(CmPost *post, gint64 student, gint64 contact)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_guardianship_remove(post->store, student, contact, UID, &error));
	g_assert_no_error(error);
}

/* all have been told of a booking; then the father is told for his child no longer */
static CmPost *
make_parted(void)
{
	CmPost *post = cm_post_new();

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	g_assert_cmpuint(cm_post_deliver(post), ==, 2);
	remove_guardian(post, post->child[0], post->father);
	return post;
}

/* ---- who was told, and is no longer */

static void
test_parted_cancelled(void)
{
	g_autoptr(CmPost) post = make_parted();
	g_autoptr(CmStoreLease) lease = NULL;
	g_autoptr(CmLetter) letter = NULL;

	cm_post_cancel(post, 0);
	cm_post_set_now(post, post->now + UNDO);
	letter = take_letter(post, post->father, &lease);
	g_assert_cmpint(get_item(letter)->kind, ==, CM_LETTER_ITEM_CANCELLED);
	cm_post_report(post, lease, CM_ATTEMPT_ACCEPTED, 250);
	cm_post_set_now(post, post->now + DAY);
	g_assert_cmpuint(cm_post_deliver(post), ==, 0);
}

/* the new hour is none of his business, but that the old one is no more is */
static void
test_parted_moved(void)
{
	g_autoptr(CmPost) post = make_parted();
	g_autoptr(CmStoreLease) lease = NULL;
	g_autoptr(CmStoreLease) none = NULL;
	g_autoptr(CmLetter) letter = NULL;
	gint64 told =
	    cm_time_to_utc(post->tuesday, 9 * 60, g_time_zone_new_identifier("America/Toronto"));

	cm_post_move(post, 0, 0, "10:30");
	cm_post_set_now(post, post->now + UNDO);
	letter = take_letter(post, post->father, &lease);
	g_assert_cmpint(get_item(letter)->kind, ==, CM_LETTER_ITEM_CANCELLED);
	g_assert_cmpint(get_item(letter)->start, ==, told);
	cm_post_report(post, lease, CM_ATTEMPT_ACCEPTED, 250);
	/* once */
	cm_post_move(post, 0, 0, "13:00");
	cm_post_set_now(post, post->now + UNDO);
	g_assert_null(take_letter(post, post->father, &none));
}

/* nor where the child is now */
static void
test_parted_elsewhere(void)
{
	g_autoptr(CmPost) post = make_parted();
	g_autoptr(CmStoreLease) lease = NULL;
	g_autoptr(CmLetter) letter = NULL;

	cm_post_move(post, 0, 0, "10:30");
	g_assert_true(cm_store_fixture_run_shell(
	    post->fixture, "UPDATE student SET site = (SELECT id FROM site WHERE name = 'Bureau');",
	    NULL));
	cm_post_set_now(post, post->now + UNDO);
	letter = take_letter(post, post->father, &lease);
	g_assert_cmpstr(get_item(letter)->school, ==, "École");
	g_assert_false(get_item(letter)->excused);
}

/* a meeting that takes place without them is not said to be none */
static void
test_excused(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(CmStoreLease) first = NULL;
	g_autoptr(CmStoreLease) second = NULL;
	g_autoptr(CmLetter) one = NULL;
	g_autoptr(CmLetter) two = NULL;
	g_autofree gchar *come = g_strdup_printf(
	    "INSERT INTO booking_participant (session, contact) SELECT session, %" G_GINT64_FORMAT
	    " FROM booking;",
	    post->father);
	g_autofree gchar *go = g_strdup_printf(
	    "DELETE FROM booking_participant; INSERT INTO notice (kind, recipient_kind, recipient, "
	    "subject, queued_at) SELECT 'booking.cancelled', 2, %" G_GINT64_FORMAT
	    ", session, %d FROM booking;",
	    post->father, NOW + UNDO);

	remove_guardian(post, post->child[0], post->father);
	cm_post_book(post, 0, 0, "09:00");
	g_assert_true(cm_store_fixture_run_shell(post->fixture, come, NULL));
	g_assert_true(cm_store_fixture_run_shell(
	    post->fixture,
	    "INSERT INTO notice (kind, recipient_kind, recipient, subject, queued_at) SELECT "
	    "'booking.booked', 2, contact, session, 1 FROM booking_participant;",
	    NULL));
	cm_post_set_now(post, NOW + UNDO);
	one = take_letter(post, post->father, &first);
	g_assert_cmpint(get_item(one)->kind, ==, CM_LETTER_ITEM_BOOKED);
	cm_post_report(post, first, CM_ATTEMPT_ACCEPTED, 250);
	g_assert_true(cm_store_fixture_run_shell(post->fixture, go, NULL));
	cm_post_set_now(post, post->now + UNDO);
	two = take_letter(post, post->father, &second);
	g_assert_cmpint(get_item(two)->kind, ==, CM_LETTER_ITEM_CANCELLED);
	g_assert_true(get_item(two)->excused);
}

/* what is undone is not told as cancelled */
static void
test_parted_moved_back(void)
{
	g_autoptr(CmPost) post = make_parted();
	g_autoptr(CmStoreLease) lease = NULL;

	cm_post_move(post, 0, 0, "10:30");
	(void)cm_post_gather(post);
	cm_post_set_now(post, post->now + 30);
	cm_post_move(post, 0, 0, "09:00");
	cm_post_set_now(post, post->now + UNDO);
	g_assert_null(take_letter(post, post->father, &lease));
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM invitation WHERE told_state = "
					    "'cancelled'"),
			==, 0);
}

/* ---- to which address */

/* the father's letter comes back with an answer; then his address is found to be another family's */
static void
assert_address_changed(CmAttempt outcome)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(CmStoreLease) first = NULL;
	g_autoptr(CmStoreLease) second = NULL;
	g_autoptr(CmLetter) one = NULL;
	g_autoptr(CmLetter) two = NULL;

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	one = take_letter(post, post->father, &first);
	g_assert_cmpstr(one->address, ==, "pere@famille.example");
	cm_post_report(post, first, outcome, 450);
	cm_post_set_reach(post, CM_RESOURCE_CONTACT, post->father, "vrai.pere@famille.example",
			  CM_DELIVERY_INVITATIONS);
	cm_post_set_now(post, post->now + HOUR);
	two = take_letter(post, post->father, &second);
	g_assert_nonnull(two);
	g_assert_cmpstr(two->address, ==, "vrai.pere@famille.example");
	g_assert_cmpstr(second->recipient, ==, "vrai.pere@famille.example");
	g_assert_cmpint(get_item(two)->kind, ==, CM_LETTER_ITEM_BOOKED);
	cm_post_report(post, second, CM_ATTEMPT_ACCEPTED, 250);
	g_assert_cmpint(cm_post_query(post,
				      "SELECT count(*) FROM letter WHERE state NOT IN ('sent', "
				      "'void')"),
			==, 0);
}

static void
test_address_changed(void)
{
	assert_address_changed(CM_ATTEMPT_TEMPORARY);
	assert_address_changed(CM_ATTEMPT_UNCERTAIN);
	assert_address_changed(CM_ATTEMPT_PERMANENT);
}

static void
test_wants_no_mail(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(CmStoreLease) first = NULL;
	g_autoptr(CmStoreLease) second = NULL;
	g_autoptr(CmLetter) one = NULL;

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	one = take_letter(post, post->father, &first);
	cm_post_report(post, first, CM_ATTEMPT_TEMPORARY, 450);
	cm_post_set_reach(post, CM_RESOURCE_CONTACT, post->father, NULL, CM_DELIVERY_NONE);
	cm_post_set_now(post, post->now + HOUR);
	g_assert_null(take_letter(post, post->father, &second));
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM notice WHERE outcome = "
					    "'unreachable' AND recipient_kind = 2"),
			==, 1);
}

/* ---- what staff try again */

/* given up without an end that is known; what is newer was told since */
static void
test_retried_late(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(CmStoreLease) first = NULL;
	g_autoptr(CmStoreLease) second = NULL;
	g_autoptr(CmStoreLease) third = NULL;
	g_autoptr(CmLetter) one = NULL;
	g_autoptr(CmLetter) two = NULL;
	g_autoptr(GError) error = NULL;

	cm_post_book(post, 0, 14, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	one = take_letter(post, post->father, &first);
	cm_post_set_now(post, post->now + CM_OUTBOX_GIVE_UP_SECONDS);
	cm_post_report(post, first, CM_ATTEMPT_UNCERTAIN, 0);
	g_assert_cmpint(cm_post_query(post, "SELECT uncertain FROM letter WHERE state = 'dead'"),
			==, 1);
	cm_post_move(post, 0, 14, "10:30");
	cm_post_set_now(post, post->now + UNDO);
	two = take_letter(post, post->father, &second);
	g_assert_nonnull(two);
	cm_post_report(post, second, CM_ATTEMPT_ACCEPTED, 250);
	g_assert_true(
	    cm_store_outbox_list_retry(post->store, first->number, UID, post->now, &error));
	g_assert_no_error(error);
	/* not the hour of before */
	g_assert_null(take_letter(post, post->father, &third));
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM notice WHERE sent_at IS NULL AND "
					    "recipient_kind = 2 AND letter IS NOT NULL"),
			==, 0);
}

/* ---- what does not go wrong for others */

/* one letter's row is spoilt: the others go, and staff see it */
static void
test_spoilt(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(CmStoreLease) lease = NULL;
	g_autoptr(CmLetter) letter = NULL;
	g_autoptr(GError) error = NULL;
	gint64 spoilt = 0;

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	g_assert_cmpuint(cm_post_gather(post).letters, ==, 2);
	g_assert_true(cm_store_fixture_run_shell(post->fixture,
						 "UPDATE letter SET facts = x'0102' WHERE "
						 "recipient_kind = 2;",
						 NULL));
	g_assert_cmpuint(cm_post_deliver(post), ==, 1);
	spoilt = cm_post_query(post, "SELECT id FROM letter WHERE state = 'dead'");
	g_assert_cmpint(spoilt, >, 0);
	/* tried again, it is made anew */
	g_assert_true(cm_store_outbox_list_retry(post->store, spoilt, UID, post->now, &error));
	letter = take_letter(post, post->father, &lease);
	g_assert_cmpint(get_item(letter)->kind, ==, CM_LETTER_ITEM_BOOKED);
}

/* the clock is ahead by ten days while a server defers a letter, and a lease is out */
static void
test_clock_set_back(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(GPtrArray) leases = NULL;

	cm_post_book(post, 0, 14, "09:00");
	cm_post_set_now(post, NOW + 10 * DAY);
	(void)cm_post_gather(post);
	leases = cm_post_lease(post, 64);
	g_assert_cmpuint(leases->len, >=, 2);
	cm_post_report(post, g_ptr_array_index(leases, 0), CM_ATTEMPT_TEMPORARY, 451);
	cm_post_set_now(post, NOW + HOUR);
	g_assert_cmpuint(cm_post_deliver(post), ==, leases->len);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM letter WHERE state <> 'sent'"),
			==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/outbox-family/parted-cancelled", test_parted_cancelled);
	g_test_add_func("/outbox-family/parted-moved", test_parted_moved);
	g_test_add_func("/outbox-family/parted-moved-back", test_parted_moved_back);
	g_test_add_func("/outbox-family/parted-elsewhere", test_parted_elsewhere);
	g_test_add_func("/outbox-family/excused", test_excused);
	g_test_add_func("/outbox-family/address-changed", test_address_changed);
	g_test_add_func("/outbox-family/wants-no-mail", test_wants_no_mail);
	g_test_add_func("/outbox-family/retried-late", test_retried_late);
	g_test_add_func("/outbox-family/spoilt", test_spoilt);
	g_test_add_func("/outbox-family/clock-set-back", test_clock_set_back);
	return g_test_run();
}
