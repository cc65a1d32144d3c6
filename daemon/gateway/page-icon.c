// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/page-icon.h"

static const struct {
	const gchar *name;
	const gchar *path;
} icons[] = {
    {"calendar", "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4"},
    {"chat", "M4 5h16v11H10l-4.5 4v-4H4zM8 9h8M8 12h5"},
    {"check", "M4 12.5l5.5 5.5L20 7"},
    {"clock", "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7v5.5l3.5 2"},
    {"cross", "M6 6l12 12M18 6L6 18"},
    {"door", "M6 21V4l9-1v18zM15 5h4v16M3 21h18M11.5 11.5v1.5"},
    {"heart", "M12 20C5 15 3 11.5 3 8.5A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 9 1.5c0 3-2 6.5-9 11.5"},
    {"help",
     "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1 1-1.1 1.9M12 "
     "16.5v.6"},
    {"info", "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 11v5.5M12 7.5v.6"},
    {"leave", "M14 4H5v16h9M10 12h10M16.5 8.5L20 12l-3.5 3.5"},
    {"lock", "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3"},
    {"microphone", "M9.5 6a2.5 2.5 0 0 1 5 0v5a2.5 2.5 0 0 1-5 0zM6 11a6 6 0 0 0 12 0M12 17v4"},
    {"network", "M4 10a12 12 0 0 1 16 0M7 13.5a7.500 7.500 0 0 1 10 0M12 18v.6"},
    {"person", "M12 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8M4.5 20c.7-3.7 3.7-5.5 7.5-5.5s6.8 1.8 "
	       "7.5 5.5"},
    {"phone", "M6 3.5l3 .5l1.5 4l-2 1.800a12 12 0 0 0 5.700 5.700l1.800-2l4 1.5l.5 3c-.6 1.5-2 "
	      "2-3.5 2C10.5 19.600 4.400 13.5 4 7c0-1.5.5-3 2-3.5"},
    {"pin", "M12 21c-4-4.5-6.5-8-6.5-11a6.5 6.5 0 0 1 13 0c0 3-2.5 6.5-6.5 11M12 7.5a2.5 "
	    "2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5"},
    {"screen", "M3 5h18v11H3zM8 20h8M12 16v4"},
    {"sound", "M4 9.5v5h3.500l5 4v-13l-5 4zM16 9a4.500 4.500 0 0 1 0 6"},
    {"video", "M3 6.5h12v11H3zM15 11l6-3.5v9L15 13"},
    {"warning", "M12 3.5L22 20.5H2zM12 10v5M12 17.5v.6"},
};

const gchar *
cm_page_icon_find(const gchar *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(icons); i++) {
		if (g_str_equal(icons[i].name, name))
			return icons[i].path;
	}
	return NULL;
}
