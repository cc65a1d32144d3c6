// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/json-shape.h"

#include "daemon/roster/json-path.h"
#include "daemon/roster/json-source.h"
#include "daemon/roster/json-value.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#define MAX_RECORD 192 /* bytes; checked when a record is opened */

typedef struct {
	const CmJsonShape *shape;
	const CmJsonMember *member; /* of an object: whose value is next; NULL: passed over */
	const gchar *key;           /* of a map */
	guint64 seen;               /* bits of an object's members */
	guint32 index;              /* of the next value */
	guint line;
	guint faults_before;
	gboolean skip; /* of a map: the next value is passed over */
	guint8 *record;
	union {
		guint64 aligned;
		guint8 bytes[MAX_RECORD];
	} own;
} Frame;

struct _CmJsonRead {
	const CmJsonShape *root;
	gpointer user_data;
	GStringChunk *strings;
	CmFaults *faults;
	CmJsonSource *source;
	yajl_handle handle;
	guint line;
	guint64 events;
	guint ignored; /* objects and lists open that nobody wants */
	guint depth;   /* frames open */
	gboolean root_read;
	gboolean at_step; /* the innermost frame's own position is not a part of the path */
	gboolean stopped;
	Frame frames[CM_JSON_MAX_DEPTH];
};

gpointer
cm_json_read_get_data(const CmJsonRead *read)
{
	return read->user_data;
}

guint
cm_json_read_get_line(const CmJsonRead *read)
{
	return read->line;
}

guint
cm_json_read_get_open_line(const CmJsonRead *read)
{
	return read->depth > 0 ? read->frames[read->depth - 1].line : read->line;
}

gboolean
cm_json_read_is_faulty(const CmJsonRead *read)
{
	return read->depth > 0 &&
	       cm_faults_get_total(read->faults) > read->frames[read->depth - 1].faults_before;
}

guint
cm_json_read_get_indices(const CmJsonRead *read, guint32 *out_indices, guint count)
{
	guint found = 0;

	for (guint i = 0; i < read->depth; i++) {
		CmJsonKind kind = read->frames[i].shape->kind;

		if (kind != CM_JSON_LIST && kind != CM_JSON_TUPLE)
			continue;
		if (found < count)
			out_indices[found] = read->frames[i].index;
		found++;
	}
	return found;
}

const gchar *
cm_json_read_get_key(const CmJsonRead *read, guint up)
{
	for (guint i = read->depth; i > 0; i--) {
		const Frame *frame = &read->frames[i - 1];

		if (frame->shape->kind != CM_JSON_MAP)
			continue;
		if (up == 0)
			return frame->key != NULL ? frame->key : "";
		up--;
	}
	return "";
}

void
cm_json_read_stop(CmJsonRead *read)
{
	read->stopped = TRUE;
}

static gchar *
read_build_path(const CmJsonRead *read, const gchar *member)
{
	g_autoptr(GString) path = g_string_new("$");
	guint depth = read->depth - (read->at_step && read->depth > 0 ? 1 : 0);

	for (guint i = 0; i < depth; i++) {
		const Frame *frame = &read->frames[i];

		if (frame->shape->kind == CM_JSON_OBJECT) {
			if (frame->member != NULL)
				cm_json_path_append_key(path, frame->member->name);
		} else if (frame->shape->kind == CM_JSON_MAP) {
			if (frame->key != NULL)
				cm_json_path_append_key(path, frame->key);
		} else {
			g_string_append_printf(path, "[%u]", frame->index);
		}
	}
	if (member != NULL)
		cm_json_path_append_key(path, member);
	return g_string_free(g_steal_pointer(&path), FALSE);
}

void
cm_json_read_fault(CmJsonRead *read, const gchar *member, const gchar *format, ...)
{
	const gchar *arguments[10] = {NULL};
	g_autofree gchar *message = NULL;
	g_autofree gchar *path = NULL;
	va_list list;

	/* beyond what is kept they are only counted: don't pay for their text */
	if (cm_faults_get_kept(read->faults) >= CM_FAULTS_MAX) {
		cm_faults_add_message(read->faults, NULL, 0, NULL, "");
		return;
	}
	va_start(list, format);
	for (guint i = 0; i + 1 < G_N_ELEMENTS(arguments); i++) {
		arguments[i] = va_arg(list, const gchar *);
		if (arguments[i] == NULL)
			break;
	}
	va_end(list);
	message = cm_message_new_strv(format, arguments);
	path = read_build_path(read, member);
	cm_faults_add_message(read->faults, NULL, read->line, path, message);
}

static void
fault_with_range(CmJsonRead *read, const gchar *format, gint64 minimum, gint64 maximum)
{
	gchar low[24];
	gchar high[24];

	g_snprintf(low, sizeof(low), "%" G_GINT64_FORMAT, minimum);
	g_snprintf(high, sizeof(high), "%" G_GINT64_FORMAT, maximum);
	cm_json_read_fault(read, NULL, format, low, high, NULL);
}

static void
fault_with_names(CmJsonRead *read, const CmJsonShape *shape)
{
	g_autofree gchar *names = g_strjoinv(", ", (gchar **)shape->names);

	cm_json_read_fault(read, NULL,
			   shape->nullable ? N_("expected one of {0}, or null")
					   : N_("expected one of {0}"),
			   names, NULL);
}

/* the value is not what the shape asks for: say what that is */
static void
fault_expected(CmJsonRead *read, const CmJsonShape *shape)
{
	static const gchar *const texts[] = {
	    [CM_JSON_TEXT] =
		N_("expected a text of {0} to {1} bytes, in UTF-8, without control characters"),
	    [CM_JSON_INTEGER] = N_("expected a whole number from {0} to {1}"),
	    [CM_JSON_NUMBER] = N_("expected a number from {0} to {1}"),
	    [CM_JSON_BOOLEAN] = N_("expected true or false"),
	    [CM_JSON_DATE] = N_("expected a date that exists, as \"2026-08-31\""),
	    [CM_JSON_TIME] = N_("expected a time from \"00:00\" to \"23:59\", as \"08:30\""),
	    [CM_JSON_ENUM] = "",
	    [CM_JSON_OBJECT] = N_("expected an object"),
	    [CM_JSON_TUPLE] = N_("expected a list of exactly {1} values"),
	    [CM_JSON_LIST] = N_("expected a list of {0} to {1} values"),
	    [CM_JSON_MAP] = N_("expected an object of at most {1} members"),
	};

	if (shape->kind == CM_JSON_ENUM)
		fault_with_names(read, shape);
	else
		fault_with_range(read, texts[shape->kind], shape->minimum, shape->maximum);
}

/* What is expected next, or NULL when the next value is to be passed over. */
static const CmJsonShape *
read_next_shape(CmJsonRead *read)
{
	Frame *top;

	if (read->depth == 0)
		return read->root_read ? NULL : read->root;
	top = &read->frames[read->depth - 1];
	if (top->shape->kind == CM_JSON_OBJECT)
		return top->member != NULL ? top->member->shape : NULL;
	if (top->shape->kind == CM_JSON_MAP)
		return top->skip ? NULL : top->shape->element;
	if (top->index < top->shape->maximum)
		return top->shape->element;
	/* once a list, not once an element; a tuple says it when it closes */
	if (top->index == top->shape->maximum && top->shape->kind == CM_JSON_LIST)
		fault_with_range(read, N_("expected a list of {0} to {1} values"),
				 top->shape->minimum, top->shape->maximum);
	return NULL;
}

/* where the next value goes */
static gpointer
read_next_place(CmJsonRead *read)
{
	Frame *top;

	if (read->depth == 0)
		return NULL;
	top = &read->frames[read->depth - 1];
	if (top->shape->kind == CM_JSON_OBJECT)
		return top->record + top->member->offset;
	if (top->shape->kind == CM_JSON_TUPLE)
		return top->record + top->index * cm_json_value_get_size(top->shape->element);
	return top->record;
}

static void
read_advance(CmJsonRead *read)
{
	Frame *top;

	if (read->depth == 0) {
		read->root_read = TRUE;
		return;
	}
	top = &read->frames[read->depth - 1];
	top->index++;
	top->member = NULL;
	top->key = NULL;
}

/* an object stands in a list for an element of an array: what is there instead must count as one
 * too */
static void
read_fill_blank(CmJsonRead *read, const CmJsonShape *shape)
{
	union {
		guint64 aligned;
		guint8 bytes[MAX_RECORD];
	} record = {0};
	const Frame *top = read->depth > 0 ? &read->frames[read->depth - 1] : NULL;

	if (shape->kind != CM_JSON_OBJECT || top == NULL || top->shape->kind != CM_JSON_LIST)
		return;
	if (shape->begin != NULL)
		shape->begin(read, shape, record.bytes);
	if (shape->end != NULL)
		shape->end(read, shape, record.bytes);
}

static gboolean
read_begin_event(CmJsonRead *read)
{
	read->events++;
	read->line = cm_json_source_get_line(read->source, yajl_get_bytes_consumed(read->handle));
	return read->ignored == 0;
}

static void
read_scalar(CmJsonRead *read, CmJsonValueConvert convert, const gchar *text, gsize length)
{
	const CmJsonShape *shape = read_next_shape(read);
	CmJsonValue value = {0};

	if (shape != NULL && !(convert == NULL && shape->nullable)) {
		if (convert == NULL || !convert(read->strings, shape, text, length, &value)) {
			fault_expected(read, shape);
			read_fill_blank(read, shape);
		} else if (shape->take != NULL) {
			shape->take(read, shape, read_next_place(read), &value);
		} else {
			cm_json_value_store(shape, read_next_place(read), &value);
		}
	}
	read_advance(read);
}

static int
on_null(void *context)
{
	CmJsonRead *read = context;

	if (read_begin_event(read))
		read_scalar(read, NULL, NULL, 0);
	return !read->stopped;
}

static int
on_boolean(void *context, int boolean)
{
	CmJsonRead *read = context;

	if (read_begin_event(read))
		read_scalar(read, cm_json_value_convert_boolean, "", boolean ? 1 : 0);
	return !read->stopped;
}

static int
on_number(void *context, const char *text, size_t length)
{
	CmJsonRead *read = context;

	if (read_begin_event(read))
		read_scalar(read, cm_json_value_convert_number, text, length);
	return !read->stopped;
}

static int
on_string(void *context, const unsigned char *text, size_t length)
{
	CmJsonRead *read = context;

	if (read_begin_event(read))
		read_scalar(read, cm_json_value_convert_text, (const gchar *)text, length);
	return !read->stopped;
}

/* a member's bit in Frame.seen, or -1 */
static gint
find_member(const CmJsonMember *members, guint start, const gchar *key, gsize length)
{
	guint count = 0;

	/* documents are written in the tables' order: look there first */
	for (guint i = 0; i < start && members[i].name != NULL; i++)
		count = i + 1;
	for (guint i = count; members[i].name != NULL; i++) {
		if (strlen(members[i].name) == length && memcmp(members[i].name, key, length) == 0)
			return (gint)i;
	}
	for (guint i = 0; i < count; i++) {
		if (strlen(members[i].name) == length && memcmp(members[i].name, key, length) == 0)
			return (gint)i;
	}
	return -1;
}

static void
read_object_key(CmJsonRead *read, Frame *top, const gchar *key, gsize length)
{
	gint found = find_member(top->shape->members, top->index, key, length);
	guint64 bit;

	top->member = NULL;
	if (found < 0)
		return;
	g_return_if_fail(found < CM_JSON_MAX_MEMBERS);
	bit = G_GUINT64_CONSTANT(1) << found;
	top->member = &top->shape->members[found];
	if ((top->seen & bit) != 0) {
		cm_json_read_fault(read, NULL, N_("this member stands twice"), NULL);
		top->member = NULL;
	}
	top->seen |= bit;
}

static void
read_map_key(CmJsonRead *read, Frame *top, const gchar *key, gsize length)
{
	gchar copy[CM_JSON_MAX_TEXT + 1];

	top->skip = TRUE;
	if (top->index >= top->shape->maximum) {
		if (top->index == top->shape->maximum)
			fault_expected(read, top->shape);
		return;
	}
	if (length == 0 || length > CM_JSON_MAX_TEXT || !cm_json_value_is_clean_text(key, length)) {
		fault_with_range(read,
				 N_("expected a member whose name has {0} to {1} bytes, in UTF-8, "
				    "without control characters"),
				 1, CM_JSON_MAX_TEXT);
		return;
	}
	memcpy(copy, key, length);
	copy[length] = '\0';
	top->key = g_string_chunk_insert_const(read->strings, copy);
	top->skip = FALSE;
}

static int
on_key(void *context, const unsigned char *key, size_t length)
{
	CmJsonRead *read = context;
	Frame *top;

	if (!read_begin_event(read))
		return !read->stopped;
	top = &read->frames[read->depth - 1];
	if (top->shape->kind == CM_JSON_OBJECT)
		read_object_key(read, top, (const gchar *)key, length);
	else
		read_map_key(read, top, (const gchar *)key, length);
	return !read->stopped;
}

static void
read_push(CmJsonRead *read, const CmJsonShape *shape)
{
	const Frame *around = read->depth > 0 ? &read->frames[read->depth - 1] : NULL;
	gpointer place = around != NULL ? read_next_place(read) : NULL;
	Frame *frame = &read->frames[read->depth];
	gboolean has_record = shape->kind == CM_JSON_OBJECT || shape->kind == CM_JSON_TUPLE;

	g_return_if_fail(shape->size <= MAX_RECORD);
	memset(frame, 0, sizeof(*frame));
	frame->shape = shape;
	frame->line = read->line;
	frame->faults_before = cm_faults_get_total(read->faults);
	/* a member's record stands inside the record around it; an element's is its own */
	if (around == NULL || (has_record && around->shape->kind != CM_JSON_OBJECT))
		frame->record = frame->own.bytes;
	else
		frame->record = place;
	read->depth++;
	if (shape->begin != NULL) {
		read->at_step = TRUE;
		shape->begin(read, shape, frame->record);
		read->at_step = FALSE;
	}
}

static int
read_open(CmJsonRead *read, gboolean is_object)
{
	const CmJsonShape *shape;

	if (read->depth + read->ignored >= CM_JSON_MAX_DEPTH) {
		fault_with_range(read, N_("objects and lists are nested deeper than {1}"), 0,
				 CM_JSON_MAX_DEPTH);
		read->stopped = TRUE;
		return 0;
	}
	if (read->ignored > 0) {
		read->ignored++;
		return !read->stopped;
	}
	shape = read_next_shape(read);
	if (shape != NULL &&
	    (is_object ? shape->kind == CM_JSON_OBJECT || shape->kind == CM_JSON_MAP
		       : shape->kind == CM_JSON_LIST || shape->kind == CM_JSON_TUPLE)) {
		read_push(read, shape);
		return !read->stopped;
	}
	if (shape != NULL) {
		fault_expected(read, shape);
		read_fill_blank(read, shape);
	}
	read->ignored = 1;
	return !read->stopped;
}

static int
on_start_map(void *context)
{
	CmJsonRead *read = context;

	(void)read_begin_event(read);
	return read_open(read, TRUE);
}

static int
on_start_array(void *context)
{
	CmJsonRead *read = context;

	(void)read_begin_event(read);
	return read_open(read, FALSE);
}

static void
check_complete(CmJsonRead *read, const Frame *frame)
{
	const CmJsonShape *shape = frame->shape;

	if (shape->kind == CM_JSON_OBJECT) {
		for (guint i = 0; shape->members[i].name != NULL; i++) {
			if (shape->members[i].need == CM_JSON_REQUIRED &&
			    (frame->seen & (G_GUINT64_CONSTANT(1) << i)) == 0)
				cm_json_read_fault(read, shape->members[i].name,
						   N_("this member is missing"), NULL);
		}
	} else if (shape->kind == CM_JSON_TUPLE && frame->index != shape->maximum) {
		fault_expected(read, shape);
	} else if (shape->kind == CM_JSON_LIST && frame->index < shape->minimum) {
		fault_expected(read, shape);
	}
}

static int
on_end(void *context)
{
	CmJsonRead *read = context;
	Frame *top;

	if (!read_begin_event(read)) {
		read->ignored--;
	} else {
		top = &read->frames[read->depth - 1];
		read->at_step = TRUE;
		check_complete(read, top);
		if (top->shape->end != NULL)
			top->shape->end(read, top->shape, top->record);
		read->at_step = FALSE;
		read->depth--;
	}
	if (read->ignored == 0)
		read_advance(read);
	return !read->stopped;
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_start_map,
    .yajl_map_key = on_key,
    .yajl_end_map = on_end,
    .yajl_start_array = on_start_array,
    .yajl_end_array = on_end,
};

/* the JSON itself is wrong: say so as well as yajl knows */
static void
fault_broken(CmJsonRead *read)
{
	guchar *text = yajl_get_error(read->handle, 0, NULL, 0);
	g_autofree gchar *reason = g_strchomp(g_strdup((const gchar *)text));

	yajl_free_error(read->handle, text);
	if (strstr(reason, "premature EOF") != NULL)
		cm_json_read_fault(read, NULL, N_("the document ends before it is complete"), NULL);
	else if (strstr(reason, "trailing garbage") != NULL)
		cm_json_read_fault(read, NULL,
				   N_("something follows after the end of the document"), NULL);
	else if (strstr(reason, "UTF8") != NULL)
		cm_json_read_fault(read, NULL, N_("this is not UTF-8"), NULL);
	else
		cm_json_read_fault(read, NULL, N_("this is not JSON ({0})"), reason, NULL);
}

static gboolean
read_feed(CmJsonRead *read, const guint8 *bytes, gsize length, gsize *silent)
{
	guint64 before = read->events;
	yajl_status status = yajl_parse(read->handle, bytes, length);

	if (status == yajl_status_error) {
		read->line =
		    cm_json_source_get_line(read->source, yajl_get_bytes_consumed(read->handle));
		fault_broken(read);
	}
	if (status != yajl_status_ok)
		return FALSE;
	*silent = read->events == before ? *silent + length : 0;
	if (*silent <= CM_JSON_MAX_TOKEN)
		return TRUE;
	/* yajl keeps an unfinished text whole in memory */
	fault_with_range(read, N_("a value is longer than {1} bytes"), 0, CM_JSON_MAX_TOKEN);
	return FALSE;
}

static gboolean
read_run(CmJsonRead *read, GCancellable *cancellable, GError **error)
{
	const guint8 *bytes = NULL;
	gsize length = 0;
	gsize silent = 0;

	do {
		if (!cm_json_source_fill(read->source, cancellable, &bytes, &length, error))
			return FALSE;
		if (length > 0 && !read_feed(read, bytes, length, &silent))
			return TRUE;
	} while (length > 0);
	if (yajl_complete_parse(read->handle) == yajl_status_error)
		fault_broken(read);
	return TRUE;
}

gboolean
cm_json_shape_read_fd(const CmJsonShape *root,
		      gpointer user_data,
		      GStringChunk *strings,
		      int fd,
		      CmFaults *faults,
		      GCancellable *cancellable,
		      GError **error)
{
	g_autoptr(CmJsonSource) source = cm_json_source_new(fd);
	g_autofree CmJsonRead *read = g_new0(CmJsonRead, 1);
	gboolean read_all;

	read->root = root;
	read->user_data = user_data;
	read->strings = strings;
	read->faults = faults;
	read->source = source;
	read->line = 1;
	read->handle = yajl_alloc(&callbacks, NULL, read);
	read_all = read_run(read, cancellable, error);
	yajl_free(read->handle);
	return read_all;
}
