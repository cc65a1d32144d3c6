// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-loading.h"

#include <glib/gi18n.h>

typedef struct {
	const CmCaseloadLink *link;
	const gchar *id;
	guint32 element;
	guint32 line;
	guint32 indices[3];
} Unresolved;

typedef struct {
	gsize offset; /* of the array in CmCaseload */
	gsize size;   /* of an element */
	guint maximum;
	gboolean has_lines;
} Kind;

#define KIND(member, type, maximum, has_lines)                                                     \
	{                                                                                          \
		offsetof(CmCaseload, member), sizeof(type), maximum, has_lines                     \
	}

static const Kind kinds[CM_CASELOAD_KIND_LAST] = {
    [CM_CASELOAD_KIND_CALENDAR] = KIND(calendars, CmCalendar, CM_CASELOAD_MAX_CALENDARS, TRUE),
    [CM_CASELOAD_KIND_SITE] = KIND(sites, CmSite, CM_CASELOAD_MAX_SITES, TRUE),
    [CM_CASELOAD_KIND_ROOM] = KIND(rooms, CmRoom, CM_CASELOAD_MAX_ROOMS, TRUE),
    [CM_CASELOAD_KIND_COMPANION] = KIND(companions, CmCompanion, CM_CASELOAD_MAX_COMPANIONS, TRUE),
    [CM_CASELOAD_KIND_PROFESSIONAL] =
	KIND(professionals, CmProfessional, CM_CASELOAD_MAX_PROFESSIONALS, TRUE),
    [CM_CASELOAD_KIND_STUDENT] = KIND(students, CmStudent, CM_CASELOAD_MAX_STUDENTS, TRUE),
    [CM_CASELOAD_KIND_CONTACT] = KIND(contacts, CmContact, CM_CASELOAD_MAX_CONTACTS, TRUE),
    [CM_CASELOAD_KIND_FOLLOWUP] = KIND(followups, CmFollowup, CM_CASELOAD_MAX_FOLLOWUPS, TRUE),
    [CM_CASELOAD_KIND_SESSION] = KIND(sessions, CmSession, CM_CASELOAD_MAX_SESSIONS, TRUE),
    [CM_CASELOAD_KIND_BUSY] = KIND(busy, CmBusy, CM_CASELOAD_MAX_BUSY, TRUE),
    [CM_CASELOAD_KIND_PREVIOUS] = KIND(previous, CmPlacement, CM_CASELOAD_MAX_SESSIONS, TRUE),
    [CM_CASELOAD_KIND_WINDOW] = KIND(windows, CmWindow, CM_CASELOAD_MAX_OTHERS, FALSE),
    [CM_CASELOAD_KIND_CALENDAR_DAY] =
	KIND(calendar_days, CmCalendarDay, CM_CASELOAD_MAX_OTHERS, TRUE),
    [CM_CASELOAD_KIND_ABSENCE] = KIND(absences, CmAbsence, CM_CASELOAD_MAX_OTHERS, FALSE),
    [CM_CASELOAD_KIND_CYCLE_WINDOW] =
	KIND(cycle_windows, CmCycleWindow, CM_CASELOAD_MAX_OTHERS, TRUE),
    [CM_CASELOAD_KIND_REFERENCE] = KIND(references, guint32, CM_CASELOAD_MAX_OTHERS, TRUE),
};

CmCaseloadLoading *
cm_caseload_loading_new(CmCaseload *caseload, CmFaults *faults)
{
	CmCaseloadLoading *loading = g_new0(CmCaseloadLoading, 1);

	loading->caseload = caseload;
	loading->faults = faults;
	/* equal ids are one string: their addresses are compared */
	for (guint i = 0; i < G_N_ELEMENTS(loading->ids); i++)
		loading->ids[i] = g_hash_table_new(g_direct_hash, g_direct_equal);
	for (guint i = 0; i < G_N_ELEMENTS(loading->lines); i++)
		loading->lines[i] = g_array_new(FALSE, FALSE, sizeof(guint32));
	loading->unresolved = g_array_new(FALSE, FALSE, sizeof(Unresolved));
	loading->legs = g_array_new(FALSE, FALSE, sizeof(CmCaseloadLeg));
	return loading;
}

void
cm_caseload_loading_free(CmCaseloadLoading *loading)
{
	for (guint i = 0; i < G_N_ELEMENTS(loading->ids); i++)
		g_hash_table_unref(loading->ids[i]);
	for (guint i = 0; i < G_N_ELEMENTS(loading->lines); i++)
		g_array_unref(loading->lines[i]);
	g_array_unref(loading->unresolved);
	g_array_unref(loading->legs);
	g_free(loading);
}

GArray *
cm_caseload_loading_get_array(const CmCaseloadLoading *loading, CmCaseloadKind kind)
{
	return *(GArray **)((guint8 *)loading->caseload + kinds[kind].offset);
}

gboolean
cm_caseload_loading_append(CmCaseloadLoading *loading,
			   CmCaseloadKind kind,
			   gconstpointer element,
			   guint line)
{
	GArray *array = cm_caseload_loading_get_array(loading, kind);
	guint32 kept = line;

	if (array->len >= kinds[kind].maximum)
		return FALSE;
	g_array_append_vals(array, element, 1);
	if (kinds[kind].has_lines)
		g_array_append_val(loading->lines[kind], kept);
	return TRUE;
}

gboolean
cm_caseload_loading_add_id(CmCaseloadLoading *loading, CmCaseloadKind kind, const gchar *id)
{
	guint index = cm_caseload_loading_get_array(loading, kind)->len;

	if (g_hash_table_contains(loading->ids[kind], id))
		return FALSE;
	g_hash_table_insert(loading->ids[kind], (gpointer)id, GUINT_TO_POINTER(index + 1));
	return TRUE;
}

guint32
cm_caseload_loading_find(const CmCaseloadLoading *loading, CmCaseloadKind kind, const gchar *id)
{
	gpointer found = g_hash_table_lookup(loading->ids[kind], id);

	return found != NULL ? GPOINTER_TO_UINT(found) - 1 : CM_NONE;
}

gboolean
cm_caseload_loading_link(CmCaseloadLoading *loading,
			 const CmCaseloadLink *link,
			 const gchar *id,
			 const guint32 indices[3],
			 guint line,
			 guint32 *out_index)
{
	Unresolved unresolved = {.link = link, .id = id, .line = line};

	*out_index = cm_caseload_loading_find(loading, link->target, id);
	if (*out_index != CM_NONE)
		return TRUE;
	if (loading->unresolved->len >= CM_CASELOAD_MAX_UNRESOLVED)
		return FALSE;
	unresolved.element = cm_caseload_loading_get_array(loading, link->kind)->len;
	for (guint i = 0; i < 3; i++)
		unresolved.indices[i] = indices[i];
	g_array_append_val(loading->unresolved, unresolved);
	return TRUE;
}

gchar *
cm_caseload_loading_make_path(const gchar *place, const guint32 *indices)
{
	g_autoptr(GString) path = g_string_new(NULL);

	for (const gchar *p = place; *p != '\0'; p++) {
		if (*p == '#')
			g_string_append_printf(path, "%u", *indices++);
		else
			g_string_append_c(path, *p);
	}
	return g_string_free(g_steal_pointer(&path), FALSE);
}

/* What refers to a person is not quoted: it may be a code that tells a name and a birth date, or the name itself, and the fault
 * crosses the bus. Its place says which it is. */
static void
fault_nowhere(CmCaseloadLoading *loading, const Unresolved *unresolved)
{
	static const struct {
		const gchar *text;
		gboolean quoted;
	} faults[] = {
	    [CM_CASELOAD_KIND_CALENDAR] = {N_("there is no calendar \"{0}\""), TRUE},
	    [CM_CASELOAD_KIND_SITE] = {N_("there is no site \"{0}\""), TRUE},
	    [CM_CASELOAD_KIND_ROOM] = {N_("there is no room \"{0}\""), TRUE},
	    [CM_CASELOAD_KIND_COMPANION] = {N_("no companion has this id"), FALSE},
	    [CM_CASELOAD_KIND_PROFESSIONAL] = {N_("no professional has this id"), FALSE},
	    [CM_CASELOAD_KIND_STUDENT] = {N_("no student has this id"), FALSE},
	    [CM_CASELOAD_KIND_CONTACT] = {N_("no contact has this id"), FALSE},
	    [CM_CASELOAD_KIND_FOLLOWUP] = {N_("there is no follow-up \"{0}\""), TRUE},
	    [CM_CASELOAD_KIND_SESSION] = {N_("there is no session \"{0}\""), TRUE},
	};
	CmCaseloadKind target = unresolved->link->target;
	g_autofree gchar *path =
	    cm_caseload_loading_make_path(unresolved->link->place, unresolved->indices);

	cm_faults_add(loading->faults, NULL, unresolved->line, path, faults[target].text,
		      faults[target].quoted ? unresolved->id : NULL, NULL);
}

void
cm_caseload_loading_resolve(CmCaseloadLoading *loading)
{
	for (guint i = 0; i < loading->unresolved->len; i++) {
		const Unresolved *unresolved = CM_ELEMENT(loading->unresolved, Unresolved, i);
		const CmCaseloadLink *link = unresolved->link;
		GArray *array = cm_caseload_loading_get_array(loading, link->kind);
		guint32 found = cm_caseload_loading_find(loading, link->target, unresolved->id);
		guint8 *element;

		if (found == CM_NONE) {
			fault_nowhere(loading, unresolved);
			continue;
		}
		/* the reading may have ended before the element was complete */
		if (unresolved->element >= array->len)
			continue;
		element = (guint8 *)array->data + unresolved->element * kinds[link->kind].size;
		*(guint32 *)(element + link->offset) = found;
	}
	g_array_set_size(loading->unresolved, 0);
}

guint
cm_caseload_loading_get_line(const CmCaseloadLoading *loading, CmCaseloadKind kind, guint32 index)
{
	const GArray *lines = loading->lines[kind];

	return index < lines->len ? g_array_index(lines, guint32, index) : 0;
}
