// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/fetch.h"

#include <curl/curl.h>
#include <string.h>

#define CONNECT_SECONDS 15L
#define REDIRECTIONS_MAX 5L
/* slower than this for so long is no answer */
#define SLOW_OCTETS 100L
#define SLOW_SECONDS 20L

#define HTTP_UNAUTHORIZED 401
#define HTTP_FORBIDDEN 403
#define HTTP_NOT_FOUND 404
#define HTTP_GONE 410

typedef struct {
	GByteArray *bytes;
	gsize limit;
	gboolean too_large;
} Answer;

static size_t
on_data(char *data, size_t size, size_t count, void *user_data)
{
	Answer *answer = user_data;

	if (size * count > answer->limit - answer->bytes->len) {
		answer->too_large = TRUE;
		return 0;
	}
	g_byte_array_append(answer->bytes, (const guint8 *)data, (guint)(size * count));
	return size * count;
}

/* as it is fetched; NULL when it is not ours to fetch */
static gchar *
make_address(const gchar *address)
{
	if (g_ascii_strncasecmp(address, "https://", strlen("https://")) == 0)
		return g_strdup(address);
	if (g_ascii_strncasecmp(address, "webcal://", strlen("webcal://")) == 0)
		return g_strconcat("https://", address + strlen("webcal://"), NULL);
	return NULL;
}

gchar *
cm_fetch_dup_host(const gchar *address)
{
	g_autofree gchar *https = make_address(address);
	g_autoptr(GUri) uri = https != NULL ? g_uri_parse(https, G_URI_FLAGS_NONE, NULL) : NULL;
	const gchar *host = uri != NULL ? g_uri_get_host(uri) : NULL;

	return host != NULL && *host != '\0' ? g_strdup(host) : NULL;
}

static void
set_options(CURL *handle, const gchar *address, Answer *answer)
{
	/* as other programs have it, where a centre has an authority of its own */
	const gchar *authorities = g_getenv("SSL_CERT_FILE");

	curl_easy_setopt(handle, CURLOPT_URL, address);
	curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(handle, CURLOPT_MAXREDIRS, REDIRECTIONS_MAX);
	curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(handle, CURLOPT_TIMEOUT, (long)CM_FETCH_MAX_SECONDS);
	curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, SLOW_OCTETS);
	curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS);
	curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)answer->limit);
	/* a small answer that unpacks to a large one is counted unpacked */
	curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(handle, CURLOPT_USERAGENT, "comodal");
	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(handle, CURLOPT_WRITEDATA, answer);
	if (authorities != NULL && *authorities != '\0')
		curl_easy_setopt(handle, CURLOPT_CAINFO, authorities);
}

static CmFetchResult
judge(CURL *handle, CURLcode code, const Answer *answer)
{
	long status = 0;

	if (answer->too_large || code == CURLE_FILESIZE_EXCEEDED)
		return CM_FETCH_TOO_LARGE;
	if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
	    code == CURLE_SSL_ISSUER_ERROR)
		return CM_FETCH_CERTIFICATE;
	if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT)
		return CM_FETCH_NOT_HTTPS;
	if (code != CURLE_OK)
		return CM_FETCH_UNREACHABLE;
	curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
	if (status == HTTP_UNAUTHORIZED || status == HTTP_FORBIDDEN || status == HTTP_NOT_FOUND ||
	    status == HTTP_GONE)
		return CM_FETCH_REFUSED;
	return status >= 200 && status < 300 ? CM_FETCH_OK : CM_FETCH_UNREACHABLE;
}

CmFetchResult
cm_fetch_get(const gchar *address, gsize limit, GBytes **out_bytes)
{
	g_autofree gchar *https = make_address(address);
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	Answer answer = {.bytes = bytes, .limit = limit};
	CURL *handle = NULL;
	CmFetchResult result = CM_FETCH_NOT_HTTPS;

	if (https == NULL)
		return CM_FETCH_NOT_HTTPS;
	handle = curl_easy_init();
	if (handle == NULL)
		return CM_FETCH_UNREACHABLE;
	set_options(handle, https, &answer);
	result = judge(handle, curl_easy_perform(handle), &answer);
	curl_easy_cleanup(handle);
	if (result == CM_FETCH_OK)
		*out_bytes = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
	return result;
}
