// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-tide.h"

#include "daemon/store/store-private.h"

gboolean
cm_store_tide_read(CmStore *store, CmStoreTide *out_tide, GError **error)
{
	CmStoreTide tide = {0};
	gboolean row = FALSE;
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT count(*), coalesce(sum(version), 0), coalesce(max(id), 0) FROM calendar_source",
	    error);

	if (statement == NULL ||
	    !cm_store_get_counter(store, "booking-version", &tide.bookings, error) ||
	    !cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (row) {
		tide.calendars = sqlite3_column_int64(statement, 0);
		tide.calendars_versions = sqlite3_column_int64(statement, 1);
		tide.calendars_last = sqlite3_column_int64(statement, 2);
	}
	*out_tide = tide;
	return TRUE;
}

gboolean
cm_store_tide_equal(const CmStoreTide *a, const CmStoreTide *b)
{
	return a->bookings == b->bookings && a->calendars == b->calendars &&
	       a->calendars_versions == b->calendars_versions &&
	       a->calendars_last == b->calendars_last;
}

GArray *
cm_store_tide_list_busy(CmStore *store, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(CmStoreBusy));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT source.professional, there.start_utc, there.end_utc FROM calendar_source AS "
	    "source JOIN calendar_busy AS there ON there.source = source.id ORDER BY 1, 2",
	    error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmStoreBusy busy = {.professional = sqlite3_column_int64(statement, 0),
				    .start_utc = sqlite3_column_int64(statement, 1),
				    .end_utc = sqlite3_column_int64(statement, 2)};

		g_array_append_val(list, busy);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}
