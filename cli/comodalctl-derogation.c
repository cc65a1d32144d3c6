// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/consent-call.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/users.h"
#include "cli/values.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

typedef struct {
	gchar *session;
	gchar *followup;
	gchar *until;
	gchar *value;
	gboolean all;
} Options;

static void
options_clear(Options *options)
{
	g_free(options->session);
	g_free(options->followup);
	g_free(options->until);
	g_free(options->value);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static const gchar *
translate_state(const gchar *state)
{
	static const gchar *const words[][2] = {{"asked", N_("asked for")},
						{"approved", N_("approved")},
						{"refused", N_("refused")},
						{"withdrawn", N_("taken back")}};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_strcmp0(words[i][0], state) == 0)
			return _(words[i][1]);
	}
	return state;
}

/* ---- list */

static JsonNode *
fetch_list(CmConsentCall *call, gboolean all, guint64 number, GError **error)
{
	g_auto(GVariantDict) dictionary = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	g_variant_dict_insert(&dictionary, "all", "b", all);
	if (number != 0)
		g_variant_dict_insert(&dictionary, "derogation", "t", number);
	if (!cm_dbus_derogation_call_list_sync(call->derogation, g_variant_dict_end(&dictionary),
					       NULL, &handle, &descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

static void
draw_text(GString *out, const gchar *text)
{
	g_autofree gchar *clean = cm_terminal_clean(text);

	g_string_append(out, "    ");
	cm_terminal_append_wrapped(out, clean, 4, 4, cm_terminal_get_width());
}

/* a key's rule has another name; a rule's own was said */
static void
draw_source(GString *out, JsonObject *rule)
{
	if (rule != NULL)
		g_string_append_printf(out, "    %s\n    %s\n", cm_json_get_string(rule, "article"),
				       cm_json_get_string(rule, "source"));
}

static void
draw_derogation(GString *out, const CmConsentCall *call, JsonObject *row)
{
	g_autofree gchar *until = cm_consent_call_format_day(cm_json_get_string(row, "until"));
	g_autofree gchar *asked = cm_users_get_name((guint32)cm_json_get_int(row, "asked_by"));
	g_autofree gchar *number = g_strdup_printf("%d", (gint)cm_json_get_int(row, "number"));
	g_autofree gchar *head = cm_report_format(
	    N_("{0}  {1}: {2}, {3}, until {4}"), number,
	    translate_state(cm_json_get_string(row, "state")),
	    cm_consent_call_get_student(call, cm_json_get_int(row, "student")),
	    cm_json_get_int(row, "session") != 0 ? _("one session") : _("the follow-up"), until,
	    NULL);
	g_autofree gchar *by = cm_report_format(N_("asked by {0}"), asked, NULL);

	g_string_append_printf(out, "%s\n    %s", head, cm_json_get_string(row, "key"));
	if (json_object_has_member(row, "value") &&
	    !JSON_NODE_HOLDS_NULL(json_object_get_member(row, "value")))
		g_string_append_printf(out, " → %d", (gint)cm_json_get_int(row, "value"));
	g_string_append_printf(out, "\n    %s", by);
	if (!JSON_NODE_HOLDS_NULL(json_object_get_member(row, "decided_by"))) {
		g_autofree gchar *name =
		    cm_users_get_name((guint32)cm_json_get_int(row, "decided_by"));
		g_autofree gchar *decided = cm_report_format(N_("decided by {0}"), name, NULL);

		g_string_append_printf(out, ", %s", decided);
	}
	g_string_append_c(out, '\n');
	draw_source(out, cm_json_get_object(row, "rule"));
	if (cm_json_get_string(row, "reason") != NULL)
		draw_text(out, cm_json_get_string(row, "reason"));
	if (cm_json_get_string(row, "decision") != NULL)
		draw_text(out, cm_json_get_string(row, "decision"));
}

CmExit
cm_comodalctl_derogation_list_run(CmComodalctl *cli)
{
	g_auto(Options) options = {0};
	const GOptionEntry entries[] = {{"all", 'a', 0, G_OPTION_ARG_NONE, &options.all,
					 N_("Also those refused, taken back or over"), NULL},
					G_OPTION_ENTRY_NULL};
	g_auto(CmConsentCall) call = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) list = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	JsonArray *rows = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, NULL))
		return cli->exit_status;
	if (!cm_consent_call_open(&call, cli, &error))
		return cm_report_error(error);
	list = fetch_list(&call, options.all, 0, &error);
	if (list == NULL)
		return cm_report_error(error);
	if (cli->json) {
		cm_json_print_node(list);
		return CM_EXIT_OK;
	}
	rows = cm_json_get_array(json_node_get_object(list), "derogations");
	for (guint i = 0; i < cm_json_get_length(rows); i++)
		draw_derogation(out, &call, cm_json_get_element(rows, i));
	cm_terminal_print(out->str);
	if (cm_json_get_length(rows) == 0)
		cm_report_note(N_("There is no derogation."), NULL);
	return CM_EXIT_OK;
}

/* ---- ask */

static void
print_number(const CmComodalctl *cli, guint64 number)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autofree gchar *text = g_strdup_printf("%" G_GUINT64_FORMAT, number);

	if (!cli->json) {
		cm_report_note(N_("Asked: derogation {0}. Somebody else approves it."), text, NULL);
		return;
	}
	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "number");
	json_builder_add_int_value(builder, (gint64)number);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

static gboolean
make_order(CmConsentCall *call,
	   const Options *options,
	   const gchar *rule,
	   const guint64 *value,
	   CmDay until,
	   JsonObject *order,
	   GError **error)
{
	gchar text[CM_DAY_TEXT_SIZE];
	g_autofree gchar *reason = NULL;
	guint64 number = 0;

	if (options->session != NULL
		? !cm_consent_call_find_session(call, options->session, &number, error)
		: !cm_consent_call_find_followup(call, options->followup, &number, error))
		return FALSE;
	json_object_set_int_member(order, options->session != NULL ? "session" : "followup",
				   (gint64)number);
	json_object_set_string_member(order, "rule", rule);
	json_object_set_string_member(order, "until", cm_day_format(until, text));
	if (value != NULL)
		json_object_set_int_member(order, "value", (gint64)*value);
	reason = cm_consent_call_read_text(_("Why (an empty line ends it):"));
	json_object_set_string_member(order, "reason", reason);
	return TRUE;
}

CmExit
cm_comodalctl_derogation_ask_run(CmComodalctl *cli)
{
	g_auto(Options) options = {0};
	const GOptionEntry entries[] = {
	    {"only", 0, 0, G_OPTION_ARG_STRING, &options.session, N_("For this session only"),
	     N_("ID")},
	    {"followup", 0, 0, G_OPTION_ARG_STRING, &options.followup,
	     N_("For this follow-up, by its id or its student"), N_("WHO")},
	    {"until", 0, 0, G_OPTION_ARG_STRING, &options.until, N_("Its last day"), N_("DATE")},
	    {"value", 0, 0, G_OPTION_ARG_STRING, &options.value,
	     N_("What the limit becomes, of a rule that is a number"), "N"},
	    G_OPTION_ENTRY_NULL};
	g_auto(CmConsentCall) call = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) order = json_object_new();
	g_autoptr(GUnixFDList) list = NULL;
	GVariant *handle = NULL;
	CmDay until = CM_DAY_NONE;
	guint64 value = 0;
	guint64 number = 0;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_date(cli, "--until", options.until, &until) ||
	    !cm_values_parse_number(cli, "--value", options.value, 0, 10000, &value))
		return CM_EXIT_USAGE;
	if ((options.session == NULL) == (options.followup == NULL) || until == CM_DAY_NONE)
		return cm_report_usage(
		    cli, N_("Say what it is for (--only or --followup) and until when (--until)."),
		    NULL);
	if (!cm_consent_call_open(&call, cli, &error) ||
	    !make_order(&call, &options, arguments[0], options.value != NULL ? &value : NULL, until,
			order, &error))
		return cm_report_error(error);
	list = cm_consent_call_hand_over(order, &handle, &error);
	if (list == NULL || !cm_dbus_derogation_call_ask_sync(call.derogation, handle, list,
							      &number, NULL, NULL, &error))
		return cm_report_error(error);
	print_number(cli, number);
	return CM_EXIT_OK;
}

/* ---- approve, refuse, withdraw */

typedef enum { DECISION_APPROVE, DECISION_REFUSE, DECISION_WITHDRAW } Decision;

static gboolean
send_decision(CmConsentCall *call,
	      Decision decision,
	      guint64 number,
	      guint64 version,
	      GError **error)
{
	g_autoptr(JsonObject) said = json_object_new();
	g_autofree gchar *note = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	GVariant *handle = NULL;
	guint64 after = 0;

	if (decision == DECISION_WITHDRAW)
		return cm_dbus_derogation_call_withdraw_sync(call->derogation, number, version,
							     &after, NULL, error);
	note = cm_consent_call_read_text(_("A word about it (an empty line ends it):"));
	if (*note != '\0')
		json_object_set_string_member(said, "note", note);
	list = cm_consent_call_hand_over(said, &handle, error);
	if (list == NULL)
		return FALSE;
	if (decision == DECISION_APPROVE)
		return cm_dbus_derogation_call_approve_sync(
		    call->derogation, number, version, handle, list, &after, NULL, NULL, error);
	return cm_dbus_derogation_call_refuse_sync(call->derogation, number, version, handle, list,
						   &after, NULL, NULL, error);
}

static CmExit
decide(CmComodalctl *cli, Decision decision)
{
	g_auto(CmConsentCall) call = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) list = NULL;
	JsonArray *rows = NULL;
	JsonObject *row = NULL;
	guint64 number = 0;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, "NUMBER", arguments[0], 1, G_MAXINT64, &number))
		return CM_EXIT_USAGE;
	if (!cm_consent_call_open(&call, cli, &error))
		return cm_report_error(error);
	list = fetch_list(&call, TRUE, number, &error);
	if (list == NULL)
		return cm_report_error(error);
	rows = cm_json_get_array(json_node_get_object(list), "derogations");
	if (cm_json_get_length(rows) == 0) {
		cm_error_set(&error, CM_ERROR_NOT_FOUND, N_("There is no such derogation."), NULL);
		return cm_report_error(error);
	}
	row = cm_json_get_element(rows, 0);
	if (!send_decision(&call, decision, number, (guint64)cm_json_get_int(row, "version"),
			   &error))
		return cm_report_error(error);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_derogation_approve_run(CmComodalctl *cli)
{
	return decide(cli, DECISION_APPROVE);
}

CmExit
cm_comodalctl_derogation_refuse_run(CmComodalctl *cli)
{
	return decide(cli, DECISION_REFUSE);
}

CmExit
cm_comodalctl_derogation_withdraw_run(CmComodalctl *cli)
{
	return decide(cli, DECISION_WITHDRAW);
}
