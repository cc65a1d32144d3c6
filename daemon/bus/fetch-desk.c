// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/fetch-desk.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/busy-times.h"
#include "daemon/bus/json-document.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-calendar.h"
#include "daemon/store/store-consent.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

/* what is kept of a calendar: what was is over, what is later is read later */
#define DAYS_BEFORE 7
#define DAYS_AFTER 400
#define SECONDS_PER_DAY 86400
/* the store is asked at most so often whether one is due */
#define LOOK_SECONDS 60
#define VALIDATOR_MAX 200

/* What is known of a calendar besides what the store has. */
typedef struct {
	guint64 peer;   /* who has it; 0: nobody */
	gint64 until;   /* of the lease */
	gint64 version; /* of the calendar when it was handed out */
	gint64 since;   /* of the window it is read for */
	gint64 end;

	/* of what was read last, if it was read whole: the version that it made, for which window, what it was, and how to ask whether it
	 * changed */
	gint64 read_version;
	gint64 read_since;
	guint8 read_hash[crypto_generichash_BYTES];
	gchar *etag;
	gchar *modified;
} Source;

struct _CmFetchDesk {
	GHashTable *sources; /* gint64 → Source */
	gint64 looked;       /* when the store was asked */
	gint64 next;
};

static void
source_free(gpointer data)
{
	Source *source = data;

	g_free(source->etag);
	g_free(source->modified);
	g_free(source);
}

CmFetchDesk *
cm_fetch_desk_new(void)
{
	CmFetchDesk *desk = g_new0(CmFetchDesk, 1);

	desk->sources = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, source_free);
	return desk;
}

void
cm_fetch_desk_free(CmFetchDesk *desk)
{
	if (desk == NULL)
		return;
	g_hash_table_unref(desk->sources);
	g_free(desk);
}

static Source *
get_source(CmFetchDesk *desk, gint64 number)
{
	Source *source = g_hash_table_lookup(desk->sources, &number);

	if (source == NULL) {
		source = g_new0(Source, 1);
		g_hash_table_insert(desk->sources, g_memdup2(&number, sizeof number), source);
	}
	return source;
}

/* ---- handing out */

static void
lease_free(gpointer data)
{
	CmFetchLease *lease = data;

	g_bytes_unref(lease->order);
	g_free(lease);
}

/* the order holds the address, which is a secret */
static void
wipe(gpointer text)
{
	sodium_memzero(text, strlen(text));
	g_free(text);
}

static GBytes *
make_order(const CmStoreCalendar *calendar, const Source *source, const gchar *zone)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) root = NULL;
	gchar *text = NULL;

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "url", calendar->location);
	cm_document_add_string(builder, "zone", zone);
	cm_document_add_int(builder, "since", source->since);
	cm_document_add_int(builder, "until", source->end);
	/* unchanged means something where the very same is known still */
	if (calendar->state == CM_CALENDAR_READ && source->read_version == calendar->version &&
	    source->read_since == source->since) {
		if (source->etag != NULL)
			cm_document_add_string(builder, "etag", source->etag);
		if (source->modified != NULL)
			cm_document_add_string(builder, "modified", source->modified);
	}
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	text = json_to_string(root, FALSE);
	return g_bytes_new_with_free_func(text, strlen(text), wipe, text);
}

/* a file is the person's own program's to read: it is on their machine */
static gboolean
is_ours(const CmStoreCalendar *calendar)
{
	return g_ascii_strncasecmp(calendar->location, "https://", strlen("https://")) == 0 ||
	       g_ascii_strncasecmp(calendar->location, "webcal://", strlen("webcal://")) == 0;
}

static gint64
get_due(const CmStoreCalendar *calendar, const Source *source, gint64 now)
{
	/* by a clock that has been set back since: not known when */
	gboolean ahead = calendar->tried_at > now;
	gint64 due = calendar->tried_at == 0 || ahead
			 ? now
			 : calendar->tried_at + CM_FETCH_DESK_EVERY_SECONDS;
	gboolean out = source->peer != 0 && source->until <= now + CM_FETCH_DESK_LEASE_SECONDS;

	return out ? MAX(due, source->until) : due;
}

static void
hand_out(Source *source, const CmStoreCalendar *calendar, guint64 peer, gint64 now)
{
	/* by whole days: what is asked for is the same all day */
	gint64 day = now - now % SECONDS_PER_DAY;

	source->peer = peer;
	source->until = now + CM_FETCH_DESK_LEASE_SECONDS;
	source->version = calendar->version;
	source->since = day - (gint64)DAYS_BEFORE * SECONDS_PER_DAY;
	source->end = day + (gint64)DAYS_AFTER * SECONDS_PER_DAY;
}

GPtrArray *
cm_fetch_desk_lease(CmFetchDesk *desk,
		    CmStore *store,
		    guint64 peer,
		    gint64 now,
		    guint max,
		    GError **error)
{
	g_autoptr(GPtrArray) leases = g_ptr_array_new_with_free_func(lease_free);
	g_autoptr(GPtrArray) calendars = NULL;
	g_autoptr(GTimeZone) zone = NULL;

	if (max == 0 || (desk->looked != 0 && now >= desk->looked &&
			 now < desk->looked + LOOK_SECONDS && now < desk->next))
		return g_steal_pointer(&leases);
	calendars = cm_store_calendar_list(store, 0, error);
	zone = calendars != NULL && calendars->len > 0 ? cm_store_consent_get_zone(store, error)
						       : NULL;
	if (calendars == NULL || (calendars->len > 0 && zone == NULL))
		return NULL;
	desk->looked = now;
	desk->next = 0;
	for (guint i = 0; i < calendars->len; i++) {
		const CmStoreCalendar *calendar = g_ptr_array_index(calendars, i);
		Source *source = get_source(desk, calendar->number);
		gint64 due = get_due(calendar, source, now);

		if (!is_ours(calendar))
			continue;
		if (due <= now && leases->len < MIN(max, CM_FETCH_DESK_LEASES_MAX)) {
			CmFetchLease *lease = g_new0(CmFetchLease, 1);

			hand_out(source, calendar, peer, now);
			lease->number = calendar->number;
			lease->order =
			    make_order(calendar, source, g_time_zone_get_identifier(zone));
			g_ptr_array_add(leases, lease);
			due = source->until;
		}
		desk->next = desk->next == 0 ? due : MIN(desk->next, due);
	}
	return g_steal_pointer(&leases);
}

gint64
cm_fetch_desk_get_next_time(const CmFetchDesk *desk)
{
	return desk->next;
}

void
cm_fetch_desk_forget(CmFetchDesk *desk, guint64 peer)
{
	GHashTableIter iter;
	gpointer value = NULL;

	g_hash_table_iter_init(&iter, desk->sources);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		Source *source = value;

		if (source->peer == peer)
			source->peer = 0;
	}
	desk->looked = 0;
}

/* ---- taking back */

/* What a report says. */
typedef struct {
	const gchar *failure;
	gboolean unchanged;
	GArray *times; /* CmBusyTime */
	gboolean partly;
	const gchar *etag;
	const gchar *modified;
} Fetched;

static gboolean
read_fetched(JsonObject *result, Fetched *out_fetched, GError **error)
{
	static const gchar *const names[] = {"failure", "unchanged", "busy", "partly",
					     "etag",    "modified",  NULL};
	JsonArray *pairs = NULL;

	return cm_json_document_check_names(result, names, error) &&
	       cm_json_document_get_text(result, "failure", &out_fetched->failure, error) &&
	       cm_json_document_get_flag(result, "unchanged", &out_fetched->unchanged, error) &&
	       cm_json_document_get_flag(result, "partly", &out_fetched->partly, error) &&
	       cm_json_document_get_text(result, "etag", &out_fetched->etag, error) &&
	       cm_json_document_get_text(result, "modified", &out_fetched->modified, error) &&
	       cm_json_document_get_array(result, "busy", &pairs, error) &&
	       cm_busy_times_read(pairs, out_fetched->times, error);
}

static void
hash_times(const GArray *times, guint8 out_hash[crypto_generichash_BYTES])
{
	(void)crypto_generichash(out_hash, crypto_generichash_BYTES, (const guint8 *)times->data,
				 (gsize)times->len * sizeof(CmBusyTime), NULL, 0);
}

static void
keep_validator(gchar **slot, const gchar *value)
{
	g_free(*slot);
	*slot = value != NULL && strlen(value) <= VALIDATOR_MAX ? g_strdup(value) : NULL;
}

static gboolean
take_failure(CmStore *store,
	     const CmStoreCalendar *calendar,
	     const gchar *failure,
	     gint64 now,
	     gboolean *out_changed,
	     GError **error)
{
	CmCalendarFailure kind = CM_CALENDAR_FAILURE_NONE;
	gint64 version = 0;

	if (!cm_store_calendar_failure_from_string(failure, &kind)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("There is no such failure."), NULL);
		return FALSE;
	}
	/* the same again is no news */
	if (calendar->state == CM_CALENDAR_FAILED && calendar->failure == kind)
		return cm_store_calendar_touch(store, calendar->number, calendar->version, FALSE,
					       now, error);
	*out_changed = TRUE;
	return cm_store_calendar_set_failed(store, calendar->number, calendar->version, kind,
					    CM_AUDIT_DAEMON, now, &version, error);
}

static gboolean
take_times(Source *source,
	   CmStore *store,
	   const CmStoreCalendar *calendar,
	   const Fetched *fetched,
	   gint64 now,
	   gboolean *out_changed,
	   GError **error)
{
	guint8 hash[crypto_generichash_BYTES];
	gint64 version = 0;

	hash_times(fetched->times, hash);
	if (calendar->state == CM_CALENDAR_READ && !fetched->partly &&
	    source->read_version == calendar->version &&
	    memcmp(hash, source->read_hash, sizeof hash) == 0) {
		source->read_since = source->since;
		return cm_store_calendar_touch(store, calendar->number, calendar->version, TRUE,
					       now, error);
	}
	if (!cm_store_calendar_set_times(
		store, calendar->number, calendar->version,
		(const CmBusyTime *)(gconstpointer)fetched->times->data, fetched->times->len,
		fetched->partly ? CM_CALENDAR_FAILURE_PARTLY : CM_CALENDAR_FAILURE_NONE,
		CM_AUDIT_DAEMON, now, &version, error))
		return FALSE;
	*out_changed = TRUE;
	source->read_version = fetched->partly ? 0 : version;
	source->read_since = source->since;
	memcpy(source->read_hash, hash, sizeof hash);
	keep_validator(&source->etag, fetched->etag);
	keep_validator(&source->modified, fetched->modified);
	return TRUE;
}

/* NULL with an error: not there (any more), or not handed out */
static const CmStoreCalendar *
find_calendar(const GPtrArray *calendars, gint64 number, const Source *source, GError **error)
{
	for (guint i = 0; source != NULL && source->peer != 0 && i < calendars->len; i++) {
		const CmStoreCalendar *calendar = g_ptr_array_index(calendars, i);

		if (calendar->number == number)
			return calendar;
	}
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no calendar by this number."), NULL);
	return NULL;
}

static gboolean
take(Source *source,
     CmStore *store,
     const CmStoreCalendar *calendar,
     const Fetched *fetched,
     gint64 now,
     gboolean *out_changed,
     GError **error)
{
	/* somebody brought it meanwhile: theirs is as new */
	if (calendar->version != source->version)
		return TRUE;
	if (fetched->failure != NULL)
		return take_failure(store, calendar, fetched->failure, now, out_changed, error);
	if (!fetched->unchanged)
		return take_times(source, store, calendar, fetched, now, out_changed, error);
	if (source->read_version != calendar->version || calendar->state != CM_CALENDAR_READ) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Nobody asked whether this calendar changed."), NULL);
		return FALSE;
	}
	return cm_store_calendar_touch(store, calendar->number, calendar->version, TRUE, now,
				       error);
}

gboolean
cm_fetch_desk_report(CmFetchDesk *desk,
		     CmStore *store,
		     gint64 number,
		     JsonObject *result,
		     gint64 now,
		     gboolean *out_changed,
		     GError **error)
{
	g_autoptr(GArray) times = g_array_new(FALSE, TRUE, sizeof(CmBusyTime));
	g_autoptr(GPtrArray) calendars = cm_store_calendar_list(store, 0, error);
	Source *source = g_hash_table_lookup(desk->sources, &number);
	const CmStoreCalendar *calendar = NULL;
	Fetched fetched = {.times = times};
	gboolean good = FALSE;

	if (calendars == NULL)
		return FALSE;
	calendar = find_calendar(calendars, number, source, error);
	if (calendar == NULL)
		return FALSE;
	*out_changed = FALSE;
	good = read_fetched(result, &fetched, error) &&
	       take(source, store, calendar, &fetched, now, out_changed, error);
	/* what is not right is not handed out again at once either: its lease goes on */
	if (good)
		source->peer = 0;
	return good;
}
