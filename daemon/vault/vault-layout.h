// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-class.h"

/* How fields are laid out in octets, in one way only (docs/vault-format.md, “Encoding”): the engine that reads and writes any record
 * by its table. Nothing that is read is copied: octets, texts and ids are views of what was given, so that secrets stay where they
 * are. */

typedef enum {
	CM_VAULT_FORM_NUMBER8,  /* guint8, from `low` to `high` */
	CM_VAULT_FORM_NUMBER32, /* guint32 */
	CM_VAULT_FORM_NUMBER64, /* guint64 */
	CM_VAULT_FORM_BITS,     /* guint8 with no other bits than those of `high` */
	CM_VAULT_FORM_DATE,     /* guint32, year × 10000 + month × 100 + day */
	CM_VAULT_FORM_OCTETS,   /* const guint8 *, `high` of them; `low` 1: not all of them 0 */
	CM_VAULT_FORM_TEXT, /* CmVaultBytes, `low` to `high` octets of UTF-8, without NUL at its end */
	CM_VAULT_FORM_LINE,  /* the same, of one line */
	CM_VAULT_FORM_BYTES, /* CmVaultBytes, `low` to `high` octets */
	CM_VAULT_FORM_LIST   /* CmVaultList of `low` to `high` of `element` */
} CmVaultForm;

typedef struct {
	const guint8 *data;
	gsize length;
} CmVaultBytes;

typedef struct {
	gpointer items; /* an array of the element's structure */
	guint count;
} CmVaultList;

typedef struct _CmVaultLayout CmVaultLayout;

typedef struct {
	CmVaultForm form;
	gsize offset; /* of the member */
	guint64 low;
	guint64 high;
	const CmVaultLayout *element;
} CmVaultField;

struct _CmVaultLayout {
	const gchar *name;
	guint32 type;     /* 0: an element of a list */
	guint32 limit;    /* octets of the whole record */
	guint signatures; /* its last fields */
	gsize size;       /* of the structure */
	const CmVaultField *fields;
	guint n_fields;
	gboolean (*holds)(gconstpointer fields); /* what the document marks ⊘; NULL: nothing */
};

/* Read the fields that stand in `octets`, all of it, into `out_fields` (layout->size octets of zeros). `offsets` (layout->n_fields, or
 * NULL) is told where each begins, `lists` keeps what was allocated (element-type gpointer, freed by g_free()). Returns:
 * CM_VAULT_CLASS_OK or CM_VAULT_CLASS_MALFORMED. */
CmVaultClass
cm_vault_layout_read(const CmVaultLayout *layout,
		     const guint8 *octets,
		     gsize length,
		     gpointer out_fields,
		     gsize *offsets,
		     GPtrArray *lists) G_GNUC_WARN_UNUSED_RESULT;

/* How many octets cm_vault_layout_write() writes. */
gsize
cm_vault_layout_measure(const CmVaultLayout *layout, gconstpointer fields);

/* Write the fields, whatever their values: who writes wrong ones has a record that nobody reads. An octets member of NULL is zeros. */
void
cm_vault_layout_write(const CmVaultLayout *layout, gconstpointer fields, guint8 *out_octets);

/* What one element of a list that was read is. (transfer none) */
gconstpointer
cm_vault_layout_get_item(const CmVaultLayout *element, const CmVaultList *list, guint index);

/* Whether they are what CM_VAULT_FORM_TEXT takes, but for the length: UTF-8 without control characters, tabs and line ends aside. */
gboolean
cm_vault_layout_is_text(const guint8 *octets, gsize length);

/* Whether all octets are 0. */
gboolean
cm_vault_layout_is_none(const guint8 *octets, gsize length);
