// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/settings.h"
#include "include/cm-faults.h"

/* comodald's life: open what it stands on, serve until told to stop, leave everything whole. */

/* Serve until SIGTERM or SIGINT, or until the bus goes away; jobs under way are then cancelled, their transactions rolled back,
 * the database closed. Fails when it can't begin, with what is wrong with the policies in `faults`, or when the bus gives the name
 * to another (CM_ERROR_EXISTS). */
gboolean
cm_daemon_serve(const CmSettings *settings,
		CmFaults *faults,
		GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Make the service key; `out_sheet` is to be printed once and wiped (cm_service_key_wipe_text()). */
gboolean
cm_daemon_create_key(const CmSettings *settings,
		     gchar **out_sheet,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Make it again from its sheet, read from a descriptor to its end. */
gboolean
cm_daemon_restore_key(const CmSettings *settings,
		      gint fd,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* CM_ERROR_EXISTS when there is an administrator already. */
gboolean
cm_daemon_set_up_administrator(const CmSettings *settings,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
