// SPDX-License-Identifier: GPL-3.0-or-later

/* Preloaded into a program, counts what it does to files under one folder that lasts, and ends the process, or fails one of these
 * calls, at the N-th. tests/fault/fault.py drives it:
 *
 *   COMODAL_FAULT_UNDER    the folder; calls on other files are not counted
 *   COMODAL_FAULT_COUNTER  a file of 16 octets: how many calls so far (mapped, so that it outlives SIGKILL), and at which one it struck
 *   COMODAL_FAULT_AT       N, from 1; 0 only counts
 *   COMODAL_FAULT_SENDS    any value: what is sent on sockets counts too ("torn" sends half)
 *   COMODAL_FAULT_MODE     "kill": SIGKILL in place of the call; "torn": half of a write, then SIGKILL;
 *                          "eio": the call fails; "enospc": this one and every later one that needs room fails
 *
 * Counted: write, pwrite, writev, pwritev, fsync, fdatasync, ftruncate, fallocate, rename, link, symlink, unlink, mkdir, and an open
 * that creates or truncates; of sockets send, sendmsg, write, writev. Not seen: writes through a mapping (SQLite's -shm file, which it
 * makes anew after a crash) and what a power cut would lose of pages not yet synced: a killed process keeps them. */

/* else pwrite() and its like would be other names of pwrite64() */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NEEDS_ROOM = 1, IS_WRITE = 2 };

static struct {
	char under[4096];
	size_t under_length;
	volatile uint64_t *counter; /* [0] calls, [1] struck at */
	uint64_t at;
	char mode; /* first letter; of enospc 'n' */
	int sends; /* sockets count */
} fault;

#define REAL(name) ((__typeof__(&name))real_call(#name))

static void *
real_call(const char *name)
{
	void *call = dlsym(RTLD_NEXT, name);

	if (call == NULL)
		abort();
	return call;
}

__attribute__((constructor)) static void
fault_start(void)
{
	const char *under = getenv("COMODAL_FAULT_UNDER");
	const char *counter = getenv("COMODAL_FAULT_COUNTER");
	const char *at = getenv("COMODAL_FAULT_AT");
	const char *mode = getenv("COMODAL_FAULT_MODE");
	int descriptor = -1;
	void *map = MAP_FAILED;

	if (under == NULL || counter == NULL || realpath(under, fault.under) == NULL)
		return;
	descriptor = REAL(open)(counter, O_RDWR | O_CLOEXEC);
	if (descriptor >= 0) {
		map = mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
		close(descriptor);
	}
	if (map == MAP_FAILED)
		return;
	fault.under_length = strlen(fault.under);
	fault.at = at != NULL ? strtoull(at, NULL, 10) : 0;
	fault.mode = mode != NULL && strcmp(mode, "enospc") == 0 ? 'n' : mode != NULL ? *mode : 'k';
	fault.sends = getenv("COMODAL_FAULT_SENDS") != NULL;
	fault.counter = map;
}

static int
path_counts(const char *path)
{
	return strncmp(path, fault.under, fault.under_length) == 0 &&
	       (path[fault.under_length] == '/' || path[fault.under_length] == '\0');
}

static int
descriptor_counts(int descriptor)
{
	char link[64];
	char path[4096];
	struct stat status;
	ssize_t length = 0;

	if (fault.counter == NULL || fstat(descriptor, &status) != 0)
		return 0;
	if (S_ISSOCK(status.st_mode))
		return fault.sends;
	if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
		return 0;
	snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
	length = readlink(link, path, sizeof path - 1);
	if (length <= 0)
		return 0;
	path[length] = '\0';
	return path_counts(path);
}

/* a name may not be there yet: its folder decides */
static int
name_counts(const char *name)
{
	char copy[4096];
	char resolved[4096];
	char *slash = NULL;

	if (fault.counter == NULL || name == NULL || strlen(name) >= sizeof copy)
		return 0;
	memcpy(copy, name, strlen(name) + 1);
	slash = strrchr(copy, '/');
	if (slash == NULL)
		return getcwd(resolved, sizeof resolved) != NULL && path_counts(resolved);
	if (slash == copy)
		slash++;
	*slash = '\0';
	return realpath(copy, resolved) != NULL && path_counts(resolved);
}

static void
die(void)
{
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

/* Count a call. Returns 0: do it; 1: it is torn, do half of it and die(); -1: errno is set, it fails. */
static int
strike(int what)
{
	uint64_t number = __atomic_add_fetch(&fault.counter[0], 1, __ATOMIC_SEQ_CST);

	if (fault.at == 0 || number < fault.at)
		return 0;
	if (number > fault.at && fault.mode != 'n')
		return 0;
	if (number == fault.at)
		fault.counter[1] = number;
	if (fault.mode == 'n') {
		if ((what & NEEDS_ROOM) == 0)
			return 0;
		errno = ENOSPC;
		return -1;
	}
	if (fault.mode == 'e') {
		errno = EIO;
		return -1;
	}
	if (fault.mode == 't' && (what & IS_WRITE) != 0)
		return 1;
	die();
	return 0;
}

ssize_t
write(int descriptor, const void *data, size_t length)
{
	int how = descriptor_counts(descriptor) ? strike(NEEDS_ROOM | IS_WRITE) : 0;
	ssize_t done = how < 0 ? -1 : REAL(write)(descriptor, data, how > 0 ? length / 2 : length);

	if (how > 0)
		die();
	return done;
}

ssize_t
pwrite(int descriptor, const void *data, size_t length, off_t offset)
{
	int how = descriptor_counts(descriptor) ? strike(NEEDS_ROOM | IS_WRITE) : 0;
	ssize_t done =
	    how < 0 ? -1 : REAL(pwrite)(descriptor, data, how > 0 ? length / 2 : length, offset);

	if (how > 0)
		die();
	return done;
}

ssize_t
pwrite64(int descriptor, const void *data, size_t length, off64_t offset)
{
	int how = descriptor_counts(descriptor) ? strike(NEEDS_ROOM | IS_WRITE) : 0;
	ssize_t done =
	    how < 0 ? -1 : REAL(pwrite64)(descriptor, data, how > 0 ? length / 2 : length, offset);

	if (how > 0)
		die();
	return done;
}

ssize_t
writev(int descriptor, const struct iovec *parts, int count)
{
	int how = descriptor_counts(descriptor) ? strike(NEEDS_ROOM | IS_WRITE) : 0;
	ssize_t done =
	    how < 0 ? -1 : REAL(writev)(descriptor, parts, how > 0 ? (count + 1) / 2 : count);

	if (how > 0)
		die();
	return done;
}

ssize_t
pwritev(int descriptor, const struct iovec *parts, int count, off_t offset)
{
	int how = descriptor_counts(descriptor) ? strike(NEEDS_ROOM | IS_WRITE) : 0;
	ssize_t done =
	    how < 0 ? -1
		    : REAL(pwritev)(descriptor, parts, how > 0 ? (count + 1) / 2 : count, offset);

	if (how > 0)
		die();
	return done;
}

ssize_t
send(int descriptor, const void *data, size_t length, int flags)
{
	int how = descriptor_counts(descriptor) ? strike(NEEDS_ROOM | IS_WRITE) : 0;
	ssize_t done =
	    how < 0 ? -1 : REAL(send)(descriptor, data, how > 0 ? length / 2 : length, flags);

	if (how > 0)
		die();
	return done;
}

/* with descriptors in it, half a message is none: torn, it is sent whole */
ssize_t
sendmsg(int descriptor, const struct msghdr *message, int flags)
{
	int how = descriptor_counts(descriptor) ? strike(NEEDS_ROOM | IS_WRITE) : 0;
	ssize_t done = how < 0 ? -1 : REAL(sendmsg)(descriptor, message, flags);

	if (how > 0)
		die();
	return done;
}

int
fsync(int descriptor)
{
	return descriptor_counts(descriptor) && strike(0) < 0 ? -1 : REAL(fsync)(descriptor);
}

int
fdatasync(int descriptor)
{
	return descriptor_counts(descriptor) && strike(0) < 0 ? -1 : REAL(fdatasync)(descriptor);
}

int
ftruncate(int descriptor, off_t length)
{
	return descriptor_counts(descriptor) && strike(0) < 0 ? -1
							      : REAL(ftruncate)(descriptor, length);
}

int
ftruncate64(int descriptor, off64_t length)
{
	return descriptor_counts(descriptor) && strike(0) < 0
		   ? -1
		   : REAL(ftruncate64)(descriptor, length);
}

int
fallocate(int descriptor, int mode, off_t offset, off_t length)
{
	return descriptor_counts(descriptor) && strike(NEEDS_ROOM) < 0
		   ? -1
		   : REAL(fallocate)(descriptor, mode, offset, length);
}

int
posix_fallocate(int descriptor, off_t offset, off_t length)
{
	return descriptor_counts(descriptor) && strike(NEEDS_ROOM) < 0
		   ? errno
		   : REAL(posix_fallocate)(descriptor, offset, length);
}

int
rename(const char *from, const char *to)
{
	return name_counts(to) && strike(0) < 0 ? -1 : REAL(rename)(from, to);
}

int
renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	return name_counts(to) && strike(0) < 0 ? -1
						: REAL(renameat)(from_folder, from, to_folder, to);
}

int
renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags)
{
	return name_counts(to) && strike(0) < 0
		   ? -1
		   : REAL(renameat2)(from_folder, from, to_folder, to, flags);
}

int
link(const char *from, const char *to)
{
	return name_counts(to) && strike(NEEDS_ROOM) < 0 ? -1 : REAL(link)(from, to);
}

int
linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
	return name_counts(to) && strike(NEEDS_ROOM) < 0
		   ? -1
		   : REAL(linkat)(from_folder, from, to_folder, to, flags);
}

int
symlink(const char *from, const char *to)
{
	return name_counts(to) && strike(NEEDS_ROOM) < 0 ? -1 : REAL(symlink)(from, to);
}

int
unlink(const char *name)
{
	return name_counts(name) && access(name, F_OK) == 0 && strike(0) < 0 ? -1
									     : REAL(unlink)(name);
}

int
remove(const char *name)
{
	return name_counts(name) && access(name, F_OK) == 0 && strike(0) < 0 ? -1
									     : REAL(remove)(name);
}

int
unlinkat(int folder, const char *name, int flags)
{
	return name_counts(name) && strike(0) < 0 ? -1 : REAL(unlinkat)(folder, name, flags);
}

int
mkdir(const char *name, mode_t mode)
{
	return name_counts(name) && strike(NEEDS_ROOM) < 0 ? -1 : REAL(mkdir)(name, mode);
}

/* whether an open changes the folder or the file */
static int
open_counts(const char *name, int flags)
{
	if ((flags & O_TRUNC) != 0)
		return name_counts(name);
	return (flags & O_CREAT) != 0 && name_counts(name) && access(name, F_OK) != 0;
}

#define OPEN_LIKE(name)                                                                            \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		mode_t mode = 0;                                                                   \
		va_list list;                                                                      \
                                                                                                   \
		if ((flags & (O_CREAT | O_TMPFILE)) != 0) {                                        \
			va_start(list, flags);                                                     \
			mode = va_arg(list, mode_t);                                               \
			va_end(list);                                                              \
		}                                                                                  \
		if (open_counts(path, flags) && strike(NEEDS_ROOM) < 0)                            \
			return -1;                                                                 \
		return REAL(name)(path, flags, mode);                                              \
	}

OPEN_LIKE(open)
OPEN_LIKE(open64)

#define OPENAT_LIKE(name)                                                                          \
	int name(int folder, const char *path, int flags, ...)                                     \
	{                                                                                          \
		mode_t mode = 0;                                                                   \
		va_list list;                                                                      \
                                                                                                   \
		if ((flags & (O_CREAT | O_TMPFILE)) != 0) {                                        \
			va_start(list, flags);                                                     \
			mode = va_arg(list, mode_t);                                               \
			va_end(list);                                                              \
		}                                                                                  \
		if (open_counts(path, flags) && strike(NEEDS_ROOM) < 0)                            \
			return -1;                                                                 \
		return REAL(name)(folder, path, flags, mode);                                      \
	}

OPENAT_LIKE(openat)
OPENAT_LIKE(openat64)
