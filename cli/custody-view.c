// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/custody-view.h"

#include "cli/agent-answer.h"
#include "cli/case-desk.h"
#include "cli/report.h"

#include <glib/gi18n.h>

#define DAY_SECONDS 86400
#define RELEASES 2

/* as in docs/vault-format.md, request: reason */
static const struct {
	const gchar *name;
	const gchar *words;
} reasons[] = {
    {"absent", N_("absent")},      {"died", N_("has died")},
    {"left", N_("has left")},      {"keys-lost", N_("has lost their keys")},
    {"law", N_("ordered by law")},
};

const gchar *
cm_custody_view_describe_reason(GVariant *row)
{
	guint8 reason = cm_case_desk_get_octet(row, "reason");

	return reason >= 1 && reason <= G_N_ELEMENTS(reasons) ? gettext(reasons[reason - 1].words)
							      : "?";
}

guint32
cm_custody_view_get_releases(GVariant *row)
{
	guint32 releases = 0;

	(void)g_variant_lookup(row, "releases", "u", &releases);
	return releases;
}

/* days that still have to pass, begun ones too */
static guint64
count_days(GVariant *row)
{
	guint64 waited = cm_agent_answer_get_number(row, "waited");
	guint64 delay = cm_agent_answer_get_number(row, "delay");

	return waited < delay ? (delay - waited + DAY_SECONDS - 1) / DAY_SECONDS : 0;
}

gboolean
cm_custody_view_is_part(GVariant *row, const gchar *part)
{
	return g_strcmp0(cm_case_desk_get_text(row, "part"), part) == 0;
}

static gboolean
is_waiting(GVariant *row)
{
	return !cm_case_desk_get_flag(row, "refused") &&
	       cm_custody_view_get_releases(row) < RELEASES;
}

/* what can be done with it now: whose turn it is */
static const gchar *
describe_turn(GVariant *row)
{
	if (cm_custody_view_is_part(row, "recipient"))
		return _("“custody take-over” when two custodians have released it");
	if (cm_custody_view_is_part(row, "owner"))
		return _("if you are there, and did not ask for it: “custody refuse”");
	if (cm_case_desk_get_flag(row, "released"))
		return _("released by you; another custodian has to as well");
	return _("“custody release”, if it is right");
}

gchar *
cm_custody_view_describe_state(GVariant *row)
{
	guint64 days = count_days(row);
	g_autofree gchar *count = g_strdup_printf("%" G_GUINT64_FORMAT, days);

	if (cm_case_desk_get_flag(row, "refused"))
		return g_strdup(_("refused by its owner"));
	if (cm_custody_view_get_releases(row) >= RELEASES)
		return g_strdup(cm_custody_view_is_part(row, "recipient")
				    ? _("released to you: “custody take-over”")
				    : _("released by two custodians"));
	if (days == 0)
		return g_strdup(describe_turn(row));
	if (cm_custody_view_is_part(row, "owner"))
		return cm_report_format(
		    N_("days until it can be opened: {0}; “custody refuse” stops it"), count, NULL);
	return cm_report_format(N_("days to wait: {0}"), count, NULL);
}

gboolean
cm_custody_view_is_open(GVariant *row, const gchar *part)
{
	if (!cm_custody_view_is_part(row, part) || cm_case_desk_get_flag(row, "refused"))
		return FALSE;
	if (g_str_equal(part, "recipient"))
		return cm_custody_view_get_releases(row) >= RELEASES;
	return is_waiting(row) &&
	       (g_str_equal(part, "owner") || !cm_case_desk_get_flag(row, "released"));
}

const gchar *
cm_custody_view_get_reason(guint number)
{
	return number >= 1 && number <= G_N_ELEMENTS(reasons) ? reasons[number - 1].name : NULL;
}

gboolean
cm_custody_view_is_asked(GVariant *requests)
{
	static const gchar *const parts[] = {"owner", "custodian", "recipient"};

	for (gsize i = 0; i < g_variant_n_children(requests); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(requests, i);

		for (guint j = 0; j < G_N_ELEMENTS(parts); j++)
			if (cm_custody_view_is_open(row, parts[j]))
				return TRUE;
	}
	return FALSE;
}
