// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/solver.h"

#include "daemon/planner/construct.h"
#include "daemon/planner/crew.h"
#include "daemon/planner/crowd.h"
#include "daemon/planner/improve.h"
#include "daemon/planner/locked.h"
#include "daemon/planner/problem-data.h"
#include "daemon/planner/reason.h"
#include "daemon/planner/repair.h"
#include "daemon/planner/room-price.h"
#include "daemon/planner/squeeze.h"

#include <time.h>

#define THREADS_MAX 64
#define REPLICAS 2            /* plans that are searched side by side */
#define REPLICA_SESSIONS 2000 /* larger problems have one: the threads share it */
#define MOVES_MIN 100         /* of one professional in a round */
#define SYNC_ROUNDS 40        /* then the worse replicas take over the best */
#define TEMPERATURE 60        /* points, at the start */
#define TEMPERATURE_FULL 100  /* the same where sessions compete for a place at all */
#define TEMPERATURE_AGAIN                                                                          \
	4 /* the same after an earlier plan, of the first replica: what stands is good already */
#define FULL_SHARE 100    /* one session in so many */
#define REPAIR_ATTEMPTS 8 /* a round, for each follow-up that misses sessions */
#define REPAIR_MOST 300   /* a round, of one site */
#define REPAIR_RHYTHMS 6
#define REPAIR_LOAD 2   /* so many attempts take as long as a large move with its small ones */
#define SQUEEZE_LOAD 80 /* so many moves of single sessions */
#define WIDE_REPAIRS 3  /* a round, of one site, at most, in a large problem; otherwise one */
#define WIDE_TEMPERATURE                                                                           \
	300 /* points, at the start, of these; after an earlier plan AGAIN_TEMPERATURE */
#define SQUEEZE_MOVES 100    /* before each repair, for each follow-up that misses sessions */
#define SQUEEZE_MOST 16000   /* of one site */
#define FILL_PASSES 40       /* after the construction */
#define FILL_ATTEMPTS 8      /* a pass, for each follow-up that misses sessions */
#define FILL_TEMPERATURE 200 /* points */
#define FILL_CLEARING 2      /* attempts of 8 that clear the way */
#define FILL_GAIN 1000       /* a pass that spares less than one point in so many is the last */
#define FULL_GAIN 50         /* the same where rooms are far too few, */
#define FULL_LAST 6          /* unless no more time is left than so many passes take */
#define FULL_PART 10         /* so they are where one session in so many has no place at first */
#define MISSING_MOVES 8 /* a pass, of a professional, for each follow-up that misses sessions */
#define MISSING_TEMPERATURE 60
#define AGAIN_TEMPERATURE 30 /* the same after an earlier plan */
#define AGAIN_CLEARING 3
#define AGAIN_PASSES 2 /* the same, in a large problem */
#define AGAIN_GAIN 1500
#define FILL_SHARE 0.6         /* of the time, at most */
#define REASON_POWER_LEAST 0.5 /* processors */
#define REASON_SAMPLE 24       /* reasons that are timed, to know what all will take */
#define REASON_SLACK 1.2       /* some take longer */
#define WATCH_MICROSECONDS (200 * G_TIME_SPAN_MILLISECOND)
#define PRIORITY_MAX 3

/* The first plan is made at falling prices of rooms, per cent of what room-price.h says. */
static const gint price_steps[] = {160, 130, 100, 75, 50};

/* What a minute in a room of a site is worth, by mode: points times 16. */
typedef struct {
	gint points[CM_MODE_LAST];
} Minutes;

typedef struct {
	const CmProblem *problem;
	const CmSolverOptions *options;
	gint64 start;
	gint64 start_time; /* of the processors, then */
	gint64 end;        /* by then all is to be done, 0: at any time */
	gint64 deadline;   /* of the search: reasons come after it; 0: none */
	guint replicas;
	guint threads;
	CmState *states[REPLICAS];
	CmState *best;
	gint64 best_points;
	CmChainTable *tables[THREADS_MAX];
	CmImprover *improvers[THREADS_MAX];
	CmRepairer *repairers[THREADS_MAX];
	CmSqueezer *squeezers[THREADS_MAX];
	guint32 *professionals; /* in their order */
	GArray *jobs;           /* guint32: of a crew, in their order */
	guint *loads;        /* [index of the crew]: about as many large moves as the job takes */
	CmCrowdCost *rooms;  /* [site] */
	CmCrowdCost *prices; /* [site]: the same, while the first plan is made */
	CmPlan *plan;        /* being given its reasons */
	guint64 passes;      /* of the filling */
	guint64 *repairs;    /* [replica][site]: those begun */
	CmRepairSlice slice; /* of these, but for the stream */
	CmCrew *crew;
	guint64 round;
	gint priority; /* being constructed */
	gboolean same_room;
	gint hottest[REPLICAS];
	gdouble heat; /* what is left of it, 0 to 1 */
	CmSolverProgress progress;
	gint64 watched;
} Run;

static gboolean
is_stopped(const Run *run)
{
	return run->options->stop != NULL && g_atomic_int_get(run->options->stop) != 0;
}

static gboolean
is_again(const Run *run)
{
	return run->problem->caseload->previous->len > 0;
}

static gboolean
is_late(const Run *run)
{
	return run->deadline != 0 && g_get_monotonic_time() >= run->deadline;
}

/* A large problem that is planned from nothing: what it leaves out belongs to the sites whose rooms are short. */
static gboolean
is_wide(const Run *run)
{
	return run->replicas == 1 && !is_again(run);
}

static gint
get_temperature(const Run *run, guint replica)
{
	return (gint)(16 * run->hottest[replica] * run->heat);
}

/* Of the repairs of a round. */
static gint
get_repair_temperature(const Run *run, guint replica)
{
	gint hottest = is_again(run) ? AGAIN_TEMPERATURE : WIDE_TEMPERATURE;

	return run->replicas == 1 ? (gint)(16 * hottest * run->heat)
				  : get_temperature(run, replica);
}

/* What part of the time or the effort is spent. */
static gdouble
get_share(const Run *run)
{
	gdouble share = 0;

	if (run->deadline != 0)
		share = (gdouble)(g_get_monotonic_time() - run->start) /
			(gdouble)MAX(run->deadline - run->start, 1);
	if (run->options->effort != 0)
		share = MAX(share, (gdouble)run->round / (gdouble)run->options->effort);
	return CLAMP(share, 0.0, 1.0);
}

static void
watch(gpointer user_data)
{
	Run *run = user_data;

	if (run->options->watch == NULL)
		return;
	run->progress.share = get_share(run);
	run->progress.effort = run->round;
	run->watched = g_get_monotonic_time();
	run->options->watch(&run->progress, run->options->watch_data);
}

/* Keep the best of the replicas; between rounds only. */
static void
keep_best(Run *run)
{
	gint64 before = run->best_points;

	for (guint i = 0; i < run->replicas; i++) {
		gint64 points = cm_state_get_points(run->states[i]);

		if (points >= run->best_points)
			continue;
		run->best_points = points;
		cm_state_copy(run->best, run->states[i]);
	}
	if (run->options->watch == NULL)
		return;
	/* who watches asks at any time, also in the middle of a round */
	if (run->best_points < before)
		run->progress.cost = cm_state_get_cost(run->best, &run->progress.unscheduled);
	if (g_get_monotonic_time() - run->watched >= WATCH_MICROSECONDS)
		watch(run);
}

static void
construct(guint replica, guint32 professional, guint thread, gpointer user_data)
{
	Run *run = user_data;

	cm_construct_priority(run->tables[thread], run->states[replica], professional,
			      run->priority, run->prices, run->options->stop);
}

static void
restore(guint replica, guint32 professional, guint thread, gpointer user_data)
{
	Run *run = user_data;

	cm_construct_restore(run->states[replica], professional, run->same_room,
			     run->options->stop);
}

static void
improve(Run *run, guint replica, guint32 professional, guint thread)
{
	guint chains = run->problem->workers[professional].chains.count;
	guint64 unit = (guint64)replica << 32 | professional;
	CmImproveSlice slice = {.moves = MAX(chains, MOVES_MIN),
				.temperature = get_temperature(run, replica),
				.stream = cm_stream_make(run->options->seed, unit, run->round),
				.stop = run->options->stop,
				.deadline = run->deadline};

	cm_improver_run(run->improvers[thread], run->states[replica], professional, &slice);
}

/* Make place among the professional's own sessions for those that are left out. */
static void
improve_missing(guint replica, guint32 professional, guint thread, gpointer user_data)
{
	Run *run = user_data;
	guint64 unit = (guint64)(2 * REPLICAS + replica) << 32 | professional;
	CmImproveSlice slice = {.moves = MISSING_MOVES,
				.missing = TRUE,
				.temperature = 16 * MISSING_TEMPERATURE,
				.stream = cm_stream_make(run->options->seed, unit, run->passes),
				.stop = run->options->stop,
				.deadline = run->deadline};

	cm_improver_run(run->improvers[thread], run->states[replica], professional, &slice);
}

static void
shuffle(guint32 *order, guint count, CmStream *stream)
{
	for (guint i = count; i > 1; i--) {
		guint j = cm_stream_below(stream, i);
		guint32 swap = order[i - 1];

		order[i - 1] = order[j];
		order[j] = swap;
	}
}

/* Without room for everyone a move must be able to swap one session for another, which costs more on the way. */
static void
set_temperature(Run *run)
{
	guint32 unscheduled = 0;

	run->progress.cost = cm_state_get_cost(run->best, &unscheduled);
	run->progress.unscheduled = unscheduled;
	for (guint i = 0; i < run->replicas; i++)
		run->hottest[i] = unscheduled * FULL_SHARE > run->problem->caseload->sessions->len
				      ? TEMPERATURE_FULL
				      : TEMPERATURE;
	if (is_again(run))
		run->hottest[0] = TEMPERATURE_AGAIN;
}

static void
tidy(guint replica, guint32 professional, guint thread, gpointer user_data)
{
	Run *run = user_data;

	cm_construct_tidy(run->states[replica], professional);
}

static guint64 *
get_repairs(const Run *run, guint replica, guint32 site)
{
	return &run->repairs[replica * run->problem->caseload->sites->len + site];
}

/* The small moves of a site. In small problems, and where an earlier plan is made again, too little is left out for them. */
static void
squeeze_site(Run *run, guint replica, guint32 site, guint thread, const CmRepairSlice *repair)
{
	guint64 unit = (guint64)(3 * REPLICAS + replica) << 32 | site;
	CmSqueezeSlice slice = {
	    .moves = SQUEEZE_MOVES,
	    .most = SQUEEZE_MOST,
	    .temperature = repair->temperature,
	    .stream = cm_stream_make(run->options->seed, unit, *get_repairs(run, replica, site)),
	    .stop = run->options->stop,
	    .deadline = run->deadline};

	if (is_wide(run))
		cm_squeezer_run(run->squeezers[thread], run->states[replica], site, &slice);
}

static void
repair_site(Run *run, guint replica, guint32 site, guint thread)
{
	guint64 unit = (guint64)(REPLICAS + replica) << 32 | site;
	CmRepairSlice slice = run->slice;

	if (slice.temperature < 0)
		slice.temperature = get_repair_temperature(run, replica);
	if (!is_again(run))
		slice.rooms = run->rooms[site];
	slice.stream = cm_stream_make(run->options->seed, unit, *get_repairs(run, replica, site));
	squeeze_site(run, replica, site, thread, &slice);
	cm_repairer_run(run->repairers[thread], run->states[replica], site, &slice);
	(*get_repairs(run, replica, site))++;
}

/* A job of a round. */
static void
search(guint replica, guint32 index, guint thread, gpointer user_data)
{
	Run *run = user_data;
	guint32 professionals = run->problem->caseload->professionals->len;

	if (index < professionals)
		improve(run, replica, index, thread);
	else
		repair_site(run, replica, index - professionals, thread);
}

static void
work_on_professionals(Run *run, CmCrewJob job)
{
	cm_crew_run(run->crew, run->professionals, run->problem->caseload->professionals->len, job,
		    watch, run);
}

/* What repairs are from now on; a negative temperature: each replica's own. */
static void
set_repairs(Run *run, guint attempts, gint temperature, guint rhythms)
{
	run->slice = (CmRepairSlice){.moved = is_again(run),
				     .clearing = is_again(run) ? AGAIN_CLEARING : FILL_CLEARING,
				     .attempts = attempts,
				     .most = REPAIR_MOST,
				     .temperature = temperature,
				     .rhythms = rhythms,
				     .stop = run->options->stop,
				     .deadline = run->deadline};
}

/* What a job on a site will take; 0 where nothing is to be repaired. */
static guint
get_site_load(const Run *run, guint32 site)
{
	guint wanting = 0;

	for (guint i = 0; i < run->replicas; i++)
		wanting =
		    MAX(wanting, cm_repairer_count_wanting(run->states[i], site, run->slice.moved));
	if (wanting == 0)
		return 0;
	return 1 + MIN(SQUEEZE_MOVES * wanting, SQUEEZE_MOST) / SQUEEZE_LOAD +
	       MIN(run->slice.attempts * wanting, run->slice.most) / REPAIR_LOAD;
}

/* Put the sites where something is to be repaired on the list: once, or as often, `most` times, as takes no longer than all that is on
 * it. */
static void
list_sites(Run *run, guint most)
{
	guint sites = run->problem->caseload->sites->len;
	guint64 others = 0;
	guint64 load = 0;
	guint times;

	for (guint i = 0; i < run->jobs->len; i++)
		others += run->loads[g_array_index(run->jobs, guint32, i)];
	for (guint32 site = 0; site < sites; site++) {
		run->loads[cm_crew_get_site(run->crew, site)] = get_site_load(run, site);
		load += run->loads[cm_crew_get_site(run->crew, site)];
	}
	times = (guint)CLAMP(others / MAX(load, 1), 1, most);
	for (guint i = 0; i < times * sites; i++) {
		guint32 index = cm_crew_get_site(run->crew, i % sites);

		if (run->loads[index] > 0)
			g_array_append_val(run->jobs, index);
	}
}

/* Do what is on the list. */
static void
work_on_jobs(Run *run, CmStream *stream)
{
	guint32 *order = (guint32 *)(gpointer)run->jobs->data;

	shuffle(order, run->jobs->len, stream);
	cm_crew_arrange(run->crew, run->loads, order, run->jobs->len);
	cm_crew_run(run->crew, order, run->jobs->len, search, watch, run);
	g_array_set_size(run->jobs, 0);
}

/* How many passes of filling there are at most. Where a large problem leaves little out, that belongs to a school or two: there one thread
 * would work alone, and rounds, which repair these beside all else, are as good from the first. */
static guint
count_passes(const Run *run, gboolean full)
{
	if (run->replicas > 1)
		return FILL_PASSES;
	if (is_again(run))
		return AGAIN_PASSES;
	return full ? FILL_PASSES : 0;
}

/* Whether passes like the one begun then would leave no time for a few rounds: one is not worth its place. */
static gboolean
is_short(const Run *run, gint64 begun)
{
	gint64 now = g_get_monotonic_time();

	return run->deadline != 0 && run->deadline - now < FULL_LAST * (now - begun);
}

/* Whether to end the filling after a pass that began then, with `before` points. */
static gboolean
is_filled(const Run *run, gboolean full, gint64 begun, gint64 before)
{
	gint64 spared = before - cm_state_get_points(run->states[0]);

	if (full && is_wide(run))
		return spared * FULL_GAIN < before && !is_short(run, begun);
	return spared * (is_again(run) ? AGAIN_GAIN : FILL_GAIN) < before ||
	       (run->deadline != 0 && get_share(run) > FILL_SHARE);
}

/* Sessions left out cost more than all else, and planning again is about those that can't stay: look for places for them first, as
 * long as it pays. */
static void
fill(Run *run)
{
	gint temperature = is_again(run) ? AGAIN_TEMPERATURE : FILL_TEMPERATURE;
	guint32 unscheduled = 0;
	gboolean full;
	guint passes;

	(void)cm_state_get_cost(run->best, &unscheduled);
	full = unscheduled > run->problem->caseload->sessions->len / FULL_PART;
	passes = count_passes(run, full);
	set_repairs(run, FILL_ATTEMPTS, 16 * temperature, is_again(run) ? REPAIR_RHYTHMS : 0);
	for (guint pass = 0; pass < passes && !is_stopped(run) && !is_late(run); pass++) {
		CmStream stream = cm_stream_make(run->options->seed, G_MAXUINT32 - 1, run->passes);
		gint64 begun = g_get_monotonic_time();
		gint64 before = cm_state_get_points(run->states[0]);

		list_sites(run, 1);
		work_on_jobs(run, &stream);
		if (!full)
			work_on_professionals(run, improve_missing);
		run->passes++;
		keep_best(run);
		if (is_filled(run, full, begun, before))
			return;
	}
}

/* Microseconds of processor that this thread, or all of the process, has had: what else runs does not count. */
static gint64
get_time(clockid_t clock)
{
	struct timespec time = {0};

	clock_gettime(clock, &time);
	return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* How many processors the threads have had since the start, between one of REASON_POWER_LEAST and all. */
static gdouble
get_power(const Run *run)
{
	gdouble wall = (gdouble)MAX(g_get_monotonic_time() - run->start, 1);
	gdouble own = (gdouble)(get_time(CLOCK_PROCESS_CPUTIME_ID) - run->start_time);

	return CLAMP(own / wall, REASON_POWER_LEAST, run->threads);
}

/* The first session of a follow-up that is left out: the reason of the others is that one. */
static gboolean
is_first_left_out(const CmState *state, guint32 session)
{
	const CmProblem *problem = state->problem;
	const CmKind *kind = cm_problem_kind(problem, problem->tasks[session].kind);

	return state->spots[session].day < 0 &&
	       (session == problem->chains[kind->followup].tasks.first ||
		state->spots[session - 1].day >= 0);
}

/* End the search while there is time for the reasons of what is left out: a few are found now to know what they take. */
static void
reserve_reasons(Run *run)
{
	guint sessions = run->problem->caseload->sessions->len;
	gint64 from = get_time(CLOCK_THREAD_CPUTIME_ID);
	guint count = 0;
	guint timed = 0;
	guint seen = 0;

	if (run->end == 0)
		return;
	for (guint32 s = 0; s < sessions; s++)
		count += is_first_left_out(run->best, s);
	for (guint32 s = 0; s < sessions && count > 0; s++) {
		if (!is_first_left_out(run->best, s) || seen++ % (count / REASON_SAMPLE + 1) != 0)
			continue;
		g_free(cm_reason_find(run->best, s));
		timed++;
	}
	if (timed > 0) {
		gdouble each = (gdouble)(get_time(CLOCK_THREAD_CPUTIME_ID) - from) / timed;

		run->deadline = run->end - (gint64)(REASON_SLACK * each * count / get_power(run));
	}
}

/* Every follow-up by priority. Where rooms are short those come first who bring most for them, by prices that fall: who does not bring
 * that much waits. */
static void
construct_all(Run *run)
{
	guint sites = run->problem->caseload->sites->len;
	g_autofree Minutes *worth = g_new0(Minutes, sites + 1);
	gboolean any = FALSE;

	for (guint32 site = 0; site < sites && !is_again(run); site++) {
		cm_room_price_find(run->problem, site, worth[site].points);
		any = any || worth[site].points[CM_MODE_IN_PERSON] > 0;
	}
	for (guint step = 0; step <= G_N_ELEMENTS(price_steps); step++) {
		gint percent = step < G_N_ELEMENTS(price_steps) ? price_steps[step] : 0;

		if (percent > 0 && !any)
			continue;
		for (guint32 site = 0; site < sites; site++) {
			run->prices[site] = run->rooms[site];
			for (guint mode = 0; mode < CM_MODE_LAST; mode++)
				run->prices[site].minute[mode] =
				    worth[site].points[mode] * percent / 100;
		}
		for (run->priority = PRIORITY_MAX; run->priority > 0; run->priority--)
			work_on_professionals(run, construct);
	}
}

/* What must stand, then what can stay from the previous plan, then every follow-up by priority. */
static void
run_construction(Run *run)
{
	guint32 followup = 0;

	for (guint i = 0; i < run->replicas; i++)
		if (!cm_locked_fill(run->states[i], run->tables[0], &followup))
			g_critical("A locked follow-up can't be placed again.");
	cm_state_copy(run->best, run->states[0]);
	run->best_points = cm_state_get_points(run->best);
	for (gint same = 1; is_again(run) && same >= 0; same--) {
		run->same_room = same;
		work_on_professionals(run, restore);
	}
	construct_all(run);
	if (is_again(run))
		work_on_professionals(run, tidy);
	keep_best(run);
	reserve_reasons(run);
	fill(run);
	reserve_reasons(run);
	set_temperature(run);
}

static void
run_rounds(Run *run)
{
	guint count = run->problem->caseload->professionals->len;

	set_repairs(run, REPAIR_ATTEMPTS, -1, is_wide(run) ? 0 : REPAIR_RHYTHMS);
	while (!is_stopped(run) && !is_late(run) &&
	       (run->options->effort == 0 || run->round < run->options->effort)) {
		CmStream stream = cm_stream_make(run->options->seed, G_MAXUINT32, run->round);

		run->heat = 1.0 - get_share(run);
		g_array_append_vals(run->jobs, run->professionals, count);
		list_sites(run, run->replicas == 1 ? WIDE_REPAIRS : 1);
		work_on_jobs(run, &stream);
		run->round++;
		keep_best(run);
		for (guint i = 0; run->round % SYNC_ROUNDS == 0 && i < run->replicas; i++)
			cm_state_copy(run->states[i], run->best);
	}
}

static guint32 *
make_order(guint count)
{
	guint32 *order = g_new(guint32, count + 1);

	for (guint32 i = 0; i < count; i++)
		order[i] = i;
	return order;
}

static void
start(Run *run, const CmProblem *problem, const CmSolverOptions *options)
{
	run->problem = problem;
	run->options = options;
	run->start = g_get_monotonic_time();
	run->start_time = get_time(CLOCK_PROCESS_CPUTIME_ID);
	if (options->seconds > 0)
		run->end = run->start + (gint64)(options->seconds * G_TIME_SPAN_SECOND);
	run->deadline = run->end;
	run->threads = options->threads != 0 ? options->threads : g_get_num_processors();
	run->threads = CLAMP(run->threads, 1, THREADS_MAX);
	run->replicas = problem->caseload->sessions->len < REPLICA_SESSIONS ? REPLICAS : 1;
	for (guint i = 0; i < run->replicas; i++)
		run->states[i] = cm_state_new(problem);
	run->best = cm_state_new(problem);
	for (guint i = 0; i < run->threads; i++) {
		run->tables[i] = cm_chain_table_new(problem);
		run->improvers[i] = cm_improver_new(problem, run->tables[i]);
		run->repairers[i] = cm_repairer_new(problem, run->tables[i]);
		run->squeezers[i] = cm_squeezer_new(problem);
	}
	run->professionals = make_order(problem->caseload->professionals->len);
	run->jobs = g_array_new(FALSE, FALSE, sizeof(guint32));
	run->loads = g_new0(guint, problem->caseload->professionals->len +
				       problem->caseload->sites->len + 1);
	for (guint32 i = 0; i < problem->caseload->professionals->len; i++)
		run->loads[i] = MAX(problem->workers[i].chains.count, MOVES_MIN);
	run->repairs = g_new0(guint64, run->replicas * problem->caseload->sites->len + 1);
	run->rooms = g_new(CmCrowdCost, problem->caseload->sites->len + 1);
	run->prices = g_new(CmCrowdCost, problem->caseload->sites->len + 1);
	for (guint32 site = 0; site < problem->caseload->sites->len; site++)
		cm_crowd_find_cost(problem, site, &run->rooms[site]);
	run->crew = cm_crew_new(problem, run->replicas, run->threads);
}

static void
finish(Run *run)
{
	cm_crew_free(run->crew);
	g_free(run->professionals);
	g_free(run->loads);
	g_array_unref(run->jobs);
	g_free(run->repairs);
	g_free(run->rooms);
	g_free(run->prices);
	for (guint i = 0; i < run->threads; i++) {
		cm_repairer_free(run->repairers[i]);
		cm_squeezer_free(run->squeezers[i]);
		cm_improver_free(run->improvers[i]);
		cm_chain_table_free(run->tables[i]);
	}
	for (guint i = 0; i < run->replicas; i++)
		cm_state_free(run->states[i]);
	cm_state_free(run->best);
}

static void
find_reasons_of(Run *run, guint32 followup)
{
	CmRange tasks = run->problem->chains[followup].tasks;

	for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++) {
		CmUnscheduled *unscheduled = cm_plan_find_unscheduled(run->plan, s);

		if (unscheduled != NULL)
			unscheduled->reason = cm_reason_find(run->best, s);
	}
}

static void
find_reasons(guint replica, guint32 professional, guint thread, gpointer user_data)
{
	Run *run = user_data;
	const CmProblem *problem = run->problem;
	CmRange chains = problem->workers[professional].chains;

	/* the best plan is the same for all replicas */
	for (guint i = 0; replica == 0 && i < chains.count; i++)
		find_reasons_of(
		    run, g_array_index(problem->professional_chains, guint32, chains.first + i));
}

static CmPlan *
make_plan(Run *run)
{
	guint32 unscheduled = 0;

	run->plan = cm_state_to_plan(run->best);
	run->plan->cost = cm_state_get_cost(run->best, &unscheduled);
	work_on_professionals(run, find_reasons);
	return g_steal_pointer(&run->plan);
}

CmPlan *
cm_solver_run(const CmProblem *problem, const CmSolverOptions *options, guint64 *out_effort)
{
	Run run = {0};
	CmPlan *plan;

	start(&run, problem, options);
	run_construction(&run);
	run_rounds(&run);
	plan = make_plan(&run);
	if (out_effort != NULL)
		*out_effort = run.round;
	finish(&run);
	return plan;
}
