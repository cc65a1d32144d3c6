// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/consent-modes.h"

#include "daemon/bus/consent-documents.h"
#include "daemon/consent/consent-status.h"
#include "daemon/store/store-consent.h"
#include "daemon/store/store-derogation.h"
#include "daemon/store/store-followup.h"

typedef struct {
	const CmPolicySet *policies;
	const CmRosterNumbers *numbers;
	const CmCaseload *caseload;
	GHashTable *files;      /* number → CmConsentFile */
	GPtrArray *derogations; /* CmStoreDerogation */
	GHashTable *inactive;   /* numbers of follow-ups that are not active */
	CmDay today;
} Restriction;

static gboolean
is_opened(const Restriction *restriction,
	  const CmDerogationCase *session,
	  const CmConsentObjection *objection)
{
	CmDerogationCase which = *session;

	which.rule = objection->rule != NULL ? objection->rule->id : "";
	for (guint i = 0; i < restriction->derogations->len; i++) {
		const CmStoreDerogation *row = restriction->derogations->pdata[i];

		if (cm_derogation_match(&row->derogation, 1, &which) != NULL)
			return TRUE;
	}
	return FALSE;
}

/* what is left of the modes of session `index` */
static guint8
find_modes(const Restriction *restriction, guint32 index)
{
	const CmCaseload *caseload = restriction->caseload;
	const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, index);
	const CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, session->followup);
	const CmProfessional *professional =
	    CM_ELEMENT(caseload->professionals, CmProfessional, followup->professional);
	const CmPolicy *policy =
	    cm_policy_set_lookup(restriction->policies, professional->profession);
	const CmActRules *act = policy != NULL ? cm_policy_get_act(policy, session->act) : NULL;
	gint64 student =
	    cm_roster_numbers_get(restriction->numbers, CM_NUMBER_STUDENT, followup->student);
	const CmConsentFile *file = g_hash_table_lookup(restriction->files, &student);
	CmDerogationCase which = {
	    .profession = professional->profession,
	    .followup =
		cm_roster_numbers_get(restriction->numbers, CM_NUMBER_FOLLOWUP, session->followup),
	    .session = cm_roster_numbers_get(restriction->numbers, CM_NUMBER_SESSION, index),
	    .date = MAX(session->target_date, restriction->today),
	    .value = CM_DEROGATION_NO_VALUE};
	g_autoptr(CmConsentStatus) status = NULL;
	guint8 modes = session->modes;

	if (g_hash_table_contains(restriction->inactive, &which.followup))
		return 0;
	if (file == NULL || policy == NULL || (act != NULL && !act->student_present))
		return modes;
	status = cm_consent_status_new(file, policy, which.date);
	for (guint i = 0; i < status->objections->len; i++) {
		const CmConsentObjection *objection =
		    &g_array_index(status->objections, CmConsentObjection, i);

		if (objection->effect == CM_EFFECT_BLOCK &&
		    !is_opened(restriction, &which, objection))
			modes &= (guint8)~objection->modes;
	}
	return modes;
}

gboolean
cm_consent_modes_apply(CmStore *store,
		       const CmPolicySet *policies,
		       const CmRosterNumbers *numbers,
		       CmCaseload *caseload,
		       const guint8 *over,
		       GError **error)
{
	CmStoreDerogationFilter filter = {.only_open = TRUE};
	g_autoptr(GHashTable) files = NULL;
	g_autoptr(GPtrArray) derogations = NULL;
	g_autoptr(GHashTable) inactive = NULL;
	Restriction restriction = {policies, numbers, caseload, NULL, NULL, NULL, 0};

	if (!cm_consent_documents_find_today(store, &restriction.today, error))
		return FALSE;
	filter.today = restriction.today;
	files = cm_store_consent_load_all(store, error);
	if (files == NULL)
		return FALSE;
	derogations = cm_store_derogation_list(store, &filter, error);
	if (derogations == NULL)
		return FALSE;
	inactive = cm_store_followup_find_inactive(store, error);
	if (inactive == NULL)
		return FALSE;
	restriction.inactive = inactive;
	restriction.files = files;
	restriction.derogations = derogations;
	for (guint32 i = 0; i < caseload->sessions->len; i++) {
		if (over[i] == 0)
			CM_ELEMENT(caseload->sessions, CmSession, i)->modes =
			    find_modes(&restriction, i);
	}
	return TRUE;
}
