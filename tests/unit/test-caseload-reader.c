// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-equal.h"
#include "daemon/roster/caseload-reader.h"
#include "daemon/roster/json-shape.h"
#include "include/cm-error.h"
#include "include/cm-message.h"
#include "tests/unit/document-fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE_BYTES (100 * 1024 * 1024)
#define LARGE_BYTES (8 * 1024 * 1024)

static CmCaseload *
read_bytes(const gchar *bytes, gsize length, CmFaults *faults, GError **error)
{
	int fd = cm_document_fixture_open(bytes, length);
	CmCaseload *caseload = cm_caseload_reader_read_fd(fd, faults, NULL, error);

	close(fd);
	return caseload;
}

/* read what must be refused */
static CmFaults *
read_faults(const gchar *bytes, gsize length, gint code)
{
	CmFaults *faults = cm_faults_new();
	g_autoptr(GError) error = NULL;

	g_assert_null(read_bytes(bytes, length, faults, &error));
	g_assert_error(error, CM_ERROR, code);
	g_assert_cmpuint(cm_faults_get_total(faults), >, 0);
	return faults;
}

static gboolean
has_fault(const CmFaults *faults, const gchar *path, const gchar *fragment)
{
	for (guint i = 0; i < cm_faults_get_kept(faults); i++) {
		const CmFault *fault = cm_faults_get(faults, i);
		g_autofree gchar *english = cm_message_to_english(fault->message);

		if (g_str_equal(fault->path, path) && strstr(english, fragment) != NULL)
			return TRUE;
	}
	return FALSE;
}

static void
show(const CmFaults *faults)
{
	for (guint i = 0; i < cm_faults_get_kept(faults); i++) {
		const CmFault *fault = cm_faults_get(faults, i);
		g_autofree gchar *english = cm_message_to_english(fault->message);

		g_test_message("line %u, %s: %s", fault->line, fault->path, english);
	}
}

static void
test_small(void)
{
	g_autoptr(CmCaseload) caseload = cm_document_fixture_small();
	const CmStudent *student = CM_ELEMENT(caseload->students, CmStudent, 0);
	const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, 1);
	const CmPlacement *previous = CM_ELEMENT(caseload->previous, CmPlacement, 1);
	gint cycle_day = 0;
	CmDay day = 0;

	g_assert_cmpstr(caseload->organisation_id, ==, "small");
	g_assert_cmpstr(caseload->timezone, ==, "America/Toronto");
	g_assert_cmpint(caseload->grid_minutes, ==, 15);
	g_assert_cmpint(caseload->to - caseload->from, ==, 11);
	g_assert_cmpuint(caseload->sites->len, ==, 3);
	g_assert_cmpint(cm_caseload_get_travel(caseload, 1, 0), ==, 25);
	g_assert_cmpint(cm_caseload_get_travel(caseload, 0, 2), ==, -1);
	g_assert_true(cm_day_parse("2026-09-09", &day));
	g_assert_cmpint(cm_caseload_get_day(caseload, 0, day, &cycle_day), ==, CM_DAY_KIND_CLASS);
	g_assert_cmpint(cycle_day, ==, 10);
	g_assert_cmpuint(student->blocked.count, ==, 1);
	g_assert_cmpint(
	    CM_ELEMENT(caseload->cycle_windows, CmCycleWindow, student->core.first)->window.from,
	    ==, 600);
	g_assert_cmpuint(session->followup, ==, 0);
	g_assert_cmpuint(session->prefer, ==, CM_PREFER_NONE);
	g_assert_cmpuint(session->modes, ==,
			 CM_MODE_FLAG(CM_MODE_IN_PERSON) | CM_MODE_FLAG(CM_MODE_VIDEO_SCHOOL));
	g_assert_cmpuint(CM_ELEMENT(caseload->sessions, CmSession, 0)->modes, ==, CM_MODES_ALL);
	g_assert_cmpuint(previous->session, ==, 2);
	g_assert_cmpuint(previous->companion, ==, 1);
	g_assert_false(previous->locked);
}

/* things before what they refer to, unknown members, windows and days in no order */
static void
test_any_order(void)
{
	g_autoptr(CmCaseload) small = cm_document_fixture_small();
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmCaseload) reversed = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *bytes = NULL;
	const gchar *what = NULL;
	gsize length = 0;

	bytes = cm_document_fixture_load("caseload/small-reversed.json", &length);
	reversed = read_bytes(bytes, length, faults, &error);
	show(faults);
	g_assert_no_error(error);
	(void)cm_caseload_equal(small, reversed, &what);
	g_assert_cmpstr(what, ==, NULL);
}

static gchar **
load_table(const gchar *name)
{
	g_autofree gchar *table = NULL;
	gsize length = 0;

	table = cm_document_fixture_load(name, &length);
	return g_strsplit(g_strchomp(table), "\n", -1);
}

/* each planted fault by itself: named with its path, and alone unless it brings others along */
static void
test_one_by_one(void)
{
	g_auto(GStrv) rows = load_table("caseload/faults.tsv");

	g_assert_cmpuint(g_strv_length(rows), >=, 40);
	for (guint i = 0; rows[i] != NULL; i++) {
		g_auto(GStrv) row = g_strsplit(rows[i], "\t", -1);
		g_autofree gchar *name = g_build_filename("caseload", "faults", row[0], NULL);
		g_autofree gchar *bytes = NULL;
		g_autoptr(CmFaults) faults = NULL;
		gsize length = 0;

		g_test_message("%s", row[0]);
		bytes = cm_document_fixture_load(name, &length);
		faults =
		    read_faults(bytes, length,
				strstr(row[0], "another-major") != NULL ? CM_ERROR_NOT_SUPPORTED
									: CM_ERROR_INVALID_INPUT);
		show(faults);
		g_assert_true(has_fault(faults, row[1], row[2]));
		if (g_str_equal(row[3], "1"))
			g_assert_cmpuint(cm_faults_get_total(faults), ==, 1);
	}
}

static void
test_together(void)
{
	g_auto(GStrv) rows = load_table("caseload/faults-together.tsv");
	g_autofree gchar *bytes = NULL;
	g_autoptr(CmFaults) faults = NULL;
	gsize length = 0;

	bytes = cm_document_fixture_load("caseload/faults-together.json", &length);
	faults = read_faults(bytes, length, CM_ERROR_INVALID_INPUT);
	g_assert_cmpuint(g_strv_length(rows), >=, 40);
	for (guint i = 0; rows[i] != NULL; i++) {
		g_auto(GStrv) row = g_strsplit(rows[i], "\t", -1);

		g_test_message("%s: %s", row[0], row[1]);
		g_assert_true(has_fault(faults, row[0], row[1]));
	}
}

/* the line is that of the value, also when the value is only known to be wrong at the end */
static void
test_lines(void)
{
	static const gchar *const values[][2] = {{"$.students[0].birth_date", "\"2018-02-28\""},
						 {"$.followups[1].student", "\"e-2\",\n   \"prio"},
						 {"$.sites[1].lat", "48.5,"}};
	static const guint positions[] = {6, 3, 0};
	gsize length = 0;

	for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
		g_autofree gchar *bytes = cm_document_fixture_load("caseload/small.json", &length);
		gchar *found = strstr(bytes, values[i][1]);
		g_autoptr(CmFaults) faults = NULL;
		guint line = 1;

		g_assert_nonnull(found);
		for (const gchar *p = bytes; p < found; p++)
			line += *p == '\n' ? 1 : 0;
		/* month 92, "e-9", 98.5 */
		found[positions[i]] = '9';
		faults = read_faults(bytes, length, CM_ERROR_INVALID_INPUT);
		show(faults);
		g_assert_cmpstr(cm_faults_get(faults, 0)->path, ==, values[i][0]);
		g_assert_cmpuint(cm_faults_get(faults, 0)->line, ==, line);
	}
}

/* the small caseload on one line, so that there are fewer bytes to try */
static gchar *
load_compact(gsize *out_length)
{
	g_autofree gchar *bytes = NULL;
	g_autoptr(GString) compact = g_string_new(NULL);
	gsize length = 0;

	bytes = cm_document_fixture_load("caseload/small.json", &length);
	for (const gchar *p = bytes; *p != '\0'; p++) {
		if (*p == '\n')
			p += strspn(p, "\n ");
		if (*p == '\0')
			break;
		g_string_append_c(compact, *p);
	}
	*out_length = compact->len;
	return g_string_free(g_steal_pointer(&compact), FALSE);
}

static void
test_cut_anywhere(void)
{
	g_autofree gchar *bytes = NULL;
	gsize length = 0;

	bytes = load_compact(&length);
	for (gsize i = 0; i < length; i++) {
		g_autoptr(CmFaults) faults = read_faults(bytes, i, CM_ERROR_INVALID_INPUT);

		g_assert_cmpuint(cm_faults_get_total(faults), ==, 1);
	}
}

static void
test_every_byte_flipped(void)
{
	static const guint8 masks[] = {0x01, 0x20, 0x80};
	g_autofree gchar *bytes = NULL;
	gsize length = 0;

	bytes = load_compact(&length);
	for (gsize i = 0; i < length; i++) {
		gchar *byte = bytes + i;
		guint8 mask = masks[i % G_N_ELEMENTS(masks)];
		g_autoptr(CmFaults) faults = cm_faults_new();
		g_autoptr(CmCaseload) caseload = NULL;
		g_autoptr(GError) error = NULL;

		*byte = (gchar)(*byte ^ mask);
		caseload = read_bytes(bytes, length, faults, &error);
		*byte = (gchar)(*byte ^ mask);
		g_assert_true((caseload == NULL) == (error != NULL));
		g_assert_true((caseload == NULL) == (cm_faults_get_total(faults) > 0));
	}
}

/* `head`, then many of one byte */
static void
check_huge(const gchar *head, gchar fill, gsize size, const gchar *fragment)
{
	int fd = memfd_create("huge", MFD_CLOEXEC);
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	gchar *bytes = NULL;

	g_assert_cmpint(ftruncate(fd, (off_t)size), ==, 0);
	bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	g_assert_true(bytes != MAP_FAILED);
	memset(bytes, fill, size);
	memcpy(bytes, head, strlen(head));
	munmap(bytes, size);
	g_assert_null(cm_caseload_reader_read_fd(fd, faults, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	show(faults);
	g_assert_cmpuint(cm_faults_get_kept(faults), >=, 1);
	g_assert_nonnull(
	    strstr(cm_faults_get(faults, cm_faults_get_kept(faults) - 1)->message, fragment));
	/* it stopped where it knew, and did not keep the rest */
	g_assert_cmpint(lseek(fd, 0, SEEK_CUR), <, 4 * CM_JSON_MAX_TOKEN);
	close(fd);
}

static void
test_huge(void)
{
	check_huge("", '[', LARGE_BYTES, "nested deeper than");
	check_huge("{\"sites\":", '[', LARGE_BYTES, "nested deeper than");
	check_huge("{\"unknown\":", '[', HUGE_BYTES, "nested deeper than");
	check_huge("{\"format\":\"", 'a', HUGE_BYTES, "longer than");
	check_huge("{\"unknown\":", '1', LARGE_BYTES, "longer than");
	check_huge("{\"", 'k', LARGE_BYTES, "longer than");
	check_huge("", ' ', LARGE_BYTES, "longer than");
}

/* 250 faults: a hundred named, the others counted */
static void
test_many_faults(void)
{
	g_autoptr(GString) text = g_string_new("{\"format\":\"comodal-caseload/1\",\"rooms\":[0");
	g_autoptr(CmFaults) faults = NULL;

	for (guint i = 1; i < 250; i++)
		g_string_append(text, ",0");
	g_string_append(text, "]}");
	faults = read_faults(text->str, text->len, CM_ERROR_INVALID_INPUT);
	g_assert_cmpuint(cm_faults_get_kept(faults), ==, CM_FAULTS_MAX);
	g_assert_cmpuint(cm_faults_get_left_out(faults), >=, 150);
}

static void
test_byte_order_mark(void)
{
	g_autofree gchar *bytes = NULL;
	g_autofree gchar *marked = NULL;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmCaseload) caseload = NULL;
	g_autoptr(GError) error = NULL;
	gsize length = 0;

	bytes = cm_document_fixture_load("caseload/small.json", &length);
	marked = g_strconcat("\xef\xbb\xbf", bytes, NULL);
	caseload = read_bytes(marked, length + 3, faults, &error);
	g_assert_no_error(error);
}

static void
check_descriptor_fails(int fd, GCancellable *cancellable, gint code)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;

	g_assert_null(cm_caseload_reader_read_fd(fd, faults, cancellable, &error));
	g_assert_error(error, CM_ERROR, code);
	g_assert_cmpuint(cm_faults_get_total(faults), ==, 0);
}

static gpointer
cancel(gpointer cancellable)
{
	g_cancellable_cancel(cancellable);
	return NULL;
}

/* half a document comes through a pipe, and the rest never does */
static void
test_cancelled_while_waiting(void)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	GThread *thread = NULL;
	int fds[2] = {-1, -1};

	g_assert_cmpint(pipe(fds), ==, 0);
	g_assert_cmpint(write(fds[1], "{\"format\":", 10), ==, 10);
	thread = g_thread_new("cancel", cancel, cancellable);
	check_descriptor_fails(fds[0], cancellable, CM_ERROR_CANCELLED);
	g_thread_join(thread);
	close(fds[0]);
	close(fds[1]);
}

static void
test_descriptors(void)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fds[2] = {-1, -1};

	check_descriptor_fails(-1, NULL, CM_ERROR_FAILED);
	check_descriptor_fails(folder, NULL, CM_ERROR_FAILED);
	close(folder);
	/* nobody ever writes into this pipe */
	g_assert_cmpint(pipe(fds), ==, 0);
	g_cancellable_cancel(cancellable);
	check_descriptor_fails(fds[0], cancellable, CM_ERROR_CANCELLED);
	close(fds[0]);
	close(fds[1]);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/caseload-reader/small", test_small);
	g_test_add_func("/caseload-reader/any-order", test_any_order);
	g_test_add_func("/caseload-reader/faults/one-by-one", test_one_by_one);
	g_test_add_func("/caseload-reader/faults/together", test_together);
	g_test_add_func("/caseload-reader/faults/lines", test_lines);
	g_test_add_func("/caseload-reader/faults/many", test_many_faults);
	g_test_add_func("/caseload-reader/cut-anywhere", test_cut_anywhere);
	g_test_add_func("/caseload-reader/every-byte-flipped", test_every_byte_flipped);
	g_test_add_func("/caseload-reader/huge", test_huge);
	g_test_add_func("/caseload-reader/byte-order-mark", test_byte_order_mark);
	g_test_add_func("/caseload-reader/descriptors", test_descriptors);
	g_test_add_func("/caseload-reader/cancelled-while-waiting", test_cancelled_while_waiting);
	return g_test_run();
}
