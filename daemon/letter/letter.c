// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/letter/letter.h"

#include "daemon/calendar/calendar-address.h"
#include "daemon/letter/letter-compose.h"
#include "daemon/letter/letter-event.h"
#include "daemon/letter/letter-facts.h"
#include "daemon/letter/letter-mail.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

static const gchar *const kind_names[CM_LETTER_KIND_LAST] = {
    [CM_LETTER_INVITATION] = "invitation",
    [CM_LETTER_UPDATE] = "update",
    [CM_LETTER_CANCELLATION] = "cancellation",
    [CM_LETTER_COUNTER_DECLINED] = "counter-declined",
    [CM_LETTER_REMINDER] = "reminder",
    [CM_LETTER_FIRST_VIDEO] = "first-video",
    [CM_LETTER_DIGEST] = "digest",
    [CM_LETTER_PAGE_LINK] = "page-link",
};

static const gchar *const item_kind_names[CM_LETTER_ITEM_LAST] = {
    [CM_LETTER_ITEM_BOOKED] = "booked",
    [CM_LETTER_ITEM_MOVED] = "moved",
    [CM_LETTER_ITEM_CANCELLED] = "cancelled",
    [CM_LETTER_ITEM_REMINDER] = "reminder",
    [CM_LETTER_ITEM_FIRST_VIDEO] = "first-video",
    [CM_LETTER_ITEM_COUNTER_DECLINED] = "counter-declined",
    [CM_LETTER_ITEM_HOLD_OFFERED] = "hold-offered",
    [CM_LETTER_ITEM_HOLD_EXPIRED] = "hold-expired",
    [CM_LETTER_ITEM_CONSENT_NEEDED] = "consent-needed",
    [CM_LETTER_ITEM_CONSENT_CHANGED] = "consent-changed",
    [CM_LETTER_ITEM_BIRTHDAY] = "birthday",
    [CM_LETTER_ITEM_SUITABILITY_DUE] = "suitability-due",
    [CM_LETTER_ITEM_DEROGATION_ASKED] = "derogation-asked",
    [CM_LETTER_ITEM_DEROGATION_DECIDED] = "derogation-decided",
    [CM_LETTER_ITEM_REQUEST_OFFERED] = "request-offered",
    [CM_LETTER_ITEM_ABSENCE] = "absence",
    [CM_LETTER_ITEM_CALENDAR_FAILED] = "calendar-failed",
    [CM_LETTER_ITEM_ANSWERED] = "answered",
    [CM_LETTER_ITEM_REPLY_TO_DECIDE] = "reply-to-decide",
    [CM_LETTER_ITEM_TIME_REQUESTED] = "time-requested",
    [CM_LETTER_ITEM_DEAD_LETTER] = "dead-letter",
    [CM_LETTER_ITEM_HELP_ASKED] = "help-asked",
    [CM_LETTER_ITEM_CUSTODY_ASKED] = "custody-asked",
    [CM_LETTER_ITEM_CUSTODY_WATCHED] = "custody-watched",
    [CM_LETTER_ITEM_DESTRUCTION_ASKED] = "destruction-asked",
    [CM_LETTER_ITEM_MINUTES_GIVEN] = "minutes-given",
    [CM_LETTER_ITEM_MINUTES_CORRECTED] = "minutes-corrected",
    [CM_LETTER_ITEM_UNREACHABLE] = "unreachable",
};

static gboolean
find_name(const gchar *const *names, guint count, const gchar *name, guint *out_index)
{
	for (guint i = 0; i < count; i++) {
		if (g_str_equal(names[i], name)) {
			*out_index = i;
			return TRUE;
		}
	}
	return FALSE;
}

const gchar *
cm_letter_kind_to_string(CmLetterKind kind)
{
	g_return_val_if_fail((guint)kind < CM_LETTER_KIND_LAST, "");
	return kind_names[kind];
}

gboolean
cm_letter_kind_from_string(const gchar *name, CmLetterKind *out_kind)
{
	guint index = 0;

	if (!find_name(kind_names, CM_LETTER_KIND_LAST, name, &index))
		return FALSE;
	*out_kind = (CmLetterKind)index;
	return TRUE;
}

const gchar *
cm_letter_item_kind_to_string(CmLetterItemKind kind)
{
	g_return_val_if_fail((guint)kind < CM_LETTER_ITEM_LAST, "");
	return item_kind_names[kind];
}

gboolean
cm_letter_item_kind_from_string(const gchar *name, CmLetterItemKind *out_kind)
{
	guint index = 0;

	if (!find_name(item_kind_names, CM_LETTER_ITEM_LAST, name, &index))
		return FALSE;
	*out_kind = (CmLetterItemKind)index;
	return TRUE;
}

static void
item_free(gpointer data)
{
	cm_letter_facts_clear_item(data);
	g_free(data);
}

CmLetter *
cm_letter_new(CmLetterKind kind)
{
	CmLetter *letter = g_new0(CmLetter, 1);

	letter->kind = kind;
	letter->items = g_ptr_array_new_with_free_func(item_free);
	return letter;
}

void
cm_letter_free(CmLetter *letter)
{
	if (letter == NULL)
		return;
	cm_letter_facts_clear(letter);
	g_ptr_array_unref(letter->items);
	g_free(letter);
}

CmLetterItem *
cm_letter_add_item(CmLetter *letter, CmLetterItemKind kind)
{
	CmLetterItem *item = g_new0(CmLetterItem, 1);

	item->kind = kind;
	g_ptr_array_add(letter->items, item);
	return item;
}

gboolean
cm_letter_item_stands(const CmLetterItem *item)
{
	return item->kind == CM_LETTER_ITEM_BOOKED || item->kind == CM_LETTER_ITEM_MOVED ||
	       item->kind == CM_LETTER_ITEM_REMINDER || item->kind == CM_LETTER_ITEM_FIRST_VIDEO ||
	       item->kind == CM_LETTER_ITEM_COUNTER_DECLINED;
}

GBytes *
cm_letter_to_bytes(const CmLetter *letter, GError **error)
{
	return cm_letter_facts_write(letter, error);
}

CmLetter *
cm_letter_from_bytes(GBytes *bytes, GError **error)
{
	return cm_letter_facts_read(bytes, error);
}

/* ---- rendering */

static gboolean
refuse(GError **error, const gchar *format)
{
	cm_error_set(error, CM_ERROR_INVALID_INPUT, format, NULL);
	return FALSE;
}

static gboolean
check_address(const gchar *address, const gchar *whose, GError **error)
{
	if (address != NULL && cm_calendar_address_check(address, NULL))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("a letter's \"{0}\" is no mail address that can be written in a header"),
		     whose, NULL);
	return FALSE;
}

/* what may stand between < and > without quoting: RFC 5322 section 3.6.4, less what nobody makes */
static gboolean
check_message_id(const gchar *id, GError **error)
{
	const gchar *at = id != NULL ? strchr(id, '@') : NULL;

	if (at == NULL || at == id || at[1] == '\0' || strchr(at + 1, '@') != NULL)
		return refuse(error, N_("a letter's Message-ID is none"));
	for (const gchar *p = id; *p != '\0'; p++) {
		if (!g_ascii_isalnum(*p) && strchr("@.-_+=~", *p) == NULL)
			return refuse(error, N_("a letter's Message-ID is none"));
	}
	return TRUE;
}

static gboolean
check_mail(const CmLetter *letter, const gchar *link, GError **error)
{
	if (!check_address(letter->address, "address", error) ||
	    !check_address(letter->from_address, "from_address", error) ||
	    !check_message_id(letter->message_id, error))
		return FALSE;
	if (letter->reply_to != NULL && !check_address(letter->reply_to, "reply_to", error))
		return FALSE;
	for (guint i = 0; i < letter->items->len; i++) {
		const CmLetterItem *item = g_ptr_array_index(letter->items, i);

		if (item->organizer_address != NULL &&
		    !check_address(item->organizer_address, "organizer_address", error))
			return FALSE;
		if (item->link != NULL && !cm_calendar_address_check_link(item->link, error))
			return FALSE;
	}
	return link == NULL || cm_calendar_address_check_link(link, error);
}

static gboolean
check_items(const CmLetter *letter, const gchar *link, GError **error)
{
	gboolean single =
	    letter->kind <= CM_LETTER_COUNTER_DECLINED || letter->kind == CM_LETTER_FIRST_VIDEO;
	gboolean dated = single || letter->kind == CM_LETTER_REMINDER;

	if ((guint)letter->kind >= CM_LETTER_KIND_LAST)
		return refuse(error, N_("a letter of this kind is not known"));
	if (letter->kind == CM_LETTER_PAGE_LINK) {
		if (letter->items->len > 0 || link == NULL)
			return refuse(
			    error, N_("a letter with a page's link has a link and nothing else"));
		return TRUE;
	}
	if (letter->items->len == 0 || (single && letter->items->len != 1))
		return refuse(error, N_("a letter has too few items, or too many for its kind"));
	for (guint i = 0; i < letter->items->len && dated; i++) {
		const CmLetterItem *item = g_ptr_array_index(letter->items, i);

		if (item->start == 0)
			return refuse(error, N_("a letter about a meeting needs its time"));
		if (letter->kind <= CM_LETTER_COUNTER_DECLINED &&
		    (item->uid == NULL || item->end <= item->start))
			return refuse(error,
				      N_("a letter with an invitation needs its UID and end"));
	}
	return TRUE;
}

gboolean
cm_letter_render(const CmLetter *letter, const gchar *link, GBytes **out_message, GError **error)
{
	g_autoptr(CmWords) words = NULL;
	g_autoptr(CmLetterContent) content = NULL;
	g_autofree gchar *calendar = NULL;
	const gchar *method;

	if (!check_items(letter, link, error) || !check_mail(letter, link, error))
		return FALSE;
	words = cm_words_new(letter->language, letter->zone, error);
	if (words == NULL)
		return FALSE;
	method = cm_letter_event_get_method(letter);
	if (method != NULL) {
		calendar = cm_letter_event_write(letter, link, words, error);
		if (calendar == NULL)
			return FALSE;
	}
	content = cm_letter_compose(letter, link, words);
	*out_message = cm_letter_mail_write(letter, link, content, method, calendar);
	return TRUE;
}
