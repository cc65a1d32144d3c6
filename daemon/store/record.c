// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/record.h"

#include <sodium.h>
#include <string.h>

typedef enum {
	VALUE_INTEGER,
	VALUE_REAL,
	VALUE_TEXT,
	VALUE_NULL,
	VALUE_BLOB,
	VALUE_SECRET,
} ValueType;

typedef struct {
	guint8 type; /* ValueType */
	union {
		gint64 integer;
		gdouble real;
		const gchar *text;
	} as;
	const gchar *column;
	gsize block;
	gsize from; /* in `bytes`; a blob ends where the next one begins */
} Value;

struct _CmRecord {
	const gchar *table;
	Value values[CM_RECORD_VALUES_MAX];
	guint count;
	GByteArray *bytes;  /* of blobs and secrets */
	GByteArray *parts;  /* of other tables */
	GByteArray *sealed; /* while binding */
	GByteArray *image;  /* while hashing */
};

CmRecord *
cm_record_new(void)
{
	CmRecord *record = g_new0(CmRecord, 1);

	record->bytes = g_byte_array_new();
	record->parts = g_byte_array_new();
	record->sealed = g_byte_array_new();
	record->image = g_byte_array_new();
	return record;
}

void
cm_record_free(CmRecord *record)
{
	g_byte_array_unref(record->bytes);
	g_byte_array_unref(record->parts);
	g_byte_array_unref(record->sealed);
	g_byte_array_unref(record->image);
	g_free(record);
}

void
cm_record_reset(CmRecord *record, const gchar *table)
{
	record->table = table;
	record->count = 0;
	g_byte_array_set_size(record->bytes, 0);
	g_byte_array_set_size(record->parts, 0);
}

static Value *
record_add(CmRecord *record, ValueType type)
{
	Value *value = &record->values[record->count];

	g_return_val_if_fail(record->count < CM_RECORD_VALUES_MAX, &record->values[0]);
	memset(value, 0, sizeof *value);
	value->type = (guint8)type;
	value->from = record->bytes->len;
	record->count++;
	return value;
}

void
cm_record_add_integer(CmRecord *record, gint64 value)
{
	record_add(record, VALUE_INTEGER)->as.integer = value;
}

void
cm_record_add_real(CmRecord *record, gdouble value)
{
	record_add(record, VALUE_REAL)->as.real = value;
}

void
cm_record_add_text(CmRecord *record, const gchar *text)
{
	record_add(record, text != NULL ? VALUE_TEXT : VALUE_NULL)->as.text = text;
}

GByteArray *
cm_record_add_blob(CmRecord *record)
{
	record_add(record, VALUE_BLOB);
	return record->bytes;
}

GByteArray *
cm_record_add_secret(CmRecord *record, const gchar *column, gsize block)
{
	Value *value = record_add(record, VALUE_SECRET);

	value->column = column;
	value->block = block;
	return record->bytes;
}

void
cm_record_add_part(CmRecord *record, gint64 value)
{
	gint64 octets = GINT64_TO_LE(value);

	g_byte_array_append(record->parts, (const guint8 *)&octets, sizeof octets);
}

static gsize
record_get_length(const CmRecord *record, guint index)
{
	gsize end = index + 1 < record->count ? record->values[index + 1].from : record->bytes->len;

	return end - record->values[index].from;
}

/* type, length, octets: no two rows have the same image */
static void
image_append(GByteArray *image, guint8 type, gconstpointer data, gsize length)
{
	guint64 size = GUINT64_TO_LE((guint64)length);

	g_byte_array_append(image, &type, 1);
	g_byte_array_append(image, (const guint8 *)&size, sizeof size);
	if (length > 0)
		g_byte_array_append(image, data, (guint)length);
}

void
cm_record_hash(const CmRecord *record, const CmSeal *seal, guint8 out_hash[CM_SEAL_HASH_BYTES])
{
	GByteArray *image = record->image;

	g_byte_array_set_size(image, 0);
	for (guint i = 0; i < record->count; i++) {
		const Value *value = &record->values[i];

		if (value->type == VALUE_TEXT)
			image_append(image, value->type, value->as.text, strlen(value->as.text));
		else if (value->type == VALUE_BLOB || value->type == VALUE_SECRET)
			image_append(image, value->type, record->bytes->data + value->from,
				     record_get_length(record, i));
		else
			image_append(image, value->type, &value->as,
				     value->type == VALUE_NULL ? 0 : sizeof value->as);
	}
	image_append(image, G_MAXUINT8, record->parts->data, record->parts->len);
	cm_seal_hash(seal, CM_SEAL_HASH_CONTENT, record->table, image->data, image->len, out_hash);
	sodium_memzero(image->data, image->len);
}

static void
record_bind_secret(const CmRecord *record,
		   const CmSeal *seal,
		   gint64 row,
		   CmStatement *statement,
		   guint index,
		   gint parameter)
{
	const Value *value = &record->values[index];
	CmSealPlace place = {.table = record->table, .column = value->column, .row = row};

	g_byte_array_set_size(record->sealed, 0);
	cm_seal_close(seal, &place, record->bytes->data + value->from,
		      record_get_length(record, index), value->block, record->sealed);
	sqlite3_bind_blob(statement, parameter, record->sealed->data, (gint)record->sealed->len,
			  SQLITE_TRANSIENT);
}

void
cm_record_bind(const CmRecord *record,
	       const CmSeal *seal,
	       gint64 row,
	       CmStatement *statement,
	       gint first)
{
	for (guint i = 0; i < record->count; i++) {
		const Value *value = &record->values[i];
		gint parameter = first + (gint)i;

		switch ((ValueType)value->type) {
		case VALUE_INTEGER:
			sqlite3_bind_int64(statement, parameter, value->as.integer);
			break;
		case VALUE_REAL:
			sqlite3_bind_double(statement, parameter, value->as.real);
			break;
		case VALUE_TEXT:
			sqlite3_bind_text(statement, parameter, value->as.text, -1, SQLITE_STATIC);
			break;
		case VALUE_NULL:
			sqlite3_bind_null(statement, parameter);
			break;
		case VALUE_BLOB:
			/* an empty blob needs a pointer that is not NULL, or it becomes a null */
			sqlite3_bind_blob(statement, parameter,
					  record->bytes->len > value->from
					      ? (gconstpointer)(record->bytes->data + value->from)
					      : "",
					  (gint)record_get_length(record, i), SQLITE_STATIC);
			break;
		case VALUE_SECRET:
			record_bind_secret(record, seal, row, statement, i, parameter);
			break;
		default:
			g_return_if_reached();
		}
	}
}
