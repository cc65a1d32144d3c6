// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/letter/letter-news.h"
#include "daemon/store/outbox-matter.h"

/* How each kind of notice is told: a new kind is not told before somebody has said here how. */
typedef struct {
	const gchar *name;
	CmNoticeWay way;
	CmNoticeOf of;
	gboolean urgent;
	CmLetterItemKind item;
	const gchar *words; /* NULL: it is a table of days, not a line */
} Row;

#define CHANGE CM_NOTICE_WAY_CHANGE, CM_NOTICE_OF_BOOKING, FALSE, CM_LETTER_ITEM_LAST, NULL
#define NEWS CM_NOTICE_WAY_NEWS
#define SOON CM_NOTICE_WAY_REMINDER, CM_NOTICE_OF_BOOKING, TRUE

static const Row rows[] = {
    {"booking.booked", CHANGE},
    {"booking.moved", CHANGE},
    {"booking.cancelled", CHANGE},
    {"hold.offered", NEWS, CM_NOTICE_OF_BOOKING, TRUE, CM_LETTER_ITEM_HOLD_OFFERED,
     "A time is kept for you."},
    {"hold.expired", NEWS, CM_NOTICE_OF_BOOKING, FALSE, CM_LETTER_ITEM_HOLD_EXPIRED,
     "A time is no longer kept for you."},
    {"consent.needed", NEWS, CM_NOTICE_OF_STUDENT, FALSE, CM_LETTER_ITEM_CONSENT_NEEDED,
     "A consent is needed before what is planned."},
    {"consent.changed", NEWS, CM_NOTICE_OF_CONSENT, FALSE, CM_LETTER_ITEM_CONSENT_CHANGED,
     "What was consented to has changed."},
    {"student.birthday", NEWS, CM_NOTICE_OF_STUDENT, FALSE, CM_LETTER_ITEM_BIRTHDAY,
     "With the 14th birthday, who is told of meetings may change."},
    {"suitability.due", NEWS, CM_NOTICE_OF_FOLLOWUP, FALSE, CM_LETTER_ITEM_SUITABILITY_DUE,
     "Whether video is suitable has to be looked at again."},
    {"derogation.asked", NEWS, CM_NOTICE_OF_DEROGATION, FALSE, CM_LETTER_ITEM_DEROGATION_ASKED,
     "A derogation is asked for and waits for a decision."},
    {"derogation.decided", NEWS, CM_NOTICE_OF_DEROGATION, FALSE, CM_LETTER_ITEM_DEROGATION_DECIDED,
     "A derogation was decided."},
    {"request.offered", NEWS, CM_NOTICE_OF_REQUEST, TRUE, CM_LETTER_ITEM_REQUEST_OFFERED,
     "A place is offered for the request that was waiting."},
    {"professional.absent", NEWS, CM_NOTICE_OF_PROFESSIONAL, FALSE, CM_LETTER_ITEM_ABSENCE,
     "An absence was recorded."},
    {"calendar.failed", NEWS, CM_NOTICE_OF_CALENDAR, FALSE, CM_LETTER_ITEM_CALENDAR_FAILED,
     "Your own calendar can't be read any more: what is busy there may be booked."},
    {"time.asked", NEWS, CM_NOTICE_OF_TIME_REQUEST, FALSE, CM_LETTER_ITEM_TIME_REQUESTED,
     "Somebody asks for another time."},
    {"time.declined", CM_NOTICE_WAY_ANSWER, CM_NOTICE_OF_TIME_REQUEST, TRUE,
     CM_LETTER_ITEM_COUNTER_DECLINED, "The other time that was asked for is not possible."},
    {"answer.given", NEWS, CM_NOTICE_OF_INVITATION, FALSE, CM_LETTER_ITEM_ANSWERED,
     "Somebody answered."},
    {"answer.declined", NEWS, CM_NOTICE_OF_INVITATION, TRUE, CM_LETTER_ITEM_ANSWERED,
     "Somebody answered."},
    {"session.reminder", SOON, CM_LETTER_ITEM_REMINDER, NULL},
    {"session.first-video", SOON, CM_LETTER_ITEM_FIRST_VIDEO, NULL},
    {"help.asked", NEWS, CM_NOTICE_OF_HELP, TRUE, CM_LETTER_ITEM_HELP_ASKED,
     "Somebody can't get into a video meeting."},
    {"custody.asked", NEWS, CM_NOTICE_OF_CUSTODY, TRUE, CM_LETTER_ITEM_CUSTODY_ASKED,
     "Custodians ask that your case notes be opened for somebody else. If you are there and did "
     "not "
     "ask for it, refuse: “comodalctl custody refuse”. You have three days at least."},
    {"custody.watched", NEWS, CM_NOTICE_OF_CUSTODY, FALSE, CM_LETTER_ITEM_CUSTODY_WATCHED,
     "Custodians ask that somebody's case notes be opened for somebody else. It is in the audit "
     "log."},
    {"destruction.asked", NEWS, CM_NOTICE_OF_DESTRUCTION, TRUE, CM_LETTER_ITEM_DESTRUCTION_ASKED,
     "You are asked to agree, as the second of two, to the destruction of a file: “comodalctl "
     "retention list”."},
    {"minutes.given", NEWS, CM_NOTICE_OF_MINUTES, FALSE, CM_LETTER_ITEM_MINUTES_GIVEN,
     "Minutes of a meeting that you took part in can be read: “comodalctl minutes list”."},
    {"minutes.corrected", NEWS, CM_NOTICE_OF_MINUTES, FALSE, CM_LETTER_ITEM_MINUTES_CORRECTED,
     "Minutes of a meeting that you took part in were put right by others: “comodalctl minutes "
     "list”."},
};
G_STATIC_ASSERT(G_N_ELEMENTS(rows) == CM_NOTICE_LAST);

static void
test_manners(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Row *row = &rows[i];
		const CmNoticeManner *manner = NULL;
		CmNoticeKind kind = CM_NOTICE_LAST;

		g_test_message("%s", row->name);
		g_assert_true(cm_notice_kind_from_string(row->name, &kind));
		g_assert_cmpint(kind, ==, i);
		manner = cm_outbox_matter_get_manner(kind);
		g_assert_cmpint(manner->way, ==, row->way);
		g_assert_cmpint(manner->of, ==, row->of);
		g_assert_cmpint(manner->urgent, ==, row->urgent);
		g_assert_cmpint(manner->item, ==, row->item);
		/* what a kind without a row comes to is no manner */
		g_assert_cmpint(manner->way == CM_NOTICE_WAY_CHANGE, ==,
				manner->item == CM_LETTER_ITEM_LAST);
	}
}

/* what is a line says what it is of, in both languages, even when nothing else is known */
static void
test_words(void)
{
	g_autoptr(CmWords) english = cm_words_new("en", "America/Toronto", NULL);
	g_autoptr(CmWords) french = cm_words_new("fr", "America/Toronto", NULL);

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		CmLetterItem item = {.kind = rows[i].item};
		g_autofree gchar *words = NULL;
		g_autofree gchar *translated = NULL;

		if (rows[i].words == NULL)
			continue;
		words = cm_letter_news_say(english, &item);
		translated = cm_letter_news_say(french, &item);
		g_assert_cmpstr(words, ==, rows[i].words);
		g_assert_cmpstr(translated, !=, words);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/outbox-matter/manners", test_manners);
	g_test_add_func("/outbox-matter/words", test_words);
	return g_test_run();
}
