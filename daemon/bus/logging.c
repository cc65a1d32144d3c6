// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/logging.h"

#include "include/cm-error.h"
#include "include/cm-names.h"

#include <gio/gio.h>
#include <stdio.h>

static GLogWriterOutput
logging_write(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer user_data)
{
	gboolean journal = GPOINTER_TO_INT(user_data);

	if (g_log_writer_default_would_drop(level, CM_LOG_DOMAIN))
		return G_LOG_WRITER_HANDLED;
	if (journal && g_log_writer_journald(level, fields, count, NULL) == G_LOG_WRITER_HANDLED)
		return G_LOG_WRITER_HANDLED;
	return g_log_writer_standard_streams(level, fields, count, NULL);
}

void
cm_logging_init(void)
{
	gboolean journal = g_log_writer_is_journald(fileno(stderr));

	g_log_writer_default_set_use_stderr(TRUE);
	g_log_set_writer_func(logging_write, GINT_TO_POINTER(journal), NULL);
}

gchar *
cm_logging_describe_error(const GError *error)
{
	g_auto(GStrv) parts = NULL;

	if (error->domain != CM_ERROR)
		return g_strdup_printf("%s %d", g_quark_to_string(error->domain), error->code);
	parts = g_strsplit(error->message, "\x1f", 3);
	return g_strdup(g_strv_length(parts) > 1 ? parts[1] : "-");
}

/* what is ours to mend is a warning; what the caller did wrong is not */
static GLogLevelFlags
logging_get_level(const GError *error)
{
	if (error->domain != CM_ERROR || cm_error_is(error, CM_ERROR_STORE) ||
	    cm_error_is(error, CM_ERROR_KEY) || cm_error_is(error, CM_ERROR_FAILED))
		return G_LOG_LEVEL_WARNING;
	return G_LOG_LEVEL_MESSAGE;
}

void
cm_logging_report_error(const gchar *method, const gchar *job, guint uid, const GError *error)
{
	g_autofree gchar *user = g_strdup_printf("%u", uid);
	g_autofree gchar *name = g_dbus_error_encode_gerror(error);
	g_autofree gchar *text = cm_logging_describe_error(error);
	const gchar *brief = strrchr(name, '.');

	g_log_structured(CM_LOG_DOMAIN, logging_get_level(error), CM_LOG_FIELD_METHOD, method,
			 CM_LOG_FIELD_UID, user, CM_LOG_FIELD_ERROR, name, CM_LOG_FIELD_JOB,
			 job != NULL ? job : "", "MESSAGE", "%s of user %s%s%s: %s: %s", method,
			 user, job != NULL ? ", job " : "", job != NULL ? job : "",
			 brief != NULL ? brief + 1 : name, text);
}

void
cm_logging_report_done(const gchar *method, const gchar *job, guint uid, const gchar *what)
{
	g_autofree gchar *user = g_strdup_printf("%u", uid);

	g_log_structured(CM_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, CM_LOG_FIELD_METHOD, method,
			 CM_LOG_FIELD_UID, user, CM_LOG_FIELD_JOB, job != NULL ? job : "",
			 "MESSAGE", "%s of user %s%s%s: %s", method, user,
			 job != NULL ? ", job " : "", job != NULL ? job : "", what);
}
