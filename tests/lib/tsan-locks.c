// SPDX-License-Identifier: GPL-3.0-or-later
#include <dlfcn.h>
#include <glib.h>
#include <sanitizer/tsan_interface.h>

/* For the thread sanitizer, which sees no lock of a GLib that is not built with it and would call every use of one a race: the
 * calls that our own code makes go through here, and tell it who has handed what to whom. */

#define REAL(name) ((__typeof__(&name))find_real(#name))

static gpointer
find_real(const gchar *name)
{
	gpointer real = dlsym(RTLD_NEXT, name);

	g_assert_nonnull(real);
	return real;
}

void
g_mutex_lock(GMutex *mutex)
{
	REAL(g_mutex_lock)(mutex);
	__tsan_acquire(mutex);
}

gboolean
g_mutex_trylock(GMutex *mutex)
{
	gboolean locked = REAL(g_mutex_trylock)(mutex);

	if (locked)
		__tsan_acquire(mutex);
	return locked;
}

void
g_mutex_unlock(GMutex *mutex)
{
	__tsan_release(mutex);
	REAL(g_mutex_unlock)(mutex);
}

void
g_cond_wait(GCond *cond, GMutex *mutex)
{
	__tsan_release(mutex);
	REAL(g_cond_wait)(cond, mutex);
	__tsan_acquire(mutex);
}

gboolean
g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_time)
{
	gboolean woken = FALSE;

	__tsan_release(mutex);
	woken = REAL(g_cond_wait_until)(cond, mutex, end_time);
	__tsan_acquire(mutex);
	return woken;
}

void
g_async_queue_push(GAsyncQueue *queue, gpointer data)
{
	__tsan_release(queue);
	REAL(g_async_queue_push)(queue, data);
}

gpointer
g_async_queue_pop(GAsyncQueue *queue)
{
	gpointer data = REAL(g_async_queue_pop)(queue);

	__tsan_acquire(queue);
	return data;
}

gpointer
g_thread_join(GThread *thread)
{
	gpointer result = REAL(g_thread_join)(thread);

	__tsan_acquire(thread);
	return result;
}
