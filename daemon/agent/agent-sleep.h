// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* Whether the machine is about to sleep, its screen was locked, or the person's last session has ended: systemd-logind's word, where there
 * is one; nothing happens elsewhere. Main loop only. */
typedef struct _CmAgentSleep CmAgentSleep;

/* `lock` is called when keys are to be locked. Returns: (transfer full) */
CmAgentSleep *
cm_agent_sleep_new(void (*lock)(gpointer user_data), gpointer user_data);
void
cm_agent_sleep_free(CmAgentSleep *sleep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentSleep, cm_agent_sleep_free)

/* Keys are locked: the machine, which waits for us, may sleep. */
void
cm_agent_sleep_allow(CmAgentSleep *sleep);
