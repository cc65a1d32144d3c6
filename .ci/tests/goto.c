// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// expect: goto: no goto
static void
a_apply(void)
{
	goto out;
out:
	return;
}
