// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/busy-note.h"

#include "cli/json.h"
#include "cli/report.h"
#include "cli/zone.h"

#include <glib/gi18n.h>

static const gchar *
get_reason(const gchar *failure)
{
	static const gchar *const reasons[][2] = {
	    {"unreachable", N_("there is no answer")},
	    {"certificate", N_("the other side is not who it says it is")},
	    {"refused", N_("it is not given to us any more, or is gone")},
	    {"too-large", N_("it is too large")},
	    {"not-calendar", N_("it is no calendar")},
	};

	for (guint i = 0; failure != NULL && i < G_N_ELEMENTS(reasons); i++) {
		if (g_str_equal(reasons[i][0], failure))
			return gettext(reasons[i][1]);
	}
	return _("there is no answer");
}

static gchar *
format_instant(gint64 at)
{
	g_autoptr(GDateTime) time = cm_zone_make_time(at);

	return time != NULL ? g_date_time_format(time, "%Y-%m-%d %H:%M") : g_strdup("?");
}

gchar *
cm_busy_note_describe(JsonObject *calendar)
{
	const gchar *failure = cm_json_get_string(calendar, "failure");
	gint64 read_at = cm_json_get_int(calendar, "read_at");
	g_autofree gchar *read = format_instant(read_at);
	g_autofree gchar *times =
	    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(calendar, "times"));
	gboolean failed = failure != NULL && *failure != '\0';

	if (g_strcmp0(failure, "partly") == 0)
		return cm_report_format(
		    _("Read {0}, but some of its events are not understood: look at them yourself. "
		      "Busy times: {1}."),
		    read, times, NULL);
	if (failed && read_at == 0)
		return cm_report_format(
		    _("NEVER READ: {0}. Nobody knows when they are busy elsewhere."),
		    get_reason(failure), NULL);
	if (failed)
		return cm_report_format(_("NOT READ since {0}: {1}. What was read then still "
					  "counts as busy; what came since is not known."),
					read, get_reason(failure), NULL);
	if (read_at == 0)
		return g_strdup(_("NEVER READ: run “comodalctl busy refresh”."));
	if (cm_json_get_boolean(calendar, "stale"))
		return cm_report_format(_("NOT READ since {0}: run “comodalctl busy refresh”. What "
					  "was read then still counts as busy."),
					read, NULL);
	return cm_report_format(_("Read {0}. Busy times: {1}."), read, times, NULL);
}

void
cm_busy_note_print_stale(GDBusConnection *bus, guint64 professional)
{
	g_autoptr(CmDBusBusy) busy = cm_client_get_busy(bus, NULL);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(JsonNode) list = NULL;
	JsonArray *calendars = NULL;

	/* a help beside what was asked for: whoever may not see them is not told */
	if (busy == NULL || !cm_dbus_busy_call_list_sync(busy, professional, NULL, &handle,
							 &descriptors, NULL, NULL))
		return;
	bytes = cm_client_read_document(handle, descriptors, NULL);
	list = bytes != NULL ? cm_client_parse_document(bytes, NULL) : NULL;
	if (list == NULL)
		return;
	calendars = cm_json_get_array(json_node_get_object(list), "calendars");
	for (guint i = 0; i < cm_json_get_length(calendars); i++) {
		JsonObject *calendar = cm_json_get_element(calendars, i);
		g_autofree gchar *state = NULL;
		g_autofree gchar *number = NULL;

		if (!cm_json_get_boolean(calendar, "stale"))
			continue;
		state = cm_busy_note_describe(calendar);
		number = g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(calendar, "number"));
		cm_report_note(N_("Calendar {0} from elsewhere: {1}"), number, state, NULL);
	}
}
