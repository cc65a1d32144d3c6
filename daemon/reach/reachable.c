// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/reach/reachable.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define PHONE_DIGITS_LEAST 3

static const gchar *const delivery_names[CM_DELIVERY_LAST] = {
    [CM_DELIVERY_INVITATIONS] = "invitations",
    [CM_DELIVERY_DIGEST] = "digest",
    [CM_DELIVERY_NONE] = "none",
};

const gchar *
cm_reachable_delivery_to_string(CmDelivery delivery)
{
	g_return_val_if_fail(delivery < CM_DELIVERY_LAST, "");
	return delivery_names[delivery];
}

gboolean
cm_reachable_delivery_from_string(const gchar *text, CmDelivery *out_delivery)
{
	for (guint i = 0; i < CM_DELIVERY_LAST; i++) {
		if (g_str_equal(delivery_names[i], text)) {
			*out_delivery = (CmDelivery)i;
			return TRUE;
		}
	}
	return FALSE;
}

CmReachable *
cm_reachable_new(CmResource kind, gint64 person, const gchar *language, const gchar *zone)
{
	CmReachable *reachable = g_new0(CmReachable, 1);
	gboolean family = kind == CM_RESOURCE_STUDENT || kind == CM_RESOURCE_CONTACT;

	reachable->kind = kind;
	reachable->person = person;
	reachable->email = g_strdup("");
	reachable->phone = g_strdup("");
	/* French is what a school of Québec writes in */
	g_strlcpy(reachable->language, g_str_has_prefix(language, "en") ? "en" : "fr",
		  sizeof reachable->language);
	reachable->delivery = family ? CM_DELIVERY_DIGEST : CM_DELIVERY_INVITATIONS;
	reachable->digest_at = CM_REACHABLE_DIGEST_AT;
	reachable->quiet_from = CM_REACHABLE_QUIET_FROM;
	reachable->quiet_to = CM_REACHABLE_QUIET_TO;
	reachable->remind_hours = family ? CM_REACHABLE_REMIND_HOURS : 0;
	reachable->zone = g_strdup(zone);
	reachable->link_epoch = 1;
	return reachable;
}

void
cm_reachable_free(CmReachable *reachable)
{
	if (reachable == NULL)
		return;
	g_free(reachable->email);
	g_free(reachable->phone);
	g_free(reachable->zone);
	g_free(reachable);
}

gboolean
cm_reachable_takes_mail(const CmReachable *reachable)
{
	return *reachable->email != '\0' && !reachable->bounced &&
	       reachable->delivery != CM_DELIVERY_NONE;
}

/* where an extension begins: the number's length before it */
static gsize
find_extension(const gchar *phone)
{
	static const gchar *const words[] = {"poste", "ext.", "ext", "x", "#"};
	g_autofree gchar *lower = g_ascii_strdown(phone, -1);

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		const gchar *at = strstr(lower, words[i]);

		if (at != NULL && at > lower)
			return (gsize)(at - lower);
	}
	return strlen(lower);
}

static gboolean
is_phone(const gchar *phone)
{
	gsize length = find_extension(phone);
	gsize digits = 0;

	if (strspn(phone, "0123456789 +()-./") < length)
		return FALSE;
	for (gsize i = 0; i < length; i++)
		digits += g_ascii_isdigit(phone[i]) ? 1 : 0;
	/* the word of an extension, and its number */
	phone += length;
	phone += strspn(phone, "posteextPOSTEEXT.#");
	return digits >= PHONE_DIGITS_LEAST && phone[strspn(phone, "0123456789 ")] == '\0';
}

gchar *
cm_reachable_parse_phone(const gchar *text, GError **error)
{
	g_autofree gchar *phone = NULL;

	if (strlen(text) <= 4 * CM_REACHABLE_PHONE_MAX && g_utf8_validate(text, -1, NULL)) {
		g_auto(GStrv) parts = g_strsplit(text, "\302\240", -1);

		/* spreadsheets like spaces that do not break */
		phone = g_strstrip(g_strjoinv(" ", parts));
	}
	if (phone != NULL && strlen(phone) <= CM_REACHABLE_PHONE_MAX &&
	    (*phone == '\0' || is_phone(phone)))
		return g_steal_pointer(&phone);
	cm_error_set(
	    error, CM_ERROR_INVALID_INPUT,
	    N_("This is not a telephone number, as 418 555-0100 or 418 555-0100 poste 12."), NULL);
	return NULL;
}
