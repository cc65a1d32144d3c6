// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// expect: nesting: a_apply() nests deeper than 4
static void
a_apply(void)
{
	for (;;)
		for (;;)
			for (;;)
				for (;;)
					for (;;)
						apply();
}
