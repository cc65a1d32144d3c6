// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agenda/summary.h"

#include "daemon/agenda/document.h"
#include "daemon/agenda/itinerary.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT_NAME "comodal-summary/1"
/* how many sessions stand as examples of a reason */
#define EXAMPLES_MAX 3
/* a session this much after its target date is worth a word */
#define LATE_DAYS 7

/* One week of a professional. */
typedef struct {
	guint sessions;
	guint minutes;
} Week;

/* What one professional's plan comes to. */
typedef struct {
	guint placed;
	guint unscheduled;
	guint video;
	guint minutes;
	guint travel;
	Week *weeks; /* from the Monday of the horizon's first week */
} Work;

/* Reasons that differ only in names and dates. */
typedef struct {
	const gchar *message; /* that of the first session */
	guint count;
	gboolean same; /* all of them word by word */
	guint32 examples[EXAMPLES_MAX];
} Reason;

typedef struct {
	const CmCaseload *caseload;
	const CmPlan *plan;
	CmDay monday;
	guint week_count;
	Work *works; /* one a professional */
	guint modes[CM_MODE_LAST];
	guint late;
	JsonBuilder *builder;
} Summary;

static void
summary_clear(Summary *summary)
{
	for (guint i = 0; i < summary->caseload->professionals->len; i++)
		g_free(summary->works[i].weeks);
	g_free(summary->works);
	g_clear_object(&summary->builder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Summary, summary_clear)

static void
count_stop(Summary *summary, const CmStop *stop)
{
	const CmSession *session =
	    CM_ELEMENT(summary->caseload->sessions, CmSession, stop->session);
	Work *work = &summary->works[stop->professional];
	guint week = (guint)(stop->date - summary->monday) / CM_DAYS_PER_WEEK;

	work->placed++;
	work->minutes += (guint)session->minutes;
	summary->modes[stop->placement->mode]++;
	if (stop->placement->mode != CM_MODE_IN_PERSON)
		work->video++;
	if (stop->date > session->target_date + LATE_DAYS)
		summary->late++;
	if (week < summary->week_count) {
		work->weeks[week].sessions++;
		work->weeks[week].minutes += (guint)session->minutes;
	}
}

static void
count_day(Summary *summary, const CmStop *stops, guint count)
{
	g_autoptr(GArray) legs = cm_itinerary_new_legs(summary->caseload, stops, count);

	for (guint i = 0; i < count; i++)
		count_stop(summary, &stops[i]);
	for (guint i = 0; i < legs->len; i++) {
		const CmLeg *leg = &g_array_index(legs, CmLeg, i);

		summary->works[stops->professional].travel += (guint)(leg->end - leg->start);
	}
}

static void
count_all(Summary *summary)
{
	const CmCaseload *caseload = summary->caseload;
	g_autoptr(GArray) stops = cm_itinerary_new_stops(caseload, summary->plan);
	guint count = 0;

	for (guint first = 0; first < stops->len; first += count) {
		count = cm_itinerary_count_day(stops, first);
		count_day(summary, &g_array_index(stops, CmStop, first), count);
	}
	for (guint i = 0; i < summary->plan->unscheduled->len; i++) {
		const CmUnscheduled *left =
		    CM_ELEMENT(summary->plan->unscheduled, CmUnscheduled, i);
		const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, left->session);
		const CmFollowup *followup =
		    CM_ELEMENT(caseload->followups, CmFollowup, session->followup);

		summary->works[followup->professional].unscheduled++;
	}
}

/* what the reasons of a kind have in common: the format, or the whole text of one without */
static gchar *
reason_key(const gchar *message)
{
	const gchar *format = strchr(message, '\x1f');
	const gchar *end = NULL;

	if (format == NULL)
		return g_strdup(message);
	end = strchr(format + 1, '\x1f');
	return end != NULL ? g_strndup(format + 1, (gsize)(end - format - 1))
			   : g_strdup(format + 1);
}

static gint
compare_reasons(gconstpointer a, gconstpointer b)
{
	const Reason *first = *(const Reason *const *)a;
	const Reason *second = *(const Reason *const *)b;

	if (first->count != second->count)
		return first->count > second->count ? -1 : 1;
	return g_strcmp0(first->message, second->message);
}

/* Returns: (transfer full) array of Reason, the most frequent first */
static GPtrArray *
group_reasons(const Summary *summary)
{
	g_autoptr(GHashTable) groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GPtrArray *reasons = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < summary->plan->unscheduled->len; i++) {
		const CmUnscheduled *left =
		    CM_ELEMENT(summary->plan->unscheduled, CmUnscheduled, i);
		g_autofree gchar *key = reason_key(left->reason);
		Reason *reason = g_hash_table_lookup(groups, key);

		if (reason == NULL) {
			reason = g_new0(Reason, 1);
			reason->message = left->reason;
			reason->same = TRUE;
			g_ptr_array_add(reasons, reason);
			g_hash_table_insert(groups, g_steal_pointer(&key), reason);
		}
		reason->same = reason->same && g_str_equal(reason->message, left->reason);
		if (reason->count < EXAMPLES_MAX)
			reason->examples[reason->count] = left->session;
		reason->count++;
	}
	g_ptr_array_sort(reasons, compare_reasons);
	return reasons;
}

static void
add_reasons(Summary *summary)
{
	JsonBuilder *builder = summary->builder;
	g_autoptr(GPtrArray) reasons = group_reasons(summary);

	cm_document_begin_array(builder, "reasons");
	for (guint i = 0; i < reasons->len; i++) {
		const Reason *reason = g_ptr_array_index(reasons, i);

		json_builder_begin_object(builder);
		cm_document_add_int(builder, "count", reason->count);
		cm_document_add_string(builder, "message", reason->message);
		cm_document_add_boolean(builder, "same", reason->same);
		cm_document_begin_array(builder, "examples");
		for (guint e = 0; e < MIN(reason->count, EXAMPLES_MAX); e++)
			json_builder_add_string_value(
			    builder,
			    CM_ELEMENT(summary->caseload->sessions, CmSession, reason->examples[e])
				->id);
		json_builder_end_array(builder);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

static void
add_weeks(Summary *summary, const Work *work)
{
	JsonBuilder *builder = summary->builder;
	guint fullest = 0;

	cm_document_begin_array(builder, "weeks");
	for (guint i = 0; i < summary->week_count; i++) {
		json_builder_begin_object(builder);
		cm_document_add_date(builder, "monday",
				     summary->monday + (CmDay)i * CM_DAYS_PER_WEEK);
		cm_document_add_int(builder, "sessions", work->weeks[i].sessions);
		cm_document_add_int(builder, "minutes", work->weeks[i].minutes);
		json_builder_end_object(builder);
		if (work->weeks[i].minutes > work->weeks[fullest].minutes)
			fullest = i;
	}
	json_builder_end_array(builder);
	cm_document_add_int(builder, "fullest_week", fullest);
}

static void
add_professionals(Summary *summary)
{
	const CmCaseload *caseload = summary->caseload;
	JsonBuilder *builder = summary->builder;

	cm_document_begin_array(builder, "professionals");
	for (guint i = 0; i < caseload->professionals->len; i++) {
		const CmProfessional *professional =
		    CM_ELEMENT(caseload->professionals, CmProfessional, i);
		const Work *work = &summary->works[i];

		json_builder_begin_object(builder);
		cm_document_add_string(builder, "id", professional->id);
		cm_document_add_string(builder, "name", professional->name);
		cm_document_add_string(builder, "profession", professional->profession);
		cm_document_add_int(builder, "placed", work->placed);
		cm_document_add_int(builder, "unscheduled", work->unscheduled);
		cm_document_add_int(builder, "video", work->video);
		cm_document_add_int(builder, "minutes", work->minutes);
		cm_document_add_int(builder, "travel_minutes", work->travel);
		add_weeks(summary, work);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

static gint
compare_placement_session(gconstpointer a, gconstpointer b)
{
	guint32 first = ((const CmPlacement *)a)->session;
	guint32 second = ((const CmPlacement *)b)->session;

	return first < second ? -1 : (first > second ? 1 : 0);
}

/* how much of what people know already stays; nothing when they know nothing */
static void
add_previous(Summary *summary)
{
	const GArray *previous = summary->caseload->previous;
	g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(CmPlacement));
	guint kept = 0;
	guint moved = 0;

	if (previous->len == 0)
		return;
	g_array_append_vals(sorted, summary->plan->placements->data,
			    summary->plan->placements->len);
	g_array_sort(sorted, compare_placement_session);
	for (guint i = 0; i < previous->len; i++) {
		const CmPlacement *before = CM_ELEMENT(previous, CmPlacement, i);
		const CmPlacement *now =
		    sorted->len > 0 ? bsearch(before, sorted->data, sorted->len,
					      sizeof(CmPlacement), compare_placement_session)
				    : NULL;

		if (now == NULL)
			continue;
		if (now->date == before->date && now->start == before->start &&
		    now->mode == before->mode)
			kept++;
		else
			moved++;
	}
	cm_document_begin_object(summary->builder, "previous");
	cm_document_add_int(summary->builder, "kept", kept);
	cm_document_add_int(summary->builder, "moved", moved);
	cm_document_add_int(summary->builder, "removed", previous->len - kept - moved);
	json_builder_end_object(summary->builder);
}

static void
add_cost(Summary *summary)
{
	cm_document_begin_object(summary->builder, "cost");
	for (guint part = 0; part < CM_COST_LAST; part++)
		cm_document_add_int(summary->builder, cm_cost_part_to_string((CmCostPart)part),
				    summary->plan->cost.part[part]);
	cm_document_add_int(summary->builder, "total", cm_cost_get_total(&summary->plan->cost));
	json_builder_end_object(summary->builder);
}

static void
add_document(Summary *summary)
{
	const CmCaseload *caseload = summary->caseload;
	JsonBuilder *builder = summary->builder;
	gint64 travel = 0;

	for (guint i = 0; i < caseload->professionals->len; i++)
		travel += summary->works[i].travel;
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", FORMAT_NAME);
	cm_document_add_named(builder, "organisation", caseload->organisation_id,
			      caseload->organisation_name);
	cm_document_add_date(builder, "from", caseload->from);
	cm_document_add_date(builder, "to", caseload->to);
	cm_document_add_int(builder, "weeks", summary->week_count);
	cm_document_add_int(builder, "placed", summary->plan->placements->len);
	cm_document_add_int(builder, "unscheduled", summary->plan->unscheduled->len);
	cm_document_begin_object(builder, "modes");
	for (guint mode = 0; mode < CM_MODE_LAST; mode++)
		cm_document_add_int(builder, cm_mode_to_string((CmMode)mode), summary->modes[mode]);
	json_builder_end_object(builder);
	cm_document_add_int(builder, "travel_minutes", travel);
	cm_document_add_int(builder, "late", summary->late);
	add_previous(summary);
	add_cost(summary);
	add_reasons(summary);
	add_professionals(summary);
	json_builder_end_object(builder);
}

GBytes *
cm_summary_new_document(const CmCaseload *caseload, const CmPlan *plan)
{
	g_auto(Summary) summary = {.caseload = caseload, .plan = plan};

	summary.monday = caseload->from - cm_day_get_weekday(caseload->from);
	summary.week_count = (guint)(caseload->to - summary.monday) / CM_DAYS_PER_WEEK + 1;
	summary.works = g_new0(Work, caseload->professionals->len);
	for (guint i = 0; i < caseload->professionals->len; i++)
		summary.works[i].weeks = g_new0(Week, summary.week_count);
	count_all(&summary);
	summary.builder = json_builder_new();
	add_document(&summary);
	return cm_document_to_bytes(summary.builder);
}
