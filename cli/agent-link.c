// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/agent-link.h"

#include "cli/client.h"
#include "daemon/common/person-place.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

/* stretching a passphrase on a slow machine, and what comodald needs */
#define TIMEOUT_MSEC 120000
#define OUTPUT_MAX 4096
#define AGENT_NAME "comodal-agent"

/* an agent serves one bus: that of another session's comodald has other students by the same numbers */
static gchar *
find_path(const CmComodalctl *cli, GError **error)
{
	g_autoptr(GDBusConnection) bus = cli->session ? cm_client_connect(cli, error) : NULL;
	g_autofree gchar *id = bus != NULL ? cm_person_place_dup_bus(bus, error) : NULL;

	return !cli->session || id != NULL ? cm_person_place_dup_socket(id) : NULL;
}

/* another user's program at that place would be told passphrases */
static gboolean
is_ours(GDBusConnection *peer)
{
	GIOStream *stream = g_dbus_connection_get_stream(peer);
	g_autoptr(GCredentials) credentials = NULL;

	if (!G_IS_SOCKET_CONNECTION(stream))
		return FALSE;
	credentials = g_socket_get_credentials(
	    g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream)), NULL);
	return credentials != NULL && g_credentials_get_unix_user(credentials, NULL) == geteuid();
}

/* `out_peer` NULL: nobody is there */
static gboolean
try_connect(const gchar *path, GDBusConnection **out_peer, GError **error)
{
	g_autofree gchar *escaped = g_dbus_address_escape_value(path);
	g_autofree gchar *address = g_strconcat("unix:path=", escaped, NULL);
	g_autoptr(GDBusConnection) peer = g_dbus_connection_new_for_address_sync(
	    address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, NULL);

	if (peer != NULL)
		g_dbus_connection_set_exit_on_close(peer, FALSE);
	if (peer == NULL || is_ours(peer)) {
		*out_peer = g_steal_pointer(&peer);
		return TRUE;
	}
	cm_error_set(error, CM_ERROR_ACCESS_DENIED,
		     N_("Another user's program is where your comodal-agent should be: {0}."), path,
		     NULL);
	return FALSE;
}

/* all that comes, until it is ready or has ended */
static gchar *
read_output(GInputStream *pipe)
{
	gchar text[OUTPUT_MAX + 1] = {0};
	gsize length = 0;

	(void)g_input_stream_read_all(pipe, text, OUTPUT_MAX, &length, NULL, NULL);
	return g_strchomp(g_strdup(text));
}

/* FALSE when it did not become ready: what it says of it is in `error`, which is none when another one came first */
static gboolean
start_agent(const CmComodalctl *cli, gchar **out_said, GError **error)
{
	const gchar *program = g_getenv(CM_ENV_AGENT);
	const gchar *arguments[] = {program != NULL ? program : CM_LIBEXEC_DIR "/" AGENT_NAME,
				    "--background", cli->session ? "--session" : NULL, NULL};
	g_autoptr(GError) local = NULL;
	g_autoptr(GSubprocess) process = g_subprocess_newv(
	    arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &local);
	g_autofree gchar *output = NULL;

	if (process == NULL) {
		cm_error_set(error, CM_ERROR_FAILED, N_("comodal-agent can't be started: {0}."),
			     local->message, NULL);
		return FALSE;
	}
	output = read_output(g_subprocess_get_stdout_pipe(process));
	*out_said = read_output(g_subprocess_get_stderr_pipe(process));
	return TRUE;
}

/* its last line, which is why it ended */
static void
fail_start(const gchar *said, GError **error)
{
	const gchar *end = strrchr(said, '\n');
	const gchar *line = end != NULL ? end + 1 : said;

	if (g_str_has_prefix(line, AGENT_NAME ": "))
		line += strlen(AGENT_NAME ": ");
	cm_error_set(error, CM_ERROR_FAILED, N_("comodal-agent can't be started: {0}"), line, NULL);
}

/* begin one, and connect again */
static gboolean
start_and_connect(const CmComodalctl *cli,
		  const gchar *path,
		  GDBusConnection **out_peer,
		  GError **error)
{
	g_autofree gchar *said = NULL;
	g_autoptr(GDBusConnection) peer = NULL;

	if (!start_agent(cli, &said, error) || !try_connect(path, &peer, error))
		return FALSE;
	if (peer == NULL) {
		fail_start(said, error);
		return FALSE;
	}
	*out_peer = g_steal_pointer(&peer);
	return TRUE;
}

static CmDBusAgent *
make_proxy(GDBusConnection *peer, GError **error)
{
	CmDBusAgent *agent = cm_dbus_agent_proxy_new_sync(
	    peer,
	    G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES | G_DBUS_PROXY_FLAGS_DO_NOT_CONNECT_SIGNALS,
	    NULL, CM_AGENT_OBJECT_PATH, NULL, error);

	if (agent != NULL)
		g_dbus_proxy_set_default_timeout(G_DBUS_PROXY(agent), TIMEOUT_MSEC);
	return agent;
}

CmDBusAgent *
cm_agent_link_open(const CmComodalctl *cli, gboolean start, GError **error)
{
	g_autofree gchar *path = find_path(cli, error);
	g_autoptr(GDBusConnection) peer = NULL;

	/* its errors become ours */
	(void)cm_error_quark();
	if (path == NULL || !try_connect(path, &peer, error))
		return NULL;
	if (peer == NULL && start && !start_and_connect(cli, path, &peer, error))
		return NULL;
	if (peer != NULL)
		return make_proxy(peer, error);
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("No comodal-agent of yours runs."), NULL);
	return NULL;
}

void
cm_agent_link_be_patient(CmDBusAgent *agent)
{
	g_dbus_proxy_set_default_timeout(G_DBUS_PROXY(agent), G_MAXINT);
}
