// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/outbox-matter.h"
#include "daemon/store/store-link.h"
#include "tests/unit/outbox-fixture.h"

/* the only letter that is handed out to somebody, and what it says */
static CmLetter *
take_letter(CmPost *post, gint64 person, CmStoreLease **out_lease)
{
	g_autoptr(GPtrArray) leases = cm_post_lease(post, 64);
	CmLetter *found = NULL;

	for (guint i = 0; i < leases->len; i++) {
		CmStoreLease *lease = g_ptr_array_index(leases, i);
		CmLetter *letter = cm_post_read(lease);

		if (letter->recipient != person) {
			cm_post_report(post, lease, CM_ATTEMPT_ACCEPTED, 250);
			cm_letter_free(letter);
			continue;
		}
		g_assert_null(found);
		found = letter;
		*out_lease = g_ptr_array_steal_index(leases, i--);
	}
	return found;
}

static const CmLetterItem *
get_item(const CmLetter *letter, guint index)
{
	g_assert_cmpuint(index, <, letter->items->len);
	return g_ptr_array_index(letter->items, index);
}

/* ---- what is told */

static void
test_store_outbox_booked(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(CmStoreLease) lease = NULL;
	g_autoptr(CmLetter) letter = NULL;
	const CmLetterItem *item = NULL;
	CmOutboxReport report = {0};

	cm_post_book(post, 0, 0, "09:00");
	/* nothing within the delay */
	cm_post_set_now(post, NOW + UNDO - 1);
	report = cm_post_gather(post);
	g_assert_cmpuint(report.letters, ==, 0);
	g_assert_cmpuint(report.expanded, ==, 1);
	cm_post_set_now(post, NOW + UNDO);
	report = cm_post_gather(post);
	/* the professional and the father at once, the mother in the evening */
	g_assert_cmpuint(report.letters, ==, 2);
	letter = take_letter(post, post->father, &lease);
	g_assert_nonnull(letter);
	g_assert_cmpint(letter->kind, ==, CM_LETTER_INVITATION);
	g_assert_cmpstr(letter->address, ==, "pere@famille.example");
	g_assert_cmpstr(lease->recipient, ==, "pere@famille.example");
	g_assert_true(g_str_has_prefix(lease->sender, "suivis+b"));
	g_assert_cmpuint(letter->items->len, ==, 1);
	item = get_item(letter, 0);
	g_assert_cmpint(item->kind, ==, CM_LETTER_ITEM_BOOKED);
	g_assert_cmpuint(item->sequence, ==, 0);
	g_assert_cmpstr(item->initials, ==, "É. Q.");
	g_assert_cmpstr(item->school, ==, "École");
	g_assert_cmpstr(item->mode, ==, "in-person");
	g_assert_cmpstr(item->host_name, ==, "Zoé Ximenès-Quirion");
	g_assert_true(g_str_has_prefix(item->organizer_address, "suivis+"));
	cm_post_report(post, lease, CM_ATTEMPT_ACCEPTED, 250);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM invitation WHERE told_state = "
					    "'planned'"),
			==, 2);
	/* 17:00 in Toronto */
	cm_post_set_now(post, NOW + 9 * HOUR);
	g_assert_cmpuint(cm_post_deliver(post), ==, 1);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM notice WHERE sent_at IS NULL"),
			==, 0);
}

static void
test_store_outbox_coalesced(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(CmStoreLease) lease = NULL;
	g_autoptr(CmLetter) letter = NULL;

	/* booked, then moved: one letter, of where it is now */
	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + 60);
	cm_post_move(post, 0, 0, "10:30");
	/* the delay counts from the last change */
	cm_post_set_now(post, NOW + UNDO);
	g_assert_cmpuint(cm_post_gather(post).letters, ==, 0);
	cm_post_set_now(post, NOW + 60 + UNDO);
	g_assert_cmpuint(cm_post_gather(post).letters, ==, 2);
	letter = take_letter(post, post->father, &lease);
	g_assert_cmpint(get_item(letter, 0)->kind, ==, CM_LETTER_ITEM_BOOKED);
	g_assert_cmpint(get_item(letter, 0)->start, ==,
			cm_time_to_utc(post->tuesday, 10 * 60 + 30,
				       g_time_zone_new_identifier("America/Toronto")));
	cm_post_report(post, lease, CM_ATTEMPT_ACCEPTED, 250);
	/* the mother is told of it once, too */
	cm_post_set_now(post, NOW + 9 * HOUR);
	g_assert_cmpuint(cm_post_deliver(post), ==, 1);
	/* moved there and back: nothing */
	cm_post_move(post, 0, 0, "11:00");
	cm_post_set_now(post, post->now + 30);
	cm_post_move(post, 0, 0, "10:30");
	cm_post_set_now(post, post->now + 2 * DAY);
	g_assert_cmpuint(cm_post_deliver(post), ==, 0);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM notice WHERE sent_at IS NULL"),
			==, 0);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM notice WHERE outcome = 'void'"),
			>, 0);
}

/* who decides for a student from now on is told what stands; who knew it is not told again */
static void
test_store_outbox_new_guardian(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(CmStoreLease) lease = NULL;
	g_autoptr(CmLetter) letter = NULL;

	cm_post_book(post, 2, 0, "09:00");
	cm_post_set_now(post, NOW + DAY + 9 * HOUR);
	/* the professional and the mother */
	g_assert_cmpuint(cm_post_deliver(post), ==, 2);
	cm_post_set_guardian(post, post->child[1], post->father, 2);
	cm_post_set_now(post, post->now + UNDO);
	(void)cm_post_gather(post);
	letter = take_letter(post, post->father, &lease);
	g_assert_nonnull(letter);
	g_assert_cmpint(get_item(letter, 0)->kind, ==, CM_LETTER_ITEM_BOOKED);
	cm_post_report(post, lease, CM_ATTEMPT_ACCEPTED, 250);
	cm_post_set_now(post, post->now + 2 * DAY);
	g_assert_cmpuint(cm_post_deliver(post), ==, 0);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM letter"), ==, 3);
}

/* a letter that waits for its server is not for a guardian who was removed meanwhile */
static void
test_store_outbox_removed_guardian(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(CmStoreLease) lease = NULL;
	g_autoptr(GError) error = NULL;

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	g_assert_cmpuint(cm_post_gather(post).letters, ==, 2);
	g_assert_true(
	    cm_store_guardianship_remove(post->store, post->child[0], post->father, UID, &error));
	cm_post_set_now(post, post->now + UNDO);
	(void)cm_post_gather(post);
	g_assert_null(take_letter(post, post->father, &lease));
}

static void
test_store_outbox_undone(void)
{
	g_autoptr(CmPost) post = cm_post_new();

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO - 1);
	cm_post_cancel(post, 0);
	cm_post_set_now(post, NOW + 2 * DAY);
	g_assert_cmpuint(cm_post_deliver(post), ==, 0);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM letter"), ==, 0);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM notice WHERE sent_at IS NULL"),
			==, 0);
}

static void
test_store_outbox_moved_and_cancelled(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(CmStoreLease) lease = NULL;
	g_autoptr(CmStoreLease) last = NULL;
	g_autoptr(CmLetter) moved = NULL;
	g_autoptr(CmLetter) cancelled = NULL;
	gint64 start = 0;

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	g_assert_cmpuint(cm_post_deliver(post), ==, 2);
	cm_post_move(post, 0, 0, "10:30");
	cm_post_set_now(post, post->now + UNDO);
	(void)cm_post_gather(post);
	moved = take_letter(post, post->father, &lease);
	g_assert_cmpint(moved->kind, ==, CM_LETTER_UPDATE);
	g_assert_cmpint(get_item(moved, 0)->kind, ==, CM_LETTER_ITEM_MOVED);
	g_assert_cmpuint(get_item(moved, 0)->sequence, ==, 1);
	g_assert_cmpint(get_item(moved, 0)->old_start, ==, get_item(moved, 0)->start - 90 * 60);
	start = get_item(moved, 0)->start;
	cm_post_report(post, lease, CM_ATTEMPT_ACCEPTED, 250);
	cm_post_cancel(post, 0);
	cm_post_set_now(post, post->now + UNDO);
	(void)cm_post_gather(post);
	cancelled = take_letter(post, post->father, &last);
	g_assert_cmpint(cancelled->kind, ==, CM_LETTER_CANCELLATION);
	g_assert_cmpuint(get_item(cancelled, 0)->sequence, ==, 2);
	g_assert_cmpint(get_item(cancelled, 0)->start, ==, start);
	g_assert_cmpstr(get_item(cancelled, 0)->uid, ==, get_item(moved, 0)->uid);
	cm_post_report(post, last, CM_ATTEMPT_ACCEPTED, 250);
	/* the mother was never told of it: nothing to cancel */
	cm_post_set_now(post, post->now + DAY);
	g_assert_cmpuint(cm_post_deliver(post), ==, 0);
}

/* two children, three changes: one mail, in the evening */
static void
test_store_outbox_digest(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(CmStoreLease) lease = NULL;
	g_autoptr(CmLetter) letter = NULL;

	cm_post_book(post, 0, 0, "09:00");
	cm_post_book(post, 2, 0, "10:30");
	cm_post_book(post, 1, 1, "13:00");
	cm_post_set_now(post, NOW + 9 * HOUR - 1);
	(void)cm_post_deliver(post);
	g_assert_cmpint(cm_post_query(post,
				      "SELECT count(*) FROM letter WHERE recipient_kind = 2 AND "
				      "state = 'sent'"),
			==, 2);
	cm_post_set_now(post, NOW + 9 * HOUR);
	g_assert_cmpuint(cm_post_gather(post).letters, ==, 1);
	letter = take_letter(post, post->mother, &lease);
	g_assert_cmpint(letter->kind, ==, CM_LETTER_DIGEST);
	g_assert_cmpuint(letter->items->len, ==, 3);
	/* by hour, each child by their initials */
	g_assert_cmpstr(get_item(letter, 0)->initials, ==, "É. Q.");
	g_assert_cmpstr(get_item(letter, 1)->initials, ==, "F. W.");
	g_assert_cmpstr(get_item(letter, 2)->initials, ==, "É. Q.");
	cm_post_report(post, lease, CM_ATTEMPT_ACCEPTED, 250);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM invitation WHERE told_state = "
					    "'planned' AND recipient_kind = 2"),
			==, 5);
}

/* the day before: at once, even to who wants a digest; of the night only what can't wait */
static void
test_store_outbox_urgent(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	gint64 six = cm_time_to_utc(post->tuesday - 1, 18 * 60,
				    g_time_zone_new_identifier("America/Toronto"));

	cm_post_set_now(post, six);
	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, six + UNDO);
	(void)cm_post_gather(post);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM letter WHERE urgent = 1"), ==, 3);
	g_assert_cmpuint(cm_post_deliver(post), ==, 3);
	/* at 23:00, for tomorrow at 13:00: it waits until 07:00 */
	cm_post_set_now(post, six + 5 * HOUR);
	cm_post_move(post, 0, 0, "13:00");
	cm_post_set_now(post, six + 12 * HOUR);
	g_assert_cmpuint(cm_post_deliver(post), ==, 3);
}

/* what is settled is looked at once, also when nothing waits behind it */
static void
test_store_outbox_newer(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(GArray) list = NULL;
	g_autoptr(GArray) none = NULL;
	gint64 last = 0;
	gint64 newest = 0;
	g_autoptr(GError) error = NULL;

	cm_post_book(post, 0, 0, "09:00");
	cm_post_book(post, 1, 1, "09:00");
	newest = cm_post_query(post, "SELECT max(id) FROM notice");
	list = cm_store_outbox_list_newer(post->store, 0, 100, &last, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(list->len, ==, 2);
	g_assert_cmpint(last, ==, newest);
	g_clear_pointer(&list, g_array_unref);
	/* a page that is full ends where it ends */
	list = cm_store_outbox_list_newer(post->store, 0, 1, &last, &error);
	g_assert_cmpuint(list->len, ==, 1);
	g_assert_cmpint(last, <, newest);
	cm_post_set_now(post, NOW + 10 * DAY);
	(void)cm_post_deliver(post);
	newest = cm_post_query(post, "SELECT max(id) FROM notice");
	none = cm_store_outbox_list_newer(post->store, 0, 100, &last, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(none->len, ==, 0);
	g_assert_cmpint(last, ==, newest);
}

static void
test_store_outbox_quiet(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("America/Toronto");
	gint64 night = cm_time_to_utc(post->tuesday - 6, 22 * 60, zone);

	cm_post_set_now(post, night);
	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, night + 9 * HOUR - 1);
	g_assert_cmpuint(cm_post_deliver(post), ==, 0);
	/* 07:00 */
	cm_post_set_now(post, night + 9 * HOUR);
	g_assert_cmpuint(cm_post_deliver(post), ==, 2);
}

/* the start that bears on when a notice is told, to the mother; of the kind's first matter */
static CmMatter *
find_matter(GPtrArray *matters, CmNoticeKind kind)
{
	for (guint i = 0; i < matters->len; i++) {
		CmMatter *matter = g_ptr_array_index(matters, i);

		if (matter->kind == kind)
			return matter;
	}
	g_assert_not_reached();
}

/* a place that is offered is urgent by its hour; news of something else has none, though a booking has its number */
static void
test_store_outbox_starts(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	CmDatabase *database = post->store->database;
	const CmStoreRecipient who = {CM_RESOURCE_CONTACT, post->mother};
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("America/Toronto");
	const CmDueReach reach = {.zone = zone};
	gint64 start = cm_time_to_utc(post->tuesday, 9 * 60, zone);
	g_autofree gchar *offer = g_strdup_printf(
	    "INSERT INTO service_request VALUES (77, 1, 'offered', %" G_GINT64_FORMAT
	    ", 'psychologue', 'suivi', 45, 1, 1, x'00', 0, 0);"
	    "INSERT INTO appointment (version, kind, state, hold_until, request, date, start, "
	    "zone, start_utc, end_utc, mode, professional, changed_at, changed_by) "
	    "VALUES (1, 'meeting', 'hold', %d, 77, 0, 600, 'America/Toronto', %" G_GINT64_FORMAT
	    ", %" G_GINT64_FORMAT ", 'video-remote', %" G_GINT64_FORMAT ", 0, 0)",
	    post->child[0], NOW + DAY, start + DAY, start + DAY + HOUR, post->professional);
	g_autoptr(GPtrArray) matters = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(CmTransaction) transaction = NULL;

	cm_post_book(post, 0, 0, "09:00");
	transaction = cm_transaction_new(database, &error);
	g_assert_no_error(error);
	g_assert_true(cm_database_execute(database, offer, &error));
	g_assert_true(cm_notice_queue(post->store, CM_NOTICE_BIRTHDAY, who.kind, who.person,
				      post->session[0], &error));
	g_assert_true(cm_notice_queue(post->store, CM_NOTICE_SESSION_REMINDER, who.kind, who.person,
				      post->session[0], &error));
	g_assert_true(cm_notice_queue(post->store, CM_NOTICE_REQUEST_OFFERED, who.kind, who.person,
				      77, &error));
	matters = cm_outbox_matter_list(post->store, &who, &reach, NULL, NOW, &error);
	g_assert_no_error(error);
	g_assert_cmpint(find_matter(matters, CM_NOTICE_SESSION_REMINDER)->start, ==, start);
	g_assert_cmpint(find_matter(matters, CM_NOTICE_REQUEST_OFFERED)->start, ==, start + DAY);
	g_assert_cmpint(find_matter(matters, CM_NOTICE_BIRTHDAY)->start, ==, 0);
}

/* ---- the way of a letter */

static void
test_store_outbox_not_told_before_accepted(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(GPtrArray) leases = NULL;

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	(void)cm_post_gather(post);
	leases = cm_post_lease(post, 64);
	g_assert_cmpuint(leases->len, ==, 2);
	for (guint i = 0; i < leases->len; i++)
		cm_post_report(post, g_ptr_array_index(leases, i), CM_ATTEMPT_TEMPORARY, 451);
	g_assert_cmpint(cm_post_query(post,
				      "SELECT count(*) FROM invitation WHERE told_state IS NOT "
				      "NULL"),
			==, 0);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM notice WHERE outcome = 'told'"),
			==, 0);
	g_assert_cmpint(cm_post_query(post,
				      "SELECT count(*) FROM letter WHERE state = 'waiting' AND "
				      "cause = 'temporary' AND code = 451 AND uncertain = 0"),
			==, 2);
	/* cancelled while the server refuses: nobody ever hears of it */
	cm_post_cancel(post, 0);
	cm_post_set_now(post, post->now + 12 * HOUR);
	g_assert_cmpuint(cm_post_deliver(post), ==, 0);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM letter WHERE state = 'void'"), ==,
			2);
}

/* what may have been sent is sent again to the byte, and what is newer waits behind it */
static void
test_store_outbox_uncertain(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(CmStoreLease) first = NULL;
	g_autoptr(CmStoreLease) second = NULL;
	g_autoptr(CmStoreLease) third = NULL;
	g_autoptr(CmLetter) one = NULL;
	g_autoptr(CmLetter) two = NULL;
	g_autoptr(CmLetter) three = NULL;
	g_autoptr(GError) error = NULL;

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	(void)cm_post_gather(post);
	one = take_letter(post, post->father, &first);
	/* comodald dies, or the courier */
	cm_store_fixture_reopen(post->fixture);
	post->store = post->fixture->store;
	cm_post_configure(post);
	g_assert_true(cm_store_letter_abandon(post->store, post->now, &error));
	cm_post_move(post, 0, 0, "10:30");
	cm_post_set_now(post, post->now + UNDO);
	(void)cm_post_gather(post);
	two = take_letter(post, post->father, &second);
	g_assert_nonnull(two);
	g_assert_cmpint(second->number, ==, first->number);
	g_assert_cmpuint(second->attempt, ==, first->attempt + 1);
	g_assert_true(g_bytes_equal(first->facts, second->facts));
	g_assert_cmpstr(second->sender, ==, first->sender);
	cm_post_report(post, second, CM_ATTEMPT_ACCEPTED, 250);
	(void)cm_post_gather(post);
	three = take_letter(post, post->father, &third);
	g_assert_cmpint(three->kind, ==, CM_LETTER_UPDATE);
	g_assert_cmpuint(get_item(three, 0)->sequence, ==, 1);
}

/* a letter that something newer contradicts stays here, and is made anew */
static void
test_store_outbox_contradicted(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(GPtrArray) none = NULL;
	g_autoptr(CmStoreLease) lease = NULL;
	g_autoptr(CmLetter) letter = NULL;

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	g_assert_cmpuint(cm_post_gather(post).letters, ==, 2);
	cm_post_move(post, 0, 0, "10:30");
	none = cm_post_lease(post, 64);
	g_assert_cmpuint(none->len, ==, 0);
	cm_post_set_now(post, post->now + UNDO);
	(void)cm_post_gather(post);
	letter = take_letter(post, post->father, &lease);
	g_assert_cmpint(get_item(letter, 0)->kind, ==, CM_LETTER_ITEM_BOOKED);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM letter WHERE state = 'void'"), ==,
			2);
}

/* what moves again while a letter is on its way waits behind it, and is told */
/* a student of fourteen who is told in the evening does not keep their parents waiting */
static void
test_store_outbox_beside_the_student(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(GPtrArray) leases = NULL;

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	g_assert_cmpuint(cm_post_gather(post).letters, ==, 2);
	/* as a notice stands that is the student's own, too */
	g_assert_cmpint(cm_post_query(post,
				      "UPDATE notice SET sent_at = NULL, outcome = NULL WHERE "
				      "recipient_kind = 1; SELECT changes()"),
			==, 1);
	leases = cm_post_lease(post, 64);
	g_assert_cmpuint(leases->len, ==, 2);
}

/* ---- links of a session's own */

static void
book_at_home(CmPost *post, guint session, const gchar *start)
{
	CmStoreCall call = {.actor = UID, .now = post->now};
	CmStoreOrder order = {
	    .kind = CM_STORE_BOOKING_SESSION,
	    .session = post->session[session],
	    .student_present = TRUE,
	    .place = {.date = post->tuesday, .minutes = 45, .mode = CM_MODE_VIDEO_REMOTE}};
	CmStoreStamp stamp = {0};
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_minute_parse(start, &order.place.start));
	g_assert_true(cm_store_booking_book(post->store, &call, &order, &stamp, &error));
	g_assert_no_error(error);
}

#define BASE "https://css.example"

/* the session that somebody's link leads to, 0: whatever is next */
static gint64
find_subject(CmPost *post, const gchar *link, gint64 person)
{
	guint8 hash[CM_LINK_HASH_BYTES];
	CmLinkTarget target = {0};
	g_autoptr(GError) error = NULL;

	g_assert_nonnull(link);
	g_assert_true(g_str_has_prefix(link, BASE CM_LINK_PATH));
	g_assert_true(cm_link_hash(link + strlen(BASE CM_LINK_PATH), hash));
	g_assert_true(cm_store_link_look_up(post->store, hash, &target, &error));
	g_assert_no_error(error);
	g_assert_cmpint(target.person, ==, person);
	return target.subject;
}

/* where the policy wants it, a letter about several has the link of each that is by video, as a letter about one has it in the place of the
 * person's */
static void
test_store_outbox_own_links(void)
{
	const CmOutboxSettings settings = {
	    .address = "suivis@css.example", .undo_seconds = UNDO, .link_base = BASE};

	for (guint strict = 0; strict < 2; strict++) {
		g_autoptr(CmPost) post = cm_post_new();
		g_autoptr(CmStoreLease) one = NULL;
		g_autoptr(CmStoreLease) several = NULL;
		g_autoptr(CmLetter) invitation = NULL;
		g_autoptr(CmLetter) digest = NULL;

		cm_store_outbox_set_settings(post->store, &settings);
		if (strict == 1)
			(void)cm_post_query(
			    post, "UPDATE professional SET profession = 'psychoeducateur'");
		book_at_home(post, 0, "09:00");
		book_at_home(post, 2, "10:30");
		cm_post_book(post, 3, 1, "09:00");
		cm_post_set_now(post, NOW + UNDO);
		(void)cm_post_gather(post);
		invitation = take_letter(post, post->father, &one);
		g_assert_cmpint(find_subject(post, one->link, post->father), ==,
				strict == 1 ? post->session[0] : 0);
		g_assert_null(one->item_links);
		/* 17:00 in Toronto */
		cm_post_set_now(post, NOW + 9 * HOUR);
		(void)cm_post_gather(post);
		digest = take_letter(post, post->mother, &several);
		g_assert_cmpuint(digest->items->len, ==, 3);
		g_assert_cmpint(find_subject(post, several->link, post->mother), ==, 0);
		g_assert_cmpint(several->item_links != NULL, ==, strict == 1);
		for (guint i = 0; i < 3; i++) {
			const CmLetterItem *item = get_item(digest, i);
			gboolean own = strict == 1 && item->subject != post->session[3];

			g_assert_cmpint(item->own_link, ==, own);
			if (own)
				g_assert_cmpint(
				    find_subject(post, g_ptr_array_index(several->item_links, i),
						 post->mother),
				    ==, item->subject);
			else if (strict == 1)
				g_assert_null(g_ptr_array_index(several->item_links, i));
		}
	}
}

static void
check_moved_meanwhile(gboolean family)
{
	g_autoptr(CmPost) post = cm_post_new();
	gint64 person = family ? post->father : post->professional;
	g_autoptr(CmStoreLease) first = NULL;
	g_autoptr(CmStoreLease) second = NULL;
	g_autoptr(CmLetter) one = NULL;
	g_autoptr(CmLetter) two = NULL;

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	g_assert_cmpuint(cm_post_deliver(post), ==, 2);
	cm_post_move(post, 0, 0, "10:30");
	cm_post_set_now(post, post->now + UNDO);
	(void)cm_post_gather(post);
	one = take_letter(post, person, &first);
	cm_post_move(post, 0, 0, "13:00");
	cm_post_set_now(post, post->now + UNDO);
	(void)cm_post_gather(post);
	g_assert_null(take_letter(post, person, &second));
	cm_post_report(post, first, CM_ATTEMPT_ACCEPTED, 250);
	(void)cm_post_gather(post);
	two = take_letter(post, person, &second);
	g_assert_nonnull(two);
	g_assert_cmpint(get_item(two, 0)->old_start, ==, get_item(one, 0)->start);
	g_assert_cmpint(get_item(two, 0)->start, >, get_item(one, 0)->start);
}

static void
test_store_outbox_moved_meanwhile(void)
{
	check_moved_meanwhile(TRUE);
	check_moved_meanwhile(FALSE);
}

static void
test_store_outbox_lease_ends(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(GPtrArray) first = NULL;
	g_autoptr(GPtrArray) none = NULL;
	g_autoptr(GPtrArray) again = NULL;
	gint64 next = 0;

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	(void)cm_post_gather(post);
	first = cm_post_lease(post, 64);
	g_assert_cmpuint(first->len, ==, 2);
	g_assert_true(cm_store_letter_get_next_time(post->store, &next, NULL));
	g_assert_cmpint(next, ==, post->now + CM_STORE_LEASE_SECONDS);
	cm_post_set_now(post, post->now + CM_STORE_LEASE_SECONDS - 1);
	none = cm_post_lease(post, 64);
	g_assert_cmpuint(none->len, ==, 0);
	cm_post_set_now(post, post->now + 1);
	again = cm_post_lease(post, 64);
	g_assert_cmpuint(again->len, ==, 2);
	/* the first one's report comes after all: the server had it */
	cm_post_report(post, g_ptr_array_index(first, 0), CM_ATTEMPT_ACCEPTED, 250);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM letter WHERE state = 'sent'"), ==,
			1);
	/* of the other, an old failure says nothing of the attempt under way */
	cm_post_report(post, g_ptr_array_index(first, 1), CM_ATTEMPT_PERMANENT, 550);
	g_assert_cmpint(cm_post_query(post, "SELECT count(*) FROM letter WHERE state = 'leased'"),
			==, 1);
}

static void
test_store_outbox_reported_twice(void)
{
	g_autoptr(CmPost) post = cm_post_new();
	g_autoptr(GPtrArray) leases = NULL;
	const CmStoreLease *lease = NULL;
	g_autofree gchar *before = NULL;
	g_autofree gchar *after = NULL;

	cm_post_book(post, 0, 0, "09:00");
	cm_post_set_now(post, NOW + UNDO);
	(void)cm_post_gather(post);
	leases = cm_post_lease(post, 64);
	lease = g_ptr_array_index(leases, 0);
	cm_post_report(post, lease, CM_ATTEMPT_ACCEPTED, 250);
	g_assert_true(cm_store_fixture_run_shell(post->fixture, ".dump", &before));
	cm_post_set_now(post, post->now + 5);
	cm_post_report(post, lease, CM_ATTEMPT_ACCEPTED, 250);
	cm_post_report(post, lease, CM_ATTEMPT_TEMPORARY, 451);
	cm_post_report(post, lease, CM_ATTEMPT_PERMANENT, 550);
	g_assert_true(cm_store_fixture_run_shell(post->fixture, ".dump", &after));
	g_assert_cmpstr(before, ==, after);
}

/* ---- a morning on which everything moves */

#define STORM_GROUP 50

/* so many parents, of meetings of 50 */
static void
make_storm(CmPost *post, guint parents)
{
	g_autoptr(GString) json = g_string_new(cm_store_fixture_get_small());
	g_autoptr(GString) contacts = g_string_new("'contacts': [");
	g_autoptr(GString) sql = g_string_new("BEGIN;");
	g_autoptr(CmCaseload) caseload = NULL;
	g_autoptr(CmCaseload) loaded = NULL;
	g_autoptr(CmRosterNumbers) numbers = NULL;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < parents; i++)
		g_string_append_printf(
		    contacts, "{'id': 'P-%u', 'kind': 'guardian', 'hours': {}, 'preferred': {}},",
		    i);
	g_string_replace(json, "'contacts': [", contacts->str, 1);
	caseload = cm_store_fixture_parse(json->str);
	cm_store_fixture_import(post->fixture, caseload, NULL);
	loaded = cm_store_roster_load_numbered(post->store, NULL, &numbers, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(cm_store_begin_group(post->store, &error));
	for (guint32 i = 0; i < parents; i++)
		cm_post_set_reach(post, CM_RESOURCE_CONTACT,
				  cm_roster_numbers_get(numbers, CM_NUMBER_CONTACT, i),
				  "somebody@famille.example", CM_DELIVERY_INVITATIONS);
	g_assert_true(cm_store_end_group(post->store, &error));
	for (guint32 i = 0; i < parents; i++) {
		gint64 meeting = 9000000 + i / STORM_GROUP;
		gint64 start = NOW + 7 * DAY + (gint64)(i / STORM_GROUP) * 3600;
		gint64 contact = cm_roster_numbers_get(numbers, CM_NUMBER_CONTACT, i);

		if (i % STORM_GROUP == 0)
			g_string_append_printf(
			    sql,
			    "INSERT INTO appointment (id, version, kind, state, date, start, zone, "
			    "start_utc, end_utc, mode, professional, changed_at, changed_by) "
			    "VALUES "
			    "(%" G_GINT64_FORMAT ", 1, 'meeting', 'planned', 20700, 600, "
			    "'America/Toronto', %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
			    ", 'in-person', %" G_GINT64_FORMAT ", 0, 1000);",
			    meeting, start, start + 1800, post->professional);
		g_string_append_printf(
		    sql,
		    "INSERT INTO appointment_attendee VALUES (%" G_GINT64_FORMAT
		    ", 2, %" G_GINT64_FORMAT ");"
		    "INSERT INTO notice (kind, recipient_kind, recipient, subject, queued_at) "
		    "VALUES ('booking.booked', 2, %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %d);",
		    meeting, contact, contact, meeting, NOW);
	}
	g_string_append(sql, "COMMIT;");
	g_assert_true(cm_store_fixture_run_shell(post->fixture, sql->str, NULL));
}

/* one letter each; with COMODAL_STORM=5000 how long that takes */
static void
test_store_outbox_storm(void)
{
	const gchar *asked = g_getenv("COMODAL_STORM");
	guint parents = asked != NULL ? (guint)g_ascii_strtoull(asked, NULL, 10) : 250;
	g_autoptr(CmPost) post = cm_post_new();
	gint64 begun = 0;
	guint sent = 0;

	make_storm(post, parents);
	cm_post_set_now(post, NOW + UNDO);
	begun = g_get_monotonic_time();
	g_assert_cmpuint(cm_post_gather(post).letters, ==, parents);
	g_test_message("%u letters made in %.2f s", parents,
		       (gdouble)(g_get_monotonic_time() - begun) / 1e6);
	begun = g_get_monotonic_time();
	for (guint taken = 1; taken > 0; sent += taken) {
		g_autoptr(GPtrArray) leases = cm_post_lease(post, 64);

		taken = leases->len;
		for (guint i = 0; i < taken; i++)
			cm_post_report(post, g_ptr_array_index(leases, i), CM_ATTEMPT_ACCEPTED,
				       250);
	}
	g_test_message("handed out and reported in %.2f s",
		       (gdouble)(g_get_monotonic_time() - begun) / 1e6);
	g_assert_cmpuint(sent, ==, parents);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-outbox/booked", test_store_outbox_booked);
	g_test_add_func("/store-outbox/coalesced", test_store_outbox_coalesced);
	g_test_add_func("/store-outbox/new-guardian", test_store_outbox_new_guardian);
	g_test_add_func("/store-outbox/removed-guardian", test_store_outbox_removed_guardian);
	g_test_add_func("/store-outbox/undone", test_store_outbox_undone);
	g_test_add_func("/store-outbox/moved-and-cancelled", test_store_outbox_moved_and_cancelled);
	g_test_add_func("/store-outbox/digest", test_store_outbox_digest);
	g_test_add_func("/store-outbox/urgent", test_store_outbox_urgent);
	g_test_add_func("/store-outbox/newer", test_store_outbox_newer);
	g_test_add_func("/store-outbox/quiet", test_store_outbox_quiet);
	g_test_add_func("/store-outbox/starts", test_store_outbox_starts);
	g_test_add_func("/store-outbox/not-told-before-accepted",
			test_store_outbox_not_told_before_accepted);
	g_test_add_func("/store-outbox/uncertain", test_store_outbox_uncertain);
	g_test_add_func("/store-outbox/contradicted", test_store_outbox_contradicted);
	g_test_add_func("/store-outbox/beside-the-student", test_store_outbox_beside_the_student);
	g_test_add_func("/store-outbox/own-links", test_store_outbox_own_links);
	g_test_add_func("/store-outbox/moved-meanwhile", test_store_outbox_moved_meanwhile);
	g_test_add_func("/store-outbox/lease-ends", test_store_outbox_lease_ends);
	g_test_add_func("/store-outbox/reported-twice", test_store_outbox_reported_twice);
	g_test_add_func("/store-outbox/storm", test_store_outbox_storm);
	return g_test_run();
}
