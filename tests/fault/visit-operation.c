// SPDX-License-Identifier: GPL-3.0-or-later

/* What the gateway asks for, one call a process, for tests/fault/visit.py. usage: visit-operation FOLDER VERB
 * The database is FOLDER/data/comodal.db, with a roster in it, the key FOLDER/service.key. "prepare" books a session by video and writes what
 * people come in by to files of FOLDER; the clock is the one of CM_ENV_CLOCK, or what the verb says. Each other verb is one call, as
 * comodald makes it on its worker's thread. */

#include "daemon/bus/clock.h"
#include "daemon/bus/gateway-call.h"
#include "daemon/policy/policy-loader.h"
#include "daemon/store/store-booking.h"
#include "daemon/store/store-entry.h"
#include "daemon/store/store-guardianship.h"
#include "daemon/store/store-link.h"
#include "daemon/store/store-purge.h"
#include "daemon/store/store-roster.h"
#include "include/cm-error.h"
#include "tests/fault/operation.h"

#include <unistd.h>

#define UID 1000
/* years before what is booked */
#define EARLY 1756700000
#define ANSWERS "{\"phone\":\"418 555-0100\",\"consent\":true}"

typedef struct {
	const gchar *folder;
	CmStore *store;
	CmService *service;
	CmGatewayState *state;
} House;

/* ---- what was written down */

static gboolean
write_down(const House *house, const gchar *name, const gchar *text, GError **error)
{
	g_autofree gchar *path = g_build_filename(house->folder, name, NULL);

	return g_file_set_contents(path, text, -1, error);
}

static gchar *
read_back(const House *house, const gchar *name)
{
	g_autofree gchar *path = g_build_filename(house->folder, name, NULL);
	g_autoptr(GError) error = NULL;
	gchar *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, &error))
		g_error("%s", error->message);
	return text;
}

static gint64
read_number(const House *house, const gchar *name)
{
	g_autofree gchar *text = read_back(house, name);

	return g_ascii_strtoll(text, NULL, 10);
}

static GBytes *
make_key(const House *house, const gchar *name)
{
	g_autofree gchar *secret = read_back(house, name);
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[CM_STORE_KEY_BYTES];
	gsize length = sizeof digest;

	g_checksum_update(checksum, (const guchar *)secret, -1);
	g_checksum_get_digest(checksum, digest, &length);
	return g_bytes_new(digest, length);
}

/* ---- before: a session, a parent's link, a host's link, a code */

static gboolean
write_entries(const House *house, const CmStoreBooking *booking, gint64 contact, GError **error)
{
	const CmPolicySet *policies = house->service->policies;
	CmStoreEntryOrder order = {.role = CM_VISIT_HOST,
				   .kind = CM_RESOURCE_PROFESSIONAL,
				   .person = booking->professional,
				   .subject = booking->number,
				   .actor = UID,
				   .now = booking->start_utc - 60,
				   .policies = policies};
	g_autofree gchar *link = NULL;
	g_autofree gchar *code = NULL;
	g_autofree gchar *guest = NULL;
	gint64 from = 0;
	gint64 until = 0;

	if (!cm_store_entry_make_link(house->store, &order, &link, error))
		return FALSE;
	order.role = CM_VISIT_GUEST;
	order.kind = CM_RESOURCE_CONTACT;
	order.person = contact;
	return cm_store_entry_make_code(house->store, &order, &code, &from, &until, error) &&
	       cm_store_link_issue(house->store, CM_RESOURCE_CONTACT, contact, CM_LINK_GUEST, 0,
				   EARLY, &guest, error) &&
	       write_down(house, "link", link, error) && write_down(house, "code", code, error) &&
	       write_down(house, "guest", guest, error);
}

static gboolean
write_session(const House *house, const CmStoreBooking *booking, GError **error)
{
	g_autofree gchar *subject = g_strdup_printf("%" G_GINT64_FORMAT, booking->number);
	g_autofree gchar *version = g_strdup_printf("%" G_GINT64_FORMAT, booking->version);
	g_autofree gchar *start = g_strdup_printf("%" G_GINT64_FORMAT, booking->start_utc);

	return write_down(house, "subject", subject, error) &&
	       write_down(house, "version", version, error) &&
	       write_down(house, "start", start, error);
}

static gboolean
run_prepare(House *house, GError **error)
{
	g_autoptr(CmRosterNumbers) numbers = NULL;
	g_autoptr(CmCaseload) caseload =
	    cm_store_roster_load_numbered(house->store, NULL, &numbers, NULL, error);
	const CmStoreCall call = {.actor = UID, .now = EARLY};
	CmStoreOrder order = {.kind = CM_STORE_BOOKING_SESSION, .student_present = TRUE};
	CmGuardianship guardianship = {.household = 1, .authority = TRUE};
	CmStoreStamp stamp = {0};
	g_autoptr(CmStoreBooking) booking = NULL;

	if (caseload == NULL)
		return FALSE;
	order.session = cm_roster_numbers_get(numbers, CM_NUMBER_SESSION, 0);
	order.place =
	    (CmStorePlace){.date = caseload->from, .start = 10 * 60, .mode = CM_MODE_VIDEO_REMOTE};
	guardianship.contact = cm_roster_numbers_get(numbers, CM_NUMBER_CONTACT, 0);
	if (!cm_store_booking_book(house->store, &call, &order, &stamp, error))
		return FALSE;
	booking = cm_store_booking_get(house->store, stamp.number, EARLY, error);
	return booking != NULL &&
	       cm_store_guardianship_set(house->store, booking->student, &guardianship, UID,
					 error) &&
	       write_session(house, booking, error) &&
	       write_entries(house, booking, guardianship.contact, error);
}

/* ---- calls */

static gboolean
make_call(House *house,
	  const gchar *key,
	  const gchar *text,
	  gboolean (*run)(CmGatewayCall *call, CmStore *store, GError **error),
	  CmGatewayCall **out_call,
	  GError **error)
{
	CmGatewayCall *call = cm_gateway_call_new(house->state, run);

	call->key = make_key(house, key);
	call->subject = read_number(house, "subject");
	call->version = read_number(house, "version");
	call->once = g_strdup("once-1");
	call->text = g_strdup(text);
	call->answer = CM_ANSWER_DECLINED;
	call->flag = TRUE;
	*out_call = call;
	return run(call, house->store, error);
}

static gboolean
make_and_forget(House *house,
		const gchar *key,
		const gchar *text,
		gboolean (*run)(CmGatewayCall *call, CmStore *store, GError **error),
		GError **error)
{
	CmGatewayCall *call = NULL;
	gboolean done = make_call(house, key, text, run, &call, error);

	cm_gateway_call_free(call);
	return done;
}

static gboolean
run_respond(House *house, GError **error)
{
	return make_and_forget(house, "guest", NULL, cm_gateway_call_respond, error);
}

static gboolean
run_ask_time(House *house, GError **error)
{
	return make_and_forget(house, "guest", "une autre fois", cm_gateway_call_ask_time, error);
}

static gboolean
run_ask_help(House *house, GError **error)
{
	return make_and_forget(house, "guest", "{\"browser\":\"Firefox\"}",
			       cm_gateway_call_ask_help, error);
}

static gboolean
run_arrive(House *house, GError **error)
{
	return make_and_forget(house, "guest", ANSWERS, cm_gateway_call_arrive, error);
}

/* what a browser would keep */
static gboolean
keep_pass(House *house, CmGatewayCall *call, GError **error)
{
	gchar pass[64] = "";
	gint fd = g_unix_fd_list_get(call->descriptors, 0, error);
	gssize length = fd >= 0 ? pread(fd, pass, sizeof pass - 1, 0) : -1;

	if (fd >= 0)
		close(fd);
	return length > 0 && write_down(house, "pass", pass, error);
}

static gboolean
exchange(House *house, const gchar *name, gboolean code, GError **error)
{
	CmGatewayCall *call = cm_gateway_call_new(house->state, cm_gateway_call_exchange);
	gboolean done = FALSE;

	call->key = make_key(house, name);
	call->flag = code;
	done = cm_gateway_call_exchange(call, house->store, error) && keep_pass(house, call, error);
	cm_gateway_call_free(call);
	return done;
}

static gboolean
run_exchange_link(House *house, GError **error)
{
	return exchange(house, "link", FALSE, error);
}

static gboolean
run_exchange_code(House *house, GError **error)
{
	return exchange(house, "code", TRUE, error);
}

static gboolean
run_host_arrives(House *house, GError **error)
{
	return make_and_forget(house, "pass", "{}", cm_gateway_call_arrive, error);
}

/* whoever waits */
static gboolean
run_let_in(House *house, GError **error)
{
	const CmStoreVisitFilter filter = {.subject = read_number(house, "subject")};
	g_autoptr(GPtrArray) visits = cm_store_visit_list(house->store, &filter, error);
	CmGatewayCall *call = NULL;
	gboolean done = FALSE;

	if (visits == NULL)
		return FALSE;
	call = cm_gateway_call_new(house->state, cm_gateway_call_let_in);
	call->key = make_key(house, "pass");
	call->flag = TRUE;
	for (guint i = 0; i < visits->len; i++) {
		const CmStoreVisit *visit = g_ptr_array_index(visits, i);

		if (visit->role == CM_VISIT_GUEST)
			call->visit = visit->number;
	}
	done = cm_gateway_call_let_in(call, house->store, error);
	cm_gateway_call_free(call);
	return done;
}

static gboolean
run_end(House *house, GError **error)
{
	return make_and_forget(house, "pass", NULL, cm_gateway_call_end, error);
}

/* a week later: what is left of the door goes */
static gboolean
run_purge(House *house, GError **error)
{
	gint64 end = read_number(house, "start") + 8 * 86400;
	CmStorePurge purge = {0};
	gint64 before = 0;
	gboolean new = FALSE;

	for (gint i = CM_STORE_PURGE_DAYS_MIN; i >= 0; i--) {
		if (!cm_store_purge_begin(house->store, CM_STORE_PURGE_DAYS_MIN,
					  end - i * (gint64)86400, &new, &before, error))
			return FALSE;
	}
	return cm_store_purge_run(house->store, before, end, &purge, error);
}

/* in one commit, as comodald makes calls that wait one behind another */
static gboolean
run_together(House *house, GError **error)
{
	return cm_store_begin_group(house->store, error) && run_respond(house, error) &&
	       run_ask_help(house, error) && run_arrive(house, error) &&
	       cm_store_end_group(house->store, error);
}

static const struct {
	const gchar *name;
	gboolean (*run)(House *house, GError **error);
} verbs[] = {
    {"prepare", run_prepare},
    {"respond", run_respond},
    {"ask-time", run_ask_time},
    {"ask-help", run_ask_help},
    {"arrive", run_arrive},
    {"exchange-link", run_exchange_link},
    {"exchange-code", run_exchange_code},
    {"host-arrives", run_host_arrives},
    {"let-in", run_let_in},
    {"end", run_end},
    {"purge", run_purge},
    {"together", run_together},
};

/* ---- */

static gboolean
run_verb(House *house, const gchar *verb, GError **error)
{
	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (g_str_equal(verb, verbs[i].name))
			return verbs[i].run(house, error);
	}
	cm_error_set(error, CM_ERROR_INVALID_INPUT, "no such verb", NULL);
	return FALSE;
}

static gboolean
run(const gchar *folder, const gchar *verb, GError **error)
{
	g_autofree gchar *data = g_build_filename(folder, "data", NULL);
	g_autofree gchar *database = g_build_filename(data, "comodal.db", NULL);
	g_autofree gchar *key_path = g_build_filename(folder, "service.key", NULL);
	const gchar *const directories[] = {g_getenv("COMODAL_POLICY_DIR"), NULL};
	g_autoptr(CmPolicySet) policies = cm_policy_loader_load(directories, NULL, error);
	g_autoptr(CmServiceKey) key =
	    policies != NULL ? cm_service_key_load(key_path, data, error) : NULL;
	g_autoptr(CmStore) store = key != NULL ? cm_store_open(database, key, error) : NULL;
	CmService service = {.policies = policies};
	CmGatewayState state = {.service = &service};
	House house = {.folder = folder, .store = store, .service = &service, .state = &state};

	if (store == NULL)
		return FALSE;
	cm_store_set_clock(store, cm_clock_get_now);
	return run_verb(&house, verb, error);
}

int
main(int argc, char **argv)
{
	return cm_operation_run(argc, argv, run);
}
