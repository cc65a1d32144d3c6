// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/authorization.h"

#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

/* who answers for the whole centre: everyone's agenda, the roster, the plan */
#define PLANNING (CM_ROLE_COORDINATOR | CM_ROLE_ADMINISTRATOR)
#define ADMINISTRATION CM_ROLE_ADMINISTRATOR
/* who is shown what is theirs, each their own part: roster-scope.h */
#define CONCERNED (PLANNING | CM_ROLE_PROFESSIONAL | CM_ROLE_REFERENT | CM_ROLE_HELPER)

/* who acts on students: each adaptor asks whether this one is theirs */
#define FOLLOWING (PLANNING | CM_ROLE_PROFESSIONAL)
/* who holds a session, and who helps at its school: session-staff.h says which is theirs */
#define ATTENDING (CM_ROLE_PROFESSIONAL | CM_ROLE_HELPER)
/* who can have keys of the vault */
#define KEEPING (CM_ROLE_PROFESSIONAL | CM_ROLE_CUSTODIAN)
/* who acts on what is theirs, or everyone's: caller.h */
#define ACTING (PLANNING | CM_ROLE_PROFESSIONAL)

#define METHOD(interface, member, roles)                                                           \
	{                                                                                          \
		interface, member, CM_MEMBER_METHOD, roles                                         \
	}
#define PROPERTY(interface, member, roles)                                                         \
	{                                                                                          \
		interface, member, CM_MEMBER_PROPERTY, roles                                       \
	}

/* A job belongs to who started it, whatever their role is now: the jobs' own visibility is in job.c. */
static const CmAuthorizationRow rows[] = {
    PROPERTY("Manager", "Version", CM_ROLES_ANYONE),
    PROPERTY("Manager", "SchemaVersion", CM_ROLES_ANYONE),
    METHOD("Manager", "GetStatus", CM_ROLES_ALL),
    METHOD("Manager", "GetZone", CM_ROLES_ALL),

    METHOD("Accounts", "Whoami", CM_ROLES_ANYONE),
    METHOD("Accounts", "List", ADMINISTRATION),
    METHOD("Accounts", "ListTrainees", ADMINISTRATION),
    METHOD("Accounts", "Set", ADMINISTRATION),
    METHOD("Accounts", "Remove", ADMINISTRATION),
    METHOD("Accounts", "SetLanguage", CM_ROLES_ALL),

    METHOD("Roster", "Import", PLANNING),
    METHOD("Roster", "ImportCalendar", PLANNING),
    METHOD("Roster", "Export", PLANNING),
    METHOD("Roster", "ImportTable", PLANNING),
    METHOD("Roster", "Change", PLANNING | CM_ROLE_PROFESSIONAL),
    METHOD("Roster", "List", CONCERNED),

    METHOD("Policy", "List", CM_ROLES_ALL),
    METHOD("Policy", "Show", CM_ROLES_ALL),
    METHOD("Policy", "Reload", ADMINISTRATION),

    METHOD("Planner", "Plan", PLANNING),
    METHOD("Planner", "ListPlans", PLANNING),
    METHOD("Planner", "Get", PLANNING),
    METHOD("Planner", "Diff", PLANNING),
    METHOD("Planner", "Publish", PLANNING),
    METHOD("Planner", "Discard", PLANNING),
    METHOD("Planner", "Explain", PLANNING),

    METHOD("Agenda", "Get", CONCERNED),

    METHOD("Audit", "List", ADMINISTRATION),
    METHOD("Audit", "Heads", ADMINISTRATION),
    METHOD("Audit", "Verify", ADMINISTRATION),

    METHOD("Directory", "GetOrganisation", CM_ROLES_ALL),
    METHOD("Directory", "List", CM_ROLES_ALL),
    METHOD("Directory", "Add", ADMINISTRATION),
    METHOD("Directory", "BeginEnrolment", KEEPING),
    METHOD("Directory", "Enrol", KEEPING),
    METHOD("Directory", "ListEnrolments", ADMINISTRATION),
    METHOD("Directory", "GetRecovery", KEEPING),

    METHOD("Vault", "GetNoteRules", KEEPING),
    METHOD("Vault", "GetDuties", PLANNING | KEEPING),
    METHOD("Vault", "ListCases", KEEPING),
    METHOD("Vault", "GetRecords", KEEPING),
    METHOD("Vault", "GetRecordsAfter", KEEPING),
    METHOD("Vault", "GetBodies", KEEPING),
    METHOD("Vault", "GetEscrow", KEEPING),
    METHOD("Vault", "Append", KEEPING),
    METHOD("Vault", "PutDraft", KEEPING),
    METHOD("Vault", "GetDrafts", KEEPING),
    METHOD("Vault", "DropDraft", KEEPING),
    METHOD("Vault", "PutAttachment", KEEPING),
    METHOD("Vault", "GetAttachment", KEEPING),
    METHOD("Vault", "DropAttachment", KEEPING),
    METHOD("Vault", "PutMinutes", KEEPING),
    METHOD("Vault", "GetMinutes", KEEPING),
    METHOD("Vault", "DropMinutes", KEEPING),

    METHOD("Custody", "GetDeposit", KEEPING),
    METHOD("Custody", "Add", KEEPING),
    METHOD("Custody", "ListRequests", KEEPING),

    METHOD("Retention", "List", PLANNING | KEEPING),
    METHOD("Retention", "Hold", PLANNING),
    METHOD("Retention", "Release", PLANNING),
    METHOD("Retention", "GetCase", KEEPING),
    METHOD("Retention", "GetAsked", KEEPING),
    METHOD("Retention", "GetDestroyed", KEEPING),
    METHOD("Retention", "Ask", KEEPING),
    METHOD("Retention", "Agree", KEEPING),
    METHOD("Retention", "Withdraw", PLANNING | KEEPING),

    METHOD("Disclosure", "List", PLANNING | KEEPING),
    METHOD("Disclosure", "Record", ACTING),
    METHOD("Disclosure", "Extend", ACTING),
    METHOD("Disclosure", "Close", PLANNING | KEEPING),
    METHOD("Disclosure", "Find", KEEPING),

    METHOD("Desk", "FindSlots", ACTING),
    METHOD("Desk", "Judge", ACTING),

    METHOD("Booking", "Book", ACTING),
    METHOD("Booking", "Hold", ACTING),
    METHOD("Booking", "Confirm", ACTING),
    METHOD("Booking", "BookAppointment", ACTING),
    METHOD("Booking", "BookSeries", ACTING),
    METHOD("Booking", "Move", ACTING),
    METHOD("Booking", "Cancel", ACTING),
    METHOD("Booking", "SetOutcome", ACTING),
    METHOD("Booking", "Get", ACTING),
    METHOD("Booking", "List", ACTING),

    METHOD("Consent", "Guardians", FOLLOWING),
    METHOD("Consent", "SetGuardian", FOLLOWING),
    METHOD("Consent", "RemoveGuardian", FOLLOWING),
    METHOD("Consent", "Record", FOLLOWING),
    METHOD("Consent", "Withdraw", FOLLOWING),
    METHOD("Consent", "Status", FOLLOWING),
    METHOD("Consent", "List", FOLLOWING),
    METHOD("Consent", "Due", FOLLOWING),

    METHOD("Suitability", "Questions", FOLLOWING),
    METHOD("Suitability", "Answer", FOLLOWING),
    METHOD("Suitability", "Status", FOLLOWING),

    METHOD("Followup", "Get", FOLLOWING),
    METHOD("Followup", "Change", FOLLOWING),

    METHOD("Derogation", "Ask", FOLLOWING),
    METHOD("Derogation", "Approve", PLANNING),
    METHOD("Derogation", "Refuse", PLANNING),
    METHOD("Derogation", "Withdraw", FOLLOWING),
    METHOD("Derogation", "List", FOLLOWING),
    METHOD("Absence", "Preview", FOLLOWING),
    METHOD("Absence", "Accept", FOLLOWING),

    METHOD("Waiting", "Add", FOLLOWING),
    METHOD("Waiting", "List", FOLLOWING),
    METHOD("Waiting", "Rank", FOLLOWING),
    METHOD("Waiting", "Offer", FOLLOWING),
    METHOD("Waiting", "Withdraw", FOLLOWING),
    METHOD("Waiting", "Serve", FOLLOWING),

    METHOD("Outbox", "List", ACTING),
    METHOD("Outbox", "Count", PLANNING),
    METHOD("Outbox", "Retry", ACTING),
    METHOD("Outbox", "Drop", ACTING),

    METHOD("TimeRequest", "Ask", FOLLOWING),
    METHOD("TimeRequest", "List", FOLLOWING),
    METHOD("TimeRequest", "Accept", ACTING),
    METHOD("TimeRequest", "Decline", ACTING),
    METHOD("TimeRequest", "Withdraw", ACTING),
    METHOD("Reach", "Get", CM_ROLES_ALL),
    METHOD("Reach", "Set", CM_ROLES_ALL),
    METHOD("Reach", "List", FOLLOWING),
    METHOD("Reach", "GetFeed", CM_ROLES_ALL),
    METHOD("Reach", "RenewLinks", CM_ROLES_ALL),
    METHOD("Reach", "RevokeLinks", CM_ROLES_ALL),

    METHOD("Door", "MakeEntry", ATTENDING),
    METHOD("Door", "MakeCode", PLANNING | ATTENDING),
    METHOD("Door", "List", PLANNING | ATTENDING),
    METHOD("Door", "LetIn", ATTENDING),
    METHOD("Door", "End", CM_ROLE_PROFESSIONAL),
    METHOD("Help", "List", PLANNING | ATTENDING),
    METHOD("Help", "Answer", ATTENDING),
    METHOD("Help", "Close", ATTENDING),
    METHOD("Link", "Show", FOLLOWING),

    METHOD("Inbox", "List", ACTING),
    METHOD("Inbox", "Get", ACTING),
    METHOD("Inbox", "Decide", ACTING),

    METHOD("Busy", "Add", FOLLOWING),
    METHOD("Busy", "List", FOLLOWING),
    METHOD("Busy", "Remove", FOLLOWING),
    METHOD("Busy", "SetTimes", FOLLOWING),
    METHOD("Busy", "SetFailed", FOLLOWING),

    PROPERTY("Job", "Kind", CM_ROLES_ALL),
    PROPERTY("Job", "State", CM_ROLES_ALL),
    PROPERTY("Job", "Progress", CM_ROLES_ALL),
    PROPERTY("Job", "Phase", CM_ROLES_ALL),
    PROPERTY("Job", "Figures", CM_ROLES_ALL),
    PROPERTY("Job", "Result", CM_ROLES_ALL),
    PROPERTY("Job", "ErrorName", CM_ROLES_ALL),
    PROPERTY("Job", "ErrorMessage", CM_ROLES_ALL),
    PROPERTY("Job", "Problems", CM_ROLES_ALL),
    PROPERTY("Job", "ProblemsLeftOut", CM_ROLES_ALL),
    METHOD("Job", "Stop", CM_ROLES_ALL),
    METHOD("Job", "Cancel", CM_ROLES_ALL),
    METHOD("Job", "Release", CM_ROLES_ALL),
};

const CmAuthorizationRow *
cm_authorization_get_rows(gsize *out_count)
{
	*out_count = G_N_ELEMENTS(rows);
	return rows;
}

const CmAuthorizationRow *
cm_authorization_lookup(const gchar *interface, const gchar *member, CmMemberKind kind)
{
	if (g_str_has_prefix(interface, CM_INTERFACE_PREFIX))
		interface += strlen(CM_INTERFACE_PREFIX);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].kind == kind && g_str_equal(rows[i].interface, interface) &&
		    g_str_equal(rows[i].member, member))
			return &rows[i];
	}
	return NULL;
}

gboolean
cm_authorization_check(const gchar *interface,
		       const gchar *member,
		       CmMemberKind kind,
		       guint roles,
		       GError **error)
{
	const CmAuthorizationRow *row = cm_authorization_lookup(interface, member, kind);

	if (row != NULL && (row->roles == CM_ROLES_ANYONE || (row->roles & roles) != 0))
		return TRUE;
	cm_error_set(
	    error, CM_ERROR_ACCESS_DENIED,
	    N_("Your account may not use {0}. Who administers comodal can give it the right."),
	    member, NULL);
	return FALSE;
}
