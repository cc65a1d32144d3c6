// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/school-year.h"

#define SATURDAY 5
#define DAY_BY_DAY_LEAST 5 /* named days; fewer never make a file that goes day by day */

typedef struct {
	gboolean closed;
	gboolean pedagogical;
	gint cycle_day; /* that is named, or 0 */
	guint event;    /* that names it */
	guint second;   /* event that names another, or CM_SCHOOL_NO_EVENT */
	gint filled;    /* cycle day that the rule gives a day without a name, or 0 */
} Day;

struct _CmSchoolYear {
	CmDay from;
	gint cycle_length;
	CmSchoolClosure closure;
	GArray *days; /* Day */
};

CmSchoolYear *
cm_school_year_new(CmDay from, CmDay to, gint cycle_length, CmSchoolClosure closure)
{
	CmSchoolYear *year = g_new0(CmSchoolYear, 1);

	year->from = from;
	year->cycle_length = cycle_length;
	year->closure = closure;
	year->days = g_array_new(FALSE, TRUE, sizeof(Day));
	g_array_set_size(year->days, (guint)(to - from + 1));
	for (guint i = 0; i < year->days->len; i++)
		CM_ELEMENT(year->days, Day, i)->second = CM_SCHOOL_NO_EVENT;
	return year;
}

void
cm_school_year_free(CmSchoolYear *year)
{
	g_array_unref(year->days);
	g_free(year);
}

void
cm_school_year_mark(CmSchoolYear *year, CmDay day, CmDayKind kind, gint cycle_day, guint event)
{
	Day *marked = NULL;

	if (day < year->from || day - year->from >= (gint)year->days->len)
		return;
	marked = CM_ELEMENT(year->days, Day, day - year->from);
	marked->closed |= kind == CM_DAY_KIND_CLOSED;
	marked->pedagogical |= kind == CM_DAY_KIND_PEDAGOGICAL;
	if (cycle_day == 0)
		return;
	if (marked->cycle_day == 0) {
		marked->cycle_day = cycle_day;
		marked->event = event;
	} else if (marked->cycle_day != cycle_day) {
		marked->second = event;
	}
}

static gboolean
is_weekday(const CmSchoolYear *year, guint index)
{
	return cm_day_get_weekday(year->from + (gint)index) < SATURDAY;
}

static gboolean
has_no_class(const Day *day)
{
	return day->closed || day->pedagogical;
}

static gboolean
is_named(const Day *day)
{
	return !has_no_class(day) && day->cycle_day > 0;
}

/* a weekday of which the file says nothing */
static gboolean
is_bare(const CmSchoolYear *year, guint index)
{
	const Day *day = CM_ELEMENT(year->days, Day, index);

	return is_weekday(year, index) && !has_no_class(day) && day->cycle_day == 0;
}

/* a day without class that takes a cycle day with it */
static gboolean
is_consumed(const CmSchoolYear *year, guint index)
{
	return year->closure == CM_SCHOOL_CLOSURE_CONSUME && is_weekday(year, index) &&
	       has_no_class(CM_ELEMENT(year->days, Day, index));
}

static gint
step(const CmSchoolYear *year, gint cycle_day, gint count)
{
	gint length = year->cycle_length;

	return ((cycle_day - 1 + count) % length + length) % length + 1;
}

/* the first and the last named day, and whether the file goes day by day between them */
static gboolean
find_named(const CmSchoolYear *year, guint *out_first, guint *out_last, gboolean *out_day_by_day)
{
	guint first = G_MAXUINT;
	guint last = 0;
	guint named = 0;
	guint bare = 0;

	for (guint i = 0; i < year->days->len; i++) {
		if (!is_named(CM_ELEMENT(year->days, Day, i)))
			continue;
		first = MIN(first, i);
		last = i;
		named++;
	}
	if (named == 0)
		return FALSE;
	for (guint i = first; i < last; i++)
		bare += is_bare(year, i) ? 1 : 0;
	*out_first = first;
	*out_last = last;
	*out_day_by_day = named >= DAY_BY_DAY_LEAST && named >= bare;
	return TRUE;
}

/* Give the bare days from `begin` to before `end` their cycle days. Returns the cycle day that comes next. */
static gint
run_cycle(CmSchoolYear *year, guint begin, guint end, gint next)
{
	for (guint i = begin; i < end; i++) {
		if (is_bare(year, i)) {
			CM_ELEMENT(year->days, Day, i)->filled = next;
			next = step(year, next, 1);
		} else if (is_consumed(year, i)) {
			next = step(year, next, 1);
		}
	}
	return next;
}

/* how many cycle days go by */
static gint
count_steps(const CmSchoolYear *year, guint begin, guint end, gboolean with_bare)
{
	gint count = 0;

	for (guint i = begin; i < end; i++)
		count += (with_bare && is_bare(year, i)) || is_consumed(year, i) ? 1 : 0;
	return count;
}

typedef struct {
	CmSchoolFindingFunc func;
	gpointer user_data;
} Tell;

static void
tell(const Tell *told,
     const CmSchoolYear *year,
     CmSchoolFinding finding,
     guint index,
     guint event,
     gint expected)
{
	told->func(finding, year->from + (gint)index, event, expected, told->user_data);
}

/* from one named day to the next */
static void
fill_gap(CmSchoolYear *year, guint before, guint named, gboolean day_by_day, const Tell *told)
{
	const Day *end = CM_ELEMENT(year->days, Day, named);
	gint next = step(year, CM_ELEMENT(year->days, Day, before)->cycle_day, 1);
	gint bare = count_steps(year, before + 1, named, TRUE) -
		    count_steps(year, before + 1, named, FALSE);
	gint expected = step(year, next, count_steps(year, before + 1, named, TRUE));
	gint without = step(year, next, count_steps(year, before + 1, named, FALSE));

	if (day_by_day && bare > 0 && expected != end->cycle_day && without == end->cycle_day) {
		for (guint i = before + 1; i < named; i++) {
			if (is_bare(year, i))
				tell(told, year, CM_SCHOOL_FINDING_UNNAMED, i, CM_SCHOOL_NO_EVENT,
				     0);
		}
		return;
	}
	(void)run_cycle(year, before + 1, named, next);
	if (expected != end->cycle_day)
		tell(told, year, CM_SCHOOL_FINDING_OTHER_DAY, named, end->event, expected);
}

static void
fill_named(CmSchoolYear *year, gint first_cycle_day, const Tell *told)
{
	guint first = 0;
	guint last = 0;
	guint before = 0;
	gboolean day_by_day = FALSE;

	if (!find_named(year, &first, &last, &day_by_day)) {
		(void)run_cycle(year, 0, year->days->len, step(year, first_cycle_day, 0));
		return;
	}
	before = first;
	for (guint i = first + 1; i <= last; i++) {
		if (!is_named(CM_ELEMENT(year->days, Day, i)))
			continue;
		fill_gap(year, before, i, day_by_day, told);
		before = i;
	}
	if (day_by_day)
		return;
	(void)run_cycle(year, last + 1, year->days->len,
			step(year, CM_ELEMENT(year->days, Day, last)->cycle_day, 1));
	/* where the first named day begins the cycle, school begins there */
	if (CM_ELEMENT(year->days, Day, first)->cycle_day != first_cycle_day)
		(void)run_cycle(year, 0, first,
				step(year, CM_ELEMENT(year->days, Day, first)->cycle_day,
				     -count_steps(year, 0, first, TRUE)));
}

static void
tell_clashes(const CmSchoolYear *year, const Tell *told)
{
	for (guint i = 0; i < year->days->len; i++) {
		const Day *day = CM_ELEMENT(year->days, Day, i);

		if (day->second != CM_SCHOOL_NO_EVENT)
			tell(told, year, CM_SCHOOL_FINDING_SECOND, i, day->second, day->cycle_day);
		else if (has_no_class(day) && day->cycle_day > 0 &&
			 year->closure == CM_SCHOOL_CLOSURE_SLIDE)
			tell(told, year, CM_SCHOOL_FINDING_NO_CLASS, i, day->event, 0);
	}
}

void
cm_school_year_fill(CmSchoolYear *year,
		    gint first_cycle_day,
		    CmSchoolFindingFunc func,
		    gpointer user_data,
		    GArray *days)
{
	Tell told = {func, user_data};

	fill_named(year, first_cycle_day, &told);
	tell_clashes(year, &told);
	for (guint i = 0; i < year->days->len; i++) {
		const Day *day = CM_ELEMENT(year->days, Day, i);
		CmCalendarDay out = {.date = year->from + (gint)i, .kind = CM_DAY_KIND_CLASS};

		if (day->closed)
			out.kind = CM_DAY_KIND_CLOSED;
		else if (day->pedagogical)
			out.kind = CM_DAY_KIND_PEDAGOGICAL;
		else
			out.cycle_day = (gint16)(day->cycle_day > 0 ? day->cycle_day : day->filled);
		if (out.kind == CM_DAY_KIND_CLASS && out.cycle_day == 0)
			continue;
		if (out.kind == CM_DAY_KIND_CLASS || is_weekday(year, i))
			g_array_append_val(days, out);
	}
}
