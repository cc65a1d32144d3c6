// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/bus/daemon.h"

#include "daemon/bus/attachment-keeper.h"
#include "daemon/bus/birthday-keeper.h"
#include "daemon/bus/courier-adaptor.h"
#include "daemon/bus/door-keeper.h"
#include "daemon/bus/gateway-adaptor.h"
#include "daemon/bus/purge-keeper.h"
#include "daemon/bus/reminder-keeper.h"
#include "daemon/bus/retention-keeper.h"
#include "daemon/bus/custody-keeper.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/inbox-adaptor.h"
#include "daemon/bus/notification.h"
#include "daemon/bus/outbox-keeper.h"
#include "daemon/bus/room-desk.h"
#include "daemon/bus/room-keeper.h"
#include "daemon/bus/service.h"
#include "daemon/policy/policy-loader.h"
#include "daemon/store/store-account.h"
#include "daemon/store/store-outbox.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <sodium.h>
#include <unistd.h>

#define SHEET_BYTES_MAX 65536

typedef struct {
	GMainLoop *loop;
	CmService *service;
	GDBusConnection *connection;
	gboolean stopping;
	gboolean owned; /* the name was ours */
	gboolean lost;  /* and another's now, or from the start */
} Daemon;

static gboolean
daemon_quit(gpointer user_data)
{
	Daemon *self = user_data;

	g_main_loop_quit(self->loop);
	return G_SOURCE_REMOVE;
}

static void
daemon_stop(Daemon *self, const gchar *why)
{
	if (self->stopping)
		return;
	self->stopping = TRUE;
	g_message("stopping: %s", why);
	cm_notification_stopping();
	cm_service_close(self->service, daemon_quit, self);
}

static gboolean
daemon_on_signal(gpointer user_data)
{
	daemon_stop(user_data, "asked to");
	return G_SOURCE_CONTINUE;
}

static void
daemon_on_closed(GDBusConnection *connection,
		 gboolean remote_vanished,
		 GError *error,
		 gpointer user_data)
{
	daemon_stop(user_data, "the bus went away");
}

static void
daemon_on_name_acquired(GDBusConnection *connection, const gchar *name, gpointer user_data)
{
	Daemon *self = user_data;

	self->owned = TRUE;
	g_message("ready, version %s", CM_VERSION);
	cm_notification_ready();
}

static void
daemon_on_name_lost(GDBusConnection *connection, const gchar *name, gpointer user_data)
{
	Daemon *self = user_data;

	/* a bus that goes away takes the name with it: that is the other signal's affair */
	if (connection != NULL && !g_dbus_connection_is_closed(connection))
		self->lost = TRUE;
	daemon_stop(self, "the name on the bus is another's");
}

static CmStore *
open_store(const CmSettings *settings, GError **error)
{
	g_autofree gchar *folder = g_path_get_dirname(settings->database);
	g_autoptr(CmServiceKey) key = cm_service_key_load(settings->key_file, folder, error);

	if (key == NULL)
		return NULL;
	return cm_store_open(settings->database, key, error);
}

static void
configure_outbox(CmStore *store, const CmConfiguration *configuration)
{
	const CmOutboxSettings settings = {.address = configuration->address,
					   .name = configuration->name,
					   .link_base = configuration->link_base,
					   .help_phone = configuration->help.phone,
					   .help_hours_fr = configuration->help.hours_fr,
					   .help_hours_en = configuration->help.hours_en,
					   .undo_seconds = configuration->undo_seconds};

	cm_store_set_clock(store, cm_clock_get_now);
	cm_store_outbox_set_settings(store, &settings);
}

static GDBusConnection *
connect_to_bus(const CmSettings *settings, GError **error)
{
	GBusType type = settings->session ? G_BUS_TYPE_SESSION : G_BUS_TYPE_SYSTEM;
	g_autoptr(GError) local = NULL;
	GDBusConnection *connection = g_bus_get_sync(type, NULL, &local);

	if (connection == NULL) {
		cm_error_set(error, CM_ERROR_FAILED, N_("There is no message bus: {0}."),
			     local->message, NULL);
		return NULL;
	}
	g_dbus_connection_set_exit_on_close(connection, FALSE);
	return connection;
}

static void
announce_due(gpointer user_data)
{
	cm_courier_adaptor_announce_due(((CmService *)user_data)->courier);
}

static void
announce_rooms(gpointer user_data)
{
	cm_courier_adaptor_announce_rooms(((CmService *)user_data)->courier);
}

static void
letter_settled(const CmStoreRecipient *recipient, gpointer user_data)
{
	cm_outbox_keeper_look_at(((CmService *)user_data)->outbox, recipient);
}

static void
mail_taken(const CmStoreInboxTaken *taken, gpointer user_data)
{
	cm_inbox_adaptor_announce(((CmService *)user_data)->connection, taken->number);
}

/* Where the socket can't be, comodald serves all the same: letters wait, and nothing else does. */
static void
serve_courier(CmService *service)
{
	const CmConfiguration *configuration = service->configuration;
	const CmCourierAdaptorSettings settings = {
	    .socket = configuration->socket,
	    .uid = configuration->courier_uid,
	    .inbox = {.address = configuration->address, .server = configuration->authserv_id},
	    .settled = letter_settled,
	    .taken = mail_taken,
	    .user_data = service};
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;

	if (!configuration->has_courier)
		return;
	service->courier = cm_courier_adaptor_new(service, &settings, &error);
	if (service->courier != NULL) {
		cm_room_desk_set_due(service->room_desk, announce_rooms, service);
		cm_outbox_keeper_set_due(service->outbox, announce_due, service);
		return;
	}
	text = cm_error_to_english(error);
	g_warning("no courier can come in: %s", text);
}

static void
room_changed(gint64 subject, gpointer user_data)
{
	cm_door_keeper_touch(((CmService *)user_data)->doors, subject);
}

/* The same of the gateway: people's pages are not there, and nothing else is amiss. */
static void
serve_gateway(CmService *service)
{
	const CmConfiguration *configuration = service->configuration;
	const CmGatewayAdaptorSettings settings = {.socket = configuration->gateway_socket,
						   .uid = configuration->gateway_uid};
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;

	if (!configuration->has_gateway)
		return;
	service->gateway = cm_gateway_adaptor_new(service, &settings, &error);
	if (service->gateway != NULL)
		return;
	text = cm_error_to_english(error);
	g_warning("no gateway can come in: %s", text);
}

static gboolean
daemon_open(Daemon *self, const CmSettings *settings, CmFaults *faults, GError **error)
{
	const gchar *const *directories = (const gchar *const *)settings->policies;
	g_autoptr(CmPolicySet) policies = cm_policy_loader_load(directories, faults, error);
	g_autoptr(CmConfiguration) configuration = NULL;
	CmStore *store = NULL;

	if (policies == NULL)
		return FALSE;
	configuration =
	    cm_configuration_load(settings->configuration, settings->session, faults, error);
	if (configuration == NULL)
		return FALSE;
	store = open_store(settings, error);
	if (store == NULL)
		return FALSE;
	configure_outbox(store, configuration);
	self->connection = connect_to_bus(settings, error);
	if (self->connection == NULL) {
		cm_store_close(store);
		return FALSE;
	}
	self->service = cm_service_new(self->connection, store, policies, directories,
				       settings->audit_heads, settings->session, error);
	if (self->service == NULL)
		return FALSE;
	cm_configuration_free(self->service->configuration);
	self->service->configuration = g_steal_pointer(&configuration);
	self->service->birthday_days = settings->birthday_days;
	self->service->birthdays = cm_birthday_keeper_new(self->service);
	self->service->outbox = cm_outbox_keeper_new(self->service);
	serve_courier(self->service);
	self->service->rooms = cm_room_keeper_new(self->service);
	cm_room_keeper_set_changed(self->service->rooms, room_changed, self->service);
	serve_gateway(self->service);
	self->service->reminders = cm_reminder_keeper_new(self->service);
	self->service->custody = cm_custody_keeper_new(self->service);
	self->service->purges = cm_purge_keeper_new(self->service);
	self->service->attachments = cm_attachment_keeper_new(self->service);
	self->service->retention = cm_retention_keeper_new(self->service);
	return TRUE;
}

static void
daemon_run(Daemon *self)
{
	gulong closed =
	    g_signal_connect(self->connection, "closed", G_CALLBACK(daemon_on_closed), self);
	guint name = g_bus_own_name_on_connection(
	    self->connection, CM_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
	    daemon_on_name_acquired, daemon_on_name_lost, self, NULL);

	g_main_loop_run(self->loop);
	g_signal_handler_disconnect(self->connection, closed);
	g_bus_unown_name(name);
}

static void
daemon_clear(Daemon *self)
{
	cm_service_free(self->service);
	if (self->connection != NULL) {
		/* what was said last is heard; a bus that is gone hears nothing */
		(void)g_dbus_connection_flush_sync(self->connection, NULL, NULL);
		g_object_unref(self->connection);
	}
	g_main_loop_unref(self->loop);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Daemon, daemon_clear)

gboolean
cm_daemon_serve(const CmSettings *settings, CmFaults *faults, GError **error)
{
	g_auto(Daemon) self = {.loop = g_main_loop_new(NULL, FALSE)};
	/* from the first: a signal that comes while the database is opened waits for the loop */
	guint signals[] = {g_unix_signal_add(SIGTERM, daemon_on_signal, &self),
			   g_unix_signal_add(SIGINT, daemon_on_signal, &self)};
	gboolean opened = daemon_open(&self, settings, faults, error);

	if (opened)
		daemon_run(&self);
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
		g_source_remove(signals[i]);
	if (!opened)
		return FALSE;
	if (self.lost) {
		cm_error_set(error, CM_ERROR_EXISTS,
			     self.owned ? N_("Another program took the name {0} on the bus.")
					: N_("Another program has the name {0} on the bus."),
			     CM_BUS_NAME, NULL);
		return FALSE;
	}
	return TRUE;
}

gboolean
cm_daemon_create_key(const CmSettings *settings, gchar **out_sheet, GError **error)
{
	g_autofree gchar *folder = g_path_get_dirname(settings->database);

	return cm_service_key_create(settings->key_file, folder, out_sheet, error);
}

/* no stream and no buffer that grows: what is read here is wiped whole */
static gboolean
read_sheet(gint fd, gchar *buffer, gsize size, GError **error)
{
	gsize length = 0;

	for (;;) {
		gssize count = read(fd, buffer + length, size - 1 - length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0) {
			cm_error_set(error, CM_ERROR_FAILED,
				     N_("The recovery sheet can't be read: {0}."),
				     g_strerror(errno), NULL);
			return FALSE;
		}
		length += (gsize)count;
		if (count == 0)
			break;
		if (length == size - 1) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("This is too long for a recovery sheet."), NULL);
			return FALSE;
		}
	}
	buffer[length] = '\0';
	return TRUE;
}

gboolean
cm_daemon_restore_key(const CmSettings *settings, gint fd, GError **error)
{
	g_autofree gchar *folder = g_path_get_dirname(settings->database);
	gchar *sheet = g_malloc0(SHEET_BYTES_MAX);
	gboolean ok = read_sheet(fd, sheet, SHEET_BYTES_MAX, error) &&
		      cm_service_key_restore(settings->key_file, folder, sheet, error);

	sodium_memzero(sheet, SHEET_BYTES_MAX);
	g_free(sheet);
	return ok;
}

gboolean
cm_daemon_set_up_administrator(const CmSettings *settings, GError **error)
{
	g_autoptr(CmStore) store = open_store(settings, error);
	gboolean made = FALSE;

	if (store == NULL ||
	    !cm_store_account_ensure_administrator(store, settings->administrator, &made, error))
		return FALSE;
	if (!made) {
		cm_error_set(error, CM_ERROR_EXISTS, N_("There is an administrator already."),
			     NULL);
		return FALSE;
	}
	return TRUE;
}
