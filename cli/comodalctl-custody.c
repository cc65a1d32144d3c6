// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agent-answer.h"
#include "cli/agent-link.h"
#include "cli/case-desk.h"
#include "cli/changed.h"
#include "cli/colleague.h"
#include "cli/custody-view.h"
#include "cli/json.h"
#include "cli/left-files.h"
#include "cli/report.h"
#include "cli/secret-prompt.h"
#include "cli/terminal.h"
#include "daemon/agenda/document.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* custody …: what people left with custodians, by one's own comodal-agent */

#define DAY_SECONDS 86400
#define DELAY_DAYS_MIN 3 /* as in docs/vault-format.md, request: delay */
#define DELAY_DAYS_MAX 365

/* One run: what was said on the command line, and what the agent says. */
typedef struct {
	CmDBusAgent *agent;
	GVariant *rows;
	GVariant *chosen; /* one of them */
	gchar **words;
	gchar *recipient;
	gchar *reason;
	gint days;
	gboolean yes;
} Run;

static void
run_clear(Run *run)
{
	g_clear_object(&run->agent);
	g_clear_pointer(&run->rows, g_variant_unref);
	g_clear_pointer(&run->chosen, g_variant_unref);
	g_strfreev(run->words);
	g_free(run->recipient);
	g_free(run->reason);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

#define OPTION_YES                                                                                 \
	{                                                                                          \
		"yes", 'y', 0, G_OPTION_ARG_NONE, &run.yes, N_("Do not ask"), NULL                 \
	}

static gboolean
open_agent(const CmComodalctl *cli, Run *run, GError **error)
{
	cm_secret_prompt_harden();
	run->agent = cm_agent_link_open(cli, TRUE, error);
	return run->agent != NULL;
}

static gboolean
read_requests(const CmComodalctl *cli, Run *run, GError **error)
{
	return open_agent(cli, run, error) &&
	       cm_dbus_agent_call_list_custody_sync(run->agent, &run->rows, NULL, error);
}

static gchar *
dup_clean(GVariant *row, const gchar *name)
{
	return cm_terminal_clean(cm_case_desk_get_text(row, name));
}

/* ---- custody list */

static void
print_requests(const CmComodalctl *cli, const Run *run)
{
	static const gchar *const heads[] = {N_(">No."),     N_("Whose"),    N_("Why"),
					     N_("For whom"), N_("~How far"), NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autofree gchar *text = NULL;

	for (gsize i = 0; i < g_variant_n_children(run->rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(run->rows, i);
		g_autofree gchar *number = g_strdup_printf("%" G_GSIZE_FORMAT, i + 1);
		g_autofree gchar *owner = dup_clean(row, "owner");
		g_autofree gchar *recipient = dup_clean(row, "recipient");
		g_autofree gchar *state = cm_custody_view_describe_state(row);

		cm_terminal_add_row(table, number, owner, cm_custody_view_describe_reason(row),
				    recipient, state, NULL);
	}
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	cm_terminal_print(text);
}

static gchar *
join_names(GVariant *custody, const gchar *name)
{
	g_autofree const gchar **names = NULL;
	g_autofree gchar *joined = NULL;

	if (!g_variant_lookup(custody, name, "^a&s", &names) || names[0] == NULL)
		return NULL;
	joined = g_strjoinv("; ", (gchar **)names);
	return cm_terminal_clean(joined);
}

static void
print_own(GVariant *custody)
{
	g_autofree gchar *custodians = join_names(custody, "custodians");
	g_autofree gchar *spoiled = join_names(custody, "spoiled");
	gboolean wanted = FALSE;

	(void)g_variant_lookup(custody, "wanted", "b", &wanted);
	if (!wanted)
		cm_agent_answer_print(
		    N_("Your organisation has no custodians: who loses passphrase "
		       "and recovery code loses what only they could read."),
		    NULL, NULL, NULL);
	else if (custodians == NULL)
		cm_agent_answer_print(N_("Nothing of yours is left with custodians: besides you "
					 "there are not three."),
				      NULL, NULL, NULL);
	else
		cm_agent_answer_print(
		    N_("Any two of these can open your files when you can not: {0}."), custodians,
		    NULL, NULL);
	if (spoiled != NULL)
		cm_agent_answer_print(
		    N_("What these left with you does not open: {0}. Tell them, and "
		       "whoever keeps the directory: nobody could help them."),
		    spoiled, NULL, NULL);
}

static void
build_names(JsonBuilder *builder, GVariant *custody, const gchar *name)
{
	g_autofree const gchar **names = NULL;

	cm_document_begin_array(builder, name);
	(void)g_variant_lookup(custody, name, "^a&s", &names);
	for (guint i = 0; names != NULL && names[i] != NULL; i++)
		json_builder_add_string_value(builder, names[i]);
	json_builder_end_array(builder);
}

static void
build_request(JsonBuilder *builder, GVariant *row, gsize number)
{
	static const gchar *const texts[] = {"part", "owner", "recipient", "custodian"};

	json_builder_begin_object(builder);
	cm_document_add_int(builder, "number", (gint64)number);
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		cm_document_add_string(builder, texts[i], cm_case_desk_get_text(row, texts[i]));
	cm_document_add_string(builder, "reason",
			       cm_custody_view_get_reason(cm_case_desk_get_octet(row, "reason")));
	cm_document_add_int(builder, "made", (gint64)cm_agent_answer_get_number(row, "made-at"));
	cm_document_add_int(builder, "waited", (gint64)cm_agent_answer_get_number(row, "waited"));
	cm_document_add_int(builder, "delay", (gint64)cm_agent_answer_get_number(row, "delay"));
	cm_document_add_int(builder, "releases", cm_custody_view_get_releases(row));
	cm_document_add_boolean(builder, "released", cm_case_desk_get_flag(row, "released"));
	cm_document_add_boolean(builder, "refused", cm_case_desk_get_flag(row, "refused"));
	json_builder_end_object(builder);
}

static void
print_json(const Run *run, GVariant *custody)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	build_names(builder, custody, "custodians");
	build_names(builder, custody, "spoiled");
	cm_document_begin_array(builder, "requests");
	for (gsize i = 0; i < g_variant_n_children(run->rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(run->rows, i);

		build_request(builder, row, i + 1);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

CmExit
cm_comodalctl_custody_run_list(CmComodalctl *cli)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_auto(Run) run = {0};
	g_autoptr(GVariant) custody = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, &run.words))
		return cli->exit_status;
	if (!read_requests(cli, &run, &error) ||
	    !cm_dbus_agent_call_check_custody_sync(run.agent, &custody, NULL, &error))
		return cm_agent_answer_report(error);
	if (cli->json) {
		print_json(&run, custody);
		return CM_EXIT_OK;
	}
	print_own(custody);
	if (g_variant_n_children(run.rows) > 0)
		print_requests(cli, &run);
	else
		cm_agent_answer_print(N_("Nothing is asked of you."), NULL, NULL, NULL);
	return CM_EXIT_OK;
}

/* ---- what a verb did */

/* With --json what “custody list” answers then. */
static CmExit
tell(const CmComodalctl *cli, Run *run, const gchar *said)
{
	g_autoptr(GVariant) custody = NULL;
	g_autoptr(GError) error = NULL;

	if (!cli->json) {
		cm_agent_answer_print(said, NULL, NULL, NULL);
		return CM_EXIT_OK;
	}
	g_clear_pointer(&run->rows, g_variant_unref);
	if (!cm_dbus_agent_call_list_custody_sync(run->agent, &run->rows, NULL, &error) ||
	    !cm_dbus_agent_call_check_custody_sync(run->agent, &custody, NULL, &error))
		return cm_changed_print_unshown(error);
	print_json(run, custody);
	return CM_EXIT_OK;
}

/* ---- custody request */

static gboolean
read_reason(const Run *run, guint8 *out_reason, GError **error)
{
	for (guint i = 0; cm_custody_view_get_reason(i + 1) != NULL; i++) {
		if (g_strcmp0(run->reason, cm_custody_view_get_reason(i + 1)) == 0) {
			*out_reason = (guint8)(i + 1);
			return TRUE;
		}
	}
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("--reason is one of absent, died, left, keys-lost, law."), NULL);
	return FALSE;
}

static gboolean
check_options(const Run *run, guint8 *out_reason, GError **error)
{
	if (run->recipient == NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("--for says who shall take the files over."), NULL);
		return FALSE;
	}
	if (run->days < DELAY_DAYS_MIN || run->days > DELAY_DAYS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The delay has 3 days at least, and 365 at most."), NULL);
		return FALSE;
	}
	return read_reason(run, out_reason, error);
}

static gboolean
confirm_request(const Run *run, GVariant *owner, GVariant *recipient)
{
	g_autofree gchar *of = dup_clean(owner, "label");
	g_autofree gchar *to = dup_clean(recipient, "label");
	g_autofree gchar *days = g_strdup_printf("%d", run->days);
	g_autofree gchar *question =
	    cm_report_format(N_("Ask that the files of {0} be opened for {1}? The owner is told, "
				"and can refuse for {2} "
				"days; then two custodians have to release them."),
			     of, to, days, NULL);

	return cm_report_confirm(run->yes, question);
}

CmExit
cm_comodalctl_custody_run_request(CmComodalctl *cli)
{
	g_auto(Run) run = {.days = DELAY_DAYS_MIN};
	const GOptionEntry entries[] = {
	    {"for", 0, 0, G_OPTION_ARG_STRING, &run.recipient,
	     N_("The colleague who takes the files over"), N_("COLLEAGUE")},
	    {"reason", 0, 0, G_OPTION_ARG_STRING, &run.reason,
	     N_("absent, died, left, keys-lost, law"), N_("REASON")},
	    {"days", 0, 0, G_OPTION_ARG_INT, &run.days,
	     N_("How long the owner can refuse; 3 unless it is said"), N_("DAYS")},
	    OPTION_YES,
	    G_OPTION_ENTRY_NULL};
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GVariant) owner = NULL;
	g_autoptr(GVariant) recipient = NULL;
	g_autoptr(GError) error = NULL;
	guint8 reason = 0;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &run.words))
		return cli->exit_status;
	if (!check_options(&run, &reason, &error) || !open_agent(cli, &run, &error) ||
	    !cm_dbus_agent_call_list_colleagues_sync(run.agent, &rows, NULL, &error))
		return cm_agent_answer_report(error);
	owner = cm_colleague_find(rows, run.words[0], &error);
	recipient = owner != NULL ? cm_colleague_find(rows, run.recipient, &error) : NULL;
	if (recipient == NULL)
		return cm_agent_answer_report(error);
	if (!confirm_request(&run, owner, recipient))
		return CM_EXIT_REFUSED;
	if (!cm_dbus_agent_call_request_custody_sync(
		run.agent, cm_case_desk_get_text(owner, "fingerprint"),
		cm_case_desk_get_text(recipient, "fingerprint"), reason,
		(guint32)run.days * DAY_SECONDS, NULL, &error))
		return cm_agent_answer_report(error);
	return tell(cli, &run,
		    N_("It is asked. The delay counts while the service runs; “custody list” says "
		       "how far it is."));
}

/* ---- which one is meant */

static GVariant *
find_only(const Run *run, const gchar *part, GError **error)
{
	g_autoptr(GVariant) found = NULL;

	for (gsize i = 0; i < g_variant_n_children(run->rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(run->rows, i);

		if (!cm_custody_view_is_open(row, part))
			continue;
		if (found != NULL) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("There are several: say the number that “custody list” "
					"shows."),
				     NULL);
			return NULL;
		}
		found = g_steal_pointer(&row);
	}
	if (found == NULL)
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is nothing now for which this could be done: see “custody "
				"list”."),
			     NULL);
	return g_steal_pointer(&found);
}

/* the one whose number was typed, or the only one that a part has something to do with */
static GVariant *
find_request(const Run *run, const gchar *part, GError **error)
{
	guint64 number = 0;

	if (run->words[0] == NULL)
		return find_only(run, part, error);
	if (!cm_agent_answer_read_number(run->words[0], &number, error))
		return NULL;
	if (number <= g_variant_n_children(run->rows))
		return g_variant_get_child_value(run->rows, number - 1);
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("“custody list” has nothing of that number."),
		     NULL);
	return NULL;
}

/* `question` has {0} whose, {1} for whom, {2} why */
static GVariant *
choose(CmComodalctl *cli, Run *run, const gchar *part, const gchar *question, GError **error)
{
	GVariant *row = NULL;
	g_autofree gchar *owner = NULL;
	g_autofree gchar *recipient = NULL;
	g_autofree gchar *text = NULL;

	if (read_requests(cli, run, error))
		row = find_request(run, part, error);
	if (row == NULL)
		return NULL;
	run->chosen = row;
	owner = dup_clean(row, "owner");
	recipient = dup_clean(row, "recipient");
	text = cm_report_format(question, owner, recipient, cm_custody_view_describe_reason(row),
				NULL);
	if (run->yes || cm_terminal_ask(text))
		return g_variant_lookup_value(row, "request", G_VARIANT_TYPE_BYTESTRING);
	cm_error_set(error, CM_ERROR_FAILED,
		     N_("Nothing was changed. --yes does it without asking."), NULL);
	return NULL;
}

/* ---- custody refuse, release, take-over */

CmExit
cm_comodalctl_custody_run_refuse(CmComodalctl *cli)
{
	g_auto(Run) run = {0};
	const GOptionEntry entries[] = {OPTION_YES, G_OPTION_ENTRY_NULL};
	g_autoptr(GVariant) request = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 1, &run.words))
		return cli->exit_status;
	request = choose(cli, &run, "owner",
			 N_("Refuse that the files of {0} be opened for {1} ({2})?"), &error);
	if (request == NULL ||
	    !cm_dbus_agent_call_refuse_custody_sync(run.agent, request, NULL, &error))
		return cm_agent_answer_report(error);
	return tell(cli, &run,
		    N_("It is refused: nobody can release it any more. Ask the custodians why "
		       "they asked."));
}

CmExit
cm_comodalctl_custody_run_release(CmComodalctl *cli)
{
	g_auto(Run) run = {0};
	const GOptionEntry entries[] = {OPTION_YES, G_OPTION_ENTRY_NULL};
	g_autoptr(GVariant) request = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 1, &run.words))
		return cli->exit_status;
	request = choose(
	    cli, &run, "custodian",
	    N_("Release the files of {0} to {1} ({2})? Make sure yourself that it is so, and "
	       "that they are the right person to have them."),
	    &error);
	if (request == NULL ||
	    !cm_dbus_agent_call_release_custody_sync(run.agent, request, NULL, &error))
		return cm_agent_answer_report(error);
	return tell(cli, &run,
		    N_("It is released. With a second custodian's release the files can be taken "
		       "over."));
}

static void
tell_taken(const CmComodalctl *cli, guint taken, GVariant *left, GVariant *deposit)
{
	g_autofree gchar *files = g_strdup_printf("%u", taken);

	if (taken == 0 && g_variant_n_children(left) == 0)
		cm_agent_answer_print(N_("There is no file left to take over."), NULL, NULL, NULL);
	if (taken > 0)
		cm_agent_answer_print(
		    N_("Files that are yours now: {0}. Each has a new key; “case list” "
		       "shows them."),
		    files, NULL, NULL);
	cm_left_files_tell(cli, N_("Files that stay as they were: {0}."), left, deposit);
}

CmExit
cm_comodalctl_custody_run_take_over(CmComodalctl *cli)
{
	g_auto(Run) run = {0};
	const GOptionEntry entries[] = {OPTION_YES, G_OPTION_ENTRY_NULL};
	g_autoptr(GVariant) request = NULL;
	g_autoptr(GVariant) deposit = NULL;
	g_autoptr(GVariant) left = NULL;
	g_autoptr(GError) error = NULL;
	guint taken = 0;

	if (!cm_comodalctl_parse(cli, entries, 0, 1, &run.words))
		return cli->exit_status;
	request = choose(
	    cli, &run, "recipient",
	    N_("Take over the files of {0} ({2})? You are responsible for them from then on."),
	    &error);
	if (request == NULL ||
	    !cm_dbus_agent_call_take_over_sync(run.agent, request, &taken, &left, NULL, &error))
		return cm_agent_answer_report(error);
	deposit = g_variant_lookup_value(run.chosen, "deposit", G_VARIANT_TYPE_BYTESTRING);
	if (cli->json)
		cm_left_files_print_json(cli, taken, left, deposit, NULL);
	else
		tell_taken(cli, taken, left, deposit);
	return g_variant_n_children(left) > 0 ? CM_EXIT_REFUSED : CM_EXIT_OK;
}
