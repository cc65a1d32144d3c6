// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/worker.h"

#include "include/cm-error.h"

#include <string.h>

/* what the calls leave behind; written on the worker's thread, read once it has ended or answered */
typedef struct {
	GString *trace;
	GThread *thread;
	gboolean freed;
	GMutex gate; /* held by the test to keep the worker inside a call */
	GMutex entered_mutex;
	GCond entered_cond;
	gboolean entered;
} Subject;

static void
subject_free(gpointer data)
{
	Subject *subject = data;

	g_assert_true(subject->thread == NULL || subject->thread == g_thread_self());
	subject->freed = TRUE;
}

static void
subject_init(Subject *subject)
{
	*subject = (Subject){.trace = g_string_new(NULL)};
	g_mutex_init(&subject->gate);
	g_mutex_init(&subject->entered_mutex);
	g_cond_init(&subject->entered_cond);
}

static void
subject_clear(Subject *subject)
{
	g_assert_true(subject->freed);
	g_string_free(subject->trace, TRUE);
	g_mutex_clear(&subject->gate);
	g_mutex_clear(&subject->entered_mutex);
	g_cond_clear(&subject->entered_cond);
}

static gboolean
call_append(gpointer user_data, gpointer data, GCancellable *cancellable, GError **error)
{
	Subject *subject = user_data;

	if (subject->thread == NULL)
		subject->thread = g_thread_self();
	g_assert_true(subject->thread == g_thread_self());
	g_string_append(subject->trace, data);
	return TRUE;
}

static gboolean
call_fail(gpointer user_data, gpointer data, GCancellable *cancellable, GError **error)
{
	cm_error_set(error, CM_ERROR_CONFLICT, "no", NULL);
	return FALSE;
}

static gboolean
call_wait(gpointer user_data, gpointer data, GCancellable *cancellable, GError **error)
{
	Subject *subject = user_data;

	g_mutex_lock(&subject->entered_mutex);
	subject->entered = TRUE;
	g_cond_signal(&subject->entered_cond);
	g_mutex_unlock(&subject->entered_mutex);
	g_mutex_lock(&subject->gate);
	g_mutex_unlock(&subject->gate);
	return TRUE;
}

static void
await_entered(Subject *subject)
{
	g_mutex_lock(&subject->entered_mutex);
	while (!subject->entered)
		g_cond_wait(&subject->entered_cond, &subject->entered_mutex);
	g_mutex_unlock(&subject->entered_mutex);
}

static void
test_worker_runs(void)
{
	Subject subject;
	g_autoptr(GError) error = NULL;
	CmWorker *worker = NULL;

	subject_init(&subject);
	worker = cm_worker_new(&subject, subject_free);
	g_assert_true(cm_worker_run(worker, call_append, "a", NULL, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(subject.trace->str, ==, "a");
	g_assert_false(cm_worker_run(worker, call_fail, NULL, NULL, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	cm_worker_free(worker);
	subject_clear(&subject);
}

typedef struct {
	GMainLoop *loop;
	guint left;
	GString *seen;
	CmErrorCode last_error;
} Answers;

static void
answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
	Answers *answers = user_data;
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;

	if (cm_worker_run_finish(result, &data, &error))
		g_string_append(answers->seen, data);
	else
		answers->last_error = (CmErrorCode)error->code;
	if (--answers->left == 0)
		g_main_loop_quit(answers->loop);
}

/* in the order queued, on one thread, answered on the main loop in that order */
static void
test_worker_keeps_order(void)
{
	static gchar *const letters[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
	Subject subject;
	Answers answers = {g_main_loop_new(NULL, FALSE), G_N_ELEMENTS(letters), g_string_new(NULL),
			   CM_ERROR_LAST};
	CmWorker *worker = NULL;

	subject_init(&subject);
	worker = cm_worker_new(&subject, subject_free);
	for (guint i = 0; i < G_N_ELEMENTS(letters); i++)
		cm_worker_run_async(worker, call_append, letters[i], NULL, NULL, answered,
				    &answers);
	g_main_loop_run(answers.loop);
	g_assert_cmpstr(answers.seen->str, ==, "abcdefgh");
	cm_worker_free(worker);
	g_assert_cmpstr(subject.trace->str, ==, "abcdefgh");
	g_string_free(answers.seen, TRUE);
	g_main_loop_unref(answers.loop);
	subject_clear(&subject);
}

/* cancelled while it waits in the queue: never begun */
static void
test_worker_skips_cancelled(void)
{
	Subject subject;
	Answers answers = {g_main_loop_new(NULL, FALSE), 2, g_string_new(NULL), CM_ERROR_LAST};
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	CmWorker *worker = NULL;

	subject_init(&subject);
	g_mutex_lock(&subject.gate);
	worker = cm_worker_new(&subject, subject_free);
	cm_worker_run_async(worker, call_wait, "w", NULL, NULL, answered, &answers);
	await_entered(&subject);
	cm_worker_run_async(worker, call_append, "a", NULL, cancellable, answered, &answers);
	g_cancellable_cancel(cancellable);
	g_mutex_unlock(&subject.gate);
	g_main_loop_run(answers.loop);
	g_assert_cmpstr(answers.seen->str, ==, "w");
	g_assert_cmpint(answers.last_error, ==, CM_ERROR_CANCELLED);
	cm_worker_free(worker);
	g_assert_cmpstr(subject.trace->str, ==, "");
	g_string_free(answers.seen, TRUE);
	g_main_loop_unref(answers.loop);
	subject_clear(&subject);
}

static void
test_worker_refuses_too_many(void)
{
	Subject subject;
	Answers answers = {g_main_loop_new(NULL, FALSE), CM_WORKER_QUEUE_MAX + 2,
			   g_string_new(NULL), CM_ERROR_LAST};
	CmWorker *worker = NULL;

	subject_init(&subject);
	g_mutex_lock(&subject.gate);
	worker = cm_worker_new(&subject, subject_free);
	cm_worker_run_async(worker, call_wait, "w", NULL, NULL, answered, &answers);
	await_entered(&subject);
	for (guint i = 0; i < CM_WORKER_QUEUE_MAX + 1; i++)
		cm_worker_run_async(worker, call_append, "a", NULL, NULL, answered, &answers);
	g_mutex_unlock(&subject.gate);
	g_main_loop_run(answers.loop);
	g_assert_cmpint(answers.last_error, ==, CM_ERROR_BUSY);
	g_assert_cmpuint(answers.seen->len, ==, CM_WORKER_QUEUE_MAX + 1);
	cm_worker_free(worker);
	g_string_free(answers.seen, TRUE);
	g_main_loop_unref(answers.loop);
	subject_clear(&subject);
}

/* ---- several made as one */

static gboolean
group_begin(gpointer user_data, GError **error)
{
	Subject *subject = user_data;

	g_string_append_c(subject->trace, '(');
	return TRUE;
}

static gboolean
group_stands(gpointer user_data)
{
	Subject *subject = user_data;

	/* a call that leaves “!” has undone all of it */
	return subject->trace->str[subject->trace->len - 1] != '!';
}

static gboolean
group_end(gpointer user_data, GError **error)
{
	Subject *subject = user_data;
	gchar last = subject->trace->str[subject->trace->len - 1];

	g_string_append_c(subject->trace, ')');
	/* “x” is what can't be committed */
	if (last != '!' && last != 'x')
		return TRUE;
	cm_error_set(error, CM_ERROR_STORE, "gone", NULL);
	return FALSE;
}

static void
group_undone(gpointer user_data)
{
	guint *undone = user_data;

	(*undone)++;
}

static gboolean
call_break(gpointer user_data, gpointer data, GCancellable *cancellable, GError **error)
{
	Subject *subject = user_data;

	g_string_append_c(subject->trace, '!');
	cm_error_set(error, CM_ERROR_BUSY, "broken", NULL);
	return FALSE;
}

/* the calls of `letters` wait together behind one that holds the worker: “!” breaks its group, “-” is not of a group. Returns
 * the letters of those that succeeded */
static gchar *
run_group(const gchar *letters, gchar **out_trace, guint *out_undone)
{
	Subject subject;
	Answers answers = {g_main_loop_new(NULL, FALSE), (guint)strlen(letters) + 1,
			   g_string_new(NULL), CM_ERROR_LAST};
	CmWorkerGrouping grouping = {group_begin, group_stands, group_end, group_undone,
				     out_undone};
	CmWorker *worker = NULL;
	g_auto(GStrv) parts = g_new0(gchar *, strlen(letters) + 1);

	*out_undone = 0;
	subject_init(&subject);
	g_mutex_lock(&subject.gate);
	worker = cm_worker_new(&subject, subject_free);
	cm_worker_set_grouping(worker, &grouping);
	cm_worker_run_async(worker, call_wait, "w", NULL, NULL, answered, &answers);
	await_entered(&subject);
	for (guint i = 0; letters[i] != '\0'; i++) {
		parts[i] = g_strndup(letters + i, 1);
		if (letters[i] == '-')
			cm_worker_run_async(worker, call_append, parts[i], NULL, NULL, answered,
					    &answers);
		else
			cm_worker_run_grouped_async(worker,
						    letters[i] == '!' ? call_break : call_append,
						    parts[i], NULL, NULL, answered, &answers);
	}
	g_mutex_unlock(&subject.gate);
	g_main_loop_run(answers.loop);
	cm_worker_free(worker);
	*out_trace = g_strdup(subject.trace->str);
	g_main_loop_unref(answers.loop);
	subject_clear(&subject);
	return g_string_free(answers.seen, FALSE);
}

static void
assert_group(const gchar *letters, const gchar *trace, const gchar *seen, guint undone)
{
	g_autofree gchar *found = NULL;
	guint count = 0;
	g_autofree gchar *answered_by = run_group(letters, &found, &count);

	g_assert_cmpstr(found, ==, trace);
	g_assert_cmpstr(answered_by, ==, seen);
	g_assert_cmpuint(count, ==, undone);
}

static void
test_worker_groups(void)
{
	/* alone: no group; together: one; what is not of a group ends one */
	assert_group("a", "a", "wa", 0);
	assert_group("abc", "(abc)", "wabc", 0);
	assert_group("ab-cd", "(ab)-(cd)", "wab-cd", 0);
	/* what can't be made to last was not done by any of them */
	assert_group("abx", "(abx)", "w", 1);
	/* one that undoes the group fails those before it, and those behind it are made in another */
	assert_group("ab!cd", "(ab!)(cd)", "wcd", 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/worker/runs", test_worker_runs);
	g_test_add_func("/worker/keeps-order", test_worker_keeps_order);
	g_test_add_func("/worker/skips-cancelled", test_worker_skips_cancelled);
	g_test_add_func("/worker/refuses-too-many", test_worker_refuses_too_many);
	g_test_add_func("/worker/groups", test_worker_groups);
	return g_test_run();
}
