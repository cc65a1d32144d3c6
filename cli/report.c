// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/report.h"

#include "cli/terminal.h"
#include "include/cm-error.h"
#include "include/cm-message.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>
#include <stdarg.h>

/* what to do next, by the kind of error; NULL where the message says it all */
static const gchar *
hint_of_code(gint code)
{
	switch ((CmErrorCode)code) {
	case CM_ERROR_BUSY:
		return N_("Wait until it has ended, then repeat the command.");
	case CM_ERROR_STORE:
		return N_("Nothing was changed. The journal of the service says more: "
			  "journalctl -u comodald");
	case CM_ERROR_KEY:
		return N_("The recovery sheet printed at set-up says how to bring the key back.");
	case CM_ERROR_FAILED:
	case CM_ERROR_INVALID_INPUT:
	case CM_ERROR_NOT_FOUND:
	case CM_ERROR_EXISTS:
	case CM_ERROR_ACCESS_DENIED:
	case CM_ERROR_CONFLICT:
	case CM_ERROR_POLICY:
	case CM_ERROR_CANCELLED:
	case CM_ERROR_NOT_SUPPORTED:
	case CM_ERROR_LAST:
	default:
		return NULL;
	}
}

/* nobody answers at the other end of the bus */
static gboolean
error_is_unreachable(const GError *error)
{
	static const gint dbus_codes[] = {
	    G_DBUS_ERROR_SERVICE_UNKNOWN, G_DBUS_ERROR_NAME_HAS_NO_OWNER,
	    G_DBUS_ERROR_NO_REPLY,        G_DBUS_ERROR_SPAWN_EXEC_FAILED,
	    G_DBUS_ERROR_DISCONNECTED,    G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND,
	    G_DBUS_ERROR_NO_SERVER,       G_DBUS_ERROR_SPAWN_CHILD_EXITED,
	    G_DBUS_ERROR_TIMEOUT,         G_DBUS_ERROR_SPAWN_FAILED,
	};

	for (guint i = 0; i < G_N_ELEMENTS(dbus_codes); i++) {
		if (g_error_matches(error, G_DBUS_ERROR, dbus_codes[i]))
			return TRUE;
	}
	return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static void
print_line(const gchar *lead, const gchar *text)
{
	g_autoptr(GString) line = g_string_new(lead);
	guint indent = cm_terminal_measure(lead);

	cm_terminal_append_wrapped(line, text, indent, indent, cm_terminal_get_width());
	g_printerr("%s", line->str);
}

static void
print_how_to_start(void)
{
	const gchar *command[] = {g_getenv(CM_ENV_START), NULL};
	g_autofree gchar *text =
	    command[0] != NULL
		? cm_message_fill(_("Start it with “{0}”."), command)
		: g_strdup(_("Start it with “systemctl start comodald”, or add --session if "
			     "yours runs on your own session bus."));

	print_line("  → ", text);
}

CmExit
cm_report_error(const GError *error)
{
	g_autofree gchar *message = NULL;
	const gchar *hint = NULL;

	if (error_is_unreachable(error)) {
		print_line("comodalctl: ", _("The comodal service does not answer."));
		print_how_to_start();
		return CM_EXIT_UNREACHABLE;
	}
	if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
		message = g_strdup(_("The system does not let you talk to the comodal service."));
	else
		message = cm_error_localize(error);
	print_line("comodalctl: ", message);
	if (error->domain == CM_ERROR)
		hint = hint_of_code(error->code);
	if (hint != NULL)
		print_line("  → ", gettext(hint));
	if (cm_error_is(error, CM_ERROR_CANCELLED))
		return CM_EXIT_INTERRUPTED;
	return CM_EXIT_REFUSED;
}

static gchar *
format_list(const gchar *format, va_list list)
{
	const gchar *arguments[10] = {NULL};
	g_autofree gchar *message = NULL;

	for (guint i = 0; i + 1 < G_N_ELEMENTS(arguments); i++) {
		arguments[i] = va_arg(list, const gchar *);
		if (arguments[i] == NULL)
			break;
	}
	message = cm_message_new_strv(format, arguments);
	return cm_message_localize(message);
}

static gboolean
confirm(gboolean yes, gboolean asking, const gchar *question)
{
	if (yes || (asking && cm_terminal_ask(question)))
		return TRUE;
	cm_report_note(N_("Nothing was changed. --yes does it without asking."), NULL);
	return FALSE;
}

gboolean
cm_report_confirm(gboolean yes, const gchar *question)
{
	return confirm(yes, TRUE, question);
}

gboolean
cm_report_confirm_shown(const CmComodalctl *cli, gboolean yes, const gchar *question)
{
	return confirm(yes, !cli->json, question);
}

gchar *
cm_report_format(const gchar *format, ...)
{
	gchar *text = NULL;
	va_list list;

	va_start(list, format);
	text = format_list(format, list);
	va_end(list);
	return text;
}

CmExit
cm_report_usage(const CmComodalctl *cli, const gchar *format, ...)
{
	g_autofree gchar *text = NULL;
	g_autofree gchar *next = NULL;
	va_list list;

	va_start(list, format);
	text = format_list(format, list);
	va_end(list);
	print_line("comodalctl: ", text);
	next = g_strconcat("comodalctl ", cli->verb != NULL ? cli->verb->name : "",
			   cli->verb != NULL ? " --help" : "--help", NULL);
	text = (g_free(text), cm_report_format(N_("See: {0}"), next, NULL));
	print_line("  → ", text);
	return CM_EXIT_USAGE;
}

void
cm_report_note(const gchar *format, ...)
{
	g_autofree gchar *text = NULL;
	va_list list;

	va_start(list, format);
	text = format_list(format, list);
	va_end(list);
	print_line("", text);
}

CmExit
cm_report_faults(const CmFaults *faults, const gchar *file)
{
	g_autofree gchar *more = NULL;
	guint left_out = cm_faults_get_left_out(faults);

	for (guint i = 0; i < cm_faults_get_kept(faults); i++) {
		const CmFault *fault = cm_faults_get(faults, i);
		g_autoptr(GString) lead = g_string_new(NULL);
		g_autofree gchar *message = cm_message_localize(fault->message);

		if (*fault->file != '\0' || file != NULL)
			g_string_append(lead, *fault->file != '\0' ? fault->file : file);
		if (fault->line > 0)
			g_string_append_printf(lead, "%s%u", lead->len > 0 ? ":" : "", fault->line);
		if (lead->len > 0)
			g_string_append(lead, ": ");
		if (*fault->path != '\0')
			g_string_append_printf(lead, "%s  ", fault->path);
		g_printerr("%s%s\n", lead->str, message);
	}
	if (left_out == 0)
		return CM_EXIT_REFUSED;
	more = g_strdup_printf(ngettext("… and %u more", "… and %u more", left_out), left_out);
	g_printerr("%s\n", more);
	return CM_EXIT_REFUSED;
}
