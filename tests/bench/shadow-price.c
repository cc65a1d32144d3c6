// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/shadow-price.h"

#include "daemon/planner/slots.h"

#define KEEP 0.7 /* of the direction before */

typedef enum {
	SHARED_IN_PERSON,
	SHARED_VIDEO,
	SHARED_ROOMS,
	SHARED_COMPANIONS,
	SHARED_SITE_LAST,
	SHARED_SESSIONS = SHARED_SITE_LAST,
	SHARED_MINUTES,
	SHARED_TIME,
	SHARED_LAST
} Shared;

typedef struct {
	gdouble price;
	gdouble slope; /* smoothed: used beyond what there is */
	gint32 units;
	gint32 used;
} Good;

struct _CmShadowPrices {
	const CmProblem *problem;
	Good *of_sites;         /* [site][shared][day] */
	Good *of_professionals; /* [professional][shared][day] */
	gsize site_goods;
	gsize professional_goods;
};

static Good *
get_site(const CmShadowPrices *prices, guint32 site, Shared shared, gint day)
{
	return &prices->of_sites[((gsize)site * SHARED_SITE_LAST + shared) *
				     (gsize)prices->problem->days +
				 (gsize)day];
}

static Good *
get_professional(const CmShadowPrices *prices, guint32 professional, Shared shared, gint day)
{
	return &prices->of_professionals[((gsize)professional * (SHARED_LAST - SHARED_SITE_LAST) +
					  (shared - SHARED_SITE_LAST)) *
					     (gsize)prices->problem->days +
					 (gsize)day];
}

static gint
count_cells(const guint64 *cells, guint words)
{
	gint count = 0;

	for (guint w = 0; w < words; w++)
		count += __builtin_popcountll(cells[w]);
	return count;
}

/* The cells that sessions could take, given their starts. */
static void
add_cells(guint64 *cells, const guint64 *starts, guint words, gint bits, gint length)
{
	for (gint bit = 0; bit < bits; bit++)
		if (cm_day_bits_has(starts, (guint)bit))
			cm_day_bits_set(cells, words, bit, bit + length);
}

/* Count how many of a list of tracks could take each cell that some kind can use; the sum are the units. */
static gint
count_units(const CmState *empty, CmRange tracks, gint day, const guint64 *usable)
{
	const CmProblem *problem = empty->problem;
	gint units = 0;

	for (guint t = 0; t < tracks.count; t++) {
		guint32 index = g_array_index(problem->site_tracks, guint32, tracks.first + t);
		const CmTrack *track = cm_problem_track(problem, index);
		guint64 cells[CM_DAY_BITS_WORDS_MAX];
		CmRange times = cm_problem_find_taken(problem, track->taken, day);

		cm_day_bits_copy(cells, usable, problem->words);
		for (guint i = 0; i < times.count; i++) {
			const CmTaken *time =
			    &g_array_index(problem->taken, CmTaken, times.first + i);

			/* a cell that is taken in part can't be used at all */
			cm_problem_clear_taken(problem, cells, problem->grid, time->from, time->to);
		}
		units += count_cells(cells, problem->words);
	}
	return units;
}

/* Tracks of both lists, each once. */
static gint
count_both(const CmState *empty, const CmPlace *place, gint day, const guint64 *usable)
{
	const CmProblem *problem = empty->problem;
	gint units = count_units(empty, place->tracks[0], day, usable);

	for (guint t = 0; t < place->tracks[1].count; t++) {
		CmRange one = {.first = place->tracks[1].first + t, .count = 1};
		guint32 track = g_array_index(problem->site_tracks, guint32, one.first);
		gboolean known = FALSE;

		for (guint o = 0; o < place->tracks[0].count; o++)
			known = known || g_array_index(problem->site_tracks, guint32,
						       place->tracks[0].first + o) == track;
		if (!known)
			units += count_units(empty, one, day, usable);
	}
	return units;
}

/* What a follow-up's kinds can use at their site on each day is added to `usable` ([site][day]). */
static void
note_usable(const CmState *empty, guint64 *usable)
{
	const CmProblem *problem = empty->problem;
	const guint heeded = CM_OBSTACLE_HOURS | CM_OBSTACLE_STUDENT | CM_OBSTACLE_CALENDAR;

	for (guint32 k = 0; k < problem->kinds->len; k++) {
		const CmKind *kind = cm_problem_kind(problem, k);
		guint32 site = problem->chains[kind->followup].site;

		for (gint day = 0; day < problem->days; day++) {
			guint64 *cells = &usable[((gsize)site * (gsize)problem->days + (gsize)day) *
						 problem->words];
			guint64 starts[CM_DAY_BITS_WORDS_MAX];

			for (guint mode = 0; mode < CM_MODE_VIDEO_REMOTE; mode++)
				if (cm_slots_fill(empty, k, day, (CmMode)mode, heeded, starts))
					add_cells(cells, starts, problem->words, problem->bits,
						  kind->cells);
		}
	}
}

static void
fill_sites(CmShadowPrices *prices, const CmState *empty)
{
	const CmProblem *problem = prices->problem;
	guint sites = problem->caseload->sites->len;
	gsize days = (gsize)problem->days;
	g_autofree guint64 *usable = g_new0(guint64, sites * days * problem->words + 1);

	note_usable(empty, usable);
	for (guint32 site = 0; site < sites; site++) {
		const CmPlace *place = &problem->places[site];

		for (gint day = 0; day < problem->days; day++) {
			const guint64 *cells =
			    &usable[((gsize)site * days + (gsize)day) * problem->words];

			get_site(prices, site, SHARED_IN_PERSON, day)->units =
			    count_units(empty, place->tracks[0], day, cells);
			get_site(prices, site, SHARED_VIDEO, day)->units =
			    count_units(empty, place->tracks[1], day, cells);
			get_site(prices, site, SHARED_ROOMS, day)->units =
			    count_both(empty, place, day, cells);
			get_site(prices, site, SHARED_COMPANIONS, day)->units =
			    count_units(empty, place->companions, day, cells);
		}
	}
}

/* The cells from a session's start until the next one may begin. */
static gint
get_span(const CmProblem *problem, const CmWorker *worker, gint minutes)
{
	return (minutes + worker->buffer + problem->grid - 1) / problem->grid;
}

/* The cells of a day's runs of starts, each run reaching as far as the session that is held last in it and its buffer. */
static gint
count_time(const CmProblem *problem, const CmWorker *worker, gint day)
{
	guint64 cells[CM_DAY_BITS_WORDS_MAX] = {0};
	gint longest = 0;
	gint runs = 0;
	gint units = 0;

	for (guint length = 0; length < problem->lengths->len; length++) {
		gint minutes = g_array_index(problem->lengths, gint, length);
		gsize place = ((gsize)length * (gsize)problem->days + (gsize)day) * problem->words;

		longest = MAX(longest, get_span(problem, worker, minutes) -
					   (minutes + problem->grid - 1) / problem->grid);
		add_cells(cells, worker->starts + place, problem->words, problem->bits,
			  (minutes + problem->grid - 1) / problem->grid);
	}
	for (gint bit = 0; bit < problem->bits; bit++) {
		gboolean in = cm_day_bits_has(cells, (guint)bit);

		units += in;
		runs += in && (bit == 0 || !cm_day_bits_has(cells, (guint)bit - 1));
	}
	return units + runs * longest;
}

static void
fill_professionals(CmShadowPrices *prices)
{
	const CmProblem *problem = prices->problem;

	for (guint32 p = 0; p < problem->caseload->professionals->len; p++) {
		const CmWorker *worker = &problem->workers[p];

		for (gint day = 0; day < problem->days; day++) {
			get_professional(prices, p, SHARED_SESSIONS, day)->units =
			    worker->max_sessions;
			get_professional(prices, p, SHARED_MINUTES, day)->units =
			    worker->max_minutes;
			get_professional(prices, p, SHARED_TIME, day)->units =
			    count_time(problem, worker, day);
		}
	}
}

CmShadowPrices *
cm_shadow_prices_new(const CmProblem *problem)
{
	CmShadowPrices *prices = g_new0(CmShadowPrices, 1);
	g_autoptr(CmState) empty = cm_state_new(problem);
	gsize days = (gsize)problem->days;

	prices->problem = problem;
	for (guint32 s = 0; s < problem->caseload->sessions->len; s++)
		if (empty->spots[s].day >= 0)
			cm_state_remove(empty, s);
	prices->site_goods = problem->caseload->sites->len * days * SHARED_SITE_LAST;
	prices->professional_goods =
	    problem->caseload->professionals->len * days * (SHARED_LAST - SHARED_SITE_LAST);
	prices->of_sites = g_new0(Good, prices->site_goods + 1);
	prices->of_professionals = g_new0(Good, prices->professional_goods + 1);
	fill_sites(prices, empty);
	fill_professionals(prices);
	return prices;
}

void
cm_shadow_prices_free(CmShadowPrices *prices)
{
	g_free(prices->of_sites);
	g_free(prices->of_professionals);
	g_free(prices);
}

typedef struct {
	guint32 site;
	gdouble ratio;
	gint cells;
} Wish;

static gint
compare_wish(gconstpointer a, gconstpointer b)
{
	const Wish *left = a;
	const Wish *right = b;

	if (left->site != right->site)
		return left->site < right->site ? -1 : 1;
	return left->ratio > right->ratio ? -1 : left->ratio < right->ratio;
}

static void
set_site(CmShadowPrices *prices, guint32 site, gdouble price)
{
	for (gint day = 0; day < prices->problem->days; day++)
		get_site(prices, site, SHARED_ROOMS, day)->price = price;
}

static gint
count_term(const CmShadowPrices *prices, guint32 site)
{
	gint units = 0;

	for (gint day = 0; day < prices->problem->days; day++)
		units += get_site(prices, site, SHARED_ROOMS, day)->units;
	return units;
}

void
cm_shadow_prices_guess(CmShadowPrices *prices, const gdouble *worth)
{
	const CmProblem *problem = prices->problem;
	g_autoptr(GArray) wishes = g_array_new(FALSE, FALSE, sizeof(Wish));
	guint32 site = CM_NONE;
	gint left = 0;

	for (guint32 s = 0; s < problem->caseload->sessions->len; s++) {
		const CmKind *kind = cm_problem_kind(problem, problem->tasks[s].kind);
		Wish wish = {.site = problem->chains[kind->followup].site, .cells = kind->cells};

		wish.ratio = worth[s] / kind->cells;
		if (worth[s] > 0)
			g_array_append_val(wishes, wish);
	}
	g_array_sort(wishes, compare_wish);
	for (guint i = 0; i < wishes->len; i++) {
		const Wish *wish = &g_array_index(wishes, Wish, i);

		if (wish->site != site)
			left = count_term(prices, wish->site);
		site = wish->site;
		if (left >= 0 && left < wish->cells)
			set_site(prices, site, wish->ratio);
		left -= wish->cells;
	}
}

typedef struct {
	Good *good;
	gint units;
} Use;

/* What a session uses; how many uses. */
static guint
list_uses(const CmShadowPrices *prices,
	  guint32 session,
	  gint day,
	  CmMode mode,
	  Use uses[SHARED_LAST])
{
	const CmProblem *problem = prices->problem;
	const CmKind *kind = cm_problem_kind(problem, problem->tasks[session].kind);
	const CmChain *chain = &problem->chains[kind->followup];
	guint32 p = chain->professional;
	guint count = 0;

	uses[count++] = (Use){get_professional(prices, p, SHARED_SESSIONS, day), 1};
	uses[count++] = (Use){get_professional(prices, p, SHARED_MINUTES, day), kind->minutes};
	uses[count++] = (Use){get_professional(prices, p, SHARED_TIME, day),
			      get_span(problem, &problem->workers[p], kind->minutes)};
	if (mode == CM_MODE_VIDEO_REMOTE)
		return count;
	uses[count++] =
	    (Use){get_site(prices, chain->site,
			   mode == CM_MODE_IN_PERSON ? SHARED_IN_PERSON : SHARED_VIDEO, day),
		  kind->cells};
	uses[count++] = (Use){get_site(prices, chain->site, SHARED_ROOMS, day), kind->cells};
	if (cm_slots_needs_companion(kind, day, mode))
		uses[count++] =
		    (Use){get_site(prices, chain->site, SHARED_COMPANIONS, day), kind->cells};
	return count;
}

gdouble
cm_shadow_prices_get(const CmShadowPrices *prices, guint32 session, gint day, CmMode mode)
{
	Use uses[SHARED_LAST] = {{NULL, 0}};
	guint count = list_uses(prices, session, day, mode, uses);
	gdouble points = 0;

	for (guint i = 0; i < count; i++)
		points += uses[i].good->price * uses[i].units;
	return points;
}

void
cm_shadow_prices_start(CmShadowPrices *prices)
{
	for (gsize i = 0; i < prices->site_goods; i++)
		prices->of_sites[i].used = 0;
	for (gsize i = 0; i < prices->professional_goods; i++)
		prices->of_professionals[i].used = 0;
}

void
cm_shadow_prices_use(CmShadowPrices *prices, guint32 session, gint day, CmMode mode)
{
	Use uses[SHARED_LAST] = {{NULL, 0}};
	guint count = list_uses(prices, session, day, mode, uses);

	for (guint i = 0; i < count; i++)
		uses[i].good->used += uses[i].units;
}

static gdouble
get_earned(const Good *goods, gsize count)
{
	gdouble earned = 0;

	for (gsize i = 0; i < count; i++)
		if (goods[i].price > 0)
			earned += goods[i].price * goods[i].units;
	return earned;
}

gdouble
cm_shadow_prices_get_earned(const CmShadowPrices *prices)
{
	return get_earned(prices->of_sites, prices->site_goods) +
	       get_earned(prices->of_professionals, prices->professional_goods);
}

/* The direction, smoothed; nothing below a price of nothing. */
static gdouble
find_slopes(Good *goods, gsize count)
{
	gdouble squares = 0;

	for (gsize i = 0; i < count; i++) {
		gdouble beyond = goods[i].used - goods[i].units;

		goods[i].slope = KEEP * goods[i].slope + (1 - KEEP) * beyond;
		if (goods[i].price <= 0 && goods[i].slope < 0)
			goods[i].slope = 0;
		squares += goods[i].slope * goods[i].slope;
	}
	return squares;
}

static void
move_prices(Good *goods, gsize count, gdouble step)
{
	for (gsize i = 0; i < count; i++)
		goods[i].price = MAX(0, goods[i].price + step * goods[i].slope);
}

void
cm_shadow_prices_move(CmShadowPrices *prices, gdouble points)
{
	gdouble squares = find_slopes(prices->of_sites, prices->site_goods) +
			  find_slopes(prices->of_professionals, prices->professional_goods);

	if (squares <= 0)
		return;
	move_prices(prices->of_sites, prices->site_goods, points / squares);
	move_prices(prices->of_professionals, prices->professional_goods, points / squares);
}
