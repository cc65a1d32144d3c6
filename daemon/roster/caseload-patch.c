// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-patch.h"

typedef struct {
	gchar *id;
	JsonObject *thing; /* NULL: left out */
	gboolean written;
} Entry;

struct _CmCaseloadPatch {
	GPtrArray *entries[CM_NUMBER_LAST]; /* Entry, in the order in which they were set */
	GHashTable *by_id[CM_NUMBER_LAST];  /* id → Entry */
	GPtrArray *written[CM_NUMBER_LAST]; /* id, of what was written */
	GHashTable *travel;                 /* from → GHashTable of to → minutes */
};

static void
entry_free(gpointer data)
{
	Entry *entry = data;

	g_free(entry->id);
	g_clear_pointer(&entry->thing, json_object_unref);
	g_free(entry);
}

CmCaseloadPatch *
cm_caseload_patch_new(void)
{
	CmCaseloadPatch *patch = g_new0(CmCaseloadPatch, 1);

	for (guint kind = 0; kind < CM_NUMBER_LAST; kind++) {
		patch->entries[kind] = g_ptr_array_new_with_free_func(entry_free);
		patch->by_id[kind] = g_hash_table_new(g_str_hash, g_str_equal);
		patch->written[kind] = g_ptr_array_new_with_free_func(g_free);
	}
	patch->travel = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					      (GDestroyNotify)g_hash_table_unref);
	return patch;
}

void
cm_caseload_patch_free(CmCaseloadPatch *patch)
{
	if (patch == NULL)
		return;
	for (guint kind = 0; kind < CM_NUMBER_LAST; kind++) {
		g_hash_table_unref(patch->by_id[kind]);
		g_ptr_array_unref(patch->entries[kind]);
		g_ptr_array_unref(patch->written[kind]);
	}
	g_hash_table_unref(patch->travel);
	g_free(patch);
}

void
cm_caseload_patch_set(CmCaseloadPatch *patch, CmNumberKind kind, const gchar *id, JsonObject *thing)
{
	Entry *entry = g_hash_table_lookup(patch->by_id[kind], id);

	if (entry == NULL) {
		entry = g_new0(Entry, 1);
		entry->id = g_strdup(id);
		g_ptr_array_add(patch->entries[kind], entry);
		g_hash_table_insert(patch->by_id[kind], entry->id, entry);
	}
	if (thing != NULL)
		json_object_ref(thing);
	g_clear_pointer(&entry->thing, json_object_unref);
	entry->thing = thing;
}

gboolean
cm_caseload_patch_look_up(const CmCaseloadPatch *patch,
			  CmNumberKind kind,
			  const gchar *id,
			  JsonObject **out_thing)
{
	const Entry *entry = g_hash_table_lookup(patch->by_id[kind], id);

	if (entry == NULL)
		return FALSE;
	*out_thing = entry->thing;
	return TRUE;
}

static void
set_leg(CmCaseloadPatch *patch, const gchar *from, const gchar *to, gint minutes)
{
	GHashTable *legs = g_hash_table_lookup(patch->travel, from);

	if (legs == NULL) {
		legs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		g_hash_table_insert(patch->travel, g_strdup(from), legs);
	}
	g_hash_table_insert(legs, g_strdup(to), GINT_TO_POINTER(minutes));
}

void
cm_caseload_patch_set_travel(CmCaseloadPatch *patch,
			     const gchar *from,
			     const gchar *to,
			     gint minutes)
{
	set_leg(patch, from, to, minutes);
	set_leg(patch, to, from, minutes);
}

const gchar *
cm_caseload_patch_get_written(const CmCaseloadPatch *patch, CmNumberKind kind, guint32 index)
{
	if (index >= patch->written[kind]->len)
		return NULL;
	return g_ptr_array_index(patch->written[kind], index);
}

/* ---- writing */

static void
write_value(CmJsonSink *sink, const gchar *name, JsonNode *node)
{
	GType type = json_node_get_value_type(node);

	if (JSON_NODE_HOLDS_NULL(node))
		cm_json_sink_add_text(sink, name, NULL);
	else if (type == G_TYPE_STRING)
		cm_json_sink_add_text(sink, name, json_node_get_string(node));
	else if (type == G_TYPE_BOOLEAN)
		cm_json_sink_add_boolean(sink, name, json_node_get_boolean(node));
	else if (type == G_TYPE_INT64)
		cm_json_sink_add_integer(sink, name, json_node_get_int(node));
	else
		cm_json_sink_add_number(sink, name, json_node_get_double(node));
}

/* as deep as a thing of the contract goes; deeper ones were refused when they were read */
static void
write_node(CmJsonSink *sink, const gchar *name, JsonNode *node)
{
	JsonObjectIter iter;
	const gchar *member = NULL;
	JsonNode *value = NULL;

	if (JSON_NODE_HOLDS_OBJECT(node)) {
		cm_json_sink_begin_object(sink, name);
		json_object_iter_init_ordered(&iter, json_node_get_object(node));
		while (json_object_iter_next_ordered(&iter, &member, &value))
			write_node(sink, member, value);
		cm_json_sink_end_object(sink);
	} else if (JSON_NODE_HOLDS_ARRAY(node)) {
		JsonArray *array = json_node_get_array(node);

		cm_json_sink_begin_list(sink, name);
		for (guint i = 0; i < json_array_get_length(array); i++)
			write_node(sink, NULL, json_array_get_element(array, i));
		cm_json_sink_end_list(sink);
	} else {
		write_value(sink, name, node);
	}
}

static void
write_thing(CmCaseloadPatch *patch, CmJsonSink *sink, CmNumberKind kind, Entry *entry)
{
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);

	json_node_set_object(node, entry->thing);
	write_node(sink, NULL, node);
	g_ptr_array_add(patch->written[kind], g_strdup(entry->id));
}

gboolean
cm_caseload_patch_write_instead(CmCaseloadPatch *patch,
				CmJsonSink *sink,
				CmNumberKind kind,
				const gchar *id)
{
	Entry *entry = g_hash_table_lookup(patch->by_id[kind], id);

	if (entry == NULL) {
		g_ptr_array_add(patch->written[kind], g_strdup(id));
		return FALSE;
	}
	entry->written = TRUE;
	if (entry->thing != NULL)
		write_thing(patch, sink, kind, entry);
	return TRUE;
}

void
cm_caseload_patch_write_rest(CmCaseloadPatch *patch, CmJsonSink *sink, CmNumberKind kind)
{
	for (guint i = 0; i < patch->entries[kind]->len; i++) {
		Entry *entry = g_ptr_array_index(patch->entries[kind], i);

		if (!entry->written && entry->thing != NULL)
			write_thing(patch, sink, kind, entry);
	}
}

static gboolean
site_stays(const CmCaseloadPatch *patch, const gchar *id)
{
	JsonObject *thing = NULL;

	return !cm_caseload_patch_look_up(patch, CM_NUMBER_SITE, id, &thing) || thing != NULL;
}

static const gchar *
get_site_id(const CmCaseload *caseload, guint32 site)
{
	return CM_ELEMENT(caseload->sites, CmSite, site)->id;
}

static void
write_legs(CmJsonSink *sink, GHashTable *legs)
{
	GHashTableIter iter;
	gpointer to = NULL;
	gpointer minutes = NULL;

	if (legs == NULL)
		return;
	g_hash_table_iter_init(&iter, legs);
	while (g_hash_table_iter_next(&iter, &to, &minutes))
		cm_json_sink_add_integer(sink, to, GPOINTER_TO_INT(minutes));
}

/* those of one site, from `first` on; returns the index after its last */
static guint
write_site_legs(const CmCaseloadPatch *patch,
		CmJsonSink *sink,
		const CmCaseload *caseload,
		guint first)
{
	guint32 from = CM_ELEMENT(caseload->travels, CmTravel, first)->from;
	const gchar *from_id = get_site_id(caseload, from);
	GHashTable *changed = g_hash_table_lookup(patch->travel, from_id);
	gboolean stays = site_stays(patch, from_id);
	guint i = first;

	if (stays)
		cm_json_sink_begin_object(sink, from_id);
	for (; i < caseload->travels->len; i++) {
		const CmTravel *travel = CM_ELEMENT(caseload->travels, CmTravel, i);
		const gchar *to_id = get_site_id(caseload, travel->to);

		if (travel->from != from)
			break;
		if (stays && site_stays(patch, to_id) &&
		    (changed == NULL || !g_hash_table_contains(changed, to_id)))
			cm_json_sink_add_integer(sink, to_id, travel->minutes);
	}
	if (stays) {
		write_legs(sink, changed);
		cm_json_sink_end_object(sink);
	}
	return i;
}

void
cm_caseload_patch_write_travel(const CmCaseloadPatch *patch,
			       CmJsonSink *sink,
			       const CmCaseload *caseload)
{
	g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
	GHashTableIter iter;
	gpointer from = NULL;
	gpointer legs = NULL;

	cm_json_sink_begin_object(sink, "travel_minutes");
	for (guint i = 0; i < caseload->travels->len;) {
		guint32 site = CM_ELEMENT(caseload->travels, CmTravel, i)->from;

		g_hash_table_add(done, (gpointer)get_site_id(caseload, site));
		i = write_site_legs(patch, sink, caseload, i);
	}
	g_hash_table_iter_init(&iter, patch->travel);
	while (g_hash_table_iter_next(&iter, &from, &legs)) {
		if (g_hash_table_contains(done, from))
			continue;
		cm_json_sink_begin_object(sink, from);
		write_legs(sink, legs);
		cm_json_sink_end_object(sink);
	}
	cm_json_sink_end_object(sink);
}
