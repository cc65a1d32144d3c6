// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

/* What people answered to their invitations ("answers" of agendas and explanations), in words and marks. Colour adds nothing to them. */

/* What matters most first. */
typedef enum {
	CM_ANSWERS_VIEW_DECLINED,
	CM_ANSWERS_VIEW_MAYBE,
	CM_ANSWERS_VIEW_NONE, /* no answer yet */
	CM_ANSWERS_VIEW_ACCEPTED,
	CM_ANSWERS_VIEW_LAST
} CmAnswersView;

/* What matters most of what was answered; CM_ANSWERS_VIEW_LAST: nobody was invited. `answers` may be NULL, here and below. */
CmAnswersView
cm_answers_view_get_first(JsonArray *answers);

/* Whether somebody answered so. */
gboolean
cm_answers_view_has(JsonArray *answers, CmAnswersView answer);

/* "✗ declined: a parent", who answered so; NULL: nobody. Returns: (transfer full) (nullable) */
gchar *
cm_answers_view_describe(JsonArray *answers, CmAnswersView answer) G_GNUC_WARN_UNUSED_RESULT;

/* One column: the mark of what matters most, "" when nobody was invited. (transfer none) */
const gchar *
cm_answers_view_get_mark(JsonArray *answers);

/* "✗ declined": a mark and what it means. (transfer none) */
const gchar *
cm_answers_view_get_legend(CmAnswersView answer);
