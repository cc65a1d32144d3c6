// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What a program that is built with disk-space.c hears of every disk, in place of the C library's answer. */

#define DISK_SPACE_BLOCK 4096

/* So many blocks are free from now on; 0, and before the first call: nobody can say. */
void
disk_space_set_free(guint64 blocks);
