// SPDX-License-Identifier: GPL-3.0-or-later

/* Preloaded into comodald, holds its first long read of a file, longer than any page of a database: the search for what was destroyed.
 * daemon_retention.py listens on the socket COMODAL_HOLD; the read goes on when that end of the connection is closed. */

/* else pread() and pread64() would be one name */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PAGE_MAX 65536

static atomic_flag is_held = ATOMIC_FLAG_INIT;

static void
hold(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char octet = 0;

	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", getenv("COMODAL_HOLD"));
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
	    read(fd, &octet, 1) != 0)
		abort();
	close(fd);
}

#define PREAD_LIKE(name, offset_type)                                                              \
	ssize_t name(int fd, void *octets, size_t count, offset_type offset)                       \
	{                                                                                          \
		__typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);               \
                                                                                                   \
		if (count > PAGE_MAX && !atomic_flag_test_and_set(&is_held))                       \
			hold();                                                                    \
		return real(fd, octets, count, offset);                                            \
	}

PREAD_LIKE(pread, off_t)
PREAD_LIKE(pread64, off64_t)
