// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/import-rows.h"

#include "daemon/store/pack.h"
#include "daemon/store/store-private.h"

#include <string.h>

/* the organisation is the same row whatever its id becomes */
#define ORGANISATION_KEY "organisation"

static gint64
row_of(const CmImportRows *rows, CmStoreKind kind, guint32 index)
{
	return g_array_index(rows->rows[kind], gint64, index);
}

static void
add_hours(const CmImportRows *rows, const CmWeekHours *hours)
{
	cm_pack_week_hours(rows->caseload, hours, cm_record_add_blob(rows->record));
}

static void
add_identity(const CmImportRows *rows, const gchar *id, const gchar *name, CmDay birth_date)
{
	GByteArray *identity =
	    cm_record_add_secret(rows->record, "identity", CM_STORE_IDENTITY_BLOCK);
	gchar date[CM_DAY_TEXT_SIZE];

	cm_pack_identity(identity, CM_PACK_ID, id);
	if (name != NULL)
		cm_pack_identity(identity, CM_PACK_NAME, name);
	if (birth_date != CM_DAY_NONE)
		cm_pack_identity(identity, CM_PACK_BIRTH_DATE, cm_day_format(birth_date, date));
}

static void
add_sealed_id(const CmImportRows *rows, const gchar *id)
{
	GByteArray *sealed = cm_record_add_secret(rows->record, "sealed_id", CM_STORE_ID_BLOCK);

	g_byte_array_append(sealed, (const guint8 *)id, (guint)strlen(id));
}

/* DELETE of the parts a row had */
static gboolean
clear_parts(const CmImportRows *rows, const gchar *sql, gint64 row, gboolean is_new, GError **error)
{
	return is_new || cm_database_run_integers(rows->database, sql, &row, 1, error);
}

/* ---- places */

static void
fill_organisation(const CmImportRows *rows, guint32 index)
{
	const CmCaseload *caseload = rows->caseload;

	cm_record_add_text(rows->record, caseload->organisation_id);
	cm_record_add_text(rows->record, caseload->organisation_name);
	cm_record_add_text(rows->record, caseload->timezone);
	cm_record_add_text(rows->record, caseload->locale);
	cm_record_add_integer(rows->record, caseload->from);
	cm_record_add_integer(rows->record, caseload->to);
	cm_record_add_integer(rows->record, caseload->grid_minutes);
	/* CM_DAY_NONE is stored as it is, and read back as it is */
	cm_record_add_integer(rows->record, caseload->replan_from);
}

static void
fill_calendar(const CmImportRows *rows, guint32 index)
{
	const CmCalendar *calendar = CM_ELEMENT(rows->caseload->calendars, CmCalendar, index);

	cm_record_add_integer(rows->record, calendar->cycle_length);
	for (guint32 i = 0; i < calendar->days.count; i++) {
		const CmCalendarDay *day = CM_ELEMENT(rows->caseload->calendar_days, CmCalendarDay,
						      calendar->days.first + i);

		cm_record_add_part(rows->record, day->date);
		cm_record_add_part(rows->record, day->kind);
		cm_record_add_part(rows->record, day->cycle_day);
	}
}

static gboolean
write_calendar_parts(const CmImportRows *rows,
		     guint32 index,
		     gint64 row,
		     gboolean is_new,
		     GError **error)
{
	const CmCalendar *calendar = CM_ELEMENT(rows->caseload->calendars, CmCalendar, index);
	g_autoptr(CmStatement) statement = NULL;

	if (!clear_parts(rows, "DELETE FROM calendar_day WHERE calendar = ?1", row, is_new, error))
		return FALSE;
	statement =
	    cm_database_prepare(rows->database,
				"INSERT INTO calendar_day (calendar, date, kind, cycle_day) "
				"VALUES (?1, ?2, ?3, ?4)",
				error);
	if (statement == NULL)
		return FALSE;
	for (guint32 i = 0; i < calendar->days.count; i++) {
		const CmCalendarDay *day = CM_ELEMENT(rows->caseload->calendar_days, CmCalendarDay,
						      calendar->days.first + i);

		sqlite3_bind_int64(statement, 1, row);
		sqlite3_bind_int64(statement, 2, day->date);
		sqlite3_bind_text(statement, 3, cm_day_kind_to_string(day->kind), -1,
				  SQLITE_STATIC);
		sqlite3_bind_int64(statement, 4, day->cycle_day);
		if (!cm_database_run(rows->database, statement, error))
			return FALSE;
	}
	return TRUE;
}

static void
fill_site(const CmImportRows *rows, guint32 index)
{
	const CmSite *site = CM_ELEMENT(rows->caseload->sites, CmSite, index);

	cm_record_add_text(rows->record, site->name);
	cm_record_add_text(rows->record, site->kind == CM_SITE_KIND_OFFICE ? "office" : "school");
	cm_record_add_real(rows->record, site->latitude);
	cm_record_add_real(rows->record, site->longitude);
	cm_record_add_integer(rows->record, site->open.from);
	cm_record_add_integer(rows->record, site->open.to);
	cm_record_add_integer(rows->record, row_of(rows, CM_STORE_KIND_CALENDAR, site->calendar));
}

static void
fill_travel(const CmImportRows *rows, guint32 index)
{
	const CmTravel *travel = CM_ELEMENT(rows->caseload->travels, CmTravel, index);

	cm_record_add_integer(rows->record, row_of(rows, CM_STORE_KIND_SITE, travel->from));
	cm_record_add_integer(rows->record, row_of(rows, CM_STORE_KIND_SITE, travel->to));
	cm_record_add_integer(rows->record, travel->minutes);
}

static void
fill_room(const CmImportRows *rows, guint32 index)
{
	const CmRoom *room = CM_ELEMENT(rows->caseload->rooms, CmRoom, index);

	cm_record_add_integer(rows->record, row_of(rows, CM_STORE_KIND_SITE, room->site));
	cm_record_add_integer(rows->record, room->uses);
}

/* ---- people */

static void
fill_companion(const CmImportRows *rows, guint32 index)
{
	const CmCompanion *companion = CM_ELEMENT(rows->caseload->companions, CmCompanion, index);

	add_identity(rows, companion->id, NULL, CM_DAY_NONE);
	cm_record_add_integer(rows->record, row_of(rows, CM_STORE_KIND_SITE, companion->site));
	add_hours(rows, &companion->hours);
}

static void
fill_professional(const CmImportRows *rows, guint32 index)
{
	const CmProfessional *professional =
	    CM_ELEMENT(rows->caseload->professionals, CmProfessional, index);

	add_identity(rows, professional->id, professional->name, CM_DAY_NONE);
	cm_record_add_text(rows->record, professional->profession);
	cm_record_add_integer(rows->record, row_of(rows, CM_STORE_KIND_SITE, professional->base));
	add_hours(rows, &professional->hours);
	cm_record_add_part(rows->record, professional->sites.count);
	for (guint32 i = 0; i < professional->sites.count; i++) {
		guint32 site = g_array_index(rows->caseload->references, guint32,
					     professional->sites.first + i);

		cm_record_add_part(rows->record, row_of(rows, CM_STORE_KIND_SITE, site));
	}
	for (guint32 i = 0; i < professional->absences.count; i++) {
		const CmAbsence *absence = CM_ELEMENT(rows->caseload->absences, CmAbsence,
						      professional->absences.first + i);

		cm_record_add_part(rows->record, absence->from);
		cm_record_add_part(rows->record, absence->to);
	}
}

static gboolean
write_professional_parts(const CmImportRows *rows,
			 guint32 index,
			 gint64 row,
			 gboolean is_new,
			 GError **error)
{
	const CmProfessional *professional =
	    CM_ELEMENT(rows->caseload->professionals, CmProfessional, index);

	if (!clear_parts(rows, "DELETE FROM professional_site WHERE professional = ?1", row, is_new,
			 error) ||
	    !clear_parts(rows, "DELETE FROM professional_absence WHERE professional = ?1", row,
			 is_new, error))
		return FALSE;
	for (guint32 i = 0; i < professional->sites.count; i++) {
		guint32 site = g_array_index(rows->caseload->references, guint32,
					     professional->sites.first + i);
		gint64 values[] = {row, i, row_of(rows, CM_STORE_KIND_SITE, site)};

		if (!cm_database_run_integers(
			rows->database,
			"INSERT INTO professional_site (professional, position, site) "
			"VALUES (?1, ?2, ?3)",
			values, G_N_ELEMENTS(values), error))
			return FALSE;
	}
	for (guint32 i = 0; i < professional->absences.count; i++) {
		const CmAbsence *absence = CM_ELEMENT(rows->caseload->absences, CmAbsence,
						      professional->absences.first + i);
		gint64 values[] = {row, i, absence->from, absence->to};

		if (!cm_database_run_integers(
			rows->database,
			"INSERT INTO professional_absence (professional, position, from_date, "
			"to_date) VALUES (?1, ?2, ?3, ?4)",
			values, G_N_ELEMENTS(values), error))
			return FALSE;
	}
	return TRUE;
}

static void
fill_student(const CmImportRows *rows, guint32 index)
{
	const CmStudent *student = CM_ELEMENT(rows->caseload->students, CmStudent, index);

	add_identity(rows, student->id, student->name, student->birth_date);
	cm_record_add_integer(rows->record, row_of(rows, CM_STORE_KIND_SITE, student->site));
	cm_pack_cycle_windows(rows->caseload, &student->blocked, cm_record_add_blob(rows->record));
	cm_pack_cycle_windows(rows->caseload, &student->core, cm_record_add_blob(rows->record));
	add_hours(rows, &student->remote_hours);
}

static void
fill_contact(const CmImportRows *rows, guint32 index)
{
	const CmContact *contact = CM_ELEMENT(rows->caseload->contacts, CmContact, index);

	add_identity(rows, contact->id, contact->name, CM_DAY_NONE);
	cm_record_add_text(rows->record,
			   contact->kind == CM_CONTACT_KIND_TEACHER ? "teacher" : "guardian");
	add_hours(rows, &contact->hours);
	add_hours(rows, &contact->preferred);
}

/* ---- what is to be done */

static void
fill_followup(const CmImportRows *rows, guint32 index)
{
	const CmFollowup *followup = CM_ELEMENT(rows->caseload->followups, CmFollowup, index);

	add_sealed_id(rows, followup->id);
	cm_record_add_integer(rows->record,
			      row_of(rows, CM_STORE_KIND_PROFESSIONAL, followup->professional));
	cm_record_add_integer(rows->record, row_of(rows, CM_STORE_KIND_STUDENT, followup->student));
	cm_record_add_integer(rows->record, followup->priority);
	cm_record_add_integer(rows->record, followup->not_before);
}

static const gchar *
prefer_to_string(guint8 prefer)
{
	if (prefer == CM_PREFER_NONE)
		return NULL;
	return prefer == CM_PREFER_VIDEO ? "video" : "in-person";
}

static void
fill_session(const CmImportRows *rows, guint32 index)
{
	const CmSession *session = CM_ELEMENT(rows->caseload->sessions, CmSession, index);
	const CmFollowup *followup =
	    CM_ELEMENT(rows->caseload->followups, CmFollowup, session->followup);

	add_sealed_id(rows, session->id);
	cm_record_add_integer(rows->record,
			      row_of(rows, CM_STORE_KIND_FOLLOWUP, session->followup));
	cm_record_add_text(rows->record, session->act);
	cm_record_add_integer(rows->record, session->minutes);
	cm_record_add_integer(rows->record, session->target_date);
	cm_record_add_text(rows->record, prefer_to_string(session->prefer));
	cm_record_add_integer(rows->record, session->modes);
	/* its place in the follow-up is part of what it is: sessions keep their order */
	cm_record_add_part(rows->record, index - followup->sessions.first);
	for (guint32 i = 0; i < session->participants.count; i++) {
		guint32 contact = g_array_index(rows->caseload->references, guint32,
						session->participants.first + i);

		cm_record_add_part(rows->record, row_of(rows, CM_STORE_KIND_CONTACT, contact));
	}
}

static gboolean
write_session_parts(const CmImportRows *rows,
		    guint32 index,
		    gint64 row,
		    gboolean is_new,
		    GError **error)
{
	const CmSession *session = CM_ELEMENT(rows->caseload->sessions, CmSession, index);

	if (!clear_parts(rows, "DELETE FROM session_participant WHERE session = ?1", row, is_new,
			 error))
		return FALSE;
	for (guint32 i = 0; i < session->participants.count; i++) {
		guint32 contact = g_array_index(rows->caseload->references, guint32,
						session->participants.first + i);
		gint64 values[] = {row, i, row_of(rows, CM_STORE_KIND_CONTACT, contact)};

		if (!cm_database_run_integers(
			rows->database,
			"INSERT INTO session_participant (session, position, contact) "
			"VALUES (?1, ?2, ?3)",
			values, G_N_ELEMENTS(values), error))
			return FALSE;
	}
	return TRUE;
}

static CmStoreKind
kind_of_resource(guint8 resource)
{
	static const CmStoreKind kinds[CM_RESOURCE_LAST] = {
	    [CM_RESOURCE_PROFESSIONAL] = CM_STORE_KIND_PROFESSIONAL,
	    [CM_RESOURCE_STUDENT] = CM_STORE_KIND_STUDENT,
	    [CM_RESOURCE_CONTACT] = CM_STORE_KIND_CONTACT,
	    [CM_RESOURCE_ROOM] = CM_STORE_KIND_ROOM,
	    [CM_RESOURCE_COMPANION] = CM_STORE_KIND_COMPANION,
	};

	g_return_val_if_fail(resource < CM_RESOURCE_LAST, CM_STORE_KIND_PROFESSIONAL);
	return kinds[resource];
}

static void
fill_busy(const CmImportRows *rows, guint32 index)
{
	const CmBusy *busy = CM_ELEMENT(rows->caseload->busy, CmBusy, index);

	cm_record_add_integer(rows->record, busy->kind);
	cm_record_add_integer(rows->record,
			      row_of(rows, kind_of_resource(busy->kind), busy->resource));
	cm_record_add_integer(rows->record, busy->date);
	cm_record_add_integer(rows->record, busy->window.from);
	cm_record_add_integer(rows->record, busy->window.to);
}

/* ---- the table */

#define UPSERT_TAIL                                                                                \
	" ON CONFLICT (id) DO UPDATE SET position = excluded.position, hash = excluded.hash, "

static const CmImportKind import_kinds[CM_STORE_KIND_LAST] = {
    [CM_STORE_KIND_ORGANISATION] =
	{
	    .table = "organisation",
	    .list_sql = "SELECT id, 'organisation', hash, 0 FROM organisation",
	    .upsert_sql =
		"INSERT INTO organisation (id, hash, external_id, name, timezone, locale, "
		"horizon_from, horizon_to, grid_minutes, replan_from) "
		"VALUES (?1, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) "
		"ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, "
		"external_id = excluded.external_id, name = excluded.name, "
		"timezone = excluded.timezone, locale = excluded.locale, "
		"horizon_from = excluded.horizon_from, horizon_to = excluded.horizon_to, "
		"grid_minutes = excluded.grid_minutes, replan_from = excluded.replan_from",
	    .delete_sql = "DELETE FROM organisation WHERE id = ?1",
	    .fill = fill_organisation,
	},
    [CM_STORE_KIND_CALENDAR] =
	{
	    .table = "calendar",
	    .array = G_STRUCT_OFFSET(CmCaseload, calendars),
	    .list_sql = "SELECT id, external_id, hash, position FROM calendar",
	    .upsert_sql =
		"INSERT INTO calendar (id, position, external_id, hash, cycle_length) "
		"VALUES (?1, ?2, ?3, ?4, ?5)" UPSERT_TAIL "cycle_length = excluded.cycle_length",
	    .move_sql = "UPDATE calendar SET position = ?2 WHERE id = ?1",
	    .delete_sql = "DELETE FROM calendar WHERE id = ?1",
	    .fill = fill_calendar,
	    .write_parts = write_calendar_parts,
	},
    [CM_STORE_KIND_SITE] =
	{
	    .table = "site",
	    .array = G_STRUCT_OFFSET(CmCaseload, sites),
	    .list_sql = "SELECT id, external_id, hash, position FROM site",
	    .upsert_sql =
		"INSERT INTO site (id, position, external_id, hash, name, kind, latitude, "
		"longitude, open_from, open_to, calendar) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)" UPSERT_TAIL
		"name = excluded.name, kind = excluded.kind, latitude = excluded.latitude, "
		"longitude = excluded.longitude, open_from = excluded.open_from, "
		"open_to = excluded.open_to, calendar = excluded.calendar",
	    .move_sql = "UPDATE site SET position = ?2 WHERE id = ?1",
	    .delete_sql = "DELETE FROM site WHERE id = ?1",
	    .fill = fill_site,
	},
    [CM_STORE_KIND_TRAVEL] =
	{
	    .table = "travel",
	    .array = G_STRUCT_OFFSET(CmCaseload, travels),
	    .list_sql = "SELECT id, id_key, hash, position FROM travel",
	    .upsert_sql =
		"INSERT INTO travel (id, position, id_key, hash, from_site, to_site, minutes) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)" UPSERT_TAIL "minutes = excluded.minutes",
	    .move_sql = "UPDATE travel SET position = ?2 WHERE id = ?1",
	    .delete_sql = "DELETE FROM travel WHERE id = ?1",
	    .sealed_id = TRUE,
	    .fill = fill_travel,
	},
    [CM_STORE_KIND_ROOM] =
	{
	    .table = "room",
	    .array = G_STRUCT_OFFSET(CmCaseload, rooms),
	    .list_sql = "SELECT id, external_id, hash, position FROM room",
	    .upsert_sql = "INSERT INTO room (id, position, external_id, hash, site, uses) "
			  "VALUES (?1, ?2, ?3, ?4, ?5, ?6)" UPSERT_TAIL
			  "site = excluded.site, uses = excluded.uses",
	    .move_sql = "UPDATE room SET position = ?2 WHERE id = ?1",
	    .delete_sql = "DELETE FROM room WHERE id = ?1",
	    .fill = fill_room,
	},
    [CM_STORE_KIND_COMPANION] =
	{
	    .table = "companion",
	    .array = G_STRUCT_OFFSET(CmCaseload, companions),
	    .list_sql = "SELECT id, id_key, hash, position FROM companion",
	    .upsert_sql =
		"INSERT INTO companion (id, position, id_key, hash, identity, site, hours) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)" UPSERT_TAIL
		"identity = excluded.identity, site = excluded.site, hours = excluded.hours",
	    .move_sql = "UPDATE companion SET position = ?2 WHERE id = ?1",
	    .delete_sql = "DELETE FROM companion WHERE id = ?1",
	    .sealed_id = TRUE,
	    .fill = fill_companion,
	},
    [CM_STORE_KIND_PROFESSIONAL] =
	{
	    .table = "professional",
	    .array = G_STRUCT_OFFSET(CmCaseload, professionals),
	    .list_sql = "SELECT id, id_key, hash, position FROM professional",
	    .upsert_sql =
		"INSERT INTO professional (id, position, id_key, hash, identity, "
		"profession, base, hours) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)" UPSERT_TAIL
		"identity = excluded.identity, profession = excluded.profession, "
		"base = excluded.base, hours = excluded.hours",
	    .move_sql = "UPDATE professional SET position = ?2 WHERE id = ?1",
	    .delete_sql = "DELETE FROM professional WHERE id = ?1",
	    .sealed_id = TRUE,
	    .fill = fill_professional,
	    .write_parts = write_professional_parts,
	},
    [CM_STORE_KIND_STUDENT] =
	{
	    .table = "student",
	    .array = G_STRUCT_OFFSET(CmCaseload, students),
	    .list_sql = "SELECT id, id_key, hash, position FROM student",
	    .upsert_sql = "INSERT INTO student (id, position, id_key, hash, identity, site, "
			  "blocked, core, remote_hours) "
			  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)" UPSERT_TAIL
			  "identity = excluded.identity, site = excluded.site, "
			  "blocked = excluded.blocked, core = excluded.core, "
			  "remote_hours = excluded.remote_hours",
	    .move_sql = "UPDATE student SET position = ?2 WHERE id = ?1",
	    .delete_sql = "DELETE FROM student WHERE id = ?1",
	    .sealed_id = TRUE,
	    .fill = fill_student,
	},
    [CM_STORE_KIND_CONTACT] =
	{
	    .table = "contact",
	    .array = G_STRUCT_OFFSET(CmCaseload, contacts),
	    .list_sql = "SELECT id, id_key, hash, position FROM contact",
	    .upsert_sql = "INSERT INTO contact (id, position, id_key, hash, identity, kind, "
			  "hours, preferred) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)" UPSERT_TAIL
			  "identity = excluded.identity, kind = excluded.kind, "
			  "hours = excluded.hours, preferred = excluded.preferred",
	    .move_sql = "UPDATE contact SET position = ?2 WHERE id = ?1",
	    .delete_sql = "DELETE FROM contact WHERE id = ?1",
	    .sealed_id = TRUE,
	    .fill = fill_contact,
	},
    [CM_STORE_KIND_FOLLOWUP] =
	{
	    .table = "followup",
	    .array = G_STRUCT_OFFSET(CmCaseload, followups),
	    .list_sql = "SELECT id, id_key, hash, position FROM followup",
	    .upsert_sql = "INSERT INTO followup (id, position, id_key, hash, sealed_id, "
			  "professional, student, priority, not_before) "
			  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)" UPSERT_TAIL
			  "sealed_id = excluded.sealed_id, professional = excluded.professional, "
			  "student = excluded.student, priority = excluded.priority, "
			  "not_before = excluded.not_before",
	    .move_sql = "UPDATE followup SET position = ?2 WHERE id = ?1",
	    .delete_sql = "DELETE FROM followup WHERE id = ?1",
	    .sealed_id = TRUE,
	    .fill = fill_followup,
	},
    [CM_STORE_KIND_SESSION] =
	{
	    .table = "session",
	    .array = G_STRUCT_OFFSET(CmCaseload, sessions),
	    .list_sql = "SELECT id, id_key, hash, position FROM session",
	    .upsert_sql = "INSERT INTO session (id, position, id_key, hash, sealed_id, followup, "
			  "act, minutes, target_date, prefer, modes) "
			  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)" UPSERT_TAIL
			  "sealed_id = excluded.sealed_id, followup = excluded.followup, "
			  "act = excluded.act, minutes = excluded.minutes, "
			  "target_date = excluded.target_date, prefer = excluded.prefer, "
			  "modes = excluded.modes",
	    .move_sql = "UPDATE session SET position = ?2 WHERE id = ?1",
	    .delete_sql = "DELETE FROM session WHERE id = ?1",
	    .sealed_id = TRUE,
	    .fill = fill_session,
	    .write_parts = write_session_parts,
	},
    [CM_STORE_KIND_BUSY] =
	{
	    .table = "busy",
	    .array = G_STRUCT_OFFSET(CmCaseload, busy),
	    .list_sql = "SELECT id, id_key, hash, position FROM busy",
	    .upsert_sql =
		"INSERT INTO busy (id, position, id_key, hash, kind, resource, date, "
		"from_minute, to_minute) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)" UPSERT_TAIL "kind = excluded.kind",
	    .move_sql = "UPDATE busy SET position = ?2 WHERE id = ?1",
	    .delete_sql = "DELETE FROM busy WHERE id = ?1",
	    .sealed_id = TRUE,
	    .fill = fill_busy,
	},
};

const CmImportKind *
cm_import_rows_get_kind(CmStoreKind kind)
{
	return &import_kinds[kind];
}

static GArray *
rows_get_array(const CmImportRows *rows, CmStoreKind kind)
{
	return G_STRUCT_MEMBER(GArray *, (gpointer)rows->caseload, import_kinds[kind].array);
}

guint32
cm_import_rows_count(const CmImportRows *rows, CmStoreKind kind)
{
	return kind == CM_STORE_KIND_ORGANISATION ? 1 : rows_get_array(rows, kind)->len;
}

const gchar *
cm_import_rows_get_id(const CmImportRows *rows, CmStoreKind kind, guint32 index)
{
	GArray *array = NULL;

	if (kind == CM_STORE_KIND_ORGANISATION)
		return ORGANISATION_KEY;
	if (kind == CM_STORE_KIND_TRAVEL || kind == CM_STORE_KIND_BUSY)
		return NULL;
	array = rows_get_array(rows, kind);
	/* every other kind begins with its id */
	return *(const gchar *const *)(array->data +
				       (gsize)index * g_array_get_element_size(array));
}

static void
travel_compute_key(const CmImportRows *rows, guint32 index, guint8 *out_key)
{
	const CmTravel *travel = CM_ELEMENT(rows->caseload->travels, CmTravel, index);
	gint64 pair[] = {row_of(rows, CM_STORE_KIND_SITE, travel->from),
			 row_of(rows, CM_STORE_KIND_SITE, travel->to)};

	cm_seal_hash(rows->seal, CM_SEAL_HASH_ID, "travel", pair, sizeof pair, out_key);
}

/* A busy time is what it says; of equal ones, the first, the second… */
static void
busy_compute_key(const CmImportRows *rows, guint32 index, guint8 *out_key)
{
	const CmBusy *busy = CM_ELEMENT(rows->caseload->busy, CmBusy, index);
	gint64 what[] = {
	    busy->kind,      row_of(rows, kind_of_resource(busy->kind), busy->resource),
	    busy->date,      busy->window.from,
	    busy->window.to, 0};
	g_autoptr(GBytes) key = NULL;

	do {
		cm_seal_hash(rows->seal, CM_SEAL_HASH_ID, "busy", what, sizeof what, out_key);
		what[G_N_ELEMENTS(what) - 1]++;
		g_clear_pointer(&key, g_bytes_unref);
		key = g_bytes_new(out_key, CM_SEAL_HASH_BYTES);
	} while (!g_hash_table_add(rows->seen, g_bytes_ref(key)));
}

void
cm_import_rows_compute_key(const CmImportRows *rows,
			   CmStoreKind kind,
			   guint32 index,
			   guint8 out_key[CM_SEAL_HASH_BYTES])
{
	const gchar *id = cm_import_rows_get_id(rows, kind, index);

	if (kind == CM_STORE_KIND_TRAVEL)
		travel_compute_key(rows, index, out_key);
	else if (kind == CM_STORE_KIND_BUSY)
		busy_compute_key(rows, index, out_key);
	else
		cm_seal_hash(rows->seal, CM_SEAL_HASH_ID, import_kinds[kind].table, id, strlen(id),
			     out_key);
}
