// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"
#include "include/cm-dbus-agent.h"

/* Keys lock without use, and their agent ends, while somebody types: what was typed is not lost for that. After a call that failed with
 * `*error`, at a terminal: ask for the passphrase until keys are unlocked; `*agent` is a new link then, and the error is cleared. FALSE with
 * `*error` set: it is about something else, nobody sits there, or whoever does gave up. */
gboolean
cm_keys_reopen_run(const CmComodalctl *cli,
		   CmDBusAgent **agent,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
