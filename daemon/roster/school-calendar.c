// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/school-calendar.h"

#include "daemon/roster/calendar-events.h"
#include "daemon/roster/calendar-words.h"
#include "daemon/roster/json-source.h"
#include "daemon/roster/school-year.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

#define DEFAULT_CYCLE_LENGTH 10
#define SHORTEST_CYCLE 5 /* that is believed from the file alone */

static void
line_clear(gpointer data)
{
	CmSchoolCalendarLine *line = data;

	g_free(line->message);
}

void
cm_school_calendar_free(CmSchoolCalendar *calendar)
{
	g_array_unref(calendar->days);
	g_array_unref(calendar->lines);
	g_free(calendar);
}

const gchar *
cm_school_verdict_to_string(CmSchoolVerdict verdict)
{
	static const gchar *const names[CM_SCHOOL_VERDICT_LAST] = {
	    [CM_SCHOOL_VERDICT_UNDERSTOOD] = "understood",
	    [CM_SCHOOL_VERDICT_IGNORED] = "ignored",
	    [CM_SCHOOL_VERDICT_NOT_UNDERSTOOD] = "not-understood",
	};

	g_return_val_if_fail(verdict < CM_SCHOOL_VERDICT_LAST, "");
	return names[verdict];
}

gboolean
cm_school_closure_from_string(const gchar *text, CmSchoolClosure *out_closure)
{
	if (g_strcmp0(text, "slide") == 0)
		*out_closure = CM_SCHOOL_CLOSURE_SLIDE;
	else if (g_strcmp0(text, "consume") == 0)
		*out_closure = CM_SCHOOL_CLOSURE_CONSUME;
	else
		return FALSE;
	return TRUE;
}

/* ---- the file ---- */

static gchar *
read_all(int fd, GCancellable *cancellable, GError **error)
{
	g_autoptr(CmJsonSource) source = cm_json_source_new(fd);
	g_autoptr(GString) text = g_string_new(NULL);
	const guint8 *bytes = NULL;
	gsize length = 0;

	do {
		if (!cm_json_source_fill(source, cancellable, &bytes, &length, error))
			return NULL;
		g_string_append_len(text, (const gchar *)bytes, (gssize)length);
		if (text->len > CM_SCHOOL_CALENDAR_MAX_BYTES) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("The calendar file is larger than a mebibyte"), NULL);
			return NULL;
		}
	} while (length > 0);
	if (memchr(text->str, '\0', text->len) != NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("This is not an iCalendar file"),
			     NULL);
		return NULL;
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* ---- event by event ---- */

typedef struct {
	const CmSchoolCalendarOptions *options;
	CmSchoolCalendar *calendar;
	CmSchoolYear *year;
	GArray *meanings; /* Meaning, by event */
} Reading;

typedef struct {
	gboolean understood;
	CmCalendarWords words;
} Meaning;

static void
say(CmSchoolCalendarLine *line, CmSchoolVerdict verdict, const gchar *format, const gchar *argument)
{
	line->verdict = verdict;
	g_free(line->message);
	line->message = cm_message_new(format, argument, NULL);
}

static const gchar *
get_state_text(CmCalendarEventState state)
{
	static const gchar *const texts[] = {
	    [CM_CALENDAR_EVENT_FINE] = "",
	    [CM_CALENDAR_EVENT_CANCELLED] = N_("cancelled"),
	    [CM_CALENDAR_EVENT_TIMED] = N_("at a time of day: not about the whole day"),
	    [CM_CALENDAR_EVENT_NO_DATE] = N_("no date that can be read"),
	    [CM_CALENDAR_EVENT_TOO_LONG] = N_("lasts too long for a school year"),
	    [CM_CALENDAR_EVENT_RECURRENCE] = N_("repeats in a way that is not followed"),
	};

	return texts[state];
}

static void
read_meaning(const CmCalendarEvent *event, Meaning *meaning)
{
	meaning->understood = event->state == CM_CALENDAR_EVENT_FINE &&
			      (cm_calendar_words_read(event->summary, &meaning->words) ||
			       (event->categories[0] != '\0' &&
				cm_calendar_words_read(event->categories, &meaning->words)));
}

static gboolean
is_in(const CmSchoolCalendarOptions *options, CmDay day)
{
	return (options->from == CM_DAY_NONE || day >= options->from) &&
	       (options->to == CM_DAY_NONE || day <= options->to);
}

static gboolean
has_day_in(const CmSchoolCalendarOptions *options, const CmCalendarEvent *event)
{
	for (guint i = 0; i < event->spans->len; i++) {
		const CmAbsence *span = CM_ELEMENT(event->spans, CmAbsence, i);

		if ((options->from == CM_DAY_NONE || span->to >= options->from) &&
		    (options->to == CM_DAY_NONE || span->from <= options->to))
			return TRUE;
	}
	return FALSE;
}

static void
describe(CmSchoolCalendarLine *line, const Meaning *meaning)
{
	gchar cycle_day[12];

	g_snprintf(cycle_day, sizeof(cycle_day), "%d", meaning->words.cycle_day);
	if (meaning->words.kind == CM_DAY_KIND_CLASS)
		say(line, CM_SCHOOL_VERDICT_UNDERSTOOD, N_("class day, cycle day {0}"), cycle_day);
	else if (meaning->words.kind == CM_DAY_KIND_PEDAGOGICAL)
		say(line, CM_SCHOOL_VERDICT_UNDERSTOOD, N_("pedagogical day"), NULL);
	else
		say(line, CM_SCHOOL_VERDICT_UNDERSTOOD, N_("closed"), NULL);
}

static void
add_line(Reading *reading, const CmCalendarEvent *event)
{
	CmSchoolCalendarLine line = {
	    .line = event->line, .first = CM_DAY_NONE, .last = CM_DAY_NONE};
	gboolean ignored =
	    event->state == CM_CALENDAR_EVENT_CANCELLED || event->state == CM_CALENDAR_EVENT_TIMED;
	Meaning meaning = {0};

	if (event->spans->len > 0) {
		line.first = CM_ELEMENT(event->spans, CmAbsence, 0)->from;
		line.last = CM_ELEMENT(event->spans, CmAbsence, event->spans->len - 1)->to;
	}
	read_meaning(event, &meaning);
	if (event->state != CM_CALENDAR_EVENT_FINE)
		say(&line, ignored ? CM_SCHOOL_VERDICT_IGNORED : CM_SCHOOL_VERDICT_NOT_UNDERSTOOD,
		    get_state_text(event->state), NULL);
	else if (event->spans->len == 0)
		say(&line, CM_SCHOOL_VERDICT_IGNORED,
		    N_("every occurrence is taken out or replaced"), NULL);
	else if (!has_day_in(reading->options, event))
		say(&line, CM_SCHOOL_VERDICT_IGNORED, N_("outside the dates"), NULL);
	else if (!meaning.understood)
		say(&line, CM_SCHOOL_VERDICT_NOT_UNDERSTOOD,
		    N_("says nothing known of the school's day"), NULL);
	else
		describe(&line, &meaning);
	meaning.understood = line.verdict == CM_SCHOOL_VERDICT_UNDERSTOOD;
	g_array_append_val(reading->calendar->lines, line);
	g_array_append_val(reading->meanings, meaning);
}

/* ---- the dates and the cycle ---- */

/* the file's own cycle length, where the caller does not know it */
static gint
find_cycle_length(const Reading *reading)
{
	gint longest = 0;

	if (reading->options->cycle_length > 0)
		return reading->options->cycle_length;
	for (guint i = 0; i < reading->meanings->len; i++) {
		const Meaning *meaning = CM_ELEMENT(reading->meanings, Meaning, i);

		if (meaning->understood && meaning->words.kind == CM_DAY_KIND_CLASS)
			longest = MAX(longest, meaning->words.cycle_day);
	}
	/* a file that names the first days only does not name the last of the cycle */
	return longest >= SHORTEST_CYCLE ? longest : DEFAULT_CYCLE_LENGTH;
}

static gboolean
find_dates(const Reading *reading,
	   const GPtrArray *events,
	   CmDay *out_from,
	   CmDay *out_to,
	   GError **error)
{
	CmDay from = G_MAXINT32;
	CmDay to = CM_DAY_NONE;

	for (guint i = 0; i < events->len; i++) {
		const CmCalendarEvent *event = g_ptr_array_index(events, i);

		if (!CM_ELEMENT(reading->meanings, Meaning, i)->understood)
			continue;
		for (guint j = 0; j < event->spans->len; j++) {
			from = MIN(from, CM_ELEMENT(event->spans, CmAbsence, j)->from);
			to = MAX(to, CM_ELEMENT(event->spans, CmAbsence, j)->to);
		}
	}
	if (from > to) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Nothing in the calendar file says what a day at school is"), NULL);
		return FALSE;
	}
	from = reading->options->from != CM_DAY_NONE ? reading->options->from : from;
	to = reading->options->to != CM_DAY_NONE ? reading->options->to : to;
	if (to < from || to - from >= CM_SCHOOL_CALENDAR_MAX_DAYS) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The calendar's dates span too long: give the first and the last"),
			     NULL);
		return FALSE;
	}
	*out_from = from;
	*out_to = to;
	return TRUE;
}

static void
mark_event(Reading *reading, const CmCalendarEvent *event, guint index)
{
	const Meaning *meaning = CM_ELEMENT(reading->meanings, Meaning, index);
	CmSchoolCalendarLine *line =
	    CM_ELEMENT(reading->calendar->lines, CmSchoolCalendarLine, index);
	gint cycle_day = meaning->words.kind == CM_DAY_KIND_CLASS ? meaning->words.cycle_day : 0;
	gchar length[12];

	g_snprintf(length, sizeof(length), "%d", reading->calendar->cycle_length);
	if (cycle_day > reading->calendar->cycle_length) {
		say(line, CM_SCHOOL_VERDICT_NOT_UNDERSTOOD,
		    N_("names a cycle day beyond the cycle's length, {0}"), length);
		return;
	}
	for (guint i = 0; i < event->spans->len; i++) {
		const CmAbsence *span = CM_ELEMENT(event->spans, CmAbsence, i);

		for (CmDay day = span->from; day <= span->to; day++) {
			if (is_in(reading->options, day))
				cm_school_year_mark(reading->year, day, meaning->words.kind,
						    cycle_day, index);
		}
	}
}

/* what the year found when it was put together goes to the line of the event that it is about */
static void
add_finding(CmSchoolFinding finding, CmDay day, guint event, gint expected, gpointer user_data)
{
	static const gchar *const texts[CM_SCHOOL_FINDING_LAST] = {
	    [CM_SCHOOL_FINDING_OTHER_DAY] =
		N_("class day; on {0} the closure rule gives cycle day {1}, the file is kept"),
	    [CM_SCHOOL_FINDING_NO_CLASS] = N_("on {0} another event says that there is no class"),
	    [CM_SCHOOL_FINDING_SECOND] =
		N_("on {0} another event names cycle day {1}, which is kept"),
	    [CM_SCHOOL_FINDING_UNNAMED] =
		N_("the file says nothing of {0} and the cycle does not count it: closed"),
	};
	Reading *reading = user_data;
	CmSchoolCalendarLine unnamed = {
	    .verdict = CM_SCHOOL_VERDICT_NOT_UNDERSTOOD, .first = day, .last = day};
	CmSchoolCalendarLine *line = &unnamed;
	gchar date[CM_DAY_TEXT_SIZE];
	gchar cycle_day[12];

	g_snprintf(cycle_day, sizeof(cycle_day), "%d", expected);
	if (event != CM_SCHOOL_NO_EVENT)
		line = CM_ELEMENT(reading->calendar->lines, CmSchoolCalendarLine, event);
	g_free(line->message);
	line->message = cm_message_new(texts[finding], cm_day_format(day, date), cycle_day, NULL);
	if (finding == CM_SCHOOL_FINDING_SECOND)
		line->verdict = CM_SCHOOL_VERDICT_NOT_UNDERSTOOD;
	if (event == CM_SCHOOL_NO_EVENT)
		g_array_append_val(reading->calendar->lines, unnamed);
}

static gint
line_compare(gconstpointer a, gconstpointer b)
{
	const CmSchoolCalendarLine *first = a;
	const CmSchoolCalendarLine *second = b;

	if (first->line != second->line)
		return first->line < second->line ? -1 : 1;
	return first->first < second->first ? -1 : first->first > second->first;
}

static gboolean
put_together(Reading *reading, const GPtrArray *events, GError **error)
{
	const CmSchoolCalendarOptions *options = reading->options;
	CmDay from = 0;
	CmDay to = 0;

	reading->calendar->cycle_length = find_cycle_length(reading);
	if (!find_dates(reading, events, &from, &to, error))
		return FALSE;
	reading->year =
	    cm_school_year_new(from, to, reading->calendar->cycle_length, options->closure);
	for (guint i = 0; i < events->len; i++) {
		if (CM_ELEMENT(reading->meanings, Meaning, i)->understood)
			mark_event(reading, g_ptr_array_index(events, i), i);
	}
	cm_school_year_fill(reading->year, MAX(options->first_cycle_day, 1), add_finding, reading,
			    reading->calendar->days);
	cm_school_year_free(reading->year);
	g_array_sort(reading->calendar->lines, line_compare);
	return TRUE;
}

CmSchoolCalendar *
cm_school_calendar_read_fd(int fd,
			   const CmSchoolCalendarOptions *options,
			   GCancellable *cancellable,
			   GError **error)
{
	g_autoptr(CmSchoolCalendar) calendar = g_new0(CmSchoolCalendar, 1);
	g_autoptr(GArray) meanings = g_array_new(FALSE, FALSE, sizeof(Meaning));
	g_autoptr(GPtrArray) events = NULL;
	g_autofree gchar *text = NULL;
	Reading reading = {.options = options, .calendar = calendar, .meanings = meanings};

	calendar->days = g_array_new(FALSE, FALSE, sizeof(CmCalendarDay));
	calendar->lines = g_array_new(FALSE, FALSE, sizeof(CmSchoolCalendarLine));
	g_array_set_clear_func(calendar->lines, line_clear);
	text = read_all(fd, cancellable, error);
	if (text == NULL)
		return NULL;
	events = cm_calendar_events_read(text, options->to, error);
	if (events == NULL)
		return NULL;
	for (guint i = 0; i < events->len; i++)
		add_line(&reading, g_ptr_array_index(events, i));
	if (!put_together(&reading, events, error))
		return NULL;
	return g_steal_pointer(&calendar);
}

void
cm_school_calendar_add_to_caseload(const CmSchoolCalendar *calendar,
				   const gchar *id,
				   CmCaseload *caseload)
{
	CmCalendar added = {.id = cm_caseload_intern(caseload, id),
			    .cycle_length = calendar->cycle_length,
			    .days = {caseload->calendar_days->len, calendar->days->len}};

	g_array_append_vals(caseload->calendar_days, calendar->days->data, calendar->days->len);
	g_array_append_val(caseload->calendars, added);
}
