// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/roster-load.h"

#include "daemon/store/pack.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

typedef struct {
	CmStore *store;
	CmCaseload *caseload;
	CmRosterNumbers *numbers;              /* or NULL */
	GHashTable *index[CM_STORE_KIND_LAST]; /* row → index + 1 */
	GByteArray *plain;                     /* what was opened last */
} Loader;

static void
loader_clear(Loader *loader)
{
	for (guint i = 0; i < CM_STORE_KIND_LAST; i++)
		g_hash_table_unref(loader->index[i]);
	if (loader->plain->len > 0)
		sodium_memzero(loader->plain->data, loader->plain->len);
	g_byte_array_unref(loader->plain);
	if (loader->caseload != NULL)
		cm_caseload_free(loader->caseload);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Loader, loader_clear)

/* ---- columns */

static void
set_dangling(GError **error)
{
	cm_error_set(error, CM_ERROR_STORE,
		     N_("The database is damaged: a row refers to one that is not there."), NULL);
}

/* the kinds that have rows of their own to be referred to by */
static CmNumberKind
number_kind_of(CmStoreKind kind)
{
	static const CmNumberKind kinds[CM_STORE_KIND_LAST] = {
	    [CM_STORE_KIND_ORGANISATION] = CM_NUMBER_LAST,
	    [CM_STORE_KIND_CALENDAR] = CM_NUMBER_CALENDAR,
	    [CM_STORE_KIND_SITE] = CM_NUMBER_SITE,
	    [CM_STORE_KIND_TRAVEL] = CM_NUMBER_LAST,
	    [CM_STORE_KIND_ROOM] = CM_NUMBER_ROOM,
	    [CM_STORE_KIND_COMPANION] = CM_NUMBER_COMPANION,
	    [CM_STORE_KIND_PROFESSIONAL] = CM_NUMBER_PROFESSIONAL,
	    [CM_STORE_KIND_STUDENT] = CM_NUMBER_STUDENT,
	    [CM_STORE_KIND_CONTACT] = CM_NUMBER_CONTACT,
	    [CM_STORE_KIND_FOLLOWUP] = CM_NUMBER_FOLLOWUP,
	    [CM_STORE_KIND_SESSION] = CM_NUMBER_SESSION,
	    [CM_STORE_KIND_BUSY] = CM_NUMBER_LAST,
	};

	return kinds[kind];
}

static void
loader_note(Loader *loader, CmStoreKind kind, CmStatement *statement, guint index)
{
	gint64 row = sqlite3_column_int64(statement, 0);

	g_hash_table_insert(loader->index[kind], GSIZE_TO_POINTER(row),
			    GUINT_TO_POINTER(index + 1));
	if (loader->numbers != NULL)
		cm_roster_numbers_add(loader->numbers, number_kind_of(kind), row);
}

/* the index of the row that a column refers to */
static gboolean
read_reference(Loader *loader,
	       CmStoreKind kind,
	       CmStatement *statement,
	       gint column,
	       guint32 *out_index,
	       GError **error)
{
	gpointer found = g_hash_table_lookup(
	    loader->index[kind], GSIZE_TO_POINTER(sqlite3_column_int64(statement, column)));

	if (found == NULL) {
		set_dangling(error);
		return FALSE;
	}
	*out_index = GPOINTER_TO_UINT(found) - 1;
	return TRUE;
}

static const gchar *
read_text(Loader *loader, CmStatement *statement, gint column)
{
	const gchar *text = (const gchar *)sqlite3_column_text(statement, column);

	return cm_caseload_intern(loader->caseload, text != NULL ? text : "");
}

static gboolean
read_hours(Loader *loader,
	   CmStatement *statement,
	   gint column,
	   CmWeekHours *out_hours,
	   GError **error)
{
	return cm_pack_read_week_hours(loader->caseload, sqlite3_column_blob(statement, column),
				       (gsize)sqlite3_column_bytes(statement, column), out_hours,
				       error);
}

static gboolean
read_cycle_windows(Loader *loader,
		   CmStatement *statement,
		   gint column,
		   CmRange *out_range,
		   GError **error)
{
	return cm_pack_read_cycle_windows(loader->caseload, sqlite3_column_blob(statement, column),
					  (gsize)sqlite3_column_bytes(statement, column), out_range,
					  error);
}

static gboolean
open_sealed(Loader *loader,
	    const CmSealPlace *place,
	    CmStatement *statement,
	    gint column,
	    gsize block,
	    GError **error)
{
	return cm_seal_open(loader->store->seal, place, sqlite3_column_blob(statement, column),
			    (gsize)sqlite3_column_bytes(statement, column), block, loader->plain,
			    error);
}

static gboolean
read_identity(Loader *loader,
	      const gchar *table,
	      CmStatement *statement,
	      gint column,
	      const gchar *texts[CM_PACK_LAST],
	      GError **error)
{
	CmSealPlace place = {
	    .table = table, .column = "identity", .row = sqlite3_column_int64(statement, 0)};

	return open_sealed(loader, &place, statement, column, CM_STORE_IDENTITY_BLOCK, error) &&
	       cm_pack_read_identity(loader->caseload, loader->plain->data, loader->plain->len,
				     texts, error);
}

static gboolean
read_sealed_id(Loader *loader,
	       const gchar *table,
	       CmStatement *statement,
	       gint column,
	       const gchar **out_id,
	       GError **error)
{
	CmSealPlace place = {
	    .table = table, .column = "sealed_id", .row = sqlite3_column_int64(statement, 0)};

	if (!open_sealed(loader, &place, statement, column, CM_STORE_ID_BLOCK, error))
		return FALSE;
	g_byte_array_append(loader->plain, (const guint8 *)"", 1);
	*out_id = cm_caseload_intern(loader->caseload, (const gchar *)loader->plain->data);
	return TRUE;
}

/* ---- one row of each kind */

typedef gboolean (*LoadRow)(Loader *loader, CmStatement *statement, GError **error);

static gboolean
load_organisation(Loader *loader, CmStatement *statement, GError **error)
{
	CmCaseload *caseload = loader->caseload;

	caseload->organisation_id = read_text(loader, statement, 0);
	caseload->organisation_name = read_text(loader, statement, 1);
	caseload->timezone = read_text(loader, statement, 2);
	caseload->locale = read_text(loader, statement, 3);
	caseload->from = sqlite3_column_int(statement, 4);
	caseload->to = sqlite3_column_int(statement, 5);
	caseload->grid_minutes = sqlite3_column_int(statement, 6);
	caseload->replan_from = sqlite3_column_int(statement, 7);
	return TRUE;
}

static gboolean
load_calendar(Loader *loader, CmStatement *statement, GError **error)
{
	CmCalendar calendar = {.id = read_text(loader, statement, 1),
			       .cycle_length = sqlite3_column_int(statement, 2)};

	loader_note(loader, CM_STORE_KIND_CALENDAR, statement, loader->caseload->calendars->len);
	g_array_append_val(loader->caseload->calendars, calendar);
	return TRUE;
}

/* a part of the thing `index` goes to the end of `array`: parts come in the order of their owners
 */
static void
range_extend(CmRange *range, const GArray *array)
{
	if (range->count == 0)
		range->first = array->len;
	range->count++;
}

static gboolean
load_calendar_day(Loader *loader, CmStatement *statement, GError **error)
{
	GArray *days = loader->caseload->calendar_days;
	CmCalendarDay day = {.date = sqlite3_column_int(statement, 1),
			     .cycle_day = (gint16)sqlite3_column_int(statement, 3)};
	const gchar *kind = (const gchar *)sqlite3_column_text(statement, 2);
	guint32 calendar = 0;

	if (!read_reference(loader, CM_STORE_KIND_CALENDAR, statement, 0, &calendar, error))
		return FALSE;
	for (guint8 i = CM_DAY_KIND_CLOSED; i <= CM_DAY_KIND_CLASS; i++) {
		if (g_strcmp0(kind, cm_day_kind_to_string((CmDayKind)i)) == 0)
			day.kind = i;
	}
	range_extend(&CM_ELEMENT(loader->caseload->calendars, CmCalendar, calendar)->days, days);
	g_array_append_val(days, day);
	return TRUE;
}

static gboolean
load_site(Loader *loader, CmStatement *statement, GError **error)
{
	CmSite site = {
	    .id = read_text(loader, statement, 1),
	    .name = read_text(loader, statement, 2),
	    .latitude = sqlite3_column_double(statement, 4),
	    .longitude = sqlite3_column_double(statement, 5),
	    .open = {.from = (CmMinute)sqlite3_column_int(statement, 6),
		     .to = (CmMinute)sqlite3_column_int(statement, 7)},
	};

	site.kind = g_strcmp0((const gchar *)sqlite3_column_text(statement, 3), "office") == 0
			? CM_SITE_KIND_OFFICE
			: CM_SITE_KIND_SCHOOL;
	if (!read_reference(loader, CM_STORE_KIND_CALENDAR, statement, 8, &site.calendar, error))
		return FALSE;
	loader_note(loader, CM_STORE_KIND_SITE, statement, loader->caseload->sites->len);
	g_array_append_val(loader->caseload->sites, site);
	return TRUE;
}

static gboolean
load_travel(Loader *loader, CmStatement *statement, GError **error)
{
	CmTravel travel = {.minutes = sqlite3_column_int(statement, 2)};

	if (!read_reference(loader, CM_STORE_KIND_SITE, statement, 0, &travel.from, error) ||
	    !read_reference(loader, CM_STORE_KIND_SITE, statement, 1, &travel.to, error))
		return FALSE;
	g_array_append_val(loader->caseload->travels, travel);
	return TRUE;
}

static gboolean
load_room(Loader *loader, CmStatement *statement, GError **error)
{
	CmRoom room = {.id = read_text(loader, statement, 1),
		       .uses = (guint8)sqlite3_column_int(statement, 3)};

	if (!read_reference(loader, CM_STORE_KIND_SITE, statement, 2, &room.site, error))
		return FALSE;
	loader_note(loader, CM_STORE_KIND_ROOM, statement, loader->caseload->rooms->len);
	g_array_append_val(loader->caseload->rooms, room);
	return TRUE;
}

static gboolean
load_companion(Loader *loader, CmStatement *statement, GError **error)
{
	const gchar *texts[CM_PACK_LAST] = {NULL};
	CmCompanion companion = {0};

	if (!read_identity(loader, "companion", statement, 1, texts, error) ||
	    !read_reference(loader, CM_STORE_KIND_SITE, statement, 2, &companion.site, error) ||
	    !read_hours(loader, statement, 3, &companion.hours, error))
		return FALSE;
	companion.id = texts[CM_PACK_ID];
	loader_note(loader, CM_STORE_KIND_COMPANION, statement, loader->caseload->companions->len);
	g_array_append_val(loader->caseload->companions, companion);
	return TRUE;
}

static gboolean
load_professional(Loader *loader, CmStatement *statement, GError **error)
{
	const gchar *texts[CM_PACK_LAST] = {NULL};
	CmProfessional professional = {.profession = read_text(loader, statement, 2)};

	if (!read_identity(loader, "professional", statement, 1, texts, error) ||
	    !read_reference(loader, CM_STORE_KIND_SITE, statement, 3, &professional.base, error) ||
	    !read_hours(loader, statement, 4, &professional.hours, error))
		return FALSE;
	professional.id = texts[CM_PACK_ID];
	professional.name = texts[CM_PACK_NAME] != NULL ? texts[CM_PACK_NAME] : "";
	loader_note(loader, CM_STORE_KIND_PROFESSIONAL, statement,
		    loader->caseload->professionals->len);
	g_array_append_val(loader->caseload->professionals, professional);
	return TRUE;
}

static gboolean
load_professional_site(Loader *loader, CmStatement *statement, GError **error)
{
	GArray *references = loader->caseload->references;
	guint32 professional = 0;
	guint32 site = 0;

	if (!read_reference(loader, CM_STORE_KIND_PROFESSIONAL, statement, 0, &professional,
			    error) ||
	    !read_reference(loader, CM_STORE_KIND_SITE, statement, 1, &site, error))
		return FALSE;
	range_extend(
	    &CM_ELEMENT(loader->caseload->professionals, CmProfessional, professional)->sites,
	    references);
	g_array_append_val(references, site);
	return TRUE;
}

static gboolean
load_professional_absence(Loader *loader, CmStatement *statement, GError **error)
{
	GArray *absences = loader->caseload->absences;
	CmAbsence absence = {.from = sqlite3_column_int(statement, 1),
			     .to = sqlite3_column_int(statement, 2)};
	guint32 professional = 0;

	if (!read_reference(loader, CM_STORE_KIND_PROFESSIONAL, statement, 0, &professional, error))
		return FALSE;
	range_extend(
	    &CM_ELEMENT(loader->caseload->professionals, CmProfessional, professional)->absences,
	    absences);
	g_array_append_val(absences, absence);
	return TRUE;
}

static gboolean
load_student(Loader *loader, CmStatement *statement, GError **error)
{
	const gchar *texts[CM_PACK_LAST] = {NULL};
	CmStudent student = {0};

	if (!read_identity(loader, "student", statement, 1, texts, error) ||
	    !read_reference(loader, CM_STORE_KIND_SITE, statement, 2, &student.site, error) ||
	    !read_cycle_windows(loader, statement, 3, &student.blocked, error) ||
	    !read_cycle_windows(loader, statement, 4, &student.core, error) ||
	    !read_hours(loader, statement, 5, &student.remote_hours, error))
		return FALSE;
	if (!cm_day_parse(texts[CM_PACK_BIRTH_DATE], &student.birth_date)) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database is damaged: a birth date is not a date."), NULL);
		return FALSE;
	}
	student.id = texts[CM_PACK_ID];
	student.name = texts[CM_PACK_NAME] != NULL ? texts[CM_PACK_NAME] : "";
	loader_note(loader, CM_STORE_KIND_STUDENT, statement, loader->caseload->students->len);
	g_array_append_val(loader->caseload->students, student);
	return TRUE;
}

static gboolean
load_contact(Loader *loader, CmStatement *statement, GError **error)
{
	const gchar *texts[CM_PACK_LAST] = {NULL};
	CmContact contact = {0};

	contact.kind = g_strcmp0((const gchar *)sqlite3_column_text(statement, 2), "teacher") == 0
			   ? CM_CONTACT_KIND_TEACHER
			   : CM_CONTACT_KIND_GUARDIAN;
	if (!read_identity(loader, "contact", statement, 1, texts, error) ||
	    !read_hours(loader, statement, 3, &contact.hours, error) ||
	    !read_hours(loader, statement, 4, &contact.preferred, error))
		return FALSE;
	contact.id = texts[CM_PACK_ID];
	contact.name = texts[CM_PACK_NAME];
	loader_note(loader, CM_STORE_KIND_CONTACT, statement, loader->caseload->contacts->len);
	g_array_append_val(loader->caseload->contacts, contact);
	return TRUE;
}

static gboolean
load_followup(Loader *loader, CmStatement *statement, GError **error)
{
	CmFollowup followup = {.priority = sqlite3_column_int(statement, 4),
			       .not_before = sqlite3_column_int(statement, 5)};

	if (!read_sealed_id(loader, "followup", statement, 1, &followup.id, error) ||
	    !read_reference(loader, CM_STORE_KIND_PROFESSIONAL, statement, 2,
			    &followup.professional, error) ||
	    !read_reference(loader, CM_STORE_KIND_STUDENT, statement, 3, &followup.student, error))
		return FALSE;
	loader_note(loader, CM_STORE_KIND_FOLLOWUP, statement, loader->caseload->followups->len);
	g_array_append_val(loader->caseload->followups, followup);
	return TRUE;
}

static gboolean
load_session(Loader *loader, CmStatement *statement, GError **error)
{
	CmSession session = {
	    .act = read_text(loader, statement, 3),
	    .minutes = sqlite3_column_int(statement, 4),
	    .target_date = sqlite3_column_int(statement, 5),
	    .modes = (guint8)sqlite3_column_int(statement, 7),
	};
	const gchar *prefer = (const gchar *)sqlite3_column_text(statement, 6);

	if (prefer != NULL)
		session.prefer =
		    g_str_equal(prefer, "video") ? CM_PREFER_VIDEO : CM_PREFER_IN_PERSON;
	if (!read_sealed_id(loader, "session", statement, 1, &session.id, error) ||
	    !read_reference(loader, CM_STORE_KIND_FOLLOWUP, statement, 2, &session.followup, error))
		return FALSE;
	loader_note(loader, CM_STORE_KIND_SESSION, statement, loader->caseload->sessions->len);
	range_extend(
	    &CM_ELEMENT(loader->caseload->followups, CmFollowup, session.followup)->sessions,
	    loader->caseload->sessions);
	g_array_append_val(loader->caseload->sessions, session);
	return TRUE;
}

static gboolean
load_participant(Loader *loader, CmStatement *statement, GError **error)
{
	GArray *references = loader->caseload->references;
	guint32 session = 0;
	guint32 contact = 0;

	if (!read_reference(loader, CM_STORE_KIND_SESSION, statement, 0, &session, error) ||
	    !read_reference(loader, CM_STORE_KIND_CONTACT, statement, 1, &contact, error))
		return FALSE;
	range_extend(&CM_ELEMENT(loader->caseload->sessions, CmSession, session)->participants,
		     references);
	g_array_append_val(references, contact);
	return TRUE;
}

static gboolean
load_busy(Loader *loader, CmStatement *statement, GError **error)
{
	static const CmStoreKind kinds[CM_RESOURCE_LAST] = {
	    [CM_RESOURCE_PROFESSIONAL] = CM_STORE_KIND_PROFESSIONAL,
	    [CM_RESOURCE_STUDENT] = CM_STORE_KIND_STUDENT,
	    [CM_RESOURCE_CONTACT] = CM_STORE_KIND_CONTACT,
	    [CM_RESOURCE_ROOM] = CM_STORE_KIND_ROOM,
	    [CM_RESOURCE_COMPANION] = CM_STORE_KIND_COMPANION,
	};
	CmBusy busy = {
	    .kind = (guint8)sqlite3_column_int(statement, 0),
	    .date = sqlite3_column_int(statement, 2),
	    .window = {.from = (CmMinute)sqlite3_column_int(statement, 3),
		       .to = (CmMinute)sqlite3_column_int(statement, 4)},
	};

	if (busy.kind >= CM_RESOURCE_LAST) {
		set_dangling(error);
		return FALSE;
	}
	if (!read_reference(loader, kinds[busy.kind], statement, 1, &busy.resource, error))
		return FALSE;
	g_array_append_val(loader->caseload->busy, busy);
	return TRUE;
}

static gboolean
load_previous(Loader *loader, CmStatement *statement, GError **error)
{
	CmMode mode = CM_MODE_IN_PERSON;
	CmPlacement placement = {
	    .date = sqlite3_column_int(statement, 1),
	    .start = (CmMinute)sqlite3_column_int(statement, 2),
	    .room = CM_NONE,
	    .companion = CM_NONE,
	    .locked = sqlite3_column_int(statement, 6) != 0,
	};

	if (!cm_mode_from_string((const gchar *)sqlite3_column_text(statement, 3), &mode)) {
		set_dangling(error);
		return FALSE;
	}
	placement.mode = (guint8)mode;
	if (!read_reference(loader, CM_STORE_KIND_SESSION, statement, 0, &placement.session, error))
		return FALSE;
	if (sqlite3_column_type(statement, 4) != SQLITE_NULL &&
	    !read_reference(loader, CM_STORE_KIND_ROOM, statement, 4, &placement.room, error))
		return FALSE;
	if (sqlite3_column_type(statement, 5) != SQLITE_NULL &&
	    !read_reference(loader, CM_STORE_KIND_COMPANION, statement, 5, &placement.companion,
			    error))
		return FALSE;
	g_array_append_val(loader->caseload->previous, placement);
	return TRUE;
}

/* ---- all of them, those that are referred to first */

static const struct {
	const gchar *sql;
	LoadRow load;
} loads[] = {
    {"SELECT external_id, name, timezone, locale, horizon_from, horizon_to, grid_minutes, "
     "replan_from FROM organisation",
     load_organisation},
    {"SELECT id, external_id, cycle_length FROM calendar ORDER BY position, id", load_calendar},
    {"SELECT calendar, date, kind, cycle_day FROM calendar_day ORDER BY calendar, date",
     load_calendar_day},
    {"SELECT id, external_id, name, kind, latitude, longitude, open_from, open_to, calendar "
     "FROM site ORDER BY position, id",
     load_site},
    {"SELECT from_site, to_site, minutes FROM travel", load_travel},
    {"SELECT id, external_id, site, uses FROM room ORDER BY position, id", load_room},
    {"SELECT id, identity, site, hours FROM companion ORDER BY position, id", load_companion},
    {"SELECT id, identity, profession, base, hours FROM professional ORDER BY position, id",
     load_professional},
    {"SELECT professional, site FROM professional_site ORDER BY professional, position",
     load_professional_site},
    {"SELECT professional, from_date, to_date FROM professional_absence "
     "ORDER BY professional, position",
     load_professional_absence},
    {"SELECT id, identity, site, blocked, core, remote_hours FROM student ORDER BY position, id",
     load_student},
    {"SELECT id, identity, kind, hours, preferred FROM contact ORDER BY position, id",
     load_contact},
    {"SELECT id, sealed_id, professional, student, priority, not_before FROM followup "
     "ORDER BY position, id",
     load_followup},
    /* those of a follow-up together */
    {"SELECT s.id, s.sealed_id, s.followup, s.act, s.minutes, s.target_date, s.prefer, s.modes "
     "FROM session AS s JOIN followup AS f ON f.id = s.followup "
     "ORDER BY f.position, f.id, s.position, s.id",
     load_session},
    {"SELECT session, contact FROM session_participant ORDER BY session, position",
     load_participant},
    {"SELECT kind, resource, date, from_minute, to_minute FROM busy ORDER BY position, id",
     load_busy},
    {"SELECT session, date, start, mode, room, companion, locked FROM booking "
     "WHERE state = 'planned'",
     load_previous},
};

static gboolean
loader_run(Loader *loader, const gchar *sql, LoadRow load, GError **error)
{
	CmDatabase *database = loader->store->database;
	g_autoptr(CmStatement) statement = cm_database_prepare(database, sql, error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(database, statement, &row, error))
		return FALSE;
	while (row) {
		if (!load(loader, statement, error) ||
		    !cm_database_step(database, statement, &row, error))
			return FALSE;
	}
	return TRUE;
}

static gint
travel_compare(gconstpointer a, gconstpointer b)
{
	const CmTravel *first = a;
	const CmTravel *second = b;

	if (first->from != second->from)
		return first->from < second->from ? -1 : 1;
	return first->to < second->to ? -1 : first->to > second->to;
}

static gint
placement_compare(gconstpointer a, gconstpointer b)
{
	guint32 first = ((const CmPlacement *)a)->session;
	guint32 second = ((const CmPlacement *)b)->session;

	return first < second ? -1 : first > second;
}

CmCaseload *
cm_roster_load_caseload(CmStore *store, CmRosterNumbers *numbers, GError **error)
{
	g_auto(Loader) loader = {.store = store,
				 .caseload = cm_caseload_new(),
				 .numbers = numbers,
				 .plain = g_byte_array_new()};

	for (guint i = 0; i < CM_STORE_KIND_LAST; i++)
		loader.index[i] = g_hash_table_new(NULL, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(loads); i++) {
		if (!loader_run(&loader, loads[i].sql, loads[i].load, error))
			return NULL;
	}
	g_array_sort(loader.caseload->travels, travel_compare);
	g_array_sort(loader.caseload->previous, placement_compare);
	return g_steal_pointer(&loader.caseload);
}
