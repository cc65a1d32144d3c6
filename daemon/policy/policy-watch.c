// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-watch.h"

#include "daemon/policy/policy-loader.h"

#include <gio/gio.h>

#define DROP_IN_DIRECTORY_SUFFIX ".policy.d"

struct _CmPolicyWatch {
	gchar **directories;
	guint delay_ms;
	CmPolicyWatchFunc func;
	gpointer user_data;
	GHashTable *monitors; /* path → GFileMonitor */
	GSource *timeout;
};

static void
on_changed(GFileMonitor *monitor,
	   GFile *file,
	   GFile *other,
	   GFileMonitorEvent event,
	   gpointer user_data);

static void
watch_directory(CmPolicyWatch *watch, const gchar *path)
{
	g_autoptr(GFile) file = g_file_new_for_path(path);
	GFileMonitor *monitor = NULL;

	if (g_hash_table_contains(watch->monitors, path))
		return;
	monitor = g_file_monitor_directory(file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
	if (monitor == NULL)
		return;
	g_signal_connect(monitor, "changed", G_CALLBACK(on_changed), watch);
	g_hash_table_insert(watch->monitors, g_strdup(path), monitor);
}

/* a directory of drop-ins may have come since */
static void
watch_all(CmPolicyWatch *watch)
{
	for (guint i = 0; watch->directories[i] != NULL; i++) {
		g_autoptr(GDir) dir = g_dir_open(watch->directories[i], 0, NULL);
		const gchar *name = dir != NULL ? g_dir_read_name(dir) : NULL;

		watch_directory(watch, watch->directories[i]);
		for (; name != NULL; name = g_dir_read_name(dir)) {
			g_autofree gchar *path =
			    g_build_filename(watch->directories[i], name, NULL);

			if (g_str_has_suffix(name, DROP_IN_DIRECTORY_SUFFIX))
				watch_directory(watch, path);
		}
	}
}

static gboolean
forget_gone(gpointer path, gpointer monitor, gpointer user_data)
{
	return !g_file_test(path, G_FILE_TEST_IS_DIR) &&
	       g_str_has_suffix(path, DROP_IN_DIRECTORY_SUFFIX);
}

static gboolean
on_quiet(gpointer user_data)
{
	CmPolicyWatch *watch = user_data;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(CmPolicySet) set = NULL;

	g_clear_pointer(&watch->timeout, g_source_unref);
	g_hash_table_foreach_remove(watch->monitors, forget_gone, NULL);
	watch_all(watch);
	set = cm_policy_loader_load((const gchar *const *)watch->directories, faults, &error);
	watch->func(set, faults, error, watch->user_data);
	return G_SOURCE_REMOVE;
}

static void
cancel_timeout(CmPolicyWatch *watch)
{
	if (watch->timeout == NULL)
		return;
	g_source_destroy(watch->timeout);
	g_clear_pointer(&watch->timeout, g_source_unref);
}

static void
on_changed(GFileMonitor *monitor,
	   GFile *file,
	   GFile *other,
	   GFileMonitorEvent event,
	   gpointer user_data)
{
	CmPolicyWatch *watch = user_data;

	cancel_timeout(watch);
	watch->timeout = g_timeout_source_new(watch->delay_ms);
	g_source_set_callback(watch->timeout, on_quiet, watch, NULL);
	g_source_attach(watch->timeout, g_main_context_get_thread_default());
}

static void
monitor_free(gpointer monitor)
{
	g_file_monitor_cancel(monitor);
	g_object_unref(monitor);
}

CmPolicyWatch *
cm_policy_watch_new(const gchar *const *directories,
		    guint delay_ms,
		    CmPolicyWatchFunc func,
		    gpointer user_data)
{
	CmPolicyWatch *watch = g_new0(CmPolicyWatch, 1);

	watch->directories = g_strdupv((gchar **)directories);
	watch->delay_ms = delay_ms;
	watch->func = func;
	watch->user_data = user_data;
	watch->monitors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, monitor_free);
	watch_all(watch);
	return watch;
}

void
cm_policy_watch_free(CmPolicyWatch *watch)
{
	GHashTableIter each;
	gpointer monitor = NULL;

	cancel_timeout(watch);
	/* an event that is on its way already must not find us gone */
	g_hash_table_iter_init(&each, watch->monitors);
	while (g_hash_table_iter_next(&each, NULL, &monitor))
		g_signal_handlers_disconnect_by_data(monitor, watch);
	g_hash_table_unref(watch->monitors);
	g_strfreev(watch->directories);
	g_free(watch);
}
