// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/keys-reopen.h"

#include "cli/agent-answer.h"
#include "cli/agent-link.h"
#include "cli/report.h"
#include "cli/secret-prompt.h"
#include "daemon/agent/agent-pipe.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

static gboolean
unlock(CmDBusAgent *agent, const CmVaultSecret *passphrase, GError **error)
{
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();

	return cm_agent_pipe_append(list, passphrase, error) >= 0 &&
	       cm_dbus_agent_call_unlock_sync(agent, g_variant_new_handle(0), list, NULL, NULL,
					      error);
}

gboolean
cm_keys_reopen_run(const CmComodalctl *cli, CmDBusAgent **agent, GError **error)
{
	g_autoptr(CmDBusAgent) anew = NULL;
	gboolean unlocked = FALSE;

	if (!cm_secret_prompt_is_terminal() ||
	    !(cm_error_is(*error, CM_ERROR_KEY) ||
	      g_error_matches(*error, G_IO_ERROR, G_IO_ERROR_CLOSED)))
		return FALSE;
	g_clear_error(error);
	cm_report_note(N_("Your keys have locked meanwhile; what you typed is still here."), NULL);
	anew = cm_agent_link_open(cli, TRUE, error);
	while (anew != NULL && !unlocked) {
		g_autoptr(CmVaultSecret) passphrase =
		    cm_secret_prompt_read(_("Passphrase:"), FALSE, error);
		g_autoptr(GError) refused = NULL;

		if (passphrase == NULL)
			return FALSE;
		unlocked = unlock(anew, passphrase, &refused);
		if (!unlocked)
			(void)cm_agent_answer_report(refused);
	}
	if (unlocked) {
		g_object_unref(*agent);
		*agent = g_steal_pointer(&anew);
	}
	return unlocked;
}
