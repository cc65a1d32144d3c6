// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-fence.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a process can't do behind the fence, tried in one that has raised it. */

#define FAILED 3

static void
run_behind(void (*tried)(void))
{
	g_autoptr(GError) error = NULL;
	gint status = 0;
	pid_t child = fork();

	g_assert_cmpint(child, >=, 0);
	if (child == 0) {
		if (!cm_agent_fence_raise(&error)) {
			g_printerr("%s\n", error->message);
			_exit(FAILED);
		}
		tried();
		/* nothing looks for leaks: it would be by tracing */
		_exit(0);
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

static void
expect(gint result, gint code)
{
	if (result >= 0 || errno != code) {
		g_printerr("%d, %s\n", result, g_strerror(errno));
		_exit(FAILED);
	}
}

static void
try_sockets(void)
{
	static const gint families[] = {AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_VSOCK, AF_ALG};
	gint pair[2];

	for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
		expect(socket(families[i], SOCK_STREAM, 0), EAFNOSUPPORT);
		expect(socket(families[i], SOCK_DGRAM | SOCK_CLOEXEC, 0), EAFNOSUPPORT);
	}
	expect(socketpair(AF_INET, SOCK_STREAM, 0, pair), EAFNOSUPPORT);
	/* and what it lives by */
	if (socket(AF_UNIX, SOCK_STREAM, 0) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		_exit(FAILED);
}

static void
try_calls(void)
{
	gchar *arguments[] = {(gchar *)"/bin/true", NULL};
	gchar octets[128] = {0};

	/* a ring would make sockets without asking */
	expect((gint)syscall(SYS_io_uring_setup, 1, octets), EPERM);
	expect(execv(arguments[0], arguments), EPERM);
	expect((gint)syscall(SYS_ptrace, 0, 0, 0, 0), EPERM);
	expect((gint)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0), EPERM);
}

static void
try_state(void)
{
	struct rlimit core = {1, 1};

	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || core.rlim_max != 0 ||
	    prctl(PR_GET_DUMPABLE) != 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		_exit(FAILED);
}

static void
test_sockets(void)
{
	run_behind(try_sockets);
}

static void
test_calls(void)
{
	run_behind(try_calls);
}

static void
test_state(void)
{
	run_behind(try_state);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agent-fence/sockets", test_sockets);
	g_test_add_func("/agent-fence/calls", test_calls);
	g_test_add_func("/agent-fence/state", test_state);
	return g_test_run();
}
