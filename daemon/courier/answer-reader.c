// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/answer-reader.h"

#include "daemon/common/json-depth.h"

#include <libxml/xmlreader.h>
#include <string.h>

static gboolean
is_plain(const gchar *text)
{
	for (const gchar *p = text; *p != '\0'; p++) {
		if (g_ascii_iscntrl(*p))
			return FALSE;
	}
	return TRUE;
}

/* what stands there first counts */
static void
keep(JsonObject *values, const gchar *name, const gchar *text)
{
	if (json_object_get_size(values) >= CM_ANSWER_READER_VALUES_MAX ||
	    strlen(text) > CM_ANSWER_READER_TEXT_MAX || strlen(name) > CM_ANSWER_READER_NAME_MAX ||
	    !g_utf8_validate(text, -1, NULL) || !g_utf8_validate(name, -1, NULL) ||
	    !is_plain(text) || !is_plain(name) || json_object_has_member(values, name))
		return;
	json_object_set_string_member(values, name, text);
}

/* ---- JSON */

static void
read_object(JsonObject *object, const gchar *path, JsonObject *values);

static void
read_value(JsonNode *node, const gchar *path, JsonObject *values)
{
	g_autofree gchar *number = NULL;

	if (JSON_NODE_HOLDS_OBJECT(node)) {
		read_object(json_node_get_object(node), path, values);
		return;
	}
	if (!JSON_NODE_HOLDS_VALUE(node))
		return;
	switch (json_node_get_value_type(node)) {
	case G_TYPE_STRING:
		keep(values, path, json_node_get_string(node));
		break;
	case G_TYPE_INT64:
		number = g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node));
		keep(values, path, number);
		break;
	case G_TYPE_BOOLEAN:
		keep(values, path, json_node_get_boolean(node) ? "true" : "false");
		break;
	default:
		break;
	}
}

static void
read_object(JsonObject *object, const gchar *path, JsonObject *values)
{
	JsonObjectIter iter;
	const gchar *name = NULL;
	JsonNode *node = NULL;

	json_object_iter_init(&iter, object);
	while (json_object_iter_next(&iter, &name, &node)) {
		g_autofree gchar *below = g_strconcat(path, *path != '\0' ? "." : "", name, NULL);

		if (strlen(below) <= CM_ANSWER_READER_NAME_MAX)
			read_value(node, below, values);
	}
}

static JsonObject *
read_json(const gchar *text, gsize length)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(JsonObject) values = NULL;
	JsonNode *root = NULL;

	if (!g_utf8_validate(text, (gssize)length, NULL) ||
	    !cm_json_depth_is_within(text, length, CM_ANSWER_READER_DEPTH_MAX) ||
	    !json_parser_load_from_data(parser, text, (gssize)length, NULL))
		return NULL;
	root = json_parser_get_root(parser);
	if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
		return NULL;
	values = json_object_new();
	read_object(json_node_get_object(root), "", values);
	return g_steal_pointer(&values);
}

/* ---- XML */

/* Of the element below the root that is being read. */
typedef struct {
	gchar *name;
	GString *text;
	gboolean deeper; /* it holds elements: no text of ours */
	JsonObject *values;
} Element;

static void
element_begin(Element *element, xmlTextReaderPtr reader)
{
	const gchar *name = (const gchar *)xmlTextReaderConstLocalName(reader);

	g_free(element->name);
	element->name = g_strdup(name != NULL ? name : "");
	g_string_truncate(element->text, 0);
	element->deeper = FALSE;
}

static void
element_end(Element *element)
{
	if (element->name != NULL && !element->deeper) {
		g_strstrip(element->text->str);
		keep(element->values, element->name, element->text->str);
	}
	g_clear_pointer(&element->name, g_free);
}

static void
element_add(Element *element, xmlTextReaderPtr reader)
{
	const gchar *text = (const gchar *)xmlTextReaderConstValue(reader);

	if (element->name != NULL && text != NULL)
		g_string_append(element->text, text);
}

/* FALSE: not what we read */
static gboolean
take_node(Element *element, xmlTextReaderPtr reader)
{
	gint depth = xmlTextReaderDepth(reader);

	switch (xmlTextReaderNodeType(reader)) {
	case XML_READER_TYPE_DOCUMENT_TYPE:
		return FALSE;
	case XML_READER_TYPE_ELEMENT:
		if (depth == 1)
			element_begin(element, reader);
		element->deeper = element->deeper || depth > 1;
		if (depth == 1 && xmlTextReaderIsEmptyElement(reader) == 1)
			element_end(element);
		return depth < CM_ANSWER_READER_DEPTH_MAX;
	case XML_READER_TYPE_END_ELEMENT:
		if (depth == 1)
			element_end(element);
		return TRUE;
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
		if (depth == 2)
			element_add(element, reader);
		return TRUE;
	default:
		return TRUE;
	}
}

static void
ignore_error(void *user_data,
	     const char *message,
	     xmlParserSeverities severity,
	     xmlTextReaderLocatorPtr locator)
{
}

static JsonObject *
read_xml(const gchar *text, gsize length)
{
	xmlTextReaderPtr reader =
	    xmlReaderForMemory(text, (int)length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_COMPACT);
	g_autoptr(JsonObject) values = json_object_new();
	Element element = {.text = g_string_new(NULL), .values = values};
	gint more = reader != NULL ? 1 : -1;

	if (reader != NULL) {
		xmlTextReaderSetErrorHandler(reader, ignore_error, NULL);
		more = xmlTextReaderRead(reader);
	}
	while (more == 1)
		more = take_node(&element, reader) ? xmlTextReaderRead(reader) : -1;
	if (reader != NULL)
		xmlFreeTextReader(reader);
	g_string_free(element.text, TRUE);
	g_free(element.name);
	return more == 0 ? g_steal_pointer(&values) : NULL;
}

JsonObject *
cm_answer_reader_read(const gchar *text, gsize length)
{
	gsize blank = 0;

	if (length > CM_ANSWER_READER_OCTETS_MAX)
		return NULL;
	while (blank < length && g_ascii_isspace(text[blank]))
		blank++;
	if (blank == length)
		return NULL;
	return text[blank] == '{' ? read_json(text + blank, length - blank)
				  : read_xml(text + blank, length - blank);
}
