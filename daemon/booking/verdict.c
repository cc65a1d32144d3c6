// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/verdict.h"

#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

#define ARGUMENTS_MAX 9

static void
free_objection(gpointer data)
{
	CmObjection *objection = data;

	g_free(objection->code);
	g_free(objection->rule);
	g_free(objection->key);
	g_free(objection->source);
	g_free(objection->article);
	g_free(objection->message);
	g_free(objection);
}

CmVerdict *
cm_verdict_new(void)
{
	CmVerdict *verdict = g_new0(CmVerdict, 1);

	verdict->objections = g_ptr_array_new_with_free_func(free_objection);
	verdict->room = CM_NONE;
	verdict->companion = CM_NONE;
	return verdict;
}

void
cm_verdict_free(CmVerdict *verdict)
{
	g_ptr_array_unref(verdict->objections);
	g_free(verdict);
}

CmObjection *
cm_verdict_object(CmVerdict *verdict,
		  CmObjectionKind kind,
		  CmEffect effect,
		  const gchar *code,
		  const gchar *format,
		  ...)
{
	CmObjection *objection = g_new0(CmObjection, 1);
	const gchar *arguments[ARGUMENTS_MAX + 1] = {NULL};
	va_list list;

	va_start(list, format);
	for (guint i = 0; i < ARGUMENTS_MAX; i++) {
		arguments[i] = va_arg(list, const gchar *);
		if (arguments[i] == NULL)
			break;
	}
	va_end(list);
	objection->kind = (guint8)kind;
	objection->effect = (guint8)effect;
	objection->code = g_strdup(code);
	objection->message = cm_message_new_strv(format, arguments);
	objection->value = CM_LIMIT_NONE;
	g_ptr_array_add(verdict->objections, objection);
	return objection;
}

void
cm_objection_set_rule(CmObjection *objection, const CmRule *rule)
{
	g_free(objection->rule);
	g_free(objection->source);
	g_free(objection->article);
	objection->rule = g_strdup(rule->id);
	objection->source = g_strdup(rule->source);
	objection->article = g_strdup(rule->article);
	objection->effect = (guint8)rule->effect;
}

void
cm_objection_open(CmObjection *objection, gint64 derogation)
{
	if (objection->kind == CM_OBJECTION_FACT || derogation == 0)
		return;
	objection->derogation = derogation;
	objection->effect = CM_EFFECT_INFORM;
}

void
cm_verdict_sort(CmVerdict *verdict)
{
	GPtrArray *objections = verdict->objections;

	for (guint i = 1; i < objections->len; i++) {
		gpointer moved = objections->pdata[i];
		guint effect = ((const CmObjection *)moved)->effect;
		guint j = i;

		for (; j > 0 && ((const CmObjection *)objections->pdata[j - 1])->effect < effect;
		     j--)
			objections->pdata[j] = objections->pdata[j - 1];
		objections->pdata[j] = moved;
	}
}

static const CmObjection *
find_blocking(const CmVerdict *verdict)
{
	for (guint i = 0; i < verdict->objections->len; i++) {
		const CmObjection *objection = g_ptr_array_index(verdict->objections, i);

		if (objection->effect == CM_EFFECT_BLOCK)
			return objection;
	}
	return NULL;
}

gboolean
cm_verdict_is_allowed(const CmVerdict *verdict)
{
	return find_blocking(verdict) == NULL;
}

gboolean
cm_verdict_is_offered(const CmVerdict *verdict)
{
	for (guint i = 0; i < verdict->objections->len; i++) {
		const CmObjection *objection = g_ptr_array_index(verdict->objections, i);

		if (objection->effect == CM_EFFECT_BLOCK || objection->kind == CM_OBJECTION_WISH)
			return FALSE;
	}
	return TRUE;
}

void
cm_verdict_set_error(const CmVerdict *verdict, GError **error)
{
	const CmObjection *objection = find_blocking(verdict);
	g_autofree gchar *where = NULL;
	g_autofree gchar *message = NULL;

	g_return_if_fail(objection != NULL);
	if (objection->rule != NULL)
		where = cm_message_new(N_("Rule {0}: {1}, {2}"), objection->rule,
				       objection->article != NULL ? objection->article : "",
				       objection->source != NULL ? objection->source : "", NULL);
	message = cm_message_join(objection->message, where);
	/* nocheck:message: it is one already */
	g_set_error_literal(
	    error, CM_ERROR,
	    objection->kind == CM_OBJECTION_FACT ? CM_ERROR_CONFLICT : CM_ERROR_POLICY, message);
}

const gchar *
cm_objection_kind_to_string(CmObjectionKind kind)
{
	static const gchar *const words[] = {"fact", "wish", "key", "rule"};

	G_STATIC_ASSERT(G_N_ELEMENTS(words) == CM_OBJECTION_LAST);
	return words[kind];
}
