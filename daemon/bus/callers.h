// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* Who calls: a unique bus name, the uid the bus vouches for, and when it leaves. Main loop only. */

#define CM_CALLERS_MAX 4096

typedef struct _CmCallers CmCallers;

/* `gone` is called once for a caller that was looked up and has left the bus. */
typedef void (*CmCallersGone)(const gchar *name, gpointer user_data);

CmCallers *
cm_callers_new(GDBusConnection *connection, CmCallersGone gone, gpointer user_data);
void
cm_callers_free(CmCallers *callers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCallers, cm_callers_free)

/* `error` is NULL when `uid` is known. */
typedef void (*CmCallersFound)(guint uid, const GError *error, gpointer user_data);

/* Find out the uid of a unique name; at once when it is known already, else later on the main loop, in the order asked. `found`
 * is always called exactly once. Errors: CM_ERROR_ACCESS_DENIED when the bus does not know, CM_ERROR_BUSY. */
void
cm_callers_lookup(CmCallers *callers, const gchar *name, CmCallersFound found, gpointer user_data);

/* Whether a caller that was looked up is still on the bus. */
gboolean
cm_callers_has(const CmCallers *callers, const gchar *name);
