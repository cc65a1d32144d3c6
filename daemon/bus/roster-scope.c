// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/roster-scope.h"

struct _CmRosterScope {
	const CmCaseload *caseload;
	gboolean everything;
	guint32 professional;
	guint8 *watched; /* of each site, or NULL */
	guint8 *seen[CM_NUMBER_LAST];
};

static guint
count_things(const CmCaseload *caseload, CmNumberKind kind)
{
	switch (kind) {
	case CM_NUMBER_PROFESSIONAL:
		return caseload->professionals->len;
	case CM_NUMBER_STUDENT:
		return caseload->students->len;
	case CM_NUMBER_CONTACT:
		return caseload->contacts->len;
	case CM_NUMBER_ROOM:
		return caseload->rooms->len;
	case CM_NUMBER_COMPANION:
		return caseload->companions->len;
	case CM_NUMBER_SITE:
		return caseload->sites->len;
	case CM_NUMBER_FOLLOWUP:
		return caseload->followups->len;
	case CM_NUMBER_SESSION:
		return caseload->sessions->len;
	case CM_NUMBER_CALENDAR:
		return caseload->calendars->len;
	case CM_NUMBER_LAST:
	default:
		return 0;
	}
}

/* whoever serves a site that is watched, before the sites that they go to are seen too */
static void
see_visitors(CmRosterScope *scope)
{
	const CmCaseload *caseload = scope->caseload;

	for (guint i = 0; scope->watched != NULL && i < caseload->professionals->len; i++) {
		const CmRange *sites =
		    &CM_ELEMENT(caseload->professionals, CmProfessional, i)->sites;

		for (guint j = 0; j < sites->count; j++) {
			guint32 site = *CM_ELEMENT(caseload->references, guint32, sites->first + j);

			if (scope->watched[site] != 0)
				scope->seen[CM_NUMBER_PROFESSIONAL][i] = 1;
		}
	}
}

static void
see_followup(CmRosterScope *scope, guint32 index)
{
	const CmCaseload *caseload = scope->caseload;
	const CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, index);
	const CmStudent *student = CM_ELEMENT(caseload->students, CmStudent, followup->student);

	scope->seen[CM_NUMBER_FOLLOWUP][index] = 1;
	scope->seen[CM_NUMBER_STUDENT][followup->student] = 1;
	scope->seen[CM_NUMBER_SITE][student->site] = 1;
	for (guint i = 0; i < followup->sessions.count; i++) {
		guint32 session = followup->sessions.first + i;
		const CmRange *participants =
		    &CM_ELEMENT(caseload->sessions, CmSession, session)->participants;

		scope->seen[CM_NUMBER_SESSION][session] = 1;
		for (guint j = 0; j < participants->count; j++)
			scope->seen[CM_NUMBER_CONTACT][*CM_ELEMENT(caseload->references, guint32,
								   participants->first + j)] = 1;
	}
}

static void
see_own(CmRosterScope *scope)
{
	const CmCaseload *caseload = scope->caseload;
	const CmProfessional *own = NULL;

	if (scope->professional == CM_NONE)
		return;
	own = CM_ELEMENT(caseload->professionals, CmProfessional, scope->professional);
	scope->seen[CM_NUMBER_PROFESSIONAL][scope->professional] = 1;
	scope->seen[CM_NUMBER_SITE][own->base] = 1;
	for (guint i = 0; i < own->sites.count; i++)
		scope->seen[CM_NUMBER_SITE]
			   [*CM_ELEMENT(caseload->references, guint32, own->sites.first + i)] = 1;
	for (guint i = 0; i < caseload->followups->len; i++) {
		if (CM_ELEMENT(caseload->followups, CmFollowup, i)->professional ==
		    scope->professional)
			see_followup(scope, i);
	}
}

/* what stands at the sites that are seen */
static void
see_places(CmRosterScope *scope)
{
	const CmCaseload *caseload = scope->caseload;
	const guint8 *sites = scope->seen[CM_NUMBER_SITE];

	for (guint i = 0; i < caseload->sites->len; i++) {
		if (sites[i] != 0)
			scope->seen[CM_NUMBER_CALENDAR]
				   [CM_ELEMENT(caseload->sites, CmSite, i)->calendar] = 1;
	}
	for (guint i = 0; i < caseload->rooms->len; i++)
		scope->seen[CM_NUMBER_ROOM][i] =
		    sites[CM_ELEMENT(caseload->rooms, CmRoom, i)->site];
	for (guint i = 0; i < caseload->companions->len; i++)
		scope->seen[CM_NUMBER_COMPANION][i] =
		    sites[CM_ELEMENT(caseload->companions, CmCompanion, i)->site];
}

static void
watch_sites(CmRosterScope *scope, const CmRosterNumbers *numbers, const CmCaller *caller)
{
	if ((caller->roles & (CM_ROLE_REFERENT | CM_ROLE_HELPER)) == 0)
		return;
	for (guint i = 0; i < caller->site_count; i++) {
		guint32 site = cm_roster_numbers_find(numbers, CM_NUMBER_SITE, caller->sites[i]);

		if (site == CM_NONE)
			continue;
		if (scope->watched == NULL)
			scope->watched = g_new0(guint8, scope->caseload->sites->len);
		scope->watched[site] = 1;
		scope->seen[CM_NUMBER_SITE][site] = 1;
	}
}

CmRosterScope *
cm_roster_scope_new(const CmCaseload *caseload,
		    const CmRosterNumbers *numbers,
		    const CmCaller *caller)
{
	CmRosterScope *scope = g_new0(CmRosterScope, 1);

	scope->caseload = caseload;
	scope->professional = CM_NONE;
	if ((caller->roles & CM_ROLE_PROFESSIONAL) != 0 && caller->professional > 0)
		scope->professional =
		    cm_roster_numbers_find(numbers, CM_NUMBER_PROFESSIONAL, caller->professional);
	scope->everything = cm_caller_is_everywhere(caller);
	if (scope->everything)
		return scope;
	for (guint kind = 0; kind < CM_NUMBER_LAST; kind++)
		scope->seen[kind] = g_new0(guint8, count_things(caseload, (CmNumberKind)kind) + 1);
	watch_sites(scope, numbers, caller);
	see_visitors(scope);
	see_own(scope);
	see_places(scope);
	return scope;
}

void
cm_roster_scope_add_contacts(CmRosterScope *scope,
			     const CmRosterNumbers *numbers,
			     const GArray *contacts)
{
	for (guint i = 0; !scope->everything && i < contacts->len; i++) {
		guint32 contact = cm_roster_numbers_find(numbers, CM_NUMBER_CONTACT,
							 g_array_index(contacts, gint64, i));

		if (contact != CM_NONE)
			scope->seen[CM_NUMBER_CONTACT][contact] = 1;
	}
}

void
cm_roster_scope_free(CmRosterScope *scope)
{
	if (scope == NULL)
		return;
	for (guint kind = 0; kind < CM_NUMBER_LAST; kind++)
		g_free(scope->seen[kind]);
	g_free(scope->watched);
	g_free(scope);
}

gboolean
cm_roster_scope_has(const CmRosterScope *scope, CmNumberKind kind, guint32 index)
{
	return scope->everything || scope->seen[kind][index] != 0;
}

guint32
cm_roster_scope_get_professional(const CmRosterScope *scope)
{
	return scope->professional;
}

const guint8 *
cm_roster_scope_get_watched_sites(const CmRosterScope *scope)
{
	return scope->watched;
}
