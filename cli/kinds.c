// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/kinds.h"

#include <glib/gi18n.h>

const gchar *const *
cm_kinds_get_all(void)
{
	static const gchar *const kinds[] = {"professional", "site",     "student",
					     "contact",      "room",     "companion",
					     "calendar",     "followup", NULL};

	return kinds;
}

const gchar *
cm_kinds_get_plural(const gchar *kind, guint count)
{
	if (g_str_equal(kind, "professional"))
		return ngettext("professional", "professionals", count);
	if (g_str_equal(kind, "site"))
		return ngettext("school or office", "schools and offices", count);
	if (g_str_equal(kind, "student"))
		return ngettext("student", "students", count);
	if (g_str_equal(kind, "contact"))
		return ngettext("parent or teacher", "parents and teachers", count);
	if (g_str_equal(kind, "room"))
		return ngettext("room", "rooms", count);
	if (g_str_equal(kind, "companion"))
		return ngettext("companion", "companions", count);
	if (g_str_equal(kind, "calendar"))
		return ngettext("school calendar", "school calendars", count);
	if (g_str_equal(kind, "followup"))
		return ngettext("follow-up", "follow-ups", count);
	if (g_str_equal(kind, "session"))
		return ngettext("session", "sessions", count);
	return kind;
}
