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
			cm_state_remove(trial->state, s);
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
				cm_state_remove(state, s);
	}
	for (guint i = 0; i < trial->saved->len; i++) {
		const CmTrialSpot *saved = &g_array_index(trial->saved, CmTrialSpot, i);

		if (!cm_state_place(state, saved->session, &saved->spot))
			g_return_if_reached();
	}
	for (guint i = 0; i < trial->count; i++)
		cm_state_recount(state, trial->chosen[i]);
}
