// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/school-calendar.h"
#include "include/cm-message.h"

#include <sys/mman.h>
#include <unistd.h>

/* Any bytes, by either closure rule: an error, or a calendar whose dates rise, whose cycle days are of the cycle, and whose lines
 * can be shown. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_days(const CmSchoolCalendar *calendar)
{
	for (guint i = 0; i < calendar->days->len; i++) {
		const CmCalendarDay *day = CM_ELEMENT(calendar->days, CmCalendarDay, i);

		if (i > 0)
			g_assert_cmpint(day[-1].date, <, day->date);
		if (day->kind == CM_DAY_KIND_CLASS)
			g_assert_cmpint(day->cycle_day, >=, 1);
		else
			g_assert_cmpint(day->cycle_day, ==, 0);
		g_assert_cmpint(day->cycle_day, <=, calendar->cycle_length);
	}
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	CmSchoolCalendarOptions options = {.from = CM_DAY_NONE, .to = CM_DAY_NONE};
	g_autoptr(CmSchoolCalendar) calendar = NULL;
	g_autoptr(GError) error = NULL;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	options.closure = size % 2 == 0 ? CM_SCHOOL_CLOSURE_SLIDE : CM_SCHOOL_CLOSURE_CONSUME;
	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, data, size), ==, (gssize)size);
	g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
	calendar = cm_school_calendar_read_fd(fd, &options, NULL, &error);
	close(fd);
	g_assert_true((calendar == NULL) == (error != NULL));
	if (calendar == NULL)
		return 0;
	check_days(calendar);
	for (guint i = 0; i < calendar->lines->len; i++) {
		g_autofree gchar *text = cm_message_localize(
		    CM_ELEMENT(calendar->lines, CmSchoolCalendarLine, i)->message);

		g_assert_true(g_utf8_validate(text, -1, NULL));
	}
	return 0;
}
