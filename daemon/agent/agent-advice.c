// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-advice.h"

#include "include/cm-message.h"

void
cm_agent_advice_add(GError **error, const gchar *advice, const gchar *place)
{
	g_autofree gchar *said = NULL;
	g_autofree gchar *next = NULL;

	if (error == NULL || *error == NULL)
		return;
	said = (*error)->message;
	next = cm_message_new(advice, place, NULL);
	(*error)->message = cm_message_join(said, next);
}
