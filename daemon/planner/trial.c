// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/trial.h"

#include "daemon/planner/day-rules.h"

void
cm_trial_init(CmTrial *trial)
{
	*trial = (CmTrial){.saved = g_array_new(FALSE, FALSE, sizeof(CmTrialSpot))};
}

void
cm_trial_clear(CmTrial *trial)
{
	g_clear_pointer(&trial->saved, g_array_unref);
}

void
cm_trial_start(CmTrial *trial, CmState *state, guint most)
{
	trial->state = state;
	trial->count = 0;
	trial->most = MIN(most, CM_TRIAL_MAX);
	g_array_set_size(trial->saved, 0);
	if (trial->sheet != NULL)
		cm_sheet_start_trial(trial->sheet);
}

gboolean
cm_trial_choose(CmTrial *trial, guint32 followup)
{
	for (guint i = 0; i < trial->count; i++)
		if (trial->chosen[i] == followup)
			return FALSE;
	if (trial->count == trial->most)
		return FALSE;
	trial->chosen[trial->count++] = followup;
	return TRUE;
}

void
cm_trial_shuffle(CmTrial *trial, CmStream *stream)
{
	for (guint i = trial->count; i > 1; i--) {
		guint j = cm_stream_below(stream, i);
		guint32 swap = trial->chosen[i - 1];

		trial->chosen[i - 1] = trial->chosen[j];
		trial->chosen[j] = swap;
	}
}

static void
take_away(CmTrial *trial, guint32 session)
{
	if (trial->sheet != NULL)
		cm_sheet_remove(trial->sheet, session);
	else
		cm_state_remove(trial->state, session);
}

static void
put_back(CmTrial *trial, const CmTrialSpot *saved)
{
	if (trial->sheet != NULL)
		cm_sheet_place(trial->sheet, saved->session, &saved->spot);
	else if (!cm_state_place(trial->state, saved->session, &saved->spot))
		g_return_if_reached();
}

void
cm_trial_take_away(CmTrial *trial)
{
	const CmProblem *problem = trial->state->problem;

	for (guint i = 0; i < trial->count; i++) {
		CmRange tasks = problem->chains[trial->chosen[i]].tasks;

		for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++) {
			CmTrialSpot one = {.session = s, .spot = trial->state->spots[s]};

			if (one.spot.day < 0 || problem->tasks[s].locked)
				continue;
			g_array_append_val(trial->saved, one);
			take_away(trial, s);
		}
	}
}

static guint32
get_professional(const CmProblem *problem, guint32 session)
{
	return problem->chains[cm_problem_kind(problem, problem->tasks[session].kind)->followup]
	    .professional;
}

gboolean
cm_trial_check_days(const CmTrial *trial)
{
	const CmState *state = trial->state;

	for (guint i = 0; i < trial->saved->len; i++) {
		const CmTrialSpot *saved = &g_array_index(trial->saved, CmTrialSpot, i);
		guint32 professional = get_professional(state->problem, saved->session);

		if (!cm_day_rules_check(&state->problem->workers[professional],
					cm_state_load(state, professional, saved->spot.day),
					cm_state_visits(state, professional, saved->spot.day)))
			return FALSE;
	}
	return TRUE;
}

void
cm_trial_undo(CmTrial *trial)
{
	CmState *state = trial->state;
	const CmProblem *problem = state->problem;

	for (guint i = 0; i < trial->count; i++) {
		CmRange tasks = problem->chains[trial->chosen[i]].tasks;

		for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++)
			if (state->spots[s].day >= 0 && !problem->tasks[s].locked)
				take_away(trial, s);
	}
	for (guint i = 0; i < trial->saved->len; i++)
		put_back(trial, &g_array_index(trial->saved, CmTrialSpot, i));
	if (trial->sheet != NULL)
		cm_sheet_end_undone(trial->sheet);
	for (guint i = 0; i < trial->count; i++)
		cm_state_recount(state, trial->chosen[i]);
}
