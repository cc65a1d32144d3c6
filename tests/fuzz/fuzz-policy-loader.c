// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-loader.h"

#include <string.h>

/* Any text as a policy and, from a line of three dashes on, as its drop-in: a set, or an error. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autofree gchar *text = g_strndup((const gchar *)data, size);
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmPolicySet) set = NULL;
	g_autoptr(GError) error = NULL;
	const gchar *drop_ins[] = {NULL, NULL};
	gchar *cut = strstr(text, "\n---\n");

	if (cut != NULL) {
		*cut = '\0';
		drop_ins[0] = cut + strlen("\n---\n");
	}
	set = cm_policy_loader_load_text("psychologue", text, drop_ins, faults, &error);
	g_assert_true((set == NULL) == (error != NULL));
	if (set != NULL)
		g_assert_cmpuint(cm_faults_get_total(faults), ==, 0);
	return 0;
}
