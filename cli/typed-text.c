// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/typed-text.h"

#include "cli/agent-answer.h"
#include "cli/keys-reopen.h"
#include "cli/secret-prompt.h"
#include "daemon/agent/agent-case.h"
#include "daemon/vault/vault-layout.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

#define TYPED_MAX (4 * CM_AGENT_CASE_TEXT_MAX)
#define QUESTIONS_MAX 20 /* a terminal that answers nothing is not asked for ever */

typedef enum { CHOICE_NONE, CHOICE_EDIT, CHOICE_RETRY, CHOICE_QUIT } Choice;

void
cm_typed_text_clear(CmTypedText *self)
{
	g_clear_pointer(&self->text, cm_vault_secret_free);
	g_clear_pointer(&self->editor, cm_note_editor_free);
}

gsize
cm_typed_text_get_most(void)
{
	return cm_secret_prompt_is_terminal() ? TYPED_MAX : CM_AGENT_CASE_TEXT_MAX;
}

gboolean
cm_typed_text_check(const CmTypedText *self, GError **error)
{
	gsize length = cm_vault_secret_get_length(self->text);

	if (length > CM_AGENT_CASE_TEXT_MAX)
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("That text is too long."), NULL);
	else if (!cm_vault_layout_is_text(cm_vault_secret_peek(self->text), length))
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The text is not UTF-8, or has characters in it that are not for "
				"reading."),
			     NULL);
	else
		return TRUE;
	return FALSE;
}

/* the same letters in both languages */
static Choice
ask(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmVaultSecret) line =
	    cm_secret_prompt_read(_("What you typed is still here. e: put it right in vim; r: try "
				    "again; q: give it up."),
				  TRUE, &error);

	if (line == NULL)
		return cm_error_is(error, CM_ERROR_CANCELLED) ? CHOICE_QUIT : CHOICE_NONE;
	if (cm_vault_secret_get_length(line) != 1)
		return CHOICE_NONE;
	switch (cm_vault_secret_peek(line)[0]) {
	case 'e':
		return CHOICE_EDIT;
	case 'r':
		return CHOICE_RETRY;
	case 'q':
		return CHOICE_QUIT;
	default:
		return CHOICE_NONE;
	}
}

static gboolean
edit(CmTypedText *self, GError **error)
{
	g_autoptr(CmVaultSecret) text = NULL;
	gboolean changed = FALSE;

	if (self->editor == NULL)
		self->editor = cm_note_editor_new_of(self->text, error);
	if (self->editor != NULL)
		text = cm_note_editor_run(self->editor, CM_AGENT_CASE_TEXT_MAX, &changed, error);
	if (text == NULL)
		return FALSE;
	if (!changed) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("It was left as it was."), NULL);
		return FALSE;
	}
	if (cm_vault_secret_get_length(text) == 0) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("Nothing is left in the editor."),
			     NULL);
		return FALSE;
	}
	cm_vault_secret_free(self->text);
	self->text = g_steal_pointer(&text);
	return TRUE;
}

/* FALSE with `error` set: it is asked again, or was given up */
static gboolean
follow(CmTypedText *self, Choice choice, GError **error)
{
	if (choice == CHOICE_EDIT)
		return edit(self, error);
	if (choice == CHOICE_QUIT)
		cm_error_set(error, CM_ERROR_CANCELLED, N_("Abandoned: nothing was changed."),
			     NULL);
	return choice == CHOICE_RETRY;
}

/* until the error is cleared, or whoever sits there gives up */
static void
settle(CmTypedText *self, GError **error)
{
	gboolean settled = FALSE;

	for (guint i = 0; !settled && i < QUESTIONS_MAX; i++) {
		Choice choice = CHOICE_NONE;

		(void)cm_agent_answer_report(*error);
		choice = ask();
		if (choice == CHOICE_NONE)
			continue;
		g_clear_error(error);
		settled = follow(self, choice, error) || choice == CHOICE_QUIT;
	}
}

gboolean
cm_typed_text_mend(CmTypedText *self, const CmComodalctl *cli, CmDBusAgent **agent, GError **error)
{
	if (cm_secret_prompt_is_terminal() && !cm_keys_reopen_run(cli, agent, error))
		settle(self, error);
	return *error == NULL;
}
