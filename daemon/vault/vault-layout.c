// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-layout.h"

#include <string.h>

#define FIRST_YEAR 1900
#define LAST_YEAR 2199
#define DELETE 0x7f

typedef struct {
	const guint8 *octets;
	gsize length;
	gsize at;
	GPtrArray *lists;
} Reader;

static gboolean
read_fields(Reader *reader, const CmVaultLayout *layout, gpointer fields, gsize *offsets);

gboolean
cm_vault_layout_is_none(const guint8 *octets, gsize length)
{
	guint8 all = 0;

	for (gsize i = 0; i < length; i++)
		all |= octets[i];
	return all == 0;
}

static gboolean
take(Reader *reader, gsize count, const guint8 **out_octets)
{
	if (count > reader->length - reader->at)
		return FALSE;
	*out_octets = reader->octets + reader->at;
	reader->at += count;
	return TRUE;
}

static gboolean
take_number(Reader *reader, gsize count, guint64 *out_number)
{
	const guint8 *octets = NULL;
	guint64 number = 0;

	if (!take(reader, count, &octets))
		return FALSE;
	for (gsize i = 0; i < count; i++)
		number |= (guint64)octets[i] << (8 * i);
	*out_number = number;
	return TRUE;
}

static gsize
number_size(CmVaultForm form)
{
	if (form == CM_VAULT_FORM_NUMBER64)
		return sizeof(guint64);
	if (form == CM_VAULT_FORM_NUMBER32 || form == CM_VAULT_FORM_DATE)
		return sizeof(guint32);
	return sizeof(guint8);
}

static gboolean
is_day(guint64 date)
{
	guint64 year = date / 10000;
	guint64 month = date / 100 % 100;
	guint64 day = date % 100;

	return year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= 12 &&
	       g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

static gboolean
read_number(Reader *reader, const CmVaultField *field, gpointer member)
{
	guint64 number = 0;
	gsize size = number_size(field->form);

	if (!take_number(reader, size, &number))
		return FALSE;
	if (field->form == CM_VAULT_FORM_DATE && !is_day(number))
		return FALSE;
	if (field->form == CM_VAULT_FORM_BITS && (number & ~field->high) != 0)
		return FALSE;
	if (field->form < CM_VAULT_FORM_BITS && (number < field->low || number > field->high))
		return FALSE;
	if (size == sizeof(guint64))
		*(guint64 *)member = number;
	else if (size == sizeof(guint32))
		*(guint32 *)member = (guint32)number;
	else
		*(guint8 *)member = (guint8)number;
	return TRUE;
}

gboolean
cm_vault_layout_is_text(const guint8 *octets, gsize length)
{
	if (!g_utf8_validate_len((const gchar *)octets, length, NULL))
		return FALSE;
	for (gsize i = 0; i < length; i++) {
		if ((octets[i] < ' ' && octets[i] != '\t' && octets[i] != '\n') ||
		    octets[i] == DELETE)
			return FALSE;
		/* U+0080 to U+009F: terminals take some of them for commands */
		if (octets[i] == 0xc2 && octets[i + 1] < 0xa0)
			return FALSE;
	}
	return TRUE;
}

/* whether a text has nothing in it that breaks its line, or turns its direction round */
static gboolean
is_line(const guint8 *octets, gsize length)
{
	const gchar *end = (const gchar *)octets + length;

	for (const gchar *p = (const gchar *)octets; p < end; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c < ' ' || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
			return FALSE;
	}
	return TRUE;
}

static gboolean
read_bytes(Reader *reader, const CmVaultField *field, CmVaultBytes *member)
{
	guint64 length = 0;

	if (!take_number(reader, sizeof(guint32), &length) || length < field->low ||
	    length > field->high || !take(reader, length, &member->data))
		return FALSE;
	member->length = length;
	if (field->form == CM_VAULT_FORM_BYTES)
		return TRUE;
	return cm_vault_layout_is_text(member->data, length) &&
	       (field->form == CM_VAULT_FORM_TEXT || is_line(member->data, length));
}

static gboolean
read_list(Reader *reader, const CmVaultField *field, CmVaultList *member)
{
	const CmVaultLayout *element = field->element;
	guint64 count = 0;

	if (!take_number(reader, sizeof(guint32), &count) || count < field->low ||
	    count > field->high)
		return FALSE;
	/* each takes an octet at least: nothing is allocated for what can't be there */
	if (count > reader->length - reader->at)
		return FALSE;
	member->items = g_malloc0_n(count, element->size);
	member->count = (guint)count;
	g_ptr_array_add(reader->lists, member->items);
	for (guint64 i = 0; i < count; i++)
		if (!read_fields(reader, element, (guint8 *)member->items + i * element->size,
				 NULL))
			return FALSE;
	return TRUE;
}

static gboolean
read_octets(Reader *reader, const CmVaultField *field, const guint8 **member)
{
	return take(reader, field->high, member) &&
	       (field->low == 0 || !cm_vault_layout_is_none(*member, field->high));
}

static gboolean
read_field(Reader *reader, const CmVaultField *field, gpointer member)
{
	switch (field->form) {
	case CM_VAULT_FORM_OCTETS:
		return read_octets(reader, field, member);
	case CM_VAULT_FORM_TEXT:
	case CM_VAULT_FORM_LINE:
	case CM_VAULT_FORM_BYTES:
		return read_bytes(reader, field, member);
	case CM_VAULT_FORM_LIST:
		return read_list(reader, field, member);
	case CM_VAULT_FORM_NUMBER8:
	case CM_VAULT_FORM_NUMBER32:
	case CM_VAULT_FORM_NUMBER64:
	case CM_VAULT_FORM_BITS:
	case CM_VAULT_FORM_DATE:
	default:
		return read_number(reader, field, member);
	}
}

static gboolean
read_fields(Reader *reader, const CmVaultLayout *layout, gpointer fields, gsize *offsets)
{
	for (guint i = 0; i < layout->n_fields; i++) {
		const CmVaultField *field = &layout->fields[i];

		if (offsets != NULL)
			offsets[i] = reader->at;
		if (!read_field(reader, field, (guint8 *)fields + field->offset))
			return FALSE;
	}
	return TRUE;
}

CmVaultClass
cm_vault_layout_read(const CmVaultLayout *layout,
		     const guint8 *octets,
		     gsize length,
		     gpointer out_fields,
		     gsize *offsets,
		     GPtrArray *lists)
{
	Reader reader = {.octets = octets, .length = length, .lists = lists};

	if (!read_fields(&reader, layout, out_fields, offsets) || reader.at != length)
		return CM_VAULT_CLASS_MALFORMED;
	if (layout->holds != NULL && !layout->holds(out_fields))
		return CM_VAULT_CLASS_MALFORMED;
	return CM_VAULT_CLASS_OK;
}

gconstpointer
cm_vault_layout_get_item(const CmVaultLayout *element, const CmVaultList *list, guint index)
{
	return (const guint8 *)list->items + index * element->size;
}

static gsize
measure_field(const CmVaultField *field, gconstpointer member)
{
	const CmVaultList *list = member;
	gsize length = sizeof(guint32);

	switch (field->form) {
	case CM_VAULT_FORM_OCTETS:
		return field->high;
	case CM_VAULT_FORM_TEXT:
	case CM_VAULT_FORM_LINE:
	case CM_VAULT_FORM_BYTES:
		return sizeof(guint32) + ((const CmVaultBytes *)member)->length;
	case CM_VAULT_FORM_LIST:
		for (guint i = 0; i < list->count; i++)
			length += cm_vault_layout_measure(
			    field->element, cm_vault_layout_get_item(field->element, list, i));
		return length;
	case CM_VAULT_FORM_NUMBER8:
	case CM_VAULT_FORM_NUMBER32:
	case CM_VAULT_FORM_NUMBER64:
	case CM_VAULT_FORM_BITS:
	case CM_VAULT_FORM_DATE:
	default:
		return number_size(field->form);
	}
}

gsize
cm_vault_layout_measure(const CmVaultLayout *layout, gconstpointer fields)
{
	gsize length = 0;

	for (guint i = 0; i < layout->n_fields; i++)
		length += measure_field(&layout->fields[i],
					(const guint8 *)fields + layout->fields[i].offset);
	return length;
}

static guint8 *
write_number(guint8 *octets, gsize size, guint64 number)
{
	for (gsize i = 0; i < size; i++)
		octets[i] = (guint8)(number >> (8 * i));
	return octets + size;
}

static guint64
get_number(const CmVaultField *field, gconstpointer member)
{
	gsize size = number_size(field->form);

	if (size == sizeof(guint64))
		return *(const guint64 *)member;
	return size == sizeof(guint32) ? *(const guint32 *)member : *(const guint8 *)member;
}

static guint8 *
write_octets(guint8 *octets, const guint8 *data, gsize length)
{
	if (data == NULL)
		memset(octets, 0, length);
	else if (length > 0)
		memcpy(octets, data, length);
	return octets + length;
}

static guint8 *
write_list(guint8 *octets, const CmVaultLayout *element, const CmVaultList *list)
{
	octets = write_number(octets, sizeof(guint32), list->count);
	for (guint i = 0; i < list->count; i++) {
		gconstpointer item = cm_vault_layout_get_item(element, list, i);

		cm_vault_layout_write(element, item, octets);
		octets += cm_vault_layout_measure(element, item);
	}
	return octets;
}

static guint8 *
write_field(guint8 *octets, const CmVaultField *field, gconstpointer member)
{
	const CmVaultBytes *bytes = member;

	switch (field->form) {
	case CM_VAULT_FORM_OCTETS:
		return write_octets(octets, *(const guint8 *const *)member, field->high);
	case CM_VAULT_FORM_TEXT:
	case CM_VAULT_FORM_LINE:
	case CM_VAULT_FORM_BYTES:
		octets = write_number(octets, sizeof(guint32), bytes->length);
		return write_octets(octets, bytes->data, bytes->length);
	case CM_VAULT_FORM_LIST:
		return write_list(octets, field->element, member);
	case CM_VAULT_FORM_NUMBER8:
	case CM_VAULT_FORM_NUMBER32:
	case CM_VAULT_FORM_NUMBER64:
	case CM_VAULT_FORM_BITS:
	case CM_VAULT_FORM_DATE:
	default:
		return write_number(octets, number_size(field->form), get_number(field, member));
	}
}

void
cm_vault_layout_write(const CmVaultLayout *layout, gconstpointer fields, guint8 *out_octets)
{
	for (guint i = 0; i < layout->n_fields; i++)
		out_octets = write_field(out_octets, &layout->fields[i],
					 (const guint8 *)fields + layout->fields[i].offset);
}
