// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/courier/courier-settings.h"

#include "daemon/bus/program-settings.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX_OCTETS 255

/* ---- values */

static gboolean
is_of(const gchar *text, const gchar *others)
{
	for (const gchar *p = text; *p != '\0'; p++) {
		if (!g_ascii_isalnum(*p) && strchr(others, *p) == NULL)
			return FALSE;
	}
	return *text != '\0' && strlen(text) <= TEXT_MAX_OCTETS;
}

/* of these characters and letters and digits alone; absent, `out_text` is left */
static void
take_plain(CmPolicyFile *file,
	   const gchar *group,
	   const gchar *key,
	   const gchar *others,
	   gchar **out_text)
{
	g_autofree gchar *text = cm_policy_file_take_string(file, group, key);

	if (text == NULL)
		return;
	if (!is_of(text, others)) {
		cm_policy_file_fault(file, group, key,
				     N_("Only letters, digits and {0} are expected here."), others,
				     NULL);
		return;
	}
	g_free(*out_text);
	*out_text = g_steal_pointer(&text);
}

/* "scheme://host" or "scheme://host:port", of one of two schemes; with a path when `out_path` is given */
static gchar *
take_server(CmPolicyFile *file,
	    const gchar *group,
	    const gchar *key,
	    const gchar *const *schemes,
	    gchar **out_path)
{
	g_autofree gchar *text = cm_policy_file_take_string(file, group, key);
	g_autoptr(GUri) uri = NULL;
	const gchar *path = NULL;

	if (text == NULL)
		return NULL;
	uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
	path = uri != NULL ? g_uri_get_path(uri) : NULL;
	if (uri == NULL || !g_strv_contains(schemes, g_uri_get_scheme(uri)) ||
	    g_uri_get_host(uri) == NULL || *g_uri_get_host(uri) == '\0' ||
	    g_uri_get_userinfo(uri) != NULL || g_uri_get_query(uri) != NULL ||
	    g_uri_get_fragment(uri) != NULL ||
	    (out_path == NULL ? *path != '\0' && !g_str_equal(path, "/")
			      : *path != '\0' && !is_of(path, "/._-"))) {
		cm_policy_file_fault(file, group, key,
				     N_("A server as {0}://mail.css.example is expected here."),
				     schemes[0], NULL);
		return NULL;
	}
	if (out_path != NULL && strlen(path) > 1)
		*out_path = g_strdup(path + 1);
	return g_uri_join(G_URI_FLAGS_NONE, g_uri_get_scheme(uri), NULL, g_uri_get_host(uri),
			  g_uri_get_port(uri), "", NULL, NULL);
}

/* libcurl finds names out by itself for "socks5": an address of our own network would go to the proxy without anybody having judged it */
static gchar *
take_proxy(CmPolicyFile *file, const gchar *group)
{
	static const gchar *const schemes[] = {"http", "https", "socks5h", "socks5", NULL};
	g_autofree gchar *server = take_server(file, group, "Proxy", schemes, NULL);

	if (server != NULL && g_str_has_prefix(server, "socks5:"))
		return g_strconcat("socks5h", server + strlen("socks5"), NULL);
	return g_steal_pointer(&server);
}

static void
take_seconds(CmPolicyFile *file,
	     const gchar *group,
	     const gchar *key,
	     gint most,
	     guint *out_seconds)
{
	gint number = 0;

	if (cm_policy_file_take_number(file, group, key, 1, most, &number))
		*out_seconds = (guint)number;
}

static gboolean
load_password(CmPolicyFile *file,
	      const gchar *group,
	      const gchar *credential,
	      CmSecret **out_secret,
	      GError **error)
{
	gchar *path = NULL;

	cm_policy_file_take_path(file, group, "PasswordFile", G_MAXSIZE, &path);
	*out_secret = cm_secret_load(path, credential, error);
	g_free(path);
	return *out_secret != NULL;
}

/* ---- groups */

static gchar *
make_host_name(void)
{
	gchar name[256] = "";

	if (gethostname(name, sizeof name - 1) != 0 || !is_of(name, ".-"))
		return g_strdup("localhost");
	return g_strdup(name);
}

static gboolean
take_smtp(CmCourierSettings *settings, CmPolicyFile *file, gchar *url, GError **error)
{
	CmSmtpServer *smtp = g_new0(CmSmtpServer, 1);
	gchar *user = cm_policy_file_take_string(file, "Deliver", "User");

	settings->smtp = smtp;
	smtp->url = url;
	smtp->user = user;
	smtp->ehlo = make_host_name();
	smtp->timeout = CM_COURIER_SETTINGS_TIMEOUT;
	smtp->proxy = take_proxy(file, "Deliver");
	take_plain(file, "Deliver", "Ehlo", ".-:[]", &smtp->ehlo);
	cm_policy_file_take_path(file, "Deliver", "CaFile", G_MAXSIZE, &smtp->ca_file);
	take_seconds(file, "Deliver", "Timeout", CM_COURIER_SETTINGS_TIMEOUT_MAX, &smtp->timeout);
	return user == NULL ||
	       load_password(file, "Deliver", "smtp-password", &smtp->password, error);
}

static gboolean
take_deliver(CmCourierSettings *settings, CmPolicyFile *file, GError **error)
{
	static const gchar *const schemes[] = {"smtps", "smtp", NULL};
	gchar *url = take_server(file, "Deliver", "Smtp", schemes, NULL);
	gchar *maildir = NULL;

	take_seconds(file, "Deliver", "Connections", CM_COURIER_SETTINGS_CONNECTIONS_MAX,
		     &settings->connections);
	cm_policy_file_take_path(file, "Deliver", "Maildir", G_MAXSIZE, &maildir);
	if (url != NULL && maildir != NULL)
		cm_policy_file_fault(file, "Deliver", "Maildir",
				     N_("Either Smtp or Maildir: mail goes one way."), NULL);
	if (maildir != NULL) {
		g_free(settings->maildir);
		settings->maildir = maildir;
	}
	if (url == NULL)
		return TRUE;
	g_clear_pointer(&settings->maildir, g_free);
	return take_smtp(settings, file, url, error);
}

static gboolean
take_mailbox(CmCourierSettings *settings, CmPolicyFile *file, GError **error)
{
	static const gchar *const schemes[] = {"imaps", "imap", NULL};
	gchar *name = NULL;
	gchar *url = take_server(file, "Mailbox", "Imap", schemes, &name);
	CmMailboxSettings *mailbox = NULL;

	if (url == NULL) {
		g_free(name);
		return TRUE;
	}
	mailbox = g_new0(CmMailboxSettings, 1);
	settings->mailbox = mailbox;
	mailbox->url = url;
	mailbox->mailbox = name != NULL ? name : g_strdup("INBOX");
	mailbox->timeout = CM_COURIER_SETTINGS_TIMEOUT;
	mailbox->poll_seconds = CM_COURIER_SETTINGS_POLL_SECONDS;
	mailbox->proxy = take_proxy(file, "Mailbox");
	mailbox->user = cm_policy_file_take_string(file, "Mailbox", "User");
	cm_policy_file_take_path(file, "Mailbox", "CaFile", G_MAXSIZE, &mailbox->ca_file);
	take_seconds(file, "Mailbox", "Timeout", CM_COURIER_SETTINGS_TIMEOUT_MAX,
		     &mailbox->timeout);
	take_seconds(file, "Mailbox", "PollSeconds", CM_COURIER_SETTINGS_POLL_SECONDS_MAX,
		     &mailbox->poll_seconds);
	if (mailbox->user == NULL)
		cm_policy_file_fault(file, "Mailbox", NULL, N_("A mailbox needs its User."), NULL);
	return load_password(file, "Mailbox", "imap-password", &mailbox->password, error);
}

static void
take_fetch(CmCourierSettings *settings, CmPolicyFile *file)
{
	gint allow = FALSE;

	settings->fetch.proxy = take_proxy(file, "Fetch");
	cm_policy_file_take_path(file, "Fetch", "CaFile", G_MAXSIZE, &settings->fetch.ca_file);
	if (cm_policy_file_take_flag(file, "Fetch", "AllowPrivate", &allow))
		settings->fetch.allow_private = allow != 0;
}

/* ---- all of it */

static void
set_defaults(CmCourierSettings *settings, gboolean session)
{
	settings->connections = CM_COURIER_SETTINGS_CONNECTIONS;
	if (session) {
		settings->socket =
		    g_build_filename(g_get_user_runtime_dir(), "comodal", "courier.socket", NULL);
		settings->maildir =
		    g_build_filename(g_get_user_data_dir(), "comodal", "mail", NULL);
		return;
	}
	settings->socket = g_strdup("/run/comodal/courier.socket");
	settings->maildir = g_strdup(CM_STATE_DIR "-courier/mail");
}

static gboolean
take_all(CmPolicyFile *file, gpointer user_data, GError **error)
{
	CmCourierSettings *settings = user_data;

	cm_policy_file_take_path(file, "Courier", "Socket", CM_PROGRAM_SOCKET_MAX,
				 &settings->socket);
	take_fetch(settings, file);
	return take_deliver(settings, file, error) && take_mailbox(settings, file, error);
}

CmCourierSettings *
cm_courier_settings_new(const gchar *const *argv, CmFaults *faults, GError **error)
{
	static const gchar *const groups[] = {"Courier", "Deliver", "Mailbox", "Fetch", NULL};
	g_auto(CmProgramOptions) options = {0};
	g_autoptr(CmCourierSettings) settings = g_new0(CmCourierSettings, 1);
	CmProgramConfiguration configuration = {
	    .usual = "courier.conf", .groups = groups, .take = take_all, .user_data = settings};

	if (!cm_program_settings_parse_usual(
		N_("Carries what comodald has to send, and brings what comes back. It is the only "
		   "part of comodal that uses a network."),
		argv, &options, error))
		return NULL;
	settings->show_version = options.show_version;
	set_defaults(settings, options.session);
	configuration.named = options.file;
	configuration.session = options.session;
	return settings->show_version || cm_program_settings_read(&configuration, faults, error)
		   ? g_steal_pointer(&settings)
		   : NULL;
}

static void
smtp_free(CmSmtpServer *smtp)
{
	g_free(smtp->url);
	g_free(smtp->ehlo);
	g_free(smtp->user);
	cm_secret_free(smtp->password);
	g_free(smtp->ca_file);
	g_free(smtp->proxy);
	g_free(smtp);
}

static void
mailbox_free(CmMailboxSettings *mailbox)
{
	g_free(mailbox->url);
	g_free(mailbox->mailbox);
	g_free(mailbox->user);
	cm_secret_free(mailbox->password);
	g_free(mailbox->ca_file);
	g_free(mailbox->proxy);
	g_free(mailbox);
}

void
cm_courier_settings_free(CmCourierSettings *settings)
{
	if (settings == NULL)
		return;
	g_clear_pointer(&settings->smtp, smtp_free);
	g_clear_pointer(&settings->mailbox, mailbox_free);
	g_free(settings->socket);
	g_free(settings->maildir);
	g_free(settings->fetch.ca_file);
	g_free(settings->fetch.proxy);
	g_free(settings);
}
