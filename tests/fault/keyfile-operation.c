// SPDX-License-Identifier: GPL-3.0-or-later

/* What an agent writes beside itself, for tests/fault/keyfile.py. usage: keyfile-operation FOLDER VERB FILE
 *   enrol, change   the octets of FILE become the keyring of FOLDER/agent, where there is none, or another
 *   keep            keyring and memory of FOLDER/agent are kept in a folder of their own (FILE is not looked at)
 *   aside           the keyring of FOLDER/agent is copied beside itself (FILE is not looked at)
 *   remember        the memory of FOLDER/agent, by the keys of FILE (a bundle record), with one directory more */

#include "daemon/agent/agent-earlier.h"
#include "daemon/agent/agent-keyfile.h"
#include "daemon/agent/agent-memory.h"

#include <sodium.h>
#include <stdio.h>

static gboolean
enrol(const gchar *folder, GBytes *octets, GError **error)
{
	return cm_agent_keyfile_write(folder, octets, FALSE, error);
}

static gboolean
change(const gchar *folder, GBytes *octets, GError **error)
{
	return cm_agent_keyfile_write(folder, octets, TRUE, error);
}

static gboolean
keep(const gchar *folder, GBytes *octets, GError **error)
{
	g_autofree gchar *kept = NULL;

	(void)octets;
	kept = cm_agent_earlier_keep(folder, error);
	return kept != NULL;
}

static gboolean
aside(const gchar *folder, GBytes *octets, GError **error)
{
	(void)octets;
	return cm_agent_earlier_lay_aside(folder, CM_AGENT_KEYFILE_NAME, error);
}

static gboolean
remember(const gchar *folder, GBytes *octets, GError **error)
{
	static const guint8 some[CM_VAULT_HASH_BYTES] = {1};
	g_autoptr(CmVaultRecord) bundle = NULL;
	g_autoptr(CmAgentMemory) memory = NULL;

	if (!cm_vault_class_set_error(cm_vault_record_read(CM_VAULT_KIND_BUNDLE, octets, &bundle),
				      "bundle", error))
		return FALSE;
	memory = cm_agent_memory_read(folder, bundle, error);
	if (memory == NULL)
		return FALSE;
	cm_agent_memory_set_directory(memory, cm_agent_memory_get(memory)->directory + 1, some);
	return cm_agent_memory_write(memory, error);
}

static const struct {
	const gchar *name;
	gboolean (*run)(const gchar *folder, GBytes *octets, GError **error);
} verbs[] = {{"enrol", enrol},
	     {"change", change},
	     {"keep", keep},
	     {"aside", aside},
	     {"remember", remember}};

int
main(int argc, char **argv)
{
	g_autofree gchar *folder = NULL;
	g_autofree gchar *text = NULL;
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(GError) error = NULL;
	gsize length = 0;

	if (argc != 4 || sodium_init() < 0 || !g_file_get_contents(argv[3], &text, &length, &error))
		return 2;
	folder = g_build_filename(argv[1], "agent", NULL);
	octets = g_bytes_new(text, length);
	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (!g_str_equal(argv[2], verbs[i].name))
			continue;
		if (verbs[i].run(folder, octets, &error))
			return 0;
		fprintf(stderr, "%s\n", error->message);
		return 1;
	}
	return 2;
}
