// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What somebody may see, as comodald says it: a comodal-view/1 document (docs/formats.md), read. Its texts are clean: valid, without controls
 * and without marks that turn the direction of writing around; an empty one is NULL. */

/* More is refused. */
#define CM_VIEW_OCTETS_MAX (1024 * 1024)
#define CM_VIEW_ITEMS_MAX 200
#define CM_VIEW_WAITING_MAX 200
#define CM_VIEW_TEXT_MAX 4000
#define CM_VIEW_SERVERS_MAX 8

typedef enum { CM_VIEW_GUEST, CM_VIEW_INTERPRETER, CM_VIEW_HOST, CM_VIEW_HELPER } CmViewRole;
typedef enum { CM_VIEW_IN_PERSON, CM_VIEW_VIDEO_SCHOOL, CM_VIEW_VIDEO_REMOTE } CmViewMode;
typedef enum { CM_VIEW_PLANNED, CM_VIEW_CANCELLED, CM_VIEW_MOVED } CmViewState;
typedef enum {
	CM_VIEW_NEEDS_ACTION,
	CM_VIEW_ACCEPTED,
	CM_VIEW_DECLINED,
	CM_VIEW_TENTATIVE
} CmViewAnswer;

/* What came of asking for another time. */
typedef enum {
	CM_VIEW_REQUEST_NONE,
	CM_VIEW_REQUEST_WAITING,
	CM_VIEW_REQUEST_ACCEPTED,
	CM_VIEW_REQUEST_DECLINED,
	CM_VIEW_REQUEST_WITHDRAWN
} CmViewRequestState;

typedef enum {
	CM_VIEW_DOOR_NONE, /* the item says nothing of one */
	CM_VIEW_DOOR_IN_PERSON,
	CM_VIEW_DOOR_OTHER_LINK,
	CM_VIEW_DOOR_EARLY,
	CM_VIEW_DOOR_OPEN,
	CM_VIEW_DOOR_LATE,
	CM_VIEW_DOOR_OVER,
	CM_VIEW_DOOR_CANCELLED,
	CM_VIEW_DOOR_MOVED,
	CM_VIEW_DOOR_DOWN
} CmViewDoorState;

typedef enum { CM_VIEW_HOST_ABSENT, CM_VIEW_HOST_PRESENT, CM_VIEW_HOST_BUSY } CmViewHostState;

typedef enum {
	CM_VIEW_VISIT_NONE,
	CM_VIEW_VISIT_WAITING,
	CM_VIEW_VISIT_INSIDE,
	CM_VIEW_VISIT_LEFT,
	CM_VIEW_VISIT_REFUSED
} CmViewVisitState;

typedef enum {
	CM_VIEW_ROOM_NONE,
	CM_VIEW_ROOM_BUILTIN,
	CM_VIEW_ROOM_JITSI,
	CM_VIEW_ROOM_BBB,
	CM_VIEW_ROOM_JANUS,
	CM_VIEW_ROOM_FIXED,
	CM_VIEW_ROOM_PHONE
} CmViewRoomKind;

typedef enum { CM_VIEW_HELP_NONE, CM_VIEW_HELP_WAITING, CM_VIEW_HELP_ANSWERED } CmViewHelpState;

typedef enum {
	CM_VIEW_MAY_RESPOND = 1 << 0,
	CM_VIEW_MAY_ASK_TIME = 1 << 1,
	CM_VIEW_MAY_HELP = 1 << 2
} CmViewMay;

/* What is asked at the door. */
typedef enum {
	CM_VIEW_ASK_PLACE = 1 << 0,
	CM_VIEW_ASK_COMPANION = 1 << 1,
	CM_VIEW_ASK_PHONE = 1 << 2,
	CM_VIEW_ASK_CONSENT = 1 << 3
} CmViewAsk;

/* What to think of before. A code that is not known here is passed over. */
typedef enum {
	CM_VIEW_PREPARE_QUIET_PLACE = 1 << 0,
	CM_VIEW_PREPARE_ADULT_NEAR = 1 << 1,
	CM_VIEW_PREPARE_HEADSET = 1 << 2,
	CM_VIEW_PREPARE_CHARGER = 1 << 3,
	CM_VIEW_PREPARE_DOCUMENTS = 1 << 4
} CmViewPrepare;

/* "I can't get in" */
typedef struct {
	CmViewHelpState state;
	guint64 number;
	gint64 asked;
	gchar *answer; /* or NULL */
	/* what was said with it, for those who help; or NULL */
	gchar *text;
	gchar *browser;
	gchar *camera;
	gchar *microphone;
	gchar *network;
} CmViewHelp;

typedef struct {
	CmViewDoorState state;
	gint64 opens;
	gint64 closes;
	CmViewHostState host;
	guint ask; /* CmViewAsk */
	CmViewVisitState visit;
	guint64 visit_number;
	gint64 visit_since;
	guint ahead; /* how many wait before */
	CmViewRoomKind room;
	guint64 turn;
} CmViewDoor;

typedef struct {
	guint64 subject;
	guint64 version;
	gint64 start;
	gint64 end;
	CmViewMode mode;
	gchar *place; /* or NULL */
	gchar *host_name;
	gchar *host_profession;
	gchar *about; /* a first name, or NULL */
	CmViewState state;
	gint64 moved_from; /* or 0 */
	CmViewAnswer answer;
	CmViewRequestState request;
	gint64 request_start; /* 0: any other time */
	gchar *request_answer;
	guint may; /* CmViewMay */
	CmViewDoor door;
	CmViewHelp help;
	guint prepare; /* CmViewPrepare */
} CmViewItem;

/* Who somebody without a name on record is to the student. */
typedef enum {
	CM_VIEW_RELATION_NONE, /* not known */
	CM_VIEW_GUARDIAN,
	CM_VIEW_TEACHER
} CmViewRelation;

/* Somebody at the door of one of the items. */
typedef struct {
	guint64 visit;
	guint64 subject;
	gchar *name; /* or NULL */
	CmViewRelation relation;
	CmViewRole role;
	CmViewVisitState state;
	gint64 since;
	/* what they answered at the door; or NULL */
	gchar *place;
	gchar *companion;
	gchar *phone;
	gboolean consent;
	CmViewHelp help;
} CmViewWaiting;

typedef struct {
	gatomicrefcount holders;
	gint64 now;
	CmViewRole role;
	gboolean pass; /* they came in by a pass, not a mailed link */
	gchar *language;
	gchar *zone;
	gchar *name;
	gchar *organisation;
	gchar *help_phone;
	gchar *help_hours;
	GStrv servers;    /* "stun:…", "turn:…" that the test of one's device tries; or NULL */
	GPtrArray *items; /* (element-type CmViewItem) by start */
	guint64 more;     /* that do not stand in it */
	GPtrArray *waiting; /* (element-type CmViewWaiting) */
} CmView;

/* Read one. Members that are not known here are passed over; one that is not as it is to be is CM_ERROR_INVALID_INPUT, which names it.
 * Returns: (transfer full) */
CmView *
cm_view_read(const gchar *text, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One holder less; the last one frees it. */
void
cm_view_free(CmView *view);

/* One holder more. Returns: (transfer full) */
CmView *
cm_view_ref(CmView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmView, cm_view_free)

/* The item of a subject, or NULL. (transfer none) */
const CmViewItem *
cm_view_find(const CmView *view, guint64 subject);

/* Whether they let others in. */
gboolean
cm_view_is_host(const CmView *view);
