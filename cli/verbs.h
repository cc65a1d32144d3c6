// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"

/* What each verb's file gives to the table of comodalctl.c. */

/* agenda */
CmExit
cm_comodalctl_agenda_run(CmComodalctl *cli);
/* policy check */
CmExit
cm_comodalctl_policy_check_run(CmComodalctl *cli);
/* policy explain */
CmExit
cm_comodalctl_policy_explain_run(CmComodalctl *cli);
/* policy list */
CmExit
cm_comodalctl_policy_list_run(CmComodalctl *cli);
/* policy show */
CmExit
cm_comodalctl_policy_show_run(CmComodalctl *cli);
/* status */
CmExit
cm_comodalctl_status_run(CmComodalctl *cli);
