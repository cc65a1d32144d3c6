// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// expect: print: g_print() in a library
// expect: print: fputs() in a library
static void
a_apply(void)
{
	g_print("x");
	fputs("x", stderr);
}
