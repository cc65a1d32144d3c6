// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"

/* What each verb's file gives to the table of comodalctl.c. */

/* status */
CmExit
cm_comodalctl_status_run(CmComodalctl *cli);
