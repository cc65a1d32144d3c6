// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-people.h"

#include "daemon/roster/caseload-part.h"
#include "daemon/roster/caseload-reader.h"

#include <glib/gi18n.h>

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
	cm_caseload_part_append(read, shape, record);
}

static const CmCaseloadLink base_link = {CM_CASELOAD_KIND_PROFESSIONAL,
					 offsetof(CmProfessional, base), CM_CASELOAD_KIND_SITE,
					 "$.professionals[#].base"};
static const CmCaseloadLink served_site_link = {
    CM_CASELOAD_KIND_REFERENCE, 0, CM_CASELOAD_KIND_SITE, "$.professionals[#].sites[#]"};
static const CmJsonShape professional_id_shape = CM_CASELOAD_PART_ID(CM_CASELOAD_KIND_PROFESSIONAL);
static const CmJsonShape base_shape = CM_CASELOAD_PART_LINK(base_link);
static const CmJsonShape served_site_shape = {.kind = CM_JSON_TEXT,
					      .minimum = 1,
					      .maximum = CM_CASELOAD_MAX_ID_BYTES,
					      .take = cm_caseload_part_take_link_element,
					      .data = &served_site_link};
static const CmJsonShape served_sites_shape = CM_CASELOAD_PART_RANGE(served_site_shape,
								     CM_CASELOAD_MAX_SERVED_SITES,
								     CM_CASELOAD_KIND_REFERENCE);
static const CmJsonShape absence_shape = {.kind = CM_JSON_TUPLE,
					  .maximum = 2,
					  .size = sizeof(CmAbsence),
					  .element = &cm_caseload_part_date,
					  .end = absence_end,
					  .tag = CM_CASELOAD_KIND_ABSENCE};
static const CmJsonShape absences_shape =
    CM_CASELOAD_PART_RANGE(absence_shape, CM_CASELOAD_MAX_ABSENCES, CM_CASELOAD_KIND_ABSENCE);
static const CmJsonMember professional_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmProfessional, id), &professional_id_shape},
    {"name", CM_JSON_REQUIRED, offsetof(CmProfessional, name), &cm_caseload_part_name},
    {"profession", CM_JSON_REQUIRED, offsetof(CmProfessional, profession), &cm_caseload_part_word},
    {"base", CM_JSON_REQUIRED, offsetof(CmProfessional, base), &base_shape},
    {"sites", CM_JSON_REQUIRED, offsetof(CmProfessional, sites), &served_sites_shape},
    {"hours", CM_JSON_REQUIRED, offsetof(CmProfessional, hours), &cm_caseload_part_hours},
    {"absences", CM_JSON_REQUIRED, offsetof(CmProfessional, absences), &absences_shape},
    {NULL},
};
static const CmJsonShape professional_shape = {.kind = CM_JSON_OBJECT,
					       .size = sizeof(CmProfessional),
					       .members = professional_members,
					       .begin = professional_begin,
					       .end = cm_caseload_part_append,
					       .tag = CM_CASELOAD_KIND_PROFESSIONAL};
const CmJsonShape cm_caseload_people_professionals =
    CM_CASELOAD_PART_LIST(professional_shape, CM_CASELOAD_MAX_PROFESSIONALS);

static void
student_begin(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	((CmStudent *)record)->site = CM_NONE;
}

static void
cycle_window_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	const CmCycleWindow *window = record;

	cm_caseload_part_check_window(read, window->window.from, window->window.to);
	cm_caseload_part_append(read, shape, record);
}

static const CmCaseloadLink student_site_link = {CM_CASELOAD_KIND_STUDENT,
						 offsetof(CmStudent, site), CM_CASELOAD_KIND_SITE,
						 "$.students[#].site"};
static const CmJsonShape student_id_shape = CM_CASELOAD_PART_ID(CM_CASELOAD_KIND_STUDENT);
static const CmJsonShape student_site_shape = CM_CASELOAD_PART_LINK(student_site_link);
static const CmJsonMember cycle_window_members[] = {
    {"cycle_day", CM_JSON_REQUIRED, offsetof(CmCycleWindow, cycle_day),
     &cm_caseload_part_cycle_day},
    {"from", CM_JSON_REQUIRED, offsetof(CmCycleWindow, window.from), &cm_caseload_part_time},
    {"to", CM_JSON_REQUIRED, offsetof(CmCycleWindow, window.to), &cm_caseload_part_time},
    {NULL},
};
static const CmJsonShape cycle_window_shape = {.kind = CM_JSON_OBJECT,
					       .size = sizeof(CmCycleWindow),
					       .members = cycle_window_members,
					       .end = cycle_window_end,
					       .tag = CM_CASELOAD_KIND_CYCLE_WINDOW};
static const CmJsonShape cycle_windows_shape =
    CM_CASELOAD_PART_RANGE(cycle_window_shape,
			   CM_CASELOAD_MAX_CYCLE_WINDOWS,
			   CM_CASELOAD_KIND_CYCLE_WINDOW);
static const CmJsonMember student_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmStudent, id), &student_id_shape},
    {"name", CM_JSON_REQUIRED, offsetof(CmStudent, name), &cm_caseload_part_name},
    {"site", CM_JSON_REQUIRED, offsetof(CmStudent, site), &student_site_shape},
    {"birth_date", CM_JSON_REQUIRED, offsetof(CmStudent, birth_date), &cm_caseload_part_date},
    {"remote_hours", CM_JSON_REQUIRED, offsetof(CmStudent, remote_hours), &cm_caseload_part_hours},
    {"blocked", CM_JSON_REQUIRED, offsetof(CmStudent, blocked), &cycle_windows_shape},
    {"core", CM_JSON_REQUIRED, offsetof(CmStudent, core), &cycle_windows_shape},
    {NULL},
};
static const CmJsonShape student_shape = {.kind = CM_JSON_OBJECT,
					  .size = sizeof(CmStudent),
					  .members = student_members,
					  .begin = student_begin,
					  .end = cm_caseload_part_append,
					  .tag = CM_CASELOAD_KIND_STUDENT};
const CmJsonShape cm_caseload_people_students =
    CM_CASELOAD_PART_LIST(student_shape, CM_CASELOAD_MAX_STUDENTS);

static const gchar *const contact_kind_names[] = {"guardian", "teacher", NULL};
G_STATIC_ASSERT(CM_CONTACT_KIND_GUARDIAN == 0 && CM_CONTACT_KIND_TEACHER == 1);

static const CmJsonShape contact_id_shape = CM_CASELOAD_PART_ID(CM_CASELOAD_KIND_CONTACT);
static const CmJsonShape contact_kind_shape = {.kind = CM_JSON_ENUM, .names = contact_kind_names};
static const CmJsonMember contact_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmContact, id), &contact_id_shape},
    {"name", CM_JSON_OPTIONAL, offsetof(CmContact, name), &cm_caseload_part_name},
    {"kind", CM_JSON_REQUIRED, offsetof(CmContact, kind), &contact_kind_shape},
    {"hours", CM_JSON_REQUIRED, offsetof(CmContact, hours), &cm_caseload_part_hours},
    {"preferred", CM_JSON_REQUIRED, offsetof(CmContact, preferred), &cm_caseload_part_hours},
    {NULL},
};
static const CmJsonShape contact_shape = {.kind = CM_JSON_OBJECT,
					  .size = sizeof(CmContact),
					  .members = contact_members,
					  .end = cm_caseload_part_append,
					  .tag = CM_CASELOAD_KIND_CONTACT};
const CmJsonShape cm_caseload_people_contacts =
    CM_CASELOAD_PART_LIST(contact_shape, CM_CASELOAD_MAX_CONTACTS);

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

	session->followup = cm_caseload_part_get_loading(read)->caseload->followups->len;
	session->modes = CM_MODES_ALL;
}

/* CmPrefer, of which the first means none */
static void
take_prefer(CmJsonRead *read, const CmJsonShape *shape, gpointer place, const CmJsonValue *value)
{
	*(guint8 *)place = (guint8)(value->integer + 1);
}

G_STATIC_ASSERT(CM_PREFER_IN_PERSON == 1 && CM_PREFER_VIDEO == 2);

static const CmCaseloadLink participant_link = {CM_CASELOAD_KIND_REFERENCE, 0,
						CM_CASELOAD_KIND_CONTACT,
						"$.followups[#].sessions[#].participants[#]"};
static const CmJsonShape session_id_shape = CM_CASELOAD_PART_ID(CM_CASELOAD_KIND_SESSION);
static const CmJsonShape minutes_shape = {.kind = CM_JSON_INTEGER,
					  .minimum = 1,
					  .maximum = CM_MINUTES_PER_DAY,
					  .size = sizeof(gint)};
static const CmJsonShape participant_shape = {.kind = CM_JSON_TEXT,
					      .minimum = 1,
					      .maximum = CM_CASELOAD_MAX_ID_BYTES,
					      .take = cm_caseload_part_take_link_element,
					      .data = &participant_link};
static const CmJsonShape participants_shape = CM_CASELOAD_PART_RANGE(participant_shape,
								     CM_CASELOAD_MAX_PARTICIPANTS,
								     CM_CASELOAD_KIND_REFERENCE);
static const CmJsonShape prefer_shape = {.kind = CM_JSON_ENUM,
					 .nullable = TRUE,
					 .names = cm_caseload_part_use_names,
					 .take = take_prefer};
static const CmJsonShape mode_flag_shape = {.kind = CM_JSON_ENUM,
					    .names = cm_caseload_part_mode_names,
					    .take = cm_caseload_part_take_flag};
static const CmJsonShape modes_shape = {.kind = CM_JSON_LIST,
					.minimum = 1,
					.maximum = CM_MODE_LAST,
					.element = &mode_flag_shape,
					.begin = cm_caseload_part_begin_flags};
static const CmJsonMember session_members[] = {
    {"id", CM_JSON_REQUIRED, offsetof(CmSession, id), &session_id_shape},
    {"act", CM_JSON_REQUIRED, offsetof(CmSession, act), &cm_caseload_part_word},
    {"minutes", CM_JSON_REQUIRED, offsetof(CmSession, minutes), &minutes_shape},
    {"target_date", CM_JSON_REQUIRED, offsetof(CmSession, target_date), &cm_caseload_part_date},
    {"participants", CM_JSON_REQUIRED, offsetof(CmSession, participants), &participants_shape},
    {"prefer", CM_JSON_REQUIRED, offsetof(CmSession, prefer), &prefer_shape},
    {"modes", CM_JSON_OPTIONAL, offsetof(CmSession, modes), &modes_shape},
    {NULL},
};
static const CmJsonShape session_shape = {.kind = CM_JSON_OBJECT,
					  .size = sizeof(CmSession),
					  .members = session_members,
					  .begin = session_begin,
					  .end = cm_caseload_part_append,
					  .tag = CM_CASELOAD_KIND_SESSION};
static const CmJsonShape sessions_shape = CM_CASELOAD_PART_RANGE(session_shape,
								 CM_CASELOAD_MAX_FOLLOWUP_SESSIONS,
								 CM_CASELOAD_KIND_SESSION);

static const CmCaseloadLink followup_professional_link = {
    CM_CASELOAD_KIND_FOLLOWUP, offsetof(CmFollowup, professional), CM_CASELOAD_KIND_PROFESSIONAL,
    "$.followups[#].professional"};
static const CmCaseloadLink followup_student_link = {
    CM_CASELOAD_KIND_FOLLOWUP, offsetof(CmFollowup, student), CM_CASELOAD_KIND_STUDENT,
    "$.followups[#].student"};
static const CmJsonShape followup_id_shape = CM_CASELOAD_PART_ID(CM_CASELOAD_KIND_FOLLOWUP);
static const CmJsonShape followup_professional_shape =
    CM_CASELOAD_PART_LINK(followup_professional_link);
static const CmJsonShape followup_student_shape = CM_CASELOAD_PART_LINK(followup_student_link);
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
    {"not_before", CM_JSON_REQUIRED, offsetof(CmFollowup, not_before), &cm_caseload_part_date},
    {"sessions", CM_JSON_REQUIRED, offsetof(CmFollowup, sessions), &sessions_shape},
    {NULL},
};
static const CmJsonShape followup_shape = {.kind = CM_JSON_OBJECT,
					   .size = sizeof(CmFollowup),
					   .members = followup_members,
					   .begin = followup_begin,
					   .end = cm_caseload_part_append,
					   .tag = CM_CASELOAD_KIND_FOLLOWUP};
const CmJsonShape cm_caseload_people_followups =
    CM_CASELOAD_PART_LIST(followup_shape, CM_CASELOAD_MAX_FOLLOWUPS);
