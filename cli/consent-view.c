// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/consent-view.h"

#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

typedef struct {
	const gchar *word;
	const gchar *text;
} Word;

static const Word states[] = {{"none", N_("nothing on record")},
			      {"presumed", N_("one parent, presumed to act with the other")},
			      {"both", N_("all who hold parental authority")},
			      {"attested", N_("one parent, with an attestation")},
			      {"opposed", N_("an opposition is known: stop")},
			      {"own", N_("the student’s own")},
			      {"expired", N_("no longer holds")},
			      {"withdrawn", N_("withdrawn")},
			      {"service", N_("services")},
			      {"telepractice", N_("video")},
			      {"release", N_("release of information")},
			      {"given", N_("yes")},
			      {"opposed-by", N_("no")},
			      {"attested-by", N_("yes, with an attestation")},
			      {"written", N_("written")},
			      {"verbal", N_("verbal")},
			      {"blocks", N_("not possible")},
			      {"warns", N_("look")},
			      {"informs", N_("to know")}};

static const gchar *
translate(const gchar *word)
{
	for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
		if (g_strcmp0(states[i].word, word) == 0)
			return _(states[i].text);
	}
	return word != NULL ? word : "";
}

static gchar *
join_modes(JsonObject *object)
{
	JsonArray *modes = cm_json_get_array(object, "modes");
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < cm_json_get_length(modes); i++)
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
				       cm_kinds_get_mode(json_array_get_string_element(modes, i)));
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* "services", "video, at school", "release: CLSC" */
static gchar *
name_subject(JsonObject *object)
{
	const gchar *kind = cm_json_get_string(object, "kind");
	g_autofree gchar *modes = join_modes(object);
	g_autofree gchar *purpose = NULL;

	if (g_strcmp0(kind, "telepractice") == 0)
		return g_steal_pointer(&modes);
	if (g_strcmp0(kind, "release") != 0)
		return g_strdup(translate(kind));
	purpose = cm_terminal_clean(cm_json_get_string(object, "purpose") != NULL
					? cm_json_get_string(object, "purpose")
					: "");
	return cm_report_format(N_("release: {0}"), purpose, NULL);
}

static void
draw_verdicts(GString *out, JsonObject *profession)
{
	JsonArray *verdicts = cm_json_get_array(profession, "verdicts");

	for (guint i = 0; i < cm_json_get_length(verdicts); i++) {
		JsonObject *verdict = cm_json_get_element(verdicts, i);
		g_autofree gchar *subject = name_subject(verdict);
		g_autofree gchar *until =
		    cm_consent_call_format_day(cm_json_get_string(verdict, "until"));

		g_string_append(out, "  ");
		cm_terminal_append_cell(out, subject, 26);
		g_string_append(out, translate(cm_json_get_string(verdict, "state")));
		if (*until != '\0')
			g_string_append_printf(out, _(", until %s"), until);
		g_string_append_c(out, '\n');
	}
}

static void
draw_objections(GString *out, JsonObject *profession)
{
	JsonArray *objections = cm_json_get_array(profession, "objections");

	for (guint i = 0; i < cm_json_get_length(objections); i++) {
		JsonObject *objection = cm_json_get_element(objections, i);
		g_autofree gchar *message =
		    cm_message_localize(cm_json_get_string(objection, "message"));
		g_autofree gchar *modes = join_modes(objection);
		gboolean all = cm_json_get_length(cm_json_get_array(objection, "modes")) > 2;

		g_autofree gchar *line = cm_report_format(
		    _("{0}: {1}"), translate(cm_json_get_string(objection, "effect")), message,
		    NULL);

		g_string_append_printf(out, "  ! %s%s%s%s\n", line, all ? "" : " (",
				       all ? "" : modes, all ? "" : ")");
		cm_consent_call_append_rule(out, cm_json_get_object(objection, "rule"));
	}
}

static void
draw_told(GString *out, const CmConsentCall *call, JsonObject *profession)
{
	JsonArray *told = cm_json_get_array(profession, "told");

	g_string_append_printf(out, "  %s", _("Told of sessions: "));
	for (guint i = 0; i < cm_json_get_length(told); i++) {
		JsonObject *member = cm_json_get_element(told, i);
		gboolean student = g_strcmp0(cm_json_get_string(member, "who"), "student") == 0;

		g_string_append_printf(out, "%s%s", i > 0 ? ", " : "",
				       cm_consent_call_get_contact(
					   call, student ? 0 : cm_json_get_int(member, "number")));
	}
	g_string_append(out, cm_json_get_length(told) == 0 ? _("nobody on record\n") : "\n");
}

static void
draw_status(GString *out, const CmConsentCall *call, JsonObject *status)
{
	JsonArray *professions = cm_json_get_array(status, "professions");

	for (guint i = 0; i < cm_json_get_length(professions); i++) {
		JsonObject *profession = cm_json_get_element(professions, i);
		g_autofree gchar *alone =
		    cm_consent_call_format_day(cm_json_get_string(profession, "alone_from"));

		g_string_append_printf(
		    out, "%s\n",
		    cm_kinds_get_profession(cm_json_get_string(profession, "profession")));
		draw_verdicts(out, profession);
		draw_objections(out, profession);
		if (*alone != '\0') {
			g_autofree gchar *line =
			    cm_report_format(N_("May consent alone from {0}."), alone, NULL);

			g_string_append_printf(out, "  %s\n", line);
		}
		draw_told(out, call, profession);
	}
}

static void
draw_consent(GString *out, const CmConsentCall *call, JsonObject *consent)
{
	const gchar *answer = cm_json_get_string(consent, "answer");
	g_autofree gchar *subject = name_subject(consent);
	g_autofree gchar *on = cm_consent_call_format_day(cm_json_get_string(consent, "on"));
	g_autofree gchar *withdrawn =
	    cm_consent_call_format_day(cm_json_get_string(consent, "withdrawn_on"));
	g_autofree gchar *line = NULL;

	if (g_strcmp0(answer, "opposed") == 0)
		answer = "opposed-by";
	else if (g_strcmp0(answer, "attested") == 0)
		answer = "attested-by";
	line = cm_report_format(N_("{0}, {1}: {2}, {3} ({4})"), on,
				cm_consent_call_get_contact(call, cm_json_get_int(consent, "by")),
				subject, translate(answer),
				translate(cm_json_get_string(consent, "form")), NULL);
	g_string_append_printf(out, "  %s", line);
	if (*withdrawn != '\0')
		g_string_append_printf(out, _("; taken back on %s"), withdrawn);
	g_string_append_c(out, '\n');
	if (cm_json_get_string(consent, "note") != NULL) {
		g_autofree gchar *note = cm_terminal_clean(cm_json_get_string(consent, "note"));

		g_string_append(out, "      ");
		cm_terminal_append_wrapped(out, note, 6, 6, cm_terminal_get_width());
	}
}

gchar *
cm_consent_view_draw(const CmConsentCall *call, JsonObject *status, JsonObject *list)
{
	JsonArray *consents = cm_json_get_array(list, "consents");
	g_autoptr(GString) out = g_string_new(NULL);

	if (status != NULL)
		draw_status(out, call, status);
	g_string_append_printf(out, "%s\n", _("What was said"));
	for (guint i = 0; i < cm_json_get_length(consents); i++)
		draw_consent(out, call, cm_json_get_element(consents, i));
	if (cm_json_get_length(consents) == 0)
		g_string_append_printf(out, "  %s\n", _("nothing on record"));
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void
add_numbers(JsonBuilder *builder, const gchar *name, GVariant *numbers)
{
	json_builder_set_member_name(builder, name);
	json_builder_begin_array(builder);
	for (gsize i = 0; i < g_variant_n_children(numbers); i++) {
		guint64 number = 0;

		g_variant_get_child(numbers, i, "t", &number);
		json_builder_add_int_value(builder, (gint64)number);
	}
	json_builder_end_array(builder);
}

static void
print_outcome_json(guint64 number, guint64 version, GVariant *cancelled, GVariant *flagged)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "number");
	json_builder_add_int_value(builder, (gint64)number);
	json_builder_set_member_name(builder, "version");
	json_builder_add_int_value(builder, (gint64)version);
	add_numbers(builder, "cancelled", cancelled);
	add_numbers(builder, "flagged", flagged);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

void
cm_consent_view_print_outcome(const CmComodalctl *cli,
			      guint64 number,
			      guint64 version,
			      GVariant *cancelled,
			      GVariant *flagged,
			      const gchar *const *warnings)
{
	g_autofree gchar *gone = g_strdup_printf("%u", (guint)g_variant_n_children(cancelled));
	g_autofree gchar *kept = g_strdup_printf("%u", (guint)g_variant_n_children(flagged));

	for (guint i = 0; warnings != NULL && warnings[i] != NULL; i++) {
		g_autofree gchar *warning = cm_message_localize(warnings[i]);

		cm_report_note("{0}", warning, NULL);
	}
	if (cli->json) {
		print_outcome_json(number, version, cancelled, flagged);
		return;
	}
	cm_report_note(N_("It is on record."), NULL);
	if (g_variant_n_children(cancelled) > 0)
		cm_report_note(N_("Sessions cancelled by it: {0}. For another time or way: slots"),
			       gone, NULL);
	if (g_variant_n_children(flagged) > 0)
		cm_report_note(N_("Appointments to look at again: {0}."), kept, NULL);
}

void
cm_consent_view_print_due(const CmComodalctl *cli, const CmConsentCall *call, JsonObject *due)
{
	static const gchar *const heads[] = {N_("student"), N_("birthday"), N_(">age"), N_("asked"),
					     NULL};
	JsonArray *students = cm_json_get_array(due, "students");
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autofree gchar *text = NULL;

	for (guint i = 0; i < cm_json_get_length(students); i++) {
		JsonObject *student = cm_json_get_element(students, i);
		g_autofree gchar *age =
		    g_strdup_printf("%d", (gint)cm_json_get_int(student, "age"));
		g_autofree gchar *birthday =
		    cm_consent_call_format_day(cm_json_get_string(student, "birthday"));

		cm_terminal_add_row(
		    table, cm_consent_call_get_student(call, cm_json_get_int(student, "student")),
		    birthday, age, cm_json_get_boolean(student, "asked") ? _("yes") : _("no"),
		    NULL);
	}
	if (cm_json_get_length(students) == 0) {
		cm_report_note(N_("Nobody is soon old enough to consent alone."), NULL);
		return;
	}
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	cm_terminal_print(text);
}
