// as: daemon/policy/a.c
// expect: spdx: the first line must be
#include <glib.h>
