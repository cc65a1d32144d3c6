// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-watch.h"

#include "daemon/policy/policy-loader.h"

#include <glib/gstdio.h>

#define GOOD "[Policy]\nProfession=danseur\n[Day]\nMaxSessions=%d\n[Act suivi]\n"
#define DELAY_MS 20
#define PATIENCE_SECONDS 20

/* who listens, as the daemon does: takes a good set, keeps the old one otherwise */
typedef struct {
	gchar *directory;
	gchar *drop_ins;
	GMainLoop *loop;
	CmPolicySet *set;
	guint refused;
	guint fault_line;
} Holder;

static void
write_file(const gchar *directory, const gchar *name, const gchar *text)
{
	g_autofree gchar *path = g_build_filename(directory, name, NULL);
	g_autoptr(GError) error = NULL;

	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
}

static void
holder_init(Holder *holder)
{
	g_autofree gchar *text = g_strdup_printf(GOOD, 6);
	const gchar *directories[2] = {NULL, NULL};

	holder->directory = g_dir_make_tmp("comodal-watch-XXXXXX", NULL);
	holder->drop_ins = g_build_filename(holder->directory, "danseur.policy.d", NULL);
	holder->loop = g_main_loop_new(NULL, FALSE);
	write_file(holder->directory, "danseur.policy", text);
	directories[0] = holder->directory;
	holder->set = cm_policy_loader_load(directories, NULL, NULL);
	g_assert_nonnull(holder->set);
}

static void
holder_clear(Holder *holder)
{
	g_autofree gchar *policy = g_build_filename(holder->directory, "danseur.policy", NULL);
	g_autofree gchar *drop_in = g_build_filename(holder->drop_ins, "10-own.conf", NULL);

	(void)g_unlink(drop_in);
	(void)g_rmdir(holder->drop_ins);
	(void)g_unlink(policy);
	g_assert_cmpint(g_rmdir(holder->directory), ==, 0);
	g_free(holder->directory);
	g_free(holder->drop_ins);
	g_main_loop_unref(holder->loop);
	cm_policy_set_unref(holder->set);
}

static void
on_policies(CmPolicySet *set, const CmFaults *faults, const GError *error, gpointer user_data)
{
	Holder *holder = user_data;

	if (set != NULL) {
		cm_policy_set_unref(holder->set);
		holder->set = cm_policy_set_ref(set);
	} else {
		g_assert_nonnull(error);
		holder->fault_line = cm_faults_get(faults, 0)->line;
		holder->refused++;
	}
	g_main_loop_quit(holder->loop);
}

static gboolean
on_patience_lost(gpointer user_data)
{
	g_error("nothing was heard of the change");
	return G_SOURCE_REMOVE;
}

static void
wait_for_news(Holder *holder)
{
	guint patience = g_timeout_add_seconds(PATIENCE_SECONDS, on_patience_lost, NULL);

	g_main_loop_run(holder->loop);
	g_source_remove(patience);
}

static gint
get_max_sessions(const Holder *holder)
{
	const CmPolicy *policy = cm_policy_set_lookup(holder->set, "danseur");

	return cm_policy_get_day_limits(policy)->max_sessions;
}

/* one change may be heard of in several parts */
static void
wait_for_sessions(Holder *holder, gint expected)
{
	while (get_max_sessions(holder) != expected)
		wait_for_news(holder);
}

static void
wait_for_refusal(Holder *holder)
{
	guint before = holder->refused;

	while (holder->refused == before)
		wait_for_news(holder);
}

static void
test_reload(void)
{
	Holder holder = {NULL};
	g_autofree gchar *tighter = g_strdup_printf(GOOD, 5);
	g_autofree gchar *better = g_strdup_printf(GOOD, 3);
	const gchar *directories[2] = {NULL, NULL};
	g_autoptr(CmPolicyWatch) watch = NULL;

	holder_init(&holder);
	directories[0] = holder.directory;
	watch = cm_policy_watch_new(directories, DELAY_MS, on_policies, &holder);

	write_file(holder.directory, "danseur.policy", tighter);
	wait_for_sessions(&holder, 5);

	/* a wrong file: what holds stays */
	write_file(holder.directory, "danseur.policy",
		   "[Policy]\nProfession=danseur\n[Day]\nMaxSessions=0\n");
	wait_for_refusal(&holder);
	g_assert_cmpuint(holder.fault_line, ==, 4);
	g_assert_cmpint(get_max_sessions(&holder), ==, 5);

	write_file(holder.directory, "danseur.policy", better);
	wait_for_sessions(&holder, 3);
	g_clear_pointer(&watch, cm_policy_watch_free);
	holder_clear(&holder);
}

/* a directory of drop-ins that comes later is watched too */
static void
test_new_drop_in(void)
{
	Holder holder = {NULL};
	const gchar *directories[2] = {NULL, NULL};
	g_autoptr(CmPolicyWatch) watch = NULL;

	holder_init(&holder);
	directories[0] = holder.directory;
	watch = cm_policy_watch_new(directories, DELAY_MS, on_policies, &holder);

	g_assert_cmpint(g_mkdir(holder.drop_ins, 0700), ==, 0);
	wait_for_news(&holder);
	g_assert_cmpint(get_max_sessions(&holder), ==, 6);
	write_file(holder.drop_ins, "10-own.conf", "[Day]\nMaxSessions=4\n");
	wait_for_sessions(&holder, 4);
	write_file(holder.drop_ins, "10-own.conf", "[Day]\nMaxSessions=40\n");
	wait_for_refusal(&holder);
	g_assert_cmpint(get_max_sessions(&holder), ==, 4);
	g_clear_pointer(&watch, cm_policy_watch_free);
	holder_clear(&holder);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy-watch/reload", test_reload);
	g_test_add_func("/policy-watch/new-drop-in", test_new_drop_in);
	return g_test_run();
}
