// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What a letter says, before it is plain text or HTML: both are made from this and nothing else, so that they cannot differ. */

typedef enum {
	CM_LETTER_BLOCK_TITLE, /* once, first */
	CM_LETTER_BLOCK_HEADING,
	CM_LETTER_BLOCK_PARAGRAPH,
	CM_LETTER_BLOCK_ROWS,    /* a table: a label and a text each */
	CM_LETTER_BLOCK_ENTRIES, /* a long label, and a text below it */
	CM_LETTER_BLOCK_LIST,    /* texts */
	CM_LETTER_BLOCK_BUTTON,  /* `text` that leads to `url` */
	CM_LETTER_BLOCK_FINE     /* a paragraph at the foot */
} CmLetterBlockKind;

typedef struct {
	gchar *label; /* of a list: NULL */
	gchar *text;
	gchar *lead; /* of an entry with a link: what stands before it; else NULL */
	gchar *url;
} CmLetterRow;

typedef struct {
	CmLetterBlockKind kind;
	gchar *text;     /* of what has rows: NULL */
	gchar *url;      /* of a button */
	GPtrArray *rows; /* CmLetterRow, of rows, entries and lists */
} CmLetterBlock;

typedef struct {
	gchar *language; /* "fr-CA" */
	gchar *subject;
	GPtrArray *blocks; /* CmLetterBlock */
} CmLetterContent;

/* Returns: (transfer full) */
CmLetterContent *
cm_letter_content_new(const gchar *language);
void
cm_letter_content_free(CmLetterContent *content);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmLetterContent, cm_letter_content_free)

/* All that follow clean their texts, and pass over one that is NULL or empty. `text`: (transfer full) */
void
cm_letter_content_set_subject(CmLetterContent *content, gchar *text);
/* Of a kind without rows and link. */
void
cm_letter_content_add(CmLetterContent *content, CmLetterBlockKind kind, gchar *text);
/* `url`: (transfer none), left as it is */
void
cm_letter_content_add_button(CmLetterContent *content, gchar *text, const gchar *url);
/* A row of the table that stands last, or of a new one. `label`: (transfer full) */
void
cm_letter_content_add_row(CmLetterContent *content, gchar *label, gchar *text);
/* The same of entries. */
void
cm_letter_content_add_entry(CmLetterContent *content, gchar *label, gchar *text);
/* Where the entry that stands last leads to. `lead`: (transfer full); `url`: (transfer none), left as it is */
void
cm_letter_content_add_entry_link(CmLetterContent *content, gchar *lead, const gchar *url);
/* A point of the list that stands last, or of a new one. */
void
cm_letter_content_add_point(CmLetterContent *content, gchar *text);
