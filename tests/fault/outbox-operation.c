// SPDX-License-Identifier: GPL-3.0-or-later

/* The outbox, one operation a process, for tests/fault/outbox.py. usage: outbox-operation FOLDER VERB
 * The database is FOLDER/data/comodal.db, with a roster in it, the key FOLDER/service.key. Each verb is one transaction of the daemon's. */

#include "daemon/policy/policy-loader.h"
#include "daemon/store/store-booking.h"
#include "daemon/store/store-guardianship.h"
#include "daemon/store/store-letter.h"
#include "daemon/store/store-outbox-list.h"
#include "daemon/store/store-outbox.h"
#include "daemon/store/store-roster.h"
#include "include/cm-error.h"
#include "tests/fault/operation.h"

#define UID 1000
#define NOW 1756700000 /* 2025-09-01 */
#define DAY 86400

typedef struct {
	CmStore *store;
	CmPolicySet *policies;
	CmCaseload *caseload;
	CmRosterNumbers *numbers;
	gint64 now;
} Post;

static gint64
get_number(const Post *post, CmNumberKind kind, guint32 index)
{
	return cm_roster_numbers_get(post->numbers, kind, index);
}

static gboolean
set_address(Post *post, CmResource kind, gint64 person, CmDelivery delivery, GError **error)
{
	CmStoreReachChange change = {.email = "somebody@famille.example",
				     .members = CM_STORE_REACH_DELIVERY,
				     .delivery = delivery};
	gint64 version = 0;

	return cm_store_reach_set(post->store, kind, person, &change, CM_STORE_REACH_ANY_VERSION,
				  UID, post->now, &version, error);
}

/* the student of the first session, a parent of theirs, and the professional can be reached */
static gboolean
run_prepare(Post *post, GError **error)
{
	const CmFollowup *followup = CM_ELEMENT(post->caseload->followups, CmFollowup, 0);
	gint64 student = get_number(post, CM_NUMBER_STUDENT, followup->student);
	CmGuardianship guardianship = {get_number(post, CM_NUMBER_CONTACT, 0), 1, TRUE};

	for (guint32 i = 0; i < post->caseload->contacts->len; i++) {
		if (CM_ELEMENT(post->caseload->contacts, CmContact, i)->kind !=
		    CM_CONTACT_KIND_GUARDIAN)
			continue;
		guardianship.contact = get_number(post, CM_NUMBER_CONTACT, i);
		break;
	}
	return cm_store_guardianship_set(post->store, student, &guardianship, UID, error) &&
	       set_address(post, CM_RESOURCE_CONTACT, guardianship.contact, CM_DELIVERY_INVITATIONS,
			   error) &&
	       set_address(post, CM_RESOURCE_PROFESSIONAL,
			   get_number(post, CM_NUMBER_PROFESSIONAL, followup->professional),
			   CM_DELIVERY_INVITATIONS, error);
}

static gint64
get_version(const Post *post, gint64 session)
{
	g_autoptr(CmStoreBooking) booking =
	    cm_store_booking_get(post->store, session, post->now, NULL);

	return booking != NULL ? booking->version : 0;
}

static gboolean
run_book(Post *post, GError **error)
{
	CmStoreCall call = {.actor = UID, .now = post->now};
	CmStoreOrder order = {.kind = CM_STORE_BOOKING_SESSION,
			      .session = get_number(post, CM_NUMBER_SESSION, 0),
			      .student_present = TRUE,
			      .place = {.date = post->caseload->from + 14,
					.start = 20 * 60,
					.mode = CM_MODE_VIDEO_REMOTE}};
	CmStoreStamp stamp = {0};

	return cm_store_booking_book(post->store, &call, &order, &stamp, error);
}

static gboolean
run_move(Post *post, GError **error)
{
	gint64 session = get_number(post, CM_NUMBER_SESSION, 0);
	CmStoreCall call = {.actor = UID, .now = post->now};
	CmStorePlace place = {
	    .date = post->caseload->from + 15, .start = 21 * 60, .mode = CM_MODE_VIDEO_REMOTE};
	CmStoreStamp stamp = {0};

	return cm_store_booking_move(post->store, &call, session, get_version(post, session),
				     &place, &stamp, error);
}

/* a day later: whatever was queued is due */
static gboolean
run_gather(Post *post, GError **error)
{
	CmOutboxReport report = {0};
	CmStoreRecipient everybody[CM_STORE_OUTBOX_BATCH];
	g_autoptr(GArray) next = g_array_new(FALSE, FALSE, sizeof(CmOutboxNext));
	g_autoptr(GArray) list = NULL;
	guint count = 0;

	list = cm_store_outbox_list_recipients(post->store, NULL, CM_STORE_OUTBOX_BATCH, error);
	if (list == NULL)
		return FALSE;
	for (; count < list->len; count++)
		everybody[count] = g_array_index(list, CmStoreRecipient, count);
	return cm_store_outbox_gather(post->store, post->policies, everybody, count,
				      post->now + DAY, next, &report, error);
}

static gboolean
run_lease(Post *post, GError **error)
{
	g_autoptr(GPtrArray) leases =
	    cm_store_letter_lease(post->store, post->now + 2 * DAY, 8, error);

	return leases != NULL;
}

static gboolean
run_abandon(Post *post, GError **error)
{
	return cm_store_letter_abandon(post->store, post->now + 2 * DAY, error);
}

/* the newest letter that was handed out */
static gint64
find_letter(Post *post)
{
	g_autoptr(GPtrArray) entries =
	    cm_store_outbox_list(post->store, CM_OUTBOX_LIST_WAITING, post->now, NULL);
	gint64 found = 0;

	for (guint i = 0; entries != NULL && i < entries->len; i++) {
		const CmOutboxEntry *entry = g_ptr_array_index(entries, i);

		if (entry->attempts > 0)
			found = MAX(found, entry->letter);
	}
	return found;
}

static gboolean
report(Post *post, CmAttempt outcome, guint code, GError **error)
{
	const CmStoreAttempt attempt = {1, outcome, code};

	return cm_store_letter_report(post->store, find_letter(post), &attempt,
				      post->now + 2 * DAY + 60, NULL, error);
}

static gboolean
run_accepted(Post *post, GError **error)
{
	return report(post, CM_ATTEMPT_ACCEPTED, 250, error);
}

static gboolean
run_temporary(Post *post, GError **error)
{
	return report(post, CM_ATTEMPT_TEMPORARY, 451, error);
}

static gboolean
run_permanent(Post *post, GError **error)
{
	return report(post, CM_ATTEMPT_PERMANENT, 550, error);
}

static gboolean
run_retry(Post *post, GError **error)
{
	g_autoptr(GPtrArray) entries =
	    cm_store_outbox_list(post->store, CM_OUTBOX_LIST_DEAD, post->now, error);
	const CmOutboxEntry *entry = NULL;

	if (entries == NULL || entries->len == 0)
		return FALSE;
	entry = g_ptr_array_index(entries, 0);
	return cm_store_outbox_list_retry(post->store, entry->letter, UID, post->now + 2 * DAY,
					  error);
}

static const struct {
	const gchar *name;
	gboolean (*run)(Post *post, GError **error);
} verbs[] = {
    {"prepare", run_prepare},   {"book", run_book},           {"move", run_move},
    {"gather", run_gather},     {"lease", run_lease},         {"abandon", run_abandon},
    {"accepted", run_accepted}, {"temporary", run_temporary}, {"permanent", run_permanent},
    {"retry", run_retry},
};

static gint64
get_now(void)
{
	return NOW;
}

static gboolean
run(const gchar *folder, const gchar *verb, GError **error)
{
	g_autofree gchar *data = g_build_filename(folder, "data", NULL);
	g_autofree gchar *database = g_build_filename(data, "comodal.db", NULL);
	g_autofree gchar *key_path = g_build_filename(folder, "service.key", NULL);
	g_auto(GStrv) policies = cm_policy_loader_list_default_directories(TRUE);
	g_autoptr(CmPolicySet) set =
	    cm_policy_loader_load((const gchar *const *)policies, NULL, error);
	g_autoptr(CmServiceKey) key =
	    set != NULL ? cm_service_key_load(key_path, data, error) : NULL;
	g_autoptr(CmStore) store = key != NULL ? cm_store_open(database, key, error) : NULL;
	g_autoptr(CmCaseload) caseload = NULL;
	g_autoptr(CmRosterNumbers) numbers = NULL;
	Post post = {.store = store, .policies = set, .now = NOW};

	if (store == NULL)
		return FALSE;
	cm_store_set_clock(store, get_now);
	caseload = cm_store_roster_load_numbered(store, NULL, &numbers, NULL, error);
	if (caseload == NULL)
		return FALSE;
	post.caseload = caseload;
	post.numbers = numbers;
	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (g_str_equal(verb, verbs[i].name))
			return verbs[i].run(&post, error);
	}
	cm_error_set(error, CM_ERROR_INVALID_INPUT, "no such verb", NULL);
	return FALSE;
}

int
main(int argc, char **argv)
{
	return cm_operation_run(argc, argv, run);
}
