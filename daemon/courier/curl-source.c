// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/curl-source.h"

#include <glib-unix.h>
#include <malloc.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* GLib's part, which frees itself */
typedef struct {
	GSource source;
	CmCurlSource *owner;
} MultiSource;

struct _CmCurlSource {
	MultiSource *source;
	CURLM *multi;
	GHashTable *tags;    /* descriptor → what GLib calls it */
	GHashTable *running; /* CURL → Transfer */
};

typedef struct {
	CmCurlSourceDone done;
	gpointer user_data;
} Transfer;

/* ---- an allocator that wipes */

static void
memory_free(void *memory)
{
	if (memory == NULL)
		return;
	sodium_memzero(memory, malloc_usable_size(memory));
	free(memory);
}

static void *
memory_realloc(void *memory, size_t size)
{
	void *grown = NULL;

	if (memory == NULL)
		return malloc(size);
	grown = malloc(size);
	if (grown == NULL)
		return NULL;
	memcpy(grown, memory, MIN(size, malloc_usable_size(memory)));
	memory_free(memory);
	return grown;
}

gboolean
cm_curl_source_init_library(void)
{
	return sodium_init() >= 0 &&
	       curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, memory_free, memory_realloc,
				    strdup, calloc) == CURLE_OK;
}

/* ---- what libcurl asks for */

static GIOCondition
get_condition(int what)
{
	switch (what) {
	case CURL_POLL_IN:
		return G_IO_IN;
	case CURL_POLL_OUT:
		return G_IO_OUT;
	case CURL_POLL_INOUT:
		return G_IO_IN | G_IO_OUT;
	default:
		return 0;
	}
}

static int
on_socket(CURL *handle, curl_socket_t fd, int what, void *user_data, void *socket_data)
{
	CmCurlSource *self = user_data;
	gpointer tag = g_hash_table_lookup(self->tags, GINT_TO_POINTER(fd));

	if (what == CURL_POLL_REMOVE) {
		if (tag != NULL)
			g_source_remove_unix_fd(&self->source->source, tag);
		g_hash_table_remove(self->tags, GINT_TO_POINTER(fd));
	} else if (tag != NULL) {
		g_source_modify_unix_fd(&self->source->source, tag, get_condition(what));
	} else {
		tag = g_source_add_unix_fd(&self->source->source, fd, get_condition(what));
		g_hash_table_insert(self->tags, GINT_TO_POINTER(fd), tag);
	}
	return 0;
}

/* no call of libcurl from here: it is in the middle of one */
static int
on_timer(CURLM *multi, long milliseconds, void *user_data)
{
	CmCurlSource *self = user_data;

	g_source_set_ready_time(
	    &self->source->source,
	    milliseconds < 0 ? -1 : g_get_monotonic_time() + (gint64)milliseconds * 1000);
	return 0;
}

/* ---- what GLib asks for */

static void
tell_ended(CmCurlSource *self)
{
	CURLMsg *message = NULL;
	int left = 0;

	for (message = curl_multi_info_read(self->multi, &left); message != NULL;
	     message = curl_multi_info_read(self->multi, &left)) {
		/* the message goes with its handle */
		CURL *handle = message->easy_handle;
		CURLcode code = message->data.result;
		Transfer transfer = {0};

		if (message->msg != CURLMSG_DONE)
			continue;
		transfer = *(Transfer *)g_hash_table_lookup(self->running, handle);
		cm_curl_source_remove(self, handle);
		transfer.done(handle, code, transfer.user_data);
	}
}

static int
get_events(GIOCondition condition)
{
	int events = 0;

	if ((condition & (G_IO_IN | G_IO_HUP)) != 0)
		events |= CURL_CSELECT_IN;
	if ((condition & G_IO_OUT) != 0)
		events |= CURL_CSELECT_OUT;
	if ((condition & (G_IO_ERR | G_IO_NVAL)) != 0)
		events |= CURL_CSELECT_ERR;
	return events;
}

/* over a copy: each action may add descriptors and take some away */
static void
tell_sockets(CmCurlSource *self)
{
	guint count = 0;
	g_autofree gpointer *fds = g_hash_table_get_keys_as_array(self->tags, &count);
	int running = 0;

	for (guint i = 0; i < count; i++) {
		gpointer tag = g_hash_table_lookup(self->tags, fds[i]);
		int events = tag != NULL
				 ? get_events(g_source_query_unix_fd(&self->source->source, tag))
				 : 0;

		if (events != 0)
			(void)curl_multi_socket_action(self->multi, GPOINTER_TO_INT(fds[i]), events,
						       &running);
	}
}

static gboolean
multi_dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
	CmCurlSource *self = ((MultiSource *)source)->owner;
	gint64 ready = g_source_get_ready_time(source);
	int running = 0;

	if (ready >= 0 && ready <= g_source_get_time(source)) {
		g_source_set_ready_time(source, -1);
		(void)curl_multi_socket_action(self->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	tell_sockets(self);
	tell_ended(self);
	return G_SOURCE_CONTINUE;
}

static const GSourceFuncs multi_functions = {NULL, NULL, multi_dispatch, NULL, NULL, NULL};

/* ---- ours */

CmCurlSource *
cm_curl_source_new(guint connections)
{
	CmCurlSource *self = g_new0(CmCurlSource, 1);

	self->tags = g_hash_table_new(NULL, NULL);
	self->running = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	self->source =
	    (MultiSource *)g_source_new((GSourceFuncs *)&multi_functions, sizeof(MultiSource));
	self->source->owner = self;
	g_source_set_static_name(&self->source->source, "curl");
	self->multi = curl_multi_init();
	curl_multi_setopt(self->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(self->multi, CURLMOPT_SOCKETDATA, self);
	curl_multi_setopt(self->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(self->multi, CURLMOPT_TIMERDATA, self);
	curl_multi_setopt(self->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)connections);
	curl_multi_setopt(self->multi, CURLMOPT_MAXCONNECTS, (long)connections);
	g_source_attach(&self->source->source, NULL);
	return self;
}

void
cm_curl_source_free(CmCurlSource *source)
{
	g_warn_if_fail(g_hash_table_size(source->running) == 0);
	(void)curl_multi_cleanup(source->multi);
	g_source_destroy(&source->source->source);
	g_source_unref(&source->source->source);
	g_hash_table_unref(source->running);
	g_hash_table_unref(source->tags);
	g_free(source);
}

void
cm_curl_source_add(CmCurlSource *source, CURL *handle, CmCurlSourceDone done, gpointer user_data)
{
	Transfer *transfer = g_new0(Transfer, 1);

	transfer->done = done;
	transfer->user_data = user_data;
	g_hash_table_insert(source->running, handle, transfer);
	(void)curl_multi_add_handle(source->multi, handle);
}

void
cm_curl_source_remove(CmCurlSource *source, CURL *handle)
{
	if (!g_hash_table_remove(source->running, handle))
		return;
	(void)curl_multi_remove_handle(source->multi, handle);
}

guint
cm_curl_source_count(const CmCurlSource *source)
{
	return g_hash_table_size(source->running);
}

void
cm_curl_source_secure(CURL *handle, const gchar *ca_file, const gchar *proxy)
{
	/* as other programs have it, where a centre has an authority of its own */
	const gchar *authorities = ca_file != NULL ? ca_file : g_getenv("SSL_CERT_FILE");

	curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(handle, CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(handle, CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(handle, CURLOPT_PROXY, proxy != NULL ? proxy : "");
	curl_easy_setopt(handle, CURLOPT_HTTPPROXYTUNNEL, 1L);
	if (authorities != NULL && *authorities != '\0')
		curl_easy_setopt(handle, CURLOPT_CAINFO, authorities);
}

gboolean
cm_curl_source_is_tls_error(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
	       code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CIPHER ||
	       code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_ISSUER_ERROR ||
	       code == CURLE_SSL_CRL_BADFILE || code == CURLE_SSL_INVALIDCERTSTATUS ||
	       code == CURLE_SSL_PINNEDPUBKEYNOTMATCH || code == CURLE_SSL_ENGINE_NOTFOUND ||
	       code == CURLE_USE_SSL_FAILED;
}
