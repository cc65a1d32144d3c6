// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/roster-numbers.h"
#include "daemon/store/store.h"

/* The roster as it stands. */

/* The whole roster as a caseload, in the order of the last import; its `previous` is the published
 * plan. With no import yet: CM_ERROR_NOT_FOUND. `out_version` may be NULL. Returns: (transfer full)
 */
CmCaseload *
cm_store_roster_load(CmStore *store,
		     guint64 *out_version,
		     GCancellable *cancellable,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, and the numbers of its things. Returns: (transfer full) */
CmCaseload *
cm_store_roster_load_numbered(CmStore *store,
			      guint64 *out_version,
			      CmRosterNumbers **out_numbers,
			      GCancellable *cancellable,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Rises with every change of the roster, 0 before the first import. */
gboolean
cm_store_roster_get_version(CmStore *store,
			    guint64 *out_version,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	gchar *organisation; /* id, "" before the first import */
	gchar *name;
	guint64 roster_version;
	guint64 published_plan; /* 0: none */
	guint counts[CM_STORE_KIND_LAST];
} CmStoreSummary;

/* What is in the database, at a glance. Returns: (transfer full) */
CmStoreSummary *
cm_store_roster_summarize(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Free it and its strings. */
void
cm_store_roster_free_summary(CmStoreSummary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreSummary, cm_store_roster_free_summary)

/* Make or replace a school calendar, days sorted by date without duplicates, and raise the roster's
 * version unless it is the same already. A cycle length outside 1 to 366, a cycle day outside the
 * cycle: CM_ERROR_INVALID_INPUT. No site uses a new one yet. Published bookings stay: the next plan
 * sees the new calendar. `actor`: uid, for the audit log. `out_version` may be NULL. */
gboolean
cm_store_roster_set_calendar(CmStore *store,
			     const gchar *calendar,
			     gint cycle_length,
			     const CmCalendarDay *days,
			     guint day_count,
			     gint64 actor,
			     guint64 *out_version,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
