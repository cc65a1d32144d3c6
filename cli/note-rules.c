// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/note-rules.h"

#include "cli/agent-answer.h"
#include "cli/client.h"
#include "cli/json.h"
#include "cli/policy-view.h"
#include "cli/report.h"
#include "cli/secret-prompt.h"
#include "cli/terminal.h"
#include "cli/typed-text.h"
#include "daemon/agent/agent-case.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>
#include <string.h>

#define KIND_PROGRESS 2
#define MARK "## "

CmDBusVault *
cm_note_rules_get_vault(const CmComodalctl *cli, GError **error)
{
	g_autoptr(GDBusConnection) bus = cm_client_connect(cli, error);

	return bus != NULL
		   ? cm_dbus_vault_proxy_new_sync(bus,
						  G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES |
						      G_DBUS_PROXY_FLAGS_DO_NOT_CONNECT_SIGNALS,
						  CM_BUS_NAME, CM_OBJECT_PATH, NULL, error)
		   : NULL;
}

JsonNode *
cm_note_rules_fetch(const CmComodalctl *cli, GError **error)
{
	g_autoptr(CmDBusVault) vault = cm_note_rules_get_vault(cli, error);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (vault == NULL || !cm_dbus_vault_call_get_note_rules_sync(vault, NULL, &handle,
								     &descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

static JsonArray *
get_templates(JsonNode *rules)
{
	return cm_json_get_array(json_node_get_object(rules), "templates");
}

static const gchar *
get_effect(JsonObject *template)
{
	JsonObject *rule = cm_json_get_object(template, "rule");

	return rule != NULL ? cm_json_get_string(rule, "effect") : NULL;
}

/* the one of a kind, not one of several; `blocks`: whether nothing is signed without it */
static gboolean
is_required(JsonObject *template, gint64 kind)
{
	return cm_json_get_int(template, "kind") == kind &&
	       g_strcmp0(get_effect(template), "blocks") == 0 &&
	       strchr(cm_json_get_string(template, "name"), '.') == NULL;
}

static JsonObject *
find_named(JsonArray *templates, const gchar *name)
{
	for (guint i = 0; i < cm_json_get_length(templates); i++) {
		JsonObject *template = cm_json_get_element(templates, i);

		if (g_strcmp0(cm_json_get_string(template, "name"), name) == 0)
			return template;
	}
	return NULL;
}

static JsonObject *
find_required(JsonArray *templates, gint64 kind)
{
	for (guint i = 0; i < cm_json_get_length(templates); i++) {
		JsonObject *template = cm_json_get_element(templates, i);

		if (is_required(template, kind))
			return template;
	}
	return NULL;
}

gboolean
cm_note_rules_may_begin(JsonNode *rules, guint8 file)
{
	JsonArray *files = cm_json_get_array(json_node_get_object(rules), "files");

	for (guint i = 0; i < cm_json_get_length(files); i++) {
		JsonObject *found = cm_json_get_element(files, i);

		if (cm_json_get_int(found, "file") == file)
			return cm_json_get_boolean(found, "begun");
	}
	return TRUE;
}

JsonObject *
cm_note_rules_choose(JsonNode *rules, const CmNoteDesk *desk, GError **error)
{
	JsonArray *templates = get_templates(rules);
	JsonObject *template = NULL;
	guint8 kind = KIND_PROGRESS;

	if (desk->kind_given != NULL)
		kind = cm_note_desk_find_kind(desk->kind_given, error);
	if (kind == 0 || g_strcmp0(desk->template_given, CM_NOTE_DESK_NONE) == 0)
		return NULL;
	if (desk->template_given == NULL)
		return find_required(templates, kind);
	template = find_named(templates, desk->template_given);
	if (template == NULL)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The policy of your profession has no template “{0}”; “comodalctl "
				"note templates” lists them."),
			     desk->template_given, NULL);
	else if (desk->kind_given != NULL && cm_json_get_int(template, "kind") != kind)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The template “{0}” is for another kind of note than --kind says."),
			     desk->template_given, NULL);
	else
		return template;
	return NULL;
}

/* ---- asking */

static const gchar *
get_word(JsonObject *object, const gchar *french, const gchar *english)
{
	const gchar *name = cm_policy_view_get_language() == CM_LANGUAGE_FRENCH ? french : english;
	const gchar *word = cm_json_get_string(object, name);

	return word != NULL ? word : "";
}

/* "## Heading", a line end, the text, a blank line: by the marks a line of the text that is a heading too stays text */
static gboolean
append_section(CmVaultSecret *text, gsize *length, const gchar *heading, const CmVaultSecret *part)
{
	gsize count = part != NULL ? cm_vault_secret_get_length(part) : 0;
	gsize needed = strlen(MARK) + strlen(heading) + count + 3;
	guint8 *octets = cm_vault_secret_get(text) + *length;

	if (*length + needed > cm_vault_secret_get_length(text))
		return FALSE;
	memcpy(octets, MARK, strlen(MARK));
	octets += strlen(MARK);
	memcpy(octets, heading, strlen(heading));
	octets += strlen(heading);
	*octets++ = '\n';
	if (count > 0)
		memcpy(octets, cm_vault_secret_peek(part), count);
	octets += count;
	*octets++ = '\n';
	*octets++ = '\n';
	*length += needed;
	return TRUE;
}

static gboolean
ask_section(CmVaultSecret *text,
	    gsize *length,
	    const gchar *heading,
	    gboolean *filled,
	    GError **error)
{
	g_autoptr(CmVaultSecret) part = NULL;

	cm_report_note("{0}", heading, NULL);
	if (!cm_secret_prompt_read_part(cm_typed_text_get_most(), &part, error))
		return FALSE;
	*filled = *filled || part != NULL;
	if (append_section(text, length, heading, part))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("That text is too long."), NULL);
	return FALSE;
}

CmVaultSecret *
cm_note_rules_ask(JsonObject *template, GError **error)
{
	JsonArray *sections = cm_json_get_array(template, "sections");
	g_autoptr(CmVaultSecret) text = cm_vault_secret_new(cm_typed_text_get_most());
	gboolean filled = FALSE;
	gsize length = 0;

	if (text == NULL) {
		cm_error_set(error, CM_ERROR_KEY, N_("No memory can be locked."), NULL);
		return NULL;
	}
	cm_report_note(N_("Section by section; a line with nothing but a dot ends each, and leaves "
			  "it empty when nothing stands before it:"),
		       NULL);
	for (guint i = 0; i < cm_json_get_length(sections); i++) {
		if (!ask_section(text, &length,
				 get_word(cm_json_get_element(sections, i), "fr", "en"), &filled,
				 error))
			return NULL;
	}
	if (!filled) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("Nothing was typed."), NULL);
		return NULL;
	}
	cm_vault_secret_truncate(text, length);
	return g_steal_pointer(&text);
}

/* ---- showing */

static gchar *
join_sections(JsonObject *template)
{
	JsonArray *sections = cm_json_get_array(template, "sections");
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < cm_json_get_length(sections); i++)
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
				       get_word(cm_json_get_element(sections, i), "fr", "en"));
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* what a rule says, and where anybody can read it */
static void
print_rule(JsonObject *rule, const gchar *lead)
{
	g_autoptr(GString) out = g_string_new(lead);
	guint width = cm_terminal_get_width();
	g_autofree gchar *text = g_strdup_printf("%s (%s)", get_word(rule, "text_fr", "text_en"),
						 cm_json_get_string(rule, "article"));

	cm_terminal_append_wrapped(out, text, (guint)strlen(lead), (guint)strlen(lead), width);
	cm_terminal_print(out->str);
}

static void
print_template(JsonObject *template)
{
	g_autofree gchar *sections = join_sections(template);
	JsonObject *rule = cm_json_get_object(template, "rule");
	const gchar *format = N_("{0}: {1} (advised)");

	if (is_required(template, cm_json_get_int(template, "kind")))
		format = N_("{0}: {1} (asked for in every note of this kind)");
	else if (g_strcmp0(get_effect(template), "blocks") == 0)
		format = N_("{0}: {1} (all of it, for whoever takes it)");
	cm_agent_answer_print(format, cm_json_get_string(template, "name"), sections, NULL);
	if (rule != NULL)
		print_rule(rule, "    ");
}

static void
print_file(JsonObject *file)
{
	guint8 number = (guint8)cm_json_get_int(file, "file");
	JsonObject *retention = cm_json_get_object(file, "retention");
	g_autofree gchar *years =
	    retention != NULL
		? g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(retention, "number"))
		: NULL;
	g_autofree gchar *kept =
	    years != NULL
		? cm_report_format(N_("kept {0} years after the last service"), years, NULL)
		: g_strdup(_("no retention calendar here says how long it is kept"));
	const gchar *format = cm_json_get_boolean(file, "begun")
				  ? N_("{0}: {1}; {2}")
				  : N_("{0}: {1}; {2}; no notes are kept in it here");

	cm_agent_answer_print(format, cm_note_desk_get_file_name(number),
			      cm_note_desk_describe_file(number), kept);
	if (retention != NULL)
		print_rule(retention, "    ");
}

static void
print_files(JsonObject *document)
{
	JsonArray *files = cm_json_get_array(document, "files");
	JsonArray *rules = cm_json_get_array(document, "rules");
	JsonObject *allowed = cm_json_get_object(document, "files_rule");

	cm_agent_answer_print(N_("Which file (--file). Whoever begins one reads it, and says who "
				 "else does:"),
			      NULL, NULL, NULL);
	for (guint i = 0; i < cm_json_get_length(files); i++)
		print_file(cm_json_get_element(files, i));
	if (allowed != NULL)
		print_rule(allowed, "  ");
	for (guint i = 0; i < cm_json_get_length(rules); i++)
		print_rule(cm_json_get_element(rules, i), "  ");
}

static void
print_trainee(JsonObject *document)
{
	JsonObject *cosign = cm_json_get_object(document, "cosign");
	const gchar *supervisor = cm_json_get_string(document, "supervisor");

	if (!cm_json_get_boolean(document, "trainee") || cosign == NULL)
		return;
	cm_agent_answer_print("", NULL, NULL, NULL);
	cm_agent_answer_print(supervisor != NULL
				  ? N_("You are a trainee; {0} supervises you.")
				  : N_("You are a trainee, and nobody supervises you now."),
			      supervisor, NULL, NULL);
	if (cm_json_get_object(cosign, "notes") != NULL)
		print_rule(cm_json_get_object(cosign, "notes"), "  ");
	if (cm_json_get_object(cosign, "reports") != NULL)
		print_rule(cm_json_get_object(cosign, "reports"), "  ");
}

void
cm_note_rules_print(const CmComodalctl *cli, JsonNode *rules)
{
	JsonObject *document = json_node_get_object(rules);
	JsonArray *templates = get_templates(rules);

	if (cli->json) {
		cm_json_print_node(rules);
		return;
	}
	if (cm_json_get_string(document, "profession") == NULL) {
		cm_agent_answer_print(N_("Your account is no professional of the roster: no "
					 "policy says anything of your notes."),
				      NULL, NULL, NULL);
		return;
	}
	if (cm_json_get_length(templates) == 0)
		cm_agent_answer_print(N_("{0}: no text that was read says what a note holds, and "
					 "your organisation adds nothing."),
				      get_word(document, "title_fr", "title_en"), NULL, NULL);
	for (guint i = 0; i < cm_json_get_length(templates); i++)
		print_template(cm_json_get_element(templates, i));
	cm_agent_answer_print("", NULL, NULL, NULL);
	print_files(document);
	print_trainee(document);
}
