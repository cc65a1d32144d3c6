// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/roster-numbers.h"

struct _CmRosterNumbers {
	GArray *numbers[CM_NUMBER_LAST];     /* gint64, by index */
	GHashTable *indices[CM_NUMBER_LAST]; /* number → index + 1 */
};

CmRosterNumbers *
cm_roster_numbers_new(void)
{
	CmRosterNumbers *numbers = g_new0(CmRosterNumbers, 1);

	for (guint i = 0; i < CM_NUMBER_LAST; i++) {
		numbers->numbers[i] = g_array_new(FALSE, FALSE, sizeof(gint64));
		numbers->indices[i] = g_hash_table_new(NULL, NULL);
	}
	return numbers;
}

void
cm_roster_numbers_free(CmRosterNumbers *numbers)
{
	if (numbers == NULL)
		return;
	for (guint i = 0; i < CM_NUMBER_LAST; i++) {
		g_array_unref(numbers->numbers[i]);
		g_hash_table_unref(numbers->indices[i]);
	}
	g_free(numbers);
}

void
cm_roster_numbers_add(CmRosterNumbers *numbers, CmNumberKind kind, gint64 number)
{
	g_return_if_fail(kind < CM_NUMBER_LAST && number > 0);
	g_array_append_val(numbers->numbers[kind], number);
	g_hash_table_insert(numbers->indices[kind], GSIZE_TO_POINTER((gsize)number),
			    GUINT_TO_POINTER(numbers->numbers[kind]->len));
}

gint64
cm_roster_numbers_get(const CmRosterNumbers *numbers, CmNumberKind kind, guint32 index)
{
	g_return_val_if_fail(kind < CM_NUMBER_LAST, 0);
	if (numbers == NULL || index >= numbers->numbers[kind]->len)
		return 0;
	return g_array_index(numbers->numbers[kind], gint64, index);
}

guint32
cm_roster_numbers_find(const CmRosterNumbers *numbers, CmNumberKind kind, gint64 number)
{
	gpointer found = NULL;

	g_return_val_if_fail(kind < CM_NUMBER_LAST, CM_NONE);
	if (numbers != NULL && number > 0)
		found =
		    g_hash_table_lookup(numbers->indices[kind], GSIZE_TO_POINTER((gsize)number));
	return found != NULL ? GPOINTER_TO_UINT(found) - 1 : CM_NONE;
}
