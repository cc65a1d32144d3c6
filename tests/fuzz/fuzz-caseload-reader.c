// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-reader.h"
#include "include/cm-message.h"

#include <sys/mman.h>
#include <unistd.h>

/* Any bytes: a caseload without a fault, or an error with at least one fault that can be shown. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_faults(const CmFaults *faults)
{
	for (guint i = 0; i < cm_faults_get_kept(faults); i++) {
		const CmFault *fault = cm_faults_get(faults, i);
		g_autofree gchar *text = cm_message_localize(fault->message);

		g_assert_true(g_utf8_validate(text, -1, NULL));
		g_assert_true(g_utf8_validate(fault->path, -1, NULL));
		g_assert_cmpstr(text, !=, "");
	}
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmCaseload) caseload = NULL;
	g_autoptr(GError) error = NULL;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, data, size), ==, (gssize)size);
	g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
	caseload = cm_caseload_reader_read_fd(fd, faults, NULL, &error);
	g_assert_true((caseload == NULL) == (error != NULL));
	if (caseload != NULL)
		g_assert_cmpuint(cm_faults_get_total(faults), ==, 0);
	check_faults(faults);
	close(fd);
	return 0;
}
