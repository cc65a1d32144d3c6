// SPDX-License-Identifier: GPL-3.0-or-later

/* Ways in, made in the database of a comodald that does not run, for gateway_bus.py and tests/bench/gateway_bus.py.
 *
 * usage: visit-tool FOLDER NOW < CALLS     a call a line:
 *   guardian STUDENT CONTACT                 of the roster, by their places in it
 *   book SESSION DATE TIME MODE              prints its number, start and end
 *   link KIND PERSON SCOPE SUBJECT           prints the token; PERSON by its place
 *   entry ROLE KIND PERSON SUBJECT UID       prints a one-time link's token, or with ROLE guest a code
 *   revoke KIND PERSON SCOPE
 *   renew KIND PERSON
 *   move SUBJECT DATE TIME, cancel SUBJECT
 * The database is FOLDER/database/comodal.db, with a roster in it, the key FOLDER/key/service.key. */

#include "daemon/policy/policy-loader.h"
#include "daemon/store/store-booking.h"
#include "daemon/store/store-entry.h"
#include "daemon/store/store-guardianship.h"
#include "daemon/store/store-link.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-roster.h"
#include "include/cm-error.h"

#include <stdio.h>
#include <stdlib.h>

#define UID 1000

typedef struct {
	CmStore *store;
	CmCaseload *caseload;
	CmRosterNumbers *numbers;
	CmPolicySet *policies;
	CmStoreCall call;
	const gchar *const *arguments;
} Tool;

static gint64
read_number(const gchar *text)
{
	return g_ascii_strtoll(text, NULL, 10);
}

static gint64
read_person(const Tool *tool, CmResource kind, const gchar *text)
{
	gint64 place = read_number(text);

	return kind == CM_NOTICE_TO_ACCOUNT
		   ? place
		   : cm_roster_numbers_get(tool->numbers, (CmNumberKind)kind, (guint32)place);
}

static CmResource
read_kind(const gchar *text)
{
	for (guint i = CM_RESOURCE_PROFESSIONAL; i <= CM_RESOURCE_CONTACT; i++) {
		if (g_str_equal(cm_resource_to_string((CmResource)i), text))
			return (CmResource)i;
	}
	return CM_NOTICE_TO_ACCOUNT;
}

static gboolean
run_guardian(Tool *tool, GError **error)
{
	const CmGuardianship guardianship = {
	    .contact = read_person(tool, CM_RESOURCE_CONTACT, tool->arguments[1]),
	    .household = 1,
	    .authority = TRUE};

	return cm_store_guardianship_set(tool->store,
					 read_person(tool, CM_RESOURCE_STUDENT, tool->arguments[0]),
					 &guardianship, UID, error);
}

static gboolean
read_place(const gchar *date, const gchar *time, CmStorePlace *place)
{
	return cm_day_parse(date, &place->date) && cm_minute_parse(time, &place->start);
}

static gboolean
run_book(Tool *tool, GError **error)
{
	CmStoreOrder order = {.kind = CM_STORE_BOOKING_SESSION, .student_present = TRUE};
	CmStoreStamp stamp = {0};
	g_autoptr(CmStoreBooking) booking = NULL;

	order.session = cm_roster_numbers_get(tool->numbers, CM_NUMBER_SESSION,
					      (guint32)read_number(tool->arguments[0]));
	if (!read_place(tool->arguments[1], tool->arguments[2], &order.place) ||
	    !cm_mode_from_string(tool->arguments[3], &order.place.mode))
		g_error("no place");
	if (!cm_store_booking_book(tool->store, &tool->call, &order, &stamp, error))
		return FALSE;
	booking = cm_store_booking_get(tool->store, stamp.number, tool->call.now, error);
	if (booking == NULL)
		return FALSE;
	printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", booking->number,
	       booking->start_utc, booking->end_utc);
	return TRUE;
}

static gboolean
run_move(Tool *tool, GError **error)
{
	gint64 number = read_number(tool->arguments[0]);
	g_autoptr(CmStoreBooking) booking =
	    cm_store_booking_get(tool->store, number, tool->call.now, error);
	CmStoreStamp stamp = {0};
	CmStorePlace place = {0};

	if (booking == NULL)
		return FALSE;
	place = booking->place;
	if (!read_place(tool->arguments[1], tool->arguments[2], &place))
		g_error("no place");
	return cm_store_booking_move(tool->store, &tool->call, number, booking->version, &place,
				     &stamp, error);
}

static gboolean
run_cancel(Tool *tool, GError **error)
{
	gint64 number = read_number(tool->arguments[0]);
	g_autoptr(CmStoreBooking) booking =
	    cm_store_booking_get(tool->store, number, tool->call.now, error);
	CmStoreStamp stamp = {0};

	return booking != NULL && cm_store_booking_cancel(tool->store, &tool->call, number,
							  booking->version, &stamp, error);
}

static gboolean
run_link(Tool *tool, GError **error)
{
	CmResource kind = read_kind(tool->arguments[0]);
	CmLinkScope scope = CM_LINK_GUEST;
	g_autofree gchar *token = NULL;

	if (!cm_link_scope_from_string(tool->arguments[2], &scope))
		g_error("no scope");
	if (!cm_store_link_issue(tool->store, kind, read_person(tool, kind, tool->arguments[1]),
				 scope, read_number(tool->arguments[3]), tool->call.now, &token,
				 error))
		return FALSE;
	printf("%s\n", token != NULL ? token : "");
	return TRUE;
}

static gboolean
run_entry(Tool *tool, GError **error)
{
	CmStoreEntryOrder order = {.kind = read_kind(tool->arguments[1]),
				   .subject = read_number(tool->arguments[3]),
				   .actor = read_number(tool->arguments[4]),
				   .now = tool->call.now,
				   .policies = tool->policies};
	g_autofree gchar *secret = NULL;
	gint64 from = 0;
	gint64 until = 0;
	gboolean made = FALSE;

	if (!cm_visit_state_role_from_string(tool->arguments[0], &order.role))
		g_error("no role");
	order.person = read_person(tool, order.kind, tool->arguments[2]);
	if (order.role == CM_VISIT_HOST || order.role == CM_VISIT_HELPER)
		made = cm_store_entry_make_link(tool->store, &order, &secret, error);
	else
		made = cm_store_entry_make_code(tool->store, &order, &secret, &from, &until, error);
	if (made)
		printf("%s\n", secret);
	return made;
}

static gboolean
run_revoke(Tool *tool, GError **error)
{
	CmResource kind = read_kind(tool->arguments[0]);
	CmLinkScope scope = CM_LINK_GUEST;

	if (!cm_link_scope_from_string(tool->arguments[2], &scope))
		g_error("no scope");
	return cm_store_link_revoke(tool->store, kind, read_person(tool, kind, tool->arguments[1]),
				    scope, UID, tool->call.now, error);
}

static gboolean
run_renew(Tool *tool, GError **error)
{
	CmResource kind = read_kind(tool->arguments[0]);

	return cm_store_link_renew(tool->store, kind, read_person(tool, kind, tool->arguments[1]),
				   UID, tool->call.now, error);
}

static const struct {
	const gchar *name;
	guint arguments;
	gboolean (*run)(Tool *tool, GError **error);
} verbs[] = {
    {"guardian", 2, run_guardian}, {"book", 4, run_book},     {"link", 4, run_link},
    {"entry", 5, run_entry},       {"revoke", 3, run_revoke}, {"renew", 2, run_renew},
    {"move", 3, run_move},         {"cancel", 1, run_cancel},
};

static void
tool_open(Tool *tool, const gchar *folder)
{
	const gchar *const directories[] = {g_getenv("COMODAL_POLICY_DIR"), NULL};
	g_autofree gchar *database = g_build_filename(folder, "database", "comodal.db", NULL);
	g_autofree gchar *data = g_path_get_dirname(database);
	g_autofree gchar *path = g_build_filename(folder, "key", "service.key", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(CmServiceKey) key = cm_service_key_load(path, data, &error);

	if (key != NULL)
		tool->store = cm_store_open(database, key, &error);
	if (tool->store != NULL)
		tool->caseload =
		    cm_store_roster_load_numbered(tool->store, NULL, &tool->numbers, NULL, &error);
	if (tool->caseload != NULL)
		tool->policies = cm_policy_loader_load(directories, NULL, &error);
	if (tool->policies == NULL)
		g_error("%s", error->message);
}

/* every line of standard input is a call; one process makes ten thousand links */
static void
tool_do(Tool *tool, const gchar *const *words)
{
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (!g_str_equal(verbs[i].name, words[0]))
			continue;
		if (g_strv_length((gchar **)words) != verbs[i].arguments + 1)
			g_error("%s takes %u arguments", verbs[i].name, verbs[i].arguments);
		tool->arguments = words + 1;
		if (!verbs[i].run(tool, &error))
			g_error("%s: %s", verbs[i].name, error->message);
		return;
	}
	g_error("no verb %s", words[0]);
}

int
main(int argc, char **argv)
{
	Tool tool = {.call = {.actor = UID}};
	gchar line[512];

	if (argc != 3)
		g_error("usage: visit-tool FOLDER NOW < CALLS");
	tool.call.now = read_number(argv[2]);
	tool_open(&tool, argv[1]);
	while (fgets(line, sizeof line, stdin) != NULL) {
		g_auto(GStrv) words = g_strsplit(g_strstrip(line), " ", -1);

		tool_do(&tool, (const gchar *const *)words);
	}
	cm_policy_set_unref(tool.policies);
	cm_roster_numbers_free(tool.numbers);
	cm_caseload_free(tool.caseload);
	cm_store_close(tool.store);
	return EXIT_SUCCESS;
}
