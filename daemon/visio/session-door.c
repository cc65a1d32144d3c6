// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/session-door.h"

static const gchar *const states[CM_SESSION_DOOR_STATE_LAST] = {
    [CM_SESSION_DOOR_IN_PERSON] = "in-person", [CM_SESSION_DOOR_OTHER_LINK] = "other-link",
    [CM_SESSION_DOOR_EARLY] = "early",         [CM_SESSION_DOOR_OPEN] = "open",
    [CM_SESSION_DOOR_LATE] = "late",           [CM_SESSION_DOOR_OVER] = "over",
    [CM_SESSION_DOOR_CANCELLED] = "cancelled", [CM_SESSION_DOOR_MOVED] = "moved",
    [CM_SESSION_DOOR_DOWN] = "down",
};

#define SECONDS_PER_MINUTE 60

static const gchar *const questions[CM_SESSION_DOOR_QUESTION_COUNT] = {"place", "companion",
								       "phone", "consent"};

const gchar *
cm_session_door_state_to_string(CmSessionDoorState state)
{
	g_return_val_if_fail(state < CM_SESSION_DOOR_STATE_LAST, "");
	return states[state];
}

gint64
cm_session_door_get_opens(const CmSessionDoor *door)
{
	return door->start - CM_SESSION_DOOR_OPENS_BEFORE;
}

gint64
cm_session_door_get_closes(const CmSessionDoor *door)
{
	gboolean returns = door->role == CM_VISIT_HOST || door->been_in;

	return door->end + (returns ? CM_SESSION_DOOR_CLOSES_AFTER : 0);
}

/* an end that the host said of an hour before this one says nothing of it */
static gboolean
is_ended(const CmSessionDoor *door)
{
	return door->role != CM_VISIT_HOST && door->ended_at != 0 &&
	       door->ended_at >= cm_session_door_get_opens(door);
}

/* they stand at the door at the hour that they know */
static gboolean
is_told_hour(const CmSessionDoor *door, gint64 now)
{
	return door->told_start != 0 && door->told_start != door->start &&
	       now >= door->told_start - CM_SESSION_DOOR_OPENS_BEFORE && now < door->told_end;
}

static gint64
get_late(const CmSessionDoor *door)
{
	return door->start +
	       (door->late_after != 0 ? door->late_after : CM_SESSION_DOOR_LATE_AFTER);
}

CmSessionDoorState
cm_session_door_find(const CmSessionDoor *door, gint64 now)
{
	if (door->cancelled)
		return CM_SESSION_DOOR_CANCELLED;
	if (!door->video)
		return CM_SESSION_DOOR_IN_PERSON;
	if (now >= cm_session_door_get_closes(door) || is_ended(door))
		return is_told_hour(door, now) ? CM_SESSION_DOOR_MOVED : CM_SESSION_DOOR_OVER;
	if (door->other_link)
		return CM_SESSION_DOOR_OTHER_LINK;
	if (now < cm_session_door_get_opens(door))
		return is_told_hour(door, now) ? CM_SESSION_DOOR_MOVED : CM_SESSION_DOOR_EARLY;
	if (door->down)
		return CM_SESSION_DOOR_DOWN;
	return now < get_late(door) ? CM_SESSION_DOOR_OPEN : CM_SESSION_DOOR_LATE;
}

gboolean
cm_session_door_is_open(CmSessionDoorState state)
{
	return state == CM_SESSION_DOOR_OPEN || state == CM_SESSION_DOOR_LATE;
}

gint64
cm_session_door_get_next(const CmSessionDoor *door, gint64 now)
{
	const gint64 instants[] = {
	    cm_session_door_get_opens(door),
	    get_late(door),
	    cm_session_door_get_closes(door),
	    door->told_start != 0 ? door->told_start - CM_SESSION_DOOR_OPENS_BEFORE : 0,
	    door->told_end,
	};
	gint64 next = 0;

	if (door->cancelled || !door->video)
		return 0;
	for (guint i = 0; i < G_N_ELEMENTS(instants); i++) {
		if (instants[i] > now && (next == 0 || instants[i] < next))
			next = instants[i];
	}
	return next;
}

/* ---- questions */

const gchar *
cm_session_door_get_question(guint index)
{
	g_return_val_if_fail(index < CM_SESSION_DOOR_QUESTION_COUNT, "");
	return questions[index];
}

static gboolean
is_demanded(const CmPolicy *policy, const gchar *id)
{
	const CmRule *rule = cm_policy_lookup_rule(policy, id);

	return rule != NULL && !rule->repealed && rule->type == CM_VALUE_FLAG && rule->number != 0;
}

static guint
list_questions(const CmPolicy *policy)
{
	const CmRule *rule = cm_policy_lookup_rule(policy, "telepractice.door_questions");
	guint flags = 0;

	if (rule == NULL || rule->repealed || rule->items == NULL)
		return 0;
	for (guint i = 0; i < CM_SESSION_DOOR_QUESTION_COUNT; i++)
		flags |= g_strv_contains(rule->items, questions[i]) ? 1u << i : 0;
	return flags;
}

guint
cm_session_door_find_questions(const CmPolicy *policy, CmVisitRole role, gboolean consented)
{
	guint flags = 0;

	if (policy == NULL || role != CM_VISIT_GUEST)
		return 0;
	flags = list_questions(policy);
	if (is_demanded(policy, "telepractice.confidential_place_both_ends"))
		flags |= CM_SESSION_DOOR_PLACE | CM_SESSION_DOOR_COMPANION;
	if (is_demanded(policy, "telepractice.backup_phone"))
		flags |= CM_SESSION_DOOR_PHONE;
	if (is_demanded(policy, "telepractice.consent_required"))
		flags |= CM_SESSION_DOOR_CONSENT;
	return consented ? flags & ~(guint)CM_SESSION_DOOR_CONSENT : flags;
}

gint64
cm_session_door_find_late(const CmPolicy *policy)
{
	const CmRule *rule =
	    policy != NULL ? cm_policy_lookup_rule(policy, "telepractice.late_minutes") : NULL;

	return rule != NULL && !rule->repealed && rule->type == CM_VALUE_NUMBER
		   ? (gint64)rule->number * SECONDS_PER_MINUTE
		   : 0;
}

gboolean
cm_session_door_needs_own_link(const CmPolicy *policy)
{
	return policy != NULL && is_demanded(policy, "telepractice.platform.single_use_link");
}
