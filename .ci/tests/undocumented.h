// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.h
// expect: undocumented: cm_a_apply()
#pragma once

/* Documented. */
void
cm_a_open(int b);

void
cm_a_apply(int b);
