// SPDX-License-Identifier: GPL-3.0-or-later
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

/* What gateway.py compares the gateway's web server with: libwebsockets and nothing else, which answers every path with a page of 3 KiB out
 * of its memory, and opens every web socket.
 *
 *   libwebsockets-alone PORT uv|ev */

#define PAGE_OCTETS 3072
#define HEAD_OCTETS 1024
#define CONNECTIONS_MAX 15000

static int
write_page(struct lws *wsi)
{
	unsigned char buffer[LWS_PRE + HEAD_OCTETS + PAGE_OCTETS];
	unsigned char *start = buffer + LWS_PRE;
	unsigned char *end = start + HEAD_OCTETS;
	unsigned char *p = start;
	static const char policy[] = "default-src 'none'; script-src 'self'";

	if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/html", PAGE_OCTETS, &p, end) !=
		0 ||
	    lws_add_http_header_by_name(wsi, (const unsigned char *)"content-security-policy:",
					(const unsigned char *)policy, sizeof(policy) - 1, &p,
					end) != 0 ||
	    lws_finalize_http_header(wsi, &p, end) != 0)
		return 1;
	memset(p, 'x', PAGE_OCTETS);
	p += PAGE_OCTETS;
	if (lws_write(wsi, start, (size_t)(p - start), LWS_WRITE_HTTP_FINAL) < 0)
		return 1;
	return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

static int
on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
	if ((int)reason == LWS_CALLBACK_HTTP)
		return write_page(wsi);
	if ((int)reason == LWS_CALLBACK_ESTABLISHED || (int)reason == LWS_CALLBACK_RECEIVE)
		return 0;
	return lws_callback_http_dummy(wsi, reason, user, in, length);
}

int
main(int argc, char **argv)
{
	const struct lws_protocols protocols[] = {{"http", on_event, sizeof(int), 1024, 0, NULL, 0},
						  {NULL, NULL, 0, 0, 0, NULL, 0}};
	struct lws_context_creation_info info = {0};
	struct lws_context *context = NULL;
	int running = 0;

	if (argc != 3)
		return 2;
	info.port = (int)strtol(argv[1], NULL, 10);
	info.iface = "127.0.0.1";
	info.protocols = protocols;
	info.fd_limit_per_thread = CONNECTIONS_MAX;
	info.timeout_secs = 15;
	info.keepalive_timeout = 60;
	info.options = *argv[2] == 'u' ? LWS_SERVER_OPTION_LIBUV : LWS_SERVER_OPTION_LIBEV;
	lws_set_log_level(LLL_ERR, NULL);
	context = lws_create_context(&info);
	if (context == NULL)
		return 1;
	while (running >= 0)
		running = lws_service(context, 0);
	lws_context_destroy(context);
	return 0;
}
