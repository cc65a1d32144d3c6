// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/letters/letter-samples.h"

#include "daemon/letter/letter-compose.h"
#include "daemon/letter/letter-content.h"
#include "daemon/letter/letter-html.h"
#include "daemon/letter/letter-text.h"
#include "daemon/words/words.h"
#include "include/cm-error.h"

#include <string.h>

/* Beside tests/letters/letters.py, which reads whole letters: what is refused, and the parts by themselves. */

static guint
find_sample(const gchar *name)
{
	guint i = 0;

	while (!g_str_equal(cm_letter_samples_get()[i].name, name))
		i++;
	return i;
}

static CmLetter *
make(const gchar *name)
{
	return cm_letter_samples_make(find_sample(name), "fr");
}

static void
assert_refused(const CmLetter *letter, const gchar *link, const gchar *secret)
{
	g_autoptr(GError) error = NULL;
	GBytes *message = NULL;

	g_assert_false(cm_letter_render(letter, link, &message, &error));
	g_assert_null(message);
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	if (secret != NULL)
		g_assert_null(strstr(error->message, secret));
}

static const gchar *const bad_addresses[] = {
    "evil@x.example\r\nBcc: y@y.example",
    "evil@x.example\nBcc: y@y.example",
    "evil@x.example\r",
    "evil@x.example, y@y.example",
    "evil@x.example>, <y@y.example",
    "\"evil\"@x.example>",
    "evil",
    "",
    "evil@\x01x.example",
    "evil @x.example",
};

/* every place where one is written, each with every bad one */
static void
try_bad_addresses(const gchar *sample)
{
	g_autoptr(CmLetter) letter = make(sample);
	CmLetterItem *item = g_ptr_array_index(letter->items, 0);
	gchar **places[] = {&letter->address, &letter->from_address, &letter->reply_to,
			    &item->organizer_address};

	for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
		gchar *good = *places[i];

		for (guint j = 0; j < G_N_ELEMENTS(bad_addresses); j++) {
			*places[i] = g_strdup(bad_addresses[j]);
			assert_refused(letter, NULL, "evil");
			g_free(*places[i]);
		}
		*places[i] = good;
	}
}

static void
test_render_bad_addresses(void)
{
	/* with a calendar part, which has a check of its own, and without */
	try_bad_addresses("invitation");
	try_bad_addresses("reminder");
}

static void
test_render_bad_links(void)
{
	static const gchar *const links[] = {"https://x.example/\r\nX: secret",
					     "javascript:secret()", "https://x.example/ secret",
					     "ftp://x.example/secret", ""};
	g_autoptr(CmLetter) letter = make("invitation");

	for (guint i = 0; i < G_N_ELEMENTS(links); i++)
		assert_refused(letter, links[i], "secret");
}

static void
test_render_bad_message_ids(void)
{
	static const gchar *const ids[] = {NULL,          "",      "@x",   "a@", "a@b@c",
					   "a@b\r\nX: y", "a b@c", "<a@b>"};
	g_autoptr(CmLetter) letter = make("invitation");

	for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
		g_free(letter->message_id);
		letter->message_id = g_strdup(ids[i]);
		assert_refused(letter, NULL, NULL);
	}
}

static void
test_render_bad_facts(void)
{
	g_autoptr(CmLetter) language = make("invitation");
	g_autoptr(CmLetter) zone = make("invitation");
	g_autoptr(CmLetter) uid = make("invitation");
	g_autoptr(CmLetter) end = make("invitation");
	g_autoptr(CmLetter) start = make("reminder");
	g_autoptr(CmLetter) two = make("reminder-two");
	g_autoptr(CmLetter) none = cm_letter_new(CM_LETTER_DIGEST);
	g_autoptr(CmLetter) page = make("page-link");

	language->language[0] = 'x';
	assert_refused(language, NULL, NULL);
	zone->zone[0] = 'x';
	assert_refused(zone, NULL, NULL);
	g_clear_pointer(&((CmLetterItem *)g_ptr_array_index(uid->items, 0))->uid, g_free);
	assert_refused(uid, NULL, NULL);
	((CmLetterItem *)g_ptr_array_index(end->items, 0))->end = 1;
	assert_refused(end, NULL, NULL);
	((CmLetterItem *)g_ptr_array_index(start->items, 0))->start = 0;
	assert_refused(start, NULL, NULL);
	two->kind = CM_LETTER_INVITATION;
	assert_refused(two, NULL, NULL);
	assert_refused(none, NULL, NULL);
	assert_refused(page, NULL, NULL);
}

/* equal facts and link, equal octets; another link, others */
static void
test_render_same(void)
{
	for (guint i = 0; cm_letter_samples_get()[i].name != NULL; i++) {
		g_autoptr(CmLetter) one = cm_letter_samples_make(i, "fr");
		g_autoptr(CmLetter) other = cm_letter_samples_make(i, "fr");
		g_autoptr(GBytes) first = NULL;
		g_autoptr(GBytes) second = NULL;

		g_assert_true(cm_letter_render(one, LETTER_SAMPLE_LINK, &first, NULL));
		g_assert_true(cm_letter_render(other, LETTER_SAMPLE_LINK, &second, NULL));
		g_assert_true(g_bytes_equal(first, second));
	}
}

/* ---- words */

static void
test_render_dates(void)
{
	static const struct {
		const gchar *language;
		const gchar *zone;
		gint64 instant;
		const gchar *moment;
	} cases[] = {
	    {"fr", "America/Toronto", 1788876900, "mardi 8 septembre 2026 à 10\u00a0h\u00a015"},
	    {"en", "America/Toronto", 1788876900, "Tuesday, September 8, 2026 at 10:15\u00a0a.m."},
	    {"fr", "America/Halifax", 1788876900, "mardi 8 septembre 2026 à 11\u00a0h\u00a015"},
	    {"en", "America/Vancouver", 1788912000, "Tuesday, September 8, 2026 at 5\u00a0p.m."},
	    /* noon and midnight */
	    {"en", "UTC", 1788868800, "Tuesday, September 8, 2026 at 12\u00a0p.m."},
	    {"en", "UTC", 1788825600, "Tuesday, September 8, 2026 at 12\u00a0a.m."},
	    {"fr", "UTC", 1788825600, "mardi 8 septembre 2026 à 0\u00a0h"},
	    /* the first of a month; before and after the clocks go back on November 1 */
	    {"fr", "America/Toronto", 1793509200, "dimanche 1er novembre 2026 à 1\u00a0h"},
	    {"fr", "America/Toronto", 1793512800, "dimanche 1er novembre 2026 à 1\u00a0h"},
	    {"fr", "America/Toronto", 1793516400, "dimanche 1er novembre 2026 à 2\u00a0h"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(CmWords) words = cm_words_new(cases[i].language, cases[i].zone, NULL);
		g_autofree gchar *moment = cm_words_moment(words, cases[i].instant);

		g_assert_cmpstr(moment, ==, cases[i].moment);
	}
}

static void
test_render_spans(void)
{
	g_autoptr(CmWords) words = cm_words_new("en", "UTC", NULL);
	g_autofree gchar *span = cm_words_span(words, 1788876900, 1788879600);
	g_autofree gchar *night = cm_words_span(words, 1788909300, 1788914700);
	g_autofree gchar *to_midnight = cm_words_span(words, 1788909300, 1788912000);
	g_autofree gchar *alone = cm_words_span(words, 1788876900, 0);
	g_autofree gchar *sentence = cm_words_say(words, "On {0}.", alone, NULL);

	g_assert_cmpstr(span, ==, "Tuesday, September 8, 2026, from 2:15\u00a0p.m. to 3\u00a0p.m.");
	g_assert_cmpstr(
	    night, ==,
	    "from Tuesday, September 8, 2026 at 11:15\u00a0p.m. to Wednesday, September 9, "
	    "2026 at 12:45\u00a0a.m.");
	g_assert_cmpstr(to_midnight, ==,
			"Tuesday, September 8, 2026, from 11:15\u00a0p.m. to 12\u00a0a.m.");
	g_assert_cmpstr(alone, ==, "Tuesday, September 8, 2026 at 2:15\u00a0p.m.");
	/* one full stop where a sentence ends with one already */
	g_assert_cmpstr(sentence, ==, "On Tuesday, September 8, 2026 at 2:15\u00a0p.m.");
}

/* ---- content */

static void
test_render_clean(void)
{
	g_autofree gchar *clean = cm_words_clean("  a\r\n\tb\x01\xc2\x85"
						 "c\xe2\x80\xae\xff\xef\xbf\xbf é ");

	g_assert_cmpstr(clean, ==,
			"a bc\xef\xbf\xbd"
			" é");
}

/* what a letter says in French, as plain text */
static gchar *
say(const CmLetter *letter)
{
	g_autoptr(CmWords) words = cm_words_new("fr", "America/Toronto", NULL);
	g_autoptr(CmLetterContent) content = cm_letter_compose(letter, NULL, words);

	return cm_letter_text_format(content);
}

/* it takes place, without the reader */
static void
test_render_excused(void)
{
	g_autoptr(CmLetter) letter = make("cancellation");
	CmLetterItem *item = g_ptr_array_index(letter->items, 0);
	g_autofree gchar *cancelled = say(letter);
	g_autofree gchar *excused = NULL;

	item->excused = TRUE;
	excused = say(letter);
	g_assert_nonnull(strstr(cancelled, "n’aura pas lieu"));
	g_assert_null(strstr(excused, "n’aura pas lieu"));
	g_assert_null(strstr(excused, "annulée"));
	g_assert_nonnull(strstr(excused, "Vous n’avez plus à venir"));
}

/* nothing is left that could be confirmed */
static void
test_render_all_cancelled(void)
{
	g_autoptr(CmLetter) letter = make("digest");
	g_autofree gchar *some = say(letter);
	g_autofree gchar *none = NULL;

	for (guint i = 0; i < letter->items->len; i++)
		((CmLetterItem *)g_ptr_array_index(letter->items, i))->kind =
		    CM_LETTER_ITEM_CANCELLED;
	none = say(letter);
	g_assert_nonnull(strstr(some, "confirmer"));
	g_assert_null(strstr(none, "confirmer"));
	g_assert_nonnull(strstr(none, "Des questions?"));
}

static void
test_render_text(void)
{
	g_autoptr(CmLetterContent) content = cm_letter_content_new("en-CA");
	g_autofree gchar *text = NULL;

	cm_letter_content_add(
	    content, CM_LETTER_BLOCK_PARAGRAPH,
	    g_strdup(">quoted From here to there, a line that is long enough to be "
		     "broken From its middle -- and again until it is done > there"));
	cm_letter_content_add(content, CM_LETTER_BLOCK_HEADING, g_strdup("日本"));
	cm_letter_content_add_point(content, g_strdup("one"));
	cm_letter_content_add_point(content, NULL);
	cm_letter_content_add_row(content, NULL, g_strdup("without a label"));
	cm_letter_content_add_button(content, g_strdup("Open"), "https://x.example/a?b=1&c=2");
	text = cm_letter_text_format(content);
	g_assert_cmpstr(text, ==,
			" >quoted From here to there, a line that is long enough to be broken \n"
			" From its middle -- and again until it is done > there\n"
			"\n"
			"日本\n"
			"----\n"
			"\n"
			"- one\n"
			"\n"
			"Open\n"
			"https://x.example/a?b=1&c=2\n");
}

static void
test_render_html(void)
{
	g_autoptr(CmLetterContent) content = cm_letter_content_new("en-CA");
	g_autofree gchar *html = NULL;

	cm_letter_content_set_subject(content, g_strdup("</title><b>"));
	cm_letter_content_add_row(content, g_strdup("<th>"), g_strdup("\"a\" & <b>"));
	cm_letter_content_add_button(content, g_strdup("Open"), "https://x.example/?a=\"&b=<");
	html = cm_letter_html_format(content);
	g_assert_nonnull(strstr(html, "<title>&lt;/title&gt;&lt;b&gt;</title>"));
	g_assert_nonnull(strstr(html, ">&lt;th&gt;</th>"));
	g_assert_nonnull(strstr(html, "&amp; &lt;b&gt;</td>"));
	g_assert_nonnull(strstr(html, "href=\"https://x.example/?a=&quot;&amp;b=&lt;\""));
	g_assert_null(strstr(html, "<b>"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/letter-render/bad-addresses", test_render_bad_addresses);
	g_test_add_func("/letter-render/bad-links", test_render_bad_links);
	g_test_add_func("/letter-render/bad-message-ids", test_render_bad_message_ids);
	g_test_add_func("/letter-render/bad-facts", test_render_bad_facts);
	g_test_add_func("/letter-render/same", test_render_same);
	g_test_add_func("/letter-render/dates", test_render_dates);
	g_test_add_func("/letter-render/spans", test_render_spans);
	g_test_add_func("/letter-render/clean", test_render_clean);
	g_test_add_func("/letter-render/excused", test_render_excused);
	g_test_add_func("/letter-render/all-cancelled", test_render_all_cancelled);
	g_test_add_func("/letter-render/text", test_render_text);
	g_test_add_func("/letter-render/html", test_render_html);
	return g_test_run();
}
