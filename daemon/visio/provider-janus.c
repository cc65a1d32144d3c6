// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/provider-private.h"
#include "daemon/visio/turn-credential.h"

#define PLUGIN "janus.plugin.videoroom"
#define PUBLISHERS_MAX 16
/* codes of the plugin (janus_videoroom.c), and of Janus itself */
#define ERROR_NO_SUCH_ROOM "426"
#define ERROR_ROOM_EXISTS "427"
#define ERROR_UNAUTHORIZED "433"
#define ERROR_NO_KEY "429"
#define ERROR_NO_SECRET "403"

static void
janus_invent(const CmProviderSettings *settings,
	     const CmProviderSession *session,
	     JsonObject *facts)
{
	g_autofree gchar *room = cm_provider_make_random();
	g_autofree gchar *secret = cm_provider_make_random();

	json_object_set_string_member(facts, "room", room);
	json_object_set_string_member(facts, "secret", secret);
}

static JsonObject *
make_request(JsonObject *facts, const gchar *verb)
{
	JsonObject *request = json_object_new();

	json_object_set_string_member(request, "request", verb);
	json_object_set_string_member(request, "room", cm_provider_get_fact(facts, "room"));
	json_object_set_string_member(request, "secret", cm_provider_get_fact(facts, "secret"));
	return request;
}

/* takes the request; asked of the plugin by the admin API, which needs no session */
static CmProviderCall *
make_call(const CmProviderSettings *settings, JsonObject *request)
{
	CmProviderCall *call = g_new0(CmProviderCall, 1);
	g_autofree gchar *transaction = cm_provider_make_random();
	g_autoptr(JsonObject) message = json_object_new();
	g_autoptr(JsonNode) root = json_node_alloc();

	json_object_set_string_member(message, "janus", "message_plugin");
	json_object_set_string_member(message, "transaction", transaction);
	json_object_set_string_member(message, "admin_secret", cm_secret_get(settings->secret));
	json_object_set_string_member(message, "plugin", PLUGIN);
	json_object_set_object_member(message, "request", request);
	json_node_init_object(root, message);
	call->url = g_strdup(settings->url);
	call->type = "application/json";
	call->body = json_to_string(root, FALSE);
	return call;
}

static CmProviderCall *
janus_make_open(const CmProviderSettings *settings, JsonObject *facts)
{
	JsonObject *request = make_request(facts, "create");

	if (settings->room_key != NULL)
		json_object_set_string_member(request, "admin_key",
					      cm_secret_get(settings->room_key));
	json_object_set_boolean_member(request, "is_private", TRUE);
	json_object_set_boolean_member(request, "signed_tokens", TRUE);
	json_object_set_boolean_member(request, "require_pvtid", TRUE);
	json_object_set_boolean_member(request, "permanent", FALSE);
	json_object_set_boolean_member(request, "record", FALSE);
	json_object_set_int_member(request, "publishers", PUBLISHERS_MAX);
	return make_call(settings, request);
}

static const gchar *
get_value(GHashTable *values, const gchar *name)
{
	const gchar *value = g_hash_table_lookup(values, name);

	return value != NULL ? value : "";
}

static CmProviderOutcome
janus_read_open(GHashTable *values, JsonObject *facts, const gchar **out_cause)
{
	const gchar *code = get_value(values, "response.error_code");

	if (g_str_equal(get_value(values, "response.videoroom"), "created"))
		return CM_PROVIDER_RENEWED;
	/* its answer says success all the same */
	if (g_str_equal(code, ERROR_ROOM_EXISTS))
		return CM_PROVIDER_READY;
	if (g_str_equal(code, ERROR_NO_KEY) || g_str_equal(code, ERROR_UNAUTHORIZED) ||
	    g_str_equal(get_value(values, "error.code"), ERROR_NO_SECRET)) {
		*out_cause = "keys";
		return CM_PROVIDER_FAILED;
	}
	*out_cause = *get_value(values, "janus") != '\0' ? "refused" : "garbage";
	return *get_value(values, "janus") != '\0' ? CM_PROVIDER_FAILED : CM_PROVIDER_RETRY;
}

static CmProviderCall *
janus_make_close(const CmProviderSettings *settings, JsonObject *facts)
{
	return make_call(settings, make_request(facts, "destroy"));
}

static gboolean
janus_read_close(GHashTable *values)
{
	return *get_value(values, "janus") != '\0';
}

/* "EXPIRY,REALM,DESCRIPTOR:SIGNATURE", as auth.c of Janus reads it */
static gchar *
make_token(const CmProviderSettings *settings, gint64 until, const gchar *realm, const gchar *what)
{
	g_autofree gchar *text = g_strdup_printf("%" G_GINT64_FORMAT ",%s,%s", until, realm, what);
	g_autofree gchar *signature =
	    cm_turn_credential_sign(cm_secret_get(settings->token_key), text);

	return g_strconcat(text, ":", signature, NULL);
}

static gboolean
janus_add_entry(const CmProviderSettings *settings,
		const CmProviderSession *session,
		JsonObject *facts,
		const CmProviderPerson *person,
		gint64 now,
		JsonObject *entry,
		GError **error)
{
	const gchar *room = cm_provider_get_fact(facts, "room");
	g_autofree gchar *descriptor = g_strconcat("room=", room, NULL);
	g_autofree gchar *token = make_token(settings, session->closes, "janus", PLUGIN);
	g_autofree gchar *room_token = make_token(settings, session->closes, PLUGIN, descriptor);
	JsonObject *janus = json_object_new();

	json_object_set_string_member(janus, "socket", settings->socket);
	json_object_set_string_member(janus, "room", room);
	json_object_set_string_member(janus, "token", token);
	json_object_set_string_member(janus, "room_token", room_token);
	json_object_set_null_member(janus, "pin");
	json_object_set_object_member(entry, "janus", janus);
	cm_provider_add_ice(settings, facts, person->visit, session->closes, entry);
	cm_provider_add_no_recording(entry);
	return TRUE;
}

const CmProviderClass cm_provider_janus_class = {
    .invent = janus_invent,
    .make_open = janus_make_open,
    .read_open = janus_read_open,
    .make_close = janus_make_close,
    .read_close = janus_read_close,
    .add_entry = janus_add_entry,
};
