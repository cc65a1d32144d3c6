// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-writer.h"

#include "daemon/roster/caseload-reader.h"
#include "daemon/roster/json-sink.h"
#include "daemon/roster/plan-writer.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

typedef struct {
	CmJsonSink *sink;
	const CmCaseload *caseload;
	const CmRosterNumbers *numbers; /* or NULL */
	CmCaseloadPatch *patch;         /* or NULL */
	CmCaseloadWriterFilter filter;  /* or NULL */
	gpointer filter_data;
} Writer;

static void
write_number(const Writer *writer, CmNumberKind kind, guint32 index)
{
	if (writer->numbers != NULL)
		cm_json_sink_add_integer(writer->sink, "number",
					 cm_roster_numbers_get(writer->numbers, kind, index));
}

static const gchar *
get_site_id(const CmCaseload *caseload, guint32 site)
{
	return CM_ELEMENT(caseload->sites, CmSite, site)->id;
}

static void
write_window(CmJsonSink *sink, const gchar *name, const CmWindow *window)
{
	cm_json_sink_begin_list(sink, name);
	cm_json_sink_add_minute(sink, NULL, window->from);
	cm_json_sink_add_minute(sink, NULL, window->to);
	cm_json_sink_end_list(sink);
}

static void
write_hours(CmJsonSink *sink,
	    const CmCaseload *caseload,
	    const gchar *name,
	    const CmWeekHours *hours)
{
	static const gchar *const days[CM_DAYS_PER_WEEK] = {"mon", "tue", "wed", "thu",
							    "fri", "sat", "sun"};

	cm_json_sink_begin_object(sink, name);
	for (guint i = 0; i < CM_DAYS_PER_WEEK; i++) {
		const CmRange *range = &hours->day[i];

		if (range->count == 0)
			continue;
		cm_json_sink_begin_list(sink, days[i]);
		for (guint j = 0; j < range->count; j++)
			write_window(sink, NULL,
				     CM_ELEMENT(caseload->windows, CmWindow, range->first + j));
		cm_json_sink_end_list(sink);
	}
	cm_json_sink_end_object(sink);
}

static void
write_head(CmJsonSink *sink, const CmCaseload *caseload)
{
	cm_json_sink_add_text(sink, "format", CM_CASELOAD_FORMAT);
	cm_json_sink_begin_object(sink, "organisation");
	cm_json_sink_add_text(sink, "id", caseload->organisation_id);
	cm_json_sink_add_text(sink, "name", caseload->organisation_name);
	cm_json_sink_add_text(sink, "timezone", caseload->timezone);
	cm_json_sink_add_text(sink, "locale", caseload->locale);
	cm_json_sink_end_object(sink);
	cm_json_sink_begin_object(sink, "horizon");
	cm_json_sink_add_day(sink, "from", caseload->from);
	cm_json_sink_add_day(sink, "to", caseload->to);
	cm_json_sink_end_object(sink);
	cm_json_sink_add_integer(sink, "grid_minutes", caseload->grid_minutes);
}

static void
write_calendar(const Writer *writer, const CmCalendar *calendar)
{
	CmJsonSink *sink = writer->sink;
	const CmCaseload *caseload = writer->caseload;

	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "id", calendar->id);
	write_number(writer, CM_NUMBER_CALENDAR,
		     (guint32)(calendar - CM_ELEMENT(writer->caseload->calendars, CmCalendar, 0)));
	cm_json_sink_add_integer(sink, "cycle_length", calendar->cycle_length);
	cm_json_sink_begin_list(sink, "days");
	for (guint i = 0; i < calendar->days.count; i++) {
		const CmCalendarDay *day =
		    CM_ELEMENT(caseload->calendar_days, CmCalendarDay, calendar->days.first + i);

		cm_json_sink_begin_object(sink, NULL);
		cm_json_sink_add_day(sink, "date", day->date);
		cm_json_sink_add_text(sink, "kind", cm_day_kind_to_string((CmDayKind)day->kind));
		if (day->kind == CM_DAY_KIND_CLASS)
			cm_json_sink_add_integer(sink, "cycle_day", day->cycle_day);
		cm_json_sink_end_object(sink);
	}
	cm_json_sink_end_list(sink);
	cm_json_sink_end_object(sink);
}

static void
write_site(const Writer *writer, const CmSite *site)
{
	CmJsonSink *sink = writer->sink;
	const CmCaseload *caseload = writer->caseload;

	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "id", site->id);
	write_number(writer, CM_NUMBER_SITE,
		     (guint32)(site - CM_ELEMENT(writer->caseload->sites, CmSite, 0)));
	cm_json_sink_add_text(sink, "name", site->name);
	cm_json_sink_add_text(sink, "kind",
			      site->kind == CM_SITE_KIND_SCHOOL ? "school" : "office");
	cm_json_sink_add_number(sink, "lat", site->latitude);
	cm_json_sink_add_number(sink, "lon", site->longitude);
	write_window(sink, "open", &site->open);
	cm_json_sink_add_text(sink, "calendar",
			      CM_ELEMENT(caseload->calendars, CmCalendar, site->calendar)->id);
	cm_json_sink_end_object(sink);
}

static void
write_travel(CmJsonSink *sink, const CmCaseload *caseload)
{
	const CmTravel *before = NULL;

	cm_json_sink_begin_object(sink, "travel_minutes");
	for (guint i = 0; i < caseload->travels->len; i++) {
		const CmTravel *travel = CM_ELEMENT(caseload->travels, CmTravel, i);

		if (before == NULL || before->from != travel->from) {
			if (before != NULL)
				cm_json_sink_end_object(sink);
			cm_json_sink_begin_object(sink, get_site_id(caseload, travel->from));
		}
		cm_json_sink_add_integer(sink, get_site_id(caseload, travel->to), travel->minutes);
		before = travel;
	}
	if (before != NULL)
		cm_json_sink_end_object(sink);
	cm_json_sink_end_object(sink);
}

static void
write_flags(CmJsonSink *sink,
	    const gchar *name,
	    guint8 flags,
	    const gchar *const *names,
	    guint count)
{
	cm_json_sink_begin_list(sink, name);
	for (guint i = 0; i < count; i++) {
		if ((flags & (1u << i)) != 0)
			cm_json_sink_add_text(sink, NULL, names[i]);
	}
	cm_json_sink_end_list(sink);
}

static void
write_room(const Writer *writer, const CmRoom *room)
{
	CmJsonSink *sink = writer->sink;
	const CmCaseload *caseload = writer->caseload;
	static const gchar *const uses[] = {"in-person", "video"};

	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "id", room->id);
	write_number(writer, CM_NUMBER_ROOM,
		     (guint32)(room - CM_ELEMENT(writer->caseload->rooms, CmRoom, 0)));
	cm_json_sink_add_text(sink, "site", get_site_id(caseload, room->site));
	write_flags(sink, "uses", room->uses, uses, G_N_ELEMENTS(uses));
	cm_json_sink_end_object(sink);
}

static void
write_companion(const Writer *writer, const CmCompanion *companion)
{
	CmJsonSink *sink = writer->sink;
	const CmCaseload *caseload = writer->caseload;

	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "id", companion->id);
	write_number(
	    writer, CM_NUMBER_COMPANION,
	    (guint32)(companion - CM_ELEMENT(writer->caseload->companions, CmCompanion, 0)));
	cm_json_sink_add_text(sink, "site", get_site_id(caseload, companion->site));
	write_hours(sink, caseload, "hours", &companion->hours);
	cm_json_sink_end_object(sink);
}

static void
write_professional(const Writer *writer, const CmProfessional *professional)
{
	CmJsonSink *sink = writer->sink;
	const CmCaseload *caseload = writer->caseload;
	guint32 index =
	    (guint32)(professional - CM_ELEMENT(caseload->professionals, CmProfessional, 0));
	gboolean is_whole = writer->filter == NULL ||
			    writer->filter(CM_NUMBER_PROFESSIONAL, index, writer->filter_data) ==
				CM_CASELOAD_WRITE_WHOLE;

	cm_json_sink_begin_object(sink, NULL);
	if (is_whole)
		cm_json_sink_add_text(sink, "id", professional->id);
	write_number(writer, CM_NUMBER_PROFESSIONAL, index);
	cm_json_sink_add_text(sink, "name", professional->name);
	if (!is_whole) {
		cm_json_sink_end_object(sink);
		return;
	}
	cm_json_sink_add_text(sink, "profession", professional->profession);
	cm_json_sink_add_text(sink, "base", get_site_id(caseload, professional->base));
	cm_json_sink_begin_list(sink, "sites");
	for (guint i = 0; i < professional->sites.count; i++)
		cm_json_sink_add_text(
		    sink, NULL,
		    get_site_id(caseload, *CM_ELEMENT(caseload->references, guint32,
						      professional->sites.first + i)));
	cm_json_sink_end_list(sink);
	write_hours(sink, caseload, "hours", &professional->hours);
	cm_json_sink_begin_list(sink, "absences");
	for (guint i = 0; i < professional->absences.count; i++) {
		const CmAbsence *absence =
		    CM_ELEMENT(caseload->absences, CmAbsence, professional->absences.first + i);

		cm_json_sink_begin_list(sink, NULL);
		cm_json_sink_add_day(sink, NULL, absence->from);
		cm_json_sink_add_day(sink, NULL, absence->to);
		cm_json_sink_end_list(sink);
	}
	cm_json_sink_end_list(sink);
	cm_json_sink_end_object(sink);
}

static void
write_cycle_windows(CmJsonSink *sink,
		    const CmCaseload *caseload,
		    const gchar *name,
		    const CmRange *range)
{
	cm_json_sink_begin_list(sink, name);
	for (guint i = 0; i < range->count; i++) {
		const CmCycleWindow *window =
		    CM_ELEMENT(caseload->cycle_windows, CmCycleWindow, range->first + i);

		cm_json_sink_begin_object(sink, NULL);
		cm_json_sink_add_integer(sink, "cycle_day", window->cycle_day);
		cm_json_sink_add_minute(sink, "from", window->window.from);
		cm_json_sink_add_minute(sink, "to", window->window.to);
		cm_json_sink_end_object(sink);
	}
	cm_json_sink_end_list(sink);
}

static void
write_student(const Writer *writer, const CmStudent *student)
{
	CmJsonSink *sink = writer->sink;
	const CmCaseload *caseload = writer->caseload;

	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "id", student->id);
	write_number(writer, CM_NUMBER_STUDENT,
		     (guint32)(student - CM_ELEMENT(writer->caseload->students, CmStudent, 0)));
	cm_json_sink_add_text(sink, "name", student->name);
	cm_json_sink_add_text(sink, "site", get_site_id(caseload, student->site));
	cm_json_sink_add_day(sink, "birth_date", student->birth_date);
	write_hours(sink, caseload, "remote_hours", &student->remote_hours);
	write_cycle_windows(sink, caseload, "blocked", &student->blocked);
	write_cycle_windows(sink, caseload, "core", &student->core);
	cm_json_sink_end_object(sink);
}

static void
write_contact(const Writer *writer, const CmContact *contact)
{
	CmJsonSink *sink = writer->sink;
	const CmCaseload *caseload = writer->caseload;

	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "id", contact->id);
	write_number(writer, CM_NUMBER_CONTACT,
		     (guint32)(contact - CM_ELEMENT(writer->caseload->contacts, CmContact, 0)));
	if (contact->name != NULL)
		cm_json_sink_add_text(sink, "name", contact->name);
	cm_json_sink_add_text(sink, "kind",
			      contact->kind == CM_CONTACT_KIND_GUARDIAN ? "guardian" : "teacher");
	write_hours(sink, caseload, "hours", &contact->hours);
	write_hours(sink, caseload, "preferred", &contact->preferred);
	cm_json_sink_end_object(sink);
}

static void
write_session(const Writer *writer, const CmSession *session)
{
	CmJsonSink *sink = writer->sink;
	const CmCaseload *caseload = writer->caseload;
	static const gchar *const prefers[] = {NULL, "in-person", "video"};
	static const gchar *const modes[] = {"in-person", "video-school", "video-remote"};

	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "id", session->id);
	write_number(writer, CM_NUMBER_SESSION,
		     (guint32)(session - CM_ELEMENT(writer->caseload->sessions, CmSession, 0)));
	cm_json_sink_add_text(sink, "act", session->act);
	cm_json_sink_add_integer(sink, "minutes", session->minutes);
	cm_json_sink_add_day(sink, "target_date", session->target_date);
	cm_json_sink_begin_list(sink, "participants");
	for (guint i = 0; i < session->participants.count; i++) {
		guint32 contact =
		    *CM_ELEMENT(caseload->references, guint32, session->participants.first + i);

		cm_json_sink_add_text(sink, NULL,
				      CM_ELEMENT(caseload->contacts, CmContact, contact)->id);
	}
	cm_json_sink_end_list(sink);
	cm_json_sink_add_text(sink, "prefer", prefers[session->prefer]);
	if (session->modes != CM_MODES_ALL)
		write_flags(sink, "modes", session->modes, modes, G_N_ELEMENTS(modes));
	cm_json_sink_end_object(sink);
}

static void
write_followup(const Writer *writer, const CmFollowup *followup)
{
	CmJsonSink *sink = writer->sink;
	const CmCaseload *caseload = writer->caseload;

	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "id", followup->id);
	write_number(writer, CM_NUMBER_FOLLOWUP,
		     (guint32)(followup - CM_ELEMENT(writer->caseload->followups, CmFollowup, 0)));
	cm_json_sink_add_text(
	    sink, "professional",
	    CM_ELEMENT(caseload->professionals, CmProfessional, followup->professional)->id);
	cm_json_sink_add_text(sink, "student",
			      CM_ELEMENT(caseload->students, CmStudent, followup->student)->id);
	cm_json_sink_add_integer(sink, "priority", followup->priority);
	cm_json_sink_add_day(sink, "not_before", followup->not_before);
	cm_json_sink_begin_list(sink, "sessions");
	for (guint i = 0; i < followup->sessions.count; i++)
		write_session(writer, CM_ELEMENT(caseload->sessions, CmSession,
						 followup->sessions.first + i));
	cm_json_sink_end_list(sink);
	cm_json_sink_end_object(sink);
}

static const gchar *
get_resource_id(const CmCaseload *caseload, CmResource kind, guint32 index)
{
	switch (kind) {
	case CM_RESOURCE_PROFESSIONAL:
		return CM_ELEMENT(caseload->professionals, CmProfessional, index)->id;
	case CM_RESOURCE_STUDENT:
		return CM_ELEMENT(caseload->students, CmStudent, index)->id;
	case CM_RESOURCE_CONTACT:
		return CM_ELEMENT(caseload->contacts, CmContact, index)->id;
	case CM_RESOURCE_ROOM:
		return CM_ELEMENT(caseload->rooms, CmRoom, index)->id;
	case CM_RESOURCE_COMPANION:
		return CM_ELEMENT(caseload->companions, CmCompanion, index)->id;
	case CM_RESOURCE_LAST:
	default:
		g_return_val_if_reached("");
	}
}

static void
write_busy(const Writer *writer, const CmBusy *busy)
{
	CmJsonSink *sink = writer->sink;
	const CmCaseload *caseload = writer->caseload;
	CmResource kind = (CmResource)busy->kind;

	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "kind", cm_resource_to_string(kind));
	cm_json_sink_add_text(sink, "id", get_resource_id(caseload, kind, busy->resource));
	cm_json_sink_add_day(sink, "date", busy->date);
	cm_json_sink_add_minute(sink, "from", busy->window.from);
	cm_json_sink_add_minute(sink, "to", busy->window.to);
	cm_json_sink_end_object(sink);
}

static void
write_previous(const Writer *writer, const CmPlacement *placement)
{
	CmJsonSink *sink = writer->sink;
	const CmCaseload *caseload = writer->caseload;

	cm_json_sink_begin_object(sink, NULL);
	cm_plan_writer_add_placement(sink, caseload, placement);
	cm_json_sink_add_boolean(sink, "locked", placement->locked);
	cm_json_sink_end_object(sink);
}

/* whether a thing is to be written itself */
static gboolean
is_wanted(const Writer *writer, CmNumberKind kind, guint32 index, const gchar *id)
{
	if (writer->filter != NULL)
		return writer->filter(kind, index, writer->filter_data) !=
		       CM_CASELOAD_WRITE_NOTHING;
	return writer->patch == NULL ||
	       !cm_caseload_patch_write_instead(writer->patch, writer->sink, kind, id);
}

/* a list of things that have a number */
#define WRITE_THINGS(writer, name, number, array, type, write)                                     \
	do {                                                                                       \
		cm_json_sink_begin_list((writer)->sink, name);                                     \
		for (guint i = 0; i < (array)->len; i++) {                                         \
			if (is_wanted(writer, number, i, CM_ELEMENT(array, type, i)->id))          \
				write(writer, CM_ELEMENT(array, type, i));                         \
		}                                                                                  \
		if ((writer)->patch != NULL)                                                       \
			cm_caseload_patch_write_rest((writer)->patch, (writer)->sink, number);     \
		cm_json_sink_end_list((writer)->sink);                                             \
	} while (0)

/* what is busy goes with what it is busy for */
static void
write_busy_list(const Writer *writer)
{
	const CmCaseload *caseload = writer->caseload;

	cm_json_sink_begin_list(writer->sink, "busy");
	for (guint i = 0; i < caseload->busy->len; i++) {
		const CmBusy *busy = CM_ELEMENT(caseload->busy, CmBusy, i);
		JsonObject *thing = NULL;

		if (writer->patch != NULL &&
		    cm_caseload_patch_look_up(
			writer->patch, (CmNumberKind)busy->kind,
			get_resource_id(caseload, (CmResource)busy->kind, busy->resource),
			&thing) &&
		    thing == NULL)
			continue;
		write_busy(writer, busy);
	}
	cm_json_sink_end_list(writer->sink);
}

static void
write_previous_list(const Writer *writer)
{
	const GArray *previous = writer->caseload->previous;

	cm_json_sink_begin_list(writer->sink, "previous");
	for (guint i = 0; i < previous->len; i++)
		write_previous(writer, CM_ELEMENT(previous, CmPlacement, i));
	cm_json_sink_end_list(writer->sink);
}

static void
write_document(const Writer *writer)
{
	CmJsonSink *sink = writer->sink;
	const CmCaseload *caseload = writer->caseload;

	cm_json_sink_begin_object(sink, NULL);
	write_head(sink, caseload);
	WRITE_THINGS(writer, "calendars", CM_NUMBER_CALENDAR, caseload->calendars, CmCalendar,
		     write_calendar);
	WRITE_THINGS(writer, "sites", CM_NUMBER_SITE, caseload->sites, CmSite, write_site);
	if (writer->patch != NULL)
		cm_caseload_patch_write_travel(writer->patch, sink, caseload);
	else
		write_travel(sink, caseload);
	WRITE_THINGS(writer, "rooms", CM_NUMBER_ROOM, caseload->rooms, CmRoom, write_room);
	WRITE_THINGS(writer, "companions", CM_NUMBER_COMPANION, caseload->companions, CmCompanion,
		     write_companion);
	WRITE_THINGS(writer, "professionals", CM_NUMBER_PROFESSIONAL, caseload->professionals,
		     CmProfessional, write_professional);
	WRITE_THINGS(writer, "students", CM_NUMBER_STUDENT, caseload->students, CmStudent,
		     write_student);
	WRITE_THINGS(writer, "contacts", CM_NUMBER_CONTACT, caseload->contacts, CmContact,
		     write_contact);
	WRITE_THINGS(writer, "followups", CM_NUMBER_FOLLOWUP, caseload->followups, CmFollowup,
		     write_followup);
	write_busy_list(writer);
	if (writer->patch == NULL)
		write_previous_list(writer);
	if (caseload->replan_from != CM_DAY_NONE)
		cm_json_sink_add_day(sink, "replan_from", caseload->replan_from);
	cm_json_sink_end_object(sink);
}

gboolean
cm_caseload_writer_write_fd(const CmCaseload *caseload, int fd, GError **error)
{
	g_autoptr(CmJsonSink) sink = cm_json_sink_new(fd);
	const Writer writer = {.sink = sink, .caseload = caseload};

	write_document(&writer);
	return cm_json_sink_finish(sink, error);
}

gboolean
cm_caseload_writer_write_patched_fd(const CmCaseload *caseload,
				    CmCaseloadPatch *patch,
				    int fd,
				    GError **error)
{
	g_autoptr(CmJsonSink) sink = cm_json_sink_new(fd);
	const Writer writer = {.sink = sink, .caseload = caseload, .patch = patch};

	write_document(&writer);
	return cm_json_sink_finish(sink, error);
}

/* FALSE when there is no such kind */
static gboolean
write_list(const Writer *writer, const gchar *kind)
{
	const CmCaseload *caseload = writer->caseload;

	if (g_str_equal(kind, "calendar"))
		WRITE_THINGS(writer, NULL, CM_NUMBER_CALENDAR, caseload->calendars, CmCalendar,
			     write_calendar);
	else if (g_str_equal(kind, "site"))
		WRITE_THINGS(writer, NULL, CM_NUMBER_SITE, caseload->sites, CmSite, write_site);
	else if (g_str_equal(kind, "room"))
		WRITE_THINGS(writer, NULL, CM_NUMBER_ROOM, caseload->rooms, CmRoom, write_room);
	else if (g_str_equal(kind, "companion"))
		WRITE_THINGS(writer, NULL, CM_NUMBER_COMPANION, caseload->companions, CmCompanion,
			     write_companion);
	else if (g_str_equal(kind, "professional"))
		WRITE_THINGS(writer, NULL, CM_NUMBER_PROFESSIONAL, caseload->professionals,
			     CmProfessional, write_professional);
	else if (g_str_equal(kind, "student"))
		WRITE_THINGS(writer, NULL, CM_NUMBER_STUDENT, caseload->students, CmStudent,
			     write_student);
	else if (g_str_equal(kind, "contact"))
		WRITE_THINGS(writer, NULL, CM_NUMBER_CONTACT, caseload->contacts, CmContact,
			     write_contact);
	else if (g_str_equal(kind, "followup"))
		WRITE_THINGS(writer, NULL, CM_NUMBER_FOLLOWUP, caseload->followups, CmFollowup,
			     write_followup);
	else
		return FALSE;
	return TRUE;
}

gboolean
cm_caseload_writer_write_some_fd(const CmCaseload *caseload,
				 const CmRosterNumbers *numbers,
				 const gchar *kind,
				 CmCaseloadWriterFilter filter,
				 gpointer filter_data,
				 int fd,
				 GError **error)
{
	g_autoptr(CmJsonSink) sink = cm_json_sink_new(fd);
	const Writer writer = {.sink = sink,
			       .caseload = caseload,
			       .numbers = numbers,
			       .filter = filter,
			       .filter_data = filter_data};

	if (!write_list(&writer, kind)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” is not a kind of thing in the roster."), kind, NULL);
		return FALSE;
	}
	return cm_json_sink_finish(sink, error);
}

gboolean
cm_caseload_writer_write_list_fd(const CmCaseload *caseload,
				 const CmRosterNumbers *numbers,
				 const gchar *kind,
				 int fd,
				 GError **error)
{
	return cm_caseload_writer_write_some_fd(caseload, numbers, kind, NULL, NULL, fd, error);
}
