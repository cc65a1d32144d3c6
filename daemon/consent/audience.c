// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/consent/audience.h"

static gint
compare_members(gconstpointer a, gconstpointer b)
{
	const CmAudienceMember *first = a;
	const CmAudienceMember *second = b;

	if (first->household != second->household)
		return first->household < second->household ? -1 : 1;
	return first->number < second->number ? -1 : first->number > second->number;
}

/* only the student's own word counts here: parents can't let themselves be told */
static gboolean
student_lets_parents_know(const CmConsentStatus *status)
{
	for (guint i = 0; i < status->verdicts->len; i++) {
		const CmConsentVerdict *verdict =
		    &g_array_index(status->verdicts, CmConsentVerdict, i);

		if (verdict->kind == CM_CONSENT_KIND_RELEASE &&
		    verdict->state == CM_CONSENT_STATE_OWN &&
		    g_str_equal(verdict->purpose, CM_CONSENT_PURPOSE_PARENTS))
			return TRUE;
	}
	return FALSE;
}

static gboolean
parents_are_told(const CmConsentStatus *status, const CmPolicy *policy)
{
	const CmRule *rule = cm_policy_lookup_rule(policy, "disclosure.default_requires_consent");

	return !status->alone || rule == NULL || rule->number == 0 || rule->repealed ||
	       student_lets_parents_know(status);
}

GArray *
cm_audience_find(const CmConsentFile *file, const CmPolicy *policy, CmDay date)
{
	GArray *audience = g_array_new(FALSE, FALSE, sizeof(CmAudienceMember));
	g_autoptr(CmConsentStatus) status = cm_consent_status_new(file, policy, date);

	if (status->alone) {
		CmAudienceMember student = {CM_RESOURCE_STUDENT, file->student, 0};

		g_array_append_val(audience, student);
	}
	for (guint i = 0; parents_are_told(status, policy) && i < file->guardianships->len; i++) {
		const CmGuardianship *guardianship =
		    &g_array_index(file->guardianships, CmGuardianship, i);
		CmAudienceMember member = {CM_RESOURCE_CONTACT, guardianship->contact,
					   guardianship->household};

		if (guardianship->authority)
			g_array_append_val(audience, member);
	}
	g_array_sort(audience, compare_members);
	return audience;
}

gboolean
cm_audience_may_see(const CmConsentFile *file, gint64 viewer, const CmConsentStatement *statement)
{
	const CmGuardianship *mine = cm_consent_file_find_guardianship(file, viewer);
	const CmGuardianship *theirs = cm_consent_file_find_guardianship(file, statement->contact);

	if (viewer == statement->contact)
		return TRUE;
	return viewer != CM_CONSENT_STUDENT && statement->contact != CM_CONSENT_STUDENT &&
	       mine != NULL && theirs != NULL && mine->household == theirs->household;
}
