// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// expect: global: “counter” is a variable
// expect: global: “name” is a variable
// expect: global: “table” is a variable
static int counter = 0;
static const char *name = "x";
static char table[20];
static const char *const fine = "x";
static const int more[] = {1, 2};
