// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/letter/letter.h"

#include "daemon/letter/letter-facts.h"

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
