// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// expect: error-unset: a_apply() returns FALSE
// expect: error-unset: a_find() returns NULL
static gboolean
a_apply(int b, GError **error)
{
	if (b == 1 && !apply(error))
		return FALSE;
	if (b == 2) {
		return FALSE;
	}
	return TRUE;
}

static char *
a_find(int b, GError **error)
{
	int c = apply(b);

	c++;
	return NULL;
}

static char *
a_open(const char *name, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(name, 0, error);
	int c = 0;

	c = apply(1);
	if (dir == NULL)
		return NULL;
	return find(c);
}
