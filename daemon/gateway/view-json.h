// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* A small JSON document, read by yajl into one array of values and one block of texts: a page is made of one, thousands of times a
 * second. */

typedef enum {
	CM_VIEW_JSON_NULL,
	CM_VIEW_JSON_FLAG,
	CM_VIEW_JSON_INTEGER,
	CM_VIEW_JSON_REAL,
	CM_VIEW_JSON_TEXT,
	CM_VIEW_JSON_ARRAY,
	CM_VIEW_JSON_OBJECT
} CmViewJsonKind;

typedef struct _CmViewJsonValue CmViewJsonValue;

struct _CmViewJsonValue {
	CmViewJsonKind kind;
	guint count;                  /* how many are in it */
	const CmViewJsonValue *first; /* in an array or an object; NULL: nothing */
	const CmViewJsonValue *next;  /* beside it; NULL: none */
	const gchar *name; /* of a member of an object, else NULL; valid UTF-8, as the text */
	const gchar *text;
	gint64 integer; /* of a flag: 0 or 1 */
};

typedef struct _CmViewJson CmViewJson;

/* Read a whole document that nests no deeper than `depth`, at most 15. NULL: it is no JSON, or nests deeper. Returns: (transfer full) */
CmViewJson *
cm_view_json_read(const gchar *text, gsize length, guint depth) G_GNUC_WARN_UNUSED_RESULT;

void
cm_view_json_free(CmViewJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmViewJson, cm_view_json_free)

/* (transfer none) */
const CmViewJsonValue *
cm_view_json_get_root(const CmViewJson *json);

/* A member of an object by its name, the last that has it; NULL: there is none. (transfer none) */
const CmViewJsonValue *
cm_view_json_find(const CmViewJsonValue *object, const gchar *name);
