// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/page-plain.h"

#include "include/cm-catalog.h"

#include <glib/gi18n.h>

#define CODE_MAX 24

static CmPage *
begin(const CmPageFrame *frame, const gchar *title, const gchar *icon, const gchar *class)
{
	CmPageHead head = {.title = cm_catalog_find(frame->words->language, title)};
	g_autofree gchar *classes = g_strconcat("sign ", class, NULL);
	CmPage *page = cm_page_new(frame, &head);

	cm_page_begin(page, "div", classes);
	cm_page_icon(page, icon);
	cm_page_element(page, "h1", NULL, head.title);
	cm_page_end(page);
	return page;
}

GBytes *
cm_page_plain_make_about(const CmPageFrame *frame)
{
	CmPage *page =
	    begin(frame, N_("Your meetings with the school’s services"), "calendar", "note");

	cm_page_say(page, "p", "lead",
		    N_("Families and schools come here to confirm a meeting and, when it is held "
		       "by video, to join it."),
		    NULL);
	cm_page_begin(page, "section", NULL);
	cm_page_say(page, "h2", NULL, N_("You have a link"), NULL);
	cm_page_say(page, "p", NULL,
		    N_("Open the mail that you were sent and press its link. There is no account "
		       "and no password."),
		    NULL);
	cm_page_end(page);
	cm_page_begin(page, "section", NULL);
	cm_page_say(page, "h2", NULL, N_("You were told a code"), NULL);
	cm_page_link(page, "button", "/c", cm_page_parts_word(page, N_("Write the code")));
	cm_page_end(page);
	return cm_page_finish(page);
}

GBytes *
cm_page_plain_make_privacy(const CmPageFrame *frame)
{
	CmPage *page = begin(frame, N_("What we do with what you tell us"), "lock", "note");

	cm_page_begin(page, "ul", "ticks");
	cm_page_say(page, "li", NULL,
		    N_("We use what you tell us for your meetings alone, and only the people you "
		       "meet, and those who help them, see it."),
		    NULL);
	cm_page_say(
	    page, "li", NULL,
	    N_("The video is never recorded, and what is written during a meeting is not kept."),
	    NULL);
	cm_page_say(page, "li", NULL,
		    N_("This page asks nothing of any other site, keeps no trace of you for "
		       "advertising, and you may ask us at any time what we know of you."),
		    NULL);
	cm_page_end(page);
	return cm_page_finish(page);
}

GBytes *
cm_page_plain_make_code(const CmPageFrame *frame, CmPageCode state)
{
	CmPage *page = begin(frame, N_("Write your code"), "door", "note");
	CmPageField field = {
	    .kind = CM_PAGE_FIELD_CODE, .name = "code", .most = CODE_MAX, .required = TRUE};

	field.label = cm_page_parts_word(page, N_("The code that you were told"));
	field.hint = cm_page_parts_word(
	    page, N_("Small or capital letters, with or without spaces: as you like."));
	if (state == CM_PAGE_CODE_WRONG)
		field.fault = cm_page_parts_word(
		    page,
		    N_("This code opens nothing. Look at each letter; a code works from the day "
		       "before the meeting until its end."));
	if (state == CM_PAGE_CODE_TOO_MANY)
		field.fault = cm_page_parts_word(
		    page, N_("Too many codes were tried. Please wait a few minutes, or call us."));
	cm_page_begin_form(page, "code-form", "/c");
	cm_page_field(page, &field);
	cm_page_button(page, "button go", NULL, NULL,
		       cm_page_parts_word(page, N_("Go to the meeting")));
	cm_page_end(page);
	return cm_page_finish(page);
}

GBytes *
cm_page_plain_make_once(const CmPageFrame *frame, const gchar *token)
{
	CmPage *page = begin(frame, N_("Your way in as the host"), "door", "good");
	g_autofree gchar *path = g_strconcat("/h/", token, NULL);

	cm_page_say(page, "p", "lead",
		    N_("This link works once, for two minutes, in this browser."), NULL);
	cm_page_begin_form(page, NULL, path);
	cm_page_button(page, "button go", NULL, NULL,
		       cm_page_parts_word(page, N_("Go in as the host")));
	cm_page_end(page);
	cm_page_say(
	    page, "p", "hint",
	    N_("Those who wait are told that you are here. Nobody comes in before you let them."),
	    NULL);
	return cm_page_finish(page);
}

/* ---- why not */

static const struct {
	guint status;
	const gchar *title;
	const gchar *text;
} statuses[] = {
    {400, N_("That was not understood"), N_("Go back and try again.")},
    {403, N_("That did not come from our page"), N_("Go back to your page, and press there.")},
    {404, N_("This link does not work, or no more"),
     N_("Use the newest mail that you were sent: its link is the one that works. Or call us.")},
    {405, N_("That was not understood"), N_("Go back and try again.")},
    {409, N_("This changed meanwhile"), N_("Go back to your page: it shows how it is now.")},
    {413, N_("That was too long"), N_("Go back and write less.")},
    {415, N_("That was not understood"), N_("Go back and try again.")},
    {429, N_("Too much at once"), N_("Please wait a minute, then try again.")},
    {500, N_("Something went wrong here"),
     N_("It is not your fault. Please try again in a minute.")},
    {503, N_("Many people are here right now"),
     N_("Those whose meeting begins now go first. Please try again in a few minutes: nothing is "
	"lost.")},
    {CM_PAGE_PLAIN_AWAY, N_("Something went wrong here"),
     N_("It is not your fault. If you just sent something, open your page again in a minute: what "
	"it does not show has not reached us.")},
};

static guint
find_status(guint status)
{
	for (guint i = 0; i < G_N_ELEMENTS(statuses); i++) {
		if (statuses[i].status == status)
			return i;
	}
	return find_status(status < 500 ? 400 : 500);
}

/* nobody knows who reads this: it is said in each language, the likeliest first */
static void
write_others(CmPage *page, const CmPageFrame *frame, guint index)
{
	const gchar *const *languages = cm_catalog_get_languages();

	for (guint i = 0; languages[i] != NULL; i++) {
		if (g_str_equal(languages[i], frame->words->language))
			continue;
		cm_page_begin(page, "section", "other-language");
		cm_page_set(page, "lang",
			    cm_catalog_find_in_context(languages[i], "language tag",
						       NC_("language tag", "en-CA")));
		cm_page_element(page, "h2", NULL,
				cm_catalog_find(languages[i], statuses[index].title));
		cm_page_element(page, "p", NULL,
				cm_catalog_find(languages[i], statuses[index].text));
		cm_page_end(page);
	}
}

GBytes *
cm_page_plain_make_status(const CmPageFrame *frame, guint status)
{
	guint index = find_status(status);
	CmPage *page =
	    begin(frame, statuses[index].title, status >= 500 || status == 429 ? "clock" : "info",
		  status >= 500 ? "note" : "bad");

	cm_page_say(page, "p", "lead", statuses[index].text, NULL);
	if (status == 404) {
		cm_page_begin(page, "p", NULL);
		cm_page_link(page, NULL, "/c", cm_page_parts_word(page, N_("I was told a code")));
		cm_page_end(page);
	}
	write_others(page, frame, index);
	return cm_page_finish(page);
}
