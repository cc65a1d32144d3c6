// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// expect: banned: g_error()
// expect: banned: sprintf()
// expect: banned: vsprintf()
// expect: banned: strcpy()
// expect: banned: strncpy()
// expect: banned: strcat()
// expect: banned: strncat()
// expect: banned: gets()
// expect: banned: system()
// expect: banned: popen()
// expect: banned: g_spawn_sync()
// expect: banned: g_spawn_command_line_sync()
// expect: banned: g_spawn_command_line_async()
// expect: banned: alloca()
// expect: banned: g_alloca()
// expect: banned: g_newa()
// expect: banned: strtok()
// expect: banned: atoi()
// expect: banned: atol()
// expect: banned: atof()
// expect: banned: sscanf()
// expect: banned: tmpnam()
// expect: banned: mktemp()
// expect: banned: rand()
// expect: banned: srand()
// expect: banned: sleep()
// expect: banned: usleep()
// expect: banned: g_usleep()
// expect: banned: g_prefix_error()
// expect: banned: g_prefix_error_literal()
// expect: banned: g_assert()
// expect: banned: strcmp()
// expect: banned: localtime()
// expect: banned: setenv()
static void
a_apply(void)
{
	g_error(b, "text");
	sprintf(b, "text");
	vsprintf(b, "text");
	strcpy(b, "text");
	strncpy(b, "text");
	strcat(b, "text");
	strncat(b, "text");
	gets(b, "text");
	system(b, "text");
	popen(b, "text");
	g_spawn_sync(b, "text");
	g_spawn_command_line_sync(b, "text");
	g_spawn_command_line_async(b, "text");
	alloca(b, "text");
	g_alloca(b, "text");
	g_newa(b, "text");
	strtok(b, "text");
	atoi(b, "text");
	atol(b, "text");
	atof(b, "text");
	sscanf(b, "text");
	tmpnam(b, "text");
	mktemp(b, "text");
	rand(b, "text");
	srand(b, "text");
	sleep(b, "text");
	usleep(b, "text");
	g_usleep(b, "text");
	g_prefix_error(b, "text");
	g_prefix_error_literal(b, "text");
	g_assert(b, "text");
	strcmp(b, "text");
	localtime(b, "text");
	setenv(b, "text");
	g_assert_true(b);
	state->system(b);
}
