// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"
#include "include/cm-faults.h"

/* A caseload while it is being read: what stands in it under which id, references to what has not
 * come yet, and where each thing stood in the document. */

/* How much of each there may be, ten times a whole region; beyond it a document is refused. */
#define CM_CASELOAD_MAX_CALENDARS 2000
#define CM_CASELOAD_MAX_SITES 5000
#define CM_CASELOAD_MAX_ROOMS 20000
#define CM_CASELOAD_MAX_COMPANIONS 20000
#define CM_CASELOAD_MAX_PROFESSIONALS 5000
#define CM_CASELOAD_MAX_STUDENTS 300000
#define CM_CASELOAD_MAX_CONTACTS 600000
#define CM_CASELOAD_MAX_FOLLOWUPS 300000
#define CM_CASELOAD_MAX_SESSIONS 3000000
#define CM_CASELOAD_MAX_BUSY 3000000
#define CM_CASELOAD_MAX_TRAVELS 2000000
#define CM_CASELOAD_MAX_OTHERS 20000000 /* windows, cycle windows, days, references… in all */
#define CM_CASELOAD_MAX_UNRESOLVED 5000000

/* The arrays of a caseload; those up to CM_CASELOAD_KIND_SESSION have ids. */
typedef enum {
	CM_CASELOAD_KIND_CALENDAR,
	CM_CASELOAD_KIND_SITE,
	CM_CASELOAD_KIND_ROOM,
	CM_CASELOAD_KIND_COMPANION,
	CM_CASELOAD_KIND_PROFESSIONAL,
	CM_CASELOAD_KIND_STUDENT,
	CM_CASELOAD_KIND_CONTACT,
	CM_CASELOAD_KIND_FOLLOWUP,
	CM_CASELOAD_KIND_SESSION,
	CM_CASELOAD_KIND_BUSY,
	CM_CASELOAD_KIND_PREVIOUS,
	CM_CASELOAD_KIND_WINDOW,
	CM_CASELOAD_KIND_CALENDAR_DAY,
	CM_CASELOAD_KIND_ABSENCE,
	CM_CASELOAD_KIND_CYCLE_WINDOW,
	CM_CASELOAD_KIND_REFERENCE,
	CM_CASELOAD_KIND_LAST,
} CmCaseloadKind;

/* A member that holds the index of something else. */
typedef struct {
	CmCaseloadKind kind;   /* of what it is a member */
	gsize offset;          /* in that element; a guint32 */
	CmCaseloadKind target; /* what it refers to */
	const gchar *place;    /* its path, "#" for each index */
} CmCaseloadLink;

/* One member of travel_minutes, its sites not resolved. */
typedef struct {
	const gchar *from;
	const gchar *to;
	gint minutes;
	guint32 line;
} CmCaseloadLeg;

typedef struct {
	CmCaseload *caseload;
	CmFaults *faults;
	GHashTable *ids[CM_CASELOAD_KIND_SESSION + 1]; /* interned id → index + 1 */
	GArray *lines[CM_CASELOAD_KIND_LAST];          /* guint32 an element */
	GArray *unresolved;
	GArray *legs; /* CmCaseloadLeg */
} CmCaseloadLoading;

/* Both stay the caller's. */
CmCaseloadLoading *
cm_caseload_loading_new(CmCaseload *caseload, CmFaults *faults);
void
cm_caseload_loading_free(CmCaseloadLoading *loading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCaseloadLoading, cm_caseload_loading_free)

/* The caseload's array of a kind. (transfer none) */
GArray *
cm_caseload_loading_get_array(const CmCaseloadLoading *loading, CmCaseloadKind kind);

/* Append an element. Returns FALSE when there are too many of its kind already. */
gboolean
cm_caseload_loading_append(CmCaseloadLoading *loading,
			   CmCaseloadKind kind,
			   gconstpointer element,
			   guint line) G_GNUC_WARN_UNUSED_RESULT;

/* The id of the element that is appended next; `id` is interned. Returns FALSE when another of its
 * kind has it. */
gboolean
cm_caseload_loading_add_id(CmCaseloadLoading *loading,
			   CmCaseloadKind kind,
			   const gchar *id) G_GNUC_WARN_UNUSED_RESULT;

/* The index under an interned id, or CM_NONE. */
guint32
cm_caseload_loading_find(const CmCaseloadLoading *loading, CmCaseloadKind kind, const gchar *id);

/* The index that a link of the element that is appended next has: what has this interned id, or
 * CM_NONE when it has not come yet; then it is set by cm_caseload_loading_resolve(). `indices` fill
 * the link's place. Returns FALSE when there are too many of these. */
gboolean
cm_caseload_loading_link(CmCaseloadLoading *loading,
			 const CmCaseloadLink *link,
			 const gchar *id,
			 const guint32 indices[3],
			 guint line,
			 guint32 *out_index) G_GNUC_WARN_UNUSED_RESULT;

/* Set every link that had to wait; a fault for each that leads nowhere. */
void
cm_caseload_loading_resolve(CmCaseloadLoading *loading);

/* The line where an element opened. */
guint
cm_caseload_loading_get_line(const CmCaseloadLoading *loading, CmCaseloadKind kind, guint32 index);

/* `place` with each "#" replaced by the next index. Returns: (transfer full) */
gchar *
cm_caseload_loading_make_path(const gchar *place, const guint32 *indices) G_GNUC_WARN_UNUSED_RESULT;
