// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-shape.h"

#include "daemon/roster/caseload-part.h"
#include "daemon/roster/caseload-people.h"
#include "daemon/roster/caseload-places.h"
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

/* ---- organisation, horizon ---- */

static void
take_timezone(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	g_autoptr(GTimeZone) zone = cm_time_find_zone(value->text);

	*(const gchar **)place = value->text;
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
    {"id", CM_JSON_REQUIRED, FROM_ORGANISATION(organisation_id), &cm_caseload_part_word},
    {"name", CM_JSON_REQUIRED, FROM_ORGANISATION(organisation_name), &cm_caseload_part_name},
    {"timezone", CM_JSON_REQUIRED, FROM_ORGANISATION(timezone), &timezone_shape},
    {"locale", CM_JSON_REQUIRED, FROM_ORGANISATION(locale), &locale_shape},
    {NULL},
};
static const CmJsonShape organisation_shape = {.kind = CM_JSON_OBJECT,
					       .members = organisation_members};
static const CmJsonMember horizon_members[] = {
    {"from", CM_JSON_REQUIRED, 0, &cm_caseload_part_date},
    {"to", CM_JSON_REQUIRED, sizeof(CmDay), &cm_caseload_part_date},
    {NULL},
};
static const CmJsonShape horizon_shape = {.kind = CM_JSON_OBJECT,
					  .members = horizon_members,
					  .end = horizon_end};

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

	cm_caseload_part_check_window(read, busy->busy.window.from, busy->busy.window.to);
	busy->busy.resource = CM_NONE;
	if (busy->id != NULL && busy->busy.kind < CM_RESOURCE_LAST)
		busy->busy.resource =
		    cm_caseload_part_link(read, &links[busy->busy.kind], busy->id, busy->id_line);
	cm_caseload_part_append(read, shape, &busy->busy);
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
    {"date", CM_JSON_REQUIRED, offsetof(BusyRecord, busy.date), &cm_caseload_part_date},
    {"from", CM_JSON_REQUIRED, offsetof(BusyRecord, busy.window.from), &cm_caseload_part_time},
    {"to", CM_JSON_REQUIRED, offsetof(BusyRecord, busy.window.to), &cm_caseload_part_time},
    {NULL},
};
static const CmJsonShape busy_shape = {.kind = CM_JSON_OBJECT,
				       .size = sizeof(BusyRecord),
				       .members = busy_members,
				       .begin = busy_begin,
				       .end = busy_end,
				       .tag = CM_CASELOAD_KIND_BUSY};
static const CmJsonShape busy_list_shape = CM_CASELOAD_PART_LIST(busy_shape, CM_CASELOAD_MAX_BUSY);

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
static const CmJsonShape previous_session_shape = CM_CASELOAD_PART_LINK(previous_session_link);
static const CmJsonShape previous_room_shape = {.kind = CM_JSON_TEXT,
						.nullable = TRUE,
						.minimum = 1,
						.maximum = CM_CASELOAD_MAX_ID_BYTES,
						.take = cm_caseload_part_take_link,
						.data = &previous_room_link};
static const CmJsonShape previous_companion_shape = {.kind = CM_JSON_TEXT,
						     .nullable = TRUE,
						     .minimum = 1,
						     .maximum = CM_CASELOAD_MAX_ID_BYTES,
						     .take = cm_caseload_part_take_link,
						     .data = &previous_companion_link};
static const CmJsonShape mode_shape = {.kind = CM_JSON_ENUM, .names = cm_caseload_part_mode_names};
static const CmJsonShape boolean_shape = {.kind = CM_JSON_BOOLEAN};
static const CmJsonMember previous_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmPlacement, session), &previous_session_shape},
    {"date", CM_JSON_REQUIRED, offsetof(CmPlacement, date), &cm_caseload_part_date},
    {"start", CM_JSON_REQUIRED, offsetof(CmPlacement, start), &cm_caseload_part_time},
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
					   .end = cm_caseload_part_append,
					   .tag = CM_CASELOAD_KIND_PREVIOUS};
static const CmJsonShape previous_list_shape =
    CM_CASELOAD_PART_LIST(previous_shape, CM_CASELOAD_MAX_SESSIONS);

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
	CmCaseload *caseload = cm_caseload_part_get_loading(read)->caseload;
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
    {"calendars", CM_JSON_REQUIRED, 0, &cm_caseload_places_calendars},
    {"sites", CM_JSON_REQUIRED, 0, &cm_caseload_places_sites},
    {"travel_minutes", CM_JSON_REQUIRED, 0, &cm_caseload_places_travel},
    {"rooms", CM_JSON_REQUIRED, 0, &cm_caseload_places_rooms},
    {"companions", CM_JSON_REQUIRED, 0, &cm_caseload_places_companions},
    {"professionals", CM_JSON_REQUIRED, 0, &cm_caseload_people_professionals},
    {"students", CM_JSON_REQUIRED, 0, &cm_caseload_people_students},
    {"contacts", CM_JSON_REQUIRED, 0, &cm_caseload_people_contacts},
    {"followups", CM_JSON_REQUIRED, 0, &cm_caseload_people_followups},
    {"busy", CM_JSON_OPTIONAL, 0, &busy_list_shape},
    {"previous", CM_JSON_OPTIONAL, 0, &previous_list_shape},
    {"replan_from", CM_JSON_OPTIONAL, offsetof(Root, replan_from), &cm_caseload_part_date},
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
