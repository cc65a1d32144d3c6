// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-keys.h"
#include "daemon/agent/agent-settings.h"

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

/* What each method of org.comodal.Agent1 does, on the worker's thread. */

/* What they share. */
typedef struct {
	CmAgentKeys *keys;
	CmAgentComodald *comodald;
	const CmAgentSettings *settings;
} CmAgentCalls;

/* One call; descriptors that come with the answer are added to `out_list`. */
typedef struct {
	GVariant *parameters;
	GUnixFDList *in_list; /* may be NULL */
	GUnixFDList *out_list;
	GCancellable *cancellable;
} CmAgentCall;

typedef struct {
	const gchar *name;
	gboolean use; /* keys that are unlocked stay so for longer */
	/* the reply's body, floating; NULL with `error` set */
	GVariant *(*run)(CmAgentCalls *calls, const CmAgentCall *call, GError **error);
} CmAgentMethod;

/* The method of that name; NULL: none. (transfer none) */
const CmAgentMethod *
cm_agent_calls_find(const gchar *name);

/* Their names, ended by NULL. (transfer none) */
const gchar *const *
cm_agent_calls_get_names(void);
