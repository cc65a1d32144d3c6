// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/view-json.h"

#include <string.h>
#include <yajl/yajl_parse.h>

#define DEPTH_MAX 15

struct _CmViewJson {
	CmViewJsonValue *values; /* the first holds the root, as an array would */
	guint count;
	gchar *texts;
	gsize used;
};

typedef struct {
	CmViewJson *json;
	gsize room; /* of texts */
	guint most; /* of depth */
	guint depth;
	CmViewJsonValue *open[DEPTH_MAX + 1]; /* what is open, the outermost first */
	CmViewJsonValue *last[DEPTH_MAX + 1]; /* the last in each; NULL: none yet */
	const gchar *name;                    /* of the member whose value is next */
} Reading;

/* before each value but the root stands one of these, whatever else they stand in */
static gsize
count_values(const gchar *text, gsize length)
{
	gsize count = 1;

	for (gsize i = 0; i < length; i++)
		count += text[i] == ',' || text[i] == '[' || text[i] == '{';
	return count;
}

static CmViewJsonValue *
add_value(Reading *reading, CmViewJsonKind kind)
{
	CmViewJson *json = reading->json;
	CmViewJsonValue *parent = reading->open[reading->depth];
	CmViewJsonValue *beside = reading->last[reading->depth];
	CmViewJsonValue *value = &json->values[json->count];

	json->count++;
	*value = (CmViewJsonValue){.kind = kind, .name = reading->name};
	parent->count++;
	if (beside == NULL)
		parent->first = value;
	else
		beside->next = value;
	reading->last[reading->depth] = value;
	reading->name = NULL;
	return value;
}

/* NULL: what \u wrote is no text. As it stands between its two quotation marks it is longer than it is here with its end, so there is room. */
static const gchar *
keep_text(Reading *reading, const guchar *text, gsize length)
{
	CmViewJson *json = reading->json;
	gchar *kept = json->texts + json->used;

	if (length >= reading->room - json->used ||
	    !g_utf8_validate_len((const gchar *)text, length, NULL))
		return NULL;
	memcpy(kept, text, length);
	kept[length] = '\0';
	json->used += length + 1;
	return kept;
}

/* ---- what yajl calls; 0 ends it */

static int
on_null(void *data)
{
	(void)add_value(data, CM_VIEW_JSON_NULL);
	return 1;
}

static int
on_flag(void *data, int flag)
{
	add_value(data, CM_VIEW_JSON_FLAG)->integer = flag != 0;
	return 1;
}

static int
on_integer(void *data, long long integer)
{
	add_value(data, CM_VIEW_JSON_INTEGER)->integer = integer;
	return 1;
}

static int
on_real(void *data, double real)
{
	(void)add_value(data, CM_VIEW_JSON_REAL);
	return 1;
}

static int
on_text(void *data, const unsigned char *text, size_t length)
{
	CmViewJsonValue *value = add_value(data, CM_VIEW_JSON_TEXT);

	value->text = keep_text(data, text, length);
	return value->text != NULL;
}

static int
on_name(void *data, const unsigned char *text, size_t length)
{
	Reading *reading = data;

	reading->name = keep_text(reading, text, length);
	return reading->name != NULL;
}

static int
begin(Reading *reading, CmViewJsonKind kind)
{
	CmViewJsonValue *value = add_value(reading, kind);

	if (reading->depth >= reading->most)
		return 0;
	reading->depth++;
	reading->open[reading->depth] = value;
	reading->last[reading->depth] = NULL;
	return 1;
}

static int
on_object(void *data)
{
	return begin(data, CM_VIEW_JSON_OBJECT);
}

static int
on_array(void *data)
{
	return begin(data, CM_VIEW_JSON_ARRAY);
}

static int
on_end(void *data)
{
	((Reading *)data)->depth--;
	return 1;
}

static const yajl_callbacks callbacks = {
    on_null, on_flag,   on_integer, on_real, NULL, /* numbers as they stand */
    on_text, on_object, on_name,    on_end,  on_array, on_end,
};

CmViewJson *
cm_view_json_read(const gchar *text, gsize length, guint depth)
{
	g_autoptr(CmViewJson) json = NULL;
	Reading reading = {.room = length + 1, .most = MIN(depth, DEPTH_MAX)};
	yajl_handle handle = NULL;
	gboolean whole = FALSE;

	if (!g_utf8_validate_len(text, length, NULL))
		return NULL;
	json = g_new0(CmViewJson, 1);
	json->values = g_new(CmViewJsonValue, count_values(text, length) + 1);
	json->values[0] = (CmViewJsonValue){.kind = CM_VIEW_JSON_ARRAY};
	json->count = 1;
	json->texts = g_malloc(reading.room);
	reading.json = json;
	reading.open[0] = json->values;
	handle = yajl_alloc(&callbacks, NULL, &reading);
	/* it is valid as a whole */
	yajl_config(handle, yajl_dont_validate_strings, 1);
	whole = yajl_parse(handle, (const guchar *)text, length) == yajl_status_ok &&
		yajl_complete_parse(handle) == yajl_status_ok;
	yajl_free(handle);
	return whole ? g_steal_pointer(&json) : NULL;
}

void
cm_view_json_free(CmViewJson *json)
{
	if (json == NULL)
		return;
	g_free(json->values);
	g_free(json->texts);
	g_free(json);
}

const CmViewJsonValue *
cm_view_json_get_root(const CmViewJson *json)
{
	return json->values[0].first;
}

const CmViewJsonValue *
cm_view_json_find(const CmViewJsonValue *object, const gchar *name)
{
	const CmViewJsonValue *found = NULL;

	for (const CmViewJsonValue *member = object->first; member != NULL; member = member->next) {
		if (g_str_equal(member->name, name))
			found = member;
	}
	return found;
}
