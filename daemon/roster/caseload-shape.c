// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-shape.h"

#include "daemon/roster/caseload-reader.h"

#include <glib/gi18n.h>
#include <string.h>

/* the members of the document that are not lists */
typedef struct {
	const gchar *format;
	const gchar *organisation_id;
	const gchar *organisation_name;
	const gchar *timezone;
	const gchar *locale;
	CmDay from;
	CmDay to;
	CmDay replan_from;
	gint grid_minutes;
} Root;

typedef struct {
	CmBusy busy;
	const gchar *id;
	guint32 id_line;
} BusyRecord;

static CmCaseloadLoading *
get_loading(CmJsonRead *read)
{
	return ((CmCaseloadTarget *)cm_json_read_get_data(read))->loading;
}

/* ---- callbacks that several shapes share ---- */

static void
stop_too_many(CmJsonRead *read)
{
	cm_json_read_fault(read, NULL, N_("there are too many of these in one document"), NULL);
	cm_json_read_stop(read);
}

/* `tag` is the CmCaseloadKind */
static void
append_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	if (!cm_caseload_loading_append(get_loading(read), (CmCaseloadKind)shape->tag, record,
					cm_json_read_get_open_line(read)))
		stop_too_many(read);
}

static void
range_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	GArray *array =
	    cm_caseload_loading_get_array(get_loading(read), (CmCaseloadKind)shape->tag);
	CmRange *range = record;

	range->first = array->len;
	range->count = 0;
}

static void
range_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	GArray *array =
	    cm_caseload_loading_get_array(get_loading(read), (CmCaseloadKind)shape->tag);
	CmRange *range = record;

	range->count = array->len - range->first;
}

/* `tag` is the CmCaseloadKind that the id is of */
static void
take_id(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	*(const gchar **)place = value->text;
	if (!cm_caseload_loading_add_id(get_loading(read), (CmCaseloadKind)shape->tag, value->text))
		cm_json_read_fault(read, NULL, N_("the id \"{0}\" stands twice"), value->text,
				   NULL);
}

static guint32
link_to(CmJsonRead *read, const CmCaseloadLink *link, const gchar *id, guint line)
{
	guint32 indices[3] = {0};
	guint32 index = CM_NONE;

	(void)cm_json_read_get_indices(read, indices, G_N_ELEMENTS(indices));
	if (!cm_caseload_loading_link(get_loading(read), link, id, indices, line, &index))
		stop_too_many(read);
	return index;
}

/* `data` is the CmCaseloadLink */
static void
take_link(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	*(guint32 *)place = link_to(read, shape->data, value->text, cm_json_read_get_line(read));
}

/* an element of a list of references; `data` is the CmCaseloadLink */
static void
take_link_element(CmJsonRead *read,
		  const CmJsonShape *shape,
		  gpointer place,
		  const CmJsonValue *value)
{
	guint line = cm_json_read_get_line(read);
	guint32 index = link_to(read, shape->data, value->text, line);

	if (!cm_caseload_loading_append(get_loading(read), CM_CASELOAD_KIND_REFERENCE, &index,
					line))
		stop_too_many(read);
}

static void
take_flag(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	guint8 flag = (guint8)(1u << value->integer);
	guint8 *flags = place;

	if ((*flags & flag) != 0)
		cm_json_read_fault(read, NULL, N_("\"{0}\" stands twice"),
				   shape->names[value->integer], NULL);
	*flags |= flag;
}

static void
flags_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	*(guint8 *)record = 0;
}

static void
check_window(CmJsonRead *read, CmMinute from, CmMinute to)
{
	gchar from_text[CM_MINUTE_TEXT_SIZE];
	gchar to_text[CM_MINUTE_TEXT_SIZE];

	if (cm_json_read_is_faulty(read) || from < to)
		return;
	cm_json_read_fault(read, NULL, N_("expected a start before the end; {0} is not before {1}"),
			   cm_minute_format(from, from_text), cm_minute_format(to, to_text), NULL);
}

static const CmJsonShape date_shape = {.kind = CM_JSON_DATE};
static const CmJsonShape time_shape = {.kind = CM_JSON_TIME};
static const CmJsonShape name_shape = {.kind = CM_JSON_TEXT, .maximum = CM_CASELOAD_MAX_NAME_BYTES};
static const CmJsonShape word_shape = {.kind = CM_JSON_TEXT,
				       .minimum = 1,
				       .maximum = CM_CASELOAD_MAX_ID_BYTES};

#define ID_SHAPE(kind_)                                                                            \
	{                                                                                          \
		.kind = CM_JSON_TEXT, .minimum = 1, .maximum = CM_CASELOAD_MAX_ID_BYTES,           \
		.take = take_id, .tag = kind_                                                      \
	}

#define LINK_SHAPE(link_)                                                                          \
	{                                                                                          \
		.kind = CM_JSON_TEXT, .minimum = 1, .maximum = CM_CASELOAD_MAX_ID_BYTES,           \
		.take = take_link, .data = &(link_)                                                \
	}

/* a list of the document: its elements append themselves */
#define LIST_SHAPE(element_, maximum_)                                                             \
	{                                                                                          \
		.kind = CM_JSON_LIST, .maximum = maximum_, .element = &(element_)                  \
	}

/* a list inside an element: a CmRange of an array */
#define RANGE_SHAPE(element_, maximum_, kind_)                                                     \
	{                                                                                          \
		.kind = CM_JSON_LIST, .maximum = maximum_, .element = &(element_),                 \
		.begin = range_begin, .end = range_end, .tag = kind_                               \
	}

/* ---- hours ---- */

static void
window_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	const CmWindow *window = record;

	check_window(read, window->from, window->to);
	if (shape->tag != CM_CASELOAD_KIND_LAST)
		append_end(read, shape, record);
}

static gint
window_compare(gconstpointer a, gconstpointer b)
{
	return ((const CmWindow *)a)->from - ((const CmWindow *)b)->from;
}

static void
windows_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	GArray *array = get_loading(read)->caseload->windows;
	CmRange *range = record;
	CmWindow *windows;

	range_end(read, shape, record);
	if (range->count < 2 || cm_json_read_is_faulty(read))
		return;
	windows = CM_ELEMENT(array, CmWindow, range->first);
	qsort(windows, range->count, sizeof(CmWindow), window_compare);
	for (guint i = 1; i < range->count; i++) {
		gchar first[CM_MINUTE_TEXT_SIZE];
		gchar second[CM_MINUTE_TEXT_SIZE];

		if (windows[i].from >= windows[i - 1].to)
			continue;
		cm_json_read_fault(
		    read, NULL,
		    N_("expected windows that do not overlap; those from {0} and {1} do"),
		    cm_minute_format(windows[i - 1].from, first),
		    cm_minute_format(windows[i].from, second), NULL);
	}
}

static const CmJsonShape site_open_shape = {
    .kind = CM_JSON_TUPLE,
    .maximum = 2,
    .size = sizeof(CmWindow),
    .element = &time_shape,
    .end = window_end,
    .tag = CM_CASELOAD_KIND_LAST,
};
static const CmJsonShape window_shape = {
    .kind = CM_JSON_TUPLE,
    .maximum = 2,
    .size = sizeof(CmWindow),
    .element = &time_shape,
    .end = window_end,
    .tag = CM_CASELOAD_KIND_WINDOW,
};
static const CmJsonShape windows_shape = {
    .kind = CM_JSON_LIST,
    .maximum = CM_CASELOAD_MAX_DAY_WINDOWS,
    .element = &window_shape,
    .begin = range_begin,
    .end = windows_end,
    .tag = CM_CASELOAD_KIND_WINDOW,
};

#define HOURS_MEMBER(name_, day_)                                                                  \
	{                                                                                          \
		name_, CM_JSON_OPTIONAL, (day_) * sizeof(CmRange), &windows_shape                  \
	}

static const CmJsonMember hours_members[] = {
    HOURS_MEMBER("mon", 0), HOURS_MEMBER("tue", 1), HOURS_MEMBER("wed", 2), HOURS_MEMBER("thu", 3),
    HOURS_MEMBER("fri", 4), HOURS_MEMBER("sat", 5), HOURS_MEMBER("sun", 6), {NULL},
};
static const CmJsonShape hours_shape = {.kind = CM_JSON_OBJECT,
					.size = sizeof(CmWeekHours),
					.members = hours_members};

/* ---- organisation, horizon ---- */

static void
take_timezone(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	g_autoptr(GTimeZone) zone = NULL;

	*(const gchar **)place = value->text;
	/* GLib would open any file of that name */
	if (g_ascii_isalpha(value->text[0]) &&
	    strspn(value->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				"0123456789_+-/") == strlen(value->text))
		zone = g_time_zone_new_identifier(value->text);
	if (zone == NULL)
		cm_json_read_fault(read, NULL,
				   N_("expected a time zone that this system knows, as "
				      "\"America/Toronto\"; \"{0}\" is not one"),
				   value->text, NULL);
}

static void
take_locale(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	*(const gchar **)place = value->text;
	for (const gchar *p = value->text; *p != '\0'; p++) {
		if (g_ascii_isalnum(*p) || strchr("_-.@", *p) != NULL)
			continue;
		cm_json_read_fault(read, NULL, N_("expected a locale, as \"fr_CA\""), NULL);
		return;
	}
}

static void
horizon_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	const CmDay *days = record; /* from and to stand side by side in Root */
	gchar longest[12];

	g_snprintf(longest, sizeof(longest), "%d", CM_CASELOAD_MAX_HORIZON_DAYS);
	if (cm_json_read_is_faulty(read))
		return;
	if (days[0] > days[1])
		cm_json_read_fault(read, NULL, N_("expected a first date not after the last"),
				   NULL);
	else if (days[1] - days[0] >= CM_CASELOAD_MAX_HORIZON_DAYS)
		cm_json_read_fault(read, NULL, N_("expected a horizon of at most {0} days"),
				   longest, NULL);
}

G_STATIC_ASSERT(offsetof(Root, to) == offsetof(Root, from) + sizeof(CmDay));

static const CmJsonShape timezone_shape = {.kind = CM_JSON_TEXT,
					   .minimum = 1,
					   .maximum = CM_CASELOAD_MAX_ID_BYTES,
					   .take = take_timezone};
static const CmJsonShape locale_shape = {.kind = CM_JSON_TEXT,
					 .minimum = 2,
					 .maximum = 40,
					 .take = take_locale};

#define FROM_ORGANISATION(member) (offsetof(Root, member) - offsetof(Root, organisation_id))

static const CmJsonMember organisation_members[] = {
    {"id", CM_JSON_REQUIRED, FROM_ORGANISATION(organisation_id), &word_shape},
    {"name", CM_JSON_REQUIRED, FROM_ORGANISATION(organisation_name), &name_shape},
    {"timezone", CM_JSON_REQUIRED, FROM_ORGANISATION(timezone), &timezone_shape},
    {"locale", CM_JSON_REQUIRED, FROM_ORGANISATION(locale), &locale_shape},
    {NULL},
};
static const CmJsonShape organisation_shape = {.kind = CM_JSON_OBJECT,
					       .members = organisation_members};
static const CmJsonMember horizon_members[] = {
    {"from", CM_JSON_REQUIRED, 0, &date_shape},
    {"to", CM_JSON_REQUIRED, sizeof(CmDay), &date_shape},
    {NULL},
};
static const CmJsonShape horizon_shape = {.kind = CM_JSON_OBJECT,
					  .members = horizon_members,
					  .end = horizon_end};

/* ---- calendars ---- */

static void
calendar_day_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	const CmCalendarDay *day = record;

	if (!cm_json_read_is_faulty(read)) {
		if (day->kind == CM_DAY_KIND_CLASS && day->cycle_day == 0)
			cm_json_read_fault(read, "cycle_day",
					   N_("this member is missing: a class day has one"), NULL);
		if (day->kind != CM_DAY_KIND_CLASS && day->cycle_day != 0)
			cm_json_read_fault(read, "cycle_day",
					   N_("expected no such member: only a class day has one"),
					   NULL);
	}
	append_end(read, shape, record);
}

static const gchar *const day_kind_names[] = {"closed", "pedagogical", "class", NULL};
G_STATIC_ASSERT(CM_DAY_KIND_CLOSED == 0 && CM_DAY_KIND_PEDAGOGICAL == 1 && CM_DAY_KIND_CLASS == 2);

static const CmJsonShape day_kind_shape = {.kind = CM_JSON_ENUM, .names = day_kind_names};
static const CmJsonShape cycle_day_shape = {.kind = CM_JSON_INTEGER,
					    .minimum = 1,
					    .maximum = CM_CASELOAD_MAX_CYCLE_LENGTH,
					    .size = sizeof(gint16)};
static const CmJsonShape cycle_length_shape = {.kind = CM_JSON_INTEGER,
					       .minimum = 1,
					       .maximum = CM_CASELOAD_MAX_CYCLE_LENGTH,
					       .size = sizeof(gint)};
static const CmJsonMember calendar_day_members[] = {
    {"date", CM_JSON_REQUIRED, offsetof(CmCalendarDay, date), &date_shape},
    {"kind", CM_JSON_REQUIRED, offsetof(CmCalendarDay, kind), &day_kind_shape},
    {"cycle_day", CM_JSON_OPTIONAL, offsetof(CmCalendarDay, cycle_day), &cycle_day_shape},
    {NULL},
};
static const CmJsonShape calendar_day_shape = {.kind = CM_JSON_OBJECT,
					       .size = sizeof(CmCalendarDay),
					       .members = calendar_day_members,
					       .end = calendar_day_end,
					       .tag = CM_CASELOAD_KIND_CALENDAR_DAY};
static const CmJsonShape calendar_days_shape =
    RANGE_SHAPE(calendar_day_shape, CM_CASELOAD_MAX_CALENDAR_DAYS, CM_CASELOAD_KIND_CALENDAR_DAY);
static const CmJsonShape calendar_id_shape = ID_SHAPE(CM_CASELOAD_KIND_CALENDAR);
static const CmJsonMember calendar_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmCalendar, id), &calendar_id_shape},
    {"cycle_length", CM_JSON_REQUIRED, offsetof(CmCalendar, cycle_length), &cycle_length_shape},
    {"days", CM_JSON_REQUIRED, offsetof(CmCalendar, days), &calendar_days_shape},
    {NULL},
};
static const CmJsonShape calendar_shape = {.kind = CM_JSON_OBJECT,
					   .size = sizeof(CmCalendar),
					   .members = calendar_members,
					   .end = append_end,
					   .tag = CM_CASELOAD_KIND_CALENDAR};
static const CmJsonShape calendars_shape = LIST_SHAPE(calendar_shape, CM_CASELOAD_MAX_CALENDARS);

/* ---- sites, travel, rooms, companions ---- */

static void
site_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	((CmSite *)record)->calendar = CM_NONE;
}

static const gchar *const site_kind_names[] = {"school", "office", NULL};
G_STATIC_ASSERT(CM_SITE_KIND_SCHOOL == 0 && CM_SITE_KIND_OFFICE == 1);

static const CmCaseloadLink site_calendar_link = {CM_CASELOAD_KIND_SITE, offsetof(CmSite, calendar),
						  CM_CASELOAD_KIND_CALENDAR, "$.sites[#].calendar"};
static const CmJsonShape site_id_shape = ID_SHAPE(CM_CASELOAD_KIND_SITE);
static const CmJsonShape site_kind_shape = {.kind = CM_JSON_ENUM, .names = site_kind_names};
static const CmJsonShape latitude_shape = {.kind = CM_JSON_NUMBER, .minimum = -90, .maximum = 90};
static const CmJsonShape longitude_shape = {.kind = CM_JSON_NUMBER,
					    .minimum = -180,
					    .maximum = 180};
static const CmJsonShape site_calendar_shape = LINK_SHAPE(site_calendar_link);
static const CmJsonMember site_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmSite, id), &site_id_shape},
    {"name", CM_JSON_REQUIRED, offsetof(CmSite, name), &name_shape},
    {"kind", CM_JSON_REQUIRED, offsetof(CmSite, kind), &site_kind_shape},
    {"lat", CM_JSON_REQUIRED, offsetof(CmSite, latitude), &latitude_shape},
    {"lon", CM_JSON_REQUIRED, offsetof(CmSite, longitude), &longitude_shape},
    {"open", CM_JSON_REQUIRED, offsetof(CmSite, open), &site_open_shape},
    {"calendar", CM_JSON_REQUIRED, offsetof(CmSite, calendar), &site_calendar_shape},
    {NULL},
};
static const CmJsonShape site_shape = {.kind = CM_JSON_OBJECT,
				       .size = sizeof(CmSite),
				       .members = site_members,
				       .begin = site_begin,
				       .end = append_end,
				       .tag = CM_CASELOAD_KIND_SITE};
static const CmJsonShape sites_shape = LIST_SHAPE(site_shape, CM_CASELOAD_MAX_SITES);

static void
take_leg(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	GArray *legs = get_loading(read)->legs;
	CmCaseloadLeg leg = {.from = cm_json_read_get_key(read, 1),
			     .to = cm_json_read_get_key(read, 0),
			     .minutes = (gint)value->integer,
			     .line = cm_json_read_get_line(read)};

	if (legs->len >= CM_CASELOAD_MAX_TRAVELS)
		stop_too_many(read);
	else
		g_array_append_val(legs, leg);
}

static const CmJsonShape leg_shape = {.kind = CM_JSON_INTEGER,
				      .minimum = 0,
				      .maximum = CM_MINUTES_PER_DAY,
				      .size = sizeof(gint),
				      .take = take_leg};
static const CmJsonShape legs_shape = {.kind = CM_JSON_MAP,
				       .maximum = CM_CASELOAD_MAX_SITES,
				       .element = &leg_shape};
static const CmJsonShape travel_shape = {.kind = CM_JSON_MAP,
					 .maximum = CM_CASELOAD_MAX_SITES,
					 .element = &legs_shape};

static void
room_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	((CmRoom *)record)->site = CM_NONE;
}

/* in the order of CmUse's bits */
static const gchar *const use_names[] = {"in-person", "video", NULL};
static const CmCaseloadLink room_site_link = {CM_CASELOAD_KIND_ROOM, offsetof(CmRoom, site),
					      CM_CASELOAD_KIND_SITE, "$.rooms[#].site"};
static const CmJsonShape use_shape = {.kind = CM_JSON_ENUM, .names = use_names, .take = take_flag};
static const CmJsonShape uses_shape = {.kind = CM_JSON_LIST,
				       .minimum = 1,
				       .maximum = 2,
				       .element = &use_shape,
				       .begin = flags_begin};
static const CmJsonShape room_id_shape = ID_SHAPE(CM_CASELOAD_KIND_ROOM);
static const CmJsonShape room_site_shape = LINK_SHAPE(room_site_link);
static const CmJsonMember room_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmRoom, id), &room_id_shape},
    {"site", CM_JSON_REQUIRED, offsetof(CmRoom, site), &room_site_shape},
    {"uses", CM_JSON_REQUIRED, offsetof(CmRoom, uses), &uses_shape},
    {NULL},
};
static const CmJsonShape room_shape = {.kind = CM_JSON_OBJECT,
				       .size = sizeof(CmRoom),
				       .members = room_members,
				       .begin = room_begin,
				       .end = append_end,
				       .tag = CM_CASELOAD_KIND_ROOM};
static const CmJsonShape rooms_shape = LIST_SHAPE(room_shape, CM_CASELOAD_MAX_ROOMS);

static void
companion_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	((CmCompanion *)record)->site = CM_NONE;
}

static const CmCaseloadLink companion_site_link = {CM_CASELOAD_KIND_COMPANION,
						   offsetof(CmCompanion, site),
						   CM_CASELOAD_KIND_SITE, "$.companions[#].site"};
static const CmJsonShape companion_id_shape = ID_SHAPE(CM_CASELOAD_KIND_COMPANION);
static const CmJsonShape companion_site_shape = LINK_SHAPE(companion_site_link);
static const CmJsonMember companion_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmCompanion, id), &companion_id_shape},
    {"site", CM_JSON_REQUIRED, offsetof(CmCompanion, site), &companion_site_shape},
    {"hours", CM_JSON_REQUIRED, offsetof(CmCompanion, hours), &hours_shape},
    {NULL},
};
static const CmJsonShape companion_shape = {.kind = CM_JSON_OBJECT,
					    .size = sizeof(CmCompanion),
					    .members = companion_members,
					    .begin = companion_begin,
					    .end = append_end,
					    .tag = CM_CASELOAD_KIND_COMPANION};
static const CmJsonShape companions_shape = LIST_SHAPE(companion_shape, CM_CASELOAD_MAX_COMPANIONS);

/* ---- professionals, students, contacts ---- */

static void
professional_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	((CmProfessional *)record)->base = CM_NONE;
}

static void
absence_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	const CmAbsence *absence = record;

	if (!cm_json_read_is_faulty(read) && absence->from > absence->to)
		cm_json_read_fault(read, NULL, N_("expected a first date not after the last"),
				   NULL);
	append_end(read, shape, record);
}

static const CmCaseloadLink base_link = {CM_CASELOAD_KIND_PROFESSIONAL,
					 offsetof(CmProfessional, base), CM_CASELOAD_KIND_SITE,
					 "$.professionals[#].base"};
static const CmCaseloadLink served_site_link = {
    CM_CASELOAD_KIND_REFERENCE, 0, CM_CASELOAD_KIND_SITE, "$.professionals[#].sites[#]"};
static const CmJsonShape professional_id_shape = ID_SHAPE(CM_CASELOAD_KIND_PROFESSIONAL);
static const CmJsonShape base_shape = LINK_SHAPE(base_link);
static const CmJsonShape served_site_shape = {.kind = CM_JSON_TEXT,
					      .minimum = 1,
					      .maximum = CM_CASELOAD_MAX_ID_BYTES,
					      .take = take_link_element,
					      .data = &served_site_link};
static const CmJsonShape served_sites_shape =
    RANGE_SHAPE(served_site_shape, CM_CASELOAD_MAX_SERVED_SITES, CM_CASELOAD_KIND_REFERENCE);
static const CmJsonShape absence_shape = {.kind = CM_JSON_TUPLE,
					  .maximum = 2,
					  .size = sizeof(CmAbsence),
					  .element = &date_shape,
					  .end = absence_end,
					  .tag = CM_CASELOAD_KIND_ABSENCE};
static const CmJsonShape absences_shape =
    RANGE_SHAPE(absence_shape, CM_CASELOAD_MAX_ABSENCES, CM_CASELOAD_KIND_ABSENCE);
static const CmJsonMember professional_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmProfessional, id), &professional_id_shape},
    {"name", CM_JSON_REQUIRED, offsetof(CmProfessional, name), &name_shape},
    {"profession", CM_JSON_REQUIRED, offsetof(CmProfessional, profession), &word_shape},
    {"base", CM_JSON_REQUIRED, offsetof(CmProfessional, base), &base_shape},
    {"sites", CM_JSON_REQUIRED, offsetof(CmProfessional, sites), &served_sites_shape},
    {"hours", CM_JSON_REQUIRED, offsetof(CmProfessional, hours), &hours_shape},
    {"absences", CM_JSON_REQUIRED, offsetof(CmProfessional, absences), &absences_shape},
    {NULL},
};
static const CmJsonShape professional_shape = {.kind = CM_JSON_OBJECT,
					       .size = sizeof(CmProfessional),
					       .members = professional_members,
					       .begin = professional_begin,
					       .end = append_end,
					       .tag = CM_CASELOAD_KIND_PROFESSIONAL};
static const CmJsonShape professionals_shape =
    LIST_SHAPE(professional_shape, CM_CASELOAD_MAX_PROFESSIONALS);

static void
student_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	((CmStudent *)record)->site = CM_NONE;
}

static void
cycle_window_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	const CmCycleWindow *window = record;

	check_window(read, window->window.from, window->window.to);
	append_end(read, shape, record);
}

static const CmCaseloadLink student_site_link = {CM_CASELOAD_KIND_STUDENT,
						 offsetof(CmStudent, site), CM_CASELOAD_KIND_SITE,
						 "$.students[#].site"};
static const CmJsonShape student_id_shape = ID_SHAPE(CM_CASELOAD_KIND_STUDENT);
static const CmJsonShape student_site_shape = LINK_SHAPE(student_site_link);
static const CmJsonMember cycle_window_members[] = {
    {"cycle_day", CM_JSON_REQUIRED, offsetof(CmCycleWindow, cycle_day), &cycle_day_shape},
    {"from", CM_JSON_REQUIRED, offsetof(CmCycleWindow, window.from), &time_shape},
    {"to", CM_JSON_REQUIRED, offsetof(CmCycleWindow, window.to), &time_shape},
    {NULL},
};
static const CmJsonShape cycle_window_shape = {.kind = CM_JSON_OBJECT,
					       .size = sizeof(CmCycleWindow),
					       .members = cycle_window_members,
					       .end = cycle_window_end,
					       .tag = CM_CASELOAD_KIND_CYCLE_WINDOW};
static const CmJsonShape cycle_windows_shape =
    RANGE_SHAPE(cycle_window_shape, CM_CASELOAD_MAX_CYCLE_WINDOWS, CM_CASELOAD_KIND_CYCLE_WINDOW);
static const CmJsonMember student_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmStudent, id), &student_id_shape},
    {"name", CM_JSON_REQUIRED, offsetof(CmStudent, name), &name_shape},
    {"site", CM_JSON_REQUIRED, offsetof(CmStudent, site), &student_site_shape},
    {"birth_date", CM_JSON_REQUIRED, offsetof(CmStudent, birth_date), &date_shape},
    {"remote_hours", CM_JSON_REQUIRED, offsetof(CmStudent, remote_hours), &hours_shape},
    {"blocked", CM_JSON_REQUIRED, offsetof(CmStudent, blocked), &cycle_windows_shape},
    {"core", CM_JSON_REQUIRED, offsetof(CmStudent, core), &cycle_windows_shape},
    {NULL},
};
static const CmJsonShape student_shape = {.kind = CM_JSON_OBJECT,
					  .size = sizeof(CmStudent),
					  .members = student_members,
					  .begin = student_begin,
					  .end = append_end,
					  .tag = CM_CASELOAD_KIND_STUDENT};
static const CmJsonShape students_shape = LIST_SHAPE(student_shape, CM_CASELOAD_MAX_STUDENTS);

static const gchar *const contact_kind_names[] = {"guardian", "teacher", NULL};
G_STATIC_ASSERT(CM_CONTACT_KIND_GUARDIAN == 0 && CM_CONTACT_KIND_TEACHER == 1);

static const CmJsonShape contact_id_shape = ID_SHAPE(CM_CASELOAD_KIND_CONTACT);
static const CmJsonShape contact_kind_shape = {.kind = CM_JSON_ENUM, .names = contact_kind_names};
static const CmJsonMember contact_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmContact, id), &contact_id_shape},
    {"kind", CM_JSON_REQUIRED, offsetof(CmContact, kind), &contact_kind_shape},
    {"hours", CM_JSON_REQUIRED, offsetof(CmContact, hours), &hours_shape},
    {"preferred", CM_JSON_REQUIRED, offsetof(CmContact, preferred), &hours_shape},
    {NULL},
};
static const CmJsonShape contact_shape = {.kind = CM_JSON_OBJECT,
					  .size = sizeof(CmContact),
					  .members = contact_members,
					  .end = append_end,
					  .tag = CM_CASELOAD_KIND_CONTACT};
static const CmJsonShape contacts_shape = LIST_SHAPE(contact_shape, CM_CASELOAD_MAX_CONTACTS);

/* ---- follow-ups and their sessions ---- */

static void
followup_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	CmFollowup *followup = record;

	followup->professional = CM_NONE;
	followup->student = CM_NONE;
}

static void
session_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	CmSession *session = record;

	session->followup = get_loading(read)->caseload->followups->len;
	session->modes = CM_MODES_ALL;
}

/* CmPrefer, of which the first means none */
static void
take_prefer(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	*(guint8 *)place = (guint8)(value->integer + 1);
}

static const gchar *const mode_names[] = {"in-person", "video-school", "video-remote", NULL};
G_STATIC_ASSERT(CM_MODE_IN_PERSON == 0 && CM_MODE_VIDEO_SCHOOL == 1 && CM_MODE_VIDEO_REMOTE == 2);
G_STATIC_ASSERT(CM_PREFER_IN_PERSON == 1 && CM_PREFER_VIDEO == 2);

static const CmCaseloadLink participant_link = {CM_CASELOAD_KIND_REFERENCE, 0,
						CM_CASELOAD_KIND_CONTACT,
						"$.followups[#].sessions[#].participants[#]"};
static const CmJsonShape session_id_shape = ID_SHAPE(CM_CASELOAD_KIND_SESSION);
static const CmJsonShape minutes_shape = {.kind = CM_JSON_INTEGER,
					  .minimum = 1,
					  .maximum = CM_MINUTES_PER_DAY,
					  .size = sizeof(gint)};
static const CmJsonShape participant_shape = {.kind = CM_JSON_TEXT,
					      .minimum = 1,
					      .maximum = CM_CASELOAD_MAX_ID_BYTES,
					      .take = take_link_element,
					      .data = &participant_link};
static const CmJsonShape participants_shape =
    RANGE_SHAPE(participant_shape, CM_CASELOAD_MAX_PARTICIPANTS, CM_CASELOAD_KIND_REFERENCE);
static const CmJsonShape prefer_shape = {.kind = CM_JSON_ENUM,
					 .nullable = TRUE,
					 .names = use_names,
					 .take = take_prefer};
static const CmJsonShape mode_flag_shape = {.kind = CM_JSON_ENUM,
					    .names = mode_names,
					    .take = take_flag};
static const CmJsonShape modes_shape = {.kind = CM_JSON_LIST,
					.minimum = 1,
					.maximum = CM_MODE_LAST,
					.element = &mode_flag_shape,
					.begin = flags_begin};
static const CmJsonMember session_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmSession, id), &session_id_shape},
    {"act", CM_JSON_REQUIRED, offsetof(CmSession, act), &word_shape},
    {"minutes", CM_JSON_REQUIRED, offsetof(CmSession, minutes), &minutes_shape},
    {"target_date", CM_JSON_REQUIRED, offsetof(CmSession, target_date), &date_shape},
    {"participants", CM_JSON_REQUIRED, offsetof(CmSession, participants), &participants_shape},
    {"prefer", CM_JSON_REQUIRED, offsetof(CmSession, prefer), &prefer_shape},
    {"modes", CM_JSON_OPTIONAL, offsetof(CmSession, modes), &modes_shape},
    {NULL},
};
static const CmJsonShape session_shape = {.kind = CM_JSON_OBJECT,
					  .size = sizeof(CmSession),
					  .members = session_members,
					  .begin = session_begin,
					  .end = append_end,
					  .tag = CM_CASELOAD_KIND_SESSION};
static const CmJsonShape sessions_shape =
    RANGE_SHAPE(session_shape, CM_CASELOAD_MAX_FOLLOWUP_SESSIONS, CM_CASELOAD_KIND_SESSION);

static const CmCaseloadLink followup_professional_link = {
    CM_CASELOAD_KIND_FOLLOWUP, offsetof(CmFollowup, professional), CM_CASELOAD_KIND_PROFESSIONAL,
    "$.followups[#].professional"};
static const CmCaseloadLink followup_student_link = {
    CM_CASELOAD_KIND_FOLLOWUP, offsetof(CmFollowup, student), CM_CASELOAD_KIND_STUDENT,
    "$.followups[#].student"};
static const CmJsonShape followup_id_shape = ID_SHAPE(CM_CASELOAD_KIND_FOLLOWUP);
static const CmJsonShape followup_professional_shape = LINK_SHAPE(followup_professional_link);
static const CmJsonShape followup_student_shape = LINK_SHAPE(followup_student_link);
static const CmJsonShape priority_shape = {.kind = CM_JSON_INTEGER,
					   .minimum = 1,
					   .maximum = 3,
					   .size = sizeof(gint)};
static const CmJsonMember followup_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmFollowup, id), &followup_id_shape},
    {"professional", CM_JSON_REQUIRED, offsetof(CmFollowup, professional),
     &followup_professional_shape},
    {"student", CM_JSON_REQUIRED, offsetof(CmFollowup, student), &followup_student_shape},
    {"priority", CM_JSON_REQUIRED, offsetof(CmFollowup, priority), &priority_shape},
    {"not_before", CM_JSON_REQUIRED, offsetof(CmFollowup, not_before), &date_shape},
    {"sessions", CM_JSON_REQUIRED, offsetof(CmFollowup, sessions), &sessions_shape},
    {NULL},
};
static const CmJsonShape followup_shape = {.kind = CM_JSON_OBJECT,
					   .size = sizeof(CmFollowup),
					   .members = followup_members,
					   .begin = followup_begin,
					   .end = append_end,
					   .tag = CM_CASELOAD_KIND_FOLLOWUP};
static const CmJsonShape followups_shape = LIST_SHAPE(followup_shape, CM_CASELOAD_MAX_FOLLOWUPS);

/* ---- busy, previous ---- */

static void
take_busy_id(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	BusyRecord *record = (gpointer)((guint8 *)place - offsetof(BusyRecord, id));

	record->id = value->text;
	record->id_line = cm_json_read_get_line(read);
}

/* of what the id is, is known once `kind` is read */
static void
busy_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	static const CmCaseloadLink links[CM_RESOURCE_LAST] = {
#define BUSY_LINK(kind) {CM_CASELOAD_KIND_BUSY, offsetof(CmBusy, resource), kind, "$.busy[#].id"}
	    [CM_RESOURCE_PROFESSIONAL] = BUSY_LINK(CM_CASELOAD_KIND_PROFESSIONAL),
	    [CM_RESOURCE_STUDENT] = BUSY_LINK(CM_CASELOAD_KIND_STUDENT),
	    [CM_RESOURCE_CONTACT] = BUSY_LINK(CM_CASELOAD_KIND_CONTACT),
	    [CM_RESOURCE_ROOM] = BUSY_LINK(CM_CASELOAD_KIND_ROOM),
	    [CM_RESOURCE_COMPANION] = BUSY_LINK(CM_CASELOAD_KIND_COMPANION),
	};
	BusyRecord *busy = record;

	check_window(read, busy->busy.window.from, busy->busy.window.to);
	busy->busy.resource = CM_NONE;
	if (busy->id != NULL && busy->busy.kind < CM_RESOURCE_LAST)
		busy->busy.resource =
		    link_to(read, &links[busy->busy.kind], busy->id, busy->id_line);
	append_end(read, shape, &busy->busy);
}

static void
busy_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	((BusyRecord *)record)->busy.kind = CM_RESOURCE_LAST;
}

/* in the order of CmResource */
static const gchar *const resource_names[] = {"professional", "student",   "contact",
					      "room",         "companion", NULL};
static const CmJsonShape resource_shape = {.kind = CM_JSON_ENUM, .names = resource_names};
static const CmJsonShape busy_id_shape = {.kind = CM_JSON_TEXT,
					  .minimum = 1,
					  .maximum = CM_CASELOAD_MAX_ID_BYTES,
					  .take = take_busy_id};
static const CmJsonMember busy_members[] = {
    {"kind", CM_JSON_REQUIRED, offsetof(BusyRecord, busy.kind), &resource_shape},
    {"id", CM_JSON_REQUIRED, offsetof(BusyRecord, id), &busy_id_shape},
    {"date", CM_JSON_REQUIRED, offsetof(BusyRecord, busy.date), &date_shape},
    {"from", CM_JSON_REQUIRED, offsetof(BusyRecord, busy.window.from), &time_shape},
    {"to", CM_JSON_REQUIRED, offsetof(BusyRecord, busy.window.to), &time_shape},
    {NULL},
};
static const CmJsonShape busy_shape = {.kind = CM_JSON_OBJECT,
				       .size = sizeof(BusyRecord),
				       .members = busy_members,
				       .begin = busy_begin,
				       .end = busy_end,
				       .tag = CM_CASELOAD_KIND_BUSY};
static const CmJsonShape busy_list_shape = LIST_SHAPE(busy_shape, CM_CASELOAD_MAX_BUSY);

static void
previous_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	CmPlacement *placement = record;

	placement->session = CM_NONE;
	placement->room = CM_NONE;
	placement->companion = CM_NONE;
}

static const CmCaseloadLink previous_session_link = {CM_CASELOAD_KIND_PREVIOUS,
						     offsetof(CmPlacement, session),
						     CM_CASELOAD_KIND_SESSION, "$.previous[#].id"};
static const CmCaseloadLink previous_room_link = {CM_CASELOAD_KIND_PREVIOUS,
						  offsetof(CmPlacement, room),
						  CM_CASELOAD_KIND_ROOM, "$.previous[#].room"};
static const CmCaseloadLink previous_companion_link = {
    CM_CASELOAD_KIND_PREVIOUS, offsetof(CmPlacement, companion), CM_CASELOAD_KIND_COMPANION,
    "$.previous[#].companion"};
static const CmJsonShape previous_session_shape = LINK_SHAPE(previous_session_link);
static const CmJsonShape previous_room_shape = {.kind = CM_JSON_TEXT,
						.nullable = TRUE,
						.minimum = 1,
						.maximum = CM_CASELOAD_MAX_ID_BYTES,
						.take = take_link,
						.data = &previous_room_link};
static const CmJsonShape previous_companion_shape = {.kind = CM_JSON_TEXT,
						     .nullable = TRUE,
						     .minimum = 1,
						     .maximum = CM_CASELOAD_MAX_ID_BYTES,
						     .take = take_link,
						     .data = &previous_companion_link};
static const CmJsonShape mode_shape = {.kind = CM_JSON_ENUM, .names = mode_names};
static const CmJsonShape boolean_shape = {.kind = CM_JSON_BOOLEAN};
static const CmJsonMember previous_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmPlacement, session), &previous_session_shape},
    {"date", CM_JSON_REQUIRED, offsetof(CmPlacement, date), &date_shape},
    {"start", CM_JSON_REQUIRED, offsetof(CmPlacement, start), &time_shape},
    {"mode", CM_JSON_REQUIRED, offsetof(CmPlacement, mode), &mode_shape},
    {"room", CM_JSON_REQUIRED, offsetof(CmPlacement, room), &previous_room_shape},
    {"companion", CM_JSON_REQUIRED, offsetof(CmPlacement, companion), &previous_companion_shape},
    {"locked", CM_JSON_REQUIRED, offsetof(CmPlacement, locked), &boolean_shape},
    {NULL},
};
static const CmJsonShape previous_shape = {.kind = CM_JSON_OBJECT,
					   .size = sizeof(CmPlacement),
					   .members = previous_members,
					   .begin = previous_begin,
					   .end = append_end,
					   .tag = CM_CASELOAD_KIND_PREVIOUS};
static const CmJsonShape previous_list_shape = LIST_SHAPE(previous_shape, CM_CASELOAD_MAX_SESSIONS);

/* ---- the document ---- */

static void
take_format(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	CmCaseloadTarget *target = cm_json_read_get_data(read);

	*(const gchar **)place = value->text;
	if (g_str_equal(value->text, CM_CASELOAD_FORMAT))
		return;
	/* the rest would only be noise */
	target->other_version = g_str_has_prefix(value->text, "comodal-caseload/");
	if (target->other_version)
		cm_json_read_fault(read, NULL,
				   N_("the format \"{0}\" is not supported, only \"{1}\""),
				   value->text, CM_CASELOAD_FORMAT, NULL);
	else
		cm_json_read_fault(read, NULL, N_("expected the format \"{0}\""),
				   CM_CASELOAD_FORMAT, NULL);
	cm_json_read_stop(read);
}

static void
take_grid(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	*(gint *)place = (gint)value->integer;
	if (60 % value->integer != 0)
		cm_json_read_fault(read, NULL, N_("expected a number that divides 60"), NULL);
}

static void
root_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	Root *root = record;

	root->organisation_id = "";
	root->organisation_name = "";
	root->timezone = "";
	root->locale = "";
	root->replan_from = CM_DAY_NONE;
}

static void
root_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	CmCaseload *caseload = get_loading(read)->caseload;
	const Root *root = record;

	caseload->organisation_id = root->organisation_id;
	caseload->organisation_name = root->organisation_name;
	caseload->timezone = root->timezone;
	caseload->locale = root->locale;
	caseload->from = root->from;
	caseload->to = root->to;
	caseload->replan_from = root->replan_from;
	caseload->grid_minutes = root->grid_minutes;
	((CmCaseloadTarget *)cm_json_read_get_data(read))->complete = TRUE;
}

static const CmJsonShape format_shape = {.kind = CM_JSON_TEXT,
					 .minimum = 1,
					 .maximum = 100,
					 .take = take_format};
static const CmJsonShape grid_shape = {.kind = CM_JSON_INTEGER,
				       .minimum = 1,
				       .maximum = 60,
				       .size = sizeof(gint),
				       .take = take_grid};
static const CmJsonMember root_members[] = {
    {"format", CM_JSON_REQUIRED, offsetof(Root, format), &format_shape},
    {"organisation", CM_JSON_REQUIRED, offsetof(Root, organisation_id), &organisation_shape},
    {"horizon", CM_JSON_REQUIRED, offsetof(Root, from), &horizon_shape},
    {"grid_minutes", CM_JSON_REQUIRED, offsetof(Root, grid_minutes), &grid_shape},
    {"calendars", CM_JSON_REQUIRED, 0, &calendars_shape},
    {"sites", CM_JSON_REQUIRED, 0, &sites_shape},
    {"travel_minutes", CM_JSON_REQUIRED, 0, &travel_shape},
    {"rooms", CM_JSON_REQUIRED, 0, &rooms_shape},
    {"companions", CM_JSON_REQUIRED, 0, &companions_shape},
    {"professionals", CM_JSON_REQUIRED, 0, &professionals_shape},
    {"students", CM_JSON_REQUIRED, 0, &students_shape},
    {"contacts", CM_JSON_REQUIRED, 0, &contacts_shape},
    {"followups", CM_JSON_REQUIRED, 0, &followups_shape},
    {"busy", CM_JSON_OPTIONAL, 0, &busy_list_shape},
    {"previous", CM_JSON_OPTIONAL, 0, &previous_list_shape},
    {"replan_from", CM_JSON_OPTIONAL, offsetof(Root, replan_from), &date_shape},
    {NULL},
};
static const CmJsonShape root_shape = {.kind = CM_JSON_OBJECT,
				       .size = sizeof(Root),
				       .members = root_members,
				       .begin = root_begin,
				       .end = root_end};

const CmJsonShape *
cm_caseload_shape_get(void)
{
	return &root_shape;
}
