// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-key.h"

#include <string.h>

#define MOST_MINUTES CM_MINUTES_PER_DAY
#define MOST_SESSIONS 100
#define MOST_DAYS 366
#define MOST_AGE 99
#define ALL_MODALITIES (CM_USE_IN_PERSON | CM_USE_VIDEO)

#define DAY(name, tighter, field, least, most)                                                     \
	{                                                                                          \
		name, FALSE, CM_POLICY_KEY_NUMBER, tighter, G_STRUCT_OFFSET(CmDayLimits, field),   \
		    least, most                                                                    \
	}
#define ACT(name, type, tighter, field, least, most)                                               \
	{                                                                                          \
		name, TRUE, type, tighter, G_STRUCT_OFFSET(CmActRules, field), least, most         \
	}

static const CmPolicyKey policy_keys[] = {
    DAY("BufferMinutes", CM_TIGHTER_HIGHER, buffer_minutes, 0, MOST_MINUTES),
    DAY("MaxSessions", CM_TIGHTER_LOWER, max_sessions, 1, MOST_SESSIONS),
    DAY("MaxMinutes", CM_TIGHTER_LOWER, max_minutes, 1, MOST_MINUTES),
    DAY("MaxSites", CM_TIGHTER_LOWER, max_sites, 1, 2),
    DAY("MaxConsecutiveVideoMinutes",
	CM_TIGHTER_LOWER,
	max_consecutive_video_minutes,
	1,
	MOST_MINUTES),
    DAY("BreakMinutes", CM_TIGHTER_HIGHER, break_minutes, 1, MOST_MINUTES),
    ACT("Modalities",
	CM_POLICY_KEY_MODALITIES,
	CM_TIGHTER_FEWER,
	modalities,
	CM_USE_IN_PERSON,
	ALL_MODALITIES),
    ACT("StudentPresent", CM_POLICY_KEY_FLAG, CM_TIGHTER_FIXED, student_present, FALSE, TRUE),
    ACT("FirstInPerson", CM_POLICY_KEY_FLAG, CM_TIGHTER_HIGHER, first_in_person, FALSE, TRUE),
    ACT("InPersonEvery", CM_POLICY_KEY_NUMBER, CM_TIGHTER_LOWER, in_person_every, 1, MOST_SESSIONS),
    ACT("MinGapDays", CM_POLICY_KEY_NUMBER, CM_TIGHTER_HIGHER, min_gap_days, 0, MOST_DAYS),
    ACT("MaxGapDays", CM_POLICY_KEY_NUMBER, CM_TIGHTER_LOWER, max_gap_days, 1, MOST_DAYS),
    ACT("CompanionBelowAge",
	CM_POLICY_KEY_NUMBER,
	CM_TIGHTER_HIGHER,
	companion_below_age,
	1,
	MOST_AGE),
    ACT("GuardianBelowAge",
	CM_POLICY_KEY_NUMBER,
	CM_TIGHTER_HIGHER,
	guardian_below_age,
	1,
	MOST_AGE),
};

const CmPolicyKey *
cm_policy_key_get(guint index)
{
	return index < G_N_ELEMENTS(policy_keys) ? &policy_keys[index] : NULL;
}

const CmPolicyKey *
cm_policy_key_lookup(const gchar *group, const gchar *name)
{
	gboolean of_act = g_str_has_prefix(group, CM_POLICY_GROUP_ACT);

	if (!of_act && !g_str_equal(group, CM_POLICY_GROUP_DAY))
		return NULL;
	for (guint i = 0; i < G_N_ELEMENTS(policy_keys); i++) {
		if (policy_keys[i].of_act == of_act && g_str_equal(policy_keys[i].name, name))
			return &policy_keys[i];
	}
	return NULL;
}

gboolean
cm_policy_key_is_known(const gchar *name)
{
	const gchar *dot = strrchr(name, '.');
	g_autofree gchar *group = dot != NULL ? g_strndup(name, (gsize)(dot - name)) : NULL;

	return group != NULL && cm_policy_key_lookup(group, dot + 1) != NULL;
}

gint
cm_policy_key_get_value(const CmPolicyKey *key, gconstpointer limits)
{
	if (key->type == CM_POLICY_KEY_MODALITIES)
		return G_STRUCT_MEMBER(guint8, limits, key->offset);
	return G_STRUCT_MEMBER(gint, limits, key->offset);
}

void
cm_policy_key_set_value(const CmPolicyKey *key, gpointer limits, gint value)
{
	if (key->type == CM_POLICY_KEY_MODALITIES)
		G_STRUCT_MEMBER(guint8, limits, key->offset) = (guint8)value;
	else
		G_STRUCT_MEMBER(gint, limits, key->offset) = value;
}

gboolean
cm_policy_key_loosens(const CmPolicyKey *key, gint from, gint to)
{
	if (key->type == CM_POLICY_KEY_NUMBER && from == CM_LIMIT_NONE)
		return FALSE;
	switch (key->tighter) {
	case CM_TIGHTER_LOWER:
		return to > from;
	case CM_TIGHTER_HIGHER:
		return to < from;
	case CM_TIGHTER_FEWER:
		return (to & ~from) != 0;
	case CM_TIGHTER_MORE:
		return (from & ~to) != 0;
	case CM_TIGHTER_FIXED:
	default:
		return to != from;
	}
}

gchar *
cm_policy_key_format(const CmPolicyKey *key, gint value)
{
	switch (key->type) {
	case CM_POLICY_KEY_FLAG:
		return g_strdup(value ? "true" : "false");
	case CM_POLICY_KEY_MODALITIES:
		return g_strdup(value == ALL_MODALITIES     ? "in-person;video"
				: value == CM_USE_IN_PERSON ? "in-person"
							    : "video");
	case CM_POLICY_KEY_NUMBER:
	default:
		return value == CM_LIMIT_NONE ? g_strdup("none") : g_strdup_printf("%d", value);
	}
}

void
cm_policy_key_init_day(CmDayLimits *day)
{
	for (const CmPolicyKey *key = policy_keys; !key->of_act; key++)
		cm_policy_key_set_value(key, day, CM_LIMIT_NONE);
	day->buffer_minutes = 0;
}

void
cm_policy_key_init_act(CmActRules *act, const gchar *name)
{
	memset(act, 0, sizeof *act);
	for (guint i = 0; i < G_N_ELEMENTS(policy_keys); i++) {
		if (policy_keys[i].of_act && policy_keys[i].type == CM_POLICY_KEY_NUMBER)
			cm_policy_key_set_value(&policy_keys[i], act, CM_LIMIT_NONE);
	}
	act->name = name;
	act->modalities = ALL_MODALITIES;
	act->student_present = TRUE;
}
