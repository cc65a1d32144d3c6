// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/letter/letter-content.h"

#include "daemon/words/words.h"

static void
row_free(gpointer data)
{
	CmLetterRow *row = data;

	g_free(row->label);
	g_free(row->text);
	g_free(row->lead);
	g_free(row->url);
	g_free(row);
}

static void
block_free(gpointer data)
{
	CmLetterBlock *block = data;

	g_free(block->text);
	g_free(block->url);
	g_clear_pointer(&block->rows, g_ptr_array_unref);
	g_free(block);
}

CmLetterContent *
cm_letter_content_new(const gchar *language)
{
	CmLetterContent *content = g_new0(CmLetterContent, 1);

	content->language = g_strdup(language);
	content->blocks = g_ptr_array_new_with_free_func(block_free);
	return content;
}

void
cm_letter_content_free(CmLetterContent *content)
{
	if (content == NULL)
		return;
	g_free(content->language);
	g_free(content->subject);
	g_ptr_array_unref(content->blocks);
	g_free(content);
}

/* frees what it is given; NULL for nothing */
static gchar *
take_clean(gchar *text)
{
	g_autofree gchar *given = text;
	g_autofree gchar *clean = given != NULL ? cm_words_clean(given) : NULL;

	return clean != NULL && *clean != '\0' ? g_steal_pointer(&clean) : NULL;
}

void
cm_letter_content_set_subject(CmLetterContent *content, gchar *text)
{
	g_free(content->subject);
	content->subject = take_clean(text);
}

static CmLetterBlock *
add_block(CmLetterContent *content, CmLetterBlockKind kind)
{
	CmLetterBlock *block = g_new0(CmLetterBlock, 1);

	block->kind = kind;
	g_ptr_array_add(content->blocks, block);
	return block;
}

void
cm_letter_content_add(CmLetterContent *content, CmLetterBlockKind kind, gchar *text)
{
	g_autofree gchar *clean = take_clean(text);

	if (clean != NULL)
		add_block(content, kind)->text = g_steal_pointer(&clean);
}

void
cm_letter_content_add_button(CmLetterContent *content, gchar *text, const gchar *url)
{
	g_autofree gchar *clean = take_clean(text);
	CmLetterBlock *block;

	if (clean == NULL || url == NULL)
		return;
	block = add_block(content, CM_LETTER_BLOCK_BUTTON);
	block->text = g_steal_pointer(&clean);
	block->url = g_strdup(url);
}

static void
add_row(CmLetterContent *content, CmLetterBlockKind kind, gchar *label, gchar *text)
{
	CmLetterBlock *block = NULL;
	CmLetterRow *row = g_new0(CmLetterRow, 1);

	if (content->blocks->len > 0)
		block = g_ptr_array_index(content->blocks, content->blocks->len - 1);
	if (block == NULL || block->kind != kind) {
		block = add_block(content, kind);
		block->rows = g_ptr_array_new_with_free_func(row_free);
	}
	row->label = label;
	row->text = text;
	g_ptr_array_add(block->rows, row);
}

static void
add_labelled(CmLetterContent *content, CmLetterBlockKind kind, gchar *label, gchar *text)
{
	g_autofree gchar *clean_label = take_clean(label);
	g_autofree gchar *clean = take_clean(text);

	if (clean_label != NULL && clean != NULL)
		add_row(content, kind, g_steal_pointer(&clean_label), g_steal_pointer(&clean));
}

void
cm_letter_content_add_row(CmLetterContent *content, gchar *label, gchar *text)
{
	add_labelled(content, CM_LETTER_BLOCK_ROWS, label, text);
}

void
cm_letter_content_add_entry(CmLetterContent *content, gchar *label, gchar *text)
{
	add_labelled(content, CM_LETTER_BLOCK_ENTRIES, label, text);
}

void
cm_letter_content_add_entry_link(CmLetterContent *content, gchar *lead, const gchar *url)
{
	g_autofree gchar *clean = take_clean(lead);
	const CmLetterBlock *block = NULL;
	CmLetterRow *row = NULL;

	if (content->blocks->len > 0)
		block = g_ptr_array_index(content->blocks, content->blocks->len - 1);
	if (clean == NULL || url == NULL || block == NULL || block->kind != CM_LETTER_BLOCK_ENTRIES)
		return;
	row = g_ptr_array_index(block->rows, block->rows->len - 1);
	row->lead = g_steal_pointer(&clean);
	row->url = g_strdup(url);
}

void
cm_letter_content_add_point(CmLetterContent *content, gchar *text)
{
	g_autofree gchar *clean = take_clean(text);

	if (clean != NULL)
		add_row(content, CM_LETTER_BLOCK_LIST, NULL, g_steal_pointer(&clean));
}
