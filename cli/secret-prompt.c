// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/secret-prompt.h"

#include "cli/report.h"
#include "daemon/agent/agent-identity.h"
#include "daemon/vault/vault-code.h"
#include "include/cm-error.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

static const gint stopping[] = {SIGINT, SIGTERM, SIGHUP};

/* A question that waits for its answer. */
typedef struct {
	gboolean quiet;
	struct termios terminal; /* as it was before */
	guint sources[G_N_ELEMENTS(stopping) + 1];
	gboolean stopped;
	gboolean readable;
} Question;

gboolean
cm_secret_prompt_is_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

void
cm_secret_prompt_harden(void)
{
	const struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__
	/* a build with sanitizers looks for leaks by tracing itself */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* the terminal has to show again what is typed before the program ends */
static gboolean
on_stopped(gpointer user_data)
{
	((Question *)user_data)->stopped = TRUE;
	return G_SOURCE_CONTINUE;
}

static gboolean
on_readable(gint fd, GIOCondition condition, gpointer user_data)
{
	((Question *)user_data)->readable = TRUE;
	return G_SOURCE_CONTINUE;
}

static void
begin(Question *question, gboolean echo)
{
	guint count = 0;

	for (; count < G_N_ELEMENTS(stopping); count++)
		question->sources[count] = g_unix_signal_add(stopping[count], on_stopped, question);
	question->sources[count] =
	    g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, question);
	question->quiet =
	    !echo && isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &question->terminal) == 0;
	if (question->quiet) {
		struct termios quiet = question->terminal;

		quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
		quiet.c_lflag |= ECHONL;
		/* what leaves the terminal without asking would leave it quiet */
		quiet.c_cc[VQUIT] = _POSIX_VDISABLE;
		quiet.c_cc[VSUSP] = _POSIX_VDISABLE;
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
}

static void
end(const Question *question)
{
	if (question->quiet)
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &question->terminal);
	for (guint i = 0; i < G_N_ELEMENTS(question->sources); i++)
		g_source_remove(question->sources[i]);
}

/* FALSE: asked to stop */
static gboolean
await(Question *question)
{
	question->readable = FALSE;
	while (!question->stopped && !question->readable)
		(void)g_main_context_iteration(NULL, TRUE);
	return !question->stopped;
}

/* octet by octet, for what follows the line is somebody else's. FALSE: asked to stop, or it can't be read */
static gboolean
read_line(Question *question, CmVaultSecret *line, gsize *out_length)
{
	gsize most = cm_vault_secret_get_length(line);
	gsize length = 0;
	guint8 *octets = cm_vault_secret_get(line);
	gssize count = 1;

	while (length < most && count > 0) {
		if (!await(question))
			return FALSE;
		count = read(STDIN_FILENO, octets + length, 1);
		if (count < 0)
			return FALSE;
		if (count > 0 && octets[length] == '\n')
			break;
		length += (gsize)count;
	}
	if (length > 0 && octets[length - 1] == '\r')
		length--;
	*out_length = length;
	return TRUE;
}

CmVaultSecret *
cm_secret_prompt_read(const gchar *question, gboolean echo, GError **error)
{
	g_autoptr(CmVaultSecret) line = cm_vault_secret_new(CM_SECRET_PROMPT_MAX + 2);
	Question asked = {0};
	gsize length = 0;
	gboolean good = FALSE;

	if (line == NULL) {
		cm_error_set(error, CM_ERROR_KEY, N_("No memory can be locked."), NULL);
		return NULL;
	}
	/* quiet before it is asked: who types at once is not shown either */
	begin(&asked, echo);
	if (cm_secret_prompt_is_terminal())
		g_printerr("%s ", question);
	good = read_line(&asked, line, &length);
	end(&asked);
	if (!good) {
		g_printerr("\n");
		cm_error_set(error, CM_ERROR_CANCELLED, N_("Abandoned: nothing was changed."),
			     NULL);
		return NULL;
	}
	if (length > 0 && length <= CM_SECRET_PROMPT_MAX) {
		cm_vault_secret_truncate(line, length);
		return g_steal_pointer(&line);
	}
	if (length == 0)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Nothing was typed. This was asked for: {0}"), question, NULL);
	else
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("That line is too long."), NULL);
	return NULL;
}

static gboolean
is_same(const CmVaultSecret *one, const CmVaultSecret *other)
{
	gsize length = cm_vault_secret_get_length(one);

	return length == cm_vault_secret_get_length(other) &&
	       sodium_memcmp(cm_vault_secret_peek(one), cm_vault_secret_peek(other), length) == 0;
}

CmVaultSecret *
cm_secret_prompt_read_new(GError **error)
{
	g_autoptr(CmVaultSecret) passphrase =
	    cm_secret_prompt_read(_("New passphrase:"), FALSE, error);
	g_autoptr(CmVaultSecret) again = NULL;

	if (passphrase == NULL || !cm_agent_identity_check_passphrase(passphrase, error))
		return NULL;
	if (!cm_secret_prompt_is_terminal())
		return g_steal_pointer(&passphrase);
	again = cm_secret_prompt_read(_("The same once more:"), FALSE, error);
	if (again == NULL)
		return NULL;
	if (is_same(passphrase, again))
		return g_steal_pointer(&passphrase);
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("The two are not the same. Nothing was changed."), NULL);
	return NULL;
}

CmVaultSecret *
cm_secret_prompt_read_code(GError **error)
{
	g_autoptr(CmVaultSecret) code =
	    cm_vault_secret_new(CM_VAULT_CODE_ROWS * (CM_SECRET_PROMPT_MAX + 1));
	gsize length = 0;

	if (code == NULL) {
		cm_error_set(error, CM_ERROR_KEY, N_("No memory can be locked."), NULL);
		return NULL;
	}
	for (guint row = 1; row <= CM_VAULT_CODE_ROWS; row++) {
		g_autofree gchar *number = g_strdup_printf("%u", row);
		g_autofree gchar *question = cm_report_format(N_("Row {0}:"), number, NULL);
		g_autoptr(CmVaultSecret) line = cm_secret_prompt_read(question, TRUE, error);

		if (line == NULL)
			return NULL;
		memcpy(cm_vault_secret_get(code) + length, cm_vault_secret_peek(line),
		       cm_vault_secret_get_length(line));
		length += cm_vault_secret_get_length(line);
		cm_vault_secret_get(code)[length++] = '\n';
	}
	cm_vault_secret_truncate(code, MIN(length, CM_SECRET_PROMPT_MAX));
	return g_steal_pointer(&code);
}

/* ---- a text */

/* a line with nothing but a dot, which is cut off */
static gboolean
is_ended(const guint8 *octets, gsize *length)
{
	gsize count = *length;

	if (count < 2 || octets[count - 1] != '\n' || octets[count - 2] != '.' ||
	    (count > 2 && octets[count - 3] != '\n'))
		return FALSE;
	*length = count - 2;
	return TRUE;
}

/* FALSE: asked to stop, or it can't be read */
static gboolean
read_text(Question *question, CmVaultSecret *text, gsize *out_length)
{
	gboolean terminal = isatty(STDIN_FILENO);
	gsize size = cm_vault_secret_get_length(text);
	guint8 *octets = cm_vault_secret_get(text);
	gsize length = 0;

	while (length < size) {
		gssize count = 0;

		if (!await(question))
			return FALSE;
		count = read(STDIN_FILENO, octets + length, size - length);
		if (count < 0)
			return FALSE;
		length += (gsize)count;
		if (count == 0 || (terminal && is_ended(octets, &length)))
			break;
	}
	*out_length = length;
	return TRUE;
}

/* line ends of one kind, and none at the end */
static gsize
clean_ends(guint8 *octets, gsize length)
{
	gsize kept = 0;

	for (gsize i = 0; i < length; i++) {
		if (octets[i] != '\r' || i + 1 == length || octets[i + 1] != '\n')
			octets[kept++] = octets[i];
	}
	while (kept > 0 && octets[kept - 1] == '\n')
		kept--;
	return kept;
}

gboolean
cm_secret_prompt_read_part(gsize most, CmVaultSecret **out_text, GError **error)
{
	/* one octet more: what is too long is seen */
	g_autoptr(CmVaultSecret) text = cm_vault_secret_new(most + 1);
	Question asked = {0};
	gsize length = 0;
	gsize kept = 0;
	gboolean good = FALSE;

	if (text == NULL) {
		cm_error_set(error, CM_ERROR_KEY, N_("No memory can be locked."), NULL);
		return FALSE;
	}
	begin(&asked, TRUE);
	good = read_text(&asked, text, &length);
	end(&asked);
	if (!good) {
		cm_error_set(error, CM_ERROR_CANCELLED, N_("Abandoned: nothing was changed."),
			     NULL);
		return FALSE;
	}
	kept = clean_ends(cm_vault_secret_get(text), length);
	if (length > most) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("That text is too long."), NULL);
		return FALSE;
	}
	cm_vault_secret_truncate(text, kept);
	*out_text = kept > 0 ? g_steal_pointer(&text) : NULL;
	return TRUE;
}

CmVaultSecret *
cm_secret_prompt_read_text(gsize most, GError **error)
{
	CmVaultSecret *text = NULL;

	if (cm_secret_prompt_read_part(most, &text, error) && text == NULL)
		cm_error_set(
		    error, CM_ERROR_INVALID_INPUT,
		    N_("Nothing was typed. A text is awaited, at a terminal or from a pipe."),
		    NULL);
	return text;
}
