// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/gateway-call.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/room-keeper.h"
#include "daemon/bus/sealed-memfd.h"
#include "daemon/bus/view-document.h"
#include "daemon/letter/letter-event.h"
#include "daemon/store/store-consent.h"
#include "daemon/store/store-entry.h"
#include "daemon/store/store-feed.h"
#include "daemon/store/store-opening.h"
#include "daemon/store/store-reach.h"
#include "daemon/store/store-video-room.h"
#include "daemon/store/store-soon.h"
#include "include/cm-catalog.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define TIMES_COUNT 6
#define TIMES_DAYS 28

CmGatewayCall *
cm_gateway_call_new(CmGatewayState *state,
		    gboolean (*run)(CmGatewayCall *call, CmStore *store, GError **error))
{
	CmGatewayCall *call = g_new0(CmGatewayCall, 1);

	call->state = state;
	call->run = run;
	call->policies = cm_policy_set_ref(state->service->policies);
	call->touched = g_array_new(FALSE, FALSE, sizeof(gint64));
	call->claimed = g_array_new(FALSE, FALSE, sizeof(gint64));
	call->refusals = g_ptr_array_new_with_free_func((GDestroyNotify)g_error_free);
	return call;
}

void
cm_gateway_call_free(CmGatewayCall *call)
{
	if (call == NULL)
		return;
	cm_policy_set_unref(call->policies);
	g_clear_object(&call->cancellable);
	g_clear_pointer(&call->key, g_bytes_unref);
	g_clear_pointer(&call->visits, g_array_unref);
	g_clear_pointer(&call->body, g_variant_unref);
	g_clear_object(&call->descriptors);
	g_array_unref(call->touched);
	g_array_unref(call->claimed);
	g_ptr_array_unref(call->refusals);
	g_clear_pointer(&call->asked, g_variant_unref);
	g_free(call->text);
	g_free(call->once);
	g_free(call->name);
	g_free(call);
}

static void
touch(CmGatewayCall *call, gint64 subject)
{
	g_array_append_val(call->touched, subject);
}

static void
set_body(CmGatewayCall *call, GVariant *body)
{
	call->body = g_variant_ref_sink(body);
}

/* ---- who it is */

static gboolean
look_up(CmGatewayCall *call, CmStore *store, gboolean feed, gint64 now, GError **error)
{
	gsize length = 0;
	gconstpointer key = g_bytes_get_data(call->key, &length);

	if (!cm_store_pass_look_up(store, key, length, now, &call->visitor, error))
		return FALSE;
	if (call->visitor.feed == feed)
		return TRUE;
	cm_store_pass_set_refusal(error);
	return FALSE;
}

/* ---- View */

static guint
hash_opening(gconstpointer data)
{
	const CmStoreOpening *opening = data;

	return g_int64_hash(&opening->person) * 8u + (guint)opening->kind;
}

static gboolean
equal_openings(gconstpointer a, gconstpointer b)
{
	const CmStoreOpening *one = a;
	const CmStoreOpening *other = b;

	return one->person == other->person && one->kind == other->kind && one->day == other->day;
}

/* kept for a while: ten thousand who open their page are not ten thousand writes */
static gboolean
count_opening(CmGatewayCall *call, CmStore *store, gint64 now, GError **error)
{
	CmStoreOpening opening = {
	    .person = call->visitor.person, .kind = call->visitor.kind, .count = 1};
	g_autoptr(GTimeZone) zone = cm_store_consent_get_zone(store, error);
	CmStoreOpening *kept = NULL;

	if (zone == NULL)
		return FALSE;
	if (call->state->openings == NULL)
		call->state->openings =
		    g_hash_table_new_full(hash_opening, equal_openings, g_free, NULL);
	opening.day = cm_clock_get_day(now, zone);
	kept = g_hash_table_lookup(call->state->openings, &opening);
	if (kept != NULL) {
		kept->count++;
		return TRUE;
	}
	if (g_hash_table_size(call->state->openings) < CM_GATEWAY_OPENINGS_MAX)
		g_hash_table_add(call->state->openings, g_memdup2(&opening, sizeof opening));
	return TRUE;
}

static gboolean
find_rooms(CmGatewayCall *call, CmStore *store, const CmStorePage *page, GError **error)
{
	for (guint i = 0; i < page->items->len; i++) {
		CmStorePageItem *item = g_ptr_array_index(page->items, i);
		const CmStoreVisit *visit = item->door.visit;

		if (visit != NULL && visit->left_at == 0)
			g_array_append_val(call->claimed, visit->number);
		if (item->near &&
		    !cm_room_keeper_look_up(call->state->service->rooms, store, item->door.subject,
					    &item->turn, &item->provider, error))
			return FALSE;
	}
	return TRUE;
}

/* the document of whoever has the call's key. Returns: (transfer full) */
static GBytes *
make_view(CmGatewayCall *call, CmStore *store, guint *out_class, GError **error)
{
	const CmConfiguration *configuration = call->state->service->configuration;
	const CmProviderSettings *room =
	    cm_visio_configuration_find(configuration->visio, "builtin");
	const CmViewDocumentSettings settings = {.phone = configuration->help.phone,
						 .hours_fr = configuration->help.hours_fr,
						 .hours_en = configuration->help.hours_en,
						 .stun = (const gchar *const *)room->stun,
						 .turn = (const gchar *const *)room->turn};
	gint64 now = cm_clock_get_now();
	const CmStorePage *page = NULL;

	if (!look_up(call, store, FALSE, now, error))
		return NULL;
	page = cm_store_page_load(store, call->policies, &call->visitor, now, error);
	if (page == NULL || !find_rooms(call, store, page, error) ||
	    (call->flag && !count_opening(call, store, now, error)))
		return NULL;
	*out_class = cm_view_document_find_class(page);
	return cm_view_document_make(page, &settings);
}

gboolean
cm_gateway_call_view(CmGatewayCall *call, CmStore *store, GError **error)
{
	guint class = 0;
	g_autoptr(GBytes) document = make_view(call, store, &class, error);
	gint index = 0;

	if (document == NULL ||
	    !cm_sealed_memfd_append(&call->descriptors, document, &index, error))
		return FALSE;
	set_body(call, g_variant_new("(uh)", class, index));
	return TRUE;
}

/* one of several */
static void
add_view(CmGatewayCall *call, CmStore *store, GVariantBuilder *answers, GByteArray *documents)
{
	guint class = 0;
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) document = make_view(call, store, &class, &error);
	g_autofree gchar *name = error != NULL ? g_dbus_error_encode_gerror(error) : NULL;
	gsize size = 0;
	gconstpointer octets = document != NULL ? g_bytes_get_data(document, &size) : NULL;

	g_variant_builder_add(answers, "(suu)", name != NULL ? name : "", class, (guint)size);
	if (error != NULL)
		g_ptr_array_add(call->refusals, g_steal_pointer(&error));
	else
		g_byte_array_append(documents, octets, (guint)size);
}

gboolean
cm_gateway_call_views(CmGatewayCall *call, CmStore *store, GError **error)
{
	g_auto(GVariantBuilder) answers = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(suu)"));
	GByteArray *documents = g_byte_array_new();
	g_autoptr(GBytes) octets = NULL;
	GVariantIter asked;
	GVariant *key = NULL;
	gint index = 0;

	g_variant_iter_init(&asked, call->asked);
	while (g_variant_iter_next(&asked, "(@ayb)", &key, &call->flag)) {
		g_clear_pointer(&call->key, g_bytes_unref);
		call->key = g_variant_get_data_as_bytes(key);
		g_variant_unref(key);
		add_view(call, store, &answers, documents);
	}
	octets = g_byte_array_free_to_bytes(documents);
	if (!cm_sealed_memfd_append(&call->descriptors, octets, &index, error))
		return FALSE;
	set_body(call, g_variant_new("(a(suu)h)", &answers, index));
	return TRUE;
}

gboolean
cm_gateway_call_write_openings(CmGatewayCall *call, CmStore *store, GError **error)
{
	g_autoptr(GArray) openings = g_array_new(FALSE, FALSE, sizeof(CmStoreOpening));
	GHashTableIter iter;
	gpointer key = NULL;

	if (call->state->openings == NULL || g_hash_table_size(call->state->openings) == 0)
		return TRUE;
	g_hash_table_iter_init(&iter, call->state->openings);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		g_array_append_vals(openings, key, 1);
	if (!cm_store_opening_count(store, (const CmStoreOpening *)(gpointer)openings->data,
				    openings->len, error))
		return FALSE;
	g_hash_table_remove_all(call->state->openings);
	return TRUE;
}

/* in place: whoever is told a key could ask by it for what it opens */
static void
turn_into_marks(GByteArray *keys)
{
	for (guint at = 0; at + CM_STORE_KEY_BYTES <= keys->len; at += CM_STORE_KEY_BYTES) {
		guint8 mark[crypto_hash_sha256_BYTES];

		G_STATIC_ASSERT(sizeof mark == CM_STORE_KEY_BYTES);
		(void)crypto_hash_sha256(mark, keys->data + at, CM_STORE_KEY_BYTES);
		memcpy(keys->data + at, mark, sizeof mark);
	}
}

gboolean
cm_gateway_call_list_soon(CmGatewayCall *call, CmStore *store, GError **error)
{
	gint64 now = cm_clock_get_now();
	gint64 until = now + CM_VIEW_DOCUMENT_JOINS_SECONDS + CM_GATEWAY_SOON_SECONDS;
	gboolean all = FALSE;
	GByteArray *keys = cm_store_soon_list(store, now, until, CM_STORE_SOON_MAX, &all, error);
	g_autoptr(GBytes) octets = NULL;
	gint index = 0;

	if (keys == NULL)
		return FALSE;
	turn_into_marks(keys);
	octets = g_byte_array_free_to_bytes(keys);
	if (!cm_sealed_memfd_append(&call->descriptors, octets, &index, error))
		return FALSE;
	set_body(call, g_variant_new("(bh)", all, index));
	return TRUE;
}

/* ---- Feed */

static gchar *
make_etag(const gchar *calendar)
{
	g_autofree gchar *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, calendar, -1);

	return g_strdup_printf("\"%.32s\"", digest);
}

gboolean
cm_gateway_call_feed(CmGatewayCall *call, CmStore *store, GError **error)
{
	gint64 now = cm_clock_get_now();
	g_autoptr(CmLetter) letter = NULL;
	g_autoptr(CmWords) words = NULL;
	g_autofree gchar *calendar = NULL;
	g_autofree gchar *etag = NULL;
	g_autoptr(GBytes) octets = NULL;
	gint index = 0;

	if (!look_up(call, store, TRUE, now, error))
		return FALSE;
	letter = cm_store_feed_load(store, call->policies, call->visitor.kind, call->visitor.person,
				    now, error);
	words = letter != NULL ? cm_words_new(letter->language, letter->zone, error) : NULL;
	calendar = words != NULL ? cm_letter_event_write_feed(letter, words, error) : NULL;
	if (calendar == NULL)
		return FALSE;
	etag = make_etag(calendar);
	if (g_strcmp0(etag, call->text) != 0)
		octets = g_bytes_new(calendar, strlen(calendar));
	if (!cm_sealed_memfd_append(&call->descriptors, octets, &index, error))
		return FALSE;
	set_body(call, g_variant_new("(sh)", etag, index));
	return TRUE;
}

/* ---- answers */

static CmStoreResponse
make_response(const CmGatewayCall *call, gint64 now)
{
	CmStoreResponse response = {.visitor = &call->visitor,
				    .policies = call->policies,
				    .subject = call->subject,
				    .version = call->version,
				    .once = call->once,
				    .now = now};

	return response;
}

gboolean
cm_gateway_call_respond(CmGatewayCall *call, CmStore *store, GError **error)
{
	gint64 now = cm_clock_get_now();
	CmStoreResponse response = make_response(call, now);

	if (!look_up(call, store, FALSE, now, error) ||
	    !cm_store_response_answer(store, &response, call->answer, error))
		return FALSE;
	call->answered = call->subject;
	touch(call, call->subject);
	set_body(call, g_variant_new("()"));
	return TRUE;
}

gboolean
cm_gateway_call_ask_time(CmGatewayCall *call, CmStore *store, GError **error)
{
	gint64 now = cm_clock_get_now();
	CmStoreResponse response = make_response(call, now);
	gint64 number = 0;

	if (!look_up(call, store, FALSE, now, error) ||
	    !cm_store_response_ask_time(store, &response, call->start, call->text, &number, error))
		return FALSE;
	call->time_request = number;
	call->time_request_state = CM_TIME_REQUEST_WAITING;
	touch(call, call->subject);
	set_body(call, g_variant_new("(t)", (guint64)number));
	return TRUE;
}

gboolean
cm_gateway_call_withdraw_time(CmGatewayCall *call, CmStore *store, GError **error)
{
	gint64 now = cm_clock_get_now();
	CmStoreResponse response = make_response(call, now);
	gint64 number = 0;

	if (!look_up(call, store, FALSE, now, error) ||
	    !cm_store_response_withdraw_time(store, &response, &number, error))
		return FALSE;
	call->time_request = number;
	call->time_request_state = CM_TIME_REQUEST_WITHDRAWN;
	touch(call, call->subject);
	set_body(call, g_variant_new("()"));
	return TRUE;
}

gboolean
cm_gateway_call_ask_help(CmGatewayCall *call, CmStore *store, GError **error)
{
	gint64 now = cm_clock_get_now();
	CmStoreResponse response = make_response(call, now);
	gint64 number = 0;

	if (!look_up(call, store, FALSE, now, error) ||
	    !cm_store_response_ask_help(store, &response, call->text, &number, error))
		return FALSE;
	call->asked_help = number;
	touch(call, call->subject);
	set_body(call, g_variant_new("(t)", (guint64)number));
	return TRUE;
}

/* ---- FindTimes */

static GVariant *
list_slots(CmGatewayCall *call,
	   const CmDeskView *view,
	   const CmStoreBooking *booking,
	   GTimeZone *zone,
	   gint64 now)
{
	g_auto(GVariantBuilder) times = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(xx)"));
	g_autoptr(GArray) attendees = g_array_new(FALSE, TRUE, sizeof(CmAttendee));
	CmDeskEntry entry = CM_DESK_ENTRY_INIT;
	CmSlot slots[CM_SLOTS_MAX];
	CmDay today = cm_clock_get_day(now, zone);
	guint count = 0;
	guint added = 0;

	if (cm_desk_cache_get_entry(view->roster, booking, attendees, &entry))
		count =
		    cm_desk_find_slots(view->desk, &entry, CM_MODE_FLAG(booking->place.mode), today,
				       today + TIMES_DAYS, TRUE, TIMES_COUNT + 1, now, slots);
	for (guint i = 0; i < count && added < TIMES_COUNT; i++) {
		gint64 start = cm_time_to_utc(slots[i].date, slots[i].start, zone);

		/* where it stands is no other time */
		if (start == booking->start_utc)
			continue;
		g_variant_builder_add(&times, "(xx)", start,
				      start + booking->end_utc - booking->start_utc);
		added++;
	}
	return g_variant_new("(a(xx))", &times);
}

gboolean
cm_gateway_call_find_times(CmGatewayCall *call, CmStore *store, GError **error)
{
	gint64 now = cm_clock_get_now();
	CmStoreResponse response = make_response(call, now);
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autoptr(GTimeZone) zone = NULL;
	CmDeskView view = {0};

	if (!look_up(call, store, FALSE, now, error) ||
	    !cm_store_response_check_askable(store, &response, error))
		return FALSE;
	booking = cm_store_booking_get(store, call->subject, now, error);
	zone = booking != NULL ? cm_store_consent_get_zone(store, error) : NULL;
	if (zone == NULL || !cm_desk_cache_get(call->state->service->desk, store, call->policies,
					       now, call->cancellable, &view, error))
		return FALSE;
	set_body(call, list_slots(call, &view, booking, zone, now));
	return TRUE;
}

/* ---- coming and going */

gboolean
cm_gateway_call_exchange(CmGatewayCall *call, CmStore *store, GError **error)
{
	gsize length = 0;
	gconstpointer secret = g_bytes_get_data(call->key, &length);
	g_autofree gchar *pass = NULL;
	g_autoptr(GBytes) octets = NULL;
	gint index = 0;
	gboolean appended = FALSE;

	if (!cm_store_entry_exchange(store, call->flag, secret, length, cm_clock_get_now(), &pass,
				     error))
		return FALSE;
	octets = g_bytes_new(pass, strlen(pass));
	appended = cm_sealed_memfd_append(&call->descriptors, octets, &index, error);
	sodium_memzero(pass, strlen(pass));
	if (!appended)
		return FALSE;
	set_body(call, g_variant_new("(h)", index));
	return TRUE;
}

gboolean
cm_gateway_call_arrive(CmGatewayCall *call, CmStore *store, GError **error)
{
	gint64 now = cm_clock_get_now();
	gint64 number = 0;

	if (!look_up(call, store, FALSE, now, error) ||
	    !cm_store_visit_arrive(store, call->policies, &call->visitor, call->subject, call->text,
				   now, &number, error))
		return FALSE;
	touch(call, call->subject);
	g_array_append_val(call->claimed, number);
	set_body(call, g_variant_new("(t)", (guint64)number));
	return TRUE;
}

gboolean
cm_gateway_call_leave(CmGatewayCall *call, CmStore *store, GError **error)
{
	gint64 now = cm_clock_get_now();
	gint64 subject = 0;

	if (!look_up(call, store, FALSE, now, error) ||
	    !cm_store_visit_leave(store, &call->visitor, call->visit, now, &subject, error))
		return FALSE;
	touch(call, subject);
	call->left = call->visit;
	set_body(call, g_variant_new("()"));
	return TRUE;
}

gboolean
cm_gateway_call_let_in(CmGatewayCall *call, CmStore *store, GError **error)
{
	gint64 now = cm_clock_get_now();
	gint64 subject = 0;
	gboolean may = FALSE;

	if (!look_up(call, store, FALSE, now, error) ||
	    !cm_store_visit_may_decide(store, &call->visitor, call->visit, &may, error))
		return FALSE;
	if (!may) {
		cm_store_pass_set_refusal(error);
		return FALSE;
	}
	if (!cm_store_visit_decide(store, call->visit, call->visitor.subject, call->flag,
				   call->visitor.actor, now, &subject, error))
		return FALSE;
	touch(call, subject);
	set_body(call, g_variant_new("()"));
	return TRUE;
}

static gboolean
count_inside(CmGatewayCall *call, CmStore *store, GError **error)
{
	const CmStoreVisitFilter filter = {.subject = call->subject, .present = TRUE};
	g_autoptr(GPtrArray) list = cm_store_visit_list(store, &filter, error);

	if (list == NULL)
		return FALSE;
	for (guint i = 0; i < list->len; i++) {
		if (((const CmStoreVisit *)g_ptr_array_index(list, i))->state == CM_VISIT_INSIDE)
			call->inside++;
	}
	return TRUE;
}

/* the host's: they read it in the room */
static CmReachable *
find_host(CmStore *store, const CmStorePage *page, gint64 subject, GError **error)
{
	for (guint i = 0; i < page->items->len; i++) {
		const CmStorePageItem *item = g_ptr_array_index(page->items, i);

		if (item->door.subject == subject)
			return cm_store_reach_get(store, CM_RESOURCE_PROFESSIONAL,
						  item->door.professional, error);
	}
	return cm_store_reach_get(store, page->visitor.kind, page->visitor.person, error);
}

/* what others in the room read: their name, or else what they are to the student */
static gchar *
dup_shown_name(CmStore *store, const CmStorePage *page, gint64 subject, GError **error)
{
	g_autoptr(CmReachable) host = NULL;
	const gchar *said = N_("Somebody");

	if (page->name != NULL)
		return g_strdup(page->name);
	host = find_host(store, page, subject, error);
	if (host == NULL)
		return NULL;
	if (g_strcmp0(page->relation, "guardian") == 0)
		said = N_("A parent");
	else if (g_strcmp0(page->relation, "teacher") == 0)
		said = N_("The teacher");
	return g_strdup(cm_catalog_find(host->language, said));
}

gboolean
cm_gateway_call_check_inside(CmGatewayCall *call, CmStore *store, GError **error)
{
	gint64 now = cm_clock_get_now();
	const CmStorePage *page = NULL;

	if (!look_up(call, store, FALSE, now, error) ||
	    !cm_store_visit_check_inside(store, call->policies, &call->visitor, call->subject, now,
					 &call->visit, error) ||
	    !count_inside(call, store, error))
		return FALSE;
	page = cm_store_page_load(store, call->policies, &call->visitor, now, error);
	if (page == NULL)
		return FALSE;
	call->name = dup_shown_name(store, page, call->subject, error);
	if (call->name == NULL)
		return FALSE;
	/* who is in the room looks at no page: this is all that is heard of them */
	g_array_append_val(call->claimed, call->visit);
	set_body(call, g_variant_new("()"));
	return TRUE;
}

gboolean
cm_gateway_call_end(CmGatewayCall *call, CmStore *store, GError **error)
{
	gint64 now = cm_clock_get_now();
	g_auto(CmStoreDoor) door = {0};

	if (!look_up(call, store, FALSE, now, error) ||
	    !cm_store_visit_find_door(store, call->policies, &call->visitor, call->subject, now,
				      &door, error))
		return FALSE;
	if (call->visitor.role != CM_VISIT_HOST) {
		cm_store_pass_set_refusal(error);
		return FALSE;
	}
	if (!cm_store_visit_end(store, call->subject, call->visitor.actor, now, error))
		return FALSE;
	touch(call, call->subject);
	set_body(call, g_variant_new("()"));
	return TRUE;
}

/* ---- of no method */

gboolean
cm_gateway_call_list_present(CmGatewayCall *call, CmStore *store, GError **error)
{
	const CmStoreVisitFilter filter = {.present = TRUE};
	g_autoptr(GPtrArray) list = cm_store_visit_list(store, &filter, error);

	if (list == NULL)
		return FALSE;
	for (guint i = 0; i < list->len; i++)
		g_array_append_val(call->claimed,
				   ((const CmStoreVisit *)g_ptr_array_index(list, i))->number);
	return TRUE;
}

/* Whether somebody is in a room that is in no page of ours: whoever is there is not heard of by any gateway, and has not left for that. */
static gboolean
is_elsewhere(CmGatewayCall *call,
	     CmStore *store,
	     gint64 number,
	     gboolean *out_elsewhere,
	     GError **error)
{
	const CmStoreVisitFilter one = {.number = number};
	g_autoptr(GPtrArray) list = cm_store_visit_list(store, &one, error);
	const CmStoreVisit *visit = NULL;
	const CmProviderSettings *provider = NULL;
	g_autoptr(CmStoreVideoRoom) room = NULL;

	if (list == NULL)
		return FALSE;
	visit = list->len > 0 ? g_ptr_array_index(list, 0) : NULL;
	if (visit == NULL || visit->state != CM_VISIT_INSIDE)
		return TRUE;
	if (!cm_store_video_room_find(store, visit->subject, &room, error))
		return FALSE;
	if (room != NULL)
		provider = cm_visio_configuration_find(call->state->service->configuration->visio,
						       room->provider);
	*out_elsewhere = provider != NULL && provider->kind != CM_PROVIDER_BUILTIN &&
			 provider->kind != CM_PROVIDER_JANUS;
	return TRUE;
}

gboolean
cm_gateway_call_abandon(CmGatewayCall *call, CmStore *store, GError **error)
{
	g_autoptr(GArray) gone = g_array_new(FALSE, FALSE, sizeof(gint64));

	for (guint i = 0; i < call->visits->len; i++) {
		gint64 number = g_array_index(call->visits, gint64, i);
		gboolean elsewhere = FALSE;

		if (!is_elsewhere(call, store, number, &elsewhere, error))
			return FALSE;
		if (!elsewhere)
			g_array_append_val(gone, number);
	}
	return cm_store_visit_abandon(store, gone, cm_clock_get_now(), call->touched, error);
}
