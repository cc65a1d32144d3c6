// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/consent-call.h"

#include "cli/change-call.h"
#include "cli/dates.h"
#include "cli/find.h"
#include "cli/json.h"
#include "cli/terminal.h"
#include "cli/who.h"
#include "include/cm-error.h"
#include "include/cm-message.h"
#include "include/cm-time.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES_MAX 4096
#define TEXT_BYTES_MAX 4000

gboolean
cm_consent_call_open(CmConsentCall *call, const CmComodalctl *cli, GError **error)
{
	call->bus = cm_client_connect(cli, error);
	if (call->bus == NULL)
		return FALSE;
	call->roster = cm_client_get_roster(call->bus, error);
	if (call->roster == NULL)
		return FALSE;
	call->consent = cm_client_get_consent(call->bus, error);
	if (call->consent == NULL)
		return FALSE;
	call->suitability = cm_client_get_suitability(call->bus, error);
	if (call->suitability == NULL)
		return FALSE;
	call->derogation = cm_client_get_derogation(call->bus, error);
	if (call->derogation == NULL)
		return FALSE;
	call->students = cm_who_list(call->roster, "student", error);
	if (call->students == NULL)
		return FALSE;
	call->contacts = cm_who_list(call->roster, "contact", error);
	if (call->contacts == NULL)
		return FALSE;
	call->followups = cm_who_list(call->roster, "followup", error);
	return call->followups != NULL;
}

void
cm_consent_call_clear(CmConsentCall *call)
{
	g_clear_pointer(&call->students, json_node_unref);
	g_clear_pointer(&call->contacts, json_node_unref);
	g_clear_pointer(&call->followups, json_node_unref);
	g_clear_object(&call->derogation);
	g_clear_object(&call->suitability);
	g_clear_object(&call->consent);
	g_clear_object(&call->roster);
	g_clear_object(&call->bus);
}

static gboolean
find_number(JsonNode *things,
	    const gchar *kind,
	    const gchar *text,
	    guint64 *out_number,
	    GError **error)
{
	JsonObject *thing = cm_find_thing_in(things, kind, text, error);

	if (thing == NULL)
		return FALSE;
	*out_number = (guint64)cm_json_get_int(thing, "number");
	return TRUE;
}

gboolean
cm_consent_call_find_student(CmConsentCall *call,
			     const gchar *text,
			     guint64 *out_number,
			     GError **error)
{
	return find_number(call->students, "student", text, out_number, error);
}

gboolean
cm_consent_call_find_contact(CmConsentCall *call,
			     const gchar *text,
			     guint64 *out_number,
			     GError **error)
{
	if (g_str_equal(text, "student") || g_str_equal(text, "élève")) {
		*out_number = 0;
		return TRUE;
	}
	return find_number(call->contacts, "contact", text, out_number, error);
}

static JsonArray *
get_followups(const CmConsentCall *call)
{
	return JSON_NODE_HOLDS_ARRAY(call->followups) ? json_node_get_array(call->followups) : NULL;
}

gboolean
cm_consent_call_find_followup(CmConsentCall *call,
			      const gchar *text,
			      guint64 *out_number,
			      GError **error)
{
	JsonArray *followups = get_followups(call);
	JsonObject *student = NULL;
	guint count = 0;

	for (guint i = 0; i < cm_json_get_length(followups); i++) {
		JsonObject *followup = cm_json_get_element(followups, i);

		if (g_strcmp0(cm_json_get_string(followup, "id"), text) == 0) {
			*out_number = (guint64)cm_json_get_int(followup, "number");
			return TRUE;
		}
	}
	student = cm_find_thing_in(call->students, "student", text, error);
	if (student == NULL)
		return FALSE;
	for (guint i = 0; i < cm_json_get_length(followups); i++) {
		JsonObject *followup = cm_json_get_element(followups, i);

		if (g_strcmp0(cm_json_get_string(followup, "student"),
			      cm_json_get_string(student, "id")) != 0)
			continue;
		*out_number = (guint64)cm_json_get_int(followup, "number");
		count++;
	}
	if (count == 1)
		return TRUE;
	cm_error_set(error, count == 0 ? CM_ERROR_NOT_FOUND : CM_ERROR_INVALID_INPUT,
		     count == 0
			 ? N_("This student has no follow-up.")
			 : N_("This student has several follow-ups: give the id of one (list "
			      "followup)."),
		     NULL);
	return FALSE;
}

gboolean
cm_consent_call_find_session(CmConsentCall *call,
			     const gchar *text,
			     guint64 *out_number,
			     GError **error)
{
	JsonArray *followups = get_followups(call);

	for (guint i = 0; i < cm_json_get_length(followups); i++) {
		JsonArray *sessions =
		    cm_json_get_array(cm_json_get_element(followups, i), "sessions");

		for (guint j = 0; j < cm_json_get_length(sessions); j++) {
			JsonObject *session = cm_json_get_element(sessions, j);

			if (g_strcmp0(cm_json_get_string(session, "id"), text) != 0)
				continue;
			*out_number = (guint64)cm_json_get_int(session, "number");
			return TRUE;
		}
	}
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no session “{0}”."), text, NULL);
	return FALSE;
}

static const gchar *
get_title(JsonNode *things, gint64 number)
{
	JsonObject *thing = cm_find_by_number(things, number);

	return thing != NULL ? cm_find_get_title(thing) : "?";
}

const gchar *
cm_consent_call_get_student(const CmConsentCall *call, gint64 number)
{
	return get_title(call->students, number);
}

const gchar *
cm_consent_call_get_contact(const CmConsentCall *call, gint64 number)
{
	return number == 0 ? _("the student") : get_title(call->contacts, number);
}

gboolean
cm_consent_call_is_asked(void)
{
	return isatty(STDIN_FILENO) != 0;
}

/* NULL once input has ended */
static gchar *
read_stdin_line(void)
{
	gchar line[LINE_BYTES_MAX];

	if (fgets(line, sizeof line, stdin) == NULL)
		return NULL;
	return g_utf8_make_valid(g_strstrip(line), -1);
}

gchar *
cm_consent_call_read_line(const gchar *question)
{
	gchar *line = NULL;

	if (cm_consent_call_is_asked())
		g_printerr("%s ", question);
	line = read_stdin_line();
	return line != NULL ? line : g_strdup("");
}

gchar *
cm_consent_call_read_text(const gchar *question)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (cm_consent_call_is_asked())
		g_printerr("%s\n", question);
	for (;;) {
		g_autofree gchar *line = read_stdin_line();

		if (line == NULL || *line == '\0' || text->len + strlen(line) > TEXT_BYTES_MAX)
			break;
		g_string_append_printf(text, "%s%s", text->len > 0 ? "\n" : "", line);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

gboolean
cm_consent_call_read_yes(const gchar *question, gboolean *out_ended)
{
	for (;;) {
		g_autofree gchar *line = NULL;

		if (cm_consent_call_is_asked())
			g_printerr("%s [o/n] ", question);
		line = read_stdin_line();
		if (line == NULL) {
			*out_ended = TRUE;
			return FALSE;
		}
		switch (g_ascii_tolower(line[0])) {
		case 'o':
		case 'y':
			return TRUE;
		case 'n':
			return FALSE;
		default:
			break;
		}
	}
}

GUnixFDList *
cm_consent_call_hand_over(JsonObject *object, GVariant **out_handle, GError **error)
{
	g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
	g_autofree gchar *text = NULL;

	json_node_set_object(root, object);
	text = json_to_string(root, FALSE);
	return cm_change_call_hand_over(text, strlen(text), out_handle, error);
}

void
cm_consent_call_append_rule(GString *out, JsonObject *rule)
{
	if (rule == NULL)
		return;
	g_string_append_printf(out, "      %s, %s\n      %s\n", cm_json_get_string(rule, "id"),
			       cm_json_get_string(rule, "article"),
			       cm_json_get_string(rule, "source"));
}

gchar *
cm_consent_call_format_day(const gchar *text)
{
	CmDay day = 0;

	return text != NULL && cm_day_parse(text, &day) ? cm_dates_format_full(day) : g_strdup("");
}

const gchar *
cm_consent_call_get_words(JsonObject *object)
{
	const gchar *words = cm_json_get_string(object, cm_message_get_language());

	return words != NULL ? words : "";
}
