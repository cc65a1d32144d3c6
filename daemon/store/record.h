// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/database.h"
#include "daemon/store/seal.h"

/* What a row holds, gathered once and used twice: for the hash that tells whether it changed, and
 * to be bound when it did. Values stand in the order of the statement's parameters. Private to
 * daemon/store. */

#define CM_RECORD_VALUES_MAX 12

typedef struct _CmRecord CmRecord;

CmRecord *
cm_record_new(void);
void
cm_record_free(CmRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRecord, cm_record_free)

/* Empty it, and name the table of the row. */
void
cm_record_reset(CmRecord *record, const gchar *table);

/* The next value. Texts are kept by reference, NULL is SQL's null; bytes are copied. */
void
cm_record_add_integer(CmRecord *record, gint64 value);
void
cm_record_add_real(CmRecord *record, gdouble value);
void
cm_record_add_text(CmRecord *record, const gchar *text);

/* A blob: what the caller appends to the array returned, until the next call on `record`, is the
 * value. */
GByteArray *
cm_record_add_blob(CmRecord *record);

/* The same, sealed under `column` in multiples of `block` octets when it is bound. */
GByteArray *
cm_record_add_secret(CmRecord *record, const gchar *column, gsize block);

/* Something that stands in rows of another table, but belongs to this one: it counts for the hash
 * only. */
void
cm_record_add_part(CmRecord *record, gint64 value);

/* The row's keyed hash. */
void
cm_record_hash(const CmRecord *record, const CmSeal *seal, guint8 out_hash[CM_SEAL_HASH_BYTES]);

/* Bind the values from parameter `first` on, secrets sealed for the row `row`. */
void
cm_record_bind(const CmRecord *record,
	       const CmSeal *seal,
	       gint64 row,
	       CmStatement *statement,
	       gint first);
