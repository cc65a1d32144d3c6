// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// expect: null: compare “text” to NULL
// expect: null: compare “name” to NULL
// expect: null: compare “list” to NULL
// expect: null: compare “a->words” to NULL
typedef struct {
	char **words;
} A;

static int
a_apply(const char *text, A *a, int flag)
{
	g_autofree gchar *name = NULL;
	g_autoptr(GPtrArray) list = NULL;

	if (!text || flag)
		return 1;
	if (flag && name)
		return 1;
	while (list)
		return 1;
	if (!a->words)
		return 1;
	if (!is_good(text) && text[0] && *text)
		return 3;
	return 2;
}
