// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* The one public error domain. Each code has a D-Bus name: CM_ERROR_NAME_PREFIX and its name here. */
#define CM_ERROR (cm_error_quark())

typedef enum {
	CM_ERROR_FAILED,        /* "Failed": nothing more exact applies */
	CM_ERROR_INVALID_INPUT, /* "InvalidInput": a document or an argument is not what it must be */
	CM_ERROR_NOT_FOUND,     /* "NotFound": no such thing */
	CM_ERROR_EXISTS,        /* "Exists": there is one already */
	CM_ERROR_ACCESS_DENIED, /* "AccessDenied": the caller may not do this */
	CM_ERROR_CONFLICT, /* "Conflict": it would double book, or was decided against an older version */
	CM_ERROR_POLICY, /* "Policy": a rule forbids it; the message names the rule and its source */
	CM_ERROR_BUSY,   /* "Busy": another operation is under way */
	CM_ERROR_CANCELLED, /* "Cancelled": the caller or a clean stop ended it */
	CM_ERROR_STORE,     /* "Store": the database can't be read or written */
	CM_ERROR_KEY, /* "Key": the service key is missing, readable by others, or another one */
	CM_ERROR_NOT_SUPPORTED, /* "NotSupported": a version or a feature this build doesn't know */
	CM_ERROR_LAST
} CmErrorCode;

GQuark
cm_error_quark(void);

/* Set `error` to a message (see cm-message.h). The arguments are `const gchar *` ended by NULL. */
void
cm_error_set(GError **error, CmErrorCode code, const gchar *format, ...) G_GNUC_NULL_TERMINATED;

/* Whether `error` is of our domain and this code; FALSE for NULL. */
gboolean
cm_error_is(const GError *error, CmErrorCode code);

/* The error as a person of this process's language reads it. Returns: (transfer full) */
gchar *
cm_error_localize(const GError *error) G_GNUC_WARN_UNUSED_RESULT;

/* The error as the log has it: English, no tail. Returns: (transfer full) */
gchar *
cm_error_to_english(const GError *error) G_GNUC_WARN_UNUSED_RESULT;
