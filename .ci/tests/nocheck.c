// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// expect: nocheck: “gotos” is no rule
// expect: nocheck: does not say why
// expect: goto: no goto
// expect: goto: no goto
static void
a_apply(void)
{
	goto a; /* nocheck:goto: the corpus shows it */
	/* nocheck:goto: the corpus shows it */
	goto b;
	call();
	goto c; /* nocheck:goto */
	goto d; /* nocheck:gotos: spelled wrong */
}
