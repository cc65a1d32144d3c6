// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/roster-numbers.h"

struct _CmRosterNumbers {
	GArray *numbers[CM_NUMBER_LAST];     /* gint64, by index */
	GHashTable *indices[CM_NUMBER_LAST]; /* number → index + 1 */
};

static const GArray *
get_things(const CmCaseload *caseload, CmNumberKind kind, gsize *out_size)
{
	const struct {
		const GArray *things;
		gsize size;
	} arrays[CM_NUMBER_LAST] = {
	    [CM_NUMBER_PROFESSIONAL] = {caseload->professionals, sizeof(CmProfessional)},
	    [CM_NUMBER_STUDENT] = {caseload->students, sizeof(CmStudent)},
	    [CM_NUMBER_CONTACT] = {caseload->contacts, sizeof(CmContact)},
	    [CM_NUMBER_ROOM] = {caseload->rooms, sizeof(CmRoom)},
	    [CM_NUMBER_COMPANION] = {caseload->companions, sizeof(CmCompanion)},
	    [CM_NUMBER_SITE] = {caseload->sites, sizeof(CmSite)},
	    [CM_NUMBER_FOLLOWUP] = {caseload->followups, sizeof(CmFollowup)},
	    [CM_NUMBER_SESSION] = {caseload->sessions, sizeof(CmSession)},
	    [CM_NUMBER_CALENDAR] = {caseload->calendars, sizeof(CmCalendar)},
	};

	*out_size = arrays[kind].size;
	return arrays[kind].things;
}

guint
cm_roster_numbers_count_things(const CmCaseload *caseload, CmNumberKind kind)
{
	gsize size = 0;

	return get_things(caseload, kind, &size)->len;
}

const gchar *
cm_roster_numbers_get_id(const CmCaseload *caseload, CmNumberKind kind, guint index)
{
	gsize size = 0;
	const GArray *things = get_things(caseload, kind, &size);

	g_return_val_if_fail(index < things->len, NULL);
	/* each of the structures starts with its id */
	return *(const gchar *const *)(gconstpointer)(things->data + index * size);
}

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
