// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Where the keyring that a passphrase opens rests: one file in its owner's folder, mode 0600, replaced whole and synced to the disk. */

#define CM_AGENT_KEYFILE_NAME "comodal-keyring"
#define CM_AGENT_KEYFILE_MAX 1024 /* octets */

/* Read it. CM_ERROR_NOT_FOUND: there is none; CM_ERROR_KEY: a symbolic link, of another owner, readable by others, too long, or it can't
 * be read. Returns: (transfer full) */
GBytes *
cm_agent_keyfile_read(const gchar *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Write it, all or nothing, whenever the process or the machine ends; one at a time of those that write to the folder, which is made when
 * it is not there, for its owner alone. `replace` FALSE: CM_ERROR_EXISTS when there is one. CM_ERROR_KEY: it can't be written, or it was
 * and the disk does not say that it will stay. */
gboolean
cm_agent_keyfile_write(const gchar *folder, GBytes *keyring, gboolean replace, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
