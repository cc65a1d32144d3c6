// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/agent-answer.h"

#include "cli/note-text.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "daemon/agent/agent-pipe.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

CmExit
cm_agent_answer_report(GError *error)
{
	g_dbus_error_strip_remote_error(error);
	/* what is said of the next step with these is about comodald's own key and its database */
	if (cm_error_is(error, CM_ERROR_KEY) || cm_error_is(error, CM_ERROR_STORE))
		error->code = CM_ERROR_FAILED;
	return cm_report_error(error);
}

void
cm_agent_answer_print(const gchar *format,
		      const gchar *first,
		      const gchar *second,
		      const gchar *third)
{
	g_autofree gchar *line = cm_report_format(format, first, second, third, NULL);
	g_autoptr(GString) out = g_string_new(NULL);

	cm_terminal_append_wrapped(out, line, 0, 0, cm_terminal_get_width());
	cm_terminal_print(out->str);
}

gchar *
cm_agent_answer_format_date(guint32 date)
{
	return g_strdup_printf("%04u-%02u-%02u", date / 10000, date / 100 % 100, date % 100);
}

guint32
cm_agent_answer_get_date(GVariant *row, const gchar *name)
{
	guint32 date = 0;

	(void)g_variant_lookup(row, name, "u", &date);
	return date;
}

guint64
cm_agent_answer_get_number(GVariant *row, const gchar *name)
{
	guint64 number = 0;

	(void)g_variant_lookup(row, name, "t", &number);
	return number;
}

gboolean
cm_agent_answer_read_number(const gchar *text, guint64 *out_number, GError **error)
{
	if (g_ascii_string_to_unsigned(text, 10, 1, 1000000, out_number, NULL))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is no number."), text, NULL);
	return FALSE;
}

gchar *
cm_agent_answer_guess_language(void)
{
	const gchar *language = g_get_language_names()[0];
	gchar *word = g_strndup(language, strcspn(language, ".@"));

	if (strlen(word) >= 2 && strlen(word) <= 16)
		return word;
	g_free(word);
	return g_strdup("en");
}

CmVaultRecord *
cm_agent_answer_read_content(GUnixFDList *list, GVariant *handle, const gchar *what, GError **error)
{
	g_autoptr(CmVaultSecret) octets =
	    cm_agent_pipe_read(list, g_variant_get_handle(handle), CM_AGENT_PIPE_MAX, NULL, error);
	g_autoptr(GBytes) bytes = NULL;
	CmVaultRecord *content = NULL;

	if (octets == NULL)
		return NULL;
	bytes = cm_vault_secret_free_to_bytes(g_steal_pointer(&octets));
	return cm_vault_class_set_error(
		   cm_vault_record_read(CM_VAULT_KIND_CONTENT, bytes, &content), what, error)
		   ? content
		   : NULL;
}

gboolean
cm_agent_answer_show_content(GUnixFDList *list,
			     GVariant *handle,
			     const gchar *what,
			     guint indent,
			     GError **error)
{
	g_autoptr(CmVaultRecord) content = cm_agent_answer_read_content(list, handle, what, error);

	if (content == NULL)
		return FALSE;
	(void)cm_note_text_print(content, indent);
	return TRUE;
}
