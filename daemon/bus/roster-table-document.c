// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/roster-table-document.h"

#include "daemon/bus/clock.h"
#include "daemon/roster/csv-mapping.h"
#include "daemon/store/store-csv-source.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

#define RESULT_FORMAT "comodal-table-result/1"

#define PREVIEW_ROWS 5
#define BAD_MAX 200
#define SOURCE_NAME_MAX 100
#define MAPPING_MAX 200

/* With "skip-bad": what the roster's checks find makes rows bad one round after another, at most so many. */
#define ROUNDS_MAX 50

typedef struct {
	CmService *service;
	const CmPolicySet *policies;
	const CmRosterTableRequest *request;
	GCancellable *cancellable;
	CmRosterSnapshot *snapshot;
	gchar *kept; /* how the source was read the last time, or NULL */

	CmCsvTable *table;
	CmCsvRules rules;
	GPtrArray *columns;
	GPtrArray *bad;     /* CmCsvBadCell */
	GPtrArray *changes; /* CmRosterChange */
	GArray *lines;      /* guint of each change: its row */
	guint skipped;
	gboolean unusable; /* the table as a whole */
	CmRosterChangeOutcome outcome;
} Import;

static void
import_clear(Import *import)
{
	g_clear_pointer(&import->snapshot, cm_roster_snapshot_unref);
	g_clear_pointer(&import->table, cm_csv_reader_free_table);
	g_clear_pointer(&import->rules.said, g_hash_table_unref);
	g_clear_pointer(&import->columns, g_ptr_array_unref);
	g_clear_pointer(&import->bad, g_ptr_array_unref);
	g_clear_pointer(&import->changes, g_ptr_array_unref);
	g_clear_pointer(&import->lines, g_array_unref);
	cm_roster_change_document_clear_outcome(&import->outcome);
	g_free(import->kept);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Import, import_clear)

void
cm_roster_table_document_free_request(gpointer data)
{
	CmRosterTableRequest *request = data;

	cm_roster_change_document_free_request(request->change);
	g_clear_pointer(&request->mapping, g_variant_unref);
	g_free(request->kind);
	g_free(request->dates);
	g_free(request->source);
	g_free(request);
}

/* ---- how the columns are read: what is said now, else what was said for the source */

static gboolean
import_read_store(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Import *import = data;

	import->snapshot = cm_roster_cache_get(import->service->roster, store, cancellable, error);
	return import->snapshot != NULL &&
	       (*import->request->source == '\0' ||
		cm_store_csv_source_get(store, import->request->source, import->request->kind,
					&import->kept, error));
}

static gboolean
import_write_source(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	const Import *import = data;

	return cm_store_csv_source_set(store, import->request->source, import->request->kind,
				       import->kept, cm_clock_get_now(), error);
}

static void
take_kept(Import *import, gchar **out_dates)
{
	g_autoptr(JsonNode) root =
	    import->kept != NULL ? json_from_string(import->kept, NULL) : NULL;
	JsonObject *object =
	    root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
	JsonObjectIter iter;
	const gchar *heading = NULL;
	JsonNode *member = NULL;

	if (object == NULL || !json_object_has_member(object, "columns"))
		return;
	*out_dates = g_strdup(json_object_get_string_member_with_default(object, "dates", ""));
	json_object_iter_init_ordered(&iter, json_object_get_object_member(object, "columns"));
	while (json_object_iter_next_ordered(&iter, &heading, &member))
		g_hash_table_insert(import->rules.said, g_strdup(heading),
				    g_strdup(json_node_get_string(member)));
}

static gboolean
set_dates(Import *import, const gchar *text, GError **error)
{
	if (g_str_equal(text, "day-first")) {
		import->rules.dates = CM_CSV_DATES_DAY_FIRST;
	} else if (g_str_equal(text, "month-first")) {
		import->rules.dates = CM_CSV_DATES_MONTH_FIRST;
	} else if (*text != '\0') {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Dates are “day-first” or “month-first”, not “{0}”."), text, NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean
make_rules(Import *import, GError **error)
{
	const CmRosterTableRequest *request = import->request;
	g_autofree gchar *kept_dates = NULL;
	const gchar *heading = NULL;
	const gchar *member = NULL;
	GVariantIter iter;

	if (!cm_csv_mapping_kind_from_string(request->kind, &import->rules.kind)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” is not a kind of table: students, contacts, professionals, "
				"rooms, schools."),
			     request->kind, NULL);
		return FALSE;
	}
	if (strlen(request->source) > SOURCE_NAME_MAX ||
	    (request->mapping != NULL && g_variant_n_children(request->mapping) > MAPPING_MAX)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The source's name or the list of columns is too long."), NULL);
		return FALSE;
	}
	import->rules.said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	take_kept(import, &kept_dates);
	if (request->mapping != NULL) {
		g_variant_iter_init(&iter, request->mapping);
		while (g_variant_iter_next(&iter, "{&s&s}", &heading, &member))
			g_hash_table_insert(import->rules.said, cm_csv_values_fold(heading),
					    g_strdup(member));
	}
	return set_dates(import,
			 *request->dates != '\0' ? request->dates
			 : kept_dates != NULL    ? kept_dates
						 : "",
			 error);
}

/* what was said, to be kept for the source. Returns: (transfer full) */
static gchar *
make_kept(const Import *import)
{
	static const gchar *const dates[] = {"", "day-first", "month-first"};
	g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
	JsonObject *object = json_object_new();
	JsonObject *columns = json_object_new();
	GHashTableIter iter;
	gpointer heading = NULL;
	gpointer member = NULL;

	g_hash_table_iter_init(&iter, import->rules.said);
	while (g_hash_table_iter_next(&iter, &heading, &member))
		json_object_set_string_member(columns, heading, member);
	json_object_set_object_member(object, "columns", columns);
	json_object_set_string_member(object, "dates", dates[import->rules.dates]);
	json_node_take_object(root, object);
	return json_to_string(root, FALSE);
}

/* ---- the rows */

static void
add_bad(Import *import, guint line, guint column, const gchar *message)
{
	CmCsvBadCell *bad = g_new0(CmCsvBadCell, 1);

	bad->line = line;
	bad->column = column;
	bad->heading = g_strdup(column > 0 ? import->table->headings[column - 1] : "");
	bad->message = g_strdup(message);
	g_ptr_array_add(import->bad, bad);
}

static void
make_changes(Import *import)
{
	g_autoptr(CmCsvIndex) index =
	    cm_csv_mapping_new_index(import->snapshot->caseload, import->rules.kind);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < import->table->rows->len; i++) {
		const CmCsvRow *row = g_ptr_array_index(import->table->rows, i);
		CmRosterChange *change = cm_csv_mapping_make_change(
		    import->table, import->columns, &import->rules, index, row, import->bad);

		if (change == NULL) {
			import->skipped++;
		} else if (!g_hash_table_add(seen, change->id)) {
			g_autofree gchar *message =
			    cm_message_new(N_("An earlier row has this id too."), NULL);

			add_bad(import, row->line,
				cm_csv_mapping_find_column(import->columns, "$.id"), message);
			cm_roster_change_free(change);
			import->skipped++;
		} else {
			g_ptr_array_add(import->changes, change);
			g_array_append_val(import->lines, row->line);
		}
	}
}

/* what the roster's checks said becomes bad cells; the rows are dropped */
static void
drop_problems(Import *import)
{
	const GPtrArray *problems = import->outcome.problems;
	g_autofree gboolean *dropped = g_new0(gboolean, import->changes->len + 1);

	for (guint i = 0; i < problems->len; i++) {
		const CmRosterProblem *problem = g_ptr_array_index(problems, i);

		if (problem->change >= import->changes->len)
			continue;
		add_bad(import, g_array_index(import->lines, guint, problem->change),
			cm_csv_mapping_find_column(import->columns, problem->path),
			problem->message);
		dropped[problem->change] = TRUE;
	}
	for (guint i = import->changes->len; i-- > 0;) {
		if (!dropped[i])
			continue;
		g_ptr_array_remove_index(import->changes, i);
		g_array_remove_index(import->lines, i);
		import->skipped++;
	}
}

static gboolean
import_run_round(Import *import, gboolean dry_run, GError **error)
{
	CmRosterChangeRequest *change = import->request->change;

	change->dry_run = dry_run;
	cm_roster_change_document_clear_outcome(&import->outcome);
	return cm_roster_change_document_run(import->service, import->policies, change,
					     import->changes, &import->outcome, import->cancellable,
					     error);
}

/* Rows that are wrong stop all; or they are left out, until what is left is right. */
static gboolean
import_run(Import *import, gboolean dry_run, GError **error)
{
	gboolean skip = import->request->skip_bad;

	for (guint i = 0; i < ROUNDS_MAX; i++) {
		if (!import_run_round(import, dry_run || (import->bad->len > 0 && !skip), error))
			return FALSE;
		if (import->outcome.problems->len == 0)
			return TRUE;
		drop_problems(import);
		if (!skip)
			return TRUE;
	}
	return TRUE;
}

static gboolean
import_prepare(Import *import, GError **error)
{
	g_autoptr(GBytes) bytes =
	    cm_roster_change_document_read(import->request->change->fd, CM_CSV_MAX_BYTES, error);

	if (bytes == NULL)
		return FALSE;
	if (!cm_worker_run(import->service->store, import_read_store, import, import->cancellable,
			   error) ||
	    !make_rules(import, error))
		return FALSE;
	import->table =
	    cm_csv_reader_read(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), error);
	if (import->table == NULL)
		return FALSE;
	import->columns = cm_csv_mapping_find_columns(import->table, &import->rules, error);
	if (import->columns == NULL)
		return FALSE;
	import->bad = g_ptr_array_new_with_free_func(cm_csv_mapping_free_bad_cell);
	import->changes = g_ptr_array_new_with_free_func((GDestroyNotify)cm_roster_change_free);
	import->lines = g_array_new(FALSE, FALSE, sizeof(guint));
	if (cm_csv_mapping_has_id(import->columns)) {
		make_changes(import);
	} else {
		g_autofree gchar *message = cm_message_new(
		    N_("No column is the id, which tells who is who the next time."), NULL);

		add_bad(import, 1, 0, message);
		import->unusable = TRUE;
		import->skipped = import->table->rows->len;
	}
	return TRUE;
}

/* ---- what came of it */

static void
write_columns(CmJsonSink *sink, const Import *import)
{
	cm_json_sink_begin_list(sink, "columns");
	for (guint i = 0; i < import->columns->len; i++) {
		cm_json_sink_begin_object(sink, NULL);
		cm_json_sink_add_text(sink, "heading", import->table->headings[i]);
		cm_json_sink_add_text(sink, "member", g_ptr_array_index(import->columns, i));
		cm_json_sink_end_object(sink);
	}
	cm_json_sink_end_list(sink);
}

static void
write_preview(CmJsonSink *sink, const Import *import)
{
	cm_json_sink_begin_list(sink, "preview");
	for (guint i = 0; i < MIN(import->table->rows->len, PREVIEW_ROWS); i++) {
		const CmCsvRow *row = g_ptr_array_index(import->table->rows, i);

		cm_json_sink_begin_object(sink, NULL);
		cm_json_sink_add_integer(sink, "line", row->line);
		cm_json_sink_begin_object(sink, "values");
		for (guint j = 0; j < import->columns->len; j++) {
			const gchar *member = g_ptr_array_index(import->columns, j);

			if (member != NULL)
				cm_json_sink_add_text(sink, member, row->cells[j]);
		}
		cm_json_sink_end_object(sink);
		cm_json_sink_end_object(sink);
	}
	cm_json_sink_end_list(sink);
}

static gint
compare_bad(gconstpointer a, gconstpointer b)
{
	const CmCsvBadCell *first = *(const CmCsvBadCell *const *)a;
	const CmCsvBadCell *second = *(const CmCsvBadCell *const *)b;

	if (first->line != second->line)
		return first->line < second->line ? -1 : 1;
	return first->column < second->column ? -1 : first->column > second->column;
}

static void
write_bad(CmJsonSink *sink, const Import *import)
{
	g_ptr_array_sort(import->bad, compare_bad);
	cm_json_sink_begin_list(sink, "bad");
	for (guint i = 0; i < MIN(import->bad->len, BAD_MAX); i++) {
		const CmCsvBadCell *bad = g_ptr_array_index(import->bad, i);

		cm_json_sink_begin_object(sink, NULL);
		cm_json_sink_add_integer(sink, "line", bad->line);
		cm_json_sink_add_integer(sink, "column", bad->column);
		cm_json_sink_add_text(sink, "heading", bad->heading);
		cm_json_sink_add_text(sink, "message", bad->message);
		cm_json_sink_end_object(sink);
	}
	cm_json_sink_end_list(sink);
	cm_json_sink_add_integer(sink, "bad_left_out",
				 import->bad->len > BAD_MAX ? import->bad->len - BAD_MAX : 0);
}

static void
write_counts(CmJsonSink *sink, const Import *import)
{
	static const CmStoreKind store_kinds[CM_NUMBER_LAST] = {
	    [CM_NUMBER_PROFESSIONAL] = CM_STORE_KIND_PROFESSIONAL,
	    [CM_NUMBER_STUDENT] = CM_STORE_KIND_STUDENT,
	    [CM_NUMBER_CONTACT] = CM_STORE_KIND_CONTACT,
	    [CM_NUMBER_ROOM] = CM_STORE_KIND_ROOM,
	    [CM_NUMBER_SITE] = CM_STORE_KIND_SITE,
	};
	const CmStoreChange *change =
	    &import->outcome.report.kinds[store_kinds[import->rules.kind]];
	guint touched = change->added + change->changed;

	cm_json_sink_add_integer(sink, "added", change->added);
	cm_json_sink_add_integer(sink, "changed", change->changed);
	cm_json_sink_add_integer(
	    sink, "left", import->changes->len > touched ? import->changes->len - touched : 0);
	cm_json_sink_add_integer(sink, "skipped", import->skipped);
	cm_json_sink_add_integer(sink, "withdrawn", import->outcome.report.withdrawn);
}

static gboolean
write_result(gint fd, const Import *import, gboolean done, GError **error)
{
	g_autoptr(CmJsonSink) sink = cm_json_sink_new(fd);
	const gchar separator[] = {import->table->separator, '\0'};

	cm_json_sink_begin_object(sink, NULL);
	cm_json_sink_add_text(sink, "format", RESULT_FORMAT);
	cm_json_sink_add_boolean(sink, "done", done);
	cm_json_sink_add_text(sink, "kind", import->request->kind);
	cm_json_sink_add_text(sink, "encoding", import->table->encoding);
	cm_json_sink_add_text(sink, "separator", separator);
	write_columns(sink, import);
	cm_json_sink_add_integer(sink, "rows", import->table->rows->len);
	write_preview(sink, import);
	write_counts(sink, import);
	write_bad(sink, import);
	cm_json_sink_end_object(sink);
	return cm_json_sink_finish(sink, error);
}

gboolean
cm_roster_table_document_write(CmService *service,
			       const CmPolicySet *policies,
			       gpointer data,
			       gint fd,
			       GCancellable *cancellable,
			       GError **error)
{
	const CmRosterTableRequest *request = data;
	gboolean dry_run = request->change->dry_run;
	g_auto(Import) import = {.service = service,
				 .policies = policies,
				 .request = request,
				 .cancellable = cancellable};
	gboolean done = FALSE;

	if (!import_prepare(&import, error) ||
	    (!import.unusable && !import_run(&import, dry_run, error)))
		return FALSE;
	done = !dry_run && !import.unusable && import.outcome.problems->len == 0 &&
	       (import.bad->len == 0 || request->skip_bad);
	if (done && *request->source != '\0') {
		g_free(import.kept);
		import.kept = make_kept(&import);
		if (!cm_worker_run(service->store, import_write_source, &import, cancellable,
				   error))
			return FALSE;
	}
	return write_result(fd, &import, done, error);
}
