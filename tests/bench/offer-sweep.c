// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/offer-sweep.h"

#define INTERVALS_MAX 64
#define FAR 1000000

typedef struct {
	gint from;
	gint to;
	guint32 session; /* CM_NONE: taken by something else */
	guint8 mode;
	guint32 site;
} Taken;

typedef struct {
	gint from;
	gint to;
} Interval;

typedef struct {
	Interval list[INTERVALS_MAX];
	guint count;
} Intervals;

struct _CmOfferSweep {
	const CmCaseload *caseload;
	const CmPolicySet *policies;
	gint days;
	GArray **calendars
	    [CM_RESOURCE_LAST]; /* [resource * days + day]: Taken by start; NULL where empty */
	guint lengths[CM_RESOURCE_LAST];
	CmPlacement *placements; /* [session]; mode CM_MODE_LAST where there is none */
};

/* What one question is about. */
typedef struct {
	const CmOfferSweep *sweep;
	guint32 index;
	const CmSession *session;
	const CmFollowup *followup;
	const CmStudent *student;
	const CmProfessional *professional;
	const CmSite *site;
	const CmActRules *rules;
	const CmDayLimits *limits;
	CmOffer *offers;
	guint wanted;
	guint count;
} Asked;

static gint
compare_taken(gconstpointer a, gconstpointer b)
{
	return ((const Taken *)a)->from - ((const Taken *)b)->from;
}

static void
take(CmOfferSweep *sweep, CmResource kind, guint32 resource, gint day, Taken taken)
{
	GArray **slot;

	if (day < 0 || day >= sweep->days)
		return;
	slot = &sweep->calendars[kind][(gsize)resource * (gsize)sweep->days + (gsize)day];
	if (*slot == NULL)
		*slot = g_array_new(FALSE, FALSE, sizeof(Taken));
	g_array_append_val(*slot, taken);
	g_array_sort(*slot, compare_taken);
}

static const CmActRules *
get_rules(const CmOfferSweep *sweep, const CmSession *session)
{
	const CmCaseload *caseload = sweep->caseload;
	guint32 professional =
	    CM_ELEMENT(caseload->followups, CmFollowup, session->followup)->professional;
	const CmPolicy *policy = cm_policy_set_lookup(
	    sweep->policies,
	    CM_ELEMENT(caseload->professionals, CmProfessional, professional)->profession);

	return cm_policy_get_act(policy, session->act);
}

static void
take_placement(CmOfferSweep *sweep, const CmPlacement *placement)
{
	const CmCaseload *caseload = sweep->caseload;
	const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, placement->session);
	const CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, session->followup);
	const CmStudent *student = CM_ELEMENT(caseload->students, CmStudent, followup->student);
	gint day = placement->date - caseload->from;
	Taken taken = {placement->start, placement->start + session->minutes, placement->session,
		       placement->mode, student->site};

	sweep->placements[placement->session] = *placement;
	take(sweep, CM_RESOURCE_PROFESSIONAL, followup->professional, day, taken);
	if (get_rules(sweep, session)->student_present)
		take(sweep, CM_RESOURCE_STUDENT, followup->student, day, taken);
	for (guint i = 0; i < session->participants.count; i++)
		take(sweep, CM_RESOURCE_CONTACT,
		     g_array_index(caseload->references, guint32, session->participants.first + i),
		     day, taken);
	if (placement->room != CM_NONE)
		take(sweep, CM_RESOURCE_ROOM, placement->room, day, taken);
	if (placement->companion != CM_NONE)
		take(sweep, CM_RESOURCE_COMPANION, placement->companion, day, taken);
}

CmOfferSweep *
cm_offer_sweep_new(const CmCaseload *caseload, const CmPolicySet *policies, const CmPlan *plan)
{
	CmOfferSweep *sweep = g_new0(CmOfferSweep, 1);
	const guint lengths[CM_RESOURCE_LAST] = {
	    [CM_RESOURCE_PROFESSIONAL] = caseload->professionals->len,
	    [CM_RESOURCE_STUDENT] = caseload->students->len,
	    [CM_RESOURCE_CONTACT] = caseload->contacts->len,
	    [CM_RESOURCE_ROOM] = caseload->rooms->len,
	    [CM_RESOURCE_COMPANION] = caseload->companions->len,
	};

	sweep->caseload = caseload;
	sweep->policies = policies;
	sweep->days = caseload->to - caseload->from + 1;
	sweep->placements = g_new0(CmPlacement, caseload->sessions->len + 1);
	for (guint i = 0; i < caseload->sessions->len; i++)
		sweep->placements[i].mode = CM_MODE_LAST;
	for (guint kind = 0; kind < CM_RESOURCE_LAST; kind++) {
		sweep->lengths[kind] = lengths[kind];
		sweep->calendars[kind] =
		    g_new0(GArray *, (gsize)lengths[kind] * (gsize)sweep->days + 1);
	}
	for (guint i = 0; i < caseload->busy->len; i++) {
		const CmBusy *busy = CM_ELEMENT(caseload->busy, CmBusy, i);
		Taken taken = {busy->window.from, busy->window.to, CM_NONE, CM_MODE_LAST, CM_NONE};

		take(sweep, (CmResource)busy->kind, busy->resource, busy->date - caseload->from,
		     taken);
	}
	for (guint i = 0; i < plan->placements->len; i++)
		take_placement(sweep, CM_ELEMENT(plan->placements, CmPlacement, i));
	return sweep;
}

void
cm_offer_sweep_free(CmOfferSweep *sweep)
{
	for (guint kind = 0; kind < CM_RESOURCE_LAST; kind++) {
		for (gsize i = 0; i < (gsize)sweep->lengths[kind] * (gsize)sweep->days; i++)
			g_clear_pointer(&sweep->calendars[kind][i], g_array_unref);
		g_free(sweep->calendars[kind]);
	}
	g_free(sweep->placements);
	g_free(sweep);
}

static const GArray *
get_calendar(const Asked *asked, CmResource kind, guint32 resource, gint day)
{
	const CmOfferSweep *sweep = asked->sweep;

	return sweep->calendars[kind][(gsize)resource * (gsize)sweep->days + (gsize)day];
}

static void
start_with(const CmCaseload *caseload, CmRange windows, Intervals *free)
{
	free->count = 0;
	for (guint i = 0; i < windows.count; i++) {
		const CmWindow *window = CM_ELEMENT(caseload->windows, CmWindow, windows.first + i);

		free->list[free->count++] = (Interval){window->from, window->to};
	}
}

static void
intersect(Intervals *free, const Intervals *other)
{
	Intervals both = {.count = 0};

	for (guint i = 0; i < free->count; i++)
		for (guint j = 0; j < other->count; j++) {
			gint from = MAX(free->list[i].from, other->list[j].from);
			gint to = MIN(free->list[i].to, other->list[j].to);

			if (from < to && both.count < INTERVALS_MAX)
				both.list[both.count++] = (Interval){from, to};
		}
	*free = both;
}

static void
subtract(Intervals *free, gint from, gint to)
{
	Intervals left = {.count = 0};

	for (guint i = 0; i < free->count; i++) {
		Interval one = free->list[i];

		if (to <= one.from || from >= one.to) {
			left.list[left.count++] = one;
			continue;
		}
		if (one.from < from)
			left.list[left.count++] = (Interval){one.from, from};
		if (to < one.to && left.count < INTERVALS_MAX)
			left.list[left.count++] = (Interval){to, one.to};
	}
	*free = left;
}

static void
subtract_calendar(const Asked *asked, Intervals *free, CmResource kind, guint32 resource, gint day)
{
	const GArray *calendar = get_calendar(asked, kind, resource, day);

	for (guint i = 0; calendar != NULL && i < calendar->len; i++) {
		const Taken *taken = &g_array_index(calendar, Taken, i);

		/* the professional's sessions are judged with the day's rules */
		if (taken->session != asked->index &&
		    (kind != CM_RESOURCE_PROFESSIONAL || taken->session == CM_NONE))
			subtract(free, taken->from, taken->to);
	}
}

static void
subtract_lessons(const Asked *asked, Intervals *free, gint cycle_day)
{
	for (guint i = 0; i < asked->student->blocked.count; i++) {
		const CmCycleWindow *blocked =
		    CM_ELEMENT(asked->sweep->caseload->cycle_windows, CmCycleWindow,
			       asked->student->blocked.first + i);

		if (blocked->cycle_day == cycle_day)
			subtract(free, blocked->window.from, blocked->window.to);
	}
}

/* Times at which all people may meet in a mode; rooms, companions and the professional's day come after. */
static gboolean
find_free(const Asked *asked, gint day, gint weekday, gint cycle_day, CmMode mode, Intervals *free)
{
	const CmCaseload *caseload = asked->sweep->caseload;
	CmDay date = caseload->from + day;
	Intervals other;

	for (guint i = 0; i < asked->professional->absences.count; i++) {
		const CmAbsence *absence = CM_ELEMENT(caseload->absences, CmAbsence,
						      asked->professional->absences.first + i);

		if (date >= absence->from && date <= absence->to)
			return FALSE;
	}
	start_with(caseload, asked->professional->hours.day[weekday], free);
	subtract_calendar(asked, free, CM_RESOURCE_PROFESSIONAL, asked->followup->professional,
			  day);
	for (guint i = 0; i < asked->session->participants.count; i++) {
		guint32 contact = g_array_index(caseload->references, guint32,
						asked->session->participants.first + i);

		start_with(caseload,
			   CM_ELEMENT(caseload->contacts, CmContact, contact)->hours.day[weekday],
			   &other);
		intersect(free, &other);
		subtract_calendar(asked, free, CM_RESOURCE_CONTACT, contact, day);
	}
	if (mode != CM_MODE_VIDEO_REMOTE) {
		other = (Intervals){{{asked->site->open.from, asked->site->open.to}}, 1};
		intersect(free, &other);
		if (asked->rules->student_present)
			subtract_lessons(asked, free, cycle_day);
	} else if (asked->rules->student_present) {
		start_with(caseload, asked->student->remote_hours.day[weekday], &other);
		intersect(free, &other);
	}
	if (asked->rules->student_present)
		subtract_calendar(asked, free, CM_RESOURCE_STUDENT, asked->followup->student, day);
	return free->count > 0;
}

/* Whether a room or a companion is free from start to end. */
static gboolean
is_free(const Asked *asked, CmResource kind, guint32 resource, gint day, gint start, gint end)
{
	const GArray *calendar = get_calendar(asked, kind, resource, day);

	for (guint i = 0; calendar != NULL && i < calendar->len; i++) {
		const Taken *taken = &g_array_index(calendar, Taken, i);

		if (taken->session != asked->index && taken->from < end && taken->to > start)
			return FALSE;
	}
	return TRUE;
}

static gboolean
has_room(const Asked *asked, gint day, CmMode mode, gint start, gint end)
{
	const GArray *rooms = asked->sweep->caseload->rooms;
	guint8 use = mode == CM_MODE_IN_PERSON ? CM_USE_IN_PERSON : CM_USE_VIDEO;

	for (guint32 i = 0; i < rooms->len; i++) {
		const CmRoom *room = CM_ELEMENT(rooms, CmRoom, i);

		if (room->site == asked->student->site && (room->uses & use) != 0 &&
		    is_free(asked, CM_RESOURCE_ROOM, i, day, start, end))
			return TRUE;
	}
	return FALSE;
}

static gboolean
has_companion(const Asked *asked, gint day, gint weekday, gint start, gint end)
{
	const CmCaseload *caseload = asked->sweep->caseload;

	for (guint32 i = 0; i < caseload->companions->len; i++) {
		const CmCompanion *companion = CM_ELEMENT(caseload->companions, CmCompanion, i);
		gboolean here = FALSE;

		if (companion->site != asked->student->site)
			continue;
		for (guint w = 0; w < companion->hours.day[weekday].count; w++) {
			const CmWindow *window = CM_ELEMENT(
			    caseload->windows, CmWindow, companion->hours.day[weekday].first + w);

			here = here || (start >= window->from && end <= window->to);
		}
		if (here && is_free(asked, CM_RESOURCE_COMPANION, i, day, start, end))
			return TRUE;
	}
	return FALSE;
}

/* The professional's day with the session in it: number, minutes, schools, buffers, roads, video without a break. */
static gboolean
is_day_allowed(const Asked *asked, gint day, CmMode mode, gint start)
{
	const CmDayLimits *limits = asked->limits;
	const GArray *calendar =
	    get_calendar(asked, CM_RESOURCE_PROFESSIONAL, asked->followup->professional, day);
	Taken mine = {start, start + asked->session->minutes, asked->index, (guint8)mode,
		      asked->student->site};
	Taken visits[CM_MINUTES_PER_DAY / 5 + 1];
	guint32 sites[INTERVALS_MAX];
	guint count = 0;
	guint site_count = 0;
	gint minutes = 0;
	gint last_end = -FAR;
	gint gap = 0;
	guint32 last_site = CM_NONE;
	gint run = 0;
	gboolean placed = FALSE;

	for (guint i = 0; calendar != NULL && i < calendar->len; i++) {
		Taken taken = g_array_index(calendar, Taken, i);

		if (taken.session == CM_NONE || taken.session == asked->index)
			continue;
		if (!placed && taken.from >= start) {
			visits[count++] = mine;
			placed = TRUE;
		}
		visits[count++] = taken;
	}
	if (!placed)
		visits[count++] = mine;
	if (limits->max_sessions != CM_LIMIT_NONE && (gint)count > limits->max_sessions)
		return FALSE;
	for (guint i = 0; i < count; i++) {
		const Taken *visit = &visits[i];
		gint here = visit->from - last_end;
		gboolean known = FALSE;

		minutes += visit->to - visit->from;
		if (here < MAX(limits->buffer_minutes, 0))
			return FALSE;
		gap = MAX(gap, here);
		if (visit->mode == CM_MODE_IN_PERSON) {
			if (last_site != CM_NONE && last_site != visit->site &&
			    gap < cm_caseload_get_travel(asked->sweep->caseload, last_site,
							 visit->site))
				return FALSE;
			for (guint s = 0; s < site_count; s++)
				known = known || sites[s] == visit->site;
			if (!known)
				sites[site_count++] = visit->site;
			last_site = visit->site;
			gap = 0;
			run = 0;
		} else {
			if (limits->break_minutes != CM_LIMIT_NONE && here >= limits->break_minutes)
				run = 0;
			run += visit->to - visit->from;
			if (limits->max_consecutive_video_minutes != CM_LIMIT_NONE &&
			    run > limits->max_consecutive_video_minutes)
				return FALSE;
		}
		last_end = visit->to;
	}
	return (limits->max_minutes == CM_LIMIT_NONE || minutes <= limits->max_minutes) &&
	       (limits->max_sites == CM_LIMIT_NONE || (gint)site_count <= limits->max_sites);
}

/* Sessions of the follow-up, the asked one not counted, at a weekday and start; -1 for the most there are anywhere. */
static gint
count_rhythm(const Asked *asked, gint weekday, gint start)
{
	CmRange sessions = asked->followup->sessions;
	gint count = 0;

	for (guint32 s = sessions.first; s < sessions.first + sessions.count; s++) {
		const CmPlacement *placement = &asked->sweep->placements[s];

		count += s != asked->index && placement->mode != CM_MODE_LAST &&
			 placement->start == start &&
			 cm_day_get_weekday(placement->date) == weekday;
	}
	return count;
}

static gint
get_rhythm_points(const Asked *asked, gint weekday, gint start)
{
	CmRange sessions = asked->followup->sessions;
	gint most = 0;

	for (guint32 s = sessions.first; s < sessions.first + sessions.count; s++) {
		const CmPlacement *placement = &asked->sweep->placements[s];

		if (s != asked->index && placement->mode != CM_MODE_LAST)
			most = MAX(most, count_rhythm(asked, cm_day_get_weekday(placement->date),
						      placement->start));
	}
	return most == 0 || count_rhythm(asked, weekday, start) == most ? 0 : 15;
}

static gint
get_points(const Asked *asked, gint day, gint weekday, gint cycle_day, CmMode mode, gint start)
{
	const CmCaseload *caseload = asked->sweep->caseload;
	gint end = start + asked->session->minutes;
	gint late = caseload->from + day - asked->session->target_date;
	gint points = late > 0 ? 4 * asked->followup->priority * late : -late;

	if (asked->session->prefer != CM_PREFER_NONE &&
	    (asked->session->prefer == CM_PREFER_IN_PERSON) != (mode == CM_MODE_IN_PERSON))
		points += 30;
	for (guint i = 0; asked->rules->student_present && mode != CM_MODE_VIDEO_REMOTE &&
			  i < asked->student->core.count;
	     i++) {
		const CmCycleWindow *core = CM_ELEMENT(caseload->cycle_windows, CmCycleWindow,
						       asked->student->core.first + i);
		gint overlap = MIN(end, core->window.to) - MAX(start, core->window.from);

		if (core->cycle_day == cycle_day && overlap > 0)
			points += (overlap + 4) / 5;
	}
	for (guint i = 0; i < asked->session->participants.count; i++) {
		guint32 index = g_array_index(caseload->references, guint32,
					      asked->session->participants.first + i);
		CmRange preferred =
		    CM_ELEMENT(caseload->contacts, CmContact, index)->preferred.day[weekday];
		gboolean met = FALSE;

		for (guint w = 0; w < preferred.count; w++) {
			const CmWindow *window =
			    CM_ELEMENT(caseload->windows, CmWindow, preferred.first + w);

			met = met || (start >= window->from && end <= window->to);
		}
		points += met ? 0 : 10;
	}
	return points + get_rhythm_points(asked, weekday, start);
}

static gboolean
is_before(const CmOffer *a, const CmOffer *b)
{
	if (a->points != b->points)
		return a->points < b->points;
	if (a->day != b->day)
		return a->day < b->day;
	return a->start != b->start ? a->start < b->start : a->mode < b->mode;
}

static void
keep(Asked *asked, CmOffer offer)
{
	guint i = asked->count;

	if (asked->count == asked->wanted) {
		if (!is_before(&offer, &asked->offers[i - 1]))
			return;
		i--;
	} else {
		asked->count++;
	}
	for (; i > 0 && is_before(&offer, &asked->offers[i - 1]); i--)
		asked->offers[i] = asked->offers[i - 1];
	asked->offers[i] = offer;
}

static void
sweep_mode(Asked *asked, gint day, gint weekday, gint cycle_day, CmMode mode)
{
	const CmCaseload *caseload = asked->sweep->caseload;
	gint grid = caseload->grid_minutes;
	gint age = cm_day_get_age(asked->student->birth_date, caseload->from + day);
	Intervals free;

	if (!find_free(asked, day, weekday, cycle_day, mode, &free))
		return;
	for (guint i = 0; i < free.count; i++)
		for (gint start = (free.list[i].from + grid - 1) / grid * grid;
		     start + asked->session->minutes <= free.list[i].to; start += grid) {
			gint end = start + asked->session->minutes;
			CmOffer offer = {
			    .day = (gint16)day, .start = (gint16)start, .mode = (guint8)mode};

			if (mode != CM_MODE_VIDEO_REMOTE && !has_room(asked, day, mode, start, end))
				continue;
			if (mode == CM_MODE_VIDEO_SCHOOL && asked->rules->student_present &&
			    asked->rules->companion_below_age != CM_LIMIT_NONE &&
			    age < asked->rules->companion_below_age &&
			    !has_companion(asked, day, weekday, start, end))
				continue;
			if (!is_day_allowed(asked, day, mode, start))
				continue;
			offer.points = get_points(asked, day, weekday, cycle_day, mode, start);
			keep(asked, offer);
		}
}

/* Sessions by video in a row next to the asked one, of its act. */
static gint
count_video(const Asked *asked, gint step)
{
	const CmCaseload *caseload = asked->sweep->caseload;
	CmRange sessions = asked->followup->sessions;
	gint run = 0;

	for (guint32 s = asked->index + (guint32)step; s - sessions.first < sessions.count;
	     s += (guint32)step) {
		const CmPlacement *placement = &asked->sweep->placements[s];

		if (placement->mode == CM_MODE_LAST)
			break;
		if (!g_str_equal(CM_ELEMENT(caseload->sessions, CmSession, s)->act,
				 asked->session->act))
			continue;
		if (placement->mode == CM_MODE_IN_PERSON)
			break;
		run++;
	}
	return run;
}

static gboolean
is_first_of_act(const Asked *asked)
{
	const CmCaseload *caseload = asked->sweep->caseload;

	for (guint32 s = asked->followup->sessions.first; s < asked->index; s++)
		if (g_str_equal(CM_ELEMENT(caseload->sessions, CmSession, s)->act,
				asked->session->act))
			return FALSE;
	return TRUE;
}

static gboolean
is_mode_allowed(const Asked *asked, CmMode mode)
{
	const CmCaseload *caseload = asked->sweep->caseload;
	const CmActRules *rules = asked->rules;
	gboolean in_person = mode == CM_MODE_IN_PERSON;
	gboolean served = FALSE;

	if ((asked->session->modes & CM_MODE_FLAG(mode)) == 0 ||
	    (rules->modalities & (in_person ? CM_USE_IN_PERSON : CM_USE_VIDEO)) == 0)
		return FALSE;
	if (mode == CM_MODE_VIDEO_SCHOOL && !rules->student_present)
		return FALSE;
	for (guint i = 0; i < asked->professional->sites.count; i++)
		served = served || g_array_index(caseload->references, guint32,
						 asked->professional->sites.first + i) ==
				       asked->student->site;
	if (in_person)
		return served;
	if (rules->first_in_person && is_first_of_act(asked))
		return FALSE;
	return rules->in_person_every == CM_LIMIT_NONE ||
	       count_video(asked, -1) + 1 + count_video(asked, 1) < rules->in_person_every;
}

static gboolean
lacks_guardian(const Asked *asked, gint day)
{
	const CmCaseload *caseload = asked->sweep->caseload;

	if (!asked->rules->student_present || asked->rules->guardian_below_age == CM_LIMIT_NONE ||
	    cm_day_get_age(asked->student->birth_date, caseload->from + day) >=
		asked->rules->guardian_below_age)
		return FALSE;
	for (guint i = 0; i < asked->session->participants.count; i++) {
		guint32 contact = g_array_index(caseload->references, guint32,
						asked->session->participants.first + i);

		if (CM_ELEMENT(caseload->contacts, CmContact, contact)->kind ==
		    CM_CONTACT_KIND_GUARDIAN)
			return FALSE;
	}
	return TRUE;
}

/* The days that the sessions around it leave; FALSE when the one before it does not stand. */
static gboolean
find_days(const Asked *asked, gint *out_first, gint *out_last)
{
	const CmCaseload *caseload = asked->sweep->caseload;
	const CmPlacement *placements = asked->sweep->placements;
	CmRange sessions = asked->followup->sessions;
	CmDay first = MAX(asked->followup->not_before, caseload->from);
	CmDay last = caseload->to;

	if (caseload->replan_from != CM_DAY_NONE)
		first = MAX(first, caseload->replan_from);
	if (asked->index > sessions.first) {
		const CmPlacement *before = &placements[asked->index - 1];

		if (before->mode == CM_MODE_LAST)
			return FALSE;
		first = MAX(first, before->date + MAX(asked->rules->min_gap_days, 1));
		if (asked->rules->max_gap_days != CM_LIMIT_NONE)
			last = MIN(last, before->date + asked->rules->max_gap_days);
	}
	if (asked->index + 1 < sessions.first + sessions.count &&
	    placements[asked->index + 1].mode != CM_MODE_LAST) {
		const CmActRules *rules = get_rules(
		    asked->sweep, CM_ELEMENT(caseload->sessions, CmSession, asked->index + 1));
		CmDay next = placements[asked->index + 1].date;

		last = MIN(last, next - MAX(rules->min_gap_days, 1));
		if (rules->max_gap_days != CM_LIMIT_NONE)
			first = MAX(first, next - rules->max_gap_days);
	}
	*out_first = first - caseload->from;
	*out_last = last - caseload->from;
	return TRUE;
}

guint
cm_offer_sweep_find(const CmOfferSweep *sweep, guint32 session, guint count, CmOffer *out_offers)
{
	const CmCaseload *caseload = sweep->caseload;
	Asked asked = {.sweep = sweep, .index = session, .offers = out_offers, .wanted = count};
	gint first;
	gint last;

	asked.session = CM_ELEMENT(caseload->sessions, CmSession, session);
	asked.followup = CM_ELEMENT(caseload->followups, CmFollowup, asked.session->followup);
	asked.student = CM_ELEMENT(caseload->students, CmStudent, asked.followup->student);
	asked.professional =
	    CM_ELEMENT(caseload->professionals, CmProfessional, asked.followup->professional);
	asked.site = CM_ELEMENT(caseload->sites, CmSite, asked.student->site);
	asked.rules = get_rules(sweep, asked.session);
	asked.limits = cm_policy_get_day_limits(
	    cm_policy_set_lookup(sweep->policies, asked.professional->profession));
	if (!find_days(&asked, &first, &last))
		return 0;
	for (gint day = first; day <= last; day++) {
		gint cycle_day = 0;
		CmDayKind kind = cm_caseload_get_day(caseload, asked.student->site,
						     caseload->from + day, &cycle_day);
		gint weekday = cm_day_get_weekday(caseload->from + day);

		for (guint mode = 0; mode < CM_MODE_LAST; mode++) {
			if (kind == CM_DAY_KIND_CLOSED ||
			    (kind == CM_DAY_KIND_PEDAGOGICAL && mode != CM_MODE_VIDEO_REMOTE) ||
			    !is_mode_allowed(&asked, (CmMode)mode) ||
			    (mode == CM_MODE_VIDEO_REMOTE && lacks_guardian(&asked, day)))
				continue;
			sweep_mode(&asked, day, weekday, cycle_day, (CmMode)mode);
		}
	}
	return asked.count;
}
