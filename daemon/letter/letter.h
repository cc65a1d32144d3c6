// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* A letter: one mail to one person, as the facts that it is made from. Whoever sends it makes the facts and keeps them (sealed);
 * cm_letter_render() makes the message from them, to the byte the same whenever it is asked. docs/letters.md shows each kind.
 *
 * Every text may be NULL unless it says that it must be there: what is not known is not said. Texts are UTF-8. Instants are seconds
 * UTC, 0 for none. What a family reads never names a child: `initials` is all that there is. */

/* What it is for. Its name is what the store keeps in letter.kind. */
typedef enum {
	CM_LETTER_INVITATION,       /* "invitation": one item, REQUEST */
	CM_LETTER_UPDATE,           /* "update": one item that was told otherwise, REQUEST */
	CM_LETTER_CANCELLATION,     /* "cancellation": one item, CANCEL */
	CM_LETTER_COUNTER_DECLINED, /* "counter-declined": one item, DECLINECOUNTER */
	CM_LETTER_REMINDER,         /* "reminder": of items that come soon */
	CM_LETTER_FIRST_VIDEO,      /* "first-video": the day before, how to try one's device */
	CM_LETTER_DIGEST,           /* "digest": any number of items; what stands as PUBLISH */
	CM_LETTER_PAGE_LINK,        /* "page-link": no item, the person's own link */
	CM_LETTER_KIND_LAST
} CmLetterKind;

/* What an item tells. Those down to "hold-expired" are of one session or appointment; the others are news, a line each
 * of a digest. */
typedef enum {
	CM_LETTER_ITEM_BOOKED,           /* "booked" */
	CM_LETTER_ITEM_MOVED,            /* "moved": another time, mode or place; `old_…` */
	CM_LETTER_ITEM_CANCELLED,        /* "cancelled": start and end as they were told */
	CM_LETTER_ITEM_REMINDER,         /* "reminder" */
	CM_LETTER_ITEM_FIRST_VIDEO,      /* "first-video" */
	CM_LETTER_ITEM_COUNTER_DECLINED, /* "counter-declined": `old_start` is what was asked for */
	CM_LETTER_ITEM_HOLD_OFFERED,     /* "hold-offered": a time kept for them until `until` */
	CM_LETTER_ITEM_HOLD_EXPIRED,     /* "hold-expired" */
	CM_LETTER_ITEM_CONSENT_NEEDED,   /* "consent-needed": `initials` */
	CM_LETTER_ITEM_CONSENT_CHANGED,  /* "consent-changed": `initials` */
	CM_LETTER_ITEM_BIRTHDAY,         /* "birthday": `initials`, 14 soon or now */
	CM_LETTER_ITEM_SUITABILITY_DUE,  /* "suitability-due": `initials` */
	CM_LETTER_ITEM_DEROGATION_ASKED, /* "derogation-asked" */
	CM_LETTER_ITEM_DEROGATION_DECIDED, /* "derogation-decided" */
	CM_LETTER_ITEM_REQUEST_OFFERED,    /* "request-offered": of the waiting list */
	CM_LETTER_ITEM_ABSENCE,            /* "absence": `host_name`, `start`, `end` */
	CM_LETTER_ITEM_CALENDAR_FAILED,    /* "calendar-failed" */
	CM_LETTER_ITEM_ANSWERED,           /* "answered": `role`, `answer`, `initials`, `start` */
	CM_LETTER_ITEM_REPLY_TO_DECIDE, /* "reply-to-decide": a reply that a person must decide */
	CM_LETTER_ITEM_TIME_REQUESTED,  /* "time-requested": `role` asks for `old_start` or any */
	CM_LETTER_ITEM_DEAD_LETTER,     /* "dead-letter": `count` that could not be delivered */
	CM_LETTER_ITEM_HELP_ASKED,      /* "help-asked": `role` can't get in to `start` */
	CM_LETTER_ITEM_CUSTODY_ASKED, /* "custody-asked": custodians ask for what the reader left with them */
	CM_LETTER_ITEM_CUSTODY_WATCHED,   /* "custody-watched": the same, to who administers */
	CM_LETTER_ITEM_DESTRUCTION_ASKED, /* "destruction-asked": of a file, to its second; `until` */
	CM_LETTER_ITEM_MINUTES_GIVEN,     /* "minutes-given": to be read */
	CM_LETTER_ITEM_MINUTES_CORRECTED, /* "minutes-corrected": others, which put them right */
	CM_LETTER_ITEM_UNREACHABLE,       /* "unreachable": `initials`, `role`: no address */
	CM_LETTER_ITEM_LAST
} CmLetterItemKind;

/* Beyond these the facts are refused: items of a letter, octets of one text, octets of all as JSON. */
#define CM_LETTER_ITEMS_MAX 200
#define CM_LETTER_TEXT_MAX 2000
#define CM_LETTER_FACTS_MAX 1048576
/* Of them, those a letter lists; the rest are counted in words, with `left_out`. */
#define CM_LETTER_LISTED_MAX 40

typedef struct {
	CmLetterItemKind kind;
	gint64 subject;           /* the booking's session or the appointment; not said */
	gint64 invitation;        /* its number; not said */
	gchar *uid;               /* iCalendar's; must be there in a letter with a calendar part */
	guint sequence;           /* iCalendar's */
	gchar *organizer_address; /* suivis+TOKEN@…: where its replies go; NULL: from_address */
	gint64 start;
	gint64 end;       /* later than the start; must be there in a letter with a calendar part */
	gint64 old_start; /* what they were told before; 0: the same */
	gint64 old_end;
	gchar *mode;            /* "in-person", "video-school", "video-remote" */
	gchar *old_mode;        /* what they were told before; NULL: the same */
	gint64 room;            /* its number; not said */
	gchar *place;           /* "Local 204"; of a person at a distance: NULL */
	gchar *old_place;       /* what they were told before; NULL: the same */
	gchar *school;          /* its name */
	gchar *initials;        /* "A. B.", the student's */
	gchar *host_name;       /* the professional */
	gchar *host_profession; /* in the letter's language, as a policy's title has it */
	gchar *role;            /* who answered: "guardian", "teacher", "student", "professional" */
	gchar *answer;          /* "accepted", "declined", "tentative" */
	gint64 until;
	gint64 count;
	gboolean
	    excused; /* of one that is cancelled for the reader alone: it takes place without them */
	gchar *note;       /* said as it is, or a message (include/cm-message.h) */
	gboolean own_link; /* of a letter about several: only a link of its own leads to it */
	gchar *link;       /* that one; put in when the letter is sent, and never among the facts */
} CmLetterItem;

typedef struct {
	gint64 number; /* letter.id; not said */
	CmLetterKind kind;
	gchar *language;     /* "fr" or "en"; must be there */
	gchar *zone;         /* IANA name; must be there */
	gint64 made_at;      /* Date, DTSTAMP; must be there */
	gchar *message_id;   /* without < and >, "…@…"; must be there */
	gint recipient_kind; /* CmResource, or CM_NOTICE_TO_ACCOUNT */
	gint64 recipient;
	gboolean staff;      /* reads as somebody of the service: a professional, an account */
	gchar *address;      /* the recipient's; must be there */
	gchar *name;         /* the recipient's */
	gchar *from_address; /* the functional mailbox; must be there */
	gchar *from_name;    /* what mail programs show as the sender */
	gchar *reply_to;     /* NULL: the only item's organizer_address, else from_address */
	gchar *organisation; /* its name */
	gchar
	    *link_scope; /* "guest"…: which link the letter is given when it is sent; NULL: none */
	gint64 link_subject; /* of a link to one session only; 0: to whatever is next */
	gint64 link_epoch;
	gchar *help_phone;
	gchar *help_hours; /* in the letter's language: “lundi au vendredi, 8 h à 16 h” */
	guint left_out;    /* items that were too many to be put in */
	GPtrArray *items;  /* CmLetterItem */
} CmLetter;

/* With no item, everything NULL and 0. Returns: (transfer full) */
CmLetter *
cm_letter_new(CmLetterKind kind);
void
cm_letter_free(CmLetter *letter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmLetter, cm_letter_free)

/* Add one, to be filled in. Returns: (transfer none) */
CmLetterItem *
cm_letter_add_item(CmLetter *letter, CmLetterItemKind kind);

const gchar *
cm_letter_kind_to_string(CmLetterKind kind);
/* FALSE for a name that is none. */
gboolean
cm_letter_kind_from_string(const gchar *name, CmLetterKind *out_kind) G_GNUC_WARN_UNUSED_RESULT;
const gchar *
cm_letter_item_kind_to_string(CmLetterItemKind kind);
/* FALSE for a name that is none. */
gboolean
cm_letter_item_kind_from_string(const gchar *name,
				CmLetterItemKind *out_kind) G_GNUC_WARN_UNUSED_RESULT;

/* Whether it tells of what is to take place: booked, moved, or as it was. */
gboolean
cm_letter_item_stands(const CmLetterItem *item);

/* The facts as JSON ("comodal-letter/1"), to be sealed; equal facts are equal octets. Fails with INVALID_INPUT when they are beyond
 * the bounds above. Returns: (transfer full) */
GBytes *
cm_letter_to_bytes(const CmLetter *letter, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Read back. INVALID_INPUT: not what was written; NOT_SUPPORTED: another version's. Returns: (transfer full) */
CmLetter *
cm_letter_from_bytes(GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The finished message: MIME with CRLF, without envelope. `link` is the person's own URL, https or http, or NULL: then the letter
 * says how to answer by replying or by telephone; an item's `link` is of its kind. Nothing but the arguments decides what it is, no clock,
 * no environment: the same facts and links give the same octets. Fails with INVALID_INPUT for facts that make no letter, and for an address or a link that
 * can't be written in a header, a line break in it among others; the message says which, never its value. Of names and notes, controls are
 * left out. `out_message`: (transfer full) */
gboolean
cm_letter_render(const CmLetter *letter, const gchar *link, GBytes **out_message, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
