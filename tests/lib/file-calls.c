// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/lib/file-calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

static FileCalls calls;

FileCalls *
file_calls_get(void)
{
	return &calls;
}

static void
come_between(void (**hook)(void))
{
	void (*once)(void) = *hook;

	*hook = NULL;
	if (once != NULL)
		once();
}

int
fsync(int descriptor)
{
	come_between(&calls.before_fsync);
	return (int)syscall(SYS_fsync, descriptor);
}

int
rmdir(const char *path)
{
	come_between(&calls.before_rmdir);
	return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int
renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags)
{
	if (calls.refusal == 0)
		return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
	calls.refusals++;
	errno = calls.refusal;
	return -1;
}

int
flock(int descriptor, int operation)
{
	if (calls.lock_refusal == 0)
		return (int)syscall(SYS_flock, descriptor, operation);
	errno = calls.lock_refusal;
	return -1;
}

ssize_t
read(int descriptor, void *octets, size_t length)
{
	if (calls.read_refusal == 0)
		return syscall(SYS_read, descriptor, octets, length);
	errno = calls.read_refusal;
	return -1;
}
