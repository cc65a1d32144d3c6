// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What comes in between at calls of the system, in the program that this is linked into. */
typedef struct {
	void (*before_fsync)(void); /* of the next one; NULL: nothing */
	void (*before_rmdir)(void); /* as well */
	gint refusal;               /* what every renameat2() answers; 0: it does what it should */
	guint refusals;             /* how many did */
	gint read_refusal;          /* what every read() answers; 0: as above */
	gint lock_refusal;          /* what every flock() answers; 0: as above */
} FileCalls;

/* Of this program, set at will. */
FileCalls *
file_calls_get(void);
