// SPDX-License-Identifier: GPL-3.0-or-later

/* What the store does, one operation a process, for tests/fault/store.py. usage: store-operation FOLDER VERB [FILE]
 * The database is FOLDER/data/comodal.db, the key FOLDER/service.key. */

#include "daemon/roster/caseload-reader.h"
#include "daemon/roster/caseload-writer.h"
#include "daemon/store/store-account.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-import.h"
#include "daemon/store/store-plan.h"
#include "daemon/store/store-roster.h"
#include "include/cm-error.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

typedef struct {
	gchar *database;
	gchar *folder; /* the database's */
	gchar *key;
	const gchar *file;
} Place;

static CmStore *
open_store(const Place *place, GError **error)
{
	g_autoptr(CmServiceKey) key = cm_service_key_load(place->key, place->folder, error);

	return key != NULL ? cm_store_open(place->database, key, error) : NULL;
}

static CmCaseload *
read_caseload(const Place *place, GError **error)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	gint descriptor = open(place->file, O_RDONLY | O_CLOEXEC);
	CmCaseload *caseload = cm_caseload_reader_read_fd(descriptor, faults, NULL, error);

	close(descriptor);
	return caseload;
}

static gboolean
run_key_create(const Place *place, GError **error)
{
	gchar *sheet = NULL;
	gboolean good = cm_service_key_create(place->key, place->folder, &sheet, error);

	cm_service_key_wipe_text(sheet);
	return good;
}

static gboolean
run_open(const Place *place, GError **error)
{
	g_autoptr(CmStore) store = open_store(place, error);

	return store != NULL;
}

static gboolean
run_import(const Place *place, GError **error)
{
	CmStoreReport report;
	g_autoptr(CmCaseload) caseload = read_caseload(place, error);
	g_autoptr(CmStore) store = caseload != NULL ? open_store(place, error) : NULL;

	return store != NULL &&
	       cm_store_import_caseload(store, caseload, NULL, &report, NULL, error);
}

/* a draft: every third session an hour after the one before, from `shift` on */
static gboolean
add_draft(CmStore *store, gint shift, guint64 *out_number, GError **error)
{
	guint64 version = 0;
	g_autoptr(CmPlan) plan = cm_plan_new();
	g_autoptr(CmCaseload) caseload = cm_store_roster_load(store, &version, NULL, error);

	if (caseload == NULL)
		return FALSE;
	for (guint32 i = 0; i < caseload->sessions->len; i++) {
		CmPlacement placement = {
		    .session = i,
		    .date = caseload->from + (gint)(i / 8) + shift,
		    .start = (CmMinute)(480 + (i % 8) * 60),
		    .mode = CM_MODE_VIDEO_REMOTE,
		    .room = CM_NONE,
		    .companion = CM_NONE,
		};
		CmUnscheduled unscheduled = {.session = i, .reason = NULL};

		if (i % 3 != 0) {
			g_array_append_val(plan->placements, placement);
			continue;
		}
		unscheduled.reason = g_strdup("no room");
		g_array_append_val(plan->unscheduled, unscheduled);
	}
	return cm_store_plan_add(store, caseload, plan, version, NULL, NULL, out_number, NULL,
				 error);
}

static gboolean
run_draft(const Place *place, GError **error)
{
	guint64 number = 0;
	g_autoptr(CmStore) store = open_store(place, error);

	return store != NULL && add_draft(store, 0, &number, error);
}

/* a first plan published, and a draft that moves all of it */
static gboolean
run_two_drafts(const Place *place, GError **error)
{
	guint64 first = 0;
	guint64 second = 0;
	g_autoptr(CmStore) store = open_store(place, error);

	return store != NULL && add_draft(store, 0, &first, error) &&
	       cm_store_plan_publish(store, first, 0, CM_AUDIT_DAEMON, 0, NULL, NULL, error) &&
	       add_draft(store, 1, &second, error);
}

static gboolean
run_publish(const Place *place, GError **error)
{
	g_autoptr(CmStore) store = open_store(place, error);

	return store != NULL &&
	       cm_store_plan_publish(store, 2, 1, CM_AUDIT_DAEMON, 0, NULL, NULL, error);
}

static gboolean
run_calendar(const Place *place, GError **error)
{
	CmCalendarDay days[] = {{.date = 20000, .cycle_day = 1, .kind = CM_DAY_KIND_CLASS},
				{.date = 20001, .cycle_day = 0, .kind = CM_DAY_KIND_CLOSED}};
	g_autoptr(CmStore) store = open_store(place, error);

	return store != NULL &&
	       cm_store_roster_set_calendar(store, "added", 9, days, G_N_ELEMENTS(days),
					    CM_AUDIT_DAEMON, NULL, error);
}

static gboolean
run_administrator(const Place *place, GError **error)
{
	gboolean made = FALSE;
	g_autoptr(CmStore) store = open_store(place, error);

	return store != NULL && cm_store_account_ensure_administrator(store, 1000, &made, error);
}

/* all there is, for a person or a program to compare; opening recovers what was left half done */
static gboolean
run_describe(const Place *place, GError **error)
{
	guint roles = 0;
	g_autoptr(GArray) plans = NULL;
	g_autoptr(CmCaseload) caseload = NULL;
	g_autoptr(CmStoreSummary) summary = NULL;
	g_autoptr(CmStore) store = open_store(place, error);

	if (store == NULL || !cm_store_check(store, NULL, error))
		return FALSE;
	summary = cm_store_roster_summarize(store, error);
	if (summary == NULL || !cm_store_account_get_roles(store, 1000, &roles, error))
		return FALSE;
	printf("version %" G_GUINT64_FORMAT " published %" G_GUINT64_FORMAT " roles %u\n",
	       summary->roster_version, summary->published_plan, roles);
	plans = cm_store_plan_list(store, error);
	if (plans == NULL)
		return FALSE;
	for (guint i = 0; i < plans->len; i++) {
		const CmPlanInfo *info = CM_ELEMENT(plans, CmPlanInfo, i);

		printf("plan %" G_GUINT64_FORMAT " %s %u %u\n", info->number,
		       cm_store_plan_state_to_string(info->state), info->placed, info->unscheduled);
	}
	fflush(stdout);
	if (summary->roster_version == 0)
		return TRUE;
	caseload = cm_store_roster_load(store, NULL, NULL, error);
	return caseload != NULL && cm_caseload_writer_write_fd(caseload, STDOUT_FILENO, error);
}

static gboolean
run_fingerprint(const Place *place, GError **error)
{
	g_autoptr(CmServiceKey) key = cm_service_key_load(place->key, place->folder, error);

	return key != NULL;
}

static const struct {
	const gchar *name;
	gboolean (*run)(const Place *place, GError **error);
} verbs[] = {
    {"key-create", run_key_create},
    {"key-load", run_fingerprint},
    {"open", run_open},
    {"import", run_import},
    {"draft", run_draft},
    {"two-drafts", run_two_drafts},
    {"publish", run_publish},
    {"calendar", run_calendar},
    {"administrator", run_administrator},
    {"describe", run_describe},
};

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	Place place = {.file = argc > 3 ? argv[3] : NULL};
	gint status = 2;

	if (argc < 3)
		return status;
	place.folder = g_build_filename(argv[1], "data", NULL);
	place.database = g_build_filename(place.folder, "comodal.db", NULL);
	place.key = g_build_filename(argv[1], "service.key", NULL);
	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (!g_str_equal(argv[2], verbs[i].name))
			continue;
		status = verbs[i].run(&place, &error) ? 0 : 1;
	}
	if (status == 1) {
		g_autofree gchar *text = cm_error_to_english(error);

		fprintf(stderr, "%s\n", text);
	}
	g_free(place.folder);
	g_free(place.database);
	g_free(place.key);
	return status;
}
