// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/roster/a.c
// expect: sql: SQLite is for daemon/store only
// expect: sql: SQL outside daemon/store
// expect: sql: SQL outside daemon/store
#include <sqlite3.h>

static const char *const a = "SELECT id FROM site";
static const char *const b = "INSERT INTO site VALUES (?)";
static const char *const c = "Update the site";
