// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/provider.h"

#include "daemon/common/json-escape.h"
#include "daemon/visio/provider-private.h"
#include "daemon/visio/turn-credential.h"

#include <sodium.h>
#include <string.h>

#define RANDOM_BYTES 16
#define ALIAS_BYTES 16
#define SHA256_BYTES 32
#define STATUS_TOO_MANY 429
/* it was not asked in time: somebody else's haste */
#define STATUS_TIMEOUT 408

static const gchar *const kind_names[CM_PROVIDER_KIND_LAST] = {
    [CM_PROVIDER_BUILTIN] = "builtin", [CM_PROVIDER_JITSI] = "jitsi", [CM_PROVIDER_BBB] = "bbb",
    [CM_PROVIDER_JANUS] = "janus",     [CM_PROVIDER_FIXED] = "fixed", [CM_PROVIDER_PHONE] = "phone",
};

static const CmProviderClass *const classes[CM_PROVIDER_KIND_LAST] = {
    [CM_PROVIDER_BUILTIN] = &cm_provider_builtin_class,
    [CM_PROVIDER_JITSI] = &cm_provider_jitsi_class,
    [CM_PROVIDER_BBB] = &cm_provider_bbb_class,
    [CM_PROVIDER_JANUS] = &cm_provider_janus_class,
    [CM_PROVIDER_FIXED] = &cm_provider_fixed_class,
    [CM_PROVIDER_PHONE] = &cm_provider_phone_class,
};

const gchar *
cm_provider_kind_to_string(CmProviderKind kind)
{
	g_return_val_if_fail(kind < CM_PROVIDER_KIND_LAST, "");
	return kind_names[kind];
}

gboolean
cm_provider_kind_from_string(const gchar *text, CmProviderKind *out_kind)
{
	for (guint i = 0; i < CM_PROVIDER_KIND_LAST; i++) {
		if (g_strcmp0(text, kind_names[i]) == 0) {
			*out_kind = (CmProviderKind)i;
			return TRUE;
		}
	}
	return FALSE;
}

void
cm_provider_free_settings(CmProviderSettings *settings)
{
	if (settings == NULL)
		return;
	cm_secret_free(settings->secret);
	cm_secret_free(settings->room_key);
	cm_secret_free(settings->token_key);
	cm_secret_free(settings->turn_secret);
	g_clear_pointer(&settings->rooms, g_hash_table_unref);
	g_strfreev(settings->stun);
	g_strfreev(settings->turn);
	g_free(settings->name);
	g_free(settings->url);
	g_free(settings->app_id);
	g_free(settings->key_id);
	g_free(settings->domain);
	g_free(settings->audience);
	g_free(settings->title);
	g_free(settings->socket);
	g_free(settings->room);
	g_free(settings->phone);
	g_free(settings);
}

/* ---- what the kinds have in common */

static void
wipe(gchar *text)
{
	if (text != NULL)
		sodium_memzero(text, strlen(text));
	g_free(text);
}

void
cm_provider_call_free(CmProviderCall *call)
{
	if (call == NULL)
		return;
	wipe(call->url);
	wipe(call->body);
	g_free(call);
}

gchar *
cm_provider_make_random(void)
{
	guint8 octets[RANDOM_BYTES];
	gchar *text = g_malloc0(2 * sizeof octets + 1);

	randombytes_buf(octets, sizeof octets);
	sodium_bin2hex(text, 2 * sizeof octets + 1, octets, sizeof octets);
	return text;
}

const gchar *
cm_provider_get_fact(JsonObject *facts, const gchar *name)
{
	const gchar *text = json_object_get_string_member_with_default(facts, name, "");

	return text != NULL ? text : "";
}

gchar *
cm_provider_derive_alias(JsonObject *facts, const gchar *purpose, gint64 visit)
{
	const gchar *key = cm_provider_get_fact(facts, "key");
	g_autofree gchar *text = g_strdup_printf("%s %" G_GINT64_FORMAT, purpose, visit);
	GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, (const guint8 *)key, strlen(key));
	gchar
	    alias[sodium_base64_ENCODED_LEN(ALIAS_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
	guint8 digest[SHA256_BYTES];
	gsize length = sizeof digest;

	g_hmac_update(hmac, (const guint8 *)text, (gssize)strlen(text));
	g_hmac_get_digest(hmac, digest, &length);
	g_hmac_unref(hmac);
	sodium_bin2base64(alias, sizeof alias, digest, ALIAS_BYTES,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return g_strdup(alias);
}

void
cm_provider_add_no_recording(JsonObject *entry)
{
	JsonArray *codes = json_array_new();

	json_array_add_string_element(codes, "no-recording");
	json_object_set_array_member(entry, "privacy", codes);
}

static void
add_server(JsonArray *servers, gchar **urls, const CmTurnCredential *credential)
{
	JsonArray *list = json_array_new();
	JsonObject *server = json_object_new();

	for (guint i = 0; urls[i] != NULL; i++)
		json_array_add_string_element(list, urls[i]);
	json_object_set_array_member(server, "urls", list);
	if (credential != NULL) {
		json_object_set_string_member(server, "username", credential->username);
		json_object_set_string_member(server, "credential", credential->credential);
	}
	json_array_add_object_element(servers, server);
}

void
cm_provider_add_ice(const CmProviderSettings *settings,
		    JsonObject *facts,
		    gint64 visit,
		    gint64 until,
		    JsonObject *entry)
{
	JsonArray *servers = json_array_new();
	g_autofree gchar *alias = cm_provider_derive_alias(facts, "turn", visit);
	g_autoptr(CmTurnCredential) credential = NULL;

	if (settings->stun != NULL)
		add_server(servers, settings->stun, NULL);
	if (settings->turn != NULL && settings->turn_secret != NULL) {
		credential =
		    cm_turn_credential_new(cm_secret_get(settings->turn_secret), alias, until);
		add_server(servers, settings->turn, credential);
	}
	json_object_set_array_member(entry, "ice", servers);
	json_object_set_string_member(entry, "ice_policy", settings->relay_only ? "relay" : "all");
}

/* ---- what is asked of all */

static const CmProviderClass *
get_class(const CmProviderSettings *settings)
{
	return classes[settings->kind];
}

gboolean
cm_provider_fits(const CmProviderSettings *settings, const CmProviderSession *session)
{
	const CmProviderClass *class = get_class(settings);

	return class->fits == NULL || class->fits(settings, session);
}

JsonObject *
cm_provider_invent(const CmProviderSettings *settings, const CmProviderSession *session)
{
	const CmProviderClass *class = get_class(settings);
	g_autofree gchar *key = cm_provider_make_random();
	JsonObject *facts = json_object_new();

	json_object_set_string_member(facts, "key", key);
	if (class->invent != NULL)
		class->invent(settings, session, facts);
	return facts;
}

static CmProviderCall *
check_call(const CmProviderSettings *settings, CmProviderCall *call)
{
	if (call != NULL)
		call->private_network = settings->private_network;
	return call;
}

CmProviderCall *
cm_provider_make_open(const CmProviderSettings *settings, JsonObject *facts)
{
	const CmProviderClass *class = get_class(settings);

	return class->make_open != NULL ? check_call(settings, class->make_open(settings, facts))
					: NULL;
}

/* READY: there is something to read in the answer */
static CmProviderOutcome
judge_answer(const CmProviderAnswer *answer, const gchar **out_cause)
{
	*out_cause = answer->failure;
	if (answer->failure != NULL)
		return g_str_equal(answer->failure, "certificate") ? CM_PROVIDER_FAILED
								   : CM_PROVIDER_RETRY;
	*out_cause = "status";
	if (answer->status >= 500 || answer->status == STATUS_TOO_MANY ||
	    answer->status == STATUS_TIMEOUT)
		return CM_PROVIDER_RETRY;
	if (answer->status < 200 || answer->status >= 300)
		return CM_PROVIDER_FAILED;
	*out_cause = "garbage";
	if (answer->values == NULL)
		return CM_PROVIDER_RETRY;
	*out_cause = NULL;
	return CM_PROVIDER_READY;
}

CmProviderOutcome
cm_provider_read_open(const CmProviderSettings *settings,
		      const CmProviderAnswer *answer,
		      JsonObject *facts,
		      const gchar **out_cause)
{
	const CmProviderClass *class = get_class(settings);
	CmProviderOutcome outcome = judge_answer(answer, out_cause);

	if (outcome != CM_PROVIDER_READY || class->read_open == NULL)
		return outcome;
	return class->read_open(answer->values, facts, out_cause);
}

CmProviderCall *
cm_provider_make_close(const CmProviderSettings *settings, JsonObject *facts)
{
	const CmProviderClass *class = get_class(settings);

	return class->make_close != NULL ? check_call(settings, class->make_close(settings, facts))
					 : NULL;
}

gboolean
cm_provider_read_close(const CmProviderSettings *settings, const CmProviderAnswer *answer)
{
	const CmProviderClass *class = get_class(settings);
	const gchar *cause = NULL;
	CmProviderOutcome outcome = judge_answer(answer, &cause);

	/* what was refused is refused the next time too */
	if (outcome == CM_PROVIDER_FAILED)
		return TRUE;
	return outcome == CM_PROVIDER_READY &&
	       (class->read_close == NULL || class->read_close(answer->values));
}

/* ---- the document */

static void
wipe_text(gpointer text)
{
	wipe(text);
}

static GBytes *
entry_to_bytes(JsonObject *entry)
{
	g_autoptr(JsonNode) root = json_node_alloc();
	gchar *written = NULL;
	gchar *text = NULL;

	json_node_init_object(root, entry);
	written = json_to_string(root, FALSE);
	text = cm_json_escape_controls(written);
	wipe(written);
	return g_bytes_new_with_free_func(text, strlen(text), wipe_text, text);
}

GBytes *
cm_provider_make_entry(const CmProviderSettings *settings,
		       const CmProviderSession *session,
		       JsonObject *facts,
		       guint turn,
		       const CmProviderPerson *person,
		       gint64 now,
		       GError **error)
{
	const CmProviderClass *class = get_class(settings);
	g_autoptr(JsonObject) entry = json_object_new();
	g_autofree gchar *seat = cm_provider_derive_alias(facts, "seat", person->visit);

	json_object_set_string_member(entry, "format", "comodal-room/1");
	json_object_set_int_member(entry, "subject", session->subject);
	json_object_set_int_member(entry, "turn", turn);
	json_object_set_int_member(entry, "visit", person->visit);
	json_object_set_string_member(entry, "kind", cm_provider_kind_to_string(settings->kind));
	json_object_set_string_member(entry, "role", person->host ? "host" : "guest");
	json_object_set_string_member(entry, "name", person->name);
	json_object_set_string_member(entry, "seat", seat);
	if (!class->add_entry(settings, session, facts, person, now, entry, error))
		return NULL;
	return entry_to_bytes(entry);
}
