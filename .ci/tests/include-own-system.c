// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// with: daemon/policy/a.h: int a;
// expect: include-own: own header must be the first
#include <glib.h>

#include "daemon/policy/a.h"
