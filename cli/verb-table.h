// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"

/* The verbs of comodalctl, ended by one without a name. */
const CmVerb *
cm_verb_table_get(void);
