// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/bookings.h"
#include "cli/consent-call.h"
#include "cli/find.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"

#include <glib/gi18n.h>

static void
print_guardians(const CmComodalctl *cli, const CmConsentCall *call, GVariant *list)
{
	static const gchar *const heads[] = {N_("contact"), N_(">household"),
					     N_("parental authority"), NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autofree gchar *text = NULL;
	GVariantIter iter;
	guint64 contact = 0;
	guint32 household = 0;
	gboolean authority = FALSE;

	json_builder_begin_array(builder);
	g_variant_iter_init(&iter, list);
	while (g_variant_iter_next(&iter, "(tub)", &contact, &household, &authority)) {
		g_autofree gchar *number = g_strdup_printf("%u", household);

		cm_terminal_add_row(table, cm_consent_call_get_contact(call, (gint64)contact),
				    number, authority ? _("yes") : _("no"), NULL);
		json_builder_begin_object(builder);
		json_builder_set_member_name(builder, "contact");
		json_builder_add_int_value(builder, (gint64)contact);
		json_builder_set_member_name(builder, "household");
		json_builder_add_int_value(builder, household);
		json_builder_set_member_name(builder, "authority");
		json_builder_add_boolean_value(builder, authority);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	if (cli->json) {
		cm_json_print(builder);
		return;
	}
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	cm_terminal_print(text);
	if (g_variant_n_children(list) == 0)
		cm_report_note(N_("Nobody is on record. Add one: guardian add STUDENT CONTACT"),
			       NULL);
}

CmExit
cm_comodalctl_guardian_list_run(CmComodalctl *cli)
{
	g_auto(CmConsentCall) call = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) list = NULL;
	guint64 student = 0;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_consent_call_open(&call, cli, &error) ||
	    !cm_consent_call_find_student(&call, arguments[0], &student, &error) ||
	    !cm_dbus_consent_call_guardians_sync(call.consent, student, &list, NULL, &error))
		return cm_report_error(error);
	print_guardians(cli, &call, list);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_guardian_add_run(CmComodalctl *cli)
{
	gboolean no_authority = FALSE;
	gchar *household = NULL;
	const GOptionEntry entries[] = {
	    {"household", 0, 0, G_OPTION_ARG_STRING, &household,
	     N_("1 to 9; default 1. Households don't see one another's answers"), "N"},
	    {"no-authority", 0, 0, G_OPTION_ARG_NONE, &no_authority,
	     N_("They hold no parental authority"), NULL},
	    G_OPTION_ENTRY_NULL};
	g_auto(CmConsentCall) call = {0};
	g_auto(GStrv) arguments = NULL;
	g_autofree gchar *kept = NULL;
	g_autoptr(GError) error = NULL;
	guint64 student = 0;
	guint64 contact = 0;
	guint64 number = 1;

	if (!cm_comodalctl_parse(cli, entries, 2, 2, &arguments))
		return cli->exit_status;
	kept = household;
	if (!cm_values_parse_number(cli, "--household", household, 1, 9, &number))
		return CM_EXIT_USAGE;
	if (!cm_consent_call_open(&call, cli, &error) ||
	    !cm_consent_call_find_student(&call, arguments[0], &student, &error) ||
	    !cm_consent_call_find_contact(&call, arguments[1], &contact, &error) ||
	    !cm_dbus_consent_call_set_guardian_sync(call.consent, student, contact, (guint32)number,
						    !no_authority, NULL, &error))
		return cm_report_error(error);
	return CM_EXIT_OK;
}

/* ---- guardian remove: what becomes of the sessions to come is said; nothing is cancelled by it */

static gboolean
takes_part(JsonObject *booking, gint64 contact)
{
	JsonArray *attendees = cm_json_get_array(booking, "attendees");

	for (guint i = 0; i < cm_json_get_length(attendees); i++) {
		JsonObject *attendee = cm_json_get_element(attendees, i);

		if (g_strcmp0(cm_json_get_string(attendee, "kind"), "contact") == 0 &&
		    cm_json_get_int(attendee, "number") == contact)
			return TRUE;
	}
	return FALSE;
}

/* those of one follow-up that stand, into `concerned` where they take part; how many others there are */
static gboolean
collect(CmBookings *bookings,
	gint64 followup,
	gint64 contact,
	JsonArray *concerned,
	guint *others,
	GError **error)
{
	g_autoptr(JsonNode) document = cm_bookings_list_coming(bookings, followup, error);
	JsonArray *all;

	if (document == NULL)
		return FALSE;
	all = cm_json_get_array(json_node_get_object(document), "bookings");
	for (guint i = 0; i < cm_json_get_length(all); i++) {
		JsonObject *booking = cm_json_get_element(all, i);

		if (g_strcmp0(cm_json_get_string(booking, "state"), "planned") != 0)
			continue;
		if (takes_part(booking, contact))
			json_array_add_object_element(concerned, json_object_ref(booking));
		else
			(*others)++;
	}
	return TRUE;
}

static gboolean
collect_all(CmBookings *bookings,
	    gint64 student,
	    gint64 contact,
	    JsonArray *concerned,
	    guint *others,
	    GError **error)
{
	JsonArray *followups = json_node_get_array(bookings->followups);
	JsonObject *whose = cm_find_by_number(bookings->students, student);

	for (guint i = 0; whose != NULL && i < cm_json_get_length(followups); i++) {
		JsonObject *followup = cm_json_get_element(followups, i);

		if (g_strcmp0(cm_json_get_string(followup, "student"),
			      cm_json_get_string(whose, "id")) == 0 &&
		    !collect(bookings, cm_json_get_int(followup, "number"), contact, concerned,
			     others, error))
			return FALSE;
	}
	return TRUE;
}

static void
print_line(const gchar *format, const gchar *argument)
{
	g_autofree gchar *line = cm_report_format(format, argument, NULL);

	cm_terminal_print(line);
	cm_terminal_print("\n");
}

static void
print_concerned(const CmBookings *bookings, JsonArray *concerned, guint others)
{
	g_autofree gchar *count = g_strdup_printf("%u", others);

	if (cm_json_get_length(concerned) > 0)
		cm_terminal_print(_("Nothing is cancelled. They still take part in:\n"));
	for (guint i = 0; i < cm_json_get_length(concerned); i++) {
		g_autofree gchar *what =
		    cm_bookings_describe(bookings, cm_json_get_element(concerned, i));

		print_line("  {0}", what);
	}
	if (cm_json_get_length(concerned) > 0)
		cm_terminal_print(_("  → comodalctl session edit, or cancel\n"));
	else
		cm_terminal_print(_("They take part in no session to come.\n"));
	if (others > 0)
		print_line(N_("Other sessions to come of this student, which stand: {0}. What "
			      "consent they rest on now: comodalctl consent show."),
			   count);
}

static CmExit
report_concerned(const CmComodalctl *cli, gint64 student, gint64 contact)
{
	g_auto(CmBookings) bookings = {NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
	g_autoptr(JsonArray) concerned = json_array_new();
	guint others = 0;

	if (!cm_bookings_open(&bookings, cli, &error) ||
	    !collect_all(&bookings, student, contact, concerned, &others, &error))
		return cm_report_error(error);
	if (!cli->json) {
		print_concerned(&bookings, concerned, others);
		return CM_EXIT_OK;
	}
	json_node_take_object(root, json_object_new());
	json_object_set_array_member(json_node_get_object(root), "takes_part",
				     json_array_ref(concerned));
	json_object_set_int_member(json_node_get_object(root), "others", others);
	cm_json_print_node(root);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_guardian_remove_run(CmComodalctl *cli)
{
	g_auto(CmConsentCall) call = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	guint64 student = 0;
	guint64 contact = 0;

	if (!cm_comodalctl_parse(cli, NULL, 2, 2, &arguments))
		return cli->exit_status;
	if (!cm_consent_call_open(&call, cli, &error) ||
	    !cm_consent_call_find_student(&call, arguments[0], &student, &error) ||
	    !cm_consent_call_find_contact(&call, arguments[1], &contact, &error) ||
	    !cm_dbus_consent_call_remove_guardian_sync(call.consent, student, contact, NULL,
						       &error))
		return cm_report_error(error);
	return report_concerned(cli, (gint64)student, (gint64)contact);
}
