// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/users.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <pwd.h>

/* an entry of a user is far smaller */
#define ENTRY_MAX 65536

gboolean
cm_users_parse(const gchar *text, guint32 *out_uid, GError **error)
{
	g_autofree gchar *buffer = g_malloc(ENTRY_MAX);
	struct passwd entry;
	struct passwd *found = NULL;
	guint64 number = 0;

	if (g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32 - 1, &number, NULL)) {
		*out_uid = (guint32)number;
		return TRUE;
	}
	(void)getpwnam_r(text, &entry, buffer, ENTRY_MAX, &found);
	if (found == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("This system has no user called “{0}”."),
			     text, NULL);
		return FALSE;
	}
	*out_uid = found->pw_uid;
	return TRUE;
}

gchar *
cm_users_get_name(guint32 uid)
{
	g_autofree gchar *buffer = g_malloc(ENTRY_MAX);
	struct passwd entry;
	struct passwd *found = NULL;

	(void)getpwuid_r(uid, &entry, buffer, ENTRY_MAX, &found);
	return found != NULL ? g_strdup(found->pw_name) : g_strdup_printf("%u", uid);
}
