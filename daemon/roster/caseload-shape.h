// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload-loading.h"
#include "daemon/roster/json-shape.h"

/* The tables of comodal-caseload/1. */

/* What is read into; the `user_data` of cm_json_shape_read_fd(). */
typedef struct {
	CmCaseloadLoading *loading;
	gboolean other_version; /* the document is of another major version */
	gboolean complete;      /* it was read to its end */
} CmCaseloadTarget;

/* The whole document. */
const CmJsonShape *
cm_caseload_shape_get(void);
