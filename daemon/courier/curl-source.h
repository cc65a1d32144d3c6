// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <curl/curl.h>
#include <glib.h>

/* libcurl's transfers on GLib's main loop: one multi handle behind one GSource of the default context. Main loop only. */

typedef struct _CmCurlSource CmCurlSource;

/* Once, in main(), before threads: libcurl with an allocator that wipes what it gives back, for it keeps copies of passwords.
 * FALSE when it can't begin. */
gboolean
cm_curl_source_init_library(void) G_GNUC_WARN_UNUSED_RESULT;

/* `connections`: at most that many at a time; also kept open for the next transfer. Returns: (transfer full) */
CmCurlSource *
cm_curl_source_new(guint connections);

/* No transfer may be under way: those that added one take it back first. */
void
cm_curl_source_free(CmCurlSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCurlSource, cm_curl_source_free)

/* A transfer has ended; its handle is the caller's again, and may be added again at once. */
typedef void (*CmCurlSourceDone)(CURL *handle, CURLcode code, gpointer user_data);

/* Begin a transfer; `done` is called from the main loop, once, unless it is taken back before. Uses CURLOPT_PRIVATE. */
void
cm_curl_source_add(CmCurlSource *source, CURL *handle, CmCurlSourceDone done, gpointer user_data);

/* Take one back in the middle: `done` is not called. Not from libcurl's own callbacks. */
void
cm_curl_source_remove(CmCurlSource *source, CURL *handle);

/* How many are under way. */
guint
cm_curl_source_count(const CmCurlSource *source);

/* What every transfer has in common: the name and certificate of the other side are checked, TLS 1.2 at least, no signals, no
 * .netrc, no proxy but `proxy` (NULL: none, whatever the environment says), and of authorities those of `ca_file` (NULL: the system's). */
void
cm_curl_source_secure(CURL *handle, const gchar *ca_file, const gchar *proxy);

/* Whether an error is about who the other side is, or about how to speak with it in secret. */
gboolean
cm_curl_source_is_tls_error(CURLcode code);
