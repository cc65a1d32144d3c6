// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/desk-starts.h"

/* What stands against a start, one objection each. Where cm_desk_starts_fill() allows it, only what a rule or an opened limit has to
 * say; where it does not, at least one that blocks or a wish. */
void
cm_desk_reason_find(const CmDeskQuestion *question, CmVerdict *verdict);
