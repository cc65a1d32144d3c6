// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What comodald was told on its command line, and where things stand by default. */

typedef enum {
	CM_ACTION_SERVE,
	CM_ACTION_CREATE_KEY,
	CM_ACTION_RESTORE_KEY,
	CM_ACTION_SET_UP_ADMINISTRATOR,
	CM_ACTION_SHOW_VERSION,
} CmAction;

typedef struct {
	CmAction action;
	gboolean session; /* the session bus, for one practitioner */
	gchar *database;
	gchar *key_file;
	gchar *configuration; /* a file, or NULL for the usual one, if it is there */
	gchar *audit_heads;   /* folder of the audit log's heads, outside the database's */
	gchar **policies;     /* directories, from the vendor's to the organisation's */
	guint32 administrator;
	guint birthday_days; /* how far ahead birthdays are asked about */
} CmSettings;

/* Read `argv` (which is not changed). Fails with CM_ERROR_INVALID_INPUT. Returns: (transfer full) */
CmSettings *
cm_settings_new(const gchar *const *argv, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
cm_settings_free(CmSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmSettings, cm_settings_free)
