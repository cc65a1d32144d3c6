// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/visio-configuration.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define GROUP CM_VISIO_CONFIGURATION_GROUP
#define PREFIX CM_VISIO_CONFIGURATION_PREFIX
#define TEXT_MAX 200
#define SERVERS_MAX 8
#define URL_MAX 1024
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-"
#define DEFAULT_AUDIENCE "jitsi"
#define DEFAULT_TITLE "comodal"

/* One group that is being read. */
typedef struct {
	CmPolicyFile *file;
	const gchar *group;
	CmProviderSettings *settings;
} Reading;

static CmProviderSettings *
settings_new(const gchar *name, CmProviderKind kind)
{
	CmProviderSettings *settings = g_new0(CmProviderSettings, 1);

	settings->name = g_strdup(name);
	settings->kind = kind;
	settings->checksum = G_CHECKSUM_SHA256;
	return settings;
}

static void
add(CmVisioConfiguration *configuration, CmProviderSettings *settings)
{
	g_hash_table_insert(configuration->providers, settings->name, settings);
}

static void
free_settings(gpointer data)
{
	cm_provider_free_settings(data);
}

CmVisioConfiguration *
cm_visio_configuration_new(const gchar *phone)
{
	static const gchar *const order[] = {"builtin", NULL};
	CmVisioConfiguration *configuration = g_new0(CmVisioConfiguration, 1);
	CmProviderSettings *last = settings_new("phone", CM_PROVIDER_PHONE);

	configuration->providers =
	    g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_settings);
	configuration->order = g_strdupv((gchar **)order);
	last->phone = g_strdup(phone);
	add(configuration, settings_new("builtin", CM_PROVIDER_BUILTIN));
	add(configuration, last);
	return configuration;
}

void
cm_visio_configuration_free(CmVisioConfiguration *configuration)
{
	if (configuration == NULL)
		return;
	g_hash_table_unref(configuration->providers);
	g_strfreev(configuration->order);
	g_free(configuration);
}

const CmProviderSettings *
cm_visio_configuration_find(const CmVisioConfiguration *configuration, const gchar *name)
{
	return g_hash_table_lookup(configuration->providers, name);
}

/* ---- texts and addresses */

static gboolean
is_line(const gchar *text, gsize max)
{
	for (const gchar *p = text; *p != '\0'; p++) {
		if (g_ascii_iscntrl(*p))
			return FALSE;
	}
	return strlen(text) <= max;
}

static void
take_line(const Reading *reading, const gchar *key, gchar **out_text)
{
	g_autofree gchar *text = cm_policy_file_take_string(reading->file, reading->group, key);

	if (text == NULL)
		return;
	if (is_line(text, TEXT_MAX))
		*out_text = g_steal_pointer(&text);
	else
		cm_policy_file_fault(reading->file, reading->group, key,
				     N_("One line of at most 200 bytes is expected here."), NULL);
}

/* `schemes`: ended by NULL */
static gboolean
is_address(const gchar *text, const gchar *const *schemes)
{
	g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);

	return uri != NULL && is_line(text, URL_MAX) && strpbrk(text, " \"<>\\") == NULL &&
	       g_strv_contains(schemes, g_uri_get_scheme(uri)) && g_uri_get_host(uri) != NULL &&
	       *g_uri_get_host(uri) != '\0' && g_uri_get_userinfo(uri) == NULL &&
	       g_uri_get_fragment(uri) == NULL;
}

/* an address of a server, without a slash at its end */
static gchar *
take_address(const Reading *reading,
	     const gchar *key,
	     const gchar *scheme,
	     const gchar *open_scheme)
{
	gboolean inside = reading->settings->private_network;
	const gchar *const schemes[] = {scheme, inside ? open_scheme : NULL, NULL};
	g_autofree gchar *text = cm_policy_file_take_string(reading->file, reading->group, key);

	if (text == NULL)
		return NULL;
	if (!is_address(text, schemes) || strchr(text, '?') != NULL) {
		cm_policy_file_fault(
		    reading->file, reading->group, key,
		    N_("An address that begins with {0}:// is expected here; {1}:// is only "
		       "taken with PrivateNetwork=true, where there is one."),
		    scheme, open_scheme != NULL ? open_scheme : "…", NULL);
		return NULL;
	}
	while (g_str_has_suffix(text, "/"))
		text[strlen(text) - 1] = '\0';
	return g_steal_pointer(&text);
}

static void
need(const Reading *reading, const gchar *key, gboolean there)
{
	if (!there && cm_policy_file_get_line(reading->file, reading->group, key) == 0)
		cm_policy_file_fault(reading->file, reading->group, NULL,
				     N_("This provider needs {0}=."), key, NULL);
}

/* ---- secrets */

static void
fault_secret(const Reading *reading, const gchar *key, const gchar *credential, const GError *error)
{
	gboolean named = cm_policy_file_get_line(reading->file, reading->group, key) != 0;
	const gchar *place = named ? key : NULL;

	if (cm_error_is(error, CM_ERROR_NOT_FOUND) && !named)
		cm_policy_file_fault(reading->file, reading->group, place,
				     N_("This provider needs {0}=, or the credential {1}."), key,
				     credential, NULL);
	else if (cm_error_is(error, CM_ERROR_NOT_FOUND))
		cm_policy_file_fault(reading->file, reading->group, place,
				     N_("There is no such file, or it can't be opened."), NULL);
	else if (cm_error_is(error, CM_ERROR_KEY))
		cm_policy_file_fault(
		    reading->file, reading->group, place,
		    N_("Others can read this secret; the file's mode must be 0600."), NULL);
	else
		cm_policy_file_fault(reading->file, reading->group, place,
				     N_("This file is to hold one line with the secret, or, with "
					"KeyId, a private key in PEM without a passphrase."),
				     NULL);
}

/* NULL: there is none, or, with a fault, it can't be read */
static CmSecret *
take_secret(const Reading *reading, const gchar *key, const gchar *suffix, gboolean needed)
{
	g_autofree gchar *path = cm_policy_file_take_string(reading->file, reading->group, key);
	g_autofree gchar *credential =
	    g_strconcat(CM_VISIO_CONFIGURATION_CREDENTIAL, reading->settings->name, suffix, NULL);
	g_autoptr(GError) error = NULL;
	CmSecret *secret = NULL;

	if (path != NULL && !g_path_is_absolute(path)) {
		cm_policy_file_fault(reading->file, reading->group, key,
				     N_("A whole path is expected here."), NULL);
		return NULL;
	}
	secret = reading->settings->key_id != NULL ? cm_secret_load_key(path, credential, &error)
						   : cm_secret_load(path, credential, &error);
	if (secret == NULL && (needed || path != NULL || !cm_error_is(error, CM_ERROR_NOT_FOUND)))
		fault_secret(reading, key, credential, error);
	return secret;
}

/* ---- each kind */

static gchar **
take_servers(const Reading *reading, const gchar *key, const gchar *scheme, const gchar *tls_scheme)
{
	g_auto(GStrv) servers = cm_policy_file_take_list(reading->file, reading->group, key);

	for (guint i = 0; servers != NULL && servers[i] != NULL; i++) {
		if (i < SERVERS_MAX && is_line(servers[i], TEXT_MAX) &&
		    strpbrk(servers[i], " \"<>\\@/") == NULL &&
		    (g_str_has_prefix(servers[i], scheme) ||
		     g_str_has_prefix(servers[i], tls_scheme)))
			continue;
		cm_policy_file_fault(reading->file, reading->group, key,
				     N_("At most 8 servers as {0}host:port are expected here."),
				     scheme, NULL);
		return NULL;
	}
	return g_steal_pointer(&servers);
}

static void
take_ice(const Reading *reading)
{
	CmProviderSettings *settings = reading->settings;
	gint relay = FALSE;

	settings->stun = take_servers(reading, "Stun", "stun:", "stuns:");
	settings->turn = take_servers(reading, "Turn", "turn:", "turns:");
	settings->turn_secret =
	    take_secret(reading, "TurnSecretFile", "-turn", settings->turn != NULL);
	(void)cm_policy_file_take_flag(reading->file, reading->group, "RelayOnly", &relay);
	settings->relay_only = relay;
	if (relay && settings->turn == NULL)
		cm_policy_file_fault(reading->file, reading->group, "RelayOnly",
				     N_("There is no Turn= that could relay."), NULL);
}

static void
take_jitsi(const Reading *reading)
{
	CmProviderSettings *settings = reading->settings;
	g_autoptr(GUri) uri = NULL;

	settings->url = take_address(reading, "Url", "https", NULL);
	take_line(reading, "AppId", &settings->app_id);
	take_line(reading, "KeyId", &settings->key_id);
	take_line(reading, "Domain", &settings->domain);
	take_line(reading, "Audience", &settings->audience);
	settings->secret = take_secret(reading, "SecretFile", "", TRUE);
	need(reading, "Url", settings->url != NULL);
	need(reading, "AppId", settings->app_id != NULL);
	if (settings->url != NULL && settings->domain == NULL) {
		uri = g_uri_parse(settings->url, G_URI_FLAGS_NONE, NULL);
		settings->domain = g_strdup(g_uri_get_host(uri));
	}
	if (settings->audience == NULL)
		settings->audience = g_strdup(DEFAULT_AUDIENCE);
}

static void
take_checksum(const Reading *reading)
{
	static const struct {
		const gchar *name;
		GChecksumType type;
	} types[] = {{"sha1", G_CHECKSUM_SHA1},
		     {"sha256", G_CHECKSUM_SHA256},
		     {"sha384", G_CHECKSUM_SHA384},
		     {"sha512", G_CHECKSUM_SHA512}};
	g_autofree gchar *name =
	    cm_policy_file_take_string(reading->file, reading->group, "Checksum");

	for (guint i = 0; name != NULL && i < G_N_ELEMENTS(types); i++) {
		if (g_str_equal(name, types[i].name)) {
			reading->settings->checksum = types[i].type;
			return;
		}
	}
	if (name != NULL)
		cm_policy_file_fault(reading->file, reading->group, "Checksum",
				     N_("sha1, sha256, sha384 or sha512 is expected here."), NULL);
}

static void
take_bbb(const Reading *reading)
{
	CmProviderSettings *settings = reading->settings;
	g_autofree gchar *url = take_address(reading, "Url", "https", "http");

	/* as bbb-conf --secret prints it, or with the folder of the API */
	if (url != NULL)
		settings->url =
		    g_str_has_suffix(url, "/api") ? g_strdup(url) : g_strconcat(url, "/api", NULL);
	take_checksum(reading);
	take_line(reading, "Title", &settings->title);
	if (settings->title == NULL)
		settings->title = g_strdup(DEFAULT_TITLE);
	if (g_utf8_strlen(settings->title, -1) < 2 || g_utf8_strlen(settings->title, -1) > 64)
		cm_policy_file_fault(reading->file, reading->group, "Title",
				     N_("2 to 64 characters are expected here."), NULL);
	settings->secret = take_secret(reading, "SecretFile", "", TRUE);
	need(reading, "Url", url != NULL);
}

static void
take_janus(const Reading *reading)
{
	CmProviderSettings *settings = reading->settings;

	settings->url = take_address(reading, "Url", "https", "http");
	settings->socket = take_address(reading, "Socket", "wss", "ws");
	settings->secret = take_secret(reading, "SecretFile", "", TRUE);
	settings->room_key = take_secret(reading, "RoomKeyFile", "-room", FALSE);
	settings->token_key = take_secret(reading, "TokenKeyFile", "-token", TRUE);
	take_ice(reading);
	need(reading, "Url", settings->url != NULL);
	need(reading, "Socket", settings->socket != NULL);
}

static gboolean
is_room(const gchar *text)
{
	static const gchar *const schemes[] = {"https", NULL};

	/* Zoom's has what lets in behind a question mark */
	return text != NULL && is_address(text, schemes);
}

static void
take_own_room(const Reading *reading, const gchar *key)
{
	g_autofree gchar *id = NULL;
	g_autofree gchar *url = NULL;

	if (!g_str_has_prefix(key, "Room[") || !g_str_has_suffix(key, "]"))
		return;
	url = cm_policy_file_take_string(reading->file, reading->group, key);
	if (!is_room(url)) {
		cm_policy_file_fault(reading->file, reading->group, key,
				     N_("An address as https://… is expected here."), NULL);
		return;
	}
	id = g_strndup(key + strlen("Room["), strlen(key) - strlen("Room[") - 1);
	g_hash_table_insert(reading->settings->rooms, g_steal_pointer(&id), g_steal_pointer(&url));
}

static void
take_fixed(const Reading *reading)
{
	CmProviderSettings *settings = reading->settings;
	g_auto(GStrv) keys = cm_policy_file_list_keys(reading->file, reading->group);
	g_autofree gchar *room = cm_policy_file_take_string(reading->file, reading->group, "Room");

	if (room != NULL && !is_room(room))
		cm_policy_file_fault(reading->file, reading->group, "Room",
				     N_("An address as https://… is expected here."), NULL);
	settings->room = g_steal_pointer(&room);
	settings->rooms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (guint i = 0; keys[i] != NULL; i++)
		take_own_room(reading, keys[i]);
	if (settings->room == NULL && g_hash_table_size(settings->rooms) == 0)
		cm_policy_file_fault(reading->file, reading->group, NULL,
				     N_("This provider needs {0}=."), "Room", NULL);
}

/* ---- a group */

static gboolean
take_kind(CmPolicyFile *file, const gchar *group, const gchar *name, CmProviderKind *out_kind)
{
	g_autofree gchar *type = cm_policy_file_take_string(file, group, "Type");

	if (cm_provider_kind_from_string(type != NULL ? type : name, out_kind) &&
	    *out_kind != CM_PROVIDER_PHONE)
		return TRUE;
	cm_policy_file_fault(file, group, "Type",
			     N_("builtin, jitsi, bbb, janus or fixed is expected here."), NULL);
	return FALSE;
}

static void
take_provider(const Reading *reading)
{
	gint inside = FALSE;

	(void)cm_policy_file_take_flag(reading->file, reading->group, "PrivateNetwork", &inside);
	reading->settings->private_network = inside;
	switch (reading->settings->kind) {
	case CM_PROVIDER_JITSI:
		take_jitsi(reading);
		break;
	case CM_PROVIDER_BBB:
		take_bbb(reading);
		break;
	case CM_PROVIDER_JANUS:
		take_janus(reading);
		break;
	case CM_PROVIDER_FIXED:
		take_fixed(reading);
		break;
	case CM_PROVIDER_BUILTIN:
		take_ice(reading);
		break;
	case CM_PROVIDER_PHONE:
	case CM_PROVIDER_KIND_LAST:
	default:
		break;
	}
	cm_policy_file_reject_rest(reading->file, reading->group);
}

static void
take_group(CmVisioConfiguration *configuration, CmPolicyFile *file, const gchar *group)
{
	const gchar *name = group + strlen(PREFIX);
	gsize length = strspn(name, NAME_CHARACTERS);
	CmProviderKind kind = CM_PROVIDER_BUILTIN;
	Reading reading = {.file = file, .group = group};

	if (length == 0 || name[length] != '\0' || length > CM_PROVIDER_NAME_MAX ||
	    g_str_equal(name, "phone")) {
		cm_policy_file_fault(file, group, NULL,
				     N_("The name of a provider is of 1 to 32 characters a-z, 0-9 "
					"and -, and not “phone”."),
				     NULL);
		return;
	}
	if (!take_kind(file, group, name, &kind))
		return;
	if (g_hash_table_size(configuration->providers) > CM_VISIO_CONFIGURATION_PROVIDERS_MAX) {
		cm_policy_file_fault(file, group, NULL, N_("There are too many providers."), NULL);
		return;
	}
	reading.settings = settings_new(name, kind);
	take_provider(&reading);
	g_hash_table_remove(configuration->providers, name);
	add(configuration, reading.settings);
}

static void
take_order(CmVisioConfiguration *configuration, CmPolicyFile *file)
{
	g_auto(GStrv) order = cm_policy_file_take_list(file, GROUP, "Providers");

	for (guint i = 0; order != NULL && order[i] != NULL; i++) {
		if (g_hash_table_contains(configuration->providers, order[i]) &&
		    !g_str_equal(order[i], "phone"))
			continue;
		cm_policy_file_fault(file, GROUP, "Providers",
				     N_("There is no group [Provider {0}]."), order[i], NULL);
		return;
	}
	if (order == NULL)
		return;
	g_strfreev(configuration->order);
	configuration->order = g_steal_pointer(&order);
}

CmVisioConfiguration *
cm_visio_configuration_take(CmPolicyFile *file, const gchar *phone)
{
	CmProviderSettings *last = NULL;
	CmVisioConfiguration *configuration = cm_visio_configuration_new(phone);
	Reading reading = {.file = file, .group = GROUP};
	g_autofree gchar *number = NULL;

	for (const gchar *const *group = cm_policy_file_get_groups(file); *group != NULL; group++) {
		if (g_str_has_prefix(*group, PREFIX))
			take_group(configuration, file, *group);
	}
	take_order(configuration, file);
	take_line(&reading, "Phone", &number);
	last = g_hash_table_lookup(configuration->providers, "phone");
	if (number != NULL) {
		g_free(last->phone);
		last->phone = g_steal_pointer(&number);
	}
	return configuration;
}
