// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/letter/letter.h"

#include "include/cm-error.h"

#include <string.h>

/* a letter with something in every field, so that a field that is lost is seen */
static CmLetter *
make_full(void)
{
	CmLetter *letter = cm_letter_new(CM_LETTER_UPDATE);
	CmLetterItem *item = cm_letter_add_item(letter, CM_LETTER_ITEM_MOVED);

	letter->number = 12;
	letter->language = g_strdup("fr");
	letter->zone = g_strdup("America/Toronto");
	letter->made_at = G_GINT64_CONSTANT(1788875100);
	letter->message_id = g_strdup("12.abc@css.example");
	letter->recipient_kind = 2;
	letter->recipient = 77;
	letter->staff = TRUE;
	letter->address = g_strdup("parent@courriel.example");
	letter->name = g_strdup("Andrée \"Dédé\" Ågren");
	letter->from_address = g_strdup("suivis@css.example");
	letter->from_name = g_strdup("Suivis");
	letter->reply_to = g_strdup("suivis+abc@css.example");
	letter->organisation = g_strdup("CSS des Rives");
	letter->link_scope = g_strdup("guest");
	letter->link_epoch = 3;
	letter->link_subject = 5;
	letter->help_phone = g_strdup("418 555-0100");
	letter->help_hours = g_strdup("8 h à 16 h");
	letter->left_out = 4;
	item->subject = 5;
	item->invitation = 6;
	item->uid = g_strdup("u@css.example");
	item->sequence = 2;
	item->organizer_address = g_strdup("suivis+tok@css.example");
	item->start = 1788880500;
	item->end = 1788883200;
	item->old_start = 1788794100;
	item->old_end = 1788796800;
	item->mode = g_strdup("in-person");
	item->old_mode = g_strdup("video-remote");
	item->room = 9;
	item->place = g_strdup("Local 204");
	item->old_place = g_strdup("Local 110");
	item->school = g_strdup("École des Pins");
	item->initials = g_strdup("A. B.");
	item->host_name = g_strdup("Julie Roy");
	item->host_profession = g_strdup("Orthophoniste");
	item->role = g_strdup("guardian");
	item->answer = g_strdup("declined");
	item->until = 1788886800;
	item->count = 7;
	item->excused = TRUE;
	item->own_link = TRUE;
	/* a secret, of the moment at which it is sent */
	item->link = g_strdup("https://css.example/v/x");
	item->note = g_strdup("a {0}\x1f"
			      "a {0}\x1f"
			      "b\nc");
	return letter;
}

static void
test_letter_round_trip(void)
{
	g_autoptr(CmLetter) letter = make_full();
	g_autoptr(CmLetter) read = NULL;
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(GBytes) again = NULL;
	g_autoptr(GError) error = NULL;
	const CmLetterItem *item;

	bytes = cm_letter_to_bytes(letter, &error);
	g_assert_no_error(error);
	read = cm_letter_from_bytes(bytes, &error);
	g_assert_no_error(error);
	again = cm_letter_to_bytes(read, &error);
	g_assert_no_error(error);
	g_assert_true(g_bytes_equal(bytes, again));
	g_assert_cmpint(read->kind, ==, CM_LETTER_UPDATE);
	g_assert_cmpstr(read->name, ==, letter->name);
	g_assert_cmpint(read->made_at, ==, letter->made_at);
	g_assert_true(read->staff);
	g_assert_cmpuint(read->left_out, ==, 4);
	g_assert_cmpuint(read->items->len, ==, 1);
	item = g_ptr_array_index(read->items, 0);
	g_assert_cmpint(item->kind, ==, CM_LETTER_ITEM_MOVED);
	g_assert_cmpuint(item->sequence, ==, 2);
	g_assert_cmpstr(item->old_place, ==, "Local 110");
	g_assert_cmpint(item->count, ==, 7);
	g_assert_cmpstr(item->note, ==,
			"a {0}\x1f"
			"a {0}\x1f"
			"b\nc");
}

/* every field of the structures is in the table: an object of all of them has as many members as they have fields */
static void
test_letter_every_field(void)
{
	g_autoptr(CmLetter) letter = make_full();
	g_autoptr(GBytes) bytes = cm_letter_to_bytes(letter, NULL);
	gsize size = 0;
	const gchar *data = g_bytes_get_data(bytes, &size);
	g_autofree gchar *text = g_strndup(data, size);
	guint members = 0;

	for (const gchar *at = strstr(text, "\":"); at != NULL; at = strstr(at + 1, "\":"))
		members++;
	/* format, kind, 20 fields, items; the item's kind and 25 fields, its link being none */
	g_assert_cmpuint(members, ==, 3 + 20 + 1 + 25);
	g_assert_null(strstr(text, "https"));
}

static void
test_letter_kinds(void)
{
	CmLetterKind kind;
	CmLetterItemKind item_kind;

	for (guint i = 0; i < CM_LETTER_KIND_LAST; i++) {
		g_assert_true(
		    cm_letter_kind_from_string(cm_letter_kind_to_string((CmLetterKind)i), &kind));
		g_assert_cmpuint(kind, ==, i);
	}
	for (guint i = 0; i < CM_LETTER_ITEM_LAST; i++) {
		g_assert_true(cm_letter_item_kind_from_string(
		    cm_letter_item_kind_to_string((CmLetterItemKind)i), &item_kind));
		g_assert_cmpuint(item_kind, ==, i);
	}
	g_assert_false(cm_letter_kind_from_string("letter", &kind));
	g_assert_false(cm_letter_item_kind_from_string("", &item_kind));
}

static void
assert_refused(const gchar *text, CmErrorCode code)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	g_autoptr(GError) error = NULL;
	g_autoptr(CmLetter) letter = cm_letter_from_bytes(bytes, &error);

	g_assert_null(letter);
	g_assert_error(error, CM_ERROR, (gint)code);
}

#define START "{\"format\":\"comodal-letter/1\",\"kind\":\"digest\","

static void
test_letter_refused(void)
{
	assert_refused("", CM_ERROR_INVALID_INPUT);
	assert_refused("[]", CM_ERROR_INVALID_INPUT);
	assert_refused("{", CM_ERROR_INVALID_INPUT);
	assert_refused("{\"format\":\"comodal-letter/2\",\"kind\":\"digest\",\"items\":[]}",
		       CM_ERROR_NOT_SUPPORTED);
	assert_refused("{\"format\":\"comodal-letter/1\",\"kind\":\"x\",\"items\":[]}",
		       CM_ERROR_INVALID_INPUT);
	assert_refused(START "\"items\":{}}", CM_ERROR_INVALID_INPUT);
	assert_refused(START "\"items\":[1]}", CM_ERROR_INVALID_INPUT);
	assert_refused(START "\"items\":[{\"kind\":\"booked\",\"start\":\"1\"}]}",
		       CM_ERROR_INVALID_INPUT);
	assert_refused(START "\"items\":[],\"staff\":2}", CM_ERROR_INVALID_INPUT);
	assert_refused(START "\"items\":[],\"left_out\":-1}", CM_ERROR_INVALID_INPUT);
	assert_refused(START "\"items\":[],\"language\":7}", CM_ERROR_INVALID_INPUT);
	assert_refused(START "\"items\":[],\"surprise\":\"x\"}", CM_ERROR_INVALID_INPUT);
}

static void
test_letter_bounds(void)
{
	g_autoptr(CmLetter) letter = cm_letter_new(CM_LETTER_DIGEST);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = NULL;

	letter->name = g_strnfill(CM_LETTER_TEXT_MAX + 1, 'a');
	bytes = cm_letter_to_bytes(letter, &error);
	g_assert_null(bytes);
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	g_clear_error(&error);
	letter->name[1] = '\0';
	letter->name[0] = (gchar)0xff;
	bytes = cm_letter_to_bytes(letter, &error);
	g_assert_null(bytes);
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	g_clear_error(&error);
	letter->name[0] = 'a';
	for (guint i = 0; i <= CM_LETTER_ITEMS_MAX; i++)
		cm_letter_add_item(letter, CM_LETTER_ITEM_BOOKED);
	bytes = cm_letter_to_bytes(letter, &error);
	g_assert_null(bytes);
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/letter/round-trip", test_letter_round_trip);
	g_test_add_func("/letter/every-field", test_letter_every_field);
	g_test_add_func("/letter/kinds", test_letter_kinds);
	g_test_add_func("/letter/refused", test_letter_refused);
	g_test_add_func("/letter/bounds", test_letter_bounds);
	return g_test_run();
}
