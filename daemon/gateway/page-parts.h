// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/page.h"
#include "daemon/gateway/view.h"

/* Parts that the pages of somebody's view share. */

/* What is to be said of what was just pressed, where the view itself does not say it. */
typedef enum {
	CM_PAGE_SAID_NOTHING,
	CM_PAGE_SAID_CHANGED, /* it was moved or cancelled meanwhile: nothing was done */
	CM_PAGE_SAID_MISSING, /* something is still to be answered */
	CM_PAGE_SAID_BUSY,    /* too much at once: to be tried again */
	CM_PAGE_SAID_FAILED   /* it did not work: to be tried again */
} CmPageSaid;

/* What the view knows of the frame: names and numbers. The rest stays as it is. */
void
cm_page_parts_fill_frame(CmPageFrame *frame, const CmView *view);

/* As cm_page_say(), of what was pressed; nothing of CM_PAGE_SAID_NOTHING. */
void
cm_page_parts_said(CmPage *page, CmPageSaid said);

/* Day and hours, "Today" before them, in a heading; `id`: of the heading, or NULL. */
void
cm_page_parts_when(CmPage *page,
		   const CmView *view,
		   const CmViewItem *item,
		   const gchar *heading,
		   const gchar *id);

/* With whom, about whom, where. */
void
cm_page_parts_facts(CmPage *page, const CmViewItem *item);

/* What to think of before, with the test of one's device: nothing when there is nothing. `heading`: "h2" to "h4", `title`: marked by N_() */
void
cm_page_parts_prepare(CmPage *page,
		      const CmViewItem *item,
		      const gchar *heading,
		      const gchar *title);

/* What came of a call for help; nothing when there was none. */
void
cm_page_parts_help_answer(CmPage *page, const CmViewItem *item);

/* "I can't get in": the number to call, and the button until it was pressed. */
void
cm_page_parts_help(CmPage *page, const CmView *view, const CmViewItem *item);

/* A path with a number at its end: "/door/", 3. Returns: (transfer full) */
gchar *
cm_page_parts_path(const gchar *path, guint64 number) G_GNUC_WARN_UNUSED_RESULT;

/* Of a text of ours without arguments. (transfer none) */
const gchar *
cm_page_parts_word(const CmPage *page, const gchar *text);
