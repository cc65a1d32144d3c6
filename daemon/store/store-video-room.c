// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-video-room.h"

#include "daemon/store/sealed-column.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-private.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

#define FACTS_BLOCK 256
#define COLUMNS "id, subject, turn, provider, state, facts, cause, opened_at, ended_at"

static const gchar *const state_names[CM_VIDEO_ROOM_STATE_LAST] = {
    [CM_VIDEO_ROOM_OPENING] = "opening",
    [CM_VIDEO_ROOM_OPEN] = "open",
    [CM_VIDEO_ROOM_FAILED] = "failed",
    [CM_VIDEO_ROOM_ENDED] = "ended",
};

void
cm_store_video_room_free(CmStoreVideoRoom *room)
{
	if (room == NULL)
		return;
	g_clear_pointer(&room->facts, g_bytes_unref);
	g_free(room->provider);
	g_free(room->cause);
	g_free(room);
}

static void
free_room(gpointer data)
{
	cm_store_video_room_free(data);
}

/* ---- reading */

typedef struct {
	gchar *text;
	gsize length;
} Secret;

static void
secret_free(gpointer data)
{
	Secret *secret = data;

	sodium_memzero(secret->text, secret->length);
	g_free(secret->text);
	g_free(secret);
}

static GBytes *
open_facts(CmStore *store, gint64 number, CmStatement *statement, gint column, GError **error)
{
	CmSealPlace place = {"video_room", "facts", number};
	g_autofree gchar *text =
	    cm_sealed_column_get_text(store, statement, column, &place, FACTS_BLOCK, error);
	Secret *secret = NULL;

	if (text == NULL)
		return NULL;
	secret = g_new0(Secret, 1);
	secret->length = strlen(text);
	secret->text = g_steal_pointer(&text);
	return g_bytes_new_with_free_func(secret->text, secret->length, secret_free, secret);
}

static CmStoreVideoRoom *
room_read(CmStore *store, CmStatement *statement, GError **error)
{
	g_autoptr(CmStoreVideoRoom) room = g_new0(CmStoreVideoRoom, 1);
	const gchar *state = (const gchar *)sqlite3_column_text(statement, 4);

	room->number = sqlite3_column_int64(statement, 0);
	room->subject = sqlite3_column_int64(statement, 1);
	room->turn = (guint)sqlite3_column_int64(statement, 2);
	room->provider = g_strdup((const gchar *)sqlite3_column_text(statement, 3));
	for (guint i = 0; i < CM_VIDEO_ROOM_STATE_LAST; i++) {
		if (g_strcmp0(state_names[i], state) == 0)
			room->state = (CmVideoRoomState)i;
	}
	room->cause = g_strdup((const gchar *)sqlite3_column_text(statement, 6));
	room->opened_at = sqlite3_column_int64(statement, 7);
	room->ended_at = sqlite3_column_int64(statement, 8);
	if (sqlite3_column_bytes(statement, 5) > 0) {
		room->facts = open_facts(store, room->number, statement, 5, error);
		if (room->facts == NULL)
			return NULL;
	}
	return g_steal_pointer(&room);
}

static GPtrArray *
list_rooms(CmStore *store, CmStatement *statement, GError **error)
{
	g_autoptr(GPtrArray) rooms = g_ptr_array_new_with_free_func(free_room);
	gboolean row = FALSE;

	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmStoreVideoRoom *room = room_read(store, statement, error);

		if (room == NULL)
			return NULL;
		g_ptr_array_add(rooms, room);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&rooms);
}

GPtrArray *
cm_store_video_room_list(CmStore *store, gint64 subject, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT " COLUMNS " FROM video_room WHERE subject = ?1 ORDER BY turn",
	    error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, subject);
	return list_rooms(store, statement, error);
}

GPtrArray *
cm_store_video_room_list_unfinished(CmStore *store, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT " COLUMNS " FROM video_room WHERE state IN ('opening', 'open') "
	    "OR ended_at IS NULL ORDER BY id",
	    error);

	return statement != NULL ? list_rooms(store, statement, error) : NULL;
}

/* `one` is a query for one row, by ?1 */
static gboolean
find_room(CmStore *store,
	  CmStatement *statement,
	  gint64 number,
	  CmStoreVideoRoom **out_room,
	  GError **error)
{
	g_autoptr(GPtrArray) rooms = NULL;

	sqlite3_bind_int64(statement, 1, number);
	rooms = list_rooms(store, statement, error);
	if (rooms == NULL)
		return FALSE;
	*out_room = rooms->len > 0 ? g_ptr_array_steal_index(rooms, 0) : NULL;
	return TRUE;
}

gboolean
cm_store_video_room_find(CmStore *store,
			 gint64 subject,
			 CmStoreVideoRoom **out_room,
			 GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"SELECT " COLUMNS " FROM video_room WHERE subject = ?1 "
				"AND state IN ('opening', 'open')",
				error);

	return statement != NULL && find_room(store, statement, subject, out_room, error);
}

static gboolean
get_room(CmStore *store, gint64 number, CmStoreVideoRoom **out_room, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT " COLUMNS " FROM video_room WHERE id = ?1", error);

	if (statement == NULL || !find_room(store, statement, number, out_room, error))
		return FALSE;
	if (*out_room != NULL)
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no room by this number."), NULL);
	return FALSE;
}

/* ---- changing */

static gboolean
audit(CmStore *store,
      const gchar *action,
      const CmStoreVideoRoom *room,
      const gchar *cause,
      gint64 now,
      GError **error)
{
	CmAuditEntry entry = {
	    .uid = CM_AUDIT_DAEMON, .action = action, .subject = room->subject, .at = now};
	g_auto(GVariantDict) figures = G_VARIANT_DICT_INIT(NULL);

	g_variant_dict_insert(&figures, "turn", "u", room->turn);
	g_variant_dict_insert(&figures, "provider", "s", room->provider);
	if (cause != NULL && *cause != '\0')
		g_variant_dict_insert(&figures, "cause", "s", cause);
	return cm_audit_append_figures(store, &entry, g_variant_dict_end(&figures), error);
}

static gboolean
check_facts(GBytes *facts, GError **error)
{
	if (g_bytes_get_size(facts) > 0 && g_bytes_get_size(facts) <= CM_STORE_VIDEO_ROOM_FACTS_MAX)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("Too much is to be kept of a room."), NULL);
	return FALSE;
}

static GByteArray *
seal_facts(CmStore *store, gint64 number, GBytes *facts)
{
	CmSealPlace place = {"video_room", "facts", number};
	GByteArray *sealed = g_byte_array_new();

	cm_seal_close(store->seal, &place, g_bytes_get_data(facts, NULL), g_bytes_get_size(facts),
		      FACTS_BLOCK, sealed);
	return sealed;
}

static gboolean
number_room(CmStore *store, CmStoreVideoRoom *room, gboolean *out_there, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT (SELECT coalesce(max(id), 0) + 1 FROM video_room), "
	    "coalesce(max(turn), 0) + 1, "
	    "coalesce(sum(state IN ('opening', 'open')), 0) FROM video_room WHERE subject = ?1",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, room->subject);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	room->number = sqlite3_column_int64(statement, 0);
	room->turn = (guint)sqlite3_column_int64(statement, 1);
	*out_there = sqlite3_column_int64(statement, 2) > 0;
	return TRUE;
}

static gboolean
insert_room(CmStore *store, const CmStoreVideoRoom *room, GError **error)
{
	g_autoptr(GByteArray) sealed = seal_facts(store, room->number, room->facts);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO video_room (id, subject, turn, provider, state, facts, opened_at) "
	    "VALUES (?1, ?2, ?3, ?4, 'opening', ?5, ?6)",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, room->number);
	sqlite3_bind_int64(statement, 2, room->subject);
	sqlite3_bind_int64(statement, 3, room->turn);
	sqlite3_bind_text(statement, 4, room->provider, -1, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 5, sealed->data, (gint)sealed->len, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 6, room->opened_at);
	return cm_database_run(store->database, statement, error);
}

CmStoreVideoRoom *
cm_store_video_room_add(CmStore *store,
			gint64 subject,
			const gchar *provider,
			GBytes *facts,
			gint64 now,
			GError **error)
{
	g_autoptr(CmTransaction) transaction = NULL;
	g_autoptr(CmStoreVideoRoom) room = g_new0(CmStoreVideoRoom, 1);
	gboolean there = FALSE;

	room->subject = subject;
	room->provider = g_strdup(provider);
	room->facts = g_bytes_ref(facts);
	room->cause = g_strdup("");
	room->opened_at = now;
	transaction = check_facts(facts, error) ? cm_transaction_new(store->database, error) : NULL;
	if (transaction == NULL || !number_room(store, room, &there, error))
		return NULL;
	if (there || room->turn > CM_STORE_VIDEO_ROOM_TURNS_MAX) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     there ? N_("This session has a room already.")
				   : N_("This session has had too many rooms."),
			     NULL);
		return NULL;
	}
	if (!insert_room(store, room, error) ||
	    !audit(store, "video-room.begin", room, NULL, now, error) ||
	    !cm_transaction_commit(transaction, error))
		return NULL;
	return g_steal_pointer(&room);
}

static gboolean
update_facts(CmStore *store, gint64 number, CmVideoRoomState state, GBytes *facts, GError **error)
{
	g_autoptr(GByteArray) sealed = seal_facts(store, number, facts);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "UPDATE video_room SET state = ?2, facts = ?3 WHERE id = ?1", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_text(statement, 2, state_names[state], -1, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 3, sealed->data, (gint)sealed->len, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}

/* `open`: it is there; else it stays what it is */
static gboolean
write_facts(CmStore *store, gint64 number, gboolean open, GBytes *facts, gint64 now, GError **error)
{
	g_autoptr(CmTransaction) transaction = NULL;
	g_autoptr(CmStoreVideoRoom) room = NULL;
	gboolean news = FALSE;

	transaction = check_facts(facts, error) ? cm_transaction_new(store->database, error) : NULL;
	if (transaction == NULL || !get_room(store, number, &room, error))
		return FALSE;
	if (room->state != CM_VIDEO_ROOM_OPENING && room->state != CM_VIDEO_ROOM_OPEN) {
		cm_error_set(error, CM_ERROR_CONFLICT, N_("This room is no more."), NULL);
		return FALSE;
	}
	news = open && room->state == CM_VIDEO_ROOM_OPENING;
	return update_facts(store, number, open ? CM_VIDEO_ROOM_OPEN : room->state, facts, error) &&
	       (!news || audit(store, "video-room.open", room, NULL, now, error)) &&
	       cm_transaction_commit(transaction, error);
}

gboolean
cm_store_video_room_keep(CmStore *store, gint64 number, GBytes *facts, gint64 now, GError **error)
{
	return write_facts(store, number, FALSE, facts, now, error);
}

gboolean
cm_store_video_room_open(CmStore *store, gint64 number, GBytes *facts, gint64 now, GError **error)
{
	return write_facts(store, number, TRUE, facts, now, error);
}

static gboolean
update_end(CmStore *store, gint64 number, const gchar *cause, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "UPDATE video_room SET state = ?2, cause = ?3 WHERE id = ?1", error);
	CmVideoRoomState state = cause != NULL ? CM_VIDEO_ROOM_FAILED : CM_VIDEO_ROOM_ENDED;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_text(statement, 2, state_names[state], -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, cause != NULL ? cause : "", -1, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_store_video_room_finish(CmStore *store,
			   gint64 number,
			   const gchar *cause,
			   gint64 now,
			   GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmStoreVideoRoom) room = NULL;
	const gchar *action = cause != NULL ? "video-room.fail" : "video-room.end";

	g_return_val_if_fail(cause == NULL || strlen(cause) <= CM_STORE_VIDEO_ROOM_CAUSE_MAX,
			     FALSE);
	if (transaction == NULL || !get_room(store, number, &room, error))
		return FALSE;
	if (room->state == CM_VIDEO_ROOM_FAILED || room->state == CM_VIDEO_ROOM_ENDED)
		return TRUE;
	return update_end(store, number, cause, error) &&
	       audit(store, action, room, cause, now, error) &&
	       cm_transaction_commit(transaction, error);
}

gboolean
cm_store_video_room_forget(CmStore *store, gint64 number, gint64 now, GError **error)
{
	const gint64 values[] = {number, now};

	return cm_database_run_integers(
	    store->database,
	    "UPDATE video_room SET facts = x'', ended_at = ?2 WHERE id = ?1 "
	    "AND state IN ('failed', 'ended') AND ended_at IS NULL",
	    values, G_N_ELEMENTS(values), error);
}
