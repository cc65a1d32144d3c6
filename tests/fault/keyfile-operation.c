// SPDX-License-Identifier: GPL-3.0-or-later

/* A keyring put in its place, for tests/fault/keyfile.py. usage: keyfile-operation FOLDER enrol|change FILE
 * The octets of FILE become the keyring of FOLDER/agent, where there is none (enrol) or another (change). */

#include "daemon/agent/agent-keyfile.h"

#include <stdio.h>

int
main(int argc, char **argv)
{
	g_autofree gchar *folder = NULL;
	g_autofree gchar *text = NULL;
	g_autoptr(GBytes) keyring = NULL;
	g_autoptr(GError) error = NULL;
	gsize length = 0;

	if (argc != 4 || !g_file_get_contents(argv[3], &text, &length, &error))
		return 2;
	folder = g_build_filename(argv[1], "agent", NULL);
	keyring = g_bytes_new(text, length);
	if (cm_agent_keyfile_write(folder, keyring, g_str_equal(argv[2], "change"), &error))
		return 0;
	fprintf(stderr, "%s\n", error->message);
	return 1;
}
