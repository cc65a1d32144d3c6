// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/desk.h"

#include "daemon/booking/desk-data.h"
#include "daemon/booking/desk-question.h"
#include "daemon/booking/desk-reason.h"
#include "daemon/booking/desk-slots.h"

#define SECONDS_PER_DAY 86400

static guint
count_resources(const CmCaseload *caseload, CmResource kind)
{
	const guint lengths[CM_RESOURCE_LAST] = {
	    [CM_RESOURCE_PROFESSIONAL] = caseload->professionals->len,
	    [CM_RESOURCE_STUDENT] = caseload->students->len,
	    [CM_RESOURCE_CONTACT] = caseload->contacts->len,
	    [CM_RESOURCE_ROOM] = caseload->rooms->len,
	    [CM_RESOURCE_COMPANION] = caseload->companions->len,
	};

	return lengths[kind];
}

/* The index of the first use of a date or later. */
static guint
find_date(const GArray *uses, CmDay date)
{
	guint low = 0;
	guint high = uses->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(uses, CmDeskUse, middle).date < date)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
add_use(CmDesk *desk, CmResource kind, guint32 resource, const CmDeskUse *use)
{
	GArray **uses;
	guint at;

	if (resource >= count_resources(desk->caseload, kind))
		return;
	uses = &desk->uses[kind][resource];
	if (*uses == NULL)
		*uses = g_array_new(FALSE, FALSE, sizeof(CmDeskUse));
	at = find_date(*uses, use->date);
	while (at < (*uses)->len && g_array_index(*uses, CmDeskUse, at).date == use->date &&
	       g_array_index(*uses, CmDeskUse, at).from < use->from)
		at++;
	g_array_insert_vals(*uses, at, use, 1);
}

static void
drop_uses(CmDesk *desk, CmResource kind, guint32 resource, const CmDeskStanding *standing)
{
	GArray *uses =
	    resource < count_resources(desk->caseload, kind) ? desk->uses[kind][resource] : NULL;

	for (guint i = uses != NULL ? uses->len : 0; i-- > 0;) {
		const CmDeskUse *use = &g_array_index(uses, CmDeskUse, i);

		if (standing != NULL ? use->standing == standing : use->foreign)
			g_array_remove_index(uses, i);
	}
}

typedef void (*UseEach)(CmDesk *desk, CmResource kind, guint32 resource, CmDeskStanding *standing);

static void
use_one(CmDesk *desk, CmResource kind, guint32 resource, CmDeskStanding *standing)
{
	const CmDeskEntry *entry = &standing->entry;
	CmDeskUse use = {.date = entry->date,
			 .from = entry->start,
			 .to = (gint16)(entry->start + entry->minutes),
			 .standing = standing};

	add_use(desk, kind, resource, &use);
}

static void
release_one(CmDesk *desk, CmResource kind, guint32 resource, CmDeskStanding *standing)
{
	drop_uses(desk, kind, resource, standing);
}

static void
use_session(CmDesk *desk, CmDeskStanding *standing, UseEach each)
{
	const CmCaseload *caseload = desk->caseload;
	const CmSession *session =
	    CM_ELEMENT(caseload->sessions, CmSession, standing->entry.session);
	const CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, session->followup);
	const CmProfessional *professional =
	    CM_ELEMENT(caseload->professionals, CmProfessional, followup->professional);
	const CmPolicy *policy = cm_policy_set_lookup(desk->policies, professional->profession);
	const CmActRules *rules = policy != NULL ? cm_policy_get_act(policy, session->act) : NULL;

	if (rules == NULL || rules->student_present)
		each(desk, CM_RESOURCE_STUDENT, followup->student, standing);
	for (guint i = 0; i < session->participants.count; i++)
		each(desk, CM_RESOURCE_CONTACT,
		     g_array_index(caseload->references, guint32, session->participants.first + i),
		     standing);
}

/* Everybody and everything that an entry takes. */
static void
use_all(CmDesk *desk, CmDeskStanding *standing, UseEach each)
{
	const CmDeskEntry *entry = &standing->entry;

	each(desk, CM_RESOURCE_PROFESSIONAL, entry->professional, standing);
	each(desk, CM_RESOURCE_ROOM, entry->room, standing);
	each(desk, CM_RESOURCE_COMPANION, entry->companion, standing);
	if (entry->kind == CM_DESK_SESSION)
		use_session(desk, standing, each);
	for (guint i = 0; i < entry->attendee_count; i++)
		if (standing->attendees[i].kind != CM_RESOURCE_PROFESSIONAL ||
		    standing->attendees[i].index != entry->professional)
			each(desk, (CmResource)standing->attendees[i].kind,
			     standing->attendees[i].index, standing);
}

static void
free_standing(gpointer data)
{
	CmDeskStanding *standing = data;

	g_free(standing->attendees);
	g_free((gchar *)standing->entry.act);
	g_free(standing);
}

static GArray **
list_by_site(GArray *of, guint sites, gsize size, gsize offset)
{
	GArray **lists = g_new0(GArray *, sites + 1);

	for (guint32 i = 0; i < of->len; i++) {
		guint32 site = *(const guint32 *)(gpointer)(of->data + i * size + offset);

		if (lists[site] == NULL)
			lists[site] = g_array_new(FALSE, FALSE, sizeof(guint32));
		g_array_append_val(lists[site], i);
	}
	return lists;
}

static void
free_lists(GArray **lists, guint count)
{
	for (guint i = 0; i < count; i++)
		if (lists[i] != NULL)
			g_array_unref(lists[i]);
	g_free(lists);
}

CmDesk *
cm_desk_new(const CmCaseload *caseload, const CmPolicySet *policies)
{
	CmDesk *desk = g_new0(CmDesk, 1);
	const CmWindow day = {CM_DESK_DAY_FROM, CM_DESK_DAY_TO};

	desk->caseload = caseload;
	desk->policies = policies;
	desk->zone = g_time_zone_new_identifier(caseload->timezone);
	if (desk->zone == NULL)
		desk->zone = g_time_zone_new_utc();
	desk->standing = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, free_standing);
	desk->sessions = g_new0(CmDeskStanding *, caseload->sessions->len + 1);
	for (guint kind = 0; kind < CM_RESOURCE_LAST; kind++)
		desk->uses[kind] =
		    g_new0(GArray *, count_resources(caseload, (CmResource)kind) + 1);
	desk->rooms = list_by_site(caseload->rooms, caseload->sites->len, sizeof(CmRoom),
				   G_STRUCT_OFFSET(CmRoom, site));
	desk->companions = list_by_site(caseload->companions, caseload->sites->len,
					sizeof(CmCompanion), G_STRUCT_OFFSET(CmCompanion, site));
	desk->windows =
	    g_array_sized_new(FALSE, FALSE, sizeof(CmWindow), caseload->windows->len + 1);
	g_array_append_vals(desk->windows, caseload->windows->data, caseload->windows->len);
	g_array_append_val(desk->windows, day);
	for (guint i = 0; i < caseload->busy->len; i++) {
		const CmBusy *busy = CM_ELEMENT(caseload->busy, CmBusy, i);
		CmDeskUse use = {
		    .date = busy->date, .from = busy->window.from, .to = busy->window.to};

		add_use(desk, (CmResource)busy->kind, busy->resource, &use);
	}
	return desk;
}

void
cm_desk_free(CmDesk *desk)
{
	for (guint kind = 0; kind < CM_RESOURCE_LAST; kind++)
		free_lists(desk->uses[kind], count_resources(desk->caseload, (CmResource)kind));
	free_lists(desk->rooms, desk->caseload->sites->len);
	free_lists(desk->companions, desk->caseload->sites->len);
	g_array_unref(desk->windows);
	g_hash_table_unref(desk->standing);
	g_free(desk->sessions);
	g_time_zone_unref(desk->zone);
	g_free(desk);
}

void
cm_desk_set_gates(CmDesk *desk, const CmDeskGates *gates)
{
	const CmDeskGates none = {NULL, NULL, NULL};

	desk->gates = gates != NULL ? *gates : none;
}

void
cm_desk_complete(const CmDesk *desk, CmDeskEntry *entry)
{
	const CmCaseload *caseload = desk->caseload;
	const CmSession *session;
	const CmFollowup *followup;

	if (entry->kind != CM_DESK_SESSION) {
		if (entry->site == CM_NONE)
			entry->site =
			    CM_ELEMENT(caseload->professionals, CmProfessional, entry->professional)
				->base;
		return;
	}
	session = CM_ELEMENT(caseload->sessions, CmSession, entry->session);
	followup = CM_ELEMENT(caseload->followups, CmFollowup, session->followup);
	entry->professional = followup->professional;
	entry->site = CM_ELEMENT(caseload->students, CmStudent, followup->student)->site;
	if (entry->minutes == 0)
		entry->minutes = session->minutes;
	entry->act = session->act;
	entry->attendees = NULL;
	entry->attendee_count = 0;
}

void
cm_desk_place(CmDesk *desk, const CmDeskEntry *entry)
{
	CmDeskStanding *standing;

	if (entry->kind == CM_DESK_SESSION
		? entry->session >= desk->caseload->sessions->len
		: entry->professional >= desk->caseload->professionals->len)
		return;
	cm_desk_remove(desk, entry->number);
	standing = g_new0(CmDeskStanding, 1);
	standing->entry = *entry;
	cm_desk_complete(desk, &standing->entry);
	standing->entry.act = g_strdup(standing->entry.act);
	standing->attendees = g_memdup2(standing->entry.attendees,
					standing->entry.attendee_count * sizeof(CmAttendee));
	standing->entry.attendees = standing->attendees;
	if (entry->kind == CM_DESK_SESSION) {
		standing->next = desk->sessions[entry->session];
		desk->sessions[entry->session] = standing;
	}
	use_all(desk, standing, use_one);
	g_hash_table_insert(desk->standing, &standing->entry.number, standing);
}

gboolean
cm_desk_remove(CmDesk *desk, gint64 number)
{
	CmDeskStanding *standing = g_hash_table_lookup(desk->standing, &number);

	if (standing == NULL)
		return FALSE;
	if (standing->entry.kind == CM_DESK_SESSION) {
		CmDeskStanding **at = &desk->sessions[standing->entry.session];

		while (*at != standing)
			at = &(*at)->next;
		*at = standing->next;
	}
	use_all(desk, standing, release_one);
	return g_hash_table_remove(desk->standing, &number);
}

const CmDeskEntry *
cm_desk_lookup(const CmDesk *desk, gint64 number)
{
	const CmDeskStanding *standing = g_hash_table_lookup(desk->standing, &number);

	return standing != NULL ? &standing->entry : NULL;
}

const CmDeskEntry *
cm_desk_lookup_session(const CmDesk *desk, guint32 session)
{
	for (const CmDeskStanding *standing = desk->sessions[session]; standing != NULL;
	     standing = standing->next)
		if (standing->entry.hold_until == 0)
			return &standing->entry;
	return NULL;
}

void
cm_desk_set_calendar(CmDesk *desk, guint32 professional, const CmBusy *busy, guint count)
{
	drop_uses(desk, CM_RESOURCE_PROFESSIONAL, professional, NULL);
	for (guint i = 0; i < count; i++) {
		CmDeskUse use = {.date = busy[i].date,
				 .from = busy[i].window.from,
				 .to = busy[i].window.to,
				 .foreign = TRUE};

		add_use(desk, CM_RESOURCE_PROFESSIONAL, professional, &use);
	}
}

const CmDeskUse *
cm_desk_find_uses(const CmDesk *desk,
		  CmResource kind,
		  guint32 resource,
		  CmDay from,
		  CmDay to,
		  guint *out_count)
{
	const GArray *uses = desk->uses[kind][resource];
	guint first;

	*out_count = 0;
	if (uses == NULL)
		return NULL;
	first = find_date(uses, from);
	*out_count = find_date(uses, to + 1) - first;
	return &g_array_index(uses, CmDeskUse, first);
}

gboolean
cm_desk_stands(const CmDeskStanding *standing, const CmDeskEntry *asked, gint64 now)
{
	const CmDeskEntry *entry = &standing->entry;

	if (entry->hold_until != 0 && entry->hold_until <= now)
		return FALSE;
	if (asked->number != 0 && entry->number == asked->number)
		return FALSE;
	return entry->kind != CM_DESK_SESSION || asked->kind != CM_DESK_SESSION ||
	       entry->session != asked->session;
}

gboolean
cm_desk_counts(const CmDeskUse *use, const CmDeskEntry *asked, gint64 now)
{
	return use->standing == NULL || cm_desk_stands(use->standing, asked, now);
}

CmDay
cm_desk_get_day(const CmDesk *desk, gint64 now)
{
	gint interval = g_time_zone_find_interval(desk->zone, G_TIME_TYPE_UNIVERSAL, now);
	gint64 local = now + g_time_zone_get_offset(desk->zone, interval);

	return (CmDay)((local - (local < 0 ? SECONDS_PER_DAY - 1 : 0)) / SECONDS_PER_DAY);
}

const gchar *
cm_desk_kind_to_string(CmDeskKind kind)
{
	static const gchar *const words[] = {"session", "group", "intervention-plan", "meeting"};

	G_STATIC_ASSERT(G_N_ELEMENTS(words) == CM_DESK_LAST);
	return words[kind];
}

gboolean
cm_desk_kind_from_string(const gchar *text, CmDeskKind *out_kind)
{
	for (guint kind = 0; kind < CM_DESK_LAST; kind++) {
		if (g_strcmp0(text, cm_desk_kind_to_string((CmDeskKind)kind)) != 0)
			continue;
		*out_kind = (CmDeskKind)kind;
		return TRUE;
	}
	return FALSE;
}

CmVerdict *
cm_desk_judge(const CmDesk *desk, const CmDeskEntry *asked, gint64 now)
{
	g_autoptr(CmDeskQuestion) question =
	    cm_desk_question_new(desk, asked, asked->date, asked->date, now);
	CmVerdict *verdict = cm_verdict_new();

	cm_desk_reason_find(question, verdict);
	return verdict;
}

guint
cm_desk_find_slots(const CmDesk *desk,
		   const CmDeskEntry *asked,
		   guint modes,
		   CmDay from,
		   CmDay to,
		   gboolean apart,
		   guint count,
		   gint64 now,
		   CmSlot *out_slots)
{
	CmDeskEntry any = *asked;
	g_autoptr(CmDeskQuestion) question = NULL;

	any.room = CM_NONE;
	any.companion = CM_NONE;
	from = MAX(MAX(from, desk->caseload->from), cm_desk_get_day(desk, now));
	to = MIN(to, desk->caseload->to);
	if (to < from)
		return 0;
	question = cm_desk_question_new(desk, &any, from, to, now);
	if (question->problem == NULL)
		return 0;
	return cm_desk_slots_find(question, modes, apart, count, out_slots);
}
