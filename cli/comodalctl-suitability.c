// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/consent-call.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

static JsonNode *
fetch_questions(CmConsentCall *call, guint64 followup, GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (!cm_dbus_suitability_call_questions_sync(call->suitability, followup, NULL, &handle,
						     &descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

static const gchar *
translate_state(const gchar *state)
{
	static const gchar *const words[][2] = {
	    {"not-asked", N_("nothing is asked before video")},
	    {"open", N_("answered: video is suitable")},
	    {"missing", N_("not answered yet")},
	    {"stale", N_("to be answered again")},
	    {"unsuitable", N_("answered: video is not suitable")}};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_strcmp0(words[i][0], state) == 0)
			return _(words[i][1]);
	}
	return state;
}

/* what was answered to a question, or NULL */
static JsonObject *
find_answer(JsonObject *document, const gchar *item)
{
	JsonArray *answers = cm_json_get_array(document, "answers");

	for (guint i = 0; i < cm_json_get_length(answers); i++) {
		JsonObject *answer = cm_json_get_element(answers, i);

		if (g_strcmp0(cm_json_get_string(answer, "item"), item) == 0)
			return answer;
	}
	return NULL;
}

static void
print_questions(const CmConsentCall *call, JsonObject *document)
{
	JsonArray *questions = cm_json_get_array(document, "questions");
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree gchar *on =
	    cm_consent_call_format_day(cm_json_get_string(document, "answered_on"));

	g_autofree gchar *state = cm_report_format(
	    _("{0}: {1}"), cm_consent_call_get_student(call, cm_json_get_int(document, "student")),
	    translate_state(cm_json_get_string(document, "state")), NULL);

	g_string_append_printf(out, "%s%s%s\n", state, *on != '\0' ? ", " : "", on);
	for (guint i = 0; i < cm_json_get_length(questions); i++) {
		JsonObject *question = cm_json_get_element(questions, i);
		JsonObject *answer = find_answer(document, cm_json_get_string(question, "item"));
		const gchar *note = answer != NULL ? cm_json_get_string(answer, "note") : NULL;

		g_string_append(out, "  ");
		cm_terminal_append_cell(out,
					answer == NULL                       ? "?"
					: cm_json_get_boolean(answer, "yes") ? _("yes")
									     : _("no"),
					5);
		g_string_append_printf(out, "%s\n", cm_consent_call_get_words(question));
		if (note != NULL) {
			g_autofree gchar *clean = cm_terminal_clean(note);

			g_string_append_printf(out, "       %s\n", clean);
		}
	}
	cm_consent_call_append_rule(out, cm_json_get_object(document, "rule"));
	cm_terminal_print(out->str);
}

CmExit
cm_comodalctl_suitability_show_run(CmComodalctl *cli)
{
	g_auto(CmConsentCall) call = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;
	guint64 followup = 0;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_consent_call_open(&call, cli, &error) ||
	    !cm_consent_call_find_followup(&call, arguments[0], &followup, &error))
		return cm_report_error(error);
	document = fetch_questions(&call, followup, &error);
	if (document == NULL)
		return cm_report_error(error);
	if (cli->json)
		cm_json_print_node(document);
	else
		print_questions(&call, json_node_get_object(document));
	return CM_EXIT_OK;
}

/* one question after the other; an answer of no may have a note */
static JsonObject *
ask_all(JsonObject *document, GError **error)
{
	JsonArray *questions = cm_json_get_array(document, "questions");
	g_autoptr(JsonObject) given = json_object_new();
	JsonArray *answers = json_array_new();
	gboolean ended = FALSE;

	json_object_set_array_member(given, "answers", answers);
	for (guint i = 0; i < cm_json_get_length(questions); i++) {
		JsonObject *question = cm_json_get_element(questions, i);
		g_autofree gchar *words = g_strdup_printf(_("%u/%u  Suitable for video: %s?"),
							  i + 1, cm_json_get_length(questions),
							  cm_consent_call_get_words(question));
		gboolean yes = cm_consent_call_read_yes(words, &ended);
		JsonObject *answer = json_object_new();

		json_object_set_string_member(answer, "item", cm_json_get_string(question, "item"));
		json_object_set_boolean_member(answer, "yes", yes);
		json_array_add_object_element(answers, answer);
		if (ended) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("Not every question was answered; nothing is kept."), NULL);
			return NULL;
		}
		if (!yes && cm_consent_call_is_asked()) {
			g_autofree gchar *note =
			    cm_consent_call_read_line(_("     Why (or nothing):"));

			json_object_set_string_member(answer, "note", note);
		}
	}
	return g_steal_pointer(&given);
}

CmExit
cm_comodalctl_suitability_answer_run(CmComodalctl *cli)
{
	g_auto(CmConsentCall) call = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;
	g_autoptr(JsonNode) after = NULL;
	g_autoptr(JsonObject) given = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	GVariant *handle = NULL;
	guint64 followup = 0;
	guint64 number = 0;
	gboolean suitable = FALSE;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_consent_call_open(&call, cli, &error) ||
	    !cm_consent_call_find_followup(&call, arguments[0], &followup, &error))
		return cm_report_error(error);
	document = fetch_questions(&call, followup, &error);
	if (document == NULL)
		return cm_report_error(error);
	given = ask_all(json_node_get_object(document), &error);
	if (given == NULL)
		return cm_report_error(error);
	list = cm_consent_call_hand_over(given, &handle, &error);
	if (list == NULL ||
	    !cm_dbus_suitability_call_answer_sync(call.suitability, followup, handle, list, &number,
						  &suitable, NULL, NULL, &error))
		return cm_report_error(error);
	after = fetch_questions(&call, followup, &error);
	if (after == NULL)
		return cm_report_error(error);
	if (cli->json)
		cm_json_print_node(after);
	else
		cm_report_note(suitable ? N_("Kept: video is suitable.")
					: N_("Kept: video is not suitable."),
			       NULL);
	return CM_EXIT_OK;
}
