// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"

/* The database's own numbers of a caseload's things, by which programs refer to them over the bus: a number names nobody. The
 * store fills one beside the caseload it loads (store-roster.h); filled, it may be read from several threads. A number is above
 * 0 and never given twice, whatever the kind. */

/* The first are those of CmResource, so that one may be cast to the other. */
typedef enum {
	CM_NUMBER_PROFESSIONAL = CM_RESOURCE_PROFESSIONAL,
	CM_NUMBER_STUDENT = CM_RESOURCE_STUDENT,
	CM_NUMBER_CONTACT = CM_RESOURCE_CONTACT,
	CM_NUMBER_ROOM = CM_RESOURCE_ROOM,
	CM_NUMBER_COMPANION = CM_RESOURCE_COMPANION,
	CM_NUMBER_SITE,
	CM_NUMBER_FOLLOWUP,
	CM_NUMBER_SESSION,
	CM_NUMBER_CALENDAR,
	CM_NUMBER_LAST
} CmNumberKind;

/* How many things of a kind a caseload has, and each one's id, by its index. */
guint
cm_roster_numbers_count_things(const CmCaseload *caseload, CmNumberKind kind);
const gchar *
cm_roster_numbers_get_id(const CmCaseload *caseload, CmNumberKind kind, guint index);

typedef struct _CmRosterNumbers CmRosterNumbers;

CmRosterNumbers *
cm_roster_numbers_new(void);
void
cm_roster_numbers_free(CmRosterNumbers *numbers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRosterNumbers, cm_roster_numbers_free)

/* The number of a kind's next thing, in the order of the caseload's array. */
void
cm_roster_numbers_add(CmRosterNumbers *numbers, CmNumberKind kind, gint64 number);

/* The number of thing `index`; 0 for CM_NONE, and for `numbers` NULL: a caseload of no database has none. */
gint64
cm_roster_numbers_get(const CmRosterNumbers *numbers, CmNumberKind kind, guint32 index);

/* The index of the thing with a number; CM_NONE when this kind has none with it. */
guint32
cm_roster_numbers_find(const CmRosterNumbers *numbers, CmNumberKind kind, gint64 number);
