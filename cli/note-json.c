// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/note-json.h"

#include <string.h>
#include <unistd.h>
#include <yajl/yajl_gen.h>

struct _CmNoteJson {
	yajl_gen generator;
	gboolean good; /* so far */
};

/* the generator keeps nothing of its own where it may print */
static void
on_print(gpointer context, const gchar *text, gsize length)
{
	CmNoteJson *json = context;

	while (json->good && length > 0) {
		gssize count = write(STDOUT_FILENO, text, length);

		json->good = count > 0;
		text += MAX(count, 0);
		length -= (gsize)MAX(count, 0);
	}
}

CmNoteJson *
cm_note_json_new(void)
{
	CmNoteJson *json = g_new0(CmNoteJson, 1);

	json->good = TRUE;
	json->generator = yajl_gen_alloc(NULL);
	yajl_gen_config(json->generator, yajl_gen_print_callback, on_print, json);
	yajl_gen_config(json->generator, yajl_gen_beautify, 1);
	yajl_gen_config(json->generator, yajl_gen_indent_string, "  ");
	return json;
}

void
cm_note_json_free(CmNoteJson *json)
{
	yajl_gen_free(json->generator);
	g_free(json);
}

static void
add_octets(CmNoteJson *json, const gchar *octets, gsize length)
{
	(void)yajl_gen_string(json->generator, (const guchar *)octets, length);
}

static void
add_name(CmNoteJson *json, const gchar *name)
{
	if (name != NULL)
		add_octets(json, name, strlen(name));
}

void
cm_note_json_begin_object(CmNoteJson *json, const gchar *name)
{
	add_name(json, name);
	(void)yajl_gen_map_open(json->generator);
}

void
cm_note_json_end_object(CmNoteJson *json)
{
	(void)yajl_gen_map_close(json->generator);
}

void
cm_note_json_begin_array(CmNoteJson *json, const gchar *name)
{
	add_name(json, name);
	(void)yajl_gen_array_open(json->generator);
}

void
cm_note_json_end_array(CmNoteJson *json)
{
	(void)yajl_gen_array_close(json->generator);
}

void
cm_note_json_add_string(CmNoteJson *json, const gchar *name, const gchar *text)
{
	add_name(json, name);
	add_octets(json, text, strlen(text));
}

void
cm_note_json_add_int(CmNoteJson *json, const gchar *name, gint64 number)
{
	add_name(json, name);
	(void)yajl_gen_integer(json->generator, number);
}

void
cm_note_json_add_flag(CmNoteJson *json, const gchar *name, gboolean flag)
{
	add_name(json, name);
	(void)yajl_gen_bool(json->generator, flag);
}

static void
add_bytes(CmNoteJson *json, const gchar *name, const CmVaultBytes *bytes)
{
	add_name(json, name);
	add_octets(json, (const gchar *)bytes->data, bytes->length);
}

void
cm_note_json_add_content(CmNoteJson *json, const CmVaultRecord *content)
{
	const CmVaultContent *fields = cm_vault_record_get_fields(content, CM_VAULT_KIND_CONTENT);
	const CmVaultSection *sections = fields->sections.items;
	const CmVaultContentAttachment *attachments = fields->attachments.items;

	add_bytes(json, "template", &fields->template);
	add_bytes(json, "title", &fields->title);
	cm_note_json_begin_array(json, "sections");
	for (guint i = 0; i < fields->sections.count; i++) {
		cm_note_json_begin_object(json, NULL);
		add_bytes(json, "heading", &sections[i].heading);
		add_bytes(json, "text", &sections[i].text);
		cm_note_json_end_object(json);
	}
	cm_note_json_end_array(json);
	cm_note_json_begin_array(json, "attachments");
	for (guint i = 0; i < fields->attachments.count; i++) {
		cm_note_json_begin_object(json, NULL);
		add_bytes(json, "name", &attachments[i].name);
		add_bytes(json, "type", &attachments[i].media_type);
		cm_note_json_add_int(json, "size", (gint64)attachments[i].size);
		cm_note_json_end_object(json);
	}
	cm_note_json_end_array(json);
}
