// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/find.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/spelling.h"
#include "cli/subjects.h"
#include "cli/terminal.h"
#include "daemon/agenda/document.h"
#include "include/cm-catalog.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* code: eight characters to be said on the telephone, for one session */

#define WORDS_MAX 8
#define INDENT 4
#define NO_BREAK "\302\240"

typedef struct {
	const gchar *kind;
	guint64 number;
	const gchar *name;
} Person;

static JsonObject *
get_only_attendee(CmSubjects *subjects, const gchar *kind)
{
	JsonArray *attendees = cm_json_get_array(subjects->booking, "attendees");
	JsonObject *found = NULL;

	for (guint i = 0; i < cm_json_get_length(attendees); i++) {
		JsonObject *attendee = cm_json_get_element(attendees, i);

		if (g_strcmp0(cm_json_get_string(attendee, "kind"), kind) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = attendee;
	}
	return found;
}

static gboolean
take_person(CmSubjects *subjects, const gchar *kind, gint64 number, Person *out_person)
{
	JsonNode *things = g_str_equal(kind, "student") ? subjects->bookings.students
							: subjects->bookings.contacts;
	JsonObject *thing = things != NULL ? cm_find_by_number(things, number) : NULL;

	if (thing == NULL)
		return FALSE;
	*out_person =
	    (Person){.kind = kind, .number = (guint64)number, .name = cm_find_get_title(thing)};
	return TRUE;
}

/* whoever comes alone: the only contact who takes part, else the student whose session it is */
static gboolean
take_default(CmSubjects *subjects, Person *out_person)
{
	JsonObject *attendee = NULL;

	if (subjects->booking == NULL)
		return FALSE;
	attendee = get_only_attendee(subjects, "contact");
	if (attendee != NULL)
		return take_person(subjects, "contact", cm_json_get_int(attendee, "number"),
				   out_person);
	return take_person(subjects, "student", cm_json_get_int(subjects->booking, "student"),
			   out_person);
}

/* "contact 12", as a door's list shows somebody to a helper, who sees no names of the roster */
static gboolean
parse_handle(const gchar *who, Person *out_person)
{
	static const gchar *const kinds[] = {"contact", "student", "professional"};
	g_auto(GStrv) words = g_strsplit(who, " ", 2);

	if (g_strv_length(words) != 2 ||
	    !g_ascii_string_to_unsigned(words[1], 10, 1, G_MAXINT64, &out_person->number, NULL))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_str_equal(words[0], kinds[i])) {
			out_person->kind = kinds[i];
			out_person->name = who;
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean
find_person(CmSubjects *subjects, const gchar *who, Person *out_person, GError **error)
{
	JsonObject *found = NULL;
	gboolean contact = TRUE;

	if (who == NULL) {
		if (take_default(subjects, out_person))
			return TRUE;
		if (subjects->booking == NULL) {
			cm_error_set(error, CM_ERROR_NOT_FOUND,
				     N_("You see no session by this number. If it is another's "
					"whom you help, say whom the code is for: --for WHO."),
				     NULL);
			return FALSE;
		}
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Say whom the code is for: --for WHO, a parent or a student."),
			     NULL);
		return FALSE;
	}
	if (parse_handle(who, out_person))
		return TRUE;
	found = cm_find_thing_in(subjects->bookings.contacts, "contact", who, NULL);
	if (found == NULL) {
		contact = FALSE;
		found = cm_find_thing_in(subjects->bookings.students, "student", who, error);
	}
	if (found == NULL)
		return FALSE;
	return take_person(subjects, contact ? "contact" : "student",
			   cm_json_get_int(found, "number"), out_person);
}

static void
append_line(GString *out, const gchar *format, const gchar *first, const gchar *second)
{
	g_autofree gchar *line = cm_report_format(format, first, second, NULL);

	cm_terminal_append_wrapped(out, line, 0, 0, cm_terminal_get_width());
}

/* how it is said, in every language that we have: the one on the telephone may speak another than the one who calls */
static void
append_spelling(GString *out, const gchar *code)
{
	const gchar *const *languages = cm_catalog_get_languages();

	for (guint i = 0; languages[i] != NULL; i++) {
		g_autofree gchar *all = cm_spelling_say(languages[i], code);
		g_autoptr(GString) said = g_string_new(all);

		/* a line ends between two characters, never within what is said of one */
		g_string_replace(said, " ", NO_BREAK, 0);
		g_string_replace(said, "," NO_BREAK, ", ", 0);
		cm_terminal_append_cell(out, languages[i], INDENT);
		cm_terminal_append_wrapped(out, said->str, INDENT, INDENT, cm_terminal_get_width());
	}
}

static void
print_code(const CmSubjects *subjects,
	   const Person *person,
	   JsonNode *document,
	   gint64 from,
	   gint64 until)
{
	JsonObject *object = json_node_get_object(document);
	const gchar *code = cm_json_get_string(object, "code");
	const gchar *url = cm_json_get_string(object, "url");
	g_autofree gchar *since = cm_subjects_format_moment(from);
	g_autofree gchar *end = cm_subjects_format_moment(until);
	g_autofree gchar *name = cm_terminal_clean(person->name);
	g_autoptr(GString) out = g_string_new(NULL);

	append_line(out, _("Code for {0}: {1}."), name, subjects->title);
	g_string_append_printf(out, "\n%*s", INDENT, "");
	cm_terminal_append_styled(out, subjects->bookings.cli->color, CM_STYLE_BOLD, code);
	g_string_append(out, "\n\n");
	append_spelling(out, code);
	g_string_append_c(out, '\n');
	append_line(out, _("They type it at {0}, in any browser."), url, NULL);
	append_line(
	    out,
	    _("It opens the door of this session only, from {0} to {1}; you let them in. A new "
	      "code for them ends this one."),
	    since, end);
	cm_terminal_print(out->str);
}

static void
print_json(const CmSubjects *subjects,
	   const Person *person,
	   JsonNode *document,
	   gint64 from,
	   gint64 until)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	JsonObject *object = json_node_get_object(document);

	json_builder_begin_object(builder);
	cm_document_add_int(builder, "subject", subjects->number);
	cm_document_begin_object(builder, "person");
	cm_document_add_string(builder, "kind", person->kind);
	cm_document_add_int(builder, "number", (gint64)person->number);
	json_builder_end_object(builder);
	cm_document_add_string(builder, "code", cm_json_get_string(object, "code"));
	cm_document_add_string(builder, "url", cm_json_get_string(object, "url"));
	cm_document_add_int(builder, "from", from);
	cm_document_add_int(builder, "until", until);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

static JsonNode *
make_code(CmSubjects *subjects,
	  const Person *person,
	  gboolean interpreter,
	  gint64 *out_from,
	  gint64 *out_until,
	  GError **error)
{
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(JsonNode) document = NULL;

	if (interpreter)
		g_variant_dict_insert(&options, "interpreter", "b", TRUE);
	if (!cm_dbus_door_call_make_code_sync(subjects->door, (guint64)subjects->number,
					      person->kind, person->number,
					      g_variant_dict_end(&options), NULL, out_from,
					      out_until, &handle, &descriptors, NULL, error))
		return NULL;
	document = cm_client_read_json(handle, descriptors, error);
	if (document == NULL || cm_subjects_get_text(document, "code", error) == NULL ||
	    cm_subjects_get_text(document, "url", error) == NULL)
		return NULL;
	return g_steal_pointer(&document);
}

CmExit
cm_comodalctl_code_run(CmComodalctl *cli)
{
	g_autofree gchar *who = NULL;
	gboolean interpreter = FALSE;
	const GOptionEntry entries[] = {
	    {"for", 0, 0, G_OPTION_ARG_STRING, &who,
	     N_("A parent or a student; default who comes alone"), N_("WHO")},
	    {"interpreter", 0, 0, G_OPTION_ARG_NONE, &interpreter,
	     N_("For whoever interprets for them"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_auto(CmSubjects) subjects = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;
	Person person = {0};
	gint64 from = 0;
	gint64 until = 0;

	if (!cm_comodalctl_parse(cli, entries, 0, WORDS_MAX, &arguments))
		return cli->exit_status;
	if (cm_subjects_open(&subjects, cli, &error) &&
	    cm_subjects_find(&subjects, (const gchar *const *)arguments, &error) &&
	    find_person(&subjects, who, &person, &error))
		document = make_code(&subjects, &person, interpreter, &from, &until, &error);
	if (document == NULL)
		return cm_report_error(error);
	if (cli->json)
		print_json(&subjects, &person, document, from, until);
	else
		print_code(&subjects, &person, document, from, until);
	return CM_EXIT_OK;
}
