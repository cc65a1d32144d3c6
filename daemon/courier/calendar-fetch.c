// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/calendar-fetch.h"

#include "daemon/courier/address-guard.h"
#include "daemon/roster/busy-calendar.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>

#define CONNECT_SECONDS 15L
#define REDIRECTIONS_MAX 5L
/* slower than this for so long is no answer */
#define SLOW_OCTETS 100L
#define SLOW_SECONDS 20L

#define HTTP_NOT_MODIFIED 304
#define HTTP_UNAUTHORIZED 401
#define HTTP_FORBIDDEN 403
#define HTTP_NOT_FOUND 404
#define HTTP_GONE 410

struct _CmCalendarFetch {
	CmCurlSource *curl;
	const CmFetchSettings *settings;
	CURL *handle;
	struct curl_slist *headers;
	GByteArray *bytes;
	gboolean too_large;
	gboolean conditional;
	CmCalendarFetchDone done;
	gpointer user_data;
};

/* ---- the address */

/* as it is fetched; NULL when it is not ours to fetch */
static gchar *
make_url(const gchar *url)
{
	if (g_ascii_strncasecmp(url, "https://", strlen("https://")) == 0)
		return g_strdup(url);
	if (g_ascii_strncasecmp(url, "webcal://", strlen("webcal://")) == 0)
		return g_strconcat("https://", url + strlen("webcal://"), NULL);
	return NULL;
}

/* where a proxy is asked to lead: to the host of the URL that it has come to, by whatever redirections */
static gboolean
is_host_allowed(CURL *handle)
{
	const gchar *url = NULL;
	char *host = NULL;
	CURLU *parts = curl_url();
	gboolean allowed =
	    curl_easy_getinfo(handle, CURLINFO_EFFECTIVE_URL, &url) == CURLE_OK && url != NULL &&
	    curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(parts, CURLUPART_HOST, &host, CURLU_URLDECODE) == CURLUE_OK &&
	    cm_address_guard_may_be_public(host);

	curl_free(host);
	curl_url_cleanup(parts);
	return allowed;
}

/* a connection to where a name has led, or to the proxy; refused, it fails as one that nobody answers */
static curl_socket_t
on_open(void *user_data, curlsocktype purpose, struct curl_sockaddr *address)
{
	const CmCalendarFetch *fetch = user_data;

	if (!fetch->settings->allow_private &&
	    !(fetch->settings->proxy != NULL
		  ? is_host_allowed(fetch->handle)
		  : cm_address_guard_is_public(&address->addr, address->addrlen)))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- what comes */

static size_t
on_data(char *data, size_t size, size_t count, void *user_data)
{
	CmCalendarFetch *fetch = user_data;

	if (size * count > CM_BUSY_CALENDAR_MAX_BYTES - fetch->bytes->len) {
		fetch->too_large = TRUE;
		return 0;
	}
	g_byte_array_append(fetch->bytes, (const guint8 *)data, (guint)(size * count));
	return size * count;
}

static const gchar *
judge(const CmCalendarFetch *fetch, CURLcode code, long status)
{
	if (fetch->too_large || code == CURLE_FILESIZE_EXCEEDED)
		return "too-large";
	if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR)
		return "certificate";
	if (code != CURLE_OK)
		return "unreachable";
	if (status == HTTP_UNAUTHORIZED || status == HTTP_FORBIDDEN || status == HTTP_NOT_FOUND ||
	    status == HTTP_GONE)
		return "refused";
	if ((status >= 200 && status < 300) || (status == HTTP_NOT_MODIFIED && fetch->conditional))
		return NULL;
	return "unreachable";
}

/* what may be sent back one day, as a header's value */
static gboolean
is_validator(const gchar *value)
{
	if (value == NULL || *value == '\0' || strlen(value) > CM_CALENDAR_FETCH_VALIDATOR_MAX)
		return FALSE;
	for (const gchar *p = value; *p != '\0'; p++) {
		if (*p < ' ' || *p > '~')
			return FALSE;
	}
	return TRUE;
}

static const gchar *
find_header(CURL *handle, const gchar *name)
{
	struct curl_header *header = NULL;

	if (curl_easy_header(handle, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK ||
	    !is_validator(header->value))
		return NULL;
	return header->value;
}

static void
fetch_ended(CURL *handle, CURLcode code, gpointer user_data)
{
	CmCalendarFetch *fetch = user_data;
	g_autoptr(GBytes) bytes = NULL;
	CmFetched result = {0};
	long status = 0;

	curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
	result.failure = judge(fetch, code, status);
	result.unchanged = result.failure == NULL && status == HTTP_NOT_MODIFIED;
	if (result.failure == NULL && !result.unchanged) {
		bytes = g_byte_array_free_to_bytes(fetch->bytes);
		fetch->bytes = g_byte_array_new();
		result.bytes = bytes;
		result.etag = find_header(handle, "ETag");
		result.modified = find_header(handle, "Last-Modified");
	}
	fetch->done(&result, fetch->user_data);
}

/* ---- ours */

static void
add_header(CmCalendarFetch *fetch, const gchar *name, const gchar *value)
{
	g_autofree gchar *line = NULL;

	if (!is_validator(value))
		return;
	line = g_strconcat(name, ": ", value, NULL);
	fetch->headers = curl_slist_append(fetch->headers, line);
	fetch->conditional = TRUE;
}

static void
set_options(CmCalendarFetch *fetch, const gchar *url)
{
	CURL *handle = fetch->handle;

	cm_curl_source_secure(handle, fetch->settings->ca_file, fetch->settings->proxy);
	curl_easy_setopt(handle, CURLOPT_URL, url);
	curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(handle, CURLOPT_MAXREDIRS, REDIRECTIONS_MAX);
	curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(handle, CURLOPT_TIMEOUT, (long)CM_CALENDAR_FETCH_SECONDS_MAX);
	curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, SLOW_OCTETS);
	curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS);
	curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)CM_BUSY_CALENDAR_MAX_BYTES);
	/* a small answer that unpacks to a large one is counted unpacked */
	curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(handle, CURLOPT_USERAGENT, "comodal");
	curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, fetch);
	/* an open connection to an address is nobody else's: each is judged anew */
	curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, fetch->headers);
	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(handle, CURLOPT_WRITEDATA, fetch);
}

CmCalendarFetch *
cm_calendar_fetch_new(CmCurlSource *curl,
		      const CmFetchSettings *settings,
		      const CmFetchOrder *order,
		      CmCalendarFetchDone done,
		      gpointer user_data)
{
	CmCalendarFetch *fetch = g_new0(CmCalendarFetch, 1);
	g_autofree gchar *url = make_url(order->url);

	fetch->curl = curl;
	fetch->settings = settings;
	fetch->bytes = g_byte_array_new();
	fetch->done = done;
	fetch->user_data = user_data;
	fetch->handle = curl_easy_init();
	add_header(fetch, "If-None-Match", order->etag);
	add_header(fetch, "If-Modified-Since", order->modified);
	/* what is not ours to fetch fails as libcurl has it fail: without a connection */
	set_options(fetch, url != NULL ? url : "");
	cm_curl_source_add(curl, fetch->handle, fetch_ended, fetch);
	return fetch;
}

void
cm_calendar_fetch_free(CmCalendarFetch *fetch)
{
	if (fetch == NULL)
		return;
	cm_curl_source_remove(fetch->curl, fetch->handle);
	curl_easy_cleanup(fetch->handle);
	curl_slist_free_all(fetch->headers);
	g_byte_array_unref(fetch->bytes);
	g_free(fetch);
}
