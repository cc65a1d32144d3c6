// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-fence.h"

#include "include/cm-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* what a process that only keeps keys never asks for: a way around the sockets that are refused, other programs, others' memory */
static const gint refused_calls[] = {
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(ptrace),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(socketcall),
};

static gboolean
fail(gint code, const gchar *what, GError **error)
{
	cm_error_set(error, CM_ERROR_FAILED,
		     N_("This process can't be closed off from others ({0}: {1})."), what,
		     g_strerror(code), NULL);
	return FALSE;
}

/* of the other architectures of this machine (32 bits, say) no call is let through: that is libseccomp's own default */
static gint
add_rules(scmp_filter_ctx filter)
{
	static const gint families[] = {SCMP_SYS(socket), SCMP_SYS(socketpair)};
	gint code = 0;

	for (guint i = 0; code == 0 && i < G_N_ELEMENTS(families); i++)
		code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), families[i], 1,
					SCMP_A0(SCMP_CMP_NE, AF_UNIX));
	for (guint i = 0; code == 0 && i < G_N_ELEMENTS(refused_calls); i++)
		code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused_calls[i], 0);
	return code;
}

static gboolean
filter_calls(GError **error)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	gint code = filter != NULL ? add_rules(filter) : -ENOMEM;

	if (code == 0)
		code = seccomp_load(filter);
	seccomp_release(filter);
	return code == 0 || fail(-code, "seccomp", error);
}

/* the kernel is asked itself: a sanitizer's mlock() locks nothing, and says that it has */
static gboolean
can_lock(gsize length)
{
	gpointer tried =
	    mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	gboolean locked = tried != MAP_FAILED && syscall(SYS_mlock, tried, length) == 0;

	if (tried != MAP_FAILED)
		(void)munmap(tried, length);
	return locked;
}

static gboolean
check_locking(GError **error)
{
	struct rlimit limit = {0};
	g_autofree gchar *needed = g_strdup_printf("%d", CM_AGENT_FENCE_LOCKED_KIB);
	g_autofree gchar *allowed = NULL;

	/* what the system allows us at most, we take */
	if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_MEMLOCK, &limit);
	}
	if (can_lock(CM_AGENT_FENCE_LOCKED_KIB * 1024UL))
		return TRUE;
	allowed = g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)limit.rlim_max / 1024);
	cm_error_set(error, CM_ERROR_KEY,
		     N_("Keys are kept in memory that is never written to the disk: {0} KiB of it "
			"are needed, and this system allows {1}. Whoever administers it raises "
			"the limit “memlock” (LimitMEMLOCK=, /etc/security/limits.conf)."),
		     needed, allowed, NULL);
	return FALSE;
}

gboolean
cm_agent_fence_raise(GError **error)
{
	const struct rlimit none = {0, 0};

	umask(077);
	if (chdir("/") != 0)
		return fail(errno, "chdir", error);
	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return fail(errno, "RLIMIT_CORE", error);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return fail(errno, "PR_SET_DUMPABLE", error);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail(errno, "PR_SET_NO_NEW_PRIVS", error);
	return check_locking(error) && filter_calls(error);
}
