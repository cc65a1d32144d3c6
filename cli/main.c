// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/comodalctl.h"

gint
main(gint argc, gchar **argv)
{
	return cm_comodalctl_run(argc, argv);
}
