// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/letter/letter-news.h"

#include "daemon/letter/letter-phrase.h"
#include "include/cm-catalog.h"

#include <glib/gi18n.h>

/* Of a student: with initials {0} and without. */
typedef struct {
	CmLetterItemKind kind;
	const gchar *with_initials;
	const gchar *alone;
} News;

static const News of_students[] = {
    {CM_LETTER_ITEM_CONSENT_NEEDED, N_("{0}: a consent is needed before what is planned."),
     N_("A consent is needed before what is planned.")},
    {CM_LETTER_ITEM_CONSENT_CHANGED, N_("{0}: what was consented to has changed."),
     N_("What was consented to has changed.")},
    {CM_LETTER_ITEM_BIRTHDAY,
     N_("{0}: with the 14th birthday, who is told of meetings may change."),
     N_("With the 14th birthday, who is told of meetings may change.")},
    {CM_LETTER_ITEM_SUITABILITY_DUE,
     N_("{0}: whether video is suitable has to be looked at again."),
     N_("Whether video is suitable has to be looked at again.")},
    {CM_LETTER_ITEM_DEROGATION_ASKED,
     N_("{0}: a derogation is asked for and waits for a decision."),
     N_("A derogation is asked for and waits for a decision.")},
    {CM_LETTER_ITEM_DEROGATION_DECIDED, N_("{0}: a derogation was decided."),
     N_("A derogation was decided.")},
    {CM_LETTER_ITEM_REQUEST_OFFERED,
     N_("{0}: a place is offered for the request that was waiting."),
     N_("A place is offered for the request that was waiting.")},
    {CM_LETTER_ITEM_UNREACHABLE, N_("{0}: somebody who has to be told has no address that works."),
     N_("Somebody who has to be told has no address that works.")},
    {CM_LETTER_ITEM_REPLY_TO_DECIDE, N_("{0}: a reply that came by mail needs somebody to decide."),
     N_("A reply that came by mail needs somebody to decide.")},
};

/* Of the vault: what it is about is said to those alone who have keys. */
static const struct {
	CmLetterItemKind kind;
	const gchar *words;
} of_vault[] = {
    {CM_LETTER_ITEM_CUSTODY_ASKED,
     N_("Custodians ask that your case notes be opened for somebody else. If you are there and "
	"did not ask for it, refuse: “comodalctl custody refuse”. You have three days at least.")},
    {CM_LETTER_ITEM_CUSTODY_WATCHED,
     N_("Custodians ask that somebody's case notes be opened for somebody else. It is in the "
	"audit log.")},
    {CM_LETTER_ITEM_MINUTES_GIVEN,
     N_("Minutes of a meeting that you took part in can be read: “comodalctl minutes list”.")},
    {CM_LETTER_ITEM_MINUTES_CORRECTED,
     N_("Minutes of a meeting that you took part in were put right by others: “comodalctl "
	"minutes list”.")},
};

static gchar *
say_answer(const CmWords *words, const CmLetterItem *item)
{
	static const struct {
		const gchar *answer;
		const gchar *dated;
		const gchar *alone;
	} answers[] = {
	    {"accepted", N_("{0} accepted the meeting on {1}."), N_("{0} accepted a meeting.")},
	    {"declined", N_("{0} declined the meeting on {1}."), N_("{0} declined a meeting.")},
	    {"tentative", N_("{0} may come to the meeting on {1}."),
	     N_("{0} may come to a meeting.")},
	};
	g_autofree gchar *who = cm_letter_phrase_who(words, item);
	g_autofree gchar *moment = NULL;
	guint i = 0;

	while (i < G_N_ELEMENTS(answers) && g_strcmp0(item->answer, answers[i].answer) != 0)
		i++;
	if (i == G_N_ELEMENTS(answers))
		return cm_words_say(words, N_("{0} answered."), who, NULL);
	if (item->start == 0)
		return cm_words_say(words, answers[i].alone, who, NULL);
	moment = cm_words_moment(words, item->start);
	return cm_words_say(words, answers[i].dated, who, moment, NULL);
}

static gchar *
say_request(const CmWords *words, const CmLetterItem *item)
{
	g_autofree gchar *who = cm_letter_phrase_who(words, item);
	g_autofree gchar *planned = NULL;
	g_autofree gchar *asked = NULL;

	if (item->start == 0)
		return cm_words_say(words, N_("{0} asks for another time."), who, NULL);
	planned = cm_words_moment(words, item->start);
	if (item->old_start == 0)
		return cm_words_say(words, N_("{0} asks for another time than {1}."), who, planned,
				    NULL);
	asked = cm_words_moment(words, item->old_start);
	return cm_words_say(words, N_("{0} asks for {2} in place of {1}."), who, planned, asked,
			    NULL);
}

static gchar *
say_help(const CmWords *words, const CmLetterItem *item)
{
	g_autofree gchar *who = cm_letter_phrase_who(words, item);
	g_autofree gchar *moment = NULL;

	if (item->start == 0)
		return cm_words_say(words, N_("{0} can't get into a video meeting."), who, NULL);
	moment = cm_words_moment(words, item->start);
	return cm_words_say(words, N_("{0} can't get into the video meeting on {1}."), who, moment,
			    NULL);
}

static gchar *
say_absence(const CmWords *words, const CmLetterItem *item)
{
	g_autofree gchar *from = NULL;
	g_autofree gchar *to = NULL;
	const gchar *host = item->host_name;

	if (host == NULL || item->start == 0)
		return cm_words_say(words, N_("An absence was recorded."), NULL);
	from = cm_words_day(words, item->start);
	/* the end is the first instant after it */
	to = cm_words_day(words, item->end > item->start ? item->end - 1 : item->start);
	if (g_str_equal(from, to))
		return cm_words_say(words, N_("Absence of {0} on {1}."), host, from, NULL);
	return cm_words_say(words, N_("Absence of {0} from {1} to {2}."), host, from, to, NULL);
}

/* a session, where there is no table of days for it */
static gchar *
say_session(const CmWords *words, const CmLetterItem *item)
{
	static const struct {
		CmLetterItemKind kind;
		const gchar *dated;
		const gchar *alone;
	} sessions[] = {
	    {CM_LETTER_ITEM_BOOKED, N_("New meeting: {0}."), N_("New meeting.")},
	    {CM_LETTER_ITEM_MOVED, N_("Changed meeting: {0}."), N_("Changed meeting.")},
	    {CM_LETTER_ITEM_CANCELLED, N_("Cancelled meeting: {0}."), N_("Cancelled meeting.")},
	    {CM_LETTER_ITEM_HOLD_OFFERED, N_("A time is kept for you: {0}."),
	     N_("A time is kept for you.")},
	    {CM_LETTER_ITEM_HOLD_EXPIRED, N_("A time is no longer kept for you: {0}."),
	     N_("A time is no longer kept for you.")},
	    {CM_LETTER_ITEM_COUNTER_DECLINED, N_("The meeting stays on {0}."),
	     N_("The other time that was asked for is not possible.")},
	};
	g_autofree gchar *moment = NULL;

	if (item->start != 0)
		moment = cm_words_moment(words, item->start);
	for (guint i = 0; i < G_N_ELEMENTS(sessions); i++) {
		if (sessions[i].kind == item->kind)
			return cm_words_say(words,
					    moment != NULL ? sessions[i].dated : sessions[i].alone,
					    moment, NULL);
	}
	if (moment != NULL)
		return cm_words_say(words, N_("Meeting on {0}."), moment, NULL);
	return cm_words_say(words, N_("Meeting."), NULL);
}

static gchar *
say_count(const CmWords *words, const CmLetterItem *item)
{
	return cm_words_count(
	    words,
	    NP_("{0} message could not be delivered: see the list of the undelivered.",
		"{0} messages could not be delivered: see the list of the undelivered."),
	    (guint64)MAX(item->count, 1), NULL);
}

static gchar *
say_destruction(const CmWords *words, const CmLetterItem *item)
{
	g_autofree gchar *until = NULL;

	if (item->until == 0)
		return cm_words_say(words,
				    N_("You are asked to agree, as the second of two, to the "
				       "destruction of a file: “comodalctl retention list”."),
				    NULL);
	until = cm_words_moment(words, item->until);
	return cm_words_say(words,
			    N_("You are asked, until {0}, to agree, as the second of two, to the "
			       "destruction of a file: “comodalctl retention list”. Without you, "
			       "nothing is destroyed."),
			    until, NULL);
}

static gchar *
say_kind(const CmWords *words, const CmLetterItem *item)
{
	for (guint i = 0; i < G_N_ELEMENTS(of_students); i++) {
		if (of_students[i].kind != item->kind)
			continue;
		if (item->initials != NULL)
			return cm_words_say(words, of_students[i].with_initials, item->initials,
					    NULL);
		return cm_words_say(words, of_students[i].alone, NULL);
	}
	if (item->kind == CM_LETTER_ITEM_ABSENCE)
		return say_absence(words, item);
	if (item->kind == CM_LETTER_ITEM_ANSWERED)
		return say_answer(words, item);
	if (item->kind == CM_LETTER_ITEM_TIME_REQUESTED)
		return say_request(words, item);
	if (item->kind == CM_LETTER_ITEM_HELP_ASKED)
		return say_help(words, item);
	if (item->kind == CM_LETTER_ITEM_DEAD_LETTER)
		return say_count(words, item);
	if (item->kind == CM_LETTER_ITEM_CALENDAR_FAILED)
		return cm_words_say(words,
				    N_("Your own calendar can't be read any more: what is "
				       "busy there may be booked."),
				    NULL);
	if (item->kind == CM_LETTER_ITEM_DESTRUCTION_ASKED)
		return say_destruction(words, item);
	for (guint i = 0; i < G_N_ELEMENTS(of_vault); i++)
		if (of_vault[i].kind == item->kind)
			return cm_words_say(words, of_vault[i].words, NULL);
	return say_session(words, item);
}

gchar *
cm_letter_news_say(const CmWords *words, const CmLetterItem *item)
{
	g_autofree gchar *news = say_kind(words, item);
	g_autofree gchar *note = cm_letter_phrase_note(words, item);

	if (note == NULL)
		return g_steal_pointer(&news);
	return g_strdup_printf("%s %s", news, note);
}
