// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/retention-document.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/clock.h"
#include "daemon/store/store-consent.h"
#include "daemon/store/store-destruction.h"
#include "daemon/store/store-directory.h"

#include <sodium.h>
#include <string.h>

#define FORMAT "comodal-retention/1"

/* What all rows are made with. */
typedef struct {
	JsonBuilder *builder;
	const CmRosterSnapshot *roster;
	CmVaultPeople *people; /* NULL: there is no directory */
	guint8 person[CM_VAULT_ID_BYTES];
	gboolean enrolled;
	CmDay today;
} Making;

void
cm_retention_query_free(gpointer data)
{
	CmRetentionQuery *query = data;

	cm_caller_unref(query->caller);
	g_free(query);
}

static gboolean
is_caller(const Making *making, const guint8 *person)
{
	return making->enrolled && memcmp(person, making->person, CM_VAULT_ID_BYTES) == 0;
}

static void
add_hex(JsonBuilder *builder, const gchar *name, const guint8 *octets, gsize length)
{
	gchar text[CM_VAULT_HASH_BYTES * 2 + 1];

	cm_document_add_string(builder, name, sodium_bin2hex(text, sizeof text, octets, length));
}

/* what the directory calls somebody; null: it does not know them */
static void
add_label(const Making *making, const gchar *name, const guint8 *person, guint32 generation)
{
	const CmVaultDirectoryEntry *entry =
	    making->people != NULL ? cm_vault_people_find(making->people, person, generation)
				   : NULL;
	g_autofree gchar *label =
	    entry != NULL ? g_strndup((const gchar *)entry->label.data, entry->label.length) : NULL;

	cm_document_add_string(making->builder, name, label);
}

/* of a record's, as a day */
static void
add_date(JsonBuilder *builder, const gchar *name, guint32 date)
{
	g_autofree gchar *text =
	    g_strdup_printf("%04u-%02u-%02u", date / 10000, date / 100 % 100, date % 100);

	cm_document_add_string(builder, name, text);
}

static void
add_rule(JsonBuilder *builder, const gchar *name, const CmRule *rule)
{
	json_builder_set_member_name(builder, name);
	if (rule == NULL) {
		json_builder_add_null_value(builder);
		return;
	}
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "id", rule->id);
	cm_document_add_int(builder, "years", rule->number);
	cm_document_add_string(builder, "article", rule->article);
	cm_document_add_string(builder, "source", rule->source);
	cm_document_add_string(builder, "owner", rule->owner);
	cm_document_add_string(builder, "fr", rule->text[CM_LANGUAGE_FRENCH]);
	cm_document_add_string(builder, "en", rule->text[CM_LANGUAGE_ENGLISH]);
	json_builder_end_object(builder);
}

static void
add_hold(JsonBuilder *builder, const CmStoreRetentionFile *file)
{
	json_builder_set_member_name(builder, "hold");
	if (file->reason == NULL) {
		json_builder_add_null_value(builder);
		return;
	}
	json_builder_begin_object(builder);
	cm_document_add_int(builder, "by", file->held_by);
	cm_document_add_int(builder, "at", file->held_at);
	cm_document_add_string(builder, "reason", file->reason);
	json_builder_end_object(builder);
}

static gboolean
add_destruction(const Making *making, const CmStoreRetentionFile *file, GError **error)
{
	JsonBuilder *builder = making->builder;
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultDestruction *fields = NULL;
	g_autofree gchar *basis = NULL;

	json_builder_set_member_name(builder, "destruction");
	if (file->record == NULL) {
		json_builder_add_null_value(builder);
		return TRUE;
	}
	if (!cm_vault_class_set_error(
		cm_vault_record_read(CM_VAULT_KIND_DESTRUCTION, file->record, &record),
		"destruction", error))
		return FALSE;
	fields = cm_vault_record_get_fields(record, CM_VAULT_KIND_DESTRUCTION);
	basis = g_strndup((const gchar *)fields->basis.data, fields->basis.length);
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "basis", basis);
	add_date(builder, "due", fields->due_on);
	add_date(builder, "backups_until", fields->backups_until);
	add_label(making, "first", fields->first, fields->first_generation);
	add_label(making, "second", fields->second, fields->second_generation);
	cm_document_add_boolean(builder, "first_is_caller", is_caller(making, fields->first));
	cm_document_add_boolean(builder, "second_is_caller", is_caller(making, fields->second));
	cm_document_add_int(builder, "asked", file->asked_at);
	cm_document_add_int(builder, "agree_until",
			    file->asked_at + (gint64)CM_STORE_DESTRUCTION_DAYS * 86400);
	cm_document_add_int(builder, "destroyed", file->destroyed_at);
	cm_document_add_int(builder, "erased", file->erased_at);
	cm_document_add_int(builder, "certified", file->certified_at);
	add_hex(builder, "record", cm_vault_record_get_hash(record), CM_VAULT_HASH_BYTES);
	json_builder_end_object(builder);
	return TRUE;
}

/* a student whom the roster has no more has no name */
static void
add_student(const Making *making, gint64 number)
{
	guint32 index = cm_roster_numbers_find(making->roster->numbers, CM_NUMBER_STUDENT, number);
	const CmStudent *student =
	    index != CM_NONE ? CM_ELEMENT(making->roster->caseload->students, CmStudent, index)
			     : NULL;

	cm_document_add_int(making->builder, "student", number);
	cm_document_add_string(making->builder, "name", student != NULL ? student->name : NULL);
	cm_document_add_string(making->builder, "reference", student != NULL ? student->id : NULL);
}

/* "due", "kept", "followed", "held", "no-rule", "asked", "pending", "destroyed" */
static const gchar *
get_state(const Making *making, const CmStoreRetentionFile *file)
{
	if (file->certified_at != 0)
		return "destroyed";
	if (file->destroyed_at != 0)
		return "pending";
	if (file->reason != NULL)
		return "held";
	if (file->due.rule == NULL)
		return "no-rule";
	if (file->followed)
		return "followed";
	if (file->due.due == CM_DAY_NONE || making->today < file->due.due)
		return "kept";
	return file->record != NULL ? "asked" : "due";
}

static gboolean
add_file(const Making *making, const CmStoreRetentionFile *file, GError **error)
{
	JsonBuilder *builder = making->builder;
	g_autofree gchar *basis =
	    file->due.rule != NULL ? cm_retention_due_format_basis(&file->due) : NULL;

	json_builder_begin_object(builder);
	cm_document_add_int(builder, "number", file->number);
	add_hex(builder, "case", file->name, sizeof file->name);
	add_student(making, file->student);
	cm_document_add_int(builder, "file", file->file);
	cm_document_add_int(builder, "notes", file->notes);
	cm_document_add_string(builder, "state", get_state(making, file));
	add_label(making, "responsible", file->responsible, file->responsible_generation);
	cm_document_add_boolean(builder, "responsible_is_caller",
				is_caller(making, file->responsible));
	cm_document_add_date(builder, "last_service", file->due.last_service);
	cm_document_add_date(builder, "due", file->due.due);
	add_rule(builder, "rule", file->due.rule);
	add_rule(builder, "floor", file->due.floor);
	cm_document_add_string(builder, "basis", basis);
	add_hold(builder, file);
	if (!add_destruction(making, file, error))
		return FALSE;
	json_builder_end_object(builder);
	return TRUE;
}

static gboolean
is_asked(const Making *making, const CmStoreRetentionFile *file)
{
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultDestruction *fields = NULL;

	if (file->record == NULL || cm_vault_record_read(CM_VAULT_KIND_DESTRUCTION, file->record,
							 &record) != CM_VAULT_CLASS_OK)
		return FALSE;
	fields = cm_vault_record_get_fields(record, CM_VAULT_KIND_DESTRUCTION);
	return is_caller(making, fields->first) || is_caller(making, fields->second);
}

static gboolean
is_supervisor(const Making *making)
{
	const CmVaultList *entries =
	    making->people != NULL ? &cm_vault_people_get_directory(making->people)->entries : NULL;
	const CmVaultDirectoryEntry *items = entries != NULL ? entries->items : NULL;

	for (guint i = 0; entries != NULL && i < entries->count; i++) {
		if (items[i].state == CM_VAULT_STATE_CURRENT &&
		    (items[i].roles & CM_VAULT_ROLE_SUPERVISOR) != 0 &&
		    is_caller(making, items[i].person))
			return TRUE;
	}
	return FALSE;
}

/* when the last backup would be gone of what is asked for today; null: nobody said how long they are kept */
static void
add_backups(const Making *making, guint days)
{
	CmDay until = CM_DAY_NONE;
	g_autoptr(GError) error = NULL;

	if (!cm_store_destruction_find_backups(making->today, days, &until, &error))
		until = CM_DAY_NONE;
	cm_document_add_date(making->builder, "backups_until", until);
}

static gboolean
add_files(const Making *making,
	  const CmRetentionQuery *query,
	  const GPtrArray *files,
	  GError **error)
{
	gboolean all = cm_caller_is_everywhere(query->caller) || is_supervisor(making);

	cm_document_begin_array(making->builder, "files");
	for (guint i = 0; i < files->len; i++) {
		const CmStoreRetentionFile *file = g_ptr_array_index(files, i);

		if ((all || file->reader || is_asked(making, file)) &&
		    !add_file(making, file, error))
			return FALSE;
	}
	json_builder_end_array(making->builder);
	return TRUE;
}

gboolean
cm_retention_document_make(CmStore *store,
			   CmPolicySet *policies,
			   gpointer data,
			   JsonBuilder *builder,
			   GError **error)
{
	const CmRetentionQuery *query = data;
	g_autoptr(GError) local = NULL;
	g_autoptr(GPtrArray) files =
	    cm_store_retention_list(store, policies, query->caller->uid, error);
	g_autoptr(CmRosterSnapshot) roster =
	    files != NULL ? cm_roster_cache_get(query->service->roster, store, NULL, error) : NULL;
	g_autoptr(CmVaultPeople) people = NULL;
	g_autoptr(GTimeZone) zone = roster != NULL ? cm_store_consent_get_zone(store, error) : NULL;
	Making making = {.builder = builder, .roster = roster};

	if (zone == NULL ||
	    !cm_store_retention_find_day(store, cm_clock_get_now(), &making.today, error) ||
	    !cm_store_directory_find_person(store, query->caller->uid, making.person,
					    &making.enrolled, error))
		return FALSE;
	people = cm_store_directory_get_people(store, &local);
	if (local != NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	making.people = people;
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", FORMAT);
	cm_document_add_string(builder, "zone", g_time_zone_get_identifier(zone));
	cm_document_add_date(builder, "today", making.today);
	add_backups(&making, query->service->configuration->backup_days);
	if (!add_files(&making, query, files, error))
		return FALSE;
	json_builder_end_object(builder);
	return TRUE;
}
