// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/store-fixture.h"

#include "daemon/roster/caseload-reader.h"
#include "include/cm-error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

static const gchar small[] =
    "{'format': 'comodal-caseload/1',"
    "'organisation': {'id': 'css-1', 'name': 'Centre', 'timezone': 'America/Toronto', 'locale': "
    "'fr_CA'},"
    "'horizon': {'from': '2026-09-07', 'to': '2026-09-18'}, 'grid_minutes': 5,"
    "'calendars': [{'id': 'cal', 'cycle_length': 10, 'days': ["
    "{'date': '2026-09-08', 'kind': 'class', 'cycle_day': 1},"
    "{'date': '2026-09-09', 'kind': 'class', 'cycle_day': 2},"
    "{'date': '2026-09-10', 'kind': 'pedagogical'}]}],"
    "'sites': [{'id': 'ecole', 'name': 'École', 'kind': 'school', 'lat': 46.8, 'lon': -71.2,"
    "'open': ['08:00', '16:00'], 'calendar': 'cal'},"
    "{'id': 'bureau', 'name': 'Bureau', 'kind': 'office', 'lat': 46.9, 'lon': -71.3,"
    "'open': ['08:00', '16:00'], 'calendar': 'cal'}],"
    "'travel_minutes': {'ecole': {'bureau': 20}, 'bureau': {'ecole': 20}},"
    "'rooms': [{'id': 'r1', 'site': 'ecole', 'uses': ['in-person', 'video']},"
    "{'id': 'r2', 'site': 'ecole', 'uses': ['in-person']}],"
    "'companions': [{'id': 'tes-1', 'site': 'ecole', 'hours': {'tue': [['08:00', '16:00']]}}],"
    "'professionals': [{'id': 'pro-1', 'name': 'Zoé Ximenès-Quirion', 'profession': 'psychologue',"
    "'base': 'bureau', 'sites': ['ecole'], 'hours': {'tue': [['08:00', '16:00']],"
    "'wed': [['08:00', '16:00']]}, 'absences': [['2026-09-14', '2026-09-15']]}],"
    "'students': [{'id': 'QUIZ12345678', 'name': 'Éloïse Quzmanovic', 'site': 'ecole',"
    "'birth_date': '2015-02-28', 'remote_hours': {}, 'blocked': [{'cycle_day': 1, 'from': "
    "'09:00', 'to': '10:00'}], 'core': []},"
    "{'id': 'WYXZ87654321', 'name': 'Fjodor Wyxzanski', 'site': 'ecole',"
    "'birth_date': '2012-11-30', 'remote_hours': {'mon': [['16:00', '18:00']]}, 'blocked': [],"
    "'core': [{'cycle_day': 2, 'from': '13:00', 'to': '14:00'}]}],"
    "'contacts': [{'id': 'CONTACT-QXW-1', 'kind': 'guardian', 'hours': {'tue': [['08:00', "
    "'12:00']]}, 'preferred': {}},"
    "{'id': 'CONTACT-QXW-2', 'kind': 'teacher', 'hours': {'tue': [['08:00', '16:00']]},"
    "'preferred': {'tue': [['12:00', '13:00']]}}],"
    "'followups': [{'id': 'f1', 'professional': 'pro-1', 'student': 'QUIZ12345678', 'priority': 1,"
    "'not_before': '2026-09-07', 'sessions': ["
    "{'id': 'f1-1', 'act': 'suivi', 'minutes': 45, 'target_date': '2026-09-08', 'participants': "
    "['CONTACT-QXW-1'], 'prefer': 'in-person'},"
    "{'id': 'f1-2', 'act': 'suivi', 'minutes': 45, 'target_date': '2026-09-15', 'participants': "
    "[], 'prefer': null, 'modes': ['in-person']}]},"
    "{'id': 'f2', 'professional': 'pro-1', 'student': 'WYXZ87654321', 'priority': 3,"
    "'not_before': '2026-09-07', 'sessions': ["
    "{'id': 'f2-1', 'act': 'bilan', 'minutes': 60, 'target_date': '2026-09-08', 'participants': "
    "['CONTACT-QXW-2'], 'prefer': 'video'},"
    "{'id': 'f2-2', 'act': 'rencontre', 'minutes': 30, 'target_date': '2026-09-15', "
    "'participants': ['CONTACT-QXW-2', 'CONTACT-QXW-1'], 'prefer': null}]}],"
    "'busy': [{'kind': 'room', 'id': 'r1', 'date': '2026-09-09', 'from': '10:00', 'to': '11:00'},"
    "{'kind': 'room', 'id': 'r1', 'date': '2026-09-09', 'from': '10:00', 'to': '11:00'},"
    "{'kind': 'professional', 'id': 'pro-1', 'date': '2026-09-09', 'from': '08:00', 'to': "
    "'09:00'}]}";

const gchar *
cm_store_fixture_get_small(void)
{
	return small;
}

CmStoreFixture *
cm_store_fixture_new(void)
{
	CmStoreFixture *fixture = g_new0(CmStoreFixture, 1);
	g_autofree gchar *data = NULL;
	g_autoptr(GError) error = NULL;

	fixture->folder = g_dir_make_tmp("comodal-store-XXXXXX", &error);
	g_assert_no_error(error);
	data = g_build_filename(fixture->folder, "data", NULL);
	fixture->database = g_build_filename(data, "comodal.db", NULL);
	fixture->key_path = g_build_filename(fixture->folder, "service.key", NULL);
	g_assert_true(cm_service_key_create(fixture->key_path, data, NULL, &error));
	g_assert_no_error(error);
	fixture->key = cm_service_key_load(fixture->key_path, data, &error);
	g_assert_no_error(error);
	fixture->store = cm_store_open(fixture->database, fixture->key, &error);
	g_assert_no_error(error);
	g_assert_nonnull(fixture->store);
	return fixture;
}

static void
folder_remove(const gchar *path)
{
	g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
	const gchar *name = NULL;

	if (folder != NULL)
		name = g_dir_read_name(folder);
	while (name != NULL) {
		g_autofree gchar *child = g_build_filename(path, name, NULL);

		folder_remove(child);
		name = g_dir_read_name(folder);
	}
	g_remove(path);
}

void
cm_store_fixture_free(CmStoreFixture *fixture)
{
	g_clear_pointer(&fixture->store, cm_store_close);
	g_clear_pointer(&fixture->key, cm_service_key_free);
	folder_remove(fixture->folder);
	g_free(fixture->folder);
	g_free(fixture->database);
	g_free(fixture->key_path);
	g_free(fixture);
}

void
cm_store_fixture_reopen(CmStoreFixture *fixture)
{
	g_autoptr(GError) error = NULL;

	g_clear_pointer(&fixture->store, cm_store_close);
	fixture->store = cm_store_open(fixture->database, fixture->key, &error);
	g_assert_no_error(error);
}

CmCaseload *
cm_store_fixture_read_file(const gchar *path)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	gint descriptor = open(path, O_RDONLY | O_CLOEXEC);
	CmCaseload *caseload = NULL;

	g_assert_cmpint(descriptor, >=, 0);
	caseload = cm_caseload_reader_read_fd(descriptor, faults, NULL, &error);
	for (guint i = 0; i < cm_faults_get_kept(faults); i++)
		g_test_message("%s: %s", cm_faults_get(faults, i)->path,
			       cm_faults_get(faults, i)->message);
	g_assert_no_error(error);
	close(descriptor);
	return caseload;
}

CmCaseload *
cm_store_fixture_generate(const gchar *arguments)
{
	g_autofree gchar *path = NULL;
	g_autofree gchar *program = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						     "planning", "generate.py", NULL);
	g_autofree gchar *line = NULL;
	g_auto(GStrv) argv = NULL;
	g_autoptr(GSubprocess) process = NULL;
	g_autoptr(GError) error = NULL;
	CmCaseload *caseload = NULL;
	gint descriptor = g_file_open_tmp("comodal-instance-XXXXXX", &path, &error);

	g_assert_no_error(error);
	close(descriptor);
	line = g_strdup_printf("/usr/bin/python3 %s %s --out %s", program, arguments, path);
	argv = g_strsplit(line, " ", -1);
	process = g_subprocess_newv(
	    (const gchar *const *)argv,
	    G_SUBPROCESS_FLAGS_STDERR_SILENCE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);
	g_assert_no_error(error);
	g_assert_true(g_subprocess_wait_check(process, NULL, &error));
	caseload = cm_store_fixture_read_file(path);
	g_unlink(path);
	return caseload;
}

CmCaseload *
cm_store_fixture_parse(const gchar *json)
{
	g_autofree gchar *path = NULL;
	g_autofree gchar *text = g_strdelimit(g_strdup(json), "'", '"');
	g_autoptr(GError) error = NULL;
	CmCaseload *caseload = NULL;
	gint descriptor = g_file_open_tmp("comodal-instance-XXXXXX", &path, &error);

	g_assert_no_error(error);
	close(descriptor);
	g_assert_true(g_file_set_contents(path, text, -1, &error));
	caseload = cm_store_fixture_read_file(path);
	g_unlink(path);
	return caseload;
}

void
cm_store_fixture_import(CmStoreFixture *fixture,
			const CmCaseload *caseload,
			CmStoreReport *out_report)
{
	CmStoreReport report;
	g_autoptr(GError) error = NULL;
	gboolean good =
	    cm_store_import_caseload(fixture->store, caseload, NULL, &report, NULL, &error);

	g_assert_no_error(error);
	g_assert_true(good);
	if (out_report != NULL)
		*out_report = report;
}

gboolean
cm_store_fixture_run_shell(CmStoreFixture *fixture, const gchar *sql, gchar **out_text)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;
	g_autofree gchar *complaint = NULL;
	/* with descriptors inherited GLib needs no fork(), which copies the tables of all memory that a sanitizer keeps back; merged with
	 * its errors the output would then be closed (GLib 2.74) */
	g_autoptr(GSubprocess) process =
	    g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
				 G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_INHERIT_FDS,
			     &error, "sqlite3", "-bail", "-batch", fixture->database, NULL);

	g_assert_no_error(error);
	g_assert_true(g_subprocess_communicate_utf8(process, sql, NULL, &text, &complaint, &error));
	g_assert_no_error(error);
	g_test_message("%s%s", text, complaint);
	if (out_text != NULL)
		*out_text = g_strconcat(text, complaint, NULL);
	return g_subprocess_get_successful(process);
}

gchar *
cm_store_fixture_replace(const gchar *text, const gchar *old, const gchar *new)
{
	g_auto(GStrv) parts = g_strsplit(text, old, -1);

	g_assert_cmpuint(g_strv_length(parts), >, 1);
	return g_strjoinv(new, parts);
}
