// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// expect: assignment: inside a condition
// expect: assignment: inside a condition
static int
a_apply(int b, int c)
{
	if ((b = apply()) == 1 && c <= 2)
		return 1;
	while (b = next())
		c++;
	return c;
}
