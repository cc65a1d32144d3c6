// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/sealed-memfd.h"

#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static gint
make_sealed(const gchar *data, gsize length)
{
	g_autoptr(GError) error = NULL;
	gint fd = cm_sealed_memfd_open(&error);

	g_assert_no_error(error);
	g_assert_cmpint(fd, >=, 0);
	g_assert_true(cm_sealed_memfd_write(fd, data, length, &error));
	g_assert_true(cm_sealed_memfd_seal(fd, &error));
	g_assert_no_error(error);
	return fd;
}

static void
test_sealed_memfd_holds(void)
{
	g_autofree gchar *text = g_strnfill(100000, 'x');
	gint fd = make_sealed(text, 100000);
	g_autofree gchar *back = g_malloc0(100001);
	struct stat status = {0};

	g_assert_cmpint(fstat(fd, &status), ==, 0);
	g_assert_cmpint(status.st_size, ==, 100000);
	g_assert_cmpint(fcntl(fd, F_GETFD) & FD_CLOEXEC, !=, 0);
	g_assert_cmpint(read(fd, back, 100001), ==, 100000);
	g_assert_cmpmem(back, 100000, text, 100000);
	g_assert_true(g_close(fd, NULL));
}

/* nobody changes, cuts or lengthens what another reads */
static void
test_sealed_memfd_is_sealed(void)
{
	g_autoptr(GError) error = NULL;
	gint fd = make_sealed("abc", 3);

	g_assert_false(cm_sealed_memfd_write(fd, "z", 1, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_FAILED));
	g_assert_cmpint(pwrite(fd, "z", 1, 0), ==, -1);
	g_assert_cmpint(errno, ==, EPERM);
	g_assert_cmpint(ftruncate(fd, 1), ==, -1);
	g_assert_cmpint(ftruncate(fd, 10), ==, -1);
	g_assert_true(mmap(NULL, 3, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
	g_assert_cmpint(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), ==, -1);
	g_assert_true(g_close(fd, NULL));
}

static void
test_sealed_memfd_empty(void)
{
	gint fd = make_sealed("", 0);
	gchar byte = 0;

	g_assert_cmpint(read(fd, &byte, 1), ==, 0);
	g_assert_true(g_close(fd, NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sealed-memfd/holds", test_sealed_memfd_holds);
	g_test_add_func("/sealed-memfd/is-sealed", test_sealed_memfd_is_sealed);
	g_test_add_func("/sealed-memfd/empty", test_sealed_memfd_empty);
	return g_test_run();
}
