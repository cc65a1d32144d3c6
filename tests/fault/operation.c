// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fault/operation.h"

#include "include/cm-error.h"

#include <stdio.h>

int
cm_operation_run(int argc, char **argv, CmOperation operation)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;

	if (argc != 3)
		return 2;
	if (operation(argv[1], argv[2], &error))
		return 0;
	text = cm_error_to_english(error);
	fprintf(stderr, "%s\n", text);
	return 1;
}
