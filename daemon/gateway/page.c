// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/page.h"

#include "daemon/gateway/markup.h"
#include "daemon/gateway/page-icon.h"
#include "include/cm-catalog.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

#define ARGUMENTS_MAX 9
#define LONG_ROWS "3"

struct _CmPage {
	CmPageFrame frame;
	CmMarkup *markup;
	gboolean bare;
};

static void
set(CmPage *page, const gchar *attribute, const gchar *value)
{
	cm_markup_set(page->markup, attribute, value);
}

/* what can load or run something is written here alone, of values that are ours */
static gboolean
is_plain(const gchar *attribute)
{
	static const gchar *const ours[] = {"href",       "src",    "action",     "formaction",
					    "style",      "srcdoc", "srcset",     "poster",
					    "xlink:href", "data",   "http-equiv", NULL};

	return !g_strv_contains(ours, attribute) && !g_str_has_prefix(attribute, "on");
}

void
cm_page_begin(CmPage *page, const gchar *name, const gchar *class)
{
	cm_markup_begin(page->markup, name);
	if (class != NULL)
		set(page, "class", class);
}

void
cm_page_set(CmPage *page, const gchar *attribute, const gchar *value)
{
	g_return_if_fail(is_plain(attribute));
	set(page, attribute, value);
}

/* HTML's own elements that have no end */
static gboolean
is_void(const gchar *name)
{
	static const gchar *const names[] = {"br", "hr", "img", "input", "link", "meta", NULL};

	return g_strv_contains(names, name);
}

void
cm_page_end(CmPage *page)
{
	/* never <p/>, which is none of HTML's */
	cm_markup_end(page->markup);
}

static void
end_void(CmPage *page)
{
	cm_markup_end_void(page->markup);
}

static void
begin_void(CmPage *page, const gchar *name)
{
	g_return_if_fail(is_void(name));
	cm_page_begin(page, name, NULL);
}

void
cm_page_text(CmPage *page, const gchar *text)
{
	cm_markup_text(page->markup, text);
}

void
cm_page_element(CmPage *page, const gchar *name, const gchar *class, const gchar *text)
{
	if (text == NULL)
		return;
	cm_page_begin(page, name, class);
	cm_page_text(page, text);
	cm_page_end(page);
}

void
cm_page_say(CmPage *page, const gchar *name, const gchar *class, const gchar *format, ...)
{
	const gchar *arguments[ARGUMENTS_MAX + 1] = {NULL};
	g_autofree gchar *text = NULL;
	va_list list;

	va_start(list, format);
	for (guint i = 0; i < ARGUMENTS_MAX; i++) {
		arguments[i] = va_arg(list, const gchar *);
		if (arguments[i] == NULL)
			break;
	}
	va_end(list);
	text = cm_words_fill(page->frame.words, format, arguments);
	cm_page_element(page, name, class, text);
}

void
cm_page_icon(CmPage *page, const gchar *icon)
{
	const gchar *path = cm_page_icon_find(icon);

	g_return_if_fail(path != NULL);
	cm_page_begin(page, "svg", "icon");
	set(page, "viewBox", "0 0 24 24");
	set(page, "aria-hidden", "true");
	set(page, "focusable", "false");
	cm_page_begin(page, "path", NULL);
	set(page, "d", path);
	cm_page_end(page);
	cm_page_end(page);
}

/* ---- where to go */

gchar *
cm_page_make_path(const CmPage *page, const gchar *path)
{
	const gchar *prefix = page->frame.prefix != NULL ? page->frame.prefix : "";

	g_return_val_if_fail(*path == '\0' || *path == '/' || *path == '#', g_strdup("/"));
	if (*prefix == '\0' && *path == '\0')
		return g_strdup("/");
	return g_strconcat(prefix, path, NULL);
}

void
cm_page_link(CmPage *page, const gchar *class, const gchar *path, const gchar *text)
{
	g_autofree gchar *whole = cm_page_make_path(page, path);

	cm_page_begin(page, "a", class);
	set(page, "href", whole);
	cm_page_text(page, text);
	cm_page_end(page);
}

void
cm_page_phone(CmPage *page, const gchar *class, const gchar *phone)
{
	g_autoptr(GString) digits = g_string_new("tel:");

	if (phone == NULL)
		return;
	/* as far as the number itself goes: "418 555-0100, poste 12" */
	for (const gchar *c = phone; *c != '\0' && strchr("+0123456789 -().\xc2\xa0", *c) != NULL;
	     c++) {
		if (g_ascii_isdigit(*c) || (*c == '+' && digits->len == strlen("tel:")))
			g_string_append_c(digits, *c);
	}
	cm_page_begin(page, "a", class);
	set(page, "href", digits->str);
	cm_page_text(page, phone);
	cm_page_end(page);
}

/* ---- forms */

void
cm_page_begin_form(CmPage *page, const gchar *class, const gchar *path)
{
	g_autofree gchar *whole = cm_page_make_path(page, path);

	cm_page_begin(page, "form", class);
	set(page, "method", "post");
	set(page, "action", whole);
	if (page->frame.once != NULL)
		cm_page_hidden(page, "once", page->frame.once);
}

void
cm_page_hidden(CmPage *page, const gchar *name, const gchar *value)
{
	begin_void(page, "input");
	set(page, "type", "hidden");
	set(page, "name", name);
	set(page, "value", value);
	end_void(page);
}

void
cm_page_hidden_number(CmPage *page, const gchar *name, guint64 value)
{
	g_autofree gchar *text = g_strdup_printf("%" G_GUINT64_FORMAT, value);

	cm_page_hidden(page, name, text);
}

void
cm_page_button(CmPage *page,
	       const gchar *class,
	       const gchar *name,
	       const gchar *value,
	       const gchar *text)
{
	cm_page_begin(page, "button", class);
	set(page, "type", "submit");
	if (name != NULL) {
		set(page, "name", name);
		set(page, "value", value != NULL ? value : "");
	}
	cm_page_text(page, text);
	cm_page_end(page);
}

static void
write_label(CmPage *page, const CmPageField *field, const gchar *id)
{
	g_autofree gchar *hint_id = g_strconcat(id, "-hint", NULL);
	g_autofree gchar *fault_id = g_strconcat(id, "-fault", NULL);

	cm_page_begin(page, "label", NULL);
	set(page, "for", id);
	cm_page_text(page, field->label);
	if (!field->required && field->kind != CM_PAGE_FIELD_CODE)
		cm_page_say(page, "span", "optional", N_(" (if you like)"), NULL);
	cm_page_end(page);
	if (field->hint != NULL) {
		cm_page_begin(page, "p", "hint");
		set(page, "id", hint_id);
		cm_page_text(page, field->hint);
		cm_page_end(page);
	}
	if (field->fault != NULL) {
		cm_page_begin(page, "p", "fault");
		set(page, "id", fault_id);
		cm_page_icon(page, "warning");
		cm_page_text(page, field->fault);
		cm_page_end(page);
	}
}

/* what a phone's keyboard and memory are told of it */
static void
set_kind(CmPage *page, const CmPageField *field)
{
	switch (field->kind) {
	case CM_PAGE_FIELD_PHONE:
		set(page, "type", "tel");
		set(page, "autocomplete", "tel");
		break;
	case CM_PAGE_FIELD_CODE:
		set(page, "type", "text");
		set(page, "autocomplete", "off");
		set(page, "autocapitalize", "characters");
		set(page, "spellcheck", "false");
		break;
	case CM_PAGE_FIELD_TEXT:
		set(page, "type", "text");
		break;
	case CM_PAGE_FIELD_LONG:
	default:
		break;
	}
}

static void
set_described(CmPage *page, const CmPageField *field, const gchar *id)
{
	g_autoptr(GString) ids = g_string_new(NULL);

	if (field->fault != NULL)
		g_string_append_printf(ids, "%s-fault", id);
	if (field->hint != NULL)
		g_string_append_printf(ids, "%s%s-hint", ids->len > 0 ? " " : "", id);
	if (ids->len > 0)
		set(page, "aria-describedby", ids->str);
	if (field->fault != NULL)
		set(page, "aria-invalid", "true");
}

void
cm_page_field(CmPage *page, const CmPageField *field)
{
	g_autofree gchar *id = g_strconcat("f-", field->name, NULL);
	g_autofree gchar *most = g_strdup_printf("%u", field->most);
	gboolean area = field->kind == CM_PAGE_FIELD_LONG;

	cm_page_begin(page, "div", "field");
	write_label(page, field, id);
	cm_page_begin(page, area ? "textarea" : "input", NULL);
	set(page, "id", id);
	set(page, "name", field->name);
	set_kind(page, field);
	if (field->most > 0)
		set(page, "maxlength", most);
	if (field->required)
		set(page, "required", "required");
	set_described(page, field, id);
	if (area) {
		set(page, "rows", LONG_ROWS);
		cm_page_text(page, field->value != NULL ? field->value : "");
		cm_page_end(page);
	} else {
		if (field->value != NULL)
			set(page, "value", field->value);
		end_void(page);
	}
	cm_page_end(page);
}

void
cm_page_tick(CmPage *page, const gchar *name, const gchar *label, gboolean required)
{
	cm_page_begin(page, "label", "tick");
	begin_void(page, "input");
	set(page, "type", "checkbox");
	set(page, "name", name);
	set(page, "value", "yes");
	if (required)
		set(page, "required", "required");
	end_void(page);
	cm_page_element(page, "span", NULL, label);
	cm_page_end(page);
}

/* ---- parts */

static void
begin_box(CmPage *page, const gchar *class, const gchar *icon, const gchar *id, const gchar *role)
{
	g_autofree gchar *classes = g_strconcat("notice ", class, NULL);

	cm_page_begin(page, "div", classes);
	if (role != NULL)
		set(page, "role", role);
	if (id != NULL) {
		/* a link that leads here takes a screen reader along */
		set(page, "id", id);
		set(page, "tabindex", "-1");
	}
	cm_page_icon(page, icon);
}

void
cm_page_begin_notice(CmPage *page, const gchar *class, const gchar *icon, const gchar *id)
{
	begin_box(page, class, icon, id, NULL);
}

void
cm_page_begin_alert(CmPage *page, const gchar *icon, const gchar *id)
{
	begin_box(page, "bad", icon, id, "alert");
}

void
cm_page_help_number(CmPage *page, const gchar *class)
{
	if (page->frame.help_phone == NULL) {
		cm_page_say(page, "p", class,
			    N_("Ask the person who invited you: they will help you."), NULL);
		return;
	}
	cm_page_begin(page, "p", class);
	cm_page_phone(page, "phone", page->frame.help_phone);
	if (page->frame.help_hours != NULL) {
		cm_page_text(page, " ");
		cm_page_element(page, "span", "hours", page->frame.help_hours);
	}
	cm_page_end(page);
}

/* ---- the frame */

static const gchar *
say_short(const CmPage *page, const gchar *text)
{
	return cm_catalog_find(page->frame.words->language, text);
}

static gchar *
find_file(const CmPage *page, const gchar *name)
{
	const gchar *path = NULL;

	if (page->frame.find_file != NULL)
		path = page->frame.find_file(page->frame.files, name);
	return path != NULL ? g_strdup(path) : g_strconcat("/static/", name, NULL);
}

static void
write_meta(CmPage *page, const gchar *name, const gchar *content)
{
	begin_void(page, "meta");
	set(page, "name", name);
	set(page, "content", content);
	end_void(page);
}

static void
write_file(CmPage *page, const gchar *relation, const gchar *name)
{
	g_autofree gchar *path = find_file(page, name);

	begin_void(page, "link");
	set(page, "rel", relation);
	set(page, "href", path);
	end_void(page);
}

static void
write_script(CmPage *page, const gchar *name)
{
	g_autofree gchar *path = find_file(page, name);

	cm_page_begin(page, "script", NULL);
	set(page, "type", "module");
	set(page, "src", path);
	cm_page_end(page);
}

static void
write_refresh(CmPage *page, guint seconds)
{
	g_autofree gchar *content = g_strdup_printf("%u", seconds);

	cm_page_begin(page, "noscript", NULL);
	begin_void(page, "meta");
	set(page, "http-equiv", "refresh");
	set(page, "content", content);
	end_void(page);
	cm_page_end(page);
}

static void
write_title(CmPage *page, const CmPageHead *head)
{
	cm_page_begin(page, "title", NULL);
	cm_page_text(page, head->title);
	if (page->frame.organisation != NULL) {
		cm_page_text(page, " – ");
		cm_page_text(page, page->frame.organisation);
	}
	cm_page_end(page);
}

static void
write_head(CmPage *page, const CmPageHead *head)
{
	cm_page_begin(page, "head", NULL);
	begin_void(page, "meta");
	set(page, "charset", "utf-8");
	end_void(page);
	write_meta(page, "viewport", "width=device-width, initial-scale=1");
	write_meta(page, "color-scheme", "light dark");
	write_meta(page, "robots", "noindex, nofollow");
	/* a number is a link where we say so, and not where a telephone takes it for one */
	write_meta(page, "format-detection", "telephone=no");
	write_title(page, head);
	write_file(page, "stylesheet", "style.css");
	if (head->style != NULL)
		write_file(page, "stylesheet", head->style);
	write_file(page, "icon", "icon.svg");
	if (head->script != NULL)
		write_script(page, head->script);
	if (head->refresh > 0)
		write_refresh(page, head->refresh);
	cm_page_end(page);
}

static void
write_top(CmPage *page, const CmPageHead *head)
{
	cm_page_begin(page, "a", "skip");
	set(page, "href", "#main");
	cm_page_text(page, say_short(page, N_("Go to the content")));
	cm_page_end(page);
	if (page->frame.organisation == NULL && (head->home || page->frame.prefix == NULL))
		return;
	cm_page_begin(page, "header", "top");
	cm_page_element(page, "p", "organisation", page->frame.organisation);
	if (!head->home && page->frame.prefix != NULL) {
		cm_page_begin(page, "nav", NULL);
		set(page, "aria-label", say_short(page, N_("Way back")));
		cm_page_link(page, NULL, "", say_short(page, N_("My meetings")));
		cm_page_end(page);
	}
	cm_page_end(page);
}

CmPage *
cm_page_new(const CmPageFrame *frame, const CmPageHead *head)
{
	CmPage *page = g_new0(CmPage, 1);
	const gchar *language = frame->words->language;

	page->frame = *frame;
	page->bare = head->bare;
	page->markup = cm_markup_new();
	cm_page_begin(page, "html", NULL);
	/* translators: your language as browsers name it, "fr-CA" */
	set(page, "lang",
	    cm_catalog_find_in_context(language, "language tag", NC_("language tag", "en-CA")));
	/* translators: rtl when your language is written from right to left */
	set(page, "dir",
	    cm_catalog_find_in_context(language, "direction of writing",
				       NC_("direction of writing", "ltr")));
	write_head(page, head);
	cm_page_begin(page, "body", head->wide ? "wide" : NULL);
	write_top(page, head);
	cm_page_begin(page, "main", NULL);
	set(page, "id", "main");
	set(page, "tabindex", "-1");
	return page;
}

static void
write_bottom(CmPage *page)
{
	cm_page_begin(page, "footer", "bottom");
	if (!page->bare) {
		cm_page_begin(page, "div", "help-line");
		cm_page_icon(page, "phone");
		cm_page_begin(page, "div", NULL);
		cm_page_say(page, "p", NULL, N_("Something does not work? Call us:"), NULL);
		cm_page_help_number(page, "number");
		cm_page_end(page);
		cm_page_end(page);
	}
	if (page->frame.prefix != NULL)
		cm_page_link(page, NULL, "/privacy",
			     say_short(page, N_("What we do with what you tell us")));
	cm_page_end(page);
}

GBytes *
cm_page_finish(CmPage *page)
{
	GBytes *html = NULL;

	/* html, body and main are those that are open */
	g_warn_if_fail(cm_markup_get_depth(page->markup) == 3);
	while (cm_markup_get_depth(page->markup) > 2)
		cm_page_end(page);
	write_bottom(page);
	while (cm_markup_get_depth(page->markup) > 0)
		cm_page_end(page);
	cm_page_text(page, "\n");
	html = cm_markup_finish(g_steal_pointer(&page->markup));
	cm_page_free(page);
	return html;
}

void
cm_page_free(CmPage *page)
{
	if (page == NULL)
		return;
	cm_markup_free(page->markup);
	g_free(page);
}

const CmWords *
cm_page_get_words(const CmPage *page)
{
	return page->frame.words;
}

const CmPageFrame *
cm_page_get_frame(const CmPage *page)
{
	return &page->frame;
}
