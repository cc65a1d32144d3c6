// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agent-answer.h"
#include "cli/agent-link.h"
#include "cli/custody-view.h"
#include "cli/json.h"
#include "cli/left-files.h"
#include "cli/report.h"
#include "cli/secret-prompt.h"
#include "cli/terminal.h"
#include "cli/duties-view.h"
#include "cli/note-json.h"
#include "cli/zone.h"
#include "daemon/agenda/document.h"
#include "daemon/agent/agent-pipe.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>

/* vault …: a person's keys, by their comodal-agent */

#define CODE_TRIES 3
#define LABEL_WIDTH 14
#define ALTERNATE_SCREEN "\033[?1049h\033[H"
#define NORMAL_SCREEN "\033[2J\033[?1049l"
#define CLEAR_SCREEN "\033[2J\033[H"

/* ---- what all of them do */

static gboolean
parse(CmComodalctl *cli)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_auto(GStrv) arguments = NULL;

	return cm_comodalctl_parse(cli, entries, 0, 0, &arguments);
}

static CmDBusAgent *
open_agent(const CmComodalctl *cli, GError **error)
{
	cm_secret_prompt_harden();
	return cm_agent_link_open(cli, TRUE, error);
}

static void
print_line(const gchar *format, const gchar *first)
{
	g_autofree gchar *line = cm_report_format(format, first, NULL);
	g_autoptr(GString) out = g_string_new(NULL);

	cm_terminal_append_wrapped(out, line, 0, 0, cm_terminal_get_width());
	cm_terminal_print(out->str);
}

/* descriptors of what was typed, in this order, ended by NULL */
static GUnixFDList *
make_list(GError **error, const CmVaultSecret *first, ...) G_GNUC_NULL_TERMINATED;

static GUnixFDList *
make_list(GError **error, const CmVaultSecret *first, ...)
{
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	gboolean good = TRUE;
	va_list rest;

	va_start(rest, first);
	for (const CmVaultSecret *secret = first; good && secret != NULL;
	     secret = va_arg(rest, const CmVaultSecret *))
		good = cm_agent_pipe_append(list, secret, error) >= 0;
	va_end(rest);
	return good ? g_steal_pointer(&list) : NULL;
}

static gchar *
format_idle(GVariant *state)
{
	guint32 seconds = 0;

	(void)g_variant_lookup(state, "idle", "u", &seconds);
	return g_strdup_printf("%u", MAX(1, (seconds + 30) / 60));
}

/* ---- custodians */

/* Have an escrow key left with custodians, if that is still to be done */
static void
check_custody(CmDBusAgent *agent)
{
	g_autoptr(GVariant) custody = NULL;
	g_autofree const gchar **spoiled = NULL;
	g_autofree gchar *why = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_dbus_agent_call_check_custody_sync(agent, &custody, NULL, &error)) {
		g_dbus_error_strip_remote_error(error);
		why = cm_error_localize(error);
		cm_report_note(N_("What you have with custodians could not be renewed: {0}"), why,
			       NULL);
		return;
	}
	(void)g_variant_lookup(custody, "spoiled", "^a&s", &spoiled);
	if (spoiled != NULL && spoiled[0] != NULL)
		cm_report_note(
		    N_("What a colleague left with you does not open: “custody list” says "
		       "whose."),
		    NULL);
}

/* Say what asks for an answer, before anything else may fail; then look after the person's own escrow key. Keys are unlocked, whatever this
 * finds: without comodald, or before there is a directory, there is nothing to say. */
static void
tend_custody(CmDBusAgent *agent)
{
	g_autoptr(GVariant) requests = NULL;

	if (!cm_dbus_agent_call_list_custody_sync(agent, &requests, NULL, NULL))
		return;
	if (cm_custody_view_is_asked(requests))
		cm_report_note(N_("Custodians ask something that waits for your answer: “custody "
				  "list”."),
			       NULL);
	check_custody(agent);
}

/* what the person has to know before they begin, and what custodians have to have */
static void
tend(CmDBusAgent *agent)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) standing = NULL;
	const gchar *state = "";

	if (!cm_dbus_agent_call_check_directory_sync(agent, &standing, NULL, &error)) {
		/* that comodald is not there says the verb that needs it */
		if (error->domain == CM_ERROR)
			(void)cm_agent_answer_report(error);
		return;
	}
	(void)g_variant_lookup(standing, "state", "&s", &state);
	if (!g_str_equal(state, "none")) {
		tend_custody(agent);
		return;
	}
	cm_report_note(N_("Your keys are not in your organisation’s directory yet. Read their "
			  "fingerprint (“vault status”) out to whoever keeps it."),
		       NULL);
}

/* whether custodians ask something; null: with locked keys, without comodald or before there is a directory, nobody can say */
static void
add_custody(JsonBuilder *builder, CmDBusAgent *agent, GVariant *standing)
{
	g_autoptr(GVariant) requests = NULL;

	if (standing != NULL && cm_dbus_agent_call_list_custody_sync(agent, &requests, NULL, NULL))
		cm_document_add_boolean(builder, "custody", cm_custody_view_is_asked(requests));
	else
		cm_document_add_string(builder, "custody", NULL);
}

/* ---- vault status */

static GVariant *
check_directory(CmDBusAgent *agent, GError **error)
{
	GVariant *standing = NULL;

	return cm_dbus_agent_call_check_directory_sync(agent, &standing, NULL, error) ? standing
										      : NULL;
}

static const gchar *
describe_standing(const gchar *state)
{
	static const gchar *const words[][2] = {
	    {"none", N_("your keys are not in it yet")},
	    {"current", N_("your keys are in it")},
	    {"retired", N_("your keys were retired")},
	    {"revoked", N_("your keys were revoked, as stolen")},
	};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_strcmp0(words[i][0], state) == 0)
			return gettext(words[i][1]);
	}
	return "?";
}

/* "number 2 of 2026-11-22: your keys are in it" */
static gchar *
format_standing(GVariant *standing)
{
	const gchar *state = NULL;
	guint64 sequence = 0;
	guint64 issued = 0;
	g_autofree gchar *number = NULL;
	g_autofree gchar *day = NULL;
	g_autoptr(GDateTime) when = NULL;

	(void)g_variant_lookup(standing, "sequence", "t", &sequence);
	if (sequence == 0)
		return g_strdup(_("there is none yet"));
	(void)g_variant_lookup(standing, "issued", "t", &issued);
	(void)g_variant_lookup(standing, "state", "&s", &state);
	number = g_strdup_printf("%" G_GUINT64_FORMAT, sequence);
	when = cm_zone_make_time((gint64)issued);
	day = when != NULL ? g_date_time_format(when, "%Y-%m-%d") : g_strdup("?");
	return cm_report_format(N_("number {0} of {1}: {2}"), number, day, describe_standing(state),
				NULL);
}

static void
append_row(GString *out, const gchar *label, const gchar *text)
{
	cm_terminal_append_cell(out, label, LABEL_WIDTH);
	cm_terminal_append_wrapped(out, text, LABEL_WIDTH, LABEL_WIDTH, cm_terminal_get_width());
}

static gchar *
describe_state(GVariant *state)
{
	const gchar *word = NULL;
	g_autofree gchar *minutes = format_idle(state);

	(void)g_variant_lookup(state, "state", "&s", &word);
	if (g_strcmp0(word, "unlocked") == 0)
		return cm_report_format(N_("unlocked; they lock after {0} min without use"),
					minutes, NULL);
	if (g_strcmp0(word, "locked") == 0)
		return g_strdup(_("locked"));
	return g_strdup(_("none here: “vault enrol” makes them, “vault recover” brings them back"));
}

static void
print_status(GVariant *state, GVariant *standing)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree gchar *keys = describe_state(state);
	g_autofree gchar *directory = standing != NULL ? format_standing(standing) : NULL;
	const gchar *fingerprint = NULL;

	append_row(out, _("Keys"), keys);
	if (g_variant_lookup(state, "fingerprint", "&s", &fingerprint))
		append_row(out, _("Fingerprint"), fingerprint);
	if (directory != NULL)
		append_row(out, _("Directory"), directory);
	cm_terminal_print(out->str);
}

/* what it means that keys came to their end, and what can be done */
static void
print_end(GVariant *standing)
{
	const gchar *state = "";

	if (standing != NULL)
		(void)g_variant_lookup(standing, "state", "&s", &state);
	if (g_str_equal(state, "retired"))
		cm_agent_answer_print(
		    N_("You still read what you could read; nothing that you sign from now on "
		       "counts, and nobody can give you anything. If you stay, ask the directory’s "
		       "keeper for new keys."),
		    NULL, NULL, NULL);
	if (g_str_equal(state, "revoked"))
		cm_agent_answer_print(
		    N_("What you signed is believed by those alone whose agents saw it before. "
		       "Colleagues who are responsible for a file end your access to it, and give "
		       "it to your new keys; your own files are for your custodians to hand on."),
		    NULL, NULL, NULL);
}

static void
print_status_json(CmDBusAgent *agent, GVariant *state, GVariant *standing, GVariant *duties)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	const gchar *text = NULL;
	guint64 number = 0;
	guint32 idle = 0;

	(void)g_variant_lookup(state, "state", "&s", &text);
	(void)g_variant_lookup(state, "idle", "u", &idle);
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "keys", text);
	cm_document_add_int(builder, "idle", idle);
	if (g_variant_lookup(state, "fingerprint", "&s", &text))
		cm_document_add_string(builder, "fingerprint", text);
	if (standing != NULL) {
		cm_document_begin_object(builder, "directory");
		(void)g_variant_lookup(standing, "sequence", "t", &number);
		cm_document_add_int(builder, "sequence", (gint64)number);
		if (g_variant_lookup(standing, "issued", "t", &number))
			cm_document_add_int(builder, "issued", (gint64)number);
		if (g_variant_lookup(standing, "state", "&s", &text))
			cm_document_add_string(builder, "own", text);
		json_builder_end_object(builder);
	}
	if (duties != NULL) {
		cm_document_begin_object(builder, "waiting");
		cm_duties_view_add_json(builder, duties);
		add_custody(builder, agent, standing);
		json_builder_end_object(builder);
	}
	json_builder_end_object(builder);
	cm_json_print(builder);
}

/* for somebody who looks */
static void
report_status(CmDBusAgent *agent, GVariant *state, GVariant *standing, GVariant *duties)
{
	print_status(state, standing);
	print_end(standing);
	if (duties != NULL)
		cm_duties_view_print(duties);
	if (standing != NULL)
		tend_custody(agent);
}

CmExit
cm_comodalctl_vault_run_status(CmComodalctl *cli)
{
	g_autoptr(CmDBusAgent) agent = NULL;
	g_autoptr(GVariant) state = NULL;
	g_autoptr(GVariant) standing = NULL;
	g_autoptr(GVariant) duties = NULL;
	g_autoptr(GError) missing = NULL;
	g_autoptr(GError) error = NULL;

	if (!parse(cli))
		return cli->exit_status;
	agent = open_agent(cli, &error);
	if (agent == NULL || !cm_dbus_agent_call_get_state_sync(agent, &state, NULL, &error))
		return cm_agent_answer_report(error);
	if (g_variant_lookup(state, "fingerprint", "&s", NULL))
		standing = check_directory(agent, &error);
	duties = cm_duties_view_fetch(cli, &missing);
	if (cli->json)
		print_status_json(agent, state, standing, duties);
	else
		report_status(agent, state, standing, duties);
	if (duties != NULL)
		(void)!cm_duties_view_check(duties, &missing);
	/* keys are as they are, whatever the directory is; one reason is enough where there is no comodald */
	if (error == NULL && missing != NULL)
		error = g_steal_pointer(&missing);
	return error != NULL ? cm_agent_answer_report(error) : CM_EXIT_OK;
}

/* ---- vault unlock, vault lock, vault passphrase */

CmExit
cm_comodalctl_vault_run_unlock(CmComodalctl *cli)
{
	g_autoptr(CmDBusAgent) agent = NULL;
	g_autoptr(CmVaultSecret) passphrase = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) state = NULL;
	g_autofree gchar *minutes = NULL;
	g_autoptr(GError) error = NULL;

	if (!parse(cli))
		return cli->exit_status;
	agent = open_agent(cli, &error);
	if (agent != NULL)
		passphrase = cm_secret_prompt_read(_("Passphrase:"), FALSE, &error);
	if (passphrase != NULL)
		list = make_list(&error, passphrase, NULL);
	if (list == NULL ||
	    !cm_dbus_agent_call_unlock_sync(agent, g_variant_new_handle(0), list, NULL, NULL,
					    &error) ||
	    !cm_dbus_agent_call_get_state_sync(agent, &state, NULL, &error))
		return cm_agent_answer_report(error);
	minutes = format_idle(state);
	print_line(N_("Your keys are unlocked; they lock after {0} min without use."), minutes);
	tend(agent);
	return CM_EXIT_OK;
}

static void
print_locked_json(void)
{
	g_autoptr(CmNoteJson) json = cm_note_json_new();

	cm_note_json_begin_object(json, NULL);
	cm_note_json_add_flag(json, "locked", TRUE);
	cm_note_json_end_object(json);
}

CmExit
cm_comodalctl_vault_run_lock(CmComodalctl *cli)
{
	g_autoptr(CmDBusAgent) agent = NULL;
	g_autoptr(GError) error = NULL;

	if (!parse(cli))
		return cli->exit_status;
	/* keys that nobody holds are locked */
	agent = cm_agent_link_open(cli, FALSE, &error);
	if (agent != NULL ? !cm_dbus_agent_call_lock_sync(agent, NULL, &error)
			  : !cm_error_is(error, CM_ERROR_NOT_FOUND))
		return cm_agent_answer_report(error);
	if (cli->json)
		print_locked_json();
	else
		print_line(N_("Your keys are locked."), NULL);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_vault_run_passphrase(CmComodalctl *cli)
{
	g_autoptr(CmDBusAgent) agent = NULL;
	g_autoptr(CmVaultSecret) passphrase = NULL;
	g_autoptr(CmVaultSecret) next = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GError) error = NULL;

	if (!parse(cli))
		return cli->exit_status;
	agent = open_agent(cli, &error);
	if (agent != NULL)
		passphrase = cm_secret_prompt_read(_("Present passphrase:"), FALSE, &error);
	if (passphrase != NULL)
		next = cm_secret_prompt_read_new(&error);
	if (next != NULL)
		list = make_list(&error, passphrase, next, NULL);
	if (list == NULL ||
	    !cm_dbus_agent_call_change_passphrase_sync(
		agent, g_variant_new_handle(0), g_variant_new_handle(1), list, NULL, NULL, &error))
		return cm_agent_answer_report(error);
	print_line(
	    N_("The new passphrase holds. The recovery code stays the same. An old copy of the "
	       "keyring still opens with the old passphrase."),
	    NULL);
	return CM_EXIT_OK;
}

/* ---- vault enrol */

/* A code that is shown once, and typed back. */
typedef struct {
	CmDBusAgent *agent;
	gboolean again; /* in the place of the keys that are here */
	gboolean yes;
	CmVaultSecret *label;
	CmVaultSecret *passphrase;
	CmVaultSecret *rows;
	gchar *fingerprint;
	gchar *earlier; /* where the keys are that these took the place of; "": there were none */
} Enrolment;

static void
enrolment_clear(Enrolment *enrolment)
{
	g_clear_object(&enrolment->agent);
	cm_vault_secret_free(enrolment->label);
	cm_vault_secret_free(enrolment->passphrase);
	cm_vault_secret_free(enrolment->rows);
	g_free(enrolment->fingerprint);
	g_free(enrolment->earlier);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Enrolment, enrolment_clear)

/* what new keys mean for whoever has some */
static gboolean
confirm_again(const Enrolment *enrolment, GError **error)
{
	if (!enrolment->again || enrolment->yes ||
	    cm_terminal_ask(
		_("New keys open nothing of what your present ones open, until you carry your "
		  "files over with the old passphrase, or custodians release them. Your keyring "
		  "and what your agent remembers stay on this machine, in a folder with today’s "
		  "date. Make new keys?")))
		return TRUE;
	cm_error_set(error, CM_ERROR_FAILED,
		     N_("Nothing was changed. --yes does it without asking."), NULL);
	return FALSE;
}

static gboolean
ask_first(Enrolment *enrolment, GError **error)
{
	g_autoptr(CmVaultSecret) organisation = cm_secret_prompt_read(
	    _("Fingerprint of your organisation, from its paper:"), TRUE, error);
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autofree gchar *fingerprint = NULL;

	if (organisation == NULL)
		return FALSE;
	fingerprint = g_strndup((const gchar *)cm_vault_secret_peek(organisation),
				cm_vault_secret_get_length(organisation));
	if (!g_utf8_validate(fingerprint, -1, NULL)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("This is no fingerprint."), NULL);
		return FALSE;
	}
	if (!cm_dbus_agent_call_begin_enrolment_sync(enrolment->agent, fingerprint,
						     enrolment->again, NULL, &handle,
						     &enrolment->fingerprint, &list, NULL, error))
		return FALSE;
	enrolment->rows = cm_agent_pipe_read(list, g_variant_get_handle(handle),
					     CM_AGENT_PIPE_LINE_MAX, NULL, error);
	if (enrolment->rows == NULL)
		return FALSE;
	enrolment->label = cm_secret_prompt_read(
	    _("Your name and title, as colleagues shall see them:"), TRUE, error);
	if (enrolment->label != NULL)
		enrolment->passphrase = cm_secret_prompt_read_new(error);
	return enrolment->passphrase != NULL;
}

/* straight from guarded memory: no buffer keeps it */
static void
show_rows(const Enrolment *enrolment)
{
	const gchar *rows = (const gchar *)cm_vault_secret_peek(enrolment->rows);
	gsize length = cm_vault_secret_get_length(enrolment->rows);
	guint row = 0;

	for (gsize i = 0; i < length; i++) {
		gchar piece[8] = {0};
		gint count = 0;

		if (i == 0 || rows[i - 1] == '\n')
			count = g_snprintf(piece, sizeof piece, "  %u  ", ++row);
		/* two halves are easier to copy than one long word */
		else if (rows[i] != '\n' && i >= 5 && (i - 5) % 11 == 0)
			count = g_snprintf(piece, sizeof piece, " ");
		if (count > 0 && write(STDERR_FILENO, piece, (gsize)count) < 0)
			return;
		if (write(STDERR_FILENO, rows + i, 1) < 0)
			return;
	}
	(void)!write(STDERR_FILENO, "\n", 1);
}

/* on a screen of its own, which leaves nothing to scroll back to */
static CmVaultSecret *
show_and_ask(const Enrolment *enrolment, GError **error)
{
	gboolean terminal = cm_secret_prompt_is_terminal();
	g_autoptr(CmVaultSecret) enter = NULL;
	g_autoptr(GError) nothing = NULL;
	CmVaultSecret *code = NULL;

	if (terminal)
		g_printerr(ALTERNATE_SCREEN);
	cm_report_note(
	    N_("Your recovery code. It brings your keys back when the passphrase is "
	       "forgotten or the machine is lost, and it is shown this once. Write these "
	       "four rows on paper:"),
	    NULL);
	g_printerr("\n");
	show_rows(enrolment);
	g_printerr("\n");
	if (terminal) {
		enter = cm_secret_prompt_read(_("Written down? Then press Enter."), TRUE, &nothing);
		g_printerr(CLEAR_SCREEN);
	}
	if (cm_error_is(nothing, CM_ERROR_CANCELLED)) {
		g_propagate_error(error, g_steal_pointer(&nothing));
	} else {
		cm_report_note(N_("Type it back from the paper:"), NULL);
		code = cm_secret_prompt_read_code(error);
	}
	if (terminal)
		g_printerr(NORMAL_SCREEN);
	return code;
}

static gboolean
finish(Enrolment *enrolment, GError **error)
{
	for (guint i = 1;; i++) {
		g_autoptr(CmVaultSecret) typed = show_and_ask(enrolment, error);
		g_autoptr(GUnixFDList) list = NULL;
		g_autoptr(GError) local = NULL;

		if (typed == NULL)
			return FALSE;
		list = make_list(error, typed, enrolment->passphrase, enrolment->label, NULL);
		if (list == NULL)
			return FALSE;
		if (cm_dbus_agent_call_finish_enrolment_sync(
			enrolment->agent, g_variant_new_handle(0), g_variant_new_handle(1),
			g_variant_new_handle(2), list, &enrolment->earlier, NULL, NULL, &local))
			return TRUE;
		g_dbus_error_strip_remote_error(local);
		/* somebody at a terminal looks at the paper again */
		if (i == CODE_TRIES || !cm_secret_prompt_is_terminal() ||
		    !cm_error_is(local, CM_ERROR_INVALID_INPUT)) {
			g_propagate_error(error, g_steal_pointer(&local));
			return FALSE;
		}
		(void)cm_report_error(local);
	}
}

/* what comes next for whoever had keys before */
static void
print_next(const gchar *earlier)
{
	if (earlier[0] == '\0')
		return;
	print_line("", NULL);
	print_line(N_("Your earlier keyring, and what your agent remembered, are kept in {0}: "
		      "nothing deletes them."),
		   earlier);
	print_line(N_("1. Have the new keys admitted to the directory, and say what became of the "
		      "earlier ones: retired, or revoked when somebody else may have them."),
		   NULL);
	print_line(N_("2. With the passphrase of the earlier keys: “vault carry-over” makes your "
		      "files those of the new ones. Without it a custodian asks “custody request” "
		      "with you as WHO and as --for, --reason keys-lost; when two have released "
		      "it, “custody take-over”."),
		   NULL);
	print_line(N_("3. Colleagues who gave you their files give them again: “case share”."),
		   NULL);
}

CmExit
cm_comodalctl_vault_run_enrol(CmComodalctl *cli)
{
	g_auto(Enrolment) enrolment = {0};
	const GOptionEntry entries[] = {
	    {"again", 0, 0, G_OPTION_ARG_NONE, &enrolment.again,
	     N_("New keys, though there are some"), NULL},
	    {"yes", 'y', 0, G_OPTION_ARG_NONE, &enrolment.yes, N_("Do not ask"), NULL},
	    G_OPTION_ENTRY_NULL};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, &arguments))
		return cli->exit_status;
	if (confirm_again(&enrolment, &error))
		enrolment.agent = open_agent(cli, &error);
	if (enrolment.agent == NULL || !ask_first(&enrolment, &error) ||
	    !finish(&enrolment, &error))
		return cm_agent_answer_report(error);
	print_line(N_("Your keys are made, and locked with your passphrase. Their fingerprint:"),
		   NULL);
	print_line("\n    {0}\n", enrolment.fingerprint);
	print_line(
	    N_("Compare it, in person, with what the keeper of your organisation's directory "
	       "has. Once a directory has your keys, colleagues can trust them. The paper "
	       "with the recovery code opens all that you will write: keep it where nobody "
	       "else comes."),
	    NULL);
	print_next(enrolment.earlier);
	return CM_EXIT_OK;
}

/* ---- vault carry-over */

static void
tell_drafts(const CmLeftDrafts *drafts)
{
	g_autofree gchar *done = g_strdup_printf("%u", drafts->done);
	g_autofree gchar *left = g_strdup_printf("%u", drafts->left);

	if (drafts->done > 0)
		print_line(N_("Drafts that your new keys open now: {0}."), done);
	if (drafts->left > 0)
		print_line(N_("Drafts that do not open, and stay as they are: {0}."), left);
}

CmExit
cm_comodalctl_vault_run_carry_over(CmComodalctl *cli)
{
	g_autoptr(CmDBusAgent) agent = NULL;
	g_autoptr(CmVaultSecret) passphrase = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) left = NULL;
	g_autofree gchar *files = NULL;
	guint carried = 0;
	CmLeftDrafts drafts = {0};

	if (!parse(cli))
		return cli->exit_status;
	agent = open_agent(cli, &error);
	if (agent != NULL)
		passphrase =
		    cm_secret_prompt_read(_("Passphrase of your earlier keys:"), FALSE, &error);
	if (passphrase != NULL)
		list = make_list(&error, passphrase, NULL);
	if (list == NULL || !cm_dbus_agent_call_carry_over_sync(agent, g_variant_new_handle(0),
								list, &carried, &left, &drafts.done,
								&drafts.left, NULL, NULL, &error))
		return cm_agent_answer_report(error);
	files = g_strdup_printf("%u", carried);
	if (cli->json) {
		cm_left_files_print_json(cli, carried, left, NULL, &drafts);
	} else {
		print_line(N_("Files that are those of your new keys now: {0}."), files);
		cm_left_files_tell(cli, N_("Files that stay as they were: {0}."), left, NULL);
		tell_drafts(&drafts);
	}
	return g_variant_n_children(left) > 0 || drafts.left > 0 ? CM_EXIT_REFUSED : CM_EXIT_OK;
}

/* ---- vault recover */

CmExit
cm_comodalctl_vault_run_recover(CmComodalctl *cli)
{
	g_autoptr(CmDBusAgent) agent = NULL;
	g_autoptr(CmVaultSecret) code = NULL;
	g_autoptr(CmVaultSecret) passphrase = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GError) error = NULL;

	if (!parse(cli))
		return cli->exit_status;
	agent = open_agent(cli, &error);
	if (agent != NULL && cm_secret_prompt_is_terminal())
		cm_report_note(N_("The four rows of your recovery code:"), NULL);
	if (agent != NULL)
		code = cm_secret_prompt_read_code(&error);
	if (code != NULL)
		passphrase = cm_secret_prompt_read_new(&error);
	if (passphrase != NULL)
		list = make_list(&error, code, passphrase, NULL);
	if (list == NULL ||
	    !cm_dbus_agent_call_recover_sync(agent, g_variant_new_handle(0),
					     g_variant_new_handle(1), list, NULL, NULL, &error))
		return cm_agent_answer_report(error);
	print_line(
	    N_("Your keys are back, and unlocked. The new passphrase holds on this machine."),
	    NULL);
	return CM_EXIT_OK;
}
