// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-sections.h"

#include "daemon/agent/agent-letters.h"

#include <string.h>

/* Octets of UTF-8 of which sections are views. */
typedef struct {
	const gchar *at;
	const gchar *end;
} Span;

static guint
get_language(const gchar *language)
{
	return g_str_has_prefix(language, "fr") ? 0 : 1;
}

static const CmAgentRulesSection *
get_section(const CmAgentTemplate *template, guint index)
{
	return &g_array_index(template->sections, CmAgentRulesSection, index);
}

static Span
trim(Span span)
{
	while (span.at < span.end && strchr(" \t\r\n", *span.at) != NULL)
		span.at++;
	while (span.end > span.at && strchr(" \t\r\n", span.end[-1]) != NULL)
		span.end--;
	return span;
}

/* "## Services rendus :" is "Services rendus" */
static Span
trim_heading(Span line)
{
	line = trim(line);
	while (line.at < line.end && *line.at == '#')
		line.at++;
	line = trim(line);
	if (line.end > line.at && line.end[-1] == ':')
		line.end--;
	/* a space that does not break, as French has it before a colon */
	while (line.end - line.at > 2 &&
	       ((guint8)line.end[-2] == 0xc2 && (guint8)line.end[-1] == 0xa0))
		line.end -= 2;
	return trim(line);
}

static gboolean
is_heading(Span line, const CmAgentRulesSection *section)
{
	for (guint i = 0; i < CM_AGENT_RULES_LANGUAGES; i++) {
		const gchar *heading = section->headings[i];

		if (line.at < line.end &&
		    cm_agent_letters_equal(line.at, (gsize)(line.end - line.at), heading,
					   strlen(heading)))
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_blank(Span span)
{
	span = trim(span);
	return span.at == span.end;
}

static gboolean
is_marked(Span line)
{
	line = trim(line);
	return line.at < line.end && *line.at == '#';
}

/* the section whose heading a line is; -1: it is text. `marked`: it needs its “#” */
static gint
find_heading(const CmAgentTemplate *template, Span line, gboolean marked)
{
	Span words = trim_heading(line);

	if (marked && !is_marked(line))
		return -1;
	for (guint i = 0; i < template->sections->len; i++) {
		if (is_heading(words, get_section(template, i)))
			return (gint)i;
	}
	return -1;
}

static CmVaultSection
make_section(const gchar *heading, Span text)
{
	Span trimmed = trim(text);

	return (CmVaultSection){
	    .heading = {(const guint8 *)heading, strlen(heading)},
	    .text = {(const guint8 *)trimmed.at, (gsize)(trimmed.end - trimmed.at)}};
}

static Span
take_line(Span *rest)
{
	const gchar *stop = memchr(rest->at, '\n', (gsize)(rest->end - rest->at));
	Span line = {rest->at, stop != NULL ? stop : rest->end};

	rest->at = stop != NULL ? stop + 1 : rest->end;
	return line;
}

/* what stands before the first heading, and behind each; one that comes twice stands there twice */
static void
cut(const CmAgentTemplate *template, Span rest, Span *out_lead, GArray *parts, GArray *places)
{
	Span part = {rest.at, rest.at};
	gboolean marked = FALSE;
	gint place = -1;

	while (rest.at < rest.end) {
		const gchar *begin = rest.at;
		Span line = take_line(&rest);
		gint found = find_heading(template, line, marked);

		if (found >= 0) {
			part.end = begin;
			marked = marked || (place < 0 && is_marked(line) && is_blank(part));
			if (place < 0)
				*out_lead = part;
			else
				g_array_append_val(parts, part);
			g_array_append_val(places, found);
			part.at = rest.at;
			place = found;
		}
	}
	part.end = rest.end;
	if (place < 0)
		*out_lead = part;
	else
		g_array_append_val(parts, part);
}

/* every part of a section, or an empty one */
static void
add_parts(GArray *sections, const gchar *heading, guint index, GArray *parts, GArray *places)
{
	gboolean found = FALSE;

	for (guint i = 0; i < parts->len; i++) {
		CmVaultSection section = make_section(heading, g_array_index(parts, Span, i));

		if (g_array_index(places, gint, i) != (gint)index)
			continue;
		g_array_append_val(sections, section);
		found = TRUE;
	}
	if (!found) {
		CmVaultSection empty = make_section(heading, (Span){heading, heading});

		g_array_append_val(sections, empty);
	}
}

GArray *
cm_agent_sections_split(const CmAgentTemplate *template,
			const gchar *language,
			const CmVaultSecret *text)
{
	const gchar *octets = (const gchar *)cm_vault_secret_peek(text);
	Span whole = {octets, octets + cm_vault_secret_get_length(text)};
	GArray *sections = g_array_new(FALSE, FALSE, sizeof(CmVaultSection));
	g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(Span));
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(gint));
	Span lead = whole;
	CmVaultSection first = {0};

	if (template == NULL) {
		first.text =
		    (CmVaultBytes){(const guint8 *)whole.at, (gsize)(whole.end - whole.at)};
		g_array_append_val(sections, first);
		return sections;
	}
	cut(template, whole, &lead, parts, places);
	if (template->sections->len == 1 && parts->len == 0) {
		first =
		    make_section(get_section(template, 0)->headings[get_language(language)], lead);
		g_array_append_val(sections, first);
		return sections;
	}
	first = make_section("", lead);
	if (first.text.length > 0)
		g_array_append_val(sections, first);
	for (guint i = 0; i < template->sections->len; i++)
		add_parts(sections, get_section(template, i)->headings[get_language(language)], i,
			  parts, places);
	return sections;
}

static gboolean
is_filled(const CmAgentRulesSection *wanted, const CmVaultContent *content)
{
	const CmVaultSection *sections = content->sections.items;

	for (guint i = 0; i < content->sections.count; i++) {
		const gchar *heading = (const gchar *)sections[i].heading.data;
		const gchar *text = (const gchar *)sections[i].text.data;
		Span words = {heading, heading + sections[i].heading.length};
		Span said = trim((Span){text, text + sections[i].text.length});

		if (said.at < said.end && is_heading(words, wanted))
			return TRUE;
	}
	return FALSE;
}

GStrv
cm_agent_sections_list_empty(const CmAgentTemplate *template,
			     const gchar *language,
			     const CmVaultContent *content)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

	for (guint i = 0; template != NULL && i < template->sections->len; i++) {
		const CmAgentRulesSection *section = get_section(template, i);

		if (!is_filled(section, content))
			g_strv_builder_add(builder, section->headings[get_language(language)]);
	}
	return g_strv_builder_end(builder);
}
