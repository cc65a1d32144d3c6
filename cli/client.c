// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/client.h"

#include "cli/report.h"
#include "cli/terminal.h"
#include "include/cm-error.h"
#include "include/cm-message.h"
#include "include/cm-names.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* no document of ours is near it: a bound for a broken peer */
#define DOCUMENT_MAX (1024u * 1024u * 1024u)

/* What a followed job needs while the main loop runs. */
typedef struct {
	CmDBusJob *job;
	CmProgress *progress;
	CmClientJobText text;
	gpointer text_data;
	gboolean finished;
	gboolean vanished;
	guint interrupts;
} Follow;

GDBusConnection *
cm_client_connect(const CmComodalctl *cli, GError **error)
{
	GBusType type = cli->session ? G_BUS_TYPE_SESSION : G_BUS_TYPE_SYSTEM;
	g_autoptr(GError) local = NULL;
	GDBusConnection *bus = g_bus_get_sync(type, NULL, &local);

	/* GDBus makes the daemon's errors ours from here on */
	(void)cm_error_quark();
	/* whatever GDBus says of its addresses, to a person it means that nobody answers */
	if (bus == NULL)
		g_set_error_literal(error, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER, local->message);
	else
		g_dbus_connection_set_exit_on_close(bus, FALSE);
	return bus;
}

/* what every proxy is told: a long time-out, and never to ask the daemon for what it has not */
#define DEFINE_GETTER(noun, Noun)                                                                  \
	CmDBus##Noun *cm_client_get_##noun(GDBusConnection *bus, GError **error)                   \
	{                                                                                          \
		g_autoptr(CmDBus##Noun) proxy = NULL;                                              \
                                                                                                   \
		proxy = cm_dbus_##noun##_proxy_new_sync(bus, G_DBUS_PROXY_FLAGS_NONE, CM_BUS_NAME, \
							CM_OBJECT_PATH, NULL, error);              \
		if (proxy == NULL)                                                                 \
			return NULL;                                                               \
		g_dbus_proxy_set_default_timeout(G_DBUS_PROXY(proxy), CM_CLIENT_TIMEOUT_MSEC);     \
		return g_steal_pointer(&proxy);                                                    \
	}

DEFINE_GETTER(manager, Manager)
DEFINE_GETTER(accounts, Accounts)
DEFINE_GETTER(roster, Roster)
DEFINE_GETTER(policy, Policy)
DEFINE_GETTER(planner, Planner)
DEFINE_GETTER(agenda, Agenda)
DEFINE_GETTER(audit, Audit)
DEFINE_GETTER(busy, Busy)
DEFINE_GETTER(absence, Absence)
DEFINE_GETTER(consent, Consent)
DEFINE_GETTER(suitability, Suitability)
DEFINE_GETTER(followup, Followup)
DEFINE_GETTER(derogation, Derogation)
DEFINE_GETTER(outbox, Outbox)
DEFINE_GETTER(waiting, Waiting)
DEFINE_GETTER(time_request, TimeRequest)
DEFINE_GETTER(reach, Reach)
DEFINE_GETTER(door, Door)
DEFINE_GETTER(help, Help)
DEFINE_GETTER(link, Link)
DEFINE_GETTER(directory, Directory)
DEFINE_GETTER(retention, Retention)
DEFINE_GETTER(disclosure, Disclosure)
DEFINE_GETTER(inbox, Inbox)
DEFINE_GETTER(booking, Booking)
DEFINE_GETTER(desk, Desk)
DEFINE_GETTER(vault, Vault)

gchar *
cm_client_ask_zone(const CmComodalctl *cli)
{
	g_autoptr(GDBusConnection) bus = cm_client_connect(cli, NULL);
	g_autoptr(CmDBusManager) manager = bus != NULL ? cm_client_get_manager(bus, NULL) : NULL;
	gchar *name = NULL;

	if (manager == NULL || !cm_dbus_manager_call_get_zone_sync(manager, &name, NULL, NULL))
		return NULL;
	return name;
}

static GBytes *
read_all(gint descriptor, GError **error)
{
	g_autoptr(GInputStream) input = g_unix_input_stream_new(descriptor, FALSE);
	g_autoptr(GOutputStream) output = g_memory_output_stream_new_resizable();
	gssize size = 0;

	/* the daemon's memfd may be shared: its offset is nobody's */
	if (lseek(descriptor, 0, SEEK_SET) < 0 && errno != ESPIPE) {
		cm_error_set(error, CM_ERROR_FAILED, N_("The answer can't be read: {0}."),
			     g_strerror(errno), NULL);
		return NULL;
	}
	size =
	    g_output_stream_splice(output, input, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, error);
	if (size < 0)
		return NULL;
	if ((gsize)size > DOCUMENT_MAX) {
		cm_error_set(error, CM_ERROR_FAILED, N_("The answer is larger than 1 GiB."), NULL);
		return NULL;
	}
	return g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(output));
}

GBytes *
cm_client_read_document(GVariant *handle, GUnixFDList *descriptors, GError **error)
{
	gint descriptor = -1;
	GBytes *bytes = NULL;

	if (descriptors == NULL) {
		cm_error_set(error, CM_ERROR_FAILED,
			     N_("The service answered without its document."), NULL);
		return NULL;
	}
	descriptor = g_unix_fd_list_get(descriptors, g_variant_get_handle(handle), error);
	if (descriptor < 0)
		return NULL;
	bytes = read_all(descriptor, error);
	close(descriptor);
	return bytes;
}

JsonNode *
cm_client_parse_document(GBytes *bytes, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	gsize size = 0;
	const gchar *text = g_bytes_get_data(bytes, &size);

	if (!json_parser_load_from_data(parser, text, (gssize)size, error))
		return NULL;
	return json_node_ref(json_parser_get_root(parser));
}

JsonNode *
cm_client_read_json(GVariant *handle, GUnixFDList *descriptors, GError **error)
{
	g_autoptr(GBytes) bytes = cm_client_read_document(handle, descriptors, error);

	return bytes != NULL ? cm_client_parse_document(bytes, error) : NULL;
}

GBytes *
cm_client_export_roster(CmDBusRoster *roster, GError **error)
{
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (!cm_dbus_roster_call_export_sync(roster, g_variant_dict_end(&options), NULL, &handle,
					     &descriptors, NULL, error))
		return NULL;
	return cm_client_read_document(handle, descriptors, error);
}

GBytes *
cm_client_get_plan(CmDBusPlanner *planner, guint64 plan, GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (!cm_dbus_planner_call_get_sync(planner, plan, NULL, &handle, &descriptors, NULL, error))
		return NULL;
	return cm_client_read_document(handle, descriptors, error);
}

GUnixFDList *
cm_client_open_file(const gchar *path, GVariant **out_handle, GError **error)
{
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	gboolean standard_input = g_str_equal(path, "-");
	gint descriptor = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	gint index = -1;

	if (descriptor < 0) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("{0}: {1}."), path,
			     g_strerror(errno), NULL);
		return NULL;
	}
	index = g_unix_fd_list_append(list, descriptor, error);
	if (!standard_input)
		close(descriptor);
	if (index < 0)
		return NULL;
	*out_handle = g_variant_new_handle(index);
	return g_steal_pointer(&list);
}

static void
show_job(Follow *follow)
{
	g_autofree gchar *text = NULL;

	if (follow->text != NULL) {
		text = follow->text(follow->job, follow->text_data);
	} else {
		const gchar *phase = cm_dbus_job_get_phase(follow->job);

		text = cm_message_localize(phase != NULL ? phase : "");
	}
	cm_terminal_show_progress(follow->progress, cm_dbus_job_get_progress(follow->job), text);
}

static void
update_follow(Follow *follow)
{
	const gchar *state = cm_dbus_job_get_state(follow->job);
	g_autofree gchar *owner = g_dbus_proxy_get_name_owner(G_DBUS_PROXY(follow->job));

	follow->vanished = owner == NULL;
	follow->finished = g_strcmp0(state, "running") != 0;
	if (!follow->finished && !follow->vanished)
		show_job(follow);
}

static void
on_properties_changed(GDBusProxy *proxy, GVariant *changed, GStrv invalidated, gpointer user_data)
{
	update_follow(user_data);
}

static void
on_owner_changed(GObject *object, GParamSpec *property, gpointer user_data)
{
	update_follow(user_data);
}

/* Ctrl-C: once ends early with what there is, twice leaves nothing */
static gboolean
on_interrupt(gpointer user_data)
{
	Follow *follow = user_data;

	follow->interrupts++;
	if (follow->interrupts == 1) {
		/* only a search has something to keep */
		cm_report_note(
		    follow->text != NULL
			? N_("\nStopping and keeping what there is. Press Ctrl-C again to "
			     "abandon it.")
			: N_("\nStopping; nothing will be changed."),
		    NULL);
		cm_dbus_job_call_stop(follow->job, NULL, NULL, NULL);
	} else if (follow->interrupts == 2) {
		cm_dbus_job_call_cancel(follow->job, NULL, NULL, NULL);
	}
	return G_SOURCE_CONTINUE;
}

static void
run_until_finished(Follow *follow)
{
	guint sigint = g_unix_signal_add(SIGINT, on_interrupt, follow);
	gulong changed = g_signal_connect(follow->job, "g-properties-changed",
					  G_CALLBACK(on_properties_changed), follow);
	gulong owner = g_signal_connect(follow->job, "notify::g-name-owner",
					G_CALLBACK(on_owner_changed), follow);

	update_follow(follow);
	while (!follow->finished && !follow->vanished)
		g_main_context_iteration(NULL, TRUE);
	g_signal_handler_disconnect(follow->job, owner);
	g_signal_handler_disconnect(follow->job, changed);
	g_source_remove(sigint);
}

CmDBusJob *
cm_client_follow_job(GDBusConnection *bus,
		     const gchar *path,
		     CmClientJobText text,
		     gpointer user_data,
		     GError **error)
{
	g_autoptr(CmDBusJob) job = NULL;
	Follow follow = {.text = text, .text_data = user_data};

	job = cm_dbus_job_proxy_new_sync(bus, G_DBUS_PROXY_FLAGS_NONE, CM_BUS_NAME, path, NULL,
					 error);
	if (job == NULL)
		return NULL;
	follow.job = job;
	follow.progress = cm_terminal_new_progress();
	run_until_finished(&follow);
	cm_terminal_free_progress(follow.progress);
	if (!follow.finished) {
		cm_error_set(
		    error, CM_ERROR_FAILED,
		    N_("The service stopped before the work was done; nothing was changed."), NULL);
		return NULL;
	}
	return g_steal_pointer(&job);
}

/* the error that a failed job tells, as if the method had returned it */
static void
set_job_error(CmDBusJob *job, GError **error)
{
	const gchar *name = cm_dbus_job_get_error_name(job);
	const gchar *message = cm_dbus_job_get_error_message(job);
	g_autoptr(GError) remote = NULL;

	/* registers our error names */
	(void)CM_ERROR;
	remote = g_dbus_error_new_for_dbus_error(name != NULL ? name : "",
						 message != NULL ? message : "");
	g_dbus_error_strip_remote_error(remote);
	g_propagate_error(error, g_steal_pointer(&remote));
}

CmClientJobEnd
cm_client_check_job(CmDBusJob *job, GError **error)
{
	const gchar *state = cm_dbus_job_get_state(job);

	if (g_strcmp0(state, "succeeded") == 0)
		return CM_CLIENT_JOB_SUCCEEDED;
	if (g_strcmp0(state, "cancelled") == 0) {
		cm_error_set(error, CM_ERROR_CANCELLED, N_("Abandoned: nothing was changed."),
			     NULL);
		return CM_CLIENT_JOB_CANCELLED;
	}
	set_job_error(job, error);
	return CM_CLIENT_JOB_FAILED;
}

gboolean
cm_client_report_problems(CmDBusJob *job, const gchar *file)
{
	GVariant *problems = cm_dbus_job_get_problems(job);
	g_autoptr(CmFaults) faults = cm_faults_new();
	GVariantIter iter;
	guint line = 0;
	const gchar *path = NULL;
	const gchar *message = NULL;

	if (problems == NULL || g_variant_n_children(problems) == 0)
		return FALSE;
	g_variant_iter_init(&iter, problems);
	while (g_variant_iter_next(&iter, "(u&s&s)", &line, &path, &message))
		cm_faults_add_message(faults, NULL, line, path, message);
	cm_report_faults(faults, g_str_equal(file, "-") ? NULL : file);
	if (cm_dbus_job_get_problems_left_out(job) > 0) {
		g_autofree gchar *more =
		    g_strdup_printf("%u", cm_dbus_job_get_problems_left_out(job));

		cm_report_note(N_("… and {0} more"), more, NULL);
	}
	return TRUE;
}

void
cm_client_release_job(CmDBusJob *job)
{
	(void)cm_dbus_job_call_release_sync(job, NULL, NULL);
}
