// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/bookings.h"
#include "cli/change-call.h"
#include "cli/find.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define MINUTES_DEFAULT 60

typedef struct {
	gchar **with;
	gchar *title;
	gchar *site;
	gchar *mode;
	gchar *whose;
	gchar *minutes;
	gboolean group;
	gboolean plan;
} Options;

static void
options_clear(Options *options)
{
	g_strfreev(options->with);
	g_free(options->title);
	g_free(options->site);
	g_free(options->mode);
	g_free(options->whose);
	g_free(options->minutes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* a student, a contact or a colleague: the first kind that knows the name */
static gboolean
add_person(CmBookings *bookings, const gchar *text, GVariantBuilder *attendees, GError **error)
{
	const struct {
		const gchar *kind;
		JsonNode *things;
	} kinds[] = {{"student", bookings->students},
		     {"contact", bookings->contacts},
		     {"professional", bookings->professionals}};

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(GError) local = NULL;
		JsonObject *thing =
		    kinds[i].things != NULL
			? cm_find_thing_in(kinds[i].things, kinds[i].kind, text, &local)
			: NULL;

		if (thing != NULL) {
			g_variant_builder_add(attendees, "(st)", kinds[i].kind,
					      (guint64)cm_json_get_int(thing, "number"));
			return TRUE;
		}
		if (local != NULL && !cm_error_is(local, CM_ERROR_NOT_FOUND)) {
			g_propagate_error(error, g_steal_pointer(&local));
			return FALSE;
		}
	}
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     N_("No student, no contact and no professional is called “{0}”."), text, NULL);
	return FALSE;
}

/* the only professional of whom more than the name is shown: oneself */
static JsonObject *
find_oneself(JsonArray *all)
{
	JsonObject *found = NULL;

	for (guint i = 0; i < cm_json_get_length(all); i++) {
		JsonObject *professional = cm_json_get_element(all, i);

		if (cm_json_get_string(professional, "id") == NULL)
			continue;
		if (found != NULL)
			return NULL;
		found = professional;
	}
	return found;
}

/* whose it is */
static gboolean
find_whose(CmBookings *bookings, const gchar *text, guint64 *out_number, GError **error)
{
	JsonArray *all =
	    bookings->professionals != NULL ? json_node_get_array(bookings->professionals) : NULL;
	JsonObject *professional = find_oneself(all);

	if (text != NULL)
		professional =
		    cm_find_thing_in(bookings->professionals, "professional", text, error);
	else if (professional == NULL)
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("Say whose meeting it is: --whose."),
			     NULL);
	if (professional == NULL)
		return FALSE;
	*out_number = (guint64)cm_json_get_int(professional, "number");
	return TRUE;
}

/* what was typed goes by descriptor */
static gboolean
add_title(const gchar *title,
	  GUnixFDList **out_descriptors,
	  GVariantBuilder *options,
	  GError **error)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) root = NULL;
	g_autofree gchar *text = NULL;
	GVariant *handle = NULL;

	if (title == NULL)
		return TRUE;
	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "title");
	json_builder_add_string_value(builder, title);
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	text = json_to_string(root, FALSE);
	*out_descriptors = cm_change_call_hand_over(text, strlen(text), &handle, error);
	if (*out_descriptors == NULL)
		return FALSE;
	g_variant_builder_add(options, "{sv}", "document", handle);
	return TRUE;
}

static gboolean
add_site(CmBookings *bookings, const gchar *text, GVariantBuilder *options, GError **error)
{
	JsonObject *site;

	if (text == NULL)
		return TRUE;
	site = cm_find_thing_in(bookings->sites, "site", text, error);
	if (site == NULL)
		return FALSE;
	g_variant_builder_add(options, "{sv}", "site",
			      g_variant_new_uint64((guint64)cm_json_get_int(site, "number")));
	return TRUE;
}

static gboolean
collect(CmBookings *bookings,
	const Options *options,
	GVariantBuilder *attendees,
	GVariantBuilder *dictionary,
	GUnixFDList **out_descriptors,
	guint64 *out_whose,
	GError **error)
{
	for (guint i = 0; options->with != NULL && options->with[i] != NULL; i++)
		if (!add_person(bookings, options->with[i], attendees, error))
			return FALSE;
	return find_whose(bookings, options->whose, out_whose, error) &&
	       add_site(bookings, options->site, dictionary, error) &&
	       add_title(options->title, out_descriptors, dictionary, error);
}

static CmExit
book(CmBookings *bookings, const Options *options, CmDay day, CmMinute start, guint64 minutes)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) sent = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(JsonNode) document = NULL;
	GVariantBuilder attendees;
	GVariantBuilder dictionary;
	const gchar *kind = options->group  ? "group"
			    : options->plan ? "intervention-plan"
					    : "meeting";
	gchar date[CM_DAY_TEXT_SIZE];
	gchar time[CM_MINUTE_TEXT_SIZE];
	guint64 whose = 0;
	guint64 number = 0;
	guint64 version = 0;

	g_variant_builder_init(&attendees, G_VARIANT_TYPE("a(st)"));
	g_variant_builder_init(&dictionary, G_VARIANT_TYPE_VARDICT);
	if (!collect(bookings, options, &attendees, &dictionary, &sent, &whose, &error)) {
		g_variant_builder_clear(&attendees);
		g_variant_builder_clear(&dictionary);
		return cm_report_error(error);
	}
	if (!cm_dbus_booking_call_book_appointment_sync(
		bookings->booking, kind, whose, cm_day_format(day, date),
		cm_minute_format(start, time), (guint)minutes,
		options->mode != NULL ? options->mode : "in-person",
		g_variant_builder_end(&attendees), g_variant_builder_end(&dictionary), sent,
		&number, &version, &handle, &descriptors, NULL, &error))
		return cm_bookings_report_error(error);
	document = cm_client_read_json(handle, descriptors, &error);
	return document != NULL ? cm_bookings_report(bookings, document, N_("Booked: {0}"))
				: cm_report_error(error);
}

CmExit
cm_comodalctl_meeting_run(CmComodalctl *cli)
{
	static const gchar *const modes[] = {"in-person", "video-school", "video-remote", NULL};
	g_auto(Options) options = {NULL};
	const GOptionEntry entries[] = {
	    {"with", 'w', 0, G_OPTION_ARG_STRING_ARRAY, &options.with,
	     N_("Who takes part, beside you; repeat it"), N_("WHO")},
	    {"title", 't', 0, G_OPTION_ARG_STRING, &options.title, N_("What it is about"),
	     N_("TEXT")},
	    {"group", 0, 0, G_OPTION_ARG_NONE, &options.group,
	     N_("A session with several students"), NULL},
	    {"intervention-plan", 0, 0, G_OPTION_ARG_NONE, &options.plan,
	     N_("The meeting of an intervention plan"), NULL},
	    {"minutes", 0, 0, G_OPTION_ARG_STRING, &options.minutes, N_("How long; default 60"),
	     "N"},
	    {"site", 0, 0, G_OPTION_ARG_STRING, &options.site,
	     N_("At this school, in a room there; default no place"), N_("SITE")},
	    {"mode", 'm', 0, G_OPTION_ARG_STRING, &options.mode,
	     N_("in-person, video-school or video-remote; default in-person"), N_("MODE")},
	    {"whose", 0, 0, G_OPTION_ARG_STRING, &options.whose,
	     N_("Whose it is; default your own"), N_("WHO")},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_auto(CmBookings) bookings = {NULL};
	g_autoptr(GError) error = NULL;
	CmDay day = 0;
	CmMinute start = 0;
	guint64 minutes = MINUTES_DEFAULT;
	guint before = 0;

	if (!cm_comodalctl_parse(cli, entries, 2, 2, &arguments))
		return cli->exit_status;
	if (!cm_values_check_choice(cli, "--mode", options.mode, modes) ||
	    !cm_values_parse_number(cli, "--minutes", options.minutes, 5, 600, &minutes))
		return CM_EXIT_USAGE;
	if (options.group && options.plan)
		return cm_report_usage(cli, N_("Either --group or --intervention-plan, not both."),
				       NULL);
	if (!cm_bookings_open(&bookings, cli, &error))
		return cm_report_error(error);
	if (!cm_bookings_parse_when(&bookings, (const gchar *const *)arguments, &before, &day,
				    &start))
		return CM_EXIT_USAGE;
	return book(&bookings, &options, day, start, minutes);
}
