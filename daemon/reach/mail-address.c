// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/reach/mail-address.h"

#include "daemon/mime/mime.h"
#include "include/cm-error.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <gmime/gmime.h>
#include <string.h>

static gboolean
is_plain(const gchar *text)
{
	for (const gchar *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
		gunichar letter = g_utf8_get_char(at);

		if (!g_unichar_isgraph(letter) ||
		    (letter < 128 && strchr("<>()[]\\,;:\"", (gchar)letter)))
			return FALSE;
	}
	return *text != '\0';
}

/* what a mail program makes of it must be what was typed */
static gboolean
is_one_mailbox(const gchar *text)
{
	GMimeParserOptions *options = NULL;
	InternetAddressList *list = NULL;
	gboolean one = FALSE;

	cm_mime_begin();
	options = g_mime_parser_options_new();
	g_mime_parser_options_set_address_compliance_mode(options, GMIME_RFC_COMPLIANCE_STRICT);
	list = internet_address_list_parse(options, text);
	if (list != NULL && internet_address_list_length(list) == 1) {
		InternetAddress *address = internet_address_list_get_address(list, 0);

		one =
		    INTERNET_ADDRESS_IS_MAILBOX(address) &&
		    g_strcmp0(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address)),
			      text) == 0;
	}
	g_clear_object(&list);
	g_mime_parser_options_free(options);
	return one;
}

static gboolean
is_domain(const gchar *domain)
{
	g_auto(GStrv) labels = g_strsplit(domain, ".", -1);
	guint count = g_strv_length(labels);

	for (guint i = 0; i < count; i++) {
		gsize length = strlen(labels[i]);

		if (length == 0 || length > 63 || labels[i][0] == '-' ||
		    labels[i][length - 1] == '-' ||
		    labels[i][strspn(labels[i], "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0')
			return FALSE;
	}
	return count > 1 || g_str_equal(domain, "localhost");
}

gchar *
cm_mail_address_parse(const gchar *text, GError **error)
{
	g_autofree gchar *bare = NULL;
	g_autofree gchar *domain = NULL;
	g_autofree gchar *lower = NULL;
	g_autofree gchar *address = NULL;
	const gchar *at = NULL;

	if (strlen(text) <= 4 * CM_MAIL_ADDRESS_MAX && g_utf8_validate(text, -1, NULL)) {
		bare = g_strstrip(g_strdup(text));
		at = strrchr(bare, '@');
	}
	if (at != NULL && at > bare && at - bare <= CM_MAIL_ADDRESS_LOCAL_MAX && is_plain(bare) &&
	    is_one_mailbox(bare))
		domain = g_hostname_to_ascii(at + 1);
	if (domain != NULL) {
		lower = g_ascii_strdown(domain, -1);
		address = g_strdup_printf("%.*s@%s", (gint)(at - bare), bare, lower);
	}
	if (address == NULL || !g_str_is_ascii(address) || !is_domain(lower) ||
	    strlen(address) > CM_MAIL_ADDRESS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("This is not one mail address, as prenom.nom@exemple.ca."), NULL);
		return NULL;
	}
	return g_steal_pointer(&address);
}

gchar *
cm_mail_address_fold(const gchar *address)
{
	const gchar *at = strrchr(address, '@');
	g_autofree gchar *domain = at != NULL ? g_hostname_to_ascii(at + 1) : NULL;
	g_autofree gchar *whole = NULL;

	if (domain == NULL)
		return g_ascii_strdown(address, -1);
	whole = g_strdup_printf("%.*s@%s", (gint)(at - address), address, domain);
	return g_ascii_strdown(whole, -1);
}
