// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/calendar-job.h"

#include "daemon/store/store-roster.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <unistd.h>

typedef struct {
	CmService *service;
	gint fd;
	gchar *id;
	CmSchoolCalendarOptions options;
	gboolean dry_run;
	gint64 actor;
	CmSchoolCalendar *calendar;
	guint64 roster_version;
} CalendarImport;

static void
calendar_import_free(gpointer data)
{
	CalendarImport *import = data;

	if (import->fd >= 0)
		close(import->fd);
	g_free(import->id);
	g_clear_pointer(&import->calendar, cm_school_calendar_free);
	g_free(import);
}

/* before the first import there is no horizon: then the whole file is kept */
static gboolean
read_horizon(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	CalendarImport *import = data;
	g_autoptr(GError) local = NULL;
	g_autoptr(CmRosterSnapshot) roster =
	    cm_roster_cache_get(import->service->roster, store, cancellable, &local);

	if (roster == NULL && !cm_error_is(local, CM_ERROR_NOT_FOUND)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	if (roster == NULL)
		return TRUE;
	import->roster_version = roster->version;
	if (import->options.from == CM_DAY_NONE)
		import->options.from = roster->caseload->from;
	if (import->options.to == CM_DAY_NONE)
		import->options.to = roster->caseload->to;
	return TRUE;
}

static gboolean
write_calendar(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	CalendarImport *import = data;
	const GArray *days = import->calendar->days;

	return cm_store_roster_set_calendar(store, import->id, import->calendar->cycle_length,
					    (const CmCalendarDay *)(gconstpointer)days->data,
					    days->len, import->actor, &import->roster_version,
					    error);
}

/* a date that is not there is "" */
static const gchar *
format_day(CmDay day, gchar *buffer)
{
	return day == CM_DAY_NONE ? "" : cm_day_format(day, buffer);
}

static GVariant *
describe_lines(const GArray *lines)
{
	GVariantBuilder builder;
	gchar first[CM_DAY_TEXT_SIZE];
	gchar last[CM_DAY_TEXT_SIZE];

	g_variant_builder_init(&builder, G_VARIANT_TYPE("a(ussss)"));
	for (guint i = 0; i < lines->len; i++) {
		const CmSchoolCalendarLine *line = &g_array_index(lines, CmSchoolCalendarLine, i);

		g_variant_builder_add(&builder, "(ussss)", line->line,
				      cm_school_verdict_to_string(line->verdict),
				      format_day(line->first, first), format_day(line->last, last),
				      line->message != NULL ? line->message : "");
	}
	return g_variant_builder_end(&builder);
}

static GVariant *
describe_days(const GArray *days)
{
	GVariantBuilder builder;
	gchar date[CM_DAY_TEXT_SIZE];

	g_variant_builder_init(&builder, G_VARIANT_TYPE("a(ssu)"));
	for (guint i = 0; i < days->len; i++) {
		const CmCalendarDay *day = &g_array_index(days, CmCalendarDay, i);

		g_variant_builder_add(&builder, "(ssu)", cm_day_format(day->date, date),
				      cm_day_kind_to_string((CmDayKind)day->kind),
				      (guint)day->cycle_day);
	}
	return g_variant_builder_end(&builder);
}

static GVariant *
calendar_import_describe(const CalendarImport *import)
{
	g_auto(GVariantDict) result = G_VARIANT_DICT_INIT(NULL);

	g_variant_dict_insert_value(&result, "lines", describe_lines(import->calendar->lines));
	g_variant_dict_insert_value(&result, "days", describe_days(import->calendar->days));
	g_variant_dict_insert(&result, "cycle-length", "u", (guint)import->calendar->cycle_length);
	g_variant_dict_insert(&result, "roster-version", "t", import->roster_version);
	return g_variant_dict_end(&result);
}

static gboolean
calendar_import_run(CmJob *job, gpointer data, GError **error)
{
	CalendarImport *import = data;
	CmWorker *store = import->service->store;
	GCancellable *cancellable = cm_job_get_cancellable(job);
	g_autofree gchar *reading = cm_message_new(N_("Reading the calendar."), NULL);

	cm_job_set_progress(job, 0, reading);
	if (!cm_worker_run(store, read_horizon, import, cancellable, error))
		return FALSE;
	import->calendar =
	    cm_school_calendar_read_fd(import->fd, &import->options, cancellable, error);
	if (import->calendar == NULL)
		return FALSE;
	cm_job_set_progress(job, 0.5, NULL);
	if (!import->dry_run && !cm_worker_run(store, write_calendar, import, cancellable, error))
		return FALSE;
	cm_job_set_result(job, calendar_import_describe(import));
	return TRUE;
}

static const CmJobKind calendar_import_kind = {"import-calendar", "Roster.ImportCalendar",
					       calendar_import_run, FALSE};

const gchar *
cm_calendar_job_start(CmService *service,
		      GDBusMethodInvocation *invocation,
		      gint fd,
		      const gchar *calendar,
		      const CmSchoolCalendarOptions *options,
		      gboolean dry_run,
		      GError **error)
{
	CalendarImport *import = g_new0(CalendarImport, 1);

	import->service = service;
	import->fd = fd;
	import->id = g_strdup(calendar);
	import->options = *options;
	import->dry_run = dry_run;
	import->actor = cm_door_get_uid(invocation);
	return cm_jobs_start(service->jobs, invocation, &calendar_import_kind, import,
			     calendar_import_free, error);
}
