// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/common/json-depth.h"

gboolean
cm_json_depth_is_within(const gchar *text, gsize length, guint depth)
{
	gboolean in_string = FALSE;
	guint reached = 0;

	for (gsize i = 0; i < length; i++) {
		if (in_string && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			in_string = !in_string;
		else if (!in_string && (text[i] == '{' || text[i] == '['))
			reached++;
		else if (!in_string && (text[i] == '}' || text[i] == ']') && reached > 0)
			reached--;
		if (reached > depth)
			return FALSE;
	}
	return TRUE;
}
