// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/mime/mime.h"

#include <glib.h>
#include <gmime/gmime.h>

void
cm_mime_begin(void)
{
	static gsize begun = 0;

	if (g_once_init_enter(&begun)) {
		g_mime_init();
		g_once_init_leave(&begun, 1);
	}
}
