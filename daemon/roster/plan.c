// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/plan.h"

static void
unscheduled_clear(gpointer data)
{
	CmUnscheduled *unscheduled = data;

	g_free(unscheduled->reason);
}

CmPlan *
cm_plan_new(void)
{
	CmPlan *plan = g_new0(CmPlan, 1);

	plan->placements = g_array_new(FALSE, TRUE, sizeof(CmPlacement));
	plan->unscheduled = g_array_new(FALSE, TRUE, sizeof(CmUnscheduled));
	g_array_set_clear_func(plan->unscheduled, unscheduled_clear);
	return plan;
}

void
cm_plan_free(CmPlan *plan)
{
	g_array_unref(plan->placements);
	g_array_unref(plan->unscheduled);
	g_free(plan);
}

gint64
cm_cost_get_total(const CmCost *cost)
{
	gint64 total = 0;

	for (guint i = 0; i < CM_COST_LAST; i++)
		total += cost->part[i];
	return total;
}

const gchar *
cm_cost_part_to_string(CmCostPart part)
{
	static const gchar *const names[CM_COST_LAST] = {
	    [CM_COST_UNSCHEDULED] = "unscheduled", [CM_COST_LATENESS] = "lateness",
	    [CM_COST_TRAVEL] = "travel",           [CM_COST_CORE] = "core",
	    [CM_COST_MODALITY] = "modality",       [CM_COST_RHYTHM] = "rhythm",
	    [CM_COST_PREFERENCE] = "preference",   [CM_COST_MOVED] = "moved",
	};

	g_return_val_if_fail(part < CM_COST_LAST, "");
	return names[part];
}

static gint
placement_compare(gconstpointer a, gconstpointer b)
{
	guint32 first = ((const CmPlacement *)a)->session;
	guint32 second = ((const CmPlacement *)b)->session;

	return first < second ? -1 : first > second;
}

static gint
unscheduled_compare(gconstpointer a, gconstpointer b)
{
	guint32 first = ((const CmUnscheduled *)a)->session;
	guint32 second = ((const CmUnscheduled *)b)->session;

	return first < second ? -1 : first > second;
}

void
cm_plan_sort(CmPlan *plan)
{
	g_array_sort(plan->placements, placement_compare);
	g_array_sort(plan->unscheduled, unscheduled_compare);
}

CmUnscheduled *
cm_plan_find_unscheduled(const CmPlan *plan, guint32 session)
{
	CmUnscheduled asked = {.session = session};
	guint i;

	if (!g_array_binary_search(plan->unscheduled, &asked, unscheduled_compare, &i))
		return NULL;
	return &g_array_index(plan->unscheduled, CmUnscheduled, i);
}
