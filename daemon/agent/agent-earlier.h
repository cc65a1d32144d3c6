// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-identity.h"
#include "daemon/vault/vault-people.h"

/* Keys that new ones took the place of: keyring and memory, in a folder of their own with the day in its name, beside those that are in use.
 * Nothing here ever deletes or replaces one that another keyring took the place of. */

/* Copy keyring and memory of `folder` into a new folder in it, for its owner alone and synced to the disk. CM_ERROR_KEY, CM_ERROR_NOT_FOUND:
 * agent-keyfile.h. Returns: (transfer full) the new folder's path; NULL with `error` set, and nothing is left of it */
gchar *
cm_agent_earlier_keep(const gchar *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* No other keyring took its place after all: the one that was kept is that of `folder` again, and the copy goes. CM_ERROR_KEY: it can't be
 * written, or what is kept can't be read; the copy stays, and is named. */
gboolean
cm_agent_earlier_put_back(const gchar *folder,
			  const gchar *kept,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Copy `name` of `folder`, which a keyring that takes the place of none that anybody knows of is about to replace, beside itself: as
 * NAME-unfinished, or -unfinished-2, -3 and so on where something else is there; for whoever was told a lie about it. Where there is none, or a
 * copy of it already, nothing is done. CM_ERROR_KEY: it can't be read or written. */
gboolean
cm_agent_earlier_lay_aside(const gchar *folder,
			   const gchar *name,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Open the newest earlier keys of the person of `own` that the passphrase opens and the directory knows. `out_folder`: where they are.
 * CM_ERROR_NOT_FOUND: there are none; CM_ERROR_INVALID_INPUT: the passphrase is of none of them. Each takes about a second.
 * Returns: (transfer full) */
CmAgentIdentity *
cm_agent_earlier_unlock(const gchar *folder,
			const CmVaultBundle *own,
			const CmVaultPeople *people,
			const CmVaultSecret *passphrase,
			gchar **out_folder,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
