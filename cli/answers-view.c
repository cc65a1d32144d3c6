// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/answers-view.h"

#include "cli/json.h"
#include "cli/report.h"

#include <glib/gi18n.h>

typedef struct {
	const gchar *answer; /* the document's */
	const gchar *mark;
	const gchar *legend;
	const gchar *told; /* {0}: who */
} Words;

static const Words words[CM_ANSWERS_VIEW_LAST] = {
    [CM_ANSWERS_VIEW_DECLINED] = {"declined", "✗", N_("✗ declined"), N_("✗ declined: {0}")},
    [CM_ANSWERS_VIEW_MAYBE] = {"tentative", "~", N_("~ maybe"), N_("~ maybe: {0}")},
    [CM_ANSWERS_VIEW_NONE] = {"needs-action", "?", N_("? no answer yet"),
			      N_("? no answer yet: {0}")},
    [CM_ANSWERS_VIEW_ACCEPTED] = {"accepted", "✓", N_("✓ accepted"), N_("✓ accepted: {0}")},
};

static guint
count(JsonArray *answers, const gchar *kind, CmAnswersView answer)
{
	guint found = 0;

	for (guint i = 0; i < cm_json_get_length(answers); i++) {
		JsonObject *one = cm_json_get_element(answers, i);

		if (g_strcmp0(cm_json_get_string(one, "answer"), words[answer].answer) == 0 &&
		    (kind == NULL || g_strcmp0(cm_json_get_string(one, "kind"), kind) == 0))
			found++;
	}
	return found;
}

gboolean
cm_answers_view_has(JsonArray *answers, CmAnswersView answer)
{
	return count(answers, NULL, answer) > 0;
}

CmAnswersView
cm_answers_view_get_first(JsonArray *answers)
{
	for (guint i = 0; i < CM_ANSWERS_VIEW_LAST; i++) {
		if (cm_answers_view_has(answers, (CmAnswersView)i))
			return (CmAnswersView)i;
	}
	return CM_ANSWERS_VIEW_LAST;
}

/* takes `people` */
static void
append_people(GString *who, gchar *people, guint number)
{
	if (number > 0)
		g_string_append_printf(who, "%s%s", who->len > 0 ? ", " : "", people);
	g_free(people);
}

gchar *
cm_answers_view_describe(JsonArray *answers, CmAnswersView answer)
{
	g_autoptr(GString) who = g_string_new(NULL);
	guint number = count(answers, "student", answer);

	append_people(who, g_strdup_printf(ngettext("a student", "%u students", number), number),
		      number);
	number = count(answers, "guardian", answer);
	append_people(who, g_strdup_printf(ngettext("a parent", "%u parents", number), number),
		      number);
	number = count(answers, "teacher", answer);
	append_people(who, g_strdup_printf(ngettext("a teacher", "%u teachers", number), number),
		      number);
	number = count(answers, "professional", answer);
	append_people(
	    who, g_strdup_printf(ngettext("a professional", "%u professionals", number), number),
	    number);
	return who->len > 0 ? cm_report_format(words[answer].told, who->str, NULL) : NULL;
}

const gchar *
cm_answers_view_get_mark(JsonArray *answers)
{
	CmAnswersView first = cm_answers_view_get_first(answers);

	return first < CM_ANSWERS_VIEW_LAST ? words[first].mark : "";
}

const gchar *
cm_answers_view_get_legend(CmAnswersView answer)
{
	g_return_val_if_fail(answer < CM_ANSWERS_VIEW_LAST, "");
	return _(words[answer].legend);
}
