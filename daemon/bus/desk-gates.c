// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/desk-gates.h"

#include "daemon/booking/desk-consents.h"
#include "daemon/store/store-consent.h"
#include "daemon/store/store-derogation.h"
#include "daemon/store/store-followup.h"
#include "daemon/store/store-suitability.h"

struct _CmDeskGatesSource {
	CmDeskConsents consents;
	CmStore *store;
	const CmRosterSnapshot *roster;
	GHashTable *files;       /* student -> CmConsentFile */
	GHashTable *answers;     /* follow-up -> Answers */
	GHashTable *derogations; /* follow-up -> Exceptions */
	GHashTable *states;      /* follow-up -> CmFollowupState */
};

/* `rows` own what `answer` points to */
typedef struct {
	CmStoreSuitability *row; /* or NULL */
	CmSuitabilityAnswer answer;
} Answers;

typedef struct {
	GPtrArray *rows; /* CmStoreDerogation, or NULL */
	GArray *derogations;
} Exceptions;

static void
answers_free(gpointer data)
{
	Answers *answers = data;

	g_clear_pointer(&answers->row, cm_store_suitability_free);
	g_free(answers);
}

static void
exceptions_free(gpointer data)
{
	Exceptions *exceptions = data;

	g_clear_pointer(&exceptions->rows, g_ptr_array_unref);
	g_array_unref(exceptions->derogations);
	g_free(exceptions);
}

static gint64
get_number(const CmDeskGatesSource *source, CmNumberKind kind, guint32 index)
{
	return cm_roster_numbers_get(source->roster->numbers, kind, index);
}

static const CmConsentFile *
get_file(gpointer data, guint32 student)
{
	CmDeskGatesSource *source = data;
	CmConsentFile *file = g_hash_table_lookup(source->files, GUINT_TO_POINTER(student));

	if (file != NULL)
		return file;
	file = cm_store_consent_load(source->store, get_number(source, CM_NUMBER_STUDENT, student),
				     NULL);
	if (file != NULL)
		g_hash_table_insert(source->files, GUINT_TO_POINTER(student), file);
	return file;
}

static const CmSuitabilityAnswer *
get_answer(gpointer data, guint32 followup)
{
	CmDeskGatesSource *source = data;
	Answers *answers = g_hash_table_lookup(source->answers, GUINT_TO_POINTER(followup));

	if (answers == NULL) {
		answers = g_new0(Answers, 1);
		if (cm_store_suitability_get(source->store,
					     get_number(source, CM_NUMBER_FOLLOWUP, followup),
					     &answers->row, NULL) &&
		    answers->row != NULL)
			answers->answer = cm_store_suitability_to_answer(answers->row);
		g_hash_table_insert(source->answers, GUINT_TO_POINTER(followup), answers);
	}
	return answers->row != NULL ? &answers->answer : NULL;
}

static const CmDerogation *
get_derogations(gpointer data, guint32 followup, guint *out_count)
{
	CmDeskGatesSource *source = data;
	Exceptions *exceptions =
	    g_hash_table_lookup(source->derogations, GUINT_TO_POINTER(followup));

	if (exceptions == NULL) {
		CmStoreDerogationFilter filter = {
		    .followup = get_number(source, CM_NUMBER_FOLLOWUP, followup)};

		exceptions = g_new0(Exceptions, 1);
		exceptions->derogations = g_array_new(FALSE, FALSE, sizeof(CmDerogation));
		exceptions->rows = cm_store_derogation_list(source->store, &filter, NULL);
		for (guint i = 0; exceptions->rows != NULL && i < exceptions->rows->len; i++) {
			const CmStoreDerogation *row = g_ptr_array_index(exceptions->rows, i);

			g_array_append_val(exceptions->derogations, row->derogation);
		}
		g_hash_table_insert(source->derogations, GUINT_TO_POINTER(followup), exceptions);
	}
	*out_count = exceptions->derogations->len;
	return (const CmDerogation *)(gconstpointer)exceptions->derogations->data;
}

/* what can't be read is left to who books */
static CmFollowupState
get_state(gpointer data, guint32 followup)
{
	CmDeskGatesSource *source = data;
	CmFollowupState state = CM_FOLLOWUP_ACTIVE;
	gpointer kept = NULL;

	if (g_hash_table_lookup_extended(source->states, GUINT_TO_POINTER(followup), NULL, &kept))
		return (CmFollowupState)GPOINTER_TO_UINT(kept);
	if (!cm_store_followup_get_state(
		source->store, get_number(source, CM_NUMBER_FOLLOWUP, followup), &state, NULL))
		return CM_FOLLOWUP_ACTIVE;
	g_hash_table_insert(source->states, GUINT_TO_POINTER(followup), GUINT_TO_POINTER(state));
	return state;
}

static gint64
get_session_number(gpointer data, guint32 session)
{
	return get_number(data, CM_NUMBER_SESSION, session);
}

static gint64
get_followup_number(gpointer data, guint32 followup)
{
	return get_number(data, CM_NUMBER_FOLLOWUP, followup);
}

CmDeskGatesSource *
cm_desk_gates_new(void)
{
	CmDeskGatesSource *source = g_new0(CmDeskGatesSource, 1);

	source->consents = (CmDeskConsents){.get_file = get_file,
					    .get_answer = get_answer,
					    .get_derogations = get_derogations,
					    .get_state = get_state,
					    .get_session_number = get_session_number,
					    .get_followup_number = get_followup_number,
					    .data = source};
	source->files =
	    g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)cm_consent_file_free);
	source->answers = g_hash_table_new_full(NULL, NULL, NULL, answers_free);
	source->derogations = g_hash_table_new_full(NULL, NULL, NULL, exceptions_free);
	source->states = g_hash_table_new(NULL, NULL);
	return source;
}

void
cm_desk_gates_free(CmDeskGatesSource *source)
{
	if (source == NULL)
		return;
	g_hash_table_unref(source->files);
	g_hash_table_unref(source->answers);
	g_hash_table_unref(source->derogations);
	g_hash_table_unref(source->states);
	g_free(source);
}

void
cm_desk_gates_begin(CmDeskGatesSource *source,
		    CmStore *store,
		    const CmRosterSnapshot *roster,
		    CmDesk *desk)
{
	CmDeskGates gates = cm_desk_consents_get_gates(&source->consents);

	source->store = store;
	source->roster = roster;
	g_hash_table_remove_all(source->files);
	g_hash_table_remove_all(source->answers);
	g_hash_table_remove_all(source->derogations);
	g_hash_table_remove_all(source->states);
	cm_desk_set_gates(desk, &gates);
}
