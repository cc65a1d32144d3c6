// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/calendar/calendar-feed.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_DEPTH 8 /* components inside one another; libical frees them by recursion */

struct _CmCalendarFeed {
	icalparser *parser;
	GPtrArray *roots;    /* icalcomponent */
	icalcomponent *rest; /* of a file that was cut off: it stays the parser's */
	CmCalendarFeedLimits limits;
	CmCalendarFeedLimits counts; /* so far */
	guint depth;
	guint skipped; /* components open that are left out */
};

static gboolean
fail_at(GError **error, guint line, const gchar *format)
{
	gchar text[12];

	g_snprintf(text, sizeof(text), "%u", line);
	cm_error_set(error, CM_ERROR_INVALID_INPUT, format, text, NULL);
	return FALSE;
}

/* what is not needed and can hang libical (a VTIMEZONE whose rule never matches), or only costs */
static gboolean
is_left_out(const gchar *name)
{
	return g_ascii_strcasecmp(name, "VTIMEZONE") == 0 ||
	       g_ascii_strcasecmp(name, "VALARM") == 0;
}

static void
feed_line(CmCalendarFeed *feed, gchar *line)
{
	icalcomponent *root = icalparser_add_line(feed->parser, line);

	if (root != NULL)
		g_ptr_array_add(feed->roots, root);
}

/* What is not UTF-8 is most often Windows' own encoding. Only whole lines can be told: a fold may stand inside a character. */
static void
make_utf8(GString *content)
{
	g_autofree gchar *converted = NULL;

	if (g_utf8_validate_len(content->str, content->len, NULL))
		return;
	converted = g_convert(content->str, (gssize)content->len, "UTF-8", "WINDOWS-1252", NULL,
			      NULL, NULL);
	if (converted == NULL)
		converted = g_utf8_make_valid(content->str, (gssize)content->len);
	g_string_assign(content, converted);
}

/* count one more; FALSE: there are too many */
static gboolean
count_one(guint *count, guint limit)
{
	return ++*count <= limit || limit == 0;
}

static gboolean
is_property(const gchar *content, const gchar *name)
{
	gsize length = strlen(name);

	return g_ascii_strncasecmp(content, name, length) == 0 && content[length] != '\0' &&
	       strchr(" \t;:", content[length]) != NULL;
}

/* The name of the component that a line opens or closes, NULL when it does neither. libical takes blanks, parameters and lists there;
 * what it is given is what was understood here. */
static gchar *
find_component(const gchar *content, const gchar *keyword)
{
	const gchar *value = strchr(content, ':');
	gchar *name = NULL;

	if (!is_property(content, keyword) || value == NULL)
		return NULL;
	name = g_strndup(value + 1, strcspn(value + 1, ",;"));
	return g_strstrip(name);
}

/* a component begins */
static gboolean
feed_begin(CmCalendarFeed *feed, const gchar *name, guint line, GError **error)
{
	g_autofree gchar *content = g_strconcat("BEGIN:", name, NULL);
	gchar mark[sizeof(CM_CALENDAR_FEED_LINE_PROPERTY) + 16];

	if (!count_one(&feed->counts.components, feed->limits.components))
		return fail_at(error, line, N_("Line {0}: there are too many components"));
	if (++feed->depth > MAX_DEPTH)
		return fail_at(error, line, N_("Line {0}: components are nested too deep"));
	if (feed->skipped > 0 || is_left_out(name)) {
		feed->skipped++;
		return TRUE;
	}
	feed_line(feed, content);
	if (g_ascii_strcasecmp(name, "VEVENT") != 0)
		return TRUE;
	if (!count_one(&feed->counts.events, feed->limits.events))
		return fail_at(error, line, N_("Line {0}: there are too many events"));
	g_snprintf(mark, sizeof(mark), CM_CALENDAR_FEED_LINE_PROPERTY ":%u", line);
	feed_line(feed, mark);
	return TRUE;
}

static void
feed_end(CmCalendarFeed *feed, const gchar *name)
{
	g_autofree gchar *content = g_strconcat("END:", name, NULL);

	feed->depth--;
	if (feed->skipped > 0)
		feed->skipped--;
	else
		feed_line(feed, content);
}

/* one unfolded line, stripped at its end */
static gboolean
feed_content(CmCalendarFeed *feed, gchar *content, guint line, GError **error)
{
	g_autofree gchar *begins = find_component(content, "BEGIN");
	g_autofree gchar *ends = find_component(content, "END");

	if (begins != NULL)
		return feed_begin(feed, begins, line, error);
	/* what stands outside of everything is nothing, and libical would say so on the standard error output */
	if (feed->depth == 0 || content[0] == '\0')
		return TRUE;
	if (!count_one(&feed->counts.properties, feed->limits.properties))
		return fail_at(error, line, N_("Line {0}: there are too many properties"));
	if (is_property(content, "ATTENDEE") &&
	    !count_one(&feed->counts.attendees, feed->limits.attendees))
		return fail_at(error, line, N_("Line {0}: there are too many attendees"));
	if (ends != NULL)
		feed_end(feed, ends);
	else if (feed->skipped == 0 && !is_property(content, CM_CALENDAR_FEED_LINE_PROPERTY))
		feed_line(feed, content);
	return TRUE;
}

/* append a line without its end; returns where the next begins */
static const gchar *
take_line(const gchar *p, GString *content)
{
	gsize length = strcspn(p, "\n");

	g_string_append_len(content, p, (gssize)length);
	/* more than one has been seen */
	while (content->len > 0 && content->str[content->len - 1] == '\r')
		g_string_truncate(content, content->len - 1);
	return p + length + (p[length] == '\n' ? 1 : 0);
}

/* RFC 5545 section 3.1: a line that begins with a blank goes on the one before */
static gboolean
feed_text(CmCalendarFeed *feed, const gchar *text, GError **error)
{
	g_autoptr(GString) content = g_string_new(NULL);
	/* a byte order mark stands before the text */
	const gchar *p = g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text;
	guint number = 1;

	while (*p != '\0') {
		guint first = number;

		g_string_truncate(content, 0);
		p = take_line(p, content);
		number++;
		while (*p == ' ' || *p == '\t') {
			p = take_line(p + 1, content);
			number++;
		}
		if (feed->limits.line > 0 && content->len > feed->limits.line)
			return fail_at(error, first, N_("Line {0} is too long"));
		make_utf8(content);
		/* libical takes no value with a blank after it; one before a fold was one of the text */
		g_strchomp(content->str);
		if (!feed_content(feed, content->str, first, error))
			return FALSE;
	}
	return TRUE;
}

static void
root_free(gpointer data)
{
	icalcomponent_free(data);
}

CmCalendarFeed *
cm_calendar_feed_new(const gchar *text, const CmCalendarFeedLimits *limits, GError **error)
{
	g_autoptr(CmCalendarFeed) feed = g_new0(CmCalendarFeed, 1);
	gboolean fed = FALSE;

	feed->parser = icalparser_new();
	feed->roots = g_ptr_array_new_with_free_func(root_free);
	feed->limits = *limits;
	fed = feed_text(feed, text, error);
	feed->rest = icalparser_clean(feed->parser);
	if (feed->rest != NULL)
		g_ptr_array_add(feed->roots, feed->rest);
	return fed ? g_steal_pointer(&feed) : NULL;
}

void
cm_calendar_feed_free(CmCalendarFeed *feed)
{
	if (feed->rest != NULL)
		(void)g_ptr_array_steal_index(feed->roots, feed->roots->len - 1);
	g_ptr_array_unref(feed->roots);
	icalparser_free(feed->parser);
	g_free(feed);
}

GPtrArray *
cm_calendar_feed_get_roots(CmCalendarFeed *feed)
{
	return feed->roots;
}

gboolean
cm_calendar_feed_is_cut_off(const CmCalendarFeed *feed)
{
	return feed->rest != NULL;
}

guint
cm_calendar_feed_get_line(icalcomponent *event)
{
	const gchar *line = cm_calendar_feed_find_x(event, CM_CALENDAR_FEED_LINE_PROPERTY);
	guint64 number = 0;

	if (line == NULL || !g_ascii_string_to_unsigned(line, 10, 0, G_MAXUINT32, &number, NULL))
		return 0;
	return (guint)number;
}

const gchar *
cm_calendar_feed_find_x(icalcomponent *component, const gchar *name)
{
	for (icalproperty *property = icalcomponent_get_first_property(component, ICAL_X_PROPERTY);
	     property != NULL;
	     property = icalcomponent_get_next_property(component, ICAL_X_PROPERTY)) {
		const gchar *found = icalproperty_get_x_name(property);

		if (found != NULL && g_ascii_strcasecmp(found, name) == 0)
			return icalproperty_get_x(property);
	}
	return NULL;
}

static gboolean
is_unset(const short *values)
{
	return values[0] == ICAL_RECURRENCE_ARRAY_MAX;
}

static gboolean
days_are_safe(const struct icalrecurrencetype *rule)
{
	gint most =
	    rule->freq == ICAL_MONTHLY_RECURRENCE || rule->freq == ICAL_YEARLY_RECURRENCE ? 5 : 0;

	for (guint i = 0; i < ICAL_BY_DAY_SIZE && rule->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX;
	     i++) {
		if (ABS(icalrecurrencetype_day_position(rule->by_day[i])) > most)
			return FALSE;
	}
	for (guint i = 0;
	     i < ICAL_BY_MONTHDAY_SIZE && rule->by_month_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
		if (rule->by_month_day[i] < 1 || rule->by_month_day[i] > 28)
			return FALSE;
	}
	for (guint i = 0; i < ICAL_BY_MONTH_SIZE && rule->by_month[i] != ICAL_RECURRENCE_ARRAY_MAX;
	     i++) {
		if (rule->by_month[i] < 1 || rule->by_month[i] > 12)
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_calendar_feed_check_rule(const struct icalrecurrencetype *rule)
{
	if (!is_unset(rule->by_second) || !is_unset(rule->by_minute) || !is_unset(rule->by_hour) ||
	    !is_unset(rule->by_year_day) || !is_unset(rule->by_week_no) ||
	    !is_unset(rule->by_set_pos) || rule->rscale != NULL || rule->interval < 1 ||
	    !days_are_safe(rule))
		return FALSE;
	switch (rule->freq) {
	case ICAL_DAILY_RECURRENCE:
		return is_unset(rule->by_month_day) && is_unset(rule->by_month) &&
		       (is_unset(rule->by_day) || rule->interval == 1);
	case ICAL_WEEKLY_RECURRENCE:
		return is_unset(rule->by_month_day) && is_unset(rule->by_month);
	case ICAL_MONTHLY_RECURRENCE:
		return is_unset(rule->by_month) &&
		       (is_unset(rule->by_day) || is_unset(rule->by_month_day));
	case ICAL_YEARLY_RECURRENCE:
		return is_unset(rule->by_day) || is_unset(rule->by_month_day);
	case ICAL_SECONDLY_RECURRENCE:
	case ICAL_MINUTELY_RECURRENCE:
	case ICAL_HOURLY_RECURRENCE:
	case ICAL_NO_RECURRENCE:
	default:
		return FALSE;
	}
}
