// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-part.h"

#include "daemon/roster/caseload-reader.h"

#include <glib/gi18n.h>
#include <stdlib.h>

CmCaseloadLoading *
cm_caseload_part_get_loading(CmJsonRead *read)
{
	return ((CmCaseloadTarget *)cm_json_read_get_data(read))->loading;
}

void
cm_caseload_part_stop_too_many(CmJsonRead *read)
{
	cm_json_read_fault(read, NULL, N_("there are too many of these in one document"), NULL);
	cm_json_read_stop(read);
}

/* `tag` is the CmCaseloadKind */
void
cm_caseload_part_append(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	if (!cm_caseload_loading_append(cm_caseload_part_get_loading(read),
					(CmCaseloadKind)shape->tag, record,
					cm_json_read_get_open_line(read)))
		cm_caseload_part_stop_too_many(read);
}

void
cm_caseload_part_begin_range(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	GArray *array = cm_caseload_loading_get_array(cm_caseload_part_get_loading(read),
						      (CmCaseloadKind)shape->tag);
	CmRange *range = record;

	range->first = array->len;
	range->count = 0;
}

void
cm_caseload_part_end_range(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	GArray *array = cm_caseload_loading_get_array(cm_caseload_part_get_loading(read),
						      (CmCaseloadKind)shape->tag);
	CmRange *range = record;

	range->count = array->len - range->first;
}

/* `tag` is the CmCaseloadKind that the id is of */
void
cm_caseload_part_take_id(CmJsonRead *read,
			 const CmJsonShape *shape,
			 gpointer place,
			 const CmJsonValue *value)
{
	*(const gchar **)place = value->text;
	if (!cm_caseload_loading_add_id(cm_caseload_part_get_loading(read),
					(CmCaseloadKind)shape->tag, value->text))
		cm_json_read_fault(read, NULL, N_("the id \"{0}\" stands twice"), value->text,
				   NULL);
}

guint32
cm_caseload_part_link(CmJsonRead *read, const CmCaseloadLink *link, const gchar *id, guint line)
{
	guint32 indices[3] = {0};
	guint32 index = CM_NONE;

	(void)cm_json_read_get_indices(read, indices, G_N_ELEMENTS(indices));
	if (!cm_caseload_loading_link(cm_caseload_part_get_loading(read), link, id, indices, line,
				      &index))
		cm_caseload_part_stop_too_many(read);
	return index;
}

/* `data` is the CmCaseloadLink */
void
cm_caseload_part_take_link(CmJsonRead *read,
			   const CmJsonShape *shape,
			   gpointer place,
			   const CmJsonValue *value)
{
	*(guint32 *)place =
	    cm_caseload_part_link(read, shape->data, value->text, cm_json_read_get_line(read));
}

/* an element of a list of references; `data` is the CmCaseloadLink */
void
cm_caseload_part_take_link_element(CmJsonRead *read,
				   const CmJsonShape *shape,
				   gpointer place,
				   const CmJsonValue *value)
{
	guint line = cm_json_read_get_line(read);
	guint32 index = cm_caseload_part_link(read, shape->data, value->text, line);

	if (!cm_caseload_loading_append(cm_caseload_part_get_loading(read),
					CM_CASELOAD_KIND_REFERENCE, &index, line))
		cm_caseload_part_stop_too_many(read);
}

void
cm_caseload_part_take_flag(CmJsonRead *read,
			   const CmJsonShape *shape,
			   gpointer place,
			   const CmJsonValue *value)
{
	guint8 flag = (guint8)(1u << value->integer);
	guint8 *flags = place;

	if ((*flags & flag) != 0)
		cm_json_read_fault(read, NULL, N_("\"{0}\" stands twice"),
				   shape->names[value->integer], NULL);
	*flags |= flag;
}

void
cm_caseload_part_begin_flags(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	*(guint8 *)record = 0;
}

void
cm_caseload_part_check_window(CmJsonRead *read, CmMinute from, CmMinute to)
{
	gchar from_text[CM_MINUTE_TEXT_SIZE];
	gchar to_text[CM_MINUTE_TEXT_SIZE];

	if (cm_json_read_is_faulty(read) || from < to)
		return;
	cm_json_read_fault(read, NULL, N_("expected a start before the end; {0} is not before {1}"),
			   cm_minute_format(from, from_text), cm_minute_format(to, to_text), NULL);
}

const CmJsonShape cm_caseload_part_date = {.kind = CM_JSON_DATE};
const CmJsonShape cm_caseload_part_time = {.kind = CM_JSON_TIME};
const CmJsonShape cm_caseload_part_name = {.kind = CM_JSON_TEXT,
					   .maximum = CM_CASELOAD_MAX_NAME_BYTES};
const CmJsonShape cm_caseload_part_word = {.kind = CM_JSON_TEXT,
					   .minimum = 1,
					   .maximum = CM_CASELOAD_MAX_ID_BYTES};

const CmJsonShape cm_caseload_part_cycle_day = {.kind = CM_JSON_INTEGER,
						.minimum = 1,
						.maximum = CM_CASELOAD_MAX_CYCLE_LENGTH,
						.size = sizeof(gint16)};

/* in the order of CmUse's bits */
const gchar *const cm_caseload_part_use_names[] = {"in-person", "video", NULL};
const gchar *const cm_caseload_part_mode_names[] = {"in-person", "video-school", "video-remote",
						    NULL};
G_STATIC_ASSERT(CM_MODE_IN_PERSON == 0 && CM_MODE_VIDEO_SCHOOL == 1 && CM_MODE_VIDEO_REMOTE == 2);

/* ---- hours ---- */

static void
window_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	const CmWindow *window = record;

	cm_caseload_part_check_window(read, window->from, window->to);
	if (shape->tag != CM_CASELOAD_KIND_LAST)
		cm_caseload_part_append(read, shape, record);
}

static gint
window_compare(gconstpointer a, gconstpointer b)
{
	return ((const CmWindow *)a)->from - ((const CmWindow *)b)->from;
}

static void
windows_end(CmJsonRead *read, const CmJsonShape *shape, gpointer record)
{
	GArray *array = cm_caseload_part_get_loading(read)->caseload->windows;
	CmRange *range = record;
	CmWindow *windows;

	cm_caseload_part_end_range(read, shape, record);
	if (range->count < 2 || cm_json_read_is_faulty(read))
		return;
	windows = CM_ELEMENT(array, CmWindow, range->first);
	qsort(windows, range->count, sizeof(CmWindow), window_compare);
	for (guint i = 1; i < range->count; i++) {
		gchar first[CM_MINUTE_TEXT_SIZE];
		gchar second[CM_MINUTE_TEXT_SIZE];

		if (windows[i].from >= windows[i - 1].to)
			continue;
		cm_json_read_fault(
		    read, NULL,
		    N_("expected windows that do not overlap; those from {0} and {1} do"),
		    cm_minute_format(windows[i - 1].from, first),
		    cm_minute_format(windows[i].from, second), NULL);
	}
}

const CmJsonShape cm_caseload_part_opening = {
    .kind = CM_JSON_TUPLE,
    .maximum = 2,
    .size = sizeof(CmWindow),
    .element = &cm_caseload_part_time,
    .end = window_end,
    .tag = CM_CASELOAD_KIND_LAST,
};
static const CmJsonShape window_shape = {
    .kind = CM_JSON_TUPLE,
    .maximum = 2,
    .size = sizeof(CmWindow),
    .element = &cm_caseload_part_time,
    .end = window_end,
    .tag = CM_CASELOAD_KIND_WINDOW,
};
static const CmJsonShape windows_shape = {
    .kind = CM_JSON_LIST,
    .maximum = CM_CASELOAD_MAX_DAY_WINDOWS,
    .element = &window_shape,
    .begin = cm_caseload_part_begin_range,
    .end = windows_end,
    .tag = CM_CASELOAD_KIND_WINDOW,
};

#define HOURS_MEMBER(name_, day_)                                                                  \
	{                                                                                          \
		name_, CM_JSON_OPTIONAL, (day_) * sizeof(CmRange), &windows_shape                  \
	}

static const CmJsonMember hours_members[] = {
    HOURS_MEMBER("mon", 0), HOURS_MEMBER("tue", 1), HOURS_MEMBER("wed", 2), HOURS_MEMBER("thu", 3),
    HOURS_MEMBER("fri", 4), HOURS_MEMBER("sat", 5), HOURS_MEMBER("sun", 6), {NULL},
};
const CmJsonShape cm_caseload_part_hours = {.kind = CM_JSON_OBJECT,
					    .size = sizeof(CmWeekHours),
					    .members = hours_members};
