// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/mailbox-poll.h"

#include "daemon/inbox/mail-reader.h"
#include "include/cm-error.h"

#include <string.h>

/* libcurl gives back spoilt answers where they are longer than its buffer (docs/decisions.md) */
#define BUFFER_OCTETS (512L * 1024L)
/* of an answer that is no message */
#define ANSWER_MAX (256 * 1024)
/* the number of a message has 32 bits (RFC 3501 section 2.3.1.1) */
#define UID_MAX G_MAXUINT32
#define SLOW_OCTETS 10L
/* a message of 25 MB comes in this, or not */
#define MESSAGE_SECONDS_MAX 600L

typedef void (*Step)(CmMailboxPoll *poll);

struct _CmMailboxPoll {
	CmTransferPool *pool;
	CmForeignReader *reader;
	CmComodaldLink *link;
	const CmMailboxSettings *settings;
	CURL *handle;
	guint timer;
	gboolean looking;
	guint failures; /* one behind another */

	GByteArray *answer; /* to what was asked last */
	gsize answer_max;
	gboolean too_long;
	Step next; /* what looks at it */

	CmMailboxStatus status;
	guint64 from;     /* the first number that was not looked for yet */
	GArray *found;    /* guint64: messages of the window */
	guint index;      /* the one that is fetched */
	guint64 size;     /* of it */
	gboolean refused; /* its document was not taken, and this is the second */
	guint64 bad_validity;
	guint64 bad_uid;   /* a message that could not be had */
	guint bad_tries;   /* this often, one look behind another */
	guint64 known_uid; /* how far comodald has it, as we know */
	guint64 seen_validity;
	guint64 seen_uid; /* and how far there was nothing more to give it */
};

/* ---- what servers answer */

/* the number after a word, as in "UIDNEXT 4" */
static gboolean
find_number(const gchar *line, const gchar *word, guint64 *out_number)
{
	const gchar *at = line;
	gsize length = strlen(word);

	for (at = strstr(line, word); at != NULL; at = strstr(at + 1, word)) {
		const gchar *digits = at + length + 1;
		gchar *end = NULL;

		if ((at != line && g_ascii_isalnum(at[-1])) || at[length] != ' ' ||
		    !g_ascii_isdigit(*digits))
			continue;
		*out_number = g_ascii_strtoull(digits, &end, 10);
		return *out_number <= (guint64)G_MAXINT64;
	}
	return FALSE;
}

gboolean
cm_mailbox_poll_parse_status(const gchar *answer, CmMailboxStatus *out_status)
{
	CmMailboxStatus status = {0};
	/* the mailbox's name stands before, and may hold anything */
	const gchar *list = strrchr(answer, '(');

	if (list == NULL || !find_number(list, "UIDVALIDITY", &status.uidvalidity) ||
	    !find_number(list, "UIDNEXT", &status.uidnext) ||
	    !find_number(list, "MESSAGES", &status.messages) || status.uidvalidity == 0)
		return FALSE;
	*out_status = status;
	return TRUE;
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
	guint64 left = *(const guint64 *)a;
	guint64 right = *(const guint64 *)b;

	return (left > right) - (left < right);
}

static gboolean
add_numbers(GArray *numbers, const gchar *words, guint64 first, guint64 last)
{
	g_auto(GStrv) parts = g_strsplit_set(words, " \r", -1);

	for (guint i = 0; parts[i] != NULL; i++) {
		guint64 number = 0;

		if (*parts[i] == '\0')
			continue;
		if (!g_ascii_string_to_unsigned(parts[i], 10, first, last, &number, NULL))
			return FALSE;
		g_array_append_val(numbers, number);
	}
	return TRUE;
}

GArray *
cm_mailbox_poll_parse_search(const gchar *answer, guint64 first, guint64 last)
{
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint64));
	g_auto(GStrv) lines = g_strsplit(answer, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		if (g_ascii_strncasecmp(lines[i], "* SEARCH", strlen("* SEARCH")) == 0 &&
		    !add_numbers(numbers, lines[i] + strlen("* SEARCH"), first, last))
			return NULL;
	}
	g_array_sort(numbers, compare_numbers);
	for (guint i = 1; i < numbers->len; i++) {
		if (g_array_index(numbers, guint64, i) == g_array_index(numbers, guint64, i - 1))
			return NULL;
	}
	return g_steal_pointer(&numbers);
}

gboolean
cm_mailbox_poll_parse_size(const gchar *answer, guint64 uid, guint64 *out_size)
{
	g_auto(GStrv) lines = g_strsplit(answer, "\n", -1);

	/* other messages' news may come between */
	for (guint i = 0; lines[i] != NULL; i++) {
		guint64 number = 0;

		if (find_number(lines[i], "UID", &number) && number == uid &&
		    find_number(lines[i], "RFC822.SIZE", out_size))
			return TRUE;
	}
	return FALSE;
}

/* ---- asking */

static void
poll_ask_window(CmMailboxPoll *poll);
static void
poll_ask_message(CmMailboxPoll *poll);
static void
poll_fail_message(CmMailboxPoll *poll, const gchar *problem);

static gboolean
poll_on_timer(gpointer user_data)
{
	CmMailboxPoll *poll = user_data;

	poll->timer = 0;
	cm_mailbox_poll_look(poll);
	return G_SOURCE_REMOVE;
}

static void
poll_end(CmMailboxPoll *poll, const gchar *problem)
{
	guint seconds = poll->settings->poll_seconds;

	poll->looking = FALSE;
	g_clear_pointer(&poll->found, g_array_unref);
	g_byte_array_set_size(poll->answer, 0);
	if (problem == NULL) {
		if (poll->failures > 0)
			g_message("the mailbox can be read again");
		poll->failures = 0;
	} else {
		/* once, and not at every look */
		if (poll->failures++ == 0)
			g_warning("the mailbox can't be read: %s", problem);
		seconds = MIN(seconds << MIN(poll->failures, 4u), CM_MAILBOX_POLL_SECONDS_MAX);
	}
	poll->timer = g_timeout_add_seconds(seconds, poll_on_timer, poll);
}

static const gchar *
describe_failure(CURLcode code)
{
	if (code == CURLE_LOGIN_DENIED)
		return "the server refuses our name or password";
	if (cm_curl_source_is_tls_error(code))
		return "the other side is not who it must be";
	if (code == CURLE_REMOTE_FILE_NOT_FOUND)
		return "it was renumbered, or a message is gone";
	if (code == CURLE_QUOTE_ERROR || code == CURLE_WEIRD_SERVER_REPLY)
		return "the server does not understand us";
	return "no answer";
}

static size_t
on_data(char *data, size_t size, size_t count, void *user_data)
{
	CmMailboxPoll *poll = user_data;

	if (size * count > poll->answer_max - poll->answer->len) {
		poll->too_long = TRUE;
		return 0;
	}
	g_byte_array_append(poll->answer, (const guint8 *)data, (guint)(size * count));
	return size * count;
}

/* whether a message was asked for, and it is not the server that is away */
static gboolean
is_of_a_message(const CmMailboxPoll *poll, CURLcode code)
{
	return poll->found != NULL && poll->index < poll->found->len &&
	       code != CURLE_COULDNT_RESOLVE_HOST && code != CURLE_COULDNT_RESOLVE_PROXY &&
	       code != CURLE_COULDNT_CONNECT && code != CURLE_LOGIN_DENIED &&
	       !cm_curl_source_is_tls_error(code);
}

static void
poll_answered(CURL *handle, CURLcode code, gpointer user_data)
{
	CmMailboxPoll *poll = user_data;

	if (code != CURLE_OK && !poll->too_long) {
		if (is_of_a_message(poll, code))
			poll_fail_message(poll, describe_failure(code));
		else
			poll_end(poll, describe_failure(code));
		return;
	}
	poll->next(poll);
}

/* `path`: after the host, from its slash; `command`: or NULL, to fetch what the path names */
static void
poll_ask(CmMailboxPoll *poll, const gchar *path, const gchar *command, gsize max, Step next)
{
	const CmMailboxSettings *settings = poll->settings;
	g_autofree gchar *url = g_strconcat(settings->url, path, NULL);
	CURL *handle = poll->handle;

	g_byte_array_set_size(poll->answer, 0);
	poll->answer_max = max;
	poll->too_long = FALSE;
	poll->next = next;
	/* connections stay: they are the multi handle's */
	curl_easy_reset(handle);
	cm_curl_source_secure(handle, settings->ca_file, settings->proxy);
	curl_easy_setopt(handle, CURLOPT_URL, url);
	curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "imap,imaps");
	curl_easy_setopt(handle, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	curl_easy_setopt(handle, CURLOPT_USERNAME, settings->user);
	curl_easy_setopt(handle, CURLOPT_PASSWORD, cm_secret_get(settings->password));
	curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, (long)settings->timeout);
	curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)settings->timeout);
	curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, SLOW_OCTETS);
	curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, (long)settings->timeout);
	curl_easy_setopt(handle, CURLOPT_TIMEOUT, MESSAGE_SECONDS_MAX);
	curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, BUFFER_OCTETS);
	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(handle, CURLOPT_WRITEDATA, poll);
	if (command != NULL)
		curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, command);
	cm_transfer_pool_add(poll->pool, handle, poll_answered, poll);
}

/* the mailbox as it was numbered when we looked: renumbered meanwhile, the server's answer is an error */
static gchar *
make_path(const CmMailboxPoll *poll, const gchar *rest)
{
	return g_strdup_printf("/%s;UIDVALIDITY=%" G_GUINT64_FORMAT "%s", poll->settings->mailbox,
			       poll->status.uidvalidity, rest);
}

static const gchar *
get_answer(CmMailboxPoll *poll)
{
	static const guint8 end = '\0';

	g_byte_array_append(poll->answer, &end, 1);
	return (const gchar *)poll->answer->data;
}

/* ---- one message */

static guint64
get_uid(const CmMailboxPoll *poll)
{
	return g_array_index(poll->found, guint64, poll->index);
}

static void
poll_next_message(CmMailboxPoll *poll)
{
	poll->seen_uid = get_uid(poll);
	poll->index++;
	if (poll->index < poll->found->len)
		poll_ask_message(poll);
	else
		poll_ask_window(poll);
}

static void
poll_deliver(CmMailboxPoll *poll, GBytes *document);

static void
poll_delivered(gboolean taken, const GError *error, gpointer user_data)
{
	CmMailboxPoll *poll = user_data;

	if (error == NULL) {
		poll->known_uid = get_uid(poll);
		poll_next_message(poll);
		return;
	}
	if (cm_error_is(error, CM_ERROR_INVALID_INPUT) && !poll->refused) {
		g_autoptr(GBytes) document = cm_mail_reader_refuse_document((gint64)poll->size);

		/* no mail is lost in silence, and none keeps the others waiting */
		poll->refused = TRUE;
		poll_deliver(poll, document);
		return;
	}
	poll_end(poll, "comodald did not take a message");
}

static void
poll_deliver(CmMailboxPoll *poll, GBytes *document)
{
	cm_comodald_link_deliver(poll->link, CM_MAILBOX_POLL_NAME, poll->status.uidvalidity,
				 get_uid(poll), document, poll_delivered, poll);
}

static void
poll_read(GBytes *document, gpointer user_data)
{
	poll_deliver(user_data, document);
}

static void
poll_refuse(CmMailboxPoll *poll)
{
	g_autoptr(GBytes) document = cm_mail_reader_refuse_document((gint64)poll->size);

	poll_deliver(poll, document);
}

/* what can't be had again and again is for a person: it must not keep all that came after it waiting */
static void
poll_fail_message(CmMailboxPoll *poll, const gchar *problem)
{
	guint64 uid = get_uid(poll);

	if (poll->bad_validity != poll->status.uidvalidity || poll->bad_uid != uid)
		poll->bad_tries = 0;
	poll->bad_validity = poll->status.uidvalidity;
	poll->bad_uid = uid;
	poll->bad_tries++;
	if (poll->bad_tries < CM_MAILBOX_POLL_TRIES_MAX)
		poll_end(poll, problem);
	else
		poll_refuse(poll);
}

static void
poll_take_message(CmMailboxPoll *poll)
{
	g_autoptr(GBytes) octets = NULL;

	/* longer than the server said */
	if (poll->too_long) {
		poll->size = MAX(poll->size, (guint64)CM_MAIL_READER_SIZE_MAX + 1);
		poll_refuse(poll);
		return;
	}
	if (poll->answer->len == 0 && poll->size > 0) {
		poll_fail_message(poll, "a message came empty");
		return;
	}
	octets = g_byte_array_free_to_bytes(poll->answer);
	poll->answer = g_byte_array_new();
	cm_foreign_reader_read_mail(poll->reader, octets, poll_read, poll);
}

static void
poll_take_size(CmMailboxPoll *poll)
{
	g_autofree gchar *rest = NULL;
	g_autofree gchar *path = NULL;

	/* taken away since it was found */
	if (poll->too_long ||
	    !cm_mailbox_poll_parse_size(get_answer(poll), get_uid(poll), &poll->size)) {
		poll_next_message(poll);
		return;
	}
	if (poll->size > CM_MAIL_READER_SIZE_MAX) {
		poll_refuse(poll);
		return;
	}
	rest = g_strdup_printf("/;UID=%" G_GUINT64_FORMAT, get_uid(poll));
	path = make_path(poll, rest);
	poll_ask(poll, path, NULL, CM_MAIL_READER_SIZE_MAX, poll_take_message);
}

static void
poll_ask_message(CmMailboxPoll *poll)
{
	g_autofree gchar *path = make_path(poll, "");
	g_autofree gchar *command =
	    g_strdup_printf("UID FETCH %" G_GUINT64_FORMAT " (RFC822.SIZE)", get_uid(poll));

	poll->size = 0;
	poll->refused = FALSE;
	poll_ask(poll, path, command, ANSWER_MAX, poll_take_size);
}

/* ---- a window */

static guint64
get_window_end(const CmMailboxPoll *poll)
{
	guint64 last = poll->status.uidnext - 1;

	/* so few can't make a long answer, however far apart they are */
	if (poll->status.messages <= CM_MAILBOX_POLL_WINDOW)
		return last;
	return MIN(last, poll->from + CM_MAILBOX_POLL_WINDOW - 1);
}

static void
poll_take_window(CmMailboxPoll *poll)
{
	guint64 end = get_window_end(poll);

	g_clear_pointer(&poll->found, g_array_unref);
	if (!poll->too_long)
		poll->found = cm_mailbox_poll_parse_search(get_answer(poll), poll->from, end);
	if (poll->found == NULL) {
		poll_end(poll, "the server's list of messages makes no sense");
		return;
	}
	poll->from = end + 1;
	poll->index = 0;
	if (poll->found->len > 0) {
		poll_ask_message(poll);
		return;
	}
	poll->seen_uid = end;
	poll_ask_window(poll);
}

static void
poll_ask_window(CmMailboxPoll *poll)
{
	g_autofree gchar *path = NULL;
	g_autofree gchar *command = NULL;

	if (poll->from >= poll->status.uidnext || poll->status.messages == 0) {
		poll_end(poll, NULL);
		return;
	}
	path = make_path(poll, "");
	command = g_strdup_printf("UID SEARCH UID %" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
				  poll->from, get_window_end(poll));
	poll_ask(poll, path, command, ANSWER_MAX, poll_take_window);
}

/* ---- a look */

static void
poll_know_mailbox(guint64 uidvalidity, guint64 uid, const GError *error, gpointer user_data)
{
	CmMailboxPoll *poll = user_data;

	if (error != NULL) {
		poll_end(poll, "comodald does not say how far it was read");
		return;
	}
	/* renumbered: all of it is looked at again, and comodald knows what it has */
	poll->from = uidvalidity == poll->status.uidvalidity ? uid + 1 : 1;
	/* numbers without a message, at the end, need not be looked for each time */
	if (poll->seen_validity == poll->status.uidvalidity && poll->known_uid == uid)
		poll->from = MAX(poll->from, poll->seen_uid + 1);
	poll->seen_uid = poll->from - 1;
	poll->seen_validity = poll->status.uidvalidity;
	poll->known_uid = uid;
	poll_ask_window(poll);
}

static void
poll_take_status(CmMailboxPoll *poll)
{
	if (poll->too_long || !cm_mailbox_poll_parse_status(get_answer(poll), &poll->status) ||
	    poll->status.uidnext > UID_MAX) {
		poll_end(poll, "the server does not say what is in it");
		return;
	}
	cm_comodald_link_get_mailbox(poll->link, CM_MAILBOX_POLL_NAME, poll_know_mailbox, poll);
}

static void
poll_ask_status(CmMailboxPoll *poll)
{
	g_autofree gchar *command = g_strdup_printf("STATUS \"%s\" (UIDVALIDITY UIDNEXT MESSAGES)",
						    poll->settings->mailbox);

	poll_ask(poll, "/", command, ANSWER_MAX, poll_take_status);
}

void
cm_mailbox_poll_look(CmMailboxPoll *poll)
{
	if (poll->looking)
		return;
	if (poll->timer != 0)
		g_source_remove(poll->timer);
	poll->timer = 0;
	/* whoever connects us looks again */
	if (!cm_comodald_link_is_up(poll->link))
		return;
	poll->looking = TRUE;
	/* on a connection that has the mailbox open, servers count it as it was: this makes them look */
	poll_ask(poll, "/", "NOOP", ANSWER_MAX, poll_ask_status);
}

CmMailboxPoll *
cm_mailbox_poll_new(CmTransferPool *pool,
		    CmForeignReader *reader,
		    CmComodaldLink *link,
		    const CmMailboxSettings *settings)
{
	CmMailboxPoll *poll = g_new0(CmMailboxPoll, 1);

	poll->pool = pool;
	poll->reader = reader;
	poll->link = link;
	poll->settings = settings;
	poll->handle = curl_easy_init();
	poll->answer = g_byte_array_new();
	return poll;
}

void
cm_mailbox_poll_free(CmMailboxPoll *poll)
{
	if (poll == NULL)
		return;
	if (poll->timer != 0)
		g_source_remove(poll->timer);
	cm_transfer_pool_remove(poll->pool, poll->handle);
	curl_easy_cleanup(poll->handle);
	g_clear_pointer(&poll->found, g_array_unref);
	g_byte_array_unref(poll->answer);
	g_free(poll);
}
