// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agent-answer.h"
#include "cli/agent-link.h"
#include "cli/client.h"
#include "cli/export-file.h"
#include "cli/export-recipient.h"
#include "cli/json.h"
#include "cli/new-file.h"
#include "cli/new-folder.h"
#include "cli/note-desk.h"
#include "cli/report.h"
#include "cli/secret-prompt.h"
#include "cli/values.h"
#include "daemon/agenda/document.h"
#include "daemon/agent/agent-pipe.h"
#include "daemon/vault/vault-export.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <unistd.h>

/* export make: a student's file for whoever may have it */

static const gchar *const purposes[] = {"access", "transfer", "copy", NULL};

typedef struct {
	CmNoteDesk desk;
	gchar *output;
	gchar *purpose;
	gchar *asked;
	gchar *basis;
	gchar *withhold;
	GArray *withheld; /* guint64: places of notes */
	gchar *request;
	CmExportRecipient recipient;
	guint64 number; /* of the request; 0: the only one */
	guint attachments;
	guint stolen;     /* notes signed with keys that were stolen since */
	guint64 answered; /* which one it was written for; 0: none */
	gboolean more;
	CmDay day;
	CmVaultSecret *passphrase;
	gchar *organisation;
	GCancellable *cancellable; /* of what is written now */
} Order;

static void
order_clear(Order *order)
{
	cm_note_desk_clear(&order->desk);
	cm_export_recipient_clear(&order->recipient);
	g_free(order->output);
	g_free(order->purpose);
	g_free(order->asked);
	g_free(order->basis);
	g_free(order->withhold);
	g_clear_pointer(&order->withheld, g_array_unref);
	g_free(order->request);
	cm_vault_secret_free(order->passphrase);
	g_free(order->organisation);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Order, order_clear)

/* whose keys it is the fingerprint of: without them the file would be under a passphrase, and the fingerprint nobody's */
static gboolean
check_fingerprint(CmComodalctl *cli, const CmExportRecipient *recipient)
{
	if (recipient->given == NULL || recipient->to != NULL || recipient->to_key != NULL)
		return TRUE;
	cli->exit_status = cm_report_usage(cli, N_("Choose one: {0}"), "--to, --to-key", NULL);
	return FALSE;
}

static gboolean
parse_order(CmComodalctl *cli, Order *order)
{
	const GOptionEntry entries[] = {
	    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &order->output,
	     N_("The file to write; it must not be there"), N_("FILE")},
	    {"purpose", 0, 0, G_OPTION_ARG_STRING, &order->purpose, N_("access, transfer or copy"),
	     N_("PURPOSE")},
	    {"asked-on", 0, 0, G_OPTION_ARG_STRING, &order->asked,
	     N_("The day on which it was asked for, unless that is recorded"), N_("DATE")},
	    {"basis", 0, 0, G_OPTION_ARG_STRING, &order->basis,
	     N_("The law or the authorization, for whoever receives it"), N_("TEXT")},
	    {"withhold", 0, 0, G_OPTION_ARG_STRING, &order->withhold,
	     N_("Notes whose texts stay away, with commas; --basis says why"), N_("NUMBERS")},
	    {"request", 0, 0, G_OPTION_ARG_STRING, &order->request,
	     N_("Which recorded request it answers, when several are open"), N_("NUMBER")},
	    {"more", 0, 0, G_OPTION_ARG_NONE, &order->more,
	     N_("Other files follow: the request stays open"), NULL},
	    {"to", 0, 0, G_OPTION_ARG_STRING, &order->recipient.to,
	     N_("Locked for the keys of this colleague, instead of under a passphrase"),
	     N_("COLLEAGUE")},
	    {"to-key", 0, 0, G_OPTION_ARG_FILENAME, &order->recipient.to_key,
	     N_("Locked for keys that somebody gave you as a file, instead"), N_("FILE")},
	    {"fingerprint", 0, 0, G_OPTION_ARG_STRING, &order->recipient.given,
	     N_("The fingerprint of these keys, as they gave it to you; nothing is asked"),
	     N_("FINGERPRINT")},
	    {"file", 0, 0, G_OPTION_ARG_STRING, &order->desk.file_given,
	     N_("Which file: school, assistance, professional, confidential"), N_("FILE")},
	    G_OPTION_ENTRY_NULL};

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &order->desk.words))
		return FALSE;
	if (order->output == NULL || order->purpose == NULL) {
		cli->exit_status = cm_report_usage(cli, N_("Something is missing: {0}"),
						   order->purpose != NULL  ? "--output"
						   : order->output != NULL ? "--purpose"
									   : "--output, --purpose",
						   NULL);
		return FALSE;
	}
	if (g_str_equal(order->output, "-")) {
		cli->exit_status = cm_report_usage(
		    cli, N_("An export is written to a file, not to standard output."), NULL);
		return FALSE;
	}
	if (!check_fingerprint(cli, &order->recipient))
		return FALSE;
	if (order->request != NULL && !cm_values_parse_number(cli, "--request", order->request, 1,
							      G_MAXINT64, &order->number)) {
		cli->exit_status = CM_EXIT_USAGE;
		return FALSE;
	}
	return order->asked == NULL ||
	       cm_values_parse_date(cli, "--asked-on", order->asked, &order->day);
}

static gboolean
parse_withheld(Order *order, GError **error)
{
	g_auto(GStrv) words = g_strsplit(order->withhold != NULL ? order->withhold : "", ",", -1);

	order->withheld = g_array_new(FALSE, FALSE, sizeof(guint64));
	for (guint i = 0; words[i] != NULL; i++) {
		guint64 number = 0;

		if (!cm_agent_answer_read_number(g_strstrip(words[i]), &number, error))
			return FALSE;
		g_array_append_val(order->withheld, number);
	}
	return TRUE;
}

static gboolean
add_options(const Order *order, GVariantDict *options, GError **error)
{
	gint year = 0;
	gint month = 0;
	gint date = 0;
	g_autofree gchar *all = NULL;
	guint8 purpose = 0;

	while (purposes[purpose] != NULL && !g_str_equal(purposes[purpose], order->purpose))
		purpose++;
	if (purposes[purpose] == NULL) {
		all = g_strjoinv(", ", (gchar **)purposes);
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” is none of the words for this: {1}."), order->purpose, all,
			     NULL);
		return FALSE;
	}
	g_variant_dict_insert(options, "purpose", "y", (guint8)(purpose + 1));
	if (order->asked != NULL) {
		cm_day_get_ymd(order->day, &year, &month, &date);
		g_variant_dict_insert(options, "asked-on", "u",
				      (guint32)(year * 10000 + month * 100 + date));
	}
	cm_export_recipient_add(&order->recipient, options);
	g_variant_dict_insert(options, "request", "t", order->number);
	g_variant_dict_insert(options, "basis", "s", order->basis != NULL ? order->basis : "");
	g_variant_dict_insert_value(
	    options, "withheld",
	    g_variant_new_fixed_array(G_VARIANT_TYPE_UINT64, order->withheld->data,
				      order->withheld->len, sizeof(guint64)));
	return TRUE;
}

/* `folder`: where attachments go; -1: there are none */
static gboolean
call_agent(Order *order, gint fd, gint folder, GError **error)
{
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GUnixFDList) in = g_unix_fd_list_new();
	g_autoptr(GUnixFDList) out = NULL;
	g_autoptr(GVariant) handles = NULL;
	gint handle = -1;

	if (!add_options(order, &options, error) || g_unix_fd_list_append(in, fd, error) < 0)
		return FALSE;
	if (folder >= 0) {
		gint beside = g_unix_fd_list_append(in, folder, error);

		if (beside < 0)
			return FALSE;
		g_variant_dict_insert(&options, "beside", "h", beside);
	}
	if (!cm_dbus_agent_call_make_export_sync(
		order->desk.agent, order->desk.case_id, g_variant_new_handle(0),
		g_variant_dict_end(&options), in, &handles, &order->organisation, &order->answered,
		&out, order->cancellable, error))
		return FALSE;
	/* none, for a recipient's keys */
	if (g_variant_n_children(handles) == 0)
		return TRUE;
	g_variant_get_child(handles, 0, "h", &handle);
	order->passphrase = cm_agent_pipe_read(out, handle, CM_AGENT_PIPE_LINE_MAX, NULL, error);
	return order->passphrase != NULL;
}

static gboolean
write_file(gint fd, gpointer user_data, GError **error)
{
	return call_agent(user_data, fd, -1, error);
}

static gboolean
write_folder(gint folder, GCancellable *cancellable, gpointer user_data, GError **error)
{
	Order *order = user_data;
	gint fd = cm_new_folder_add(folder, CM_EXPORT_FILE_NAME, error);
	gboolean good = FALSE;

	order->cancellable = cancellable;
	good = fd >= 0 && call_agent(order, fd, folder, error);
	order->cancellable = NULL;
	if (fd >= 0)
		close(fd);
	return good;
}

static gboolean
is_withheld(const Order *order, guint64 number)
{
	for (guint i = 0; i < order->withheld->len; i++)
		if (g_array_index(order->withheld, guint64, i) == number)
			return TRUE;
	return FALSE;
}

/* how many attachments go with it, and notes for which the person answers alone */
static gboolean
count_notes(Order *order, GError **error)
{
	g_autoptr(GVariant) notes = NULL;

	if (!cm_dbus_agent_call_list_notes_sync(order->desk.agent, order->desk.case_id, &notes,
						NULL, error))
		return FALSE;
	for (gsize i = 0; i < g_variant_n_children(notes); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(notes, i);
		guint32 attachments = 0;
		gboolean stolen = FALSE;

		(void)g_variant_lookup(row, "attachments", "u", &attachments);
		(void)g_variant_lookup(row, "stolen", "b", &stolen);
		if (!is_withheld(order, cm_agent_answer_get_number(row, "sequence")))
			order->attachments += attachments;
		order->stolen += stolen ? 1 : 0;
	}
	return TRUE;
}

/* straight from guarded memory: no buffer keeps it, and who sends the output to a file has it in none */
static void
show_passphrase(const CmVaultSecret *passphrase)
{
	g_printerr("\n    ");
	(void)!write(STDERR_FILENO, cm_vault_secret_peek(passphrase),
		     cm_vault_secret_get_length(passphrase));
	g_printerr("\n\n");
}

/* the file has its name and its passphrase was shown: whatever came in between, what was asked for is open, and can be answered again */
static CmExit
answer(const CmComodalctl *cli, const Order *order)
{
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, order->answered);
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(CmDBusDisclosure) disclosure = NULL;
	g_autoptr(GError) error = NULL;

	if (order->answered == 0 || order->more)
		return CM_EXIT_OK;
	bus = cm_client_connect(cli, &error);
	if (bus != NULL)
		disclosure = cm_client_get_disclosure(bus, &error);
	if (disclosure != NULL && cm_dbus_disclosure_call_close_sync(disclosure, order->answered,
								     "answered", NULL, &error))
		return CM_EXIT_OK;
	cm_report_note(N_("The file is whole, but what it answers was not put on record: "
			  "“export close {0} --as answered” does."),
		       number, NULL);
	return cm_agent_answer_report(error);
}

static void
report_key(const Order *order)
{
	if (order->passphrase == NULL) {
		cm_report_note(N_("Written to {0}, for the keys of {1} alone."), order->output,
			       order->recipient.label, NULL);
		return;
	}
	cm_report_note(N_("Written to {0}, for whoever has this passphrase. It is shown "
			  "this once; send it by another way than the file:"),
		       order->output, NULL);
	show_passphrase(order->passphrase);
}

/* the passphrase is no part of it: it goes where nothing keeps it, whoever reads this */
static void
print_json(const Order *order)
{
	g_autofree gchar *written = g_filename_display_name(order->output);
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "written", written);
	cm_document_add_string(builder, "organisation", order->organisation);
	cm_document_add_string(builder, "for", order->recipient.label);
	cm_document_add_int(builder, "attachments", order->attachments);
	cm_document_add_int(builder, "stolen", order->stolen);
	cm_document_add_int(builder, "answers", (gint64)order->answered);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

static void
report_notes(const Order *order)
{
	g_autofree gchar *attachments = g_strdup_printf("%u", order->attachments);
	g_autofree gchar *stolen = g_strdup_printf("%u", order->stolen);

	if (order->attachments > 0)
		cm_report_note(N_("It has {0} attachments: {1} is a folder, all of which is sent."),
			       attachments, order->output, NULL);
	if (order->stolen > 0)
		cm_report_note(N_("Notes signed with keys that were stolen since: {0}. Whoever "
				  "receives it is told so, and that you answer for them."),
			       stolen, NULL);
}

CmExit
cm_comodalctl_export_make_run(CmComodalctl *cli)
{
	g_auto(Order) order = {0};
	g_autoptr(GError) error = NULL;

	if (!parse_order(cli, &order))
		return cli->exit_status;
	if (!parse_withheld(&order, &error) ||
	    !cm_note_desk_open(cli, &order.desk, FALSE, &error) ||
	    !cm_export_recipient_choose(&order.recipient, cli, order.desk.agent, &error) ||
	    !count_notes(&order, &error))
		return cm_agent_answer_report(error);
	cm_agent_link_be_patient(order.desk.agent);
	if (!(order.attachments > 0
		  ? cm_new_folder_write(order.output, write_folder, &order, &error)
		  : cm_new_file_write(order.output, write_file, &order, &error)))
		return cm_agent_answer_report(error);
	report_notes(&order);
	report_key(&order);
	if (cli->json) {
		print_json(&order);
		return answer(cli, &order);
	}
	cm_agent_answer_print(N_("Say whose it is, too; the fingerprint of the organisation is:"),
			      NULL, NULL, NULL);
	cm_agent_answer_print("    {0}", order.organisation, NULL, NULL);
	return answer(cli, &order);
}
