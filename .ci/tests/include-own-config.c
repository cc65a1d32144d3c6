// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// with: daemon/policy/a.h: int a;
// expect: include-own: config.h must be the first
#include "daemon/policy/a.h"
#include "config.h"
