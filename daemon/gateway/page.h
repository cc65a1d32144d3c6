// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/words/words.h"

/* A page of comodal-gateway as it is written: HTML through daemon/gateway/markup.h, which escapes whatever text or value it is given, so that it
 * can't be forgotten. No style and no script stands in a page, and nothing of it comes from elsewhere. Pure: what a page says depends on
 * what it is given alone. docs/pages.md has the classes of style.css and what a page is to be like. */

typedef struct _CmPage CmPage;

/* What all pages of one person have in common. Everything belongs to the caller and must outlive the page. */
typedef struct {
	const CmWords *words;
	/* "/v/TOKEN" or "/p": what comes before the path of a link or a form; NULL: a page of nobody's, "" */
	const gchar *prefix;
	const gchar *organisation; /* or NULL */
	const gchar *help_phone;   /* or NULL */
	const gchar *help_hours;   /* or NULL */
	/* the request key of the forms (include/org.comodal.Gateway1.xml, `once`); NULL: none of them has one */
	const gchar *once;
	/* Where a file of daemon/gateway/web/ is served, "/static/style.HASH.css". NULL: "/static/" and its name. */
	const gchar *(*find_file)(gconstpointer files, const gchar *name);
	gconstpointer files;
} CmPageFrame;

/* What one page has of its own. */
typedef struct {
	const gchar *title; /* of the window and the history: in the reader's language */
	const gchar
	    *script;        /* a file of daemon/gateway/web/, "door.js", run as a module; or NULL */
	const gchar *style; /* one besides style.css; or NULL */
	guint refresh; /* seconds after which a browser without JavaScript looks again; 0: never */
	gboolean home; /* it is the person's own page: no way back to it is shown */
	gboolean wide; /* it takes the whole width (a video room) */
	gboolean bare; /* no footer with the help number: the page says it itself */
} CmPageHead;

/* Begin: all up to <main>. Returns: (transfer full) */
CmPage *
cm_page_new(const CmPageFrame *frame, const CmPageHead *head) G_GNUC_WARN_UNUSED_RESULT;

/* End what is open, then the footer. Takes the page. Returns: (transfer full) */
GBytes *
cm_page_finish(CmPage *page) G_GNUC_WARN_UNUSED_RESULT;

void
cm_page_free(CmPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPage, cm_page_free)

/* Of the page. (transfer none) */
const CmWords *
cm_page_get_words(const CmPage *page);
const CmPageFrame *
cm_page_get_frame(const CmPage *page);

/* ---- elements. `name`: HTML's; `class`: one or more of style.css, or NULL */

void
cm_page_begin(CmPage *page, const gchar *name, const gchar *class);

/* An attribute of the element that was begun last, before anything is in it. Not for what can run or load something: of href, src,
 * action and the like a value is refused (a fault of the program's), and of style and on… too. */
void
cm_page_set(CmPage *page, const gchar *attribute, const gchar *value);

/* End the element that was begun last and is not ended. */
void
cm_page_end(CmPage *page);

/* Text of the element that is open. */
void
cm_page_text(CmPage *page, const gchar *text);

/* An element with a text in it; nothing at all when `text` is NULL. */
void
cm_page_element(CmPage *page, const gchar *name, const gchar *class, const gchar *text);

/* The same with a format of ours, marked with N_(), filled as cm_words_say() does. */
void
cm_page_say(CmPage *page, const gchar *name, const gchar *class, const gchar *format, ...)
    G_GNUC_NULL_TERMINATED;

/* A drawing of page-icon.c, which a screen reader passes over: "check", "clock", "door", "help", "info", "lock", "pin", "phone",
 * "person", "video", "warning", "calendar". */
void
cm_page_icon(CmPage *page, const gchar *icon);

/* ---- where to go. A `path` is ours: it begins with "/" or is "" and stands below the frame's prefix. */

/* A link within. `class`: "button", "button quiet", or NULL. */
void
cm_page_link(CmPage *page, const gchar *class, const gchar *path, const gchar *text);

/* "tel:" of a number as people write it. Nothing when `phone` is NULL. */
void
cm_page_phone(CmPage *page, const gchar *class, const gchar *phone);

/* Prefix and path. Returns: (transfer full) */
gchar *
cm_page_make_path(const CmPage *page, const gchar *path) G_GNUC_WARN_UNUSED_RESULT;

/* ---- forms: POST, below the prefix, with "once" in them */

/* Begin one; cm_page_end() ends it. */
void
cm_page_begin_form(CmPage *page, const gchar *class, const gchar *path);

/* A value that is sent with it. */
void
cm_page_hidden(CmPage *page, const gchar *name, const gchar *value);
void
cm_page_hidden_number(CmPage *page, const gchar *name, guint64 value);

/* What sends it. `name` and `value` may be NULL. */
void
cm_page_button(CmPage *page,
	       const gchar *class,
	       const gchar *name,
	       const gchar *value,
	       const gchar *text);

typedef enum {
	CM_PAGE_FIELD_TEXT,
	CM_PAGE_FIELD_PHONE,
	CM_PAGE_FIELD_LONG,
	CM_PAGE_FIELD_CODE
} CmPageFieldKind;

/* Something to be written. Its id is "f-" and `name`. */
typedef struct {
	CmPageFieldKind kind;
	const gchar *name;
	const gchar *label; /* in the reader's language, as what follows */
	const gchar *hint;  /* or NULL */
	const gchar *fault; /* what was wrong with it; or NULL */
	const gchar *value; /* or NULL */
	guint most;         /* characters */
	gboolean required;
} CmPageField;

/* Its label, what helps with it, and where it is written. */
void
cm_page_field(CmPage *page, const CmPageField *field);

/* Something to be ticked; its value is "yes". */
void
cm_page_tick(CmPage *page, const gchar *name, const gchar *label, gboolean required);

/* ---- parts that many pages have */

/* What is said first: a box with an icon. `class`: "good", "note", "bad". `id`: a link may lead to it ("done"), or NULL. */
void
cm_page_begin_notice(CmPage *page, const gchar *class, const gchar *icon, const gchar *id);

/* The same of what went wrong, class "bad": a screen reader says it at once. */
void
cm_page_begin_alert(CmPage *page, const gchar *icon, const gchar *id);

/* "418 555-0100 (Monday to Friday)", with a link to call; a sentence when there is no number. */
void
cm_page_help_number(CmPage *page, const gchar *class);
