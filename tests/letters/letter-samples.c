// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/letters/letter-samples.h"

#include "include/cm-message.h"

#include <string.h>

/* Thursday, September 3, 2026 at 16:30 in Montréal, and what follows it */
#define MADE_AT G_GINT64_CONSTANT(1788467400)
/* Tuesday, September 8, 2026 at 10:15 */
#define TUESDAY G_GINT64_CONSTANT(1788876900)
#define HOUR 3600
#define DAY 86400

typedef struct {
	CmLetter *letter;
	gboolean french;
} Sample;

static gchar *
choose(const Sample *sample, const gchar *french, const gchar *english)
{
	return g_strdup(sample->french ? french : english);
}

static CmLetterItem *
add_item(const Sample *sample, CmLetterItemKind kind, gint64 start)
{
	CmLetterItem *item = cm_letter_add_item(sample->letter, kind);
	guint number = sample->letter->items->len;

	item->subject = 100 + number;
	item->invitation = 200 + number;
	item->uid = g_strdup_printf("5f0c9c1e-3d1b-4c55-9a53-%012u@css.example", number);
	item->organizer_address = g_strdup("suivis+mfrggzdfmy2tqnrz@css.example");
	item->start = start;
	item->end = start + 45 * 60;
	item->mode = g_strdup("in-person");
	item->school = g_strdup("École des Pins");
	item->place = g_strdup("local 204");
	item->initials = g_strdup("A. B.");
	item->host_name = g_strdup("Julie Roy");
	item->host_profession = choose(sample, "Orthophoniste", "Speech-language pathologist");
	return item;
}

static void
set_remote(CmLetterItem *item)
{
	g_free(item->mode);
	item->mode = g_strdup("video-remote");
	g_clear_pointer(&item->place, g_free);
}

/* ---- families */

static void
make_invitation(const Sample *sample)
{
	add_item(sample, CM_LETTER_ITEM_BOOKED, TUESDAY);
}

static void
make_invitation_video(const Sample *sample)
{
	set_remote(add_item(sample, CM_LETTER_ITEM_BOOKED, TUESDAY));
}

static void
make_invitation_school(const Sample *sample)
{
	CmLetterItem *item = add_item(sample, CM_LETTER_ITEM_BOOKED, TUESDAY);

	g_free(item->mode);
	item->mode = g_strdup("video-school");
}

/* all that may be left out is */
static void
make_invitation_bare(const Sample *sample)
{
	CmLetter *letter = sample->letter;
	CmLetterItem *item = cm_letter_add_item(letter, CM_LETTER_ITEM_BOOKED);

	item->uid = g_strdup("bare@css.example");
	item->start = TUESDAY;
	item->end = TUESDAY + HOUR;
	g_clear_pointer(&letter->name, g_free);
	g_clear_pointer(&letter->from_name, g_free);
	g_clear_pointer(&letter->organisation, g_free);
	g_clear_pointer(&letter->help_phone, g_free);
	g_clear_pointer(&letter->help_hours, g_free);
}

static void
make_update(const Sample *sample)
{
	CmLetterItem *item = add_item(sample, CM_LETTER_ITEM_MOVED, TUESDAY);

	item->sequence = 1;
	item->old_start = TUESDAY - DAY + 3 * HOUR;
	item->old_end = item->old_start + 45 * 60;
}

static void
make_update_place(const Sample *sample)
{
	CmLetterItem *item = add_item(sample, CM_LETTER_ITEM_MOVED, TUESDAY);

	item->sequence = 2;
	item->old_mode = g_strdup("in-person");
	item->old_place = g_strdup("local 204");
	set_remote(item);
}

static void
make_cancellation(const Sample *sample)
{
	CmLetterItem *item = add_item(sample, CM_LETTER_ITEM_CANCELLED, TUESDAY);

	item->sequence = 3;
	item->note =
	    choose(sample, "L’école est fermée ce jour-là.", "The school is closed that day.");
}

static void
make_counter_declined(const Sample *sample)
{
	CmLetterItem *item = add_item(sample, CM_LETTER_ITEM_COUNTER_DECLINED, TUESDAY);

	item->old_start = TUESDAY + 5 * HOUR;
}

static void
make_reminder(const Sample *sample)
{
	add_item(sample, CM_LETTER_ITEM_REMINDER, TUESDAY);
}

static void
make_reminder_two(const Sample *sample)
{
	CmLetterItem *item;

	add_item(sample, CM_LETTER_ITEM_REMINDER, TUESDAY);
	item = add_item(sample, CM_LETTER_ITEM_REMINDER, TUESDAY + 4 * HOUR);
	g_free(item->initials);
	item->initials = g_strdup("C. B.");
}

static void
make_first_video(const Sample *sample)
{
	set_remote(add_item(sample, CM_LETTER_ITEM_FIRST_VIDEO, TUESDAY));
}

/* two children, every change that a family is told of, out of order */
static void
make_digest(const Sample *sample)
{
	CmLetterItem *item = add_item(sample, CM_LETTER_ITEM_CANCELLED, TUESDAY + 2 * DAY);

	g_free(item->initials);
	item->initials = g_strdup("C. B.");
	g_free(item->host_name);
	item->host_name = g_strdup("Marc-André Côté");
	g_free(item->host_profession);
	item->host_profession = choose(sample, "Psychologue", "Psychologist");
	item = add_item(sample, CM_LETTER_ITEM_MOVED, TUESDAY + DAY);
	item->sequence = 1;
	item->old_start = TUESDAY + 4 * HOUR;
	item->old_end = item->old_start + 45 * 60;
	add_item(sample, CM_LETTER_ITEM_BOOKED, TUESDAY);
	item = add_item(sample, CM_LETTER_ITEM_MOVED, TUESDAY + 3 * HOUR);
	item->old_mode = g_strdup("in-person");
	item->old_place = g_strdup("local 204");
	set_remote(item);
	g_free(item->initials);
	item->initials = g_strdup("C. B.");
	item = add_item(sample, CM_LETTER_ITEM_HOLD_OFFERED, TUESDAY + 7 * DAY);
	item->until = TUESDAY - DAY;
	cm_letter_add_item(sample->letter, CM_LETTER_ITEM_BIRTHDAY)->initials = g_strdup("C. B.");
}

/* a professional's sessions with a link each, among others */
static void
make_digest_own_links(const Sample *sample)
{
	CmLetterItem *item = NULL;

	make_digest(sample);
	for (guint i = 0; i < 3; i++) {
		item = add_item(sample, i == 2 ? CM_LETTER_ITEM_MOVED : CM_LETTER_ITEM_BOOKED,
				TUESDAY + (7 + i) * DAY);
		g_free(item->mode);
		item->mode = g_strdup(i == 0 ? "video-school" : "video-remote");
		if (i > 0)
			g_clear_pointer(&item->place, g_free);
		if (i == 2)
			item->old_start = item->start - DAY;
		g_free(item->host_profession);
		item->host_profession = choose(sample, "Psychoéducatrice", "Psychoeducator");
		item->own_link = TRUE;
	}
}

static void
make_reminder_own_links(const Sample *sample)
{
	make_reminder_two(sample);
	for (guint i = 0; i < sample->letter->items->len; i++) {
		CmLetterItem *item = g_ptr_array_index(sample->letter->items, i);

		set_remote(item);
		item->own_link = TRUE;
	}
}

static void
make_digest_long(const Sample *sample)
{
	for (guint i = 0; i < 45; i++)
		add_item(sample, CM_LETTER_ITEM_BOOKED, TUESDAY + (i / 3) * DAY + (i % 3) * HOUR);
	sample->letter->left_out = 7;
}

static void
make_page_link(const Sample *sample)
{
}

/* their own letter: their name stands nowhere */
static void
make_student(const Sample *sample)
{
	sample->letter->recipient_kind = 1;
	g_free(sample->letter->name);
	sample->letter->name = g_strdup("Léa Tremblay-Nguyen");
	add_item(sample, CM_LETTER_ITEM_BOOKED, TUESDAY);
}

/* ---- people of the service */

static void
set_staff(const Sample *sample)
{
	CmLetter *letter = sample->letter;

	letter->staff = TRUE;
	letter->recipient_kind = 0;
	g_free(letter->name);
	letter->name = g_strdup("Julie Roy");
	g_free(letter->address);
	letter->address = g_strdup("julie.roy@css.example");
}

static void
make_staff_invitation(const Sample *sample)
{
	set_staff(sample);
	add_item(sample, CM_LETTER_ITEM_BOOKED, TUESDAY);
}

static void
make_staff_update(const Sample *sample)
{
	set_staff(sample);
	make_update(sample);
}

/* a line of each kind of news */
static void
make_staff_news(const Sample *sample)
{
	static const gchar *const answers[] = {"accepted", "declined", "tentative", NULL};
	static const gchar *const roles[] = {"guardian", "teacher", "student", "professional"};

	set_staff(sample);
	for (guint i = CM_LETTER_ITEM_CONSENT_NEEDED; i < CM_LETTER_ITEM_LAST; i++) {
		CmLetterItem *item = cm_letter_add_item(sample->letter, (CmLetterItemKind)i);

		item->initials = g_strdup("A. B.");
		item->role = g_strdup("guardian");
		item->answer = g_strdup("declined");
		item->start = TUESDAY;
		item->end = TUESDAY + 3 * DAY;
		item->old_start = TUESDAY + 2 * DAY;
		item->until = TUESDAY + 14 * DAY;
		item->host_name = g_strdup("Marc-André Côté");
		item->count = 2;
	}
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		CmLetterItem *item = cm_letter_add_item(sample->letter, CM_LETTER_ITEM_ANSWERED);

		item->answer = g_strdup(answers[i]);
		item->role = g_strdup(roles[i]);
	}
	cm_letter_add_item(sample->letter, CM_LETTER_ITEM_DEAD_LETTER)->note =
	    cm_message_new("there is no site \"{0}\"", "<b>", NULL);
}

/* ---- who wishes us ill */

#define HOSTILE                                                                                    \
	"<script>alert(1)</script> &amp; \"' \r\nBcc: x@evil.example\r\n\r\n-- \n>From\t"          \
	"\xe2\x80\xae"                                                                             \
	"gnp.exe {0} %s"

static void
make_hostile(const Sample *sample)
{
	CmLetter *letter = sample->letter;
	CmLetterItem *item = add_item(sample, CM_LETTER_ITEM_MOVED, TUESDAY);
	gchar **texts[] = {&letter->name,       &letter->from_name,     &letter->organisation,
			   &letter->help_phone, &letter->help_hours,    &item->place,
			   &item->old_place,    &item->school,          &item->initials,
			   &item->host_name,    &item->host_profession, &item->note};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_free(*texts[i]);
		*texts[i] = g_strdup(HOSTILE);
	}
	item->old_start = TUESDAY - DAY;
}

static const LetterSample samples[] = {
    {"invitation", TRUE},
    {"invitation-video", TRUE},
    {"invitation-school", TRUE},
    {"invitation-nolink", FALSE},
    {"invitation-bare", FALSE},
    {"update", TRUE},
    {"update-place", TRUE},
    {"cancellation", TRUE},
    {"counter-declined", TRUE},
    {"reminder", TRUE},
    {"reminder-two", TRUE},
    {"first-video", TRUE},
    {"first-video-nolink", FALSE},
    {"digest", TRUE},
    {"digest-long", FALSE},
    {"digest-own-links", TRUE},
    {"reminder-own-links", TRUE},
    {"page-link", TRUE},
    {"student", TRUE},
    {"staff-invitation", FALSE},
    {"staff-update", FALSE},
    {"staff-news", FALSE},
    {"hostile", TRUE},
    {NULL, FALSE},
};

static const struct {
	CmLetterKind kind;
	void (*fill)(const Sample *sample);
} makers[] = {
    {CM_LETTER_INVITATION, make_invitation},
    {CM_LETTER_INVITATION, make_invitation_video},
    {CM_LETTER_INVITATION, make_invitation_school},
    {CM_LETTER_INVITATION, make_invitation_video},
    {CM_LETTER_INVITATION, make_invitation_bare},
    {CM_LETTER_UPDATE, make_update},
    {CM_LETTER_UPDATE, make_update_place},
    {CM_LETTER_CANCELLATION, make_cancellation},
    {CM_LETTER_COUNTER_DECLINED, make_counter_declined},
    {CM_LETTER_REMINDER, make_reminder},
    {CM_LETTER_REMINDER, make_reminder_two},
    {CM_LETTER_FIRST_VIDEO, make_first_video},
    {CM_LETTER_FIRST_VIDEO, make_first_video},
    {CM_LETTER_DIGEST, make_digest},
    {CM_LETTER_DIGEST, make_digest_long},
    {CM_LETTER_DIGEST, make_digest_own_links},
    {CM_LETTER_REMINDER, make_reminder_own_links},
    {CM_LETTER_PAGE_LINK, make_page_link},
    {CM_LETTER_INVITATION, make_student},
    {CM_LETTER_INVITATION, make_staff_invitation},
    {CM_LETTER_UPDATE, make_staff_update},
    {CM_LETTER_DIGEST, make_staff_news},
    {CM_LETTER_UPDATE, make_hostile},
};

const LetterSample *
cm_letter_samples_get(void)
{
	G_STATIC_ASSERT(G_N_ELEMENTS(samples) == G_N_ELEMENTS(makers) + 1);
	return samples;
}

CmLetter *
cm_letter_samples_make(guint index, const gchar *language)
{
	CmLetter *letter = cm_letter_new(makers[index].kind);
	Sample sample = {letter, g_str_equal(language, "fr")};

	letter->number = 1 + index;
	letter->language = g_strdup(language);
	letter->zone = g_strdup("America/Toronto");
	letter->made_at = MADE_AT;
	letter->message_id = g_strdup_printf("%u.%s.h2xk5wq@css.example", 1 + index, language);
	letter->recipient_kind = 2;
	letter->recipient = 42;
	letter->address = g_strdup("andree.agren@courriel.example");
	letter->name = g_strdup("Andrée Ågren");
	letter->from_address = g_strdup("suivis@css.example");
	letter->from_name =
	    choose(&sample, "Julie Roy (CSS des Rives)", "Julie Roy (CSS des Rives)");
	letter->organisation = g_strdup("CSS des Rives");
	letter->help_phone = g_strdup("418\u00a0555-0100");
	letter->help_hours = choose(&sample, "lundi au vendredi, de 8\u00a0h à 16\u00a0h",
				    "Monday to Friday, 8\u00a0a.m. to 4\u00a0p.m.");
	makers[index].fill(&sample);
	return letter;
}
