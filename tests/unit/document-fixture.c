// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/document-fixture.h"

#include "daemon/roster/caseload-reader.h"

#include <sys/mman.h>
#include <unistd.h>

gchar *
cm_document_fixture_path(const gchar *name)
{
	return g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests", "fixtures", name, NULL);
}

gchar *
cm_document_fixture_load(const gchar *name, gsize *out_length)
{
	g_autofree gchar *path = cm_document_fixture_path(name);
	g_autoptr(GError) error = NULL;
	gchar *bytes = NULL;

	g_file_get_contents(path, &bytes, out_length, &error);
	g_assert_no_error(error);
	return bytes;
}

int
cm_document_fixture_open(const gchar *bytes, gsize length)
{
	int fd = memfd_create("document", MFD_CLOEXEC);

	g_assert_cmpint(fd, >=, 0);
	while (length > 0) {
		gssize written = write(fd, bytes, length);

		g_assert_cmpint(written, >, 0);
		bytes += written;
		length -= (gsize)written;
	}
	g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
	return fd;
}

gchar *
cm_document_fixture_slurp(int fd, gsize *out_length)
{
	off_t length = lseek(fd, 0, SEEK_END);
	gchar *bytes = g_malloc0((gsize)length + 1);

	g_assert_cmpint(pread(fd, bytes, (gsize)length, 0), ==, length);
	if (out_length != NULL)
		*out_length = (gsize)length;
	return bytes;
}

CmCaseload *
cm_document_fixture_small(void)
{
	g_autofree gchar *bytes = NULL;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	CmCaseload *caseload = NULL;
	gsize length = 0;
	int fd;

	bytes = cm_document_fixture_load("caseload/small.json", &length);
	fd = cm_document_fixture_open(bytes, length);
	caseload = cm_caseload_reader_read_fd(fd, faults, NULL, &error);
	g_assert_no_error(error);
	close(fd);
	return caseload;
}
