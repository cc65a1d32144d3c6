// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// with: daemon/policy/a.h: int a;
// with: daemon/policy/b.h: int b;
// expect: include-own: own header must be the first
#include "daemon/policy/b.h"
#include "daemon/policy/a.h"
