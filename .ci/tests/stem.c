// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// with: daemon/roster/a.c: int a;
// expect: stem: has the same stem
static const int a = 1;
