// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/consent-call.h"
#include "cli/consent-view.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
	gchar *by;
	gchar *on;
	gchar *from;
	gchar *until;
	gchar *profession;
	gchar *told;
	gchar *date;
	gchar *as;
	gchar *days;
	gboolean verbal;
	gboolean attested;
	gboolean school;
	gboolean home;
} Options;

static void
options_clear(Options *options)
{
	g_free(options->by);
	g_free(options->on);
	g_free(options->from);
	g_free(options->until);
	g_free(options->profession);
	g_free(options->told);
	g_free(options->date);
	g_free(options->as);
	g_free(options->days);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static const gchar *const kinds[] = {"service", "video", "release", NULL};

static const gchar *
get_kind(const gchar *word)
{
	return g_str_equal(word, "video") ? "telepractice" : word;
}

static gboolean
set_date(const CmComodalctl *cli,
	 const gchar *option,
	 const gchar *text,
	 JsonObject *object,
	 const gchar *member)
{
	gchar buffer[CM_DAY_TEXT_SIZE];
	CmDay day = 0;

	if (text == NULL)
		return TRUE;
	if (!cm_values_parse_date(cli, option, text, &day))
		return FALSE;
	json_object_set_string_member(object, member, cm_day_format(day, buffer));
	return TRUE;
}

/* ---- show */

static GVariant *
make_view_options(const gchar *name, GVariant *value)
{
	g_auto(GVariantDict) dictionary = G_VARIANT_DICT_INIT(NULL);

	if (value != NULL)
		g_variant_dict_insert_value(&dictionary, name, value);
	return g_variant_ref_sink(g_variant_dict_end(&dictionary));
}

static JsonNode *
fetch_status(CmConsentCall *call, guint64 student, const gchar *date, GError **error)
{
	g_autoptr(GVariant) options =
	    make_view_options("date", date != NULL ? g_variant_new_string(date) : NULL);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (!cm_dbus_consent_call_status_sync(call->consent, student, options, NULL, &handle,
					      &descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

static JsonNode *
fetch_list(CmConsentCall *call, guint64 student, const guint64 *viewer, GError **error)
{
	g_autoptr(GVariant) options =
	    make_view_options("seen-by", viewer != NULL ? g_variant_new_uint64(*viewer) : NULL);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (!cm_dbus_consent_call_list_sync(call->consent, student, options, NULL, &handle,
					    &descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

static void
print_show(const CmComodalctl *cli, const CmConsentCall *call, JsonNode *status, JsonNode *list)
{
	g_autofree gchar *text = NULL;

	if (!cli->json) {
		text =
		    cm_consent_view_draw(call, status != NULL ? json_node_get_object(status) : NULL,
					 json_node_get_object(list));
		cm_terminal_print(text);
		return;
	}
	if (status != NULL)
		json_object_set_array_member(
		    json_node_get_object(list), "professions",
		    json_array_ref(cm_json_get_array(json_node_get_object(status), "professions")));
	cm_json_print_node(list);
}

CmExit
cm_comodalctl_consent_show_run(CmComodalctl *cli)
{
	g_auto(Options) options = {0};
	const GOptionEntry entries[] = {
	    {"date", 0, 0, G_OPTION_ARG_STRING, &options.date, N_("What stands on this date"),
	     N_("DATE")},
	    {"as", 0, 0, G_OPTION_ARG_STRING, &options.as,
	     N_("Only what this contact may see; “student” for the student"), N_("CONTACT")},
	    G_OPTION_ENTRY_NULL};
	g_auto(CmConsentCall) call = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) status = NULL;
	g_autoptr(JsonNode) list = NULL;
	gchar date[CM_DAY_TEXT_SIZE];
	CmDay day = CM_DAY_NONE;
	guint64 student = 0;
	guint64 viewer = 0;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_date(cli, "--date", options.date, &day))
		return CM_EXIT_USAGE;
	if (!cm_consent_call_open(&call, cli, &error) ||
	    !cm_consent_call_find_student(&call, arguments[0], &student, &error) ||
	    (options.as != NULL &&
	     !cm_consent_call_find_contact(&call, options.as, &viewer, &error)))
		return cm_report_error(error);
	/* what stands tells of everybody: a household is shown what it said */
	if (options.as == NULL) {
		status = fetch_status(&call, student,
				      day != CM_DAY_NONE ? cm_day_format(day, date) : NULL, &error);
		if (status == NULL)
			return cm_report_error(error);
	}
	list = fetch_list(&call, student, options.as != NULL ? &viewer : NULL, &error);
	if (list == NULL)
		return cm_report_error(error);
	print_show(cli, &call, status, list);
	return CM_EXIT_OK;
}

/* ---- give, oppose */

static void
set_modes(JsonObject *statement, const Options *options)
{
	JsonArray *modes = json_array_new();

	if (options->school || !options->home)
		json_array_add_string_element(modes, "video-school");
	if (options->home || !options->school)
		json_array_add_string_element(modes, "video-remote");
	json_object_set_array_member(statement, "modes", modes);
}

/* what is to be talked about, of the first profession that has a list */
static JsonArray *
find_topics(JsonNode *status, const gchar *kind)
{
	JsonArray *professions = cm_json_get_array(json_node_get_object(status), "professions");

	for (guint i = 0; i < cm_json_get_length(professions); i++) {
		JsonObject *all = cm_json_get_object(cm_json_get_element(professions, i), "topics");
		JsonArray *topics = all != NULL ? cm_json_get_array(all, kind) : NULL;

		if (cm_json_get_length(topics) > 0)
			return topics;
	}
	return NULL;
}

static gboolean
add_topics(CmConsentCall *call,
	   guint64 student,
	   const Options *options,
	   JsonObject *statement,
	   GError **error)
{
	g_autoptr(JsonNode) status = fetch_status(call, student, NULL, error);
	g_auto(GStrv) words = g_strsplit(options->told != NULL ? options->told : "", ",", -1);
	JsonArray *told = json_array_new();
	gboolean ended = FALSE;
	JsonArray *topics = NULL;

	json_object_set_array_member(statement, "topics", told);
	if (status == NULL)
		return FALSE;
	topics = find_topics(status, json_object_get_string_member(statement, "kind"));
	for (guint i = 0; i < cm_json_get_length(topics); i++) {
		JsonObject *topic = cm_json_get_element(topics, i);
		const gchar *item = cm_json_get_string(topic, "item");
		g_autofree gchar *question =
		    g_strdup_printf(_("Talked about: %s?"), cm_consent_call_get_words(topic));
		gboolean yes = g_strcmp0(options->told, "all") == 0 ||
			       g_strv_contains((const gchar *const *)words, item);

		if (options->told == NULL && cm_consent_call_is_asked() && !ended)
			yes = cm_consent_call_read_yes(question, &ended);
		if (yes)
			json_array_add_string_element(told, item);
	}
	return TRUE;
}

static void
read_texts(const Options *options, gboolean opposed, JsonObject *statement)
{
	gboolean release = g_str_equal(json_object_get_string_member(statement, "kind"), "release");

	if (release) {
		g_autofree gchar *purpose = cm_consent_call_read_line(
		    _("For what (“parents”: that parents know of sessions):"));

		json_object_set_string_member(statement, "purpose", purpose);
	}
	if (options->verbal || opposed) {
		g_autofree gchar *note = cm_consent_call_read_text(
		    _("A note of what was said (an empty line ends it):"));

		if (*note != '\0')
			json_object_set_string_member(statement, "note", note);
	}
}

static gboolean
make_statement(CmComodalctl *cli,
	       const Options *options,
	       const gchar *kind,
	       gboolean opposed,
	       JsonObject *statement)
{
	const gchar *answer = opposed ? "opposed" : options->attested ? "attested" : "given";

	json_object_set_string_member(statement, "kind", get_kind(kind));
	json_object_set_string_member(statement, "answer", answer);
	json_object_set_string_member(statement, "form", options->verbal ? "verbal" : "written");
	if (options->profession != NULL)
		json_object_set_string_member(statement, "profession", options->profession);
	if (g_str_equal(kind, "video"))
		set_modes(statement, options);
	return set_date(cli, "--on", options->on, statement, "on") &&
	       set_date(cli, "--until", options->until, statement, "until");
}

static CmExit
record(CmComodalctl *cli, const Options *options, gchar **arguments, gboolean opposed)
{
	g_auto(CmConsentCall) call = {0};
	g_autoptr(JsonObject) statement = json_object_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) cancelled = NULL;
	g_autoptr(GVariant) flagged = NULL;
	g_auto(GStrv) warnings = NULL;
	GVariant *handle = NULL;
	guint64 student = 0;
	guint64 by = 0;
	guint64 number = 0;
	guint64 version = 0;

	if (!make_statement(cli, options, arguments[1], opposed, statement))
		return CM_EXIT_USAGE;
	if (!cm_consent_call_open(&call, cli, &error) ||
	    !cm_consent_call_find_student(&call, arguments[0], &student, &error) ||
	    !cm_consent_call_find_contact(&call, options->by, &by, &error))
		return cm_report_error(error);
	json_object_set_int_member(statement, "by", (gint64)by);
	read_texts(options, opposed, statement);
	if (!opposed && !add_topics(&call, student, options, statement, &error))
		return cm_report_error(error);
	list = cm_consent_call_hand_over(statement, &handle, &error);
	if (list == NULL || !cm_dbus_consent_call_record_sync(
				call.consent, student, handle, list, &number, &version, &cancelled,
				&flagged, &warnings, NULL, NULL, &error))
		return cm_report_error(error);
	cm_consent_view_print_outcome(cli, number, version, cancelled, flagged,
				      (const gchar *const *)warnings);
	return CM_EXIT_OK;
}

static CmExit
parse_and_record(CmComodalctl *cli, const GOptionEntry *entries, Options *options, gboolean opposed)
{
	g_auto(GStrv) arguments = NULL;

	if (!cm_comodalctl_parse(cli, entries, 2, 2, &arguments))
		return cli->exit_status;
	if (!cm_values_check_choice(cli, "KIND", arguments[1], kinds))
		return CM_EXIT_USAGE;
	if (options->by == NULL)
		return cm_report_usage(cli, N_("Who said it? --by CONTACT, or --by student."),
				       NULL);
	return record(cli, options, arguments, opposed);
}

#define BY_ENTRY                                                                                   \
	{                                                                                          \
		"by", 0, 0, G_OPTION_ARG_STRING, &options.by,                                      \
		    N_("Who said it: a contact, or “student”"), N_("CONTACT")                      \
	}
#define WHAT_ENTRIES                                                                                \
	{"on",      0, 0, G_OPTION_ARG_STRING, &options.on, N_("When it was said; default today"),  \
	 N_("DATE")},                                                                               \
	    {"verbal",                                                                              \
	     0,                                                                                     \
	     0,                                                                                     \
	     G_OPTION_ARG_NONE,                                                                     \
	     &options.verbal,                                                                       \
	     N_("It was not written; a note is asked for"),                                         \
	     NULL},                                                                                 \
	    {"school", 0, 0, G_OPTION_ARG_NONE, &options.school, N_("Video at school only"), NULL}, \
	    {"home", 0, 0, G_OPTION_ARG_NONE, &options.home, N_("Video from home only"), NULL},     \
	{                                                                                           \
		"profession", 0, 0, G_OPTION_ARG_STRING, &options.profession,                       \
		    N_("For this profession only"), N_("PROFESSION")                                \
	}

CmExit
cm_comodalctl_consent_give_run(CmComodalctl *cli)
{
	g_auto(Options) options = {0};
	const GOptionEntry entries[] = {
	    BY_ENTRY,
	    WHAT_ENTRIES,
	    {"until", 0, 0, G_OPTION_ARG_STRING, &options.until,
	     N_("Its last day; a release needs one"), N_("DATE")},
	    {"attested", 0, 0, G_OPTION_ARG_NONE, &options.attested,
	     N_("One parent alone, with the attestation of article 603.1"), NULL},
	    {"told", 0, 0, G_OPTION_ARG_STRING, &options.told,
	     N_("What was talked about, as the policy lists it; all"), N_("ITEM,…")},
	    G_OPTION_ENTRY_NULL};

	return parse_and_record(cli, entries, &options, FALSE);
}

CmExit
cm_comodalctl_consent_oppose_run(CmComodalctl *cli)
{
	g_auto(Options) options = {0};
	const GOptionEntry entries[] = {BY_ENTRY, WHAT_ENTRIES, G_OPTION_ENTRY_NULL};

	return parse_and_record(cli, entries, &options, TRUE);
}

/* ---- withdraw */

/* the last thing of that kind that this person said and has not taken back */
static JsonObject *
find_consent(JsonNode *list, const gchar *kind, gint64 by)
{
	JsonArray *consents = cm_json_get_array(json_node_get_object(list), "consents");

	for (guint i = cm_json_get_length(consents); i > 0; i--) {
		JsonObject *consent = cm_json_get_element(consents, i - 1);

		if (g_strcmp0(cm_json_get_string(consent, "kind"), kind) == 0 &&
		    cm_json_get_int(consent, "by") == by &&
		    cm_json_get_string(consent, "withdrawn_on") == NULL)
			return consent;
	}
	return NULL;
}

static gboolean
withdraw(CmComodalctl *cli,
	 const Options *options,
	 const gchar *from,
	 gchar **arguments,
	 GError **error)
{
	g_auto(CmConsentCall) call = {0};
	g_autoptr(JsonNode) list = NULL;
	g_autoptr(GVariant) cancelled = NULL;
	g_autoptr(GVariant) flagged = NULL;
	JsonObject *consent = NULL;
	guint64 student = 0;
	guint64 by = 0;
	guint64 version = 0;

	if (!cm_consent_call_open(&call, cli, error) ||
	    !cm_consent_call_find_student(&call, arguments[0], &student, error) ||
	    !cm_consent_call_find_contact(&call, options->by, &by, error))
		return FALSE;
	list = fetch_list(&call, student, NULL, error);
	if (list == NULL)
		return FALSE;
	consent = find_consent(list, get_kind(arguments[1]), (gint64)by);
	if (consent == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is nothing of theirs to take back."), NULL);
		return FALSE;
	}
	if (!cm_dbus_consent_call_withdraw_sync(call.consent,
						(guint64)cm_json_get_int(consent, "number"),
						(guint64)cm_json_get_int(consent, "version"), from,
						&version, &cancelled, &flagged, NULL, error))
		return FALSE;
	cm_consent_view_print_outcome(cli, (guint64)cm_json_get_int(consent, "number"), version,
				      cancelled, flagged, NULL);
	return TRUE;
}

CmExit
cm_comodalctl_consent_withdraw_run(CmComodalctl *cli)
{
	g_auto(Options) options = {0};
	const GOptionEntry entries[] = {BY_ENTRY,
					{"from", 0, 0, G_OPTION_ARG_STRING, &options.from,
					 N_("From this date on; default today"), N_("DATE")},
					G_OPTION_ENTRY_NULL};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	gchar from[CM_DAY_TEXT_SIZE] = "";
	CmDay day = CM_DAY_NONE;

	if (!cm_comodalctl_parse(cli, entries, 2, 2, &arguments))
		return cli->exit_status;
	if (!cm_values_check_choice(cli, "KIND", arguments[1], kinds) ||
	    !cm_values_parse_date(cli, "--from", options.from, &day))
		return CM_EXIT_USAGE;
	if (options.by == NULL)
		return cm_report_usage(cli, N_("Who said it? --by CONTACT, or --by student."),
				       NULL);
	if (day != CM_DAY_NONE)
		cm_day_format(day, from);
	return withdraw(cli, &options, from, arguments, &error) ? CM_EXIT_OK
								: cm_report_error(error);
}

/* ---- due */

CmExit
cm_comodalctl_consent_due_run(CmComodalctl *cli)
{
	g_auto(Options) options = {0};
	const GOptionEntry entries[] = {{"days", 0, 0, G_OPTION_ARG_STRING, &options.days,
					 N_("How far ahead; default the service's setting"), "N"},
					G_OPTION_ENTRY_NULL};
	g_auto(CmConsentCall) call = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) chosen = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(JsonNode) due = NULL;
	guint64 days = G_MAXUINT64;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, NULL))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, "--days", options.days, 0, 3660, &days))
		return CM_EXIT_USAGE;
	chosen = make_view_options("days", days != G_MAXUINT64 ? g_variant_new_uint32((guint32)days)
							       : NULL);
	if (!cm_consent_call_open(&call, cli, &error) ||
	    !cm_dbus_consent_call_due_sync(call.consent, chosen, NULL, &handle, &descriptors, NULL,
					   &error))
		return cm_report_error(error);
	due = cm_client_read_json(handle, descriptors, &error);
	if (due == NULL)
		return cm_report_error(error);
	if (cli->json)
		cm_json_print_node(due);
	else
		cm_consent_view_print_due(cli, &call, json_node_get_object(due));
	return CM_EXIT_OK;
}
