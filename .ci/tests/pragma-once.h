// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.h
// expect: pragma-once: must follow
#ifndef A
#define A
#endif
