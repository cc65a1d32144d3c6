// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/common/secret.h"

#include <json-glib/json-glib.h>

/* Where a session can be held: one interface, one file a kind (provider-builtin.c, provider-jitsi.c, …). Pure: a provider says what is to be
 * asked of its server, reads what was answered, and writes what each person needs to go in. Who asks, when, and what follows from a
 * failure is the room keeper's (daemon/bus/room-keeper.h). docs/providers.md explains each. May be used from any thread. */

typedef enum {
	CM_PROVIDER_BUILTIN, /* between the browsers themselves, up to CM_PROVIDER_PEERS_MAX */
	CM_PROVIDER_JITSI,
	CM_PROVIDER_BBB, /* BigBlueButton */
	CM_PROVIDER_JANUS,
	CM_PROVIDER_FIXED, /* a room that is there already, as of Teams or Zoom */
	CM_PROVIDER_PHONE, /* the last resort */
	CM_PROVIDER_KIND_LAST
} CmProviderKind;

#define CM_PROVIDER_PEERS_MAX 4
#define CM_PROVIDER_NAME_MAX 32
/* octets of a URL of an order or an entry */
#define CM_PROVIDER_URL_MAX 4096

/* "builtin", "jitsi", "bbb", "janus", "fixed", "phone" */
const gchar *
cm_provider_kind_to_string(CmProviderKind kind);
gboolean
cm_provider_kind_from_string(const gchar *text, CmProviderKind *out_kind) G_GNUC_WARN_UNUSED_RESULT;

/* How a provider was configured (daemon/bus/visio-configuration.h reads it). NULL where nothing was said. */
typedef struct {
	gchar *name; /* 1 to CM_PROVIDER_NAME_MAX characters of a-z, 0-9 and "-" */
	CmProviderKind kind;
	gchar *
	    url; /* of jitsi where people go; of bbb its API, of janus its admin API; no slash at the end */
	gboolean private_network; /* its server may stand on this machine or beside it */
	CmSecret *
	    secret; /* jitsi: the application's, or a private key (PEM); bbb: the shared one; janus: the admin's */

	/* jitsi */
	gchar *app_id;
	gchar *key_id; /* of 8x8's service (JaaS); its tokens are signed with RS256 */
	gchar *domain; /* "sub" of tokens; the URL's host */
	gchar *audience;

	/* bbb */
	GChecksumType checksum;
	gchar *title; /* that is shown; nobody's name */

	/* janus */
	gchar *socket; /* wss: where browsers go */
	CmSecret *room_key;
	CmSecret *token_key;

	/* builtin, janus: ICE servers, and the secret shared with the TURN server (turn-credential.h) */
	gchar **stun;
	gchar **turn;
	CmSecret *turn_secret;
	gboolean relay_only;

	/* fixed */
	gchar *room;       /* everybody's, or NULL */
	GHashTable *rooms; /* a professional's id → theirs */

	/* phone, of which there is always one */
	gchar *phone; /* or NULL: the host calls */
} CmProviderSettings;

void
cm_provider_free_settings(CmProviderSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmProviderSettings, cm_provider_free_settings)

/* A session that is to be held. */
typedef struct {
	gint64 subject;
	gint64 closes;             /* its door: nothing is of use later */
	guint people;              /* who may come, the host among them */
	const gchar *professional; /* id of who holds it, or NULL */
} CmProviderSession;

/* Somebody who goes in. */
typedef struct {
	gboolean host;
	const gchar *name; /* as others see it */
	gint64 visit;
} CmProviderPerson;

/* What is to be asked of a provider's server. */
typedef struct {
	gchar *url;        /* a secret */
	const gchar *type; /* of the body, or NULL: a GET without one */
	gchar *body;       /* a secret, or NULL */
	gboolean private_network;
} CmProviderCall;

void
cm_provider_call_free(CmProviderCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmProviderCall, cm_provider_call_free)

/* What came back, as the courier has read it (daemon/courier/answer-reader.h). */
typedef struct {
	const gchar *
	    failure; /* NULL: the server has answered. Else "unreachable", "certificate", "slow", "too-large", "garbage" */
	guint status; /* of HTTP */
	GHashTable
	    *values; /* path → text, as "meetingID", "response.videoroom"; NULL with a failure */
} CmProviderAnswer;

typedef enum {
	CM_PROVIDER_READY,   /* the room is there, and was before if this was not the first call */
	CM_PROVIDER_RENEWED, /* it was made now */
	CM_PROVIDER_AGAIN,   /* ask again, with the facts as they are now */
	CM_PROVIDER_RETRY,   /* not now: worth another try */
	CM_PROVIDER_FAILED,  /* it will not be: the next provider's turn */
} CmProviderOutcome;

/* Whether the provider can hold the session. */
gboolean
cm_provider_fits(const CmProviderSettings *settings, const CmProviderSession *session);

/* Make up a room: its names and keys, at random. They are kept, sealed, before anything is asked. Returns: (transfer full) */
JsonObject *
cm_provider_invent(const CmProviderSettings *settings, const CmProviderSession *session);

/* What makes the room, and makes it again should it be forgotten: asked when the door opens and whenever somebody goes in, as often as one
 * likes. NULL: nothing has to be asked. Returns: (transfer full) (nullable) */
CmProviderCall *
cm_provider_make_open(const CmProviderSettings *settings, JsonObject *facts);

/* Read its answer; `facts` may change. `out_cause`: a short code, when it is not there: what the provider said or "unreachable", "slow", …. */
CmProviderOutcome
cm_provider_read_open(const CmProviderSettings *settings,
		      const CmProviderAnswer *answer,
		      JsonObject *facts,
		      const gchar **out_cause);

/* What ends the room; NULL: nothing has to be asked, it ends with its last visitor. Returns: (transfer full) (nullable) */
CmProviderCall *
cm_provider_make_close(const CmProviderSettings *settings, JsonObject *facts);

/* Whether the room is no more; FALSE: worth another try. */
gboolean
cm_provider_read_close(const CmProviderSettings *settings, const CmProviderAnswer *answer);

/* Where somebody goes, and with what: a comodal-room/1 document (docs/formats.md); a secret. NULL with CM_ERROR_FAILED: the provider's keys
 * are of no use. Returns: (transfer full) */
GBytes *
cm_provider_make_entry(const CmProviderSettings *settings,
		       const CmProviderSession *session,
		       JsonObject *facts,
		       guint turn,
		       const CmProviderPerson *person,
		       gint64 now,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
