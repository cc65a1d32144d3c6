// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-mailbox.h"

typedef struct {
	CmHttpMail run;
	gpointer data;
} Letter;

typedef struct {
	GSource source;
	CmHttpMailbox *mailbox;
} MailboxSource;

struct _CmHttpMailbox {
	GMutex lock;
	GArray *letters; /* (element-type Letter) */
	gboolean woken;
	GSource *source;
	CmHttpMail always;
	gpointer user_data;
};

static void
run_letters(CmHttpMailbox *mailbox)
{
	g_autoptr(GArray) letters = g_array_new(FALSE, FALSE, sizeof(Letter));
	GArray *full = NULL;

	g_mutex_lock(&mailbox->lock);
	full = mailbox->letters;
	mailbox->letters = g_steal_pointer(&letters);
	mailbox->woken = FALSE;
	g_mutex_unlock(&mailbox->lock);
	letters = full;
	for (guint i = 0; i < letters->len; i++) {
		const Letter *letter = &g_array_index(letters, Letter, i);

		letter->run(letter->data);
	}
}

static gboolean
mailbox_dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
	CmHttpMailbox *mailbox = ((MailboxSource *)source)->mailbox;

	g_source_set_ready_time(source, -1);
	run_letters(mailbox);
	if (mailbox->always != NULL)
		mailbox->always(mailbox->user_data);
	return G_SOURCE_CONTINUE;
}

static const GSourceFuncs mailbox_functions = {NULL, NULL, mailbox_dispatch, NULL, NULL, NULL};

CmHttpMailbox *
cm_http_mailbox_new(CmHttpMail always, gpointer user_data)
{
	CmHttpMailbox *mailbox = g_new0(CmHttpMailbox, 1);

	g_mutex_init(&mailbox->lock);
	mailbox->letters = g_array_new(FALSE, FALSE, sizeof(Letter));
	mailbox->always = always;
	mailbox->user_data = user_data;
	mailbox->source = g_source_new((GSourceFuncs *)&mailbox_functions, sizeof(MailboxSource));
	((MailboxSource *)mailbox->source)->mailbox = mailbox;
	g_source_attach(mailbox->source, g_main_context_get_thread_default());
	return mailbox;
}

void
cm_http_mailbox_free(CmHttpMailbox *mailbox)
{
	if (mailbox == NULL)
		return;
	g_source_destroy(mailbox->source);
	g_source_unref(mailbox->source);
	while (mailbox->letters->len > 0)
		run_letters(mailbox);
	g_array_unref(mailbox->letters);
	g_mutex_clear(&mailbox->lock);
	g_free(mailbox);
}

void
cm_http_mailbox_post(CmHttpMailbox *mailbox, CmHttpMail run, gpointer data)
{
	const Letter letter = {run, data};
	gboolean wake = FALSE;

	g_mutex_lock(&mailbox->lock);
	if (run != NULL)
		g_array_append_val(mailbox->letters, letter);
	wake = !mailbox->woken;
	mailbox->woken = TRUE;
	g_mutex_unlock(&mailbox->lock);
	if (wake)
		g_source_set_ready_time(mailbox->source, 0);
}
