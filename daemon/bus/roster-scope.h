// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/caller.h"
#include "daemon/roster/roster-numbers.h"

/* What of the roster a caller may see.
 *
 * Coordinators and administrators: all. A professional: themselves, their schools with the rooms, companions and calendars there,
 * their follow-ups, whom these are of and who takes part in them (Roster.List adds those who stand for
 * these students, and colleagues by name). A referent or a helper: their schools with the same, and the
 * professionals who go there. Others: nothing. Who is several things sees what each of them may. */

typedef struct _CmRosterScope CmRosterScope;

/* All three must outlive it. */
CmRosterScope *
cm_roster_scope_new(const CmCaseload *caseload,
		    const CmRosterNumbers *numbers,
		    const CmCaller *caller);
void
cm_roster_scope_free(CmRosterScope *scope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRosterScope, cm_roster_scope_free)

/* Contacts by their numbers (gint64) besides: the roster doesn't say who stands for whom. */
void
cm_roster_scope_add_contacts(CmRosterScope *scope,
			     const CmRosterNumbers *numbers,
			     const GArray *contacts);

/* Whether thing `index` of a kind is in it. */
gboolean
cm_roster_scope_has(const CmRosterScope *scope, CmNumberKind kind, guint32 index);

/* The professional that the caller is, or CM_NONE. */
guint32
cm_roster_scope_get_professional(const CmRosterScope *scope);

/* Of each site, whether the caller is referent or helper there; NULL where they are so nowhere. (transfer none) */
const guint8 *
cm_roster_scope_get_watched_sites(const CmRosterScope *scope);
