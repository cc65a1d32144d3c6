// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agent-answer.h"
#include "cli/agent-link.h"
#include "cli/export-recipient.h"
#include "cli/json.h"
#include "cli/new-file.h"
#include "cli/output.h"
#include "daemon/agenda/document.h"
#include "daemon/agent/agent-pipe.h"
#include "include/cm-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <sodium.h>

/* export key: the public part of one's keys, for whoever is to lock a file for them */

static GBytes *
fetch(const CmComodalctl *cli, GError **error)
{
	g_autoptr(CmDBusAgent) agent = cm_agent_link_open(cli, TRUE, error);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(CmVaultSecret) text = NULL;
	g_autofree guint8 *octets = NULL;
	gsize length = 0;

	if (agent == NULL ||
	    !cm_dbus_agent_call_write_enrolment_sync(agent, NULL, &handle, &list, NULL, error))
		return NULL;
	text = cm_agent_pipe_read(list, g_variant_get_handle(handle), CM_AGENT_PIPE_LINE_MAX, NULL,
				  error);
	if (text == NULL)
		return NULL;
	octets = g_malloc(CM_AGENT_PIPE_LINE_MAX);
	if (sodium_hex2bin(octets, CM_AGENT_PIPE_LINE_MAX,
			   (const gchar *)cm_vault_secret_peek(text),
			   cm_vault_secret_get_length(text), NULL, &length, NULL) == 0)
		return g_bytes_new(octets, length);
	cm_error_set(error, CM_ERROR_FAILED, N_("The service answered something unexpected."),
		     NULL);
	return NULL;
}

static gboolean
write_key(gint fd, gpointer user_data, GError **error)
{
	gsize length = 0;
	const guint8 *octets = g_bytes_get_data(user_data, &length);

	if (cm_output_write_octets(fd, octets, length))
		return TRUE;
	cm_error_set(error, CM_ERROR_FAILED, N_("The file can't be written: {0}."),
		     g_strerror(errno), NULL);
	return FALSE;
}

static void
print_json(const gchar *path, const gchar *fingerprint)
{
	g_autofree gchar *written = g_filename_display_name(path);
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "written", written);
	cm_document_add_string(builder, "fingerprint", fingerprint);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

CmExit
cm_comodalctl_export_key_run(CmComodalctl *cli)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_auto(GStrv) words = NULL;
	g_autofree gchar *fingerprint = NULL;
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &words))
		return cli->exit_status;
	octets = fetch(cli, &error);
	if (octets != NULL)
		fingerprint = cm_export_recipient_read(octets, &record, &error);
	if (fingerprint == NULL || !cm_new_file_write(words[0], write_key, octets, &error))
		return cm_agent_answer_report(error);
	if (cli->json) {
		print_json(words[0], fingerprint);
		return CM_EXIT_OK;
	}
	cm_agent_answer_print(
	    N_("Written to {0}: nothing in it is secret. Tell your fingerprint by "
	       "another way than the file:"),
	    words[0], NULL, NULL);
	cm_agent_answer_print("    {0}", fingerprint, NULL, NULL);
	return CM_EXIT_OK;
}
