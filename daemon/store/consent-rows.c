// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/consent-rows.h"

#include "daemon/store/pack.h"
#include "daemon/store/sealed-column.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

gboolean
cm_consent_rows_check_student(CmStore *store, gint64 student, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, "SELECT 1 FROM student WHERE id = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, student);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such student."), NULL);
	return row;
}

void
cm_consent_rows_bind_sealed(CmStore *store,
			    CmStatement *statement,
			    gint parameter,
			    const CmSealPlace *place,
			    const gchar *text)
{
	g_autoptr(GByteArray) sealed = g_byte_array_new();

	if (text == NULL) {
		sqlite3_bind_null(statement, parameter);
		return;
	}
	cm_seal_close(store->seal, place, text, strlen(text), CM_CONSENT_DETAIL_BLOCK, sealed);
	sqlite3_bind_blob64(statement, parameter, sealed->data, sealed->len, SQLITE_TRANSIENT);
}

gboolean
cm_consent_rows_open(CmStore *store,
		     CmStatement *statement,
		     gint column,
		     const CmSealPlace *place,
		     gchar **out_text,
		     GError **error)
{
	if (sqlite3_column_type(statement, column) == SQLITE_NULL) {
		*out_text = NULL;
		return TRUE;
	}
	*out_text = cm_sealed_column_get_text(store, statement, column, place,
					      CM_CONSENT_DETAIL_BLOCK, error);
	return *out_text != NULL;
}

/* ---- files */

typedef struct {
	CmStore *store;
	CmCaseload *scratch; /* keeps the texts of identities */
	GByteArray *plain;
	GHashTable *files;
} Loading;

static void
loading_clear(Loading *loading)
{
	cm_caseload_free(loading->scratch);
	g_byte_array_unref(loading->plain);
	g_clear_pointer(&loading->files, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Loading, loading_clear)

/* every row of a statement with the student, or none, bound to ?1 */
typedef gboolean (*LoadRow)(Loading *loading, CmStatement *statement, GError **error);

static gboolean
load_rows(Loading *loading, const gchar *sql, gint64 student, LoadRow load, GError **error)
{
	CmDatabase *database = loading->store->database;
	g_autoptr(CmStatement) statement = cm_database_prepare(database, sql, error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, student);
	if (!cm_database_step(database, statement, &row, error))
		return FALSE;
	while (row) {
		if (!load(loading, statement, error) ||
		    !cm_database_step(database, statement, &row, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
load_student(Loading *loading, CmStatement *statement, GError **error)
{
	gint64 student = sqlite3_column_int64(statement, 0);
	CmSealPlace place = {.table = "student", .column = "identity", .row = student};
	const gchar *texts[CM_PACK_LAST] = {NULL};
	gint64 *key = NULL;
	CmDay birth_date = 0;

	if (!cm_seal_open(loading->store->seal, &place, sqlite3_column_blob(statement, 1),
			  (gsize)sqlite3_column_bytes(statement, 1), CM_STORE_IDENTITY_BLOCK,
			  loading->plain, error) ||
	    !cm_pack_read_identity(loading->scratch, loading->plain->data, loading->plain->len,
				   texts, error))
		return FALSE;
	if (!cm_day_parse(texts[CM_PACK_BIRTH_DATE], &birth_date)) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database is damaged: a birth date is not a date."), NULL);
		return FALSE;
	}
	key = g_new(gint64, 1);
	*key = student;
	g_hash_table_insert(loading->files, key, cm_consent_file_new(student, birth_date));
	return TRUE;
}

static gboolean
load_guardianship(Loading *loading, CmStatement *statement, GError **error)
{
	gint64 student = sqlite3_column_int64(statement, 0);
	CmConsentFile *file = g_hash_table_lookup(loading->files, &student);
	CmGuardianship guardianship = {.contact = sqlite3_column_int64(statement, 1),
				       .household = (guint)sqlite3_column_int(statement, 2),
				       .authority = sqlite3_column_int(statement, 3) != 0};

	if (file != NULL)
		cm_consent_file_add_guardianship(file, &guardianship);
	return TRUE;
}

static gboolean
load_statement(Loading *loading, CmStatement *statement, GError **error)
{
	g_autoptr(CmStoreConsent) consent =
	    cm_consent_rows_read(loading->store, statement, FALSE, error);
	CmConsentFile *file = NULL;

	if (consent == NULL)
		return FALSE;
	file = g_hash_table_lookup(loading->files, &consent->student);
	if (file != NULL)
		cm_consent_file_add_statement(file, &consent->record.statement);
	return TRUE;
}

#define GUARDIANSHIPS "SELECT student, contact, household, authority FROM guardianship "
#define STATEMENTS "SELECT " CM_CONSENT_ROWS_COLUMNS " FROM consent "

static const struct {
	const gchar *of_all;
	const gchar *of_one;
	LoadRow load;
} loads[] = {
    {"SELECT id, identity FROM student WHERE ?1 = 0",
     "SELECT id, identity FROM student WHERE id = ?1", load_student},
    {GUARDIANSHIPS "WHERE ?1 = 0 ORDER BY student, household, contact",
     GUARDIANSHIPS "WHERE student = ?1 ORDER BY household, contact", load_guardianship},
    {STATEMENTS "WHERE ?1 = 0 ORDER BY id", STATEMENTS "WHERE student = ?1 ORDER BY id",
     load_statement},
};

GHashTable *
cm_consent_rows_load(CmStore *store, gint64 student, GError **error)
{
	g_auto(Loading)
	    loading = {.store = store,
		       .scratch = cm_caseload_new(),
		       .plain = g_byte_array_new(),
		       .files = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
						      (GDestroyNotify)cm_consent_file_free)};

	/* of one: by its indices */
	for (guint i = 0; i < G_N_ELEMENTS(loads); i++) {
		if (!load_rows(&loading, student != 0 ? loads[i].of_one : loads[i].of_all, student,
			       loads[i].load, error))
			return NULL;
	}
	return g_steal_pointer(&loading.files);
}

/* ---- one row */

static const gchar *
keep(GStringChunk *strings, const gchar *text)
{
	return text != NULL && *text != '\0' ? g_string_chunk_insert(strings, text) : NULL;
}

static const gchar *
get_member(JsonObject *object, const gchar *name)
{
	return json_object_has_member(object, name) ? json_object_get_string_member(object, name)
						    : NULL;
}

static void
read_topics(CmStoreConsent *consent, JsonObject *detail)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	JsonArray *topics = json_object_has_member(detail, "topics")
				? json_object_get_array_member(detail, "topics")
				: NULL;

	for (guint i = 0; topics != NULL && i < json_array_get_length(topics); i++)
		g_strv_builder_add(builder, json_array_get_string_element(topics, i));
	consent->topics = g_strv_builder_end(builder);
	consent->record.topics = (const gchar *const *)consent->topics;
}

static gboolean
read_detail(CmStore *store, CmStatement *statement, CmStoreConsent *consent, GError **error)
{
	CmSealPlace place = {"consent", "detail", consent->record.statement.number};
	g_autofree gchar *text = NULL;
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonObject *detail = NULL;

	if (!cm_consent_rows_open(store, statement, 8, &place, &text, error))
		return FALSE;
	if (text == NULL || !json_parser_load_from_data(parser, text, -1, NULL) ||
	    !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
		cm_error_set(error, CM_ERROR_STORE, N_("The database is damaged: a consent."),
			     NULL);
		return FALSE;
	}
	detail = json_node_get_object(json_parser_get_root(parser));
	consent->record.statement.purpose = keep(consent->strings, get_member(detail, "purpose"));
	consent->record.note = keep(consent->strings, get_member(detail, "note"));
	read_topics(consent, detail);
	return TRUE;
}

static guint8
read_modes(CmStatement *statement, CmConsentKind kind)
{
	CmMode mode = CM_MODE_LAST;

	if (kind != CM_CONSENT_KIND_TELEPRACTICE)
		return 0;
	if (sqlite3_column_type(statement, 3) == SQLITE_NULL ||
	    !cm_mode_from_string((const gchar *)sqlite3_column_text(statement, 3), &mode))
		return CM_CONSENT_VIDEO;
	return CM_MODE_FLAG(mode);
}

static CmDay
read_day(CmStatement *statement, gint column)
{
	return sqlite3_column_type(statement, column) == SQLITE_NULL
		   ? CM_DAY_NONE
		   : (CmDay)sqlite3_column_int64(statement, column);
}

CmStoreConsent *
cm_consent_rows_read(CmStore *store, CmStatement *statement, gboolean whole, GError **error)
{
	g_autoptr(CmStoreConsent) consent = g_new0(CmStoreConsent, 1);
	CmConsentStatement *said = &consent->record.statement;

	consent->strings = g_string_chunk_new(256);
	said->number = sqlite3_column_int64(statement, 0);
	consent->student = sqlite3_column_int64(statement, 1);
	if (!cm_consent_kind_from_string((const gchar *)sqlite3_column_text(statement, 2),
					 &said->kind) ||
	    !cm_consent_answer_from_string((const gchar *)sqlite3_column_text(statement, 5),
					   &said->answer) ||
	    !cm_consent_form_from_string((const gchar *)sqlite3_column_text(statement, 7),
					 &said->form)) {
		cm_error_set(error, CM_ERROR_STORE, N_("The database is damaged: a consent."),
			     NULL);
		return NULL;
	}
	said->modes = read_modes(statement, said->kind);
	said->profession = keep(consent->strings, (const gchar *)sqlite3_column_text(statement, 4));
	said->contact = sqlite3_column_int64(statement, 6);
	said->given_on = (CmDay)sqlite3_column_int64(statement, 9);
	said->until = read_day(statement, 10);
	said->withdrawn_on = read_day(statement, 11);
	consent->version = sqlite3_column_int64(statement, 12);
	consent->recorded_by = sqlite3_column_int64(statement, 13);
	consent->recorded_at = sqlite3_column_int64(statement, 14);
	/* only a release means something by what is sealed */
	if ((whole || said->kind == CM_CONSENT_KIND_RELEASE) &&
	    !read_detail(store, statement, consent, error))
		return NULL;
	return g_steal_pointer(&consent);
}

GArray *
cm_consent_rows_list_followers(CmStore *store, gint64 student, GError **error)
{
	g_autoptr(GArray) followers = g_array_new(FALSE, FALSE, sizeof(CmConsentFollower));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT DISTINCT professional.id, professional.profession FROM followup "
	    "JOIN professional ON professional.id = followup.professional "
	    "WHERE followup.student = ?1 AND followup.state <> 'closed' ORDER BY 1",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, student);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmConsentFollower follower = {
		    sqlite3_column_int64(statement, 0),
		    g_intern_string((const gchar *)sqlite3_column_text(statement, 1))};

		g_array_append_val(followers, follower);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&followers);
}
