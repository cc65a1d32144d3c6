// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/room-call.h"

#include "daemon/courier/address-guard.h"
#include "daemon/courier/answer-reader.h"

#include <string.h>
#include <sys/socket.h>

#define CONNECT_SECONDS 4L

struct _CmRoomCall {
	CmCurlSource *curl;
	const CmFetchSettings *settings;
	gboolean private_network;
	CURL *handle;
	struct curl_slist *headers;
	GBytes *body;
	GByteArray *answer;
	gboolean too_large;
	CmRoomCallDone done;
	gpointer user_data;
};

/* ---- what is reported */

static GBytes *
object_to_bytes(JsonObject *object)
{
	g_autoptr(JsonNode) root = json_node_alloc();
	gchar *text = NULL;

	json_node_init_object(root, object);
	text = json_to_string(root, FALSE);
	return g_bytes_new_take(text, strlen(text));
}

GBytes *
cm_room_call_make_failure(const gchar *failure)
{
	g_autoptr(JsonObject) report = json_object_new();

	json_object_set_string_member(report, "failure", failure);
	return object_to_bytes(report);
}

static GBytes *
make_report(const CmRoomCall *call, long status)
{
	g_autoptr(JsonObject) report = json_object_new();
	JsonObject *values =
	    cm_answer_reader_read((const gchar *)call->answer->data, call->answer->len);

	json_object_set_int_member(report, "status", status);
	if (values != NULL)
		json_object_set_object_member(report, "values", values);
	return object_to_bytes(report);
}

static const gchar *
judge(const CmRoomCall *call, CURLcode code)
{
	if (call->too_large || code == CURLE_FILESIZE_EXCEEDED)
		return "too-large";
	if (cm_curl_source_is_tls_error(code))
		return "certificate";
	if (code == CURLE_OPERATION_TIMEDOUT)
		return "slow";
	return code != CURLE_OK ? "unreachable" : NULL;
}

static void
call_ended(CURL *handle, CURLcode code, gpointer user_data)
{
	CmRoomCall *call = user_data;
	const gchar *failure = judge(call, code);
	g_autoptr(GBytes) report = NULL;
	long status = 0;

	curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
	report = failure != NULL ? cm_room_call_make_failure(failure) : make_report(call, status);
	call->done(report, call->user_data);
}

/* ---- the transfer */

static curl_socket_t
on_open(void *user_data, curlsocktype purpose, struct curl_sockaddr *address)
{
	const CmRoomCall *call = user_data;

	if (!call->private_network && call->settings->proxy == NULL &&
	    !cm_address_guard_is_public(&address->addr, address->addrlen))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t
on_data(char *data, size_t size, size_t count, void *user_data)
{
	CmRoomCall *call = user_data;

	if (size * count > CM_ANSWER_READER_OCTETS_MAX - call->answer->len) {
		call->too_large = TRUE;
		return 0;
	}
	g_byte_array_append(call->answer, (const guint8 *)data, (guint)(size * count));
	return size * count;
}

static void
set_body(CmRoomCall *call, const CmRoomOrder *order)
{
	g_autofree gchar *type = NULL;

	if (order->type == NULL || call->body == NULL)
		return;
	type = g_strconcat("Content-Type: ", order->type, NULL);
	call->headers = curl_slist_append(call->headers, type);
	/* the servers that are meant answer at once or not at all */
	call->headers = curl_slist_append(call->headers, "Expect:");
	curl_easy_setopt(call->handle, CURLOPT_POSTFIELDSIZE_LARGE,
			 (curl_off_t)g_bytes_get_size(call->body));
	curl_easy_setopt(call->handle, CURLOPT_POSTFIELDS, g_bytes_get_data(call->body, NULL));
}

static void
set_options(CmRoomCall *call, const CmRoomOrder *order)
{
	CURL *handle = call->handle;

	cm_curl_source_secure(handle, call->settings->ca_file,
			      call->private_network ? NULL : call->settings->proxy);
	curl_easy_setopt(handle, CURLOPT_URL, order->url);
	curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR,
			 call->private_network ? "https,http" : "https");
	curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(handle, CURLOPT_TIMEOUT, (long)CM_ROOM_CALL_SECONDS_MAX);
	curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE,
			 (curl_off_t)CM_ANSWER_READER_OCTETS_MAX);
	/* a small answer that unpacks to a large one is counted unpacked */
	curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(handle, CURLOPT_USERAGENT, "comodal");
	curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, call);
	/* each connection is judged anew */
	curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
	set_body(call, order);
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, call->headers);
	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(handle, CURLOPT_WRITEDATA, call);
}

CmRoomCall *
cm_room_call_new(CmCurlSource *curl,
		 const CmFetchSettings *settings,
		 const CmRoomOrder *order,
		 CmRoomCallDone done,
		 gpointer user_data)
{
	CmRoomCall *call = g_new0(CmRoomCall, 1);

	call->curl = curl;
	call->settings = settings;
	call->private_network = order->private_network;
	call->body = order->body != NULL ? g_bytes_ref(order->body) : NULL;
	call->answer = g_byte_array_new();
	call->done = done;
	call->user_data = user_data;
	call->handle = curl_easy_init();
	set_options(call, order);
	cm_curl_source_add(curl, call->handle, call_ended, call);
	return call;
}

void
cm_room_call_free(CmRoomCall *call)
{
	if (call == NULL)
		return;
	cm_curl_source_remove(call->curl, call->handle);
	curl_easy_cleanup(call->handle);
	curl_slist_free_all(call->headers);
	g_clear_pointer(&call->body, g_bytes_unref);
	g_byte_array_unref(call->answer);
	g_free(call);
}
