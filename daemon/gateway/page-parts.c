// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/page-parts.h"

#include "daemon/gateway/page-phrase.h"
#include "include/cm-catalog.h"

#include <glib/gi18n.h>

#define HELP_TEXT_MAX 300

gchar *
cm_page_parts_path(const gchar *path, guint64 number)
{
	return g_strdup_printf("%s%" G_GUINT64_FORMAT, path, number);
}

const gchar *
cm_page_parts_word(const CmPage *page, const gchar *text)
{
	return cm_catalog_find(cm_page_get_words(page)->language, text);
}

void
cm_page_parts_fill_frame(CmPageFrame *frame, const CmView *view)
{
	frame->organisation = view->organisation;
	frame->help_phone = view->help_phone;
	frame->help_hours = view->help_hours;
}

void
cm_page_parts_said(CmPage *page, CmPageSaid said)
{
	static const gchar *const texts[] = {
	    [CM_PAGE_SAID_NOTHING] = NULL,
	    [CM_PAGE_SAID_CHANGED] = N_("This meeting changed just before you pressed. Nothing was "
					"sent. Here is how it is now."),
	    [CM_PAGE_SAID_MISSING] = N_("Something is missing. Please answer each question below."),
	    [CM_PAGE_SAID_BUSY] =
		N_("Many people are here right now. Please try again in a minute."),
	    [CM_PAGE_SAID_FAILED] =
		N_("That did not work, and nothing was sent. Please try again."),
	};

	if (said == CM_PAGE_SAID_NOTHING)
		return;
	cm_page_begin_alert(page, "warning", "done");
	cm_page_say(page, "p", NULL, texts[said], NULL);
	cm_page_end(page);
}

void
cm_page_parts_when(CmPage *page,
		   const CmView *view,
		   const CmViewItem *item,
		   const gchar *heading,
		   const gchar *id)
{
	const CmWords *words = cm_page_get_words(page);
	g_autofree gchar *near = cm_page_phrase_near(words, view->now, item->start);
	g_autofree gchar *day = cm_words_day_heading(words, item->start);
	g_autofree gchar *hours = cm_words_hours(words, item->start, item->end);

	cm_page_begin(page, heading, "when");
	if (id != NULL)
		cm_page_set(page, "id", id);
	if (near != NULL) {
		cm_page_element(page, "span", "near", near);
		cm_page_text(page, " ");
	}
	cm_page_element(page, "span", "day", day);
	cm_page_text(page, " ");
	cm_page_element(page, "span", "hours", hours);
	cm_page_end(page);
}

static void
write_fact(CmPage *page, const gchar *icon, const gchar *label, const gchar *text)
{
	if (text == NULL)
		return;
	cm_page_begin(page, "div", NULL);
	cm_page_begin(page, "dt", NULL);
	cm_page_icon(page, icon);
	cm_page_text(page, cm_page_parts_word(page, label));
	cm_page_end(page);
	cm_page_element(page, "dd", NULL, text);
	cm_page_end(page);
}

void
cm_page_parts_facts(CmPage *page, const CmViewItem *item)
{
	const CmWords *words = cm_page_get_words(page);
	g_autofree gchar *host = cm_page_phrase_host(words, item);
	g_autofree gchar *where = cm_page_phrase_where(words, item);

	cm_page_begin(page, "dl", "facts");
	write_fact(page, "person", N_("With"), host);
	write_fact(page, "heart", N_("For"), item->about);
	write_fact(page, item->mode == CM_VIEW_IN_PERSON ? "pin" : "video", N_("Where"), where);
	cm_page_end(page);
}

void
cm_page_parts_prepare(CmPage *page,
		      const CmViewItem *item,
		      const gchar *heading,
		      const gchar *title)
{
	static const struct {
		CmViewPrepare what;
		const gchar *text;
	} lines[] = {
	    {CM_VIEW_PREPARE_QUIET_PLACE,
	     N_("Choose a quiet place, with the door closed if you can.")},
	    {CM_VIEW_PREPARE_ADULT_NEAR, N_("Make sure that an adult stays near the child.")},
	    {CM_VIEW_PREPARE_HEADSET,
	     N_("Headphones help: you hear better, and nobody else listens.")},
	    {CM_VIEW_PREPARE_CHARGER, N_("Plug in your device, or charge it before.")},
	    {CM_VIEW_PREPARE_DOCUMENTS, N_("Keep at hand the papers that you were asked for.")},
	};
	gboolean video = item->mode != CM_VIEW_IN_PERSON;

	if (item->prepare == 0 && !video)
		return;
	cm_page_begin(page, "section", "prepare");
	cm_page_say(page, heading, NULL, title, NULL);
	if (item->prepare != 0) {
		cm_page_begin(page, "ul", "ticks");
		for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
			if ((item->prepare & lines[i].what) != 0)
				cm_page_say(page, "li", NULL, lines[i].text, NULL);
		}
		cm_page_end(page);
	}
	if (video)
		cm_page_link(page, "button quiet", "/test",
			     cm_page_parts_word(page, N_("Try my device")));
	cm_page_end(page);
}

/* ---- help */

static void
write_more_field(CmPage *page)
{
	CmPageField field = {.kind = CM_PAGE_FIELD_TEXT, .name = "text", .most = HELP_TEXT_MAX};

	field.label = cm_page_parts_word(page, N_("What happens?"));
	cm_page_begin(page, "details", NULL);
	cm_page_say(page, "summary", NULL, N_("Say more"), NULL);
	cm_page_field(page, &field);
	cm_page_end(page);
}

static void
write_help_form(CmPage *page, const CmViewItem *item)
{
	g_autofree gchar *path = cm_page_parts_path("/help/", item->subject);

	cm_page_begin_form(page, "help-form", path);
	write_more_field(page);
	/* what only a script can find out */
	cm_page_begin(page, "div", "if-script");
	cm_page_tick(
	    page, "agree",
	    cm_page_parts_word(
		page, N_("Tell them also which browser I use, and if it finds a camera and a "
			 "microphone")),
	    FALSE);
	cm_page_end(page);
	cm_page_button(page, "button quiet", NULL, NULL,
		       cm_page_parts_word(page, N_("I can’t get in: tell them")));
	cm_page_end(page);
}

void
cm_page_parts_help_answer(CmPage *page, const CmViewItem *item)
{
	const CmWords *words = cm_page_get_words(page);
	gboolean answered = item->help.answer != NULL;
	g_autofree gchar *host = cm_page_phrase_host_name(words, item);
	g_autofree gchar *when = cm_words_time(words, item->help.asked);

	if (item->help.state == CM_VIEW_HELP_NONE)
		return;
	cm_page_begin_notice(page, "good", answered ? "info" : "check", "help");
	cm_page_begin(page, "div", NULL);
	if (answered) {
		cm_page_say(page, "p", "strong", N_("An answer to your call for help:"), NULL);
		cm_page_element(page, "blockquote", NULL, item->help.answer);
	} else {
		cm_page_say(page, "p", "strong", N_("Your call for help is sent."), NULL);
		/* translators: {0} a name, {1} an hour */
		cm_page_say(page, "p", NULL,
			    N_("{0} and the people who help were told at {1}. Keep this page open: "
			       "their answer comes here."),
			    host, when, NULL);
	}
	cm_page_end(page);
	cm_page_end(page);
}

void
cm_page_parts_help(CmPage *page, const CmView *view, const CmViewItem *item)
{
	if ((item->may & CM_VIEW_MAY_HELP) == 0)
		return;
	cm_page_begin(page, "section", "help-box");
	cm_page_begin(page, "h2", NULL);
	cm_page_icon(page, "help");
	cm_page_text(page, cm_page_parts_word(page, N_("You can’t get in?")));
	cm_page_end(page);
	if (view->help_phone != NULL) {
		cm_page_say(page, "p", NULL, N_("The quickest way is to call:"), NULL);
		cm_page_help_number(page, "number");
	}
	if (item->help.state == CM_VIEW_HELP_NONE)
		write_help_form(page, item);
	cm_page_end(page);
}
