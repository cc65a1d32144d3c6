// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "include/cm-message.h"

#include "include/cm-names.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#define SEPARATOR '\x1f'
#define JOINT "\x1e"
#define MAX_ARGUMENTS 9

/* how a text of ours is said: by `translate`; NULL: in English */
typedef struct {
	CmMessageTranslate translate;
	gconstpointer data;
} Reader;

static const gchar *
read_text(const gchar *text, const Reader *reader)
{
	return reader->translate != NULL ? reader->translate(text, reader->data) : text;
}

static const gchar *
argument_read(const gchar *argument, const Reader *reader)
{
	if (argument[0] != CM_MESSAGE_TERM || argument[1] == '\0')
		return argument;
	return read_text(argument + 1, reader);
}

/* the format with {0} to {8} replaced; a brace that is no reference stays as it is */
static gchar *
message_fill(const gchar *format, const gchar *const *arguments, const Reader *reader)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint count = g_strv_length((gchar **)arguments);

	for (const gchar *p = format; *p != '\0'; p++) {
		if (p[0] == '{' && g_ascii_isdigit(p[1]) && p[2] == '}' &&
		    (guint)(p[1] - '0') < count) {
			g_string_append(text, argument_read(arguments[p[1] - '0'], reader));
			p += 2;
		} else {
			g_string_append_c(text, *p);
		}
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

gchar *
cm_message_fill(const gchar *format, const gchar *const *arguments)
{
	Reader plain = {NULL, NULL};

	return message_fill(format, arguments, &plain);
}

gchar *
cm_message_new_strv(const gchar *format, const gchar *const *arguments)
{
	g_auto(GStrv) clean = NULL;
	g_autoptr(GString) message = NULL;
	g_autofree gchar *english = NULL;

	clean = g_strdupv((gchar **)arguments);
	for (guint i = 0; clean[i] != NULL; i++) {
		g_autofree gchar *valid = g_utf8_make_valid(clean[i], -1);

		g_free(clean[i]);
		clean[i] = g_strdelimit(g_steal_pointer(&valid), "\x1f" JOINT, ' ');
	}
	english = cm_message_fill(format, (const gchar *const *)clean);
	message = g_string_new(english);
	g_string_append_c(message, SEPARATOR);
	g_string_append(message, format);
	for (guint i = 0; clean[i] != NULL && i < MAX_ARGUMENTS; i++) {
		g_string_append_c(message, SEPARATOR);
		g_string_append(message, clean[i]);
	}
	return g_string_free(g_steal_pointer(&message), FALSE);
}

gchar *
cm_message_new(const gchar *format, ...)
{
	const gchar *arguments[MAX_ARGUMENTS + 1] = {NULL};
	va_list list;

	va_start(list, format);
	for (guint i = 0; i < MAX_ARGUMENTS; i++) {
		arguments[i] = va_arg(list, const gchar *);
		if (arguments[i] == NULL)
			break;
	}
	va_end(list);
	return cm_message_new_strv(format, arguments);
}

gchar *
cm_message_join(const gchar *first, const gchar *second)
{
	if (first == NULL || second == NULL)
		return g_strdup(first != NULL ? first : second);
	return g_strconcat(first, JOINT, second, NULL);
}

gchar *
cm_message_term(const gchar *word)
{
	return g_strdup_printf("%c%s", CM_MESSAGE_TERM, word);
}

static gchar *
read_one(const gchar *message, const Reader *reader)
{
	const gchar *tail = strchr(message, SEPARATOR);
	g_auto(GStrv) parts = NULL;

	if (tail == NULL)
		return g_strdup(message);
	if (reader->translate == NULL || tail[1] == '\0')
		return g_strndup(message, (gsize)(tail - message));
	parts = g_strsplit(tail + 1, "\x1f", MAX_ARGUMENTS + 1);
	return message_fill(read_text(parts[0], reader), (const gchar *const *)(parts + 1), reader);
}

/* every message of a string, read by itself */
static gchar *
read_all(const gchar *message, const Reader *reader)
{
	g_auto(GStrv) messages = NULL;

	if (strchr(message, JOINT[0]) == NULL)
		return read_one(message, reader);
	messages = g_strsplit(message, JOINT, -1);
	for (guint i = 0; messages[i] != NULL; i++) {
		gchar *text = read_one(messages[i], reader);

		g_free(messages[i]);
		messages[i] = text;
	}
	return g_strjoinv(" ", messages);
}

static const gchar *
ask_gettext(const gchar *text, gconstpointer data)
{
	return g_dgettext(CM_TEXT_DOMAIN, text);
}

gchar *
cm_message_translate(const gchar *message, CmMessageTranslate translate, gconstpointer data)
{
	Reader reader = {translate, data};

	return read_all(message, &reader);
}

gchar *
cm_message_localize(const gchar *message)
{
	return cm_message_translate(message, ask_gettext, NULL);
}

gchar *
cm_message_to_english(const gchar *message)
{
	return cm_message_translate(message, NULL, NULL);
}

static gboolean
locale_is_utf8(void)
{
	return g_get_charset(NULL);
}

/* the language that the environment asks for, whether its locale is installed or not */
static const gchar *
environment_language(void)
{
	static const gchar *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (guint i = 0; i < G_N_ELEMENTS(variables); i++) {
		const gchar *value = g_getenv(variables[i]);

		if (value != NULL && *value != '\0')
			return value;
	}
	return "C";
}

/* What the environment names; else, for a program run from its build folder, the translations built beside it; else the installed
 * ones. */
static gchar *
find_translations(void)
{
	const gchar *named = g_getenv(CM_ENV_LOCALE_DIR);
	g_autofree gchar *program = g_file_read_link("/proc/self/exe", NULL);
	g_autofree gchar *folder = program != NULL ? g_path_get_dirname(program) : g_strdup("/");
	g_autofree gchar *beside = g_build_filename(folder, "..", "po", NULL);
	g_autofree gchar *built =
	    g_build_filename(beside, "fr", "LC_MESSAGES", CM_TEXT_DOMAIN ".mo", NULL);

	if (named != NULL)
		return g_strdup(named);
	return g_strdup(g_file_test(built, G_FILE_TEST_EXISTS) ? beside : CM_LOCALE_DIR);
}

void
cm_message_init_locale(const gchar *language)
{
	g_autofree gchar *directory = find_translations();
	const gchar *list = g_getenv("LANGUAGE");

	if (language != NULL)
		g_setenv("LANGUAGE", g_str_equal(language, "fr") ? "fr_CA:fr" : "en", TRUE);
	/* a bare Debian has no fr_CA.UTF-8: setlocale() would fall back to "C" and the wish be lost */
	else if ((list == NULL || *list == '\0') && g_str_has_prefix(environment_language(), "fr"))
		g_setenv("LANGUAGE", "fr_CA:fr", TRUE);
	/* gettext is deaf to LANGUAGE in the plain "C" locale, and our texts need UTF-8 */
	if (setlocale(LC_ALL, "") == NULL || !locale_is_utf8())
		setlocale(LC_ALL, "C.UTF-8");
	bindtextdomain(CM_TEXT_DOMAIN, directory);
	bind_textdomain_codeset(CM_TEXT_DOMAIN, "UTF-8");
	textdomain(CM_TEXT_DOMAIN);
}

const gchar *
cm_message_get_language(void)
{
	/* translators: the code of the language you translate into, "fr" for French */
	return g_dgettext(CM_TEXT_DOMAIN, N_("en"));
}
