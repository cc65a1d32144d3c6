// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/retention-due.h"

#include <string.h>

#define FLOOR "record.retention_min"

static const gchar *const calendar[CM_RETENTION_FILES] = {
    "retention.school", "retention.assistance", "retention.professional", "retention.confidential"};

/* advice, and what nobody is sure of, is no reason to destroy anything */
static const CmRule *
find_rule(const CmPolicy *policy, guint file)
{
	const CmRule *rule = cm_policy_lookup_rule(policy, calendar[file - 1]);

	return rule != NULL && rule->effect == CM_EFFECT_BLOCK ? rule : NULL;
}

/* to keep it longer, any word will do */
static const CmRule *
find_floor(const CmPolicy *policy)
{
	const CmRule *rule = cm_policy_lookup_rule(policy, FLOOR);

	return rule != NULL && !rule->repealed ? rule : NULL;
}

static const CmRule *
longer(const CmRule *a, const CmRule *b)
{
	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	return b->number > a->number ? b : a;
}

/* the day after so many years are over: of February 29 they are over on March 1. Beyond what days there are: never */
static CmDay
add_years(CmDay day, gint years)
{
	gint year = 0;
	gint month = 0;
	gint date = 0;
	gchar text[CM_DAY_TEXT_SIZE * 2];
	CmDay over = CM_DAY_NONE;

	cm_day_get_ymd(day, &year, &month, &date);
	(void)g_snprintf(text, sizeof text, "%04d-%02d-%02d", year + years, month, date);
	if (!cm_day_parse(text, &over)) {
		(void)g_snprintf(text, sizeof text, "%04d-03-01", year + years);
		if (month != 2 || !cm_day_parse(text, &over))
			return CM_DAY_NONE;
	}
	return over + 1;
}

/* one line, as a record has it */
static gchar *
clean(const gchar *text)
{
	g_autoptr(GString) line = g_string_new(NULL);

	for (const gchar *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar letter = g_utf8_get_char(p);

		g_string_append_unichar(line, g_unichar_iscntrl(letter) ? ' ' : letter);
	}
	if (line->len > CM_RETENTION_BASIS_MAX) {
		const gchar *end =
		    g_utf8_find_prev_char(line->str, line->str + CM_RETENTION_BASIS_MAX + 1);

		g_string_truncate(line, (gsize)(end - line->str));
	}
	return g_string_free(g_steal_pointer(&line), FALSE);
}

void
cm_retention_due_find(const CmPolicySet *policies,
		      const gchar *profession,
		      guint file,
		      CmDay last_service,
		      CmRetentionDue *out_due)
{
	const CmPolicy *own =
	    profession != NULL ? cm_policy_set_lookup(policies, profession) : NULL;
	const CmRule *floor = NULL;
	guint count = own != NULL ? 1 : cm_policy_set_get_count(policies);

	*out_due = (CmRetentionDue){.last_service = last_service, .due = CM_DAY_NONE};
	if (file < 1 || file > CM_RETENTION_FILES)
		return;
	for (guint i = 0; i < count; i++) {
		const CmPolicy *policy = own != NULL ? own : cm_policy_set_get(policies, i);

		out_due->rule = longer(out_due->rule, find_rule(policy, file));
		floor = longer(floor, find_floor(policy));
	}
	if (out_due->rule == NULL)
		return;
	out_due->years = out_due->rule->number;
	if (floor != NULL && floor->number > out_due->years) {
		out_due->floor = floor;
		out_due->years = floor->number;
	}
	out_due->due = add_years(last_service, out_due->years);
}

gchar *
cm_retention_due_format_basis(const CmRetentionDue *due)
{
	const CmRule *rule = due->rule;
	const CmRule *decides = due->floor != NULL ? due->floor : rule;
	gchar day[CM_DAY_TEXT_SIZE];
	g_autofree gchar *floor =
	    due->floor != NULL
		? g_strdup_printf("; %s, %s", due->floor->article, due->floor->source)
		: g_strdup("");
	g_autofree gchar *basis = g_strdup_printf(
	    "%s + %d ans; %s, %s; %s%s; %s", cm_day_format(due->last_service, day), due->years,
	    rule->article, rule->source, rule->owner, floor, decides->text[CM_LANGUAGE_FRENCH]);

	return clean(basis);
}
