// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// expect: include-root: policy.h
#include "policy.h"
