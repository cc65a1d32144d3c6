// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// expect: unfinished: do it
/* TODO: the rest */
