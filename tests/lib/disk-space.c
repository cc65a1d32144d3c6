// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/lib/disk-space.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

static guint64 free_blocks;

void
disk_space_set_free(guint64 blocks)
{
	free_blocks = blocks;
}

int
fstatvfs(int fd, struct statvfs *status)
{
	memset(status, 0, sizeof *status);
	status->f_frsize = DISK_SPACE_BLOCK;
	status->f_bavail = free_blocks;
	if (free_blocks != 0)
		return 0;
	errno = ENOSYS;
	return -1;
}
