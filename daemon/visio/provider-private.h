// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/visio/provider.h"

/* What a kind of provider is made of, as provider.h says it of all; a member that is NULL: nothing is to be done. Private to
 * daemon/visio. */

typedef struct {
	gboolean (*fits)(const CmProviderSettings *settings, const CmProviderSession *session);
	void (*invent)(const CmProviderSettings *settings,
		       const CmProviderSession *session,
		       JsonObject *facts);
	CmProviderCall *(*make_open)(const CmProviderSettings *settings, JsonObject *facts);
	CmProviderOutcome (*read_open)(GHashTable *values,
				       JsonObject *facts,
				       const gchar **out_cause);
	CmProviderCall *(*make_close)(const CmProviderSettings *settings, JsonObject *facts);
	gboolean (*read_close)(GHashTable *values);
	/* members of the document beside those that all have */
	gboolean (*add_entry)(const CmProviderSettings *settings,
			      const CmProviderSession *session,
			      JsonObject *facts,
			      const CmProviderPerson *person,
			      gint64 now,
			      JsonObject *entry,
			      GError **error);
} CmProviderClass;

extern const CmProviderClass cm_provider_builtin_class;
extern const CmProviderClass cm_provider_jitsi_class;
extern const CmProviderClass cm_provider_bbb_class;
extern const CmProviderClass cm_provider_janus_class;
extern const CmProviderClass cm_provider_fixed_class;
extern const CmProviderClass cm_provider_phone_class;

/* 128 random bits in hexadecimal, lower case. Returns: (transfer full) */
gchar *
cm_provider_make_random(void) G_GNUC_WARN_UNUSED_RESULT;

/* A text fact; "" when it is not there. (transfer none) */
const gchar *
cm_provider_get_fact(JsonObject *facts, const gchar *name);

/* What a visit is called where nobody is to know whose it is: derived from the room's facts, another for each purpose.
 * Returns: (transfer full) */
gchar *
cm_provider_derive_alias(JsonObject *facts,
			 const gchar *purpose,
			 gint64 visit) G_GNUC_WARN_UNUSED_RESULT;

/* "privacy": nobody records. */
void
cm_provider_add_no_recording(JsonObject *entry);

/* "ice" and "ice_policy", with a credential of this visit's where there is a TURN server. */
void
cm_provider_add_ice(const CmProviderSettings *settings,
		    JsonObject *facts,
		    gint64 visit,
		    gint64 until,
		    JsonObject *entry);
