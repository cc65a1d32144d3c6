// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/room-keeper.h"

#include "daemon/bus/room-desk.h"
#include "daemon/bus/room-votes.h"
#include "daemon/policy/policy-loader.h"
#include "daemon/store/store-video-room.h"
#include "include/cm-names.h"
#include "tests/unit/booking-fixture.h"

#include <glib/gstdio.h>

/* The keeper over a real store and its worker; the courier is the test. */

#define PEER 1
#define SECRET "639259d4-9dd8-4b25-bf01-95f9567eaf4b"

typedef struct {
	Desk *desk;
	CmService service; /* of which the keeper uses a part */
	CmRoomKeeper *keeper;
	gint64 subject;
	gint64 start;
	guint changed;
	gchar *clock;
} House;

static void
set_clock(House *house, gint64 now)
{
	g_autofree gchar *text = g_strdup_printf("%" G_GINT64_FORMAT "\n", now);

	g_assert_true(g_file_set_contents(house->clock, text, -1, NULL));
}

static void
on_changed(gint64 subject, gpointer user_data)
{
	House *house = user_data;

	g_assert_cmpint(subject, ==, house->subject);
	house->changed++;
}

static void
on_due(gpointer user_data)
{
}

static void
keep_store(gpointer store)
{
}

static CmProviderSettings *
add_bbb(CmVisioConfiguration *visio, const gchar *name)
{
	CmProviderSettings *settings = g_new0(CmProviderSettings, 1);

	settings->name = g_strdup(name);
	settings->kind = CM_PROVIDER_BBB;
	settings->url = g_strconcat("https://", name, ".example/bigbluebutton/api", NULL);
	settings->title = g_strdup("comodal");
	settings->checksum = G_CHECKSUM_SHA256;
	settings->secret = cm_secret_new(SECRET);
	g_hash_table_insert(visio->providers, settings->name, settings);
	return settings;
}

static void
house_start(House *house)
{
	house->keeper = cm_room_keeper_new(&house->service);
	cm_room_keeper_set_changed(house->keeper, on_changed, house);
}

static House *
house_new(const gchar *order)
{
	const gchar *const folders[] = {g_getenv("COMODAL_POLICY_DIR"), NULL};
	House *house = g_new0(House, 1);
	CmService *service = &house->service;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmStoreBooking) booking = NULL;
	CmStoreOrder session;
	CmVisioConfiguration *visio = cm_visio_configuration_new("418 555-0100");

	house->desk = desk_new();
	session = order_session(house->desk, 0, 0, "10:00");
	book(house->desk, &session);
	house->subject = house->desk->session[0];
	booking = get(house->desk, house->subject, NOW);
	house->start = booking->start_utc;
	house->clock = g_build_filename(house->desk->fixture->folder, "clock", NULL);
	set_clock(house, house->start - 60);
	g_setenv(CM_ENV_CLOCK, house->clock, TRUE);
	add_bbb(visio, "one");
	add_bbb(visio, "two");
	g_strfreev(visio->order);
	visio->order = g_strsplit(order, ";", -1);
	service->configuration = cm_configuration_new(TRUE);
	cm_visio_configuration_free(service->configuration->visio);
	service->configuration->visio = visio;
	service->policies = cm_policy_loader_load(folders, faults, NULL);
	g_assert_nonnull(service->policies);
	service->roster = cm_roster_cache_new();
	service->room_desk = cm_room_desk_new();
	service->closing = g_cancellable_new();
	cm_room_desk_set_due(service->room_desk, on_due, NULL);
	service->store = cm_worker_new(house->desk->store, keep_store);
	house_start(house);
	return house;
}

/* everything that was queued has been done */
static void
settle(House *house)
{
	gint64 end = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

	while (house->service.pending > 0 || g_main_context_pending(NULL)) {
		g_assert_cmpint(g_get_monotonic_time(), <, end);
		g_main_context_iteration(NULL, house->service.pending > 0);
	}
}

static void
house_stop(House *house)
{
	cm_room_keeper_close(house->keeper);
	settle(house);
	cm_room_keeper_free(house->keeper);
	house->keeper = NULL;
}

static void
house_free(House *house)
{
	CmService *service = &house->service;

	house_stop(house);
	cm_worker_free(service->store);
	cm_room_desk_free(service->room_desk);
	cm_roster_cache_free(service->roster);
	cm_policy_set_unref(service->policies);
	cm_configuration_free(service->configuration);
	g_object_unref(service->closing);
	g_unsetenv(CM_ENV_CLOCK);
	g_free(house->clock);
	desk_free(house->desk);
	g_free(house);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(House, house_free)

static void
prepare(House *house)
{
	cm_room_keeper_prepare(house->keeper, house->subject);
	settle(house);
}

/* ---- as the courier */

/* what is asked next; 0: nothing */
static gint64
lease(House *house, gchar **out_url)
{
	g_autoptr(GPtrArray) leases = cm_room_desk_lease(house->service.room_desk, PEER, 1);
	g_autoptr(JsonParser) parser = json_parser_new();
	const CmRoomLease *taken = leases->len > 0 ? leases->pdata[0] : NULL;

	if (taken == NULL)
		return 0;
	g_assert_true(json_parser_load_from_data(parser, g_bytes_get_data(taken->order, NULL),
						 (gssize)g_bytes_get_size(taken->order), NULL));
	*out_url = g_strdup(json_object_get_string_member(
	    json_node_get_object(json_parser_get_root(parser)), "url"));
	return taken->number;
}

static void
answer(House *house, gint64 number, const gchar *report)
{
	g_autoptr(JsonNode) root = json_from_string(report, NULL);
	g_autoptr(GError) error = NULL;
	gboolean taken = cm_room_desk_report(house->service.room_desk, PEER, number,
					     json_node_get_object(root), &error);

	g_assert_no_error(error);
	g_assert_true(taken);
	settle(house);
}

static gchar *
get_parameter(const gchar *url, const gchar *name)
{
	g_autofree gchar *sign = g_strconcat(name, "=", NULL);
	const gchar *at = strstr(url, sign);

	g_assert_nonnull(at);
	return g_strndup(at + strlen(sign), strcspn(at + strlen(sign), "&"));
}

/* the next call is `verb` of provider `name`; it is answered. Returns the meeting's id */
static gchar *
serve(House *house, const gchar *name, const gchar *verb, const gchar *report)
{
	g_autofree gchar *url = NULL;
	g_autofree gchar *start =
	    g_strconcat("https://", name, ".example/bigbluebutton/api/", verb, "?", NULL);
	gint64 number = lease(house, &url);

	g_assert_cmpint(number, !=, 0);
	g_assert_true(g_str_has_prefix(url, start));
	answer(house, number, report);
	return get_parameter(url, "meetingID");
}

#define CREATED                                                                                    \
	"{\"status\":200,\"values\":{\"returncode\":\"SUCCESS\",\"createTime\":\"1531241258036\"}" \
	"}"
#define THERE                                                                                      \
	"{\"status\":200,\"values\":{\"returncode\":\"SUCCESS\",\"createTime\":\"1531241258036\"," \
	"\"messageKey\":\"duplicateWarning\",\"hasBeenForciblyEnded\":\"false\"}}"
#define ENDED                                                                                      \
	"{\"status\":200,\"values\":{\"returncode\":\"SUCCESS\",\"createTime\":\"1\","             \
	"\"messageKey\":\"duplicateWarning\",\"hasBeenForciblyEnded\":\"true\"}}"
#define NOT_UNIQUE                                                                                 \
	"{\"status\":200,\"values\":{\"returncode\":\"FAILED\",\"messageKey\":\"idNotUnique\"}}"
#define BAD_SUM                                                                                    \
	"{\"status\":200,\"values\":{\"returncode\":\"FAILED\",\"messageKey\":\"checksumError\"}}"

/* ---- what is seen */

static void
assert_room(House *house, guint turn, const gchar *kind)
{
	g_autoptr(GError) error = NULL;
	guint is = 0;
	const gchar *what = NULL;

	g_assert_true(cm_room_keeper_look_up(house->keeper, house->desk->store, house->subject, &is,
					     &what, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(is, ==, turn);
	g_assert_cmpstr(what, ==, kind);
}

static void
assert_row(House *house, guint turn, CmVideoRoomState state, const gchar *cause)
{
	g_autoptr(GPtrArray) rooms =
	    cm_store_video_room_list(house->desk->store, house->subject, NULL);
	const CmStoreVideoRoom *room = NULL;

	g_assert_cmpuint(rooms->len, >=, turn);
	room = g_ptr_array_index(rooms, turn - 1);
	g_assert_cmpint(room->state, ==, state);
	g_assert_cmpstr(room->cause, ==, cause);
}

typedef struct {
	gboolean done;
	GBytes *document;
	GError *error;
} Entered;

static void
on_entered(GObject *source, GAsyncResult *result, gpointer user_data)
{
	Entered *entered = user_data;

	entered->document = cm_room_keeper_enter_finish(NULL, result, &entered->error);
	entered->done = TRUE;
}

static void
enter(House *house, Entered *entered, gint64 visit, gboolean host)
{
	const CmRoomPerson person = {
	    .subject = house->subject, .visit = visit, .host = host, .name = "Julie & Zoé"};

	memset(entered, 0, sizeof *entered);
	cm_room_keeper_enter_async(house->keeper, &person, NULL, on_entered, entered);
	settle(house);
}

static JsonObject *
read_entry(Entered *entered)
{
	g_autoptr(JsonParser) parser = json_parser_new();

	g_assert_no_error(entered->error);
	g_assert_true(entered->done);
	g_assert_true(json_parser_load_from_data(parser, g_bytes_get_data(entered->document, NULL),
						 (gssize)g_bytes_get_size(entered->document),
						 NULL));
	g_clear_pointer(&entered->document, g_bytes_unref);
	return json_object_ref(json_node_get_object(json_parser_get_root(parser)));
}

static void
report(House *house, gint64 visit, guint turn, gboolean host, gboolean works, guint inside)
{
	const CmRoomReport said = {.subject = house->subject,
				   .visit = visit,
				   .turn = turn,
				   .inside = inside,
				   .host = host,
				   .works = works};

	cm_room_keeper_report(house->keeper, &said);
	settle(house);
}

/* ---- tests */

static void
test_builtin(void)
{
	g_autoptr(House) house = house_new("builtin");
	Entered entered = {0};
	g_autoptr(JsonObject) first = NULL;
	g_autoptr(JsonObject) again = NULL;
	g_autoptr(JsonObject) second = NULL;

	assert_room(house, 0, NULL);
	prepare(house);
	prepare(house);
	assert_room(house, 1, "builtin");
	g_assert_cmpuint(house->changed, ==, 1);
	enter(house, &entered, 5, TRUE);
	first = read_entry(&entered);
	g_assert_cmpstr(json_object_get_string_member(first, "format"), ==, "comodal-room/1");
	g_assert_cmpstr(json_object_get_string_member(first, "role"), ==, "host");
	g_assert_cmpstr(json_object_get_string_member(first, "name"), ==, "Julie & Zoé");
	enter(house, &entered, 5, TRUE);
	again = read_entry(&entered);
	enter(house, &entered, 6, FALSE);
	second = read_entry(&entered);
	/* one's own, and kept: over a comodald that begins anew too */
	g_assert_cmpstr(json_object_get_string_member(first, "seat"), ==,
			json_object_get_string_member(again, "seat"));
	g_assert_cmpstr(json_object_get_string_member(first, "seat"), !=,
			json_object_get_string_member(second, "seat"));
	house_stop(house);
	house_start(house);
	settle(house);
	enter(house, &entered, 5, TRUE);
	json_object_unref(again);
	again = read_entry(&entered);
	g_assert_cmpstr(json_object_get_string_member(first, "seat"), ==,
			json_object_get_string_member(again, "seat"));
	g_assert_cmpint(json_object_get_int_member(again, "turn"), ==, 1);
}

static void
test_opens(void)
{
	g_autoptr(House) house = house_new("one;builtin");
	Entered entered = {0};
	g_autoptr(JsonObject) entry = NULL;
	g_autofree gchar *meeting = NULL;
	g_autofree gchar *ended = NULL;
	g_autofree gchar *joined = NULL;
	const gchar *url = NULL;

	prepare(house);
	assert_room(house, 0, NULL);
	/* who comes meanwhile waits for it, and goes in when it is there */
	enter(house, &entered, 5, TRUE);
	g_assert_false(entered.done);
	meeting = serve(house, "one", "create", CREATED);
	assert_room(house, 1, "bbb");
	g_assert_cmpuint(house->changed, ==, 1);
	entry = read_entry(&entered);
	url = json_object_get_string_member(entry, "url");
	joined = get_parameter(url, "meetingID");
	g_assert_cmpstr(joined, ==, meeting);
	g_assert_nonnull(strstr(url, "createTime=1531241258036"));
	g_assert_nonnull(strstr(url, "fullName=Julie%20%26%20Zo%C3%A9&"));
	g_assert_nonnull(strstr(url, "role=MODERATOR"));
	cm_room_keeper_end(house->keeper, house->subject);
	settle(house);
	assert_room(house, 0, NULL);
	assert_row(house, 1, CM_VIDEO_ROOM_ENDED, "");
	g_assert_cmpuint(house->changed, ==, 2);
	ended =
	    serve(house, "one", "end", "{\"status\":200,\"values\":{\"returncode\":\"SUCCESS\"}}");
	g_assert_cmpstr(ended, ==, meeting);
	g_assert_cmpint(query(house->desk,
			      "SELECT count(*) FROM video_room WHERE length (facts) = 0 "
			      "AND ended_at IS NOT NULL;"),
			==, 1);
	/* twice is once */
	cm_room_keeper_end(house->keeper, house->subject);
	settle(house);
	/* the host comes back: another one */
	prepare(house);
	g_free(joined);
	joined = serve(house, "one", "create", CREATED);
	g_assert_cmpstr(joined, !=, meeting);
	assert_room(house, 2, "bbb");
}

static void
test_refused(void)
{
	g_autoptr(House) house = house_new("one;builtin");
	Entered entered = {0};
	g_autoptr(JsonObject) entry = NULL;
	g_autofree gchar *meeting = NULL;
	g_autofree gchar *ended = NULL;

	enter(house, &entered, 5, FALSE);
	meeting = serve(house, "one", "create", BAD_SUM);
	/* carried along */
	entry = read_entry(&entered);
	g_assert_cmpstr(json_object_get_string_member(entry, "kind"), ==, "builtin");
	g_assert_cmpint(json_object_get_int_member(entry, "turn"), ==, 2);
	assert_room(house, 2, "builtin");
	assert_row(house, 1, CM_VIDEO_ROOM_FAILED, "keys");
	ended = serve(house, "one", "end", BAD_SUM);
	g_assert_cmpstr(ended, ==, meeting);
}

/* what may pass is tried twice */
static void
test_passing(gconstpointer data)
{
	const gchar *bad = data;
	g_autoptr(House) house = house_new("one;two");
	g_autofree gchar *first = NULL;
	g_autofree gchar *second = NULL;
	g_autofree gchar *other = NULL;
	g_autofree gchar *url = NULL;
	gint64 number = 0;
	gint64 end = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;

	prepare(house);
	first = serve(house, "one", "create", bad);
	g_assert_cmpint(lease(house, &url), ==, 0);
	while (number == 0) {
		g_assert_cmpint(g_get_monotonic_time(), <, end);
		g_main_context_iteration(NULL, TRUE);
		number = lease(house, &url);
	}
	second = get_parameter(url, "meetingID");
	g_assert_cmpstr(first, ==, second);
	answer(house, number, bad);
	assert_row(house, 1, CM_VIDEO_ROOM_FAILED,
		   strstr(bad, "slow") != NULL  ? "slow"
		   : strstr(bad, "503") != NULL ? "status"
						: "garbage");
	/* its end, and the next one's beginning */
	g_free(serve(house, "one", "end", "{\"failure\":\"certificate\"}"));
	other = serve(house, "two", "create", CREATED);
	g_assert_cmpstr(other, !=, first);
	assert_room(house, 2, "bbb");
}

static void
test_names(void)
{
	g_autoptr(House) house = house_new("one;builtin");
	g_autofree gchar *first = NULL;
	g_autofree gchar *second = NULL;

	prepare(house);
	first = serve(house, "one", "create", NOT_UNIQUE);
	/* the new name is known before it is asked for */
	house_stop(house);
	house_start(house);
	settle(house);
	second = serve(house, "one", "create", ENDED);
	g_assert_cmpstr(first, !=, second);
	g_free(serve(house, "one", "create", CREATED));
	assert_room(house, 1, "bbb");
}

static void
test_names_end(void)
{
	g_autoptr(House) house = house_new("one;builtin");

	prepare(house);
	for (guint i = 0; i < 4; i++)
		g_free(serve(house, "one", "create", NOT_UNIQUE));
	assert_room(house, 2, "builtin");
}

static void
test_forgotten(void)
{
	g_autoptr(House) house = house_new("one;builtin");
	g_autofree gchar *first = NULL;
	g_autofree gchar *second = NULL;

	prepare(house);
	first = serve(house, "one", "create", CREATED);
	assert_room(house, 1, "bbb");
	/* those inside say that it does not work, and it was gone: made again, by the same */
	report(house, 5, 1, TRUE, FALSE, 2);
	g_free(serve(house, "one", "create", CREATED));
	assert_row(house, 1, CM_VIDEO_ROOM_FAILED, "forgotten");
	g_free(serve(house, "one", "end", CREATED));
	second = serve(house, "one", "create", CREATED);
	g_assert_cmpstr(first, !=, second);
	assert_room(house, 2, "bbb");
	/* it was there all the time: the next provider's turn */
	report(house, 5, 2, TRUE, FALSE, 2);
	g_free(serve(house, "one", "create", THERE));
	assert_row(house, 2, CM_VIDEO_ROOM_FAILED, "reported");
	assert_room(house, 3, "builtin");
	/* of the turn before: nothing */
	report(house, 5, 2, TRUE, FALSE, 2);
	assert_room(house, 3, "builtin");
	/* what follows all of them, and nothing behind it */
	report(house, 5, 3, TRUE, FALSE, 2);
	assert_room(house, 4, "phone");
	report(house, 5, 4, TRUE, FALSE, 2);
	assert_room(house, 4, "phone");
}

static void
test_votes(void)
{
	g_autoptr(House) house = house_new("builtin");
	g_autoptr(CmRoomVotes) votes = cm_room_votes_new();

	g_assert_false(cm_room_votes_have_failed(votes, 0));
	prepare(house);
	/* a host vouches for it */
	report(house, 5, 1, TRUE, TRUE, 3);
	report(house, 6, 1, FALSE, FALSE, 3);
	report(house, 7, 1, FALSE, FALSE, 3);
	assert_room(house, 1, "builtin");
	/* one guest of four is not half of them, and says it twice */
	cm_room_votes_add(votes, 6, FALSE, FALSE);
	cm_room_votes_add(votes, 6, FALSE, FALSE);
	g_assert_false(cm_room_votes_have_failed(votes, 4));
	g_assert_true(cm_room_votes_have_failed(votes, 2));
	cm_room_votes_add(votes, 6, FALSE, TRUE);
	g_assert_false(cm_room_votes_have_failed(votes, 2));
	report(house, 5, 1, TRUE, FALSE, 3);
	assert_room(house, 2, "phone");
}

/* the telephone ends the video for all: guests alone don't choose it */
static void
test_guests(void)
{
	g_autoptr(House) house = house_new("builtin;one");

	prepare(house);
	assert_room(house, 1, "builtin");
	report(house, 6, 1, FALSE, FALSE, 2);
	g_free(serve(house, "one", "create", CREATED));
	assert_room(house, 2, "bbb");
	/* what comes after is the telephone */
	report(house, 6, 2, FALSE, FALSE, 2);
	g_free(serve(house, "one", "create", THERE));
	assert_room(house, 2, "bbb");
	/* a provider that had forgotten it makes another one, whoever says so */
	report(house, 6, 2, FALSE, FALSE, 2);
	g_free(serve(house, "one", "create", CREATED));
	g_free(serve(house, "one", "end", CREATED));
	g_free(serve(house, "one", "create", CREATED));
	assert_room(house, 3, "bbb");
	/* a host chooses, whatever was said before */
	report(house, 6, 3, FALSE, FALSE, 2);
	g_free(serve(house, "one", "create", THERE));
	report(house, 5, 3, TRUE, FALSE, 2);
	g_free(serve(house, "one", "create", THERE));
	assert_room(house, 4, "phone");
}

/* an order that names the telephone lets anybody go on to it */
static void
test_guests_by_order(void)
{
	g_autoptr(House) house = house_new("builtin;phone");

	prepare(house);
	report(house, 6, 1, FALSE, FALSE, 2);
	assert_room(house, 2, "phone");
}

static void
test_resumed(void)
{
	g_autoptr(House) house = house_new("one;builtin");
	g_autofree gchar *first = NULL;
	g_autofree gchar *second = NULL;
	g_autofree gchar *url = NULL;
	gint64 number = 0;

	prepare(house);
	number = lease(house, &url);
	g_assert_cmpint(number, !=, 0);
	first = get_parameter(url, "meetingID");
	/* comodald goes, the answer is lost, and another one comes */
	house_stop(house);
	house_start(house);
	settle(house);
	second = serve(house, "one", "create", THERE);
	g_assert_cmpstr(first, ==, second);
	assert_room(house, 1, "bbb");
	/* it goes before the provider was told of the end */
	cm_room_keeper_end(house->keeper, house->subject);
	settle(house);
	house_stop(house);
	house_start(house);
	settle(house);
	g_free(second);
	second =
	    serve(house, "one", "end", "{\"status\":200,\"values\":{\"returncode\":\"SUCCESS\"}}");
	g_assert_cmpstr(first, ==, second);
}

static void
test_door(void)
{
	g_autoptr(House) house = house_new("one;builtin");
	Entered entered = {0};

	prepare(house);
	g_free(serve(house, "one", "create", CREATED));
	set_clock(house, house->start + 45 * 60 + 30 * 60);
	enter(house, &entered, 5, TRUE);
	g_assert_true(entered.done);
	g_assert_true(cm_error_is(entered.error, CM_ERROR_CONFLICT));
	g_clear_error(&entered.error);
	assert_row(house, 1, CM_VIDEO_ROOM_ENDED, "");
	g_free(serve(house, "one", "end", CREATED));
	prepare(house);
	assert_room(house, 0, NULL);
	/* what is not there has no room */
	house->subject = 999999;
	enter(house, &entered, 5, TRUE);
	g_assert_true(cm_error_is(entered.error, CM_ERROR_CONFLICT));
	g_clear_error(&entered.error);
}

static void
test_busy(void)
{
	g_autoptr(House) house = house_new("one;builtin");
	Entered entered = {0};
	g_autoptr(JsonNode) root = NULL;
	gint64 end = g_get_monotonic_time() + 15 * G_USEC_PER_SEC;

	enter(house, &entered, 5, TRUE);
	while (!entered.done) {
		g_assert_cmpint(g_get_monotonic_time(), <, end);
		g_main_context_iteration(NULL, TRUE);
	}
	g_assert_true(cm_error_is(entered.error, CM_ERROR_BUSY));
	g_clear_error(&entered.error);
	g_assert_cmpuint(house->changed, ==, 0);
	g_free(serve(house, "one", "create", CREATED));
	g_assert_cmpuint(house->changed, ==, 1);
	/* what another comodald asked is nobody's */
	root = json_from_string(CREATED, NULL);
	g_assert_false(cm_room_desk_report(house->service.room_desk, PEER, 1,
					   json_node_get_object(root), NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/room-keeper/builtin", test_builtin);
	g_test_add_func("/room-keeper/opens", test_opens);
	g_test_add_func("/room-keeper/refused", test_refused);
	g_test_add_data_func("/room-keeper/slow", "{\"failure\":\"slow\"}", test_passing);
	g_test_add_data_func("/room-keeper/broken", "{\"status\":503}", test_passing);
	g_test_add_data_func("/room-keeper/garbage", "{\"status\":200}", test_passing);
	g_test_add_data_func("/room-keeper/strange", "{\"status\":200,\"values\":{\"html\":\"\"}}",
			     test_passing);
	g_test_add_func("/room-keeper/names", test_names);
	g_test_add_func("/room-keeper/names-end", test_names_end);
	g_test_add_func("/room-keeper/forgotten", test_forgotten);
	g_test_add_func("/room-keeper/votes", test_votes);
	g_test_add_func("/room-keeper/guests", test_guests);
	g_test_add_func("/room-keeper/guests-by-order", test_guests_by_order);
	g_test_add_func("/room-keeper/resumed", test_resumed);
	g_test_add_func("/room-keeper/door", test_door);
	g_test_add_func("/room-keeper/busy", test_busy);
	return g_test_run();
}
