// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/store/a.c
// expect: built-sql: sqlite3_exec() of a built statement
// expect: built-sql: sqlite3_mprintf(): bind
static void
a_apply(void)
{
	sqlite3_exec(db, g_strdup_printf("DELETE FROM %s", name), NULL, NULL, NULL);
	sqlite3_exec(db, "DELETE FROM site", NULL, NULL, NULL);
	b = sqlite3_mprintf("%q", name);
}
