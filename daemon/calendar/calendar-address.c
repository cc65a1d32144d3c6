// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/calendar/calendar-address.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* what RFC 6068 lets stand in a mailto: URI as it is, besides letters and digits */
#define KEPT_IN_URI "!$'*+@"

static gboolean
is_address(const gchar *address)
{
	const gchar *at = strchr(address, '@');

	if (at == NULL || at == address || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
	    strlen(address) > CM_CALENDAR_ADDRESS_MAX_BYTES || !g_utf8_validate(address, -1, NULL))
		return FALSE;
	for (const gchar *p = address; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar letter = g_utf8_get_char(p);

		if (!g_unichar_isgraph(letter) ||
		    (letter < 0x80 && strchr("\"<>()[],;:\\", (int)letter) != NULL))
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_calendar_address_check(const gchar *address, GError **error)
{
	if (address != NULL && is_address(address))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("A mail address has a character that it may not have, or is not one."),
		     NULL);
	return FALSE;
}

gchar *
cm_calendar_address_to_uri(const gchar *address, GError **error)
{
	g_autofree gchar *escaped = NULL;

	if (!cm_calendar_address_check(address, error))
		return NULL;
	escaped = g_uri_escape_string(address, KEPT_IN_URI, FALSE);
	return g_strconcat("mailto:", escaped, NULL);
}

gchar *
cm_calendar_address_from_uri(const gchar *uri)
{
	g_autofree gchar *text = NULL;
	g_autofree gchar *plain = NULL;
	gsize length = 0;

	if (uri == NULL)
		return NULL;
	text = g_strstrip(g_strdup(uri));
	if (g_ascii_strncasecmp(text, "mailto:", 7) == 0)
		memmove(text, text + 7, strlen(text + 7) + 1);
	/* "?subject=…" is no part of it */
	text[strcspn(text, "?")] = '\0';
	plain = g_uri_unescape_string(text, "/");
	if (plain == NULL)
		return NULL;
	g_strstrip(plain);
	/* GroupWise writes "mailto:%3Csomebody%40else.example%3E" */
	length = strlen(plain);
	if (length > 2 && plain[0] == '<' && plain[length - 1] == '>') {
		plain[length - 1] = '\0';
		memmove(plain, plain + 1, length - 1);
	}
	return is_address(plain) ? g_utf8_strdown(plain, -1) : NULL;
}

static gboolean
is_link(const gchar *link)
{
	g_autoptr(GUri) uri = NULL;

	if (strlen(link) > CM_CALENDAR_LINK_MAX_BYTES)
		return FALSE;
	for (const gchar *p = link; *p != '\0'; p++) {
		if (!g_ascii_isgraph(*p) || strchr("\"<>\\^`{|}", *p) != NULL)
			return FALSE;
	}
	uri = g_uri_parse(link, G_URI_FLAGS_NONE, NULL);
	return uri != NULL && g_uri_get_host(uri) != NULL && *g_uri_get_host(uri) != '\0' &&
	       (g_str_equal(g_uri_get_scheme(uri), "https") ||
		g_str_equal(g_uri_get_scheme(uri), "http"));
}

gboolean
cm_calendar_address_check_link(const gchar *link, GError **error)
{
	if (link != NULL && is_link(link))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("A link has a character that it may not have, or is not one."), NULL);
	return FALSE;
}
