// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/outbox/outbox-change.h"

const gchar *
cm_outbox_change_to_string(CmChangeKind kind)
{
	static const gchar *const names[CM_CHANGE_LAST] = {
	    [CM_CHANGE_NONE] = "none",
	    [CM_CHANGE_BOOKED] = "booked",
	    [CM_CHANGE_MOVED] = "moved",
	    [CM_CHANGE_CANCELLED] = "cancelled",
	};

	g_return_val_if_fail(kind < CM_CHANGE_LAST, "");
	return names[kind];
}

static gboolean
is_over(const CmChangeSide *side, gint64 now)
{
	return !side->planned || side->end_utc <= now;
}

CmChange
cm_outbox_change_find(const CmChangeSide *told, const CmChangeSide *stands, gint64 now)
{
	CmChange change = {0};

	if (is_over(told, now) && is_over(stands, now))
		return change;
	if (!told->planned) {
		change.kind = stands->planned ? CM_CHANGE_BOOKED : CM_CHANGE_NONE;
		return change;
	}
	if (!stands->planned) {
		change.kind = CM_CHANGE_CANCELLED;
		return change;
	}
	change.new_time = told->start_utc != stands->start_utc || told->end_utc != stands->end_utc;
	if (change.new_time || told->mode != stands->mode || told->room != stands->room)
		change.kind = CM_CHANGE_MOVED;
	return change;
}
