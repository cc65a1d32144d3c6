// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-time.h"

#include <glib.h>

/* A caseload in memory: one comodal-caseload/1 document (tests/planning/FORMAT.md), its references resolved.
 *
 * Plain data in flat arrays: whoever has it may read it from several threads. Things refer to one another by index,
 * guint32; CM_NONE is "none". Strings stand in one chunk and live as long as the caseload. Three makers fill it: the
 * JSON reader (caseload-reader.h), the store, tests. A filled caseload has passed every check of the reader, so code that
 * takes one need not check again. */

#define CM_NONE G_MAXUINT32

/* A run of elements of one of the caseload's flat arrays. */
typedef struct {
	guint32 first;
	guint32 count;
} CmRange;

/* Windows of each weekday, Monday first: ranges of `windows`. A day without one has count 0. */
typedef struct {
	CmRange day[CM_DAYS_PER_WEEK];
} CmWeekHours;

typedef enum {
	CM_DAY_KIND_CLOSED, /* a date that is not listed is closed */
	CM_DAY_KIND_PEDAGOGICAL,
	CM_DAY_KIND_CLASS,
} CmDayKind;

typedef struct {
	CmDay date;
	gint16 cycle_day; /* from 1; 0 unless it is a class day */
	guint8 kind;      /* CmDayKind */
} CmCalendarDay;

typedef struct {
	const gchar *id;
	gint cycle_length;
	CmRange days; /* of calendar_days; dates rise strictly */
} CmCalendar;

typedef enum {
	CM_SITE_KIND_SCHOOL,
	CM_SITE_KIND_OFFICE,
} CmSiteKind;

typedef struct {
	const gchar *id;
	const gchar *name;
	gdouble latitude;
	gdouble longitude;
	guint32 calendar;
	CmWindow open;
	guint8 kind; /* CmSiteKind */
} CmSite;

typedef struct {
	guint32 from; /* sites */
	guint32 to;
	gint minutes;
} CmTravel;

typedef enum {
	CM_USE_IN_PERSON = 1 << 0,
	CM_USE_VIDEO = 1 << 1,
} CmUse; /* flags: a room's uses, an act's modalities */

typedef struct {
	const gchar *id;
	guint32 site;
	guint8 uses; /* CmUse flags */
} CmRoom;

typedef struct {
	const gchar *id;
	guint32 site;
	CmWeekHours hours;
} CmCompanion;

/* Both dates included. */
typedef struct {
	CmDay from;
	CmDay to;
} CmAbsence;

typedef struct {
	const gchar *id;
	const gchar *name;
	const gchar *profession; /* a policy's name, as "psychologue" */
	guint32 base;            /* site */
	CmRange sites;           /* of references: sites */
	CmRange absences;        /* of absences */
	CmWeekHours hours;
} CmProfessional;

/* A window of a cycle day. */
typedef struct {
	gint16 cycle_day;
	CmWindow window;
} CmCycleWindow;

typedef struct {
	const gchar *id;
	const gchar *name;
	guint32 site;
	CmDay birth_date;
	CmRange blocked; /* of cycle_windows */
	CmRange core;    /* of cycle_windows */
	CmWeekHours remote_hours;
} CmStudent;

typedef enum {
	CM_CONTACT_KIND_GUARDIAN,
	CM_CONTACT_KIND_TEACHER,
} CmContactKind;

typedef struct {
	const gchar *id;
	const gchar *name; /* or NULL */
	guint8 kind;       /* CmContactKind */
	CmWeekHours hours;
	CmWeekHours preferred;
} CmContact;

typedef struct {
	const gchar *id;
	guint32 professional;
	guint32 student;
	gint priority; /* 1 to 3 */
	CmDay not_before;
	CmRange sessions; /* of sessions, in their order */
} CmFollowup;

typedef enum {
	CM_MODE_IN_PERSON,    /* at the student's site */
	CM_MODE_VIDEO_SCHOOL, /* the student at their site, in a room for video */
	CM_MODE_VIDEO_REMOTE, /* no room */
	CM_MODE_LAST
} CmMode;

#define CM_MODE_FLAG(mode) ((guint8)(1u << (mode)))
#define CM_MODES_ALL (CM_MODE_FLAG(CM_MODE_LAST) - 1)

typedef enum {
	CM_PREFER_NONE,
	CM_PREFER_IN_PERSON,
	CM_PREFER_VIDEO,
} CmPrefer;

typedef struct {
	const gchar *id;
	const gchar *act;
	guint32 followup;
	gint minutes;
	CmDay target_date;
	CmRange participants; /* of references: contacts */
	guint8 prefer;        /* CmPrefer */
	guint8 modes;         /* CM_MODE_FLAG()s; CM_MODES_ALL when the document has none */
	guint8
	    continues; /* 1: sessions of its act took place before those of this caseload (no document says so) */
} CmSession;

typedef enum {
	CM_RESOURCE_PROFESSIONAL,
	CM_RESOURCE_STUDENT,
	CM_RESOURCE_CONTACT,
	CM_RESOURCE_ROOM,
	CM_RESOURCE_COMPANION,
	CM_RESOURCE_LAST
} CmResource;

typedef struct {
	guint8 kind;      /* CmResource */
	guint32 resource; /* in that kind's array */
	CmDay date;
	CmWindow window;
} CmBusy;

/* Where a session stands, in a plan or in `previous`. */
typedef struct {
	guint32 session;
	CmDay date;
	CmMinute start;
	guint8 mode; /* CmMode */
	gboolean locked;
	guint32 room;      /* or CM_NONE */
	guint32 companion; /* or CM_NONE */
} CmPlacement;

typedef struct {
	GStringChunk *strings;
	const gchar *organisation_id;
	const gchar *organisation_name;
	const gchar *timezone; /* IANA name */
	const gchar *locale;   /* as "fr_CA" */
	CmDay from;            /* the horizon, both included */
	CmDay to;
	gint grid_minutes;
	CmDay replan_from; /* or CM_DAY_NONE */

	GArray *calendars;     /* CmCalendar */
	GArray *sites;         /* CmSite */
	GArray *travels;       /* CmTravel, both directions, sorted by from, to */
	GArray *rooms;         /* CmRoom */
	GArray *companions;    /* CmCompanion */
	GArray *professionals; /* CmProfessional */
	GArray *students;      /* CmStudent */
	GArray *contacts;      /* CmContact */
	GArray *followups;     /* CmFollowup */
	GArray *sessions;      /* CmSession, those of a follow-up together and in order */
	GArray *busy;          /* CmBusy */
	GArray *previous;      /* CmPlacement, each session at most once */

	/* what the ranges are of */
	GArray *windows;       /* CmWindow */
	GArray *calendar_days; /* CmCalendarDay */
	GArray *absences;      /* CmAbsence */
	GArray *cycle_windows; /* CmCycleWindow */
	GArray *references;    /* guint32 */
} CmCaseload;

/* An empty caseload. Returns: (transfer full) */
CmCaseload *
cm_caseload_new(void);

void
cm_caseload_free(CmCaseload *caseload);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCaseload, cm_caseload_free)

/* `text` kept as long as the caseload, equal strings once. */
const gchar *
cm_caseload_intern(CmCaseload *caseload, const gchar *text);

/* The kind and cycle day of a date at a site. */
CmDayKind
cm_caseload_get_day(const CmCaseload *caseload, guint32 site, CmDay date, gint *out_cycle_day);

/* Minutes between two sites; 0 between a site and itself, -1 where the matrix has no such pair. */
gint
cm_caseload_get_travel(const CmCaseload *caseload, guint32 from, guint32 to);

/* The element of an array, by index. */
#define CM_ELEMENT(array, type, index) (&g_array_index((array), type, (index)))

const gchar *
cm_mode_to_string(CmMode mode);
gboolean
cm_mode_from_string(const gchar *text, CmMode *out_mode) G_GNUC_WARN_UNUSED_RESULT;
const gchar *
cm_day_kind_to_string(CmDayKind kind);
const gchar *
cm_resource_to_string(CmResource resource);
