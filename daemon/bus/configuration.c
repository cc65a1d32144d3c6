// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/configuration.h"

#include "daemon/bus/program-settings.h"
#include "daemon/store/store-purge.h"

#include <glib/gi18n.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#define ADDRESS_MAX                                                                                \
	200 /* octets; with a token after its local part it stays below what RFC 5321 allows */
#define LOCAL_PART_MAX 24 /* of 64: the rest is for the token */
#define LINK_BASE_MAX 200
#define MIB G_GUINT64_CONSTANT(1048576)

#define DEFAULT_ADDRESS "comodal@localhost"
#define DEFAULT_COURIER "comodal-courier"
#define DEFAULT_GATEWAY "comodal-gateway"

static const gchar *const groups[] = {
    "Mail",    "Links",   CM_HELP_LINE_GROUP,           "Door", "Attachments", "Backups",
    "Courier", "Gateway", CM_VISIO_CONFIGURATION_GROUP, NULL};

static gboolean
find_user(const gchar *name, guint32 *out_uid)
{
	guint64 number = 0;
	struct passwd entry = {0};
	struct passwd *found = NULL;
	gchar buffer[16384];

	if (g_ascii_string_to_unsigned(name, 10, 0, G_MAXUINT32 - 1, &number, NULL)) {
		*out_uid = (guint32)number;
		return TRUE;
	}
	if (getpwnam_r(name, &entry, buffer, sizeof buffer, &found) != 0 || found == NULL)
		return FALSE;
	*out_uid = entry.pw_uid;
	return TRUE;
}

CmConfiguration *
cm_configuration_new(gboolean session)
{
	CmConfiguration *configuration = g_new0(CmConfiguration, 1);

	configuration->visio = cm_visio_configuration_new(NULL);
	configuration->address = g_strdup(DEFAULT_ADDRESS);
	configuration->undo_seconds = CM_CONFIGURATION_UNDO_SECONDS;
	configuration->door_days = CM_CONFIGURATION_DOOR_DAYS;
	configuration->attachments_person_max = CM_CONFIGURATION_MIB_PERSON * MIB;
	configuration->attachments_total_max = CM_CONFIGURATION_MIB_TOTAL * MIB;
	if (session) {
		configuration->socket =
		    g_build_filename(g_get_user_runtime_dir(), "comodal", "courier.socket", NULL);
		configuration->courier_uid = getuid();
		configuration->has_courier = TRUE;
		configuration->gateway_socket =
		    g_build_filename(g_get_user_runtime_dir(), "comodal", "gateway.socket", NULL);
		configuration->gateway_uid = getuid();
		configuration->has_gateway = TRUE;
		return configuration;
	}
	configuration->socket = g_strdup("/run/comodal/courier.socket");
	configuration->has_courier = find_user(DEFAULT_COURIER, &configuration->courier_uid);
	configuration->gateway_socket = g_strdup("/run/comodal-gateway/gateway.socket");
	configuration->has_gateway = find_user(DEFAULT_GATEWAY, &configuration->gateway_uid);
	return configuration;
}

/* ---- reading */

/* an address of the plain kind: what stands in it goes into headers as it is */
static gboolean
is_plain_address(const gchar *text)
{
	const gchar *at = strchr(text, '@');

	if (at == NULL || at == text || at[1] == '\0' || at - text > LOCAL_PART_MAX ||
	    strlen(text) > ADDRESS_MAX || strchr(at + 1, '@') != NULL)
		return FALSE;
	for (const gchar *p = text; *p != '\0'; p++) {
		if (!g_ascii_isalnum(*p) && strchr("@.-_", *p) == NULL)
			return FALSE;
	}
	return TRUE;
}

static void
take_address(CmPolicyFile *file, gchar **out_address)
{
	g_autofree gchar *address = cm_policy_file_take_string(file, "Mail", "Address");

	if (address == NULL)
		return;
	if (!is_plain_address(address)) {
		cm_policy_file_fault(
		    file, "Mail", "Address",
		    N_("An address as suivis@css.example is expected here: at most 24 "
		       "characters before the @, and none but letters, digits, dots, "
		       "hyphens and underscores."),
		    NULL);
		return;
	}
	g_free(*out_address);
	*out_address = g_steal_pointer(&address);
}

/* without TLS only for browsers of this machine: a trial, tests */
static gboolean
is_link_scheme(GUri *uri)
{
	const gchar *scheme = g_uri_get_scheme(uri);
	const gchar *host = g_uri_get_host(uri);

	if (host == NULL || *host == '\0')
		return FALSE;
	return g_str_equal(scheme, "https") ||
	       (g_str_equal(scheme, "http") && g_str_equal(host, "127.0.0.1"));
}

static void
take_link_base(CmPolicyFile *file, gchar **out_base)
{
	g_autofree gchar *base = cm_policy_file_take_string(file, "Links", "Base");
	g_autoptr(GUri) uri = NULL;

	if (base == NULL)
		return;
	uri = g_uri_parse(base, G_URI_FLAGS_NONE, NULL);
	if (uri == NULL || !is_link_scheme(uri) || g_uri_get_query(uri) != NULL ||
	    g_uri_get_fragment(uri) != NULL || g_uri_get_userinfo(uri) != NULL ||
	    strlen(base) > LINK_BASE_MAX) {
		cm_policy_file_fault(
		    file, "Links", "Base",
		    N_("An address as https://suivis.css.example is expected here."), NULL);
		return;
	}
	while (g_str_has_suffix(base, "/"))
		base[strlen(base) - 1] = '\0';
	g_free(*out_base);
	*out_base = g_steal_pointer(&base);
}

static void
take_socket(CmPolicyFile *file, const gchar *group, gchar **out_socket)
{
	g_autofree gchar *path = cm_policy_file_take_string(file, group, "Socket");

	if (path == NULL)
		return;
	if (!g_path_is_absolute(path) || strlen(path) > CM_PROGRAM_SOCKET_MAX) {
		cm_policy_file_fault(file, group, "Socket",
				     N_("A whole path of at most 107 bytes is expected here."),
				     NULL);
		return;
	}
	g_free(*out_socket);
	*out_socket = g_steal_pointer(&path);
}

static void
take_user(CmPolicyFile *file, const gchar *group, gboolean *out_has, guint32 *out_uid)
{
	g_autofree gchar *name = cm_policy_file_take_string(file, group, "User");

	if (name == NULL)
		return;
	*out_has = find_user(name, out_uid);
	if (!*out_has)
		cm_policy_file_fault(file, group, "User",
				     N_("There is no user “{0}” on this computer."), name, NULL);
}

/* how much of attachments is kept */
static void
take_mebibytes(CmPolicyFile *file, const gchar *key, guint64 *inout_octets)
{
	gint mebibytes = (gint)(*inout_octets / MIB);

	if (cm_policy_file_take_number(file, "Attachments", key, 0, CM_CONFIGURATION_MIB_MAX,
				       &mebibytes))
		*inout_octets = (guint64)mebibytes * MIB;
}

static gboolean
take_all(CmPolicyFile *file, gpointer user_data, GError **error)
{
	CmConfiguration *configuration = user_data;
	gint undo = (gint)configuration->undo_seconds;
	gint days = (gint)configuration->door_days;
	gint backups = 0;

	take_address(file, &configuration->address);
	cm_policy_file_take_line(file, "Mail", "Name", &configuration->name);
	cm_policy_file_take_line(file, "Mail", "AuthservId", &configuration->authserv_id);
	if (cm_policy_file_take_number(file, "Mail", "UndoSeconds", 0,
				       CM_CONFIGURATION_UNDO_SECONDS_MAX, &undo))
		configuration->undo_seconds = (guint)undo;
	if (cm_policy_file_take_number(file, "Door", "KeepDays", CM_STORE_PURGE_DAYS_MIN,
				       CM_STORE_PURGE_DAYS_MAX, &days))
		configuration->door_days = (guint)days;
	take_mebibytes(file, "PerPersonMiB", &configuration->attachments_person_max);
	take_mebibytes(file, "InAllMiB", &configuration->attachments_total_max);
	if (cm_policy_file_take_number(file, "Backups", "KeepDays", 1,
				       CM_CONFIGURATION_BACKUP_DAYS_MAX, &backups))
		configuration->backup_days = (guint)backups;
	take_link_base(file, &configuration->link_base);
	cm_help_line_take(&configuration->help, file);
	cm_visio_configuration_free(configuration->visio);
	configuration->visio = cm_visio_configuration_take(file, configuration->help.phone);
	take_socket(file, "Courier", &configuration->socket);
	take_user(file, "Courier", &configuration->has_courier, &configuration->courier_uid);
	take_socket(file, "Gateway", &configuration->gateway_socket);
	take_user(file, "Gateway", &configuration->has_gateway, &configuration->gateway_uid);
	return TRUE;
}

CmConfiguration *
cm_configuration_load(const gchar *path, gboolean session, CmFaults *faults, GError **error)
{
	g_autoptr(CmConfiguration) configuration = cm_configuration_new(session);
	const CmProgramConfiguration where = {.named = path,
					      .usual = "comodald.conf",
					      .session = session,
					      .groups = groups,
					      .prefix = CM_VISIO_CONFIGURATION_PREFIX,
					      .take = take_all,
					      .user_data = configuration};

	return cm_program_settings_read(&where, faults, error) ? g_steal_pointer(&configuration)
							       : NULL;
}

void
cm_configuration_free(CmConfiguration *configuration)
{
	if (configuration == NULL)
		return;
	g_free(configuration->address);
	g_free(configuration->name);
	g_free(configuration->authserv_id);
	g_free(configuration->link_base);
	cm_help_line_clear(&configuration->help);
	g_free(configuration->socket);
	cm_visio_configuration_free(configuration->visio);
	g_free(configuration->gateway_socket);
	g_free(configuration);
}
