// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// expect: prefix: cm_a_apply() is static
static void
cm_a_apply(void)
{
}
