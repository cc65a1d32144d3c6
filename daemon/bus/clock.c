// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/clock.h"

#include "include/cm-names.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct _CmClockWatch {
	gint timer;
	guint source;
	GFileMonitor *file;
	GSourceFunc tick;
	gpointer user_data;
};

static gboolean
read_file(const gchar *path, gint64 *out_now)
{
	g_autofree gchar *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return FALSE;
	return g_ascii_string_to_signed(g_strstrip(text), 10, 0, G_MAXINT32 * (gint64)4, out_now,
					NULL);
}

gint64
cm_clock_get_now(void)
{
	const gchar *path = g_getenv(CM_ENV_CLOCK);
	gint64 now = 0;

	if (path != NULL && read_file(path, &now))
		return now;
	return g_get_real_time() / G_USEC_PER_SEC;
}

gint64
cm_clock_get_uptime(void)
{
	const gchar *path = g_getenv(CM_ENV_UPTIME);
	gint64 seconds = 0;

	if (path != NULL && read_file(path, &seconds))
		return seconds;
	return g_get_monotonic_time() / G_USEC_PER_SEC;
}

CmDay
cm_clock_get_day(gint64 now, GTimeZone *zone)
{
	return cm_time_get_day(now, zone);
}

/* At the next multiple. It also becomes ready, with an error to read, when the clock is set. */
static void
watch_arm(CmClockWatch *watch)
{
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	struct itimerspec when = {.it_value.tv_sec =
				      (now / CM_CLOCK_TICK_SECONDS + 1) * CM_CLOCK_TICK_SECONDS};

	if (timerfd_settime(watch->timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when,
			    NULL) != 0)
		g_warning("no timer for the next day: %s", g_strerror(errno));
}

static gboolean
watch_ready(gint fd, GIOCondition condition, gpointer user_data)
{
	CmClockWatch *watch = user_data;
	guint64 expirations = 0;

	/* what it says, or that the clock was set, is the same to us */
	if (read(fd, &expirations, sizeof expirations) < 0)
		g_debug("the clock was set");
	watch_arm(watch);
	(void)watch->tick(watch->user_data);
	return G_SOURCE_CONTINUE;
}

static void
watch_file_changed(GFileMonitor *monitor,
		   GFile *file,
		   GFile *other,
		   GFileMonitorEvent event,
		   gpointer user_data)
{
	CmClockWatch *watch = user_data;

	(void)watch->tick(watch->user_data);
}

CmClockWatch *
cm_clock_new_watch(GSourceFunc tick, gpointer user_data)
{
	const gchar *path = g_getenv(CM_ENV_CLOCK);
	CmClockWatch *watch = NULL;
	gint timer = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);

	if (timer < 0) {
		g_warning("no timer for the next day: %s", g_strerror(errno));
		return NULL;
	}
	watch = g_new0(CmClockWatch, 1);
	watch->tick = tick;
	watch->user_data = user_data;
	watch->timer = timer;
	watch->source = g_unix_fd_add(timer, G_IO_IN, watch_ready, watch);
	watch_arm(watch);
	if (path != NULL) {
		g_autoptr(GFile) file = g_file_new_for_path(path);

		watch->file = g_file_monitor_file(file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
	}
	if (watch->file != NULL)
		g_signal_connect(watch->file, "changed", G_CALLBACK(watch_file_changed), watch);
	return watch;
}

void
cm_clock_free_watch(CmClockWatch *watch)
{
	if (watch == NULL)
		return;
	g_source_remove(watch->source);
	close(watch->timer);
	g_clear_object(&watch->file);
	g_free(watch);
}
