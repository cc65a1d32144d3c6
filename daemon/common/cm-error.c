// SPDX-License-Identifier: GPL-3.0-or-later
#include "include/cm-error.h"

#include "include/cm-message.h"
#include "include/cm-names.h"

#include <gio/gio.h>

static const GDBusErrorEntry error_entries[] = {
    {CM_ERROR_FAILED, CM_ERROR_NAME_PREFIX "Failed"},
    {CM_ERROR_INVALID_INPUT, CM_ERROR_NAME_PREFIX "InvalidInput"},
    {CM_ERROR_NOT_FOUND, CM_ERROR_NAME_PREFIX "NotFound"},
    {CM_ERROR_EXISTS, CM_ERROR_NAME_PREFIX "Exists"},
    {CM_ERROR_ACCESS_DENIED, CM_ERROR_NAME_PREFIX "AccessDenied"},
    {CM_ERROR_CONFLICT, CM_ERROR_NAME_PREFIX "Conflict"},
    {CM_ERROR_POLICY, CM_ERROR_NAME_PREFIX "Policy"},
    {CM_ERROR_BUSY, CM_ERROR_NAME_PREFIX "Busy"},
    {CM_ERROR_CANCELLED, CM_ERROR_NAME_PREFIX "Cancelled"},
    {CM_ERROR_STORE, CM_ERROR_NAME_PREFIX "Store"},
    {CM_ERROR_KEY, CM_ERROR_NAME_PREFIX "Key"},
    {CM_ERROR_NOT_SUPPORTED, CM_ERROR_NAME_PREFIX "NotSupported"},
};

G_STATIC_ASSERT(G_N_ELEMENTS(error_entries) == CM_ERROR_LAST);

GQuark
cm_error_quark(void)
{
	static gsize quark = 0;

	g_dbus_error_register_error_domain("cm-error-quark", &quark, error_entries,
					   G_N_ELEMENTS(error_entries));
	return (GQuark)quark;
}

void
cm_error_set(GError **error, CmErrorCode code, const gchar *format, ...)
{
	const gchar *arguments[10] = {NULL};
	g_autofree gchar *message = NULL;
	va_list list;

	if (error == NULL)
		return;
	va_start(list, format);
	for (guint i = 0; i + 1 < G_N_ELEMENTS(arguments); i++) {
		arguments[i] = va_arg(list, const gchar *);
		if (arguments[i] == NULL)
			break;
	}
	va_end(list);
	message = cm_message_new_strv(format, arguments);
	/* nocheck:message: this is what everyone else calls */
	g_set_error_literal(error, CM_ERROR, code, message);
}

gboolean
cm_error_is(const GError *error, CmErrorCode code)
{
	return g_error_matches(error, CM_ERROR, (gint)code);
}

/* An error that came over the bus may still carry GDBus's own prefix. */
static gchar *
error_dup_message(const GError *error)
{
	g_autoptr(GError) copy = NULL;

	if (error == NULL)
		return g_strdup("");
	copy = g_error_copy(error);
	g_dbus_error_strip_remote_error(copy);
	return g_strdup(copy->message);
}

gchar *
cm_error_localize(const GError *error)
{
	g_autofree gchar *message = error_dup_message(error);

	return cm_message_localize(message);
}

gchar *
cm_error_to_english(const GError *error)
{
	g_autofree gchar *message = error_dup_message(error);

	return cm_message_to_english(message);
}
