// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What comodal-agent's command line says. */

#define CM_AGENT_SETTINGS_IDLE_SECONDS 900
#define CM_AGENT_SETTINGS_IDLE_SECONDS_MAX 14400
#define CM_AGENT_SETTINGS_LINGER_SECONDS 600

typedef struct {
	gboolean session;
	gboolean background;
	gboolean show_version;
	gchar *folder;        /* keyring and what is remembered */
	gchar *socket;        /* NULL: where the bus says, in a session */
	guint idle_seconds;   /* unlocked and unused, then locked */
	guint linger_seconds; /* locked and unused, then ended */
} CmAgentSettings;

/* CM_ERROR_INVALID_INPUT. Returns: (transfer full) */
CmAgentSettings *
cm_agent_settings_new(const gchar *const *argv, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_agent_settings_free(CmAgentSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentSettings, cm_agent_settings_free)
