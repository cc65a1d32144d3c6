// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/attachment-folder.h"
#include "include/cm-error.h"
#include "tests/lib/disk-space.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK DISK_SPACE_BLOCK

static void
make(const gchar *folder, guint8 *out_id)
{
	g_autoptr(GError) error = NULL;
	gint fd = -1;

	g_assert_true(cm_attachment_folder_begin(folder, out_id, &fd, &error));
	g_assert_true(cm_attachment_folder_finish(folder, out_id, &error));
	close(fd);
}

static GArray *
list(const gchar *folder)
{
	g_autoptr(GError) error = NULL;
	GArray *ids = cm_attachment_folder_list(folder, &error);

	g_assert_no_error(error);
	return ids;
}

/* what can't be removed is said to be there; what is not there is no error */
static void
test_remove(void)
{
	g_autofree gchar *above = g_dir_make_tmp("comodal-attachments-XXXXXX", NULL);
	g_autofree gchar *folder = g_build_filename(above, CM_ATTACHMENT_FOLDER_NAME, NULL);
	const gchar *stuck = "abababababababababababababababab";
	g_autofree gchar *inside = g_build_filename(folder, stuck, NULL);
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, CM_ATTACHMENT_FOLDER_ID_BYTES);
	g_autoptr(GArray) left = NULL;
	g_autoptr(GArray) all = NULL;
	g_autoptr(GError) error = NULL;
	guint8 id[CM_ATTACHMENT_FOLDER_ID_BYTES];

	memset(id, 0xab, sizeof id);
	g_array_append_val(ids, id);
	g_assert_true(cm_attachment_folder_remove(folder, ids, &error));
	make(folder, id);
	g_array_append_val(ids, id);
	g_assert_true(cm_attachment_folder_remove(folder, ids, &error));
	g_assert_no_error(error);
	left = list(folder);
	g_assert_cmpuint(left->len, ==, 0);
	/* even for root */
	g_assert_cmpint(g_mkdir(inside, 0700), ==, 0);
	g_assert_false(cm_attachment_folder_remove(folder, ids, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_STORE);
	all = list(folder);
	g_assert_cmpuint(all->len, ==, 1);
	g_assert_cmpint(g_rmdir(inside), ==, 0);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
	g_assert_cmpint(g_rmdir(above), ==, 0);
}

/* what is written leaves the reserve as it is, to the last block; and nothing is written of what does not */
static void
test_reserve(void)
{
	static const struct {
		guint64 blocks;
		gboolean written;
	} disks[] = {
	    {CM_ATTACHMENT_FOLDER_RESERVE / BLOCK + 2, TRUE},
	    {CM_ATTACHMENT_FOLDER_RESERVE / BLOCK + 1, FALSE},
	    {CM_ATTACHMENT_FOLDER_RESERVE / BLOCK, FALSE},
	    {1, FALSE},
	    /* more than 32 bits hold */
	    {G_GUINT64_CONSTANT(1) << 40, TRUE},
	    {0, TRUE},
	};
	const guint8 octets[2 * BLOCK] = {0};

	g_assert_cmpuint(CM_ATTACHMENT_FOLDER_RESERVE, ==, 268435456);
	for (guint i = 0; i < G_N_ELEMENTS(disks); i++) {
		gint fd = memfd_create("attachment", MFD_CLOEXEC);
		g_autoptr(GError) error = NULL;

		disk_space_set_free(disks[i].blocks);
		g_assert_cmpint(cm_attachment_folder_write(fd, octets, sizeof octets, &error), ==,
				disks[i].written);
		g_assert_true(disks[i].written ? error == NULL
					       : cm_error_is(error, CM_ERROR_STORE));
		g_assert_cmpint(lseek(fd, 0, SEEK_END), ==,
				disks[i].written ? (off_t)sizeof octets : 0);
		close(fd);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/attachment-folder/remove", test_remove);
	g_test_add_func("/attachment-folder/reserve", test_reserve);
	return g_test_run();
}
