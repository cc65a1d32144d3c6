// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include <curl/curl.h>
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What storm.py measures the courier against: libcurl and nothing else, which sends messages over so many connections.
 *
 *   curl-alone URL CA-FILE USER PASSWORD CONNECTIONS < MESSAGES
 *
 * MESSAGES: of each a line "SENDER RECIPIENT OCTETS", then its octets. It prints how many the server took, and the seconds. */

typedef struct {
	gchar *sender;
	gchar *recipient;
	const gchar *text;
	gsize length;
} Message;

typedef struct {
	GBytes *input;
	GArray *messages; /* Message */
	gint next;
	gint taken;
	gchar **arguments;
} Run;

typedef struct {
	CURL *easy;
	const Message *message;
	gsize given;
} Line;

static size_t
line_read(char *buffer, size_t size, size_t count, void *data)
{
	Line *line = data;
	gsize length = MIN(size * count, line->message->length - line->given);

	memcpy(buffer, line->message->text + line->given, length);
	line->given += length;
	return length;
}

static void
read_messages(Run *run)
{
	gsize length = 0;
	const gchar *text = g_bytes_get_data(run->input, &length);
	const gchar *end = text + length;

	while (text < end) {
		const gchar *line_end = memchr(text, '\n', (gsize)(end - text));
		g_autofree gchar *line = g_strndup(text, (gsize)(line_end - text));
		g_auto(GStrv) words = g_strsplit(line, " ", 3);
		Message message = {g_strdup(words[0]), g_strdup(words[1]), line_end + 1,
				   (gsize)g_ascii_strtoull(words[2], NULL, 10)};

		g_array_append_val(run->messages, message);
		text = line_end + 1 + message.length;
	}
}

static void
set_up(Run *run, Line *line)
{
	line->easy = curl_easy_init();
	curl_easy_setopt(line->easy, CURLOPT_URL, run->arguments[1]);
	curl_easy_setopt(line->easy, CURLOPT_CAINFO, run->arguments[2]);
	curl_easy_setopt(line->easy, CURLOPT_USERNAME, run->arguments[3]);
	curl_easy_setopt(line->easy, CURLOPT_PASSWORD, run->arguments[4]);
	curl_easy_setopt(line->easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	curl_easy_setopt(line->easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(line->easy, CURLOPT_READFUNCTION, line_read);
	curl_easy_setopt(line->easy, CURLOPT_READDATA, line);
}

static void
give(Run *run, Line *line, const Message *message)
{
	g_autofree gchar *sender = g_strdup_printf("<%s>", message->sender);
	g_autofree gchar *recipient = g_strdup_printf("<%s>", message->recipient);
	struct curl_slist *recipients = curl_slist_append(NULL, recipient);
	CURLcode result;

	line->message = message;
	line->given = 0;
	curl_easy_setopt(line->easy, CURLOPT_MAIL_FROM, sender);
	curl_easy_setopt(line->easy, CURLOPT_MAIL_RCPT, recipients);
	result = curl_easy_perform(line->easy);
	if (result == CURLE_OK)
		g_atomic_int_inc(&run->taken);
	else
		fprintf(stderr, "%s\n", curl_easy_strerror(result));
	curl_slist_free_all(recipients);
}

/* a connection */
static gpointer
send_some(gpointer data)
{
	Run *run = data;
	Line line = {0};

	set_up(run, &line);
	for (gint i = g_atomic_int_add(&run->next, 1); i < (gint)run->messages->len;
	     i = g_atomic_int_add(&run->next, 1))
		give(run, &line, &g_array_index(run->messages, Message, (guint)i));
	curl_easy_cleanup(line.easy);
	return NULL;
}

/* each connection in a thread of its own: a multi handle stands still, with all of its connections, while it waits for a server's last
 * answer to a mail */
static void
send_all(Run *run, guint connections)
{
	g_autofree GThread **threads = g_new0(GThread *, connections);

	for (guint i = 0; i < connections; i++)
		threads[i] = g_thread_new("connection", send_some, run);
	for (guint i = 0; i < connections; i++)
		(void)g_thread_join(threads[i]);
}

static GBytes *
read_input(void)
{
	GByteArray *bytes = g_byte_array_new();
	guint8 buffer[65536];

	while (!feof(stdin) && !ferror(stdin))
		g_byte_array_append(bytes, buffer, (guint)fread(buffer, 1, sizeof buffer, stdin));
	return g_byte_array_free_to_bytes(bytes);
}

static void
message_clear(gpointer data)
{
	Message *message = data;

	g_free(message->sender);
	g_free(message->recipient);
}

int
main(int argc, char **argv)
{
	Run run = {.arguments = argv};
	gint64 began;

	if (argc != 6) {
		fprintf(stderr, "curl-alone URL CA-FILE USER PASSWORD CONNECTIONS\n");
		return 2;
	}
	curl_global_init(CURL_GLOBAL_DEFAULT);
	run.input = read_input();
	run.messages = g_array_new(FALSE, FALSE, sizeof(Message));
	g_array_set_clear_func(run.messages, message_clear);
	read_messages(&run);
	began = g_get_monotonic_time();
	send_all(&run, (guint)strtoul(argv[5], NULL, 10));
	printf("%d %.6f\n", run.taken, (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC);
	g_array_unref(run.messages);
	g_bytes_unref(run.input);
	curl_global_cleanup();
	return EXIT_SUCCESS;
}
