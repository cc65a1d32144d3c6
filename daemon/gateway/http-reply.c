// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-private.h"

#include <string.h>

#define CONTENT_POLICY                                                                             \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "          \
	"media-src 'self' blob:; base-uri 'none'; frame-ancestors 'none'"
#define DEVICES_NONE "camera=(), microphone=(), display-capture=()"
#define DEVICES_OURS "camera=(self), microphone=(self), display-capture=(self)"
#define DEVICES_OTHER ", geolocation=(), payment=(), usb=(), browsing-topics=()"

static const gchar *const languages[] = {"fr", "en"};

/* what every answer has */
static const gchar *const policies[][2] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Robots-Tag", "noindex, nofollow, noarchive"},
    {"X-Frame-Options", "DENY"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

static void
add(struct MHD_Response *response, const gchar *name, const gchar *value)
{
	/* refused by the library when there is a CR or an LF in it */
	(void)MHD_add_response_header(response, name, value);
}

static void
unref_bytes(void *bytes)
{
	g_bytes_unref(bytes);
}

static struct MHD_Response *
new_plain(const CmHttpServer *server, GBytes *body)
{
	struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
	    g_bytes_get_size(body), (void *)(guintptr)g_bytes_get_data(body, NULL), unref_bytes,
	    g_bytes_ref(body));

	for (guint i = 0; i < G_N_ELEMENTS(policies); i++)
		add(response, policies[i][0], policies[i][1]);
	if (server->secure)
		add(response, "Strict-Transport-Security", "max-age=63072000");
	return response;
}

struct MHD_Response *
cm_http_reply_new(const CmHttpServer *server, GBytes *body, const gchar *const *headers)
{
	struct MHD_Response *response = new_plain(server, body);

	add(response, "Content-Security-Policy", CONTENT_POLICY);
	for (guint i = 0; headers[i] != NULL; i += 2)
		add(response, headers[i], headers[i + 1]);
	return response;
}

static void
add_content_policy(struct MHD_Response *response, const CmHttpAnswer *answer)
{
	g_autofree gchar *policy =
	    g_strconcat(CONTENT_POLICY "; connect-src 'self'", answer->connect != NULL ? " " : "",
			answer->connect != NULL ? answer->connect : "", "; form-action 'self'",
			answer->form_targets != NULL ? " " : "",
			answer->form_targets != NULL ? answer->form_targets : "", NULL);

	/* a source with a semicolon would be a policy of its own */
	if ((answer->connect == NULL || strpbrk(answer->connect, ";,") == NULL) &&
	    (answer->form_targets == NULL || strpbrk(answer->form_targets, ";,") == NULL))
		add(response, "Content-Security-Policy", policy);
	else
		add(response, "Content-Security-Policy", CONTENT_POLICY);
}

/* of https a name that no other host can set */
static void
add_pass(struct MHD_Response *response, const CmHttpServer *server, const CmHttpAnswer *answer)
{
	g_autofree gchar *cookie = g_strdup_printf(
	    "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s",
	    server->secure ? CM_HTTP_REQUEST_PASS_SECURE : CM_HTTP_REQUEST_PASS, answer->pass,
	    *answer->pass != '\0' ? answer->pass_seconds : 0, server->secure ? "; Secure" : "");

	add(response, "Set-Cookie", cookie);
	memset(cookie, 0, strlen(cookie));
}

static void
add_file_name(struct MHD_Response *response, const gchar *name)
{
	g_autofree gchar *value = g_strdup_printf("attachment; filename=\"%s\"", name);

	if (strpbrk(name, "\"\\") == NULL)
		add(response, "Content-Disposition", value);
}

struct MHD_Response *
cm_http_reply_new_answer(const CmHttpServer *server, const CmHttpAnswer *answer)
{
	g_autoptr(GBytes) nothing = g_bytes_new(NULL, 0);
	struct MHD_Response *response =
	    new_plain(server, answer->body != NULL ? answer->body : nothing);

	add_content_policy(response, answer);
	add(response, "Permissions-Policy",
	    answer->devices ? DEVICES_OURS DEVICES_OTHER : DEVICES_NONE DEVICES_OTHER);
	add(response, "Cache-Control", answer->etag != NULL ? "private, no-cache" : "no-store");
	if (answer->body != NULL)
		add(response, "Content-Type",
		    answer->content_type != NULL ? answer->content_type
						 : "text/html; charset=utf-8");
	if (answer->language != NULL)
		add(response, "Content-Language", answer->language);
	if (answer->location != NULL)
		add(response, "Location", answer->location);
	if (answer->etag != NULL)
		add(response, "ETag", answer->etag);
	if (answer->pass != NULL)
		add_pass(response, server, answer);
	if (answer->disposition != NULL)
		add_file_name(response, answer->disposition);
	if (answer->retry_after > 0) {
		g_autofree gchar *seconds = g_strdup_printf("%u", answer->retry_after);

		add(response, "Retry-After", seconds);
	}
	return response;
}

/* ---- the server's own pages */

static const guint error_statuses[] = {
    400, 403, 404, 405, 413, 415, 429, 500, 503, CM_HTTP_REPLY_POST_ONLY, CM_HTTP_REQUEST_AWAY};

guint
cm_http_reply_get_status(guint which)
{
	return which > 1000 ? which - 1000 : which;
}

static struct MHD_Response *
make_error(CmHttpServer *server, guint which, const gchar *language)
{
	guint status = cm_http_reply_get_status(which);
	guint page_of = which == CM_HTTP_REQUEST_AWAY ? which : status;
	struct MHD_Response *response = NULL;
	g_autoptr(GBytes) page = server->make_page != NULL
				     ? server->make_page(page_of, language, server->page_user_data)
				     : NULL;
	CmHttpAnswer answer = {.status = status, .body = page, .language = language};
	g_autoptr(GBytes) line = NULL;

	if (page == NULL) {
		const gchar *text = MHD_get_reason_phrase_for(status);

		line = g_bytes_new(text, strlen(text));
		answer.body = line;
		answer.content_type = "text/plain; charset=utf-8";
	}
	if (status == 429 || status == 503)
		answer.retry_after = CM_HTTP_LIMITS_RETRY_SECONDS;
	response = cm_http_reply_new_answer(server, &answer);
	if (status == 405)
		add(response, "Allow", which == CM_HTTP_REPLY_POST_ONLY ? "POST" : "GET, HEAD");
	return response;
}

static void
errors_free(gpointer data)
{
	CmHttpErrorPages *pages = data;

	for (guint i = 0; i < G_N_ELEMENTS(pages->pages); i++)
		MHD_destroy_response(pages->pages[i]);
	g_free(pages);
}

void
cm_http_reply_make_errors(CmHttpServer *server)
{
	server->errors = g_hash_table_new_full(NULL, NULL, NULL, errors_free);
	for (guint i = 0; i < G_N_ELEMENTS(error_statuses); i++) {
		CmHttpErrorPages *pages = g_new0(CmHttpErrorPages, 1);

		for (guint j = 0; j < G_N_ELEMENTS(languages); j++)
			pages->pages[j] = make_error(server, error_statuses[i], languages[j]);
		g_hash_table_insert(server->errors, GUINT_TO_POINTER(error_statuses[i]), pages);
	}
}

struct MHD_Response *
cm_http_reply_find_error(const CmHttpServer *server, guint status, const gchar *accepted)
{
	const CmHttpErrorPages *pages =
	    g_hash_table_lookup(server->errors, GUINT_TO_POINTER(status));

	if (pages == NULL)
		pages = g_hash_table_lookup(server->errors, GUINT_TO_POINTER(500));
	return pages->pages[g_str_equal(cm_http_path_choose_language(accepted), "en") ? 1 : 0];
}
