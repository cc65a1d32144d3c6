// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-places.h"

#include "daemon/roster/caseload-part.h"
#include "daemon/roster/caseload-reader.h"

#include <glib/gi18n.h>

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
	cm_caseload_part_append(read, shape, record);
}

static const gchar *const day_kind_names[] = {"closed", "pedagogical", "class", NULL};
G_STATIC_ASSERT(CM_DAY_KIND_CLOSED == 0 && CM_DAY_KIND_PEDAGOGICAL == 1 && CM_DAY_KIND_CLASS == 2);

static const CmJsonShape day_kind_shape = {.kind = CM_JSON_ENUM, .names = day_kind_names};
static const CmJsonShape cycle_length_shape = {.kind = CM_JSON_INTEGER,
					       .minimum = 1,
					       .maximum = CM_CASELOAD_MAX_CYCLE_LENGTH,
					       .size = sizeof(gint)};
static const CmJsonMember calendar_day_members[] = {
    {"date", CM_JSON_REQUIRED, offsetof(CmCalendarDay, date), &cm_caseload_part_date},
    {"kind", CM_JSON_REQUIRED, offsetof(CmCalendarDay, kind), &day_kind_shape},
    {"cycle_day", CM_JSON_OPTIONAL, offsetof(CmCalendarDay, cycle_day),
     &cm_caseload_part_cycle_day},
    {NULL},
};
static const CmJsonShape calendar_day_shape = {.kind = CM_JSON_OBJECT,
					       .size = sizeof(CmCalendarDay),
					       .members = calendar_day_members,
					       .end = calendar_day_end,
					       .tag = CM_CASELOAD_KIND_CALENDAR_DAY};
static const CmJsonShape calendar_days_shape =
    CM_CASELOAD_PART_RANGE(calendar_day_shape,
			   CM_CASELOAD_MAX_CALENDAR_DAYS,
			   CM_CASELOAD_KIND_CALENDAR_DAY);
static const CmJsonShape calendar_id_shape = CM_CASELOAD_PART_ID(CM_CASELOAD_KIND_CALENDAR);
static const CmJsonMember calendar_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmCalendar, id), &calendar_id_shape},
    {"cycle_length", CM_JSON_REQUIRED, offsetof(CmCalendar, cycle_length), &cycle_length_shape},
    {"days", CM_JSON_REQUIRED, offsetof(CmCalendar, days), &calendar_days_shape},
    {NULL},
};
static const CmJsonShape calendar_shape = {.kind = CM_JSON_OBJECT,
					   .size = sizeof(CmCalendar),
					   .members = calendar_members,
					   .end = cm_caseload_part_append,
					   .tag = CM_CASELOAD_KIND_CALENDAR};
const CmJsonShape cm_caseload_places_calendars =
    CM_CASELOAD_PART_LIST(calendar_shape, CM_CASELOAD_MAX_CALENDARS);

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
static const CmJsonShape site_id_shape = CM_CASELOAD_PART_ID(CM_CASELOAD_KIND_SITE);
static const CmJsonShape site_kind_shape = {.kind = CM_JSON_ENUM, .names = site_kind_names};
static const CmJsonShape latitude_shape = {.kind = CM_JSON_NUMBER, .minimum = -90, .maximum = 90};
static const CmJsonShape longitude_shape = {.kind = CM_JSON_NUMBER,
					    .minimum = -180,
					    .maximum = 180};
static const CmJsonShape site_calendar_shape = CM_CASELOAD_PART_LINK(site_calendar_link);
static const CmJsonMember site_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmSite, id), &site_id_shape},
    {"name", CM_JSON_REQUIRED, offsetof(CmSite, name), &cm_caseload_part_name},
    {"kind", CM_JSON_REQUIRED, offsetof(CmSite, kind), &site_kind_shape},
    {"lat", CM_JSON_REQUIRED, offsetof(CmSite, latitude), &latitude_shape},
    {"lon", CM_JSON_REQUIRED, offsetof(CmSite, longitude), &longitude_shape},
    {"open", CM_JSON_REQUIRED, offsetof(CmSite, open), &cm_caseload_part_opening},
    {"calendar", CM_JSON_REQUIRED, offsetof(CmSite, calendar), &site_calendar_shape},
    {NULL},
};
static const CmJsonShape site_shape = {.kind = CM_JSON_OBJECT,
				       .size = sizeof(CmSite),
				       .members = site_members,
				       .begin = site_begin,
				       .end = cm_caseload_part_append,
				       .tag = CM_CASELOAD_KIND_SITE};
const CmJsonShape cm_caseload_places_sites =
    CM_CASELOAD_PART_LIST(site_shape, CM_CASELOAD_MAX_SITES);

static void
take_leg(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	GArray *legs = cm_caseload_part_get_loading(read)->legs;
	CmCaseloadLeg leg = {.from = cm_json_read_get_key(read, 1),
			     .to = cm_json_read_get_key(read, 0),
			     .minutes = (gint)value->integer,
			     .line = cm_json_read_get_line(read)};

	if (legs->len >= CM_CASELOAD_MAX_TRAVELS)
		cm_caseload_part_stop_too_many(read);
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
const CmJsonShape cm_caseload_places_travel = {.kind = CM_JSON_MAP,
					       .maximum = CM_CASELOAD_MAX_SITES,
					       .element = &legs_shape};

static void
room_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	((CmRoom *)record)->site = CM_NONE;
}

static const CmCaseloadLink room_site_link = {CM_CASELOAD_KIND_ROOM, offsetof(CmRoom, site),
					      CM_CASELOAD_KIND_SITE, "$.rooms[#].site"};
static const CmJsonShape use_shape = {.kind = CM_JSON_ENUM,
				      .names = cm_caseload_part_use_names,
				      .take = cm_caseload_part_take_flag};
static const CmJsonShape uses_shape = {.kind = CM_JSON_LIST,
				       .minimum = 1,
				       .maximum = 2,
				       .element = &use_shape,
				       .begin = cm_caseload_part_begin_flags};
static const CmJsonShape room_id_shape = CM_CASELOAD_PART_ID(CM_CASELOAD_KIND_ROOM);
static const CmJsonShape room_site_shape = CM_CASELOAD_PART_LINK(room_site_link);
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
				       .end = cm_caseload_part_append,
				       .tag = CM_CASELOAD_KIND_ROOM};
const CmJsonShape cm_caseload_places_rooms =
    CM_CASELOAD_PART_LIST(room_shape, CM_CASELOAD_MAX_ROOMS);

static void
companion_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	((CmCompanion *)record)->site = CM_NONE;
}

static const CmCaseloadLink companion_site_link = {CM_CASELOAD_KIND_COMPANION,
						   offsetof(CmCompanion, site),
						   CM_CASELOAD_KIND_SITE, "$.companions[#].site"};
static const CmJsonShape companion_id_shape = CM_CASELOAD_PART_ID(CM_CASELOAD_KIND_COMPANION);
static const CmJsonShape companion_site_shape = CM_CASELOAD_PART_LINK(companion_site_link);
static const CmJsonMember companion_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmCompanion, id), &companion_id_shape},
    {"site", CM_JSON_REQUIRED, offsetof(CmCompanion, site), &companion_site_shape},
    {"hours", CM_JSON_REQUIRED, offsetof(CmCompanion, hours), &cm_caseload_part_hours},
    {NULL},
};
static const CmJsonShape companion_shape = {.kind = CM_JSON_OBJECT,
					    .size = sizeof(CmCompanion),
					    .members = companion_members,
					    .begin = companion_begin,
					    .end = cm_caseload_part_append,
					    .tag = CM_CASELOAD_KIND_COMPANION};
const CmJsonShape cm_caseload_places_companions =
    CM_CASELOAD_PART_LIST(companion_shape, CM_CASELOAD_MAX_COMPANIONS);
