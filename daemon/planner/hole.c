// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/hole.h"

#include <string.h>

#define USUAL_PART 20 /* one session in so many */
#define ROOM_MODES (CM_MODE_FLAG(CM_MODE_IN_PERSON) | CM_MODE_FLAG(CM_MODE_VIDEO_SCHOOL))
#define HOME CM_MODE_FLAG(CM_MODE_VIDEO_REMOTE)

static void
fill_worked(const CmProblem *problem, guint32 site, guint weekday, guint64 *out_worked)
{
	const CmCaseload *caseload = problem->caseload;
	CmWindow open = CM_ELEMENT(caseload->sites, CmSite, site)->open;
	guint64 bits[CM_DAY_BITS_WORDS_MAX];

	cm_day_bits_zero(out_worked, problem->words);
	for (guint i = 0; i < problem->places[site].chains.count; i++) {
		guint32 followup = cm_problem_site_chain(problem, site, i);
		const CmProfessional *professional =
		    CM_ELEMENT(caseload->professionals, CmProfessional,
			       problem->chains[followup].professional);

		cm_problem_fill_hours(problem, professional->hours.day[weekday], 1, bits);
		cm_day_bits_or(out_worked, bits, problem->words);
	}
	cm_day_bits_zero(bits, problem->words);
	cm_day_bits_set(bits, problem->words, cm_problem_bit_up(problem, open.from),
			cm_problem_bit_down(problem, open.to - 1) + 1);
	cm_day_bits_and(out_worked, bits, problem->words);
}

/* Whether a session may need a room: one without the student can always be held by video, where its act allows that. */
static gboolean
needs_room(const CmKind *kind)
{
	return (kind->modes & ROOM_MODES) != 0 && (kind->present || (kind->modes & HOME) == 0);
}

/* How many sessions that may need a room take so many cells. */
static void
count_sessions(const CmProblem *problem, guint32 site, guint *out_sessions)
{
	for (guint i = 0; i < problem->places[site].chains.count; i++) {
		CmRange tasks = problem->chains[cm_problem_site_chain(problem, site, i)].tasks;

		for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++) {
			const CmKind *kind = cm_problem_kind(problem, problem->tasks[s].kind);

			if (needs_room(kind) && kind->cells <= problem->bits)
				out_sessions[kind->cells]++;
		}
	}
}

void
cm_hole_fill_waste(const guint *sessions, gint most, guint16 *out_waste)
{
	g_autoptr(GArray) usual = g_array_new(FALSE, FALSE, sizeof(gint));
	guint all = 0;

	for (gint cells = 1; cells <= most; cells++)
		all += sessions[cells];
	for (gint cells = 1; cells <= most; cells++)
		if (sessions[cells] > 0 && sessions[cells] * USUAL_PART >= all)
			g_array_append_val(usual, cells);
	out_waste[0] = 0;
	for (gint row = 1; row <= most; row++) {
		out_waste[row] = out_waste[row - 1] + 1;
		for (guint i = 0; i < usual->len && g_array_index(usual, gint, i) <= row; i++)
			out_waste[row] =
			    MIN(out_waste[row], out_waste[row - g_array_index(usual, gint, i)]);
	}
}

void
cm_hole_compile(CmProblem *problem)
{
	g_autofree guint *sessions = g_new(guint, problem->bits + 1);

	for (guint32 site = 0; site < problem->caseload->sites->len; site++) {
		CmPlace *place = &problem->places[site];

		place->worked = cm_problem_allocate(problem, CM_DAYS_PER_WEEK * problem->words,
						    sizeof(guint64));
		for (guint day = 0; day < CM_DAYS_PER_WEEK; day++)
			fill_worked(problem, site, day, place->worked + day * problem->words);
		memset(sessions, 0, ((gsize)problem->bits + 1) * sizeof(guint));
		count_sessions(problem, site, sessions);
		place->waste =
		    cm_problem_allocate(problem, (gsize)problem->bits + 1, sizeof(guint16));
		cm_hole_fill_waste(sessions, problem->bits, place->waste);
	}
}

guint
cm_hole_count(const CmProblem *problem, guint32 site, const guint64 *shut, gint bit, gint cells)
{
	const guint16 *waste = problem->places[site].waste;
	gint before = bit - 1 - cm_day_bits_last_below(shut, bit);
	gint after = cm_day_bits_first_from(shut, problem->words, bit + cells) - (bit + cells);

	return (guint)waste[before] + waste[after];
}
