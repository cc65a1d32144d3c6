// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/courier/calendar-fetch.h"
#include "daemon/courier/mailbox-poll.h"
#include "daemon/courier/smtp-mail.h"
#include "include/cm-faults.h"

/* What comodal-courier was told: its command line and its configuration, a key file (docs/man/comodal-courier.8). Passwords are read with
 * it, from files or credentials, and stand in locked memory. */

#define CM_COURIER_SETTINGS_CONNECTIONS 4
#define CM_COURIER_SETTINGS_CONNECTIONS_MAX 32
#define CM_COURIER_SETTINGS_TIMEOUT 60
#define CM_COURIER_SETTINGS_TIMEOUT_MAX 300
#define CM_COURIER_SETTINGS_POLL_SECONDS 60
#define CM_COURIER_SETTINGS_POLL_SECONDS_MAX 3600

typedef struct {
	gboolean show_version;
	gchar *socket;              /* comodald's */
	gchar *maildir;             /* a folder, or NULL: */
	CmSmtpServer *smtp;         /* a server */
	guint connections;          /* at a time */
	CmMailboxSettings *mailbox; /* or NULL: none is read */
	CmFetchSettings fetch;
} CmCourierSettings;

/* Read `argv` (which is not changed) and the configuration it names, or the default one, which may be absent: then mail goes to a
 * Maildir. What is wrong with the file goes to `faults`, and the error is CM_ERROR_INVALID_INPUT; CM_ERROR_NOT_FOUND: a file that was named is
 * not there; errors of cm_secret_load(). Returns: (transfer full) */
CmCourierSettings *
cm_courier_settings_new(const gchar *const *argv,
			CmFaults *faults,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
cm_courier_settings_free(CmCourierSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCourierSettings, cm_courier_settings_free)
