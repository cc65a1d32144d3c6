// SPDX-License-Identifier: GPL-3.0-or-later
// as: tests/unit/test-a.c
// expect: banned: g_usleep()
int
main(void)
{
	g_usleep(1000);
	return g_test_run();
}
