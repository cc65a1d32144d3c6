// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/boot-timer.h"

#include "include/cm-error.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct _CmBootTimer {
	gint fd;
	guint source;
	void (*fired)(gpointer user_data);
	gpointer user_data;
};

static gboolean
on_expired(gint fd, GIOCondition condition, gpointer user_data)
{
	CmBootTimer *timer = user_data;
	guint64 times = 0;

	/* set anew since: nothing to read */
	if (read(fd, &times, sizeof times) == (gssize)sizeof times)
		timer->fired(timer->user_data);
	return G_SOURCE_CONTINUE;
}

CmBootTimer *
cm_boot_timer_new(void (*fired)(gpointer user_data), gpointer user_data, GError **error)
{
	gint fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	CmBootTimer *timer = NULL;

	if (fd < 0) {
		cm_error_set(error, CM_ERROR_FAILED, N_("There is no timer: {0}."),
			     g_strerror(errno), NULL);
		return NULL;
	}
	timer = g_new0(CmBootTimer, 1);
	timer->fd = fd;
	timer->fired = fired;
	timer->user_data = user_data;
	timer->source = g_unix_fd_add(fd, G_IO_IN, on_expired, timer);
	return timer;
}

void
cm_boot_timer_free(CmBootTimer *timer)
{
	if (timer == NULL)
		return;
	g_source_remove(timer->source);
	close(timer->fd);
	g_free(timer);
}

void
cm_boot_timer_set(CmBootTimer *timer, guint seconds)
{
	const struct itimerspec when = {.it_value = {.tv_sec = (time_t)seconds}};

	(void)timerfd_settime(timer->fd, 0, &when, NULL);
}
