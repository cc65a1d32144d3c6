// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/jwt-signer.h"
#include "daemon/visio/provider-private.h"

/* prosody gives no leeway, and clocks differ */
#define BACKDATE_SECONDS 60
/* docs of 8x8's service: who issues its tokens, whom they are for */
#define SERVICE_ISSUER "chat"
#define SERVICE_AUDIENCE "jitsi"

static void
jitsi_invent(const CmProviderSettings *settings,
	     const CmProviderSession *session,
	     JsonObject *facts)
{
	g_autofree gchar *random = cm_provider_make_random();
	/* lower case: prosody compares rooms so */
	g_autofree gchar *room = g_strconcat("comodal", random, NULL);

	json_object_set_string_member(facts, "room", room);
}

/* what its users may do there: nobody records or calls in */
static JsonObject *
make_service_features(void)
{
	static const gchar *const names[] = {"livestreaming",    "recording",
					     "transcription",    "outbound-call",
					     "sip-inbound-call", "sip-outbound-call"};
	JsonObject *features = json_object_new();

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		json_object_set_string_member(features, names[i], "false");
	return features;
}

static JsonObject *
make_context(const CmProviderSettings *settings, const CmProviderPerson *person, const gchar *seat)
{
	JsonObject *context = json_object_new();
	JsonObject *user = json_object_new();

	json_object_set_string_member(user, "id", seat);
	json_object_set_string_member(user, "name", person->name);
	/* the service wants a text, and our own servers' plugins take either */
	json_object_set_string_member(user, "moderator", person->host ? "true" : "false");
	json_object_set_object_member(context, "user", user);
	if (settings->key_id != NULL)
		json_object_set_object_member(context, "features", make_service_features());
	return context;
}

static gchar *
make_claims(const CmProviderSettings *settings,
	    const CmProviderSession *session,
	    JsonObject *facts,
	    const CmProviderPerson *person,
	    gint64 now)
{
	g_autofree gchar *seat = cm_provider_derive_alias(facts, "seat", person->visit);
	g_autoptr(JsonObject) claims = json_object_new();
	g_autoptr(JsonNode) root = json_node_alloc();
	gboolean service = settings->key_id != NULL;

	/* as one text: prosody's plugin takes no list */
	json_object_set_string_member(claims, "aud",
				      service ? SERVICE_AUDIENCE : settings->audience);
	json_object_set_string_member(claims, "iss", service ? SERVICE_ISSUER : settings->app_id);
	json_object_set_string_member(claims, "sub", service ? settings->app_id : settings->domain);
	json_object_set_string_member(claims, "room", cm_provider_get_fact(facts, "room"));
	json_object_set_int_member(claims, "nbf", now - BACKDATE_SECONDS);
	json_object_set_int_member(claims, "exp", session->closes);
	json_object_set_object_member(claims, "context", make_context(settings, person, seat));
	json_node_init_object(root, claims);
	return json_to_string(root, FALSE);
}

static gboolean
jitsi_add_entry(const CmProviderSettings *settings,
		const CmProviderSession *session,
		JsonObject *facts,
		const CmProviderPerson *person,
		gint64 now,
		JsonObject *entry,
		GError **error)
{
	g_autofree gchar *claims = make_claims(settings, session, facts, person, now);
	g_autofree gchar *key_id = NULL;
	g_autofree gchar *token = NULL;
	g_autofree gchar *url = NULL;

	if (settings->key_id != NULL)
		key_id = g_strconcat(settings->app_id, "/", settings->key_id, NULL);
	token = cm_jwt_signer_sign(key_id != NULL ? CM_JWT_RS256 : CM_JWT_HS256,
				   cm_secret_get(settings->secret), key_id, claims, error);
	if (token == NULL)
		return FALSE;
	url = g_strconcat(settings->url, "/", key_id != NULL ? settings->app_id : "",
			  key_id != NULL ? "/" : "", cm_provider_get_fact(facts, "room"),
			  "?jwt=", token, NULL);
	json_object_set_string_member(entry, "url", url);
	return TRUE;
}

const CmProviderClass cm_provider_jitsi_class = {
    .invent = jitsi_invent,
    .add_entry = jitsi_add_entry,
};
