// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload-loading.h"

/* What can only be checked once a whole caseload is read and its references are resolved; also
 * sorts what the model has sorted (calendar days, travel). What is unresolved is passed over: it is
 * a fault already. */
void
cm_caseload_check_run(CmCaseloadLoading *loading);
