// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.h
// expect: unused-result: cm_a_apply() can fail
#pragma once

/* Applies. */
gboolean
cm_a_apply(int b, GError **error);
