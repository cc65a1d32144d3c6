// SPDX-License-Identifier: GPL-3.0-or-later
#include <gio/gio.h>

/* A fuzzer's harness as an ordinary test: every file of the folder that is named, one test case
 * each. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static gint
compare_names(gconstpointer left, gconstpointer right)
{
	return g_strcmp0(*(const gchar *const *)left, *(const gchar *const *)right);
}

static void
run_file(const gchar *folder, const gchar *name, guint number)
{
	g_autofree gchar *path = g_build_filename(folder, name, NULL);
	g_autofree gchar *text = NULL;
	g_autofree guint8 *exact = NULL;
	gsize size = 0;

	if (!g_file_get_contents(path, &text, &size, NULL)) {
		g_print("not ok %u - %s: can't be read\n", number, name);
		return;
	}
	/* without the NUL that GLib adds, so that a read past the end is seen */
	exact = g_memdup2(text, size);
	LLVMFuzzerTestOneInput(exact, size);
	g_print("ok %u - %s\n", number, name);
}

int
main(int argc, char **argv)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) folder = NULL;
	const gchar *name = NULL;

	folder = argc == 2 ? g_dir_open(argv[1], 0, NULL) : NULL;
	if (folder == NULL) {
		g_printerr("usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	for (name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder))
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, compare_names);
	g_print("1..%u\n", names->len);
	for (guint i = 0; i < names->len; i++)
		run_file(argv[1], g_ptr_array_index(names, i), i + 1);
	return 0;
}
