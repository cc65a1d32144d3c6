// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "include/cm-catalog.h"

#include "daemon/common/cm-catalog-data.h" /* nocheck:include-root: generated */
#include "include/cm-message.h"

#include <gio/gio.h>
#include <string.h>

/* The compiled catalogue, a GNU MO file (gettext's manual, "The Format of GNU MO Files"): a magic number, a version, how many texts
 * there are, where the table of the texts begins, where that of the translations begins. An entry is a length and a place; the texts
 * are sorted, and a NUL ends each. Read where it stands in the program, by binary search; where that is, is found once. */
#define MO_FOLDER "/org/comodal/catalog/"
#define MO_MAGIC 0x950412deu
#define MO_HEADER_SIZE 28
#define MO_ENTRY_SIZE 8

typedef struct {
	const gchar *data;
	gsize size;
	guint32 count;
	guint32 texts;
	guint32 translations;
} Catalog;

static guint32
read_word(const Catalog *catalog, gsize at)
{
	guint32 word = 0;

	if (catalog->size < sizeof word || at > catalog->size - sizeof word)
		return 0;
	memcpy(&word, catalog->data + at, sizeof word);
	return GUINT32_FROM_LE(word);
}

static gboolean
catalog_open(Catalog *catalog, const gchar *language)
{
	g_autofree gchar *path = g_strconcat(MO_FOLDER, language, ".mo", NULL);
	g_autoptr(GBytes) bytes = g_resource_lookup_data(cm_catalog_data_get_resource(), path,
							 G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

	g_return_val_if_fail(bytes != NULL, FALSE);
	/* a part of the program: it outlives the GBytes */
	catalog->data = g_bytes_get_data(bytes, &catalog->size);
	catalog->count = read_word(catalog, 8);
	catalog->texts = read_word(catalog, 12);
	catalog->translations = read_word(catalog, 16);
	g_return_val_if_fail(read_word(catalog, 0) == MO_MAGIC, FALSE);
	g_return_val_if_fail(catalog->size >= MO_HEADER_SIZE, FALSE);
	return TRUE;
}

static const gchar *const known_languages[] = {CM_LANGUAGES, "en", NULL};

#define TRANSLATIONS (G_N_ELEMENTS(known_languages) - 2)

static gpointer
open_all(gpointer data)
{
	/* as long as the program */
	Catalog *catalogs = g_new0(Catalog, TRANSLATIONS);

	for (guint i = 0; i < TRANSLATIONS; i++) {
		if (!catalog_open(&catalogs[i], known_languages[i]))
			catalogs[i].count = 0;
	}
	return catalogs;
}

/* one of known_languages, by its place; looking a resource up takes longer than all that is done with it */
static const Catalog *
get_catalog(guint translation)
{
	static GOnce once = G_ONCE_INIT;
	const Catalog *catalogs = g_once(&once, open_all, NULL);

	return &catalogs[translation];
}

/* the text at an entry, ended by NUL; NULL when the file is not what it must be */
static const gchar *
get_entry(const Catalog *catalog, guint32 table, guint32 index, gsize *out_length)
{
	gsize at = (gsize)table + (gsize)index * MO_ENTRY_SIZE;
	gsize length = read_word(catalog, at);
	gsize place = read_word(catalog, at + 4);

	if (place >= catalog->size || length >= catalog->size - place ||
	    catalog->data[place + length] != '\0')
		return NULL;
	*out_length = length;
	return catalog->data + place;
}

/* The translation of a key: of a plural all its forms, with a NUL between. */
static const gchar *
find_key(const Catalog *catalog, const gchar *key, gsize *out_length)
{
	guint32 low = 0;
	guint32 high = catalog->count;

	while (low < high) {
		guint32 middle = low + (high - low) / 2;
		gsize length = 0;
		const gchar *text = get_entry(catalog, catalog->texts, middle, &length);
		gint order = text != NULL ? g_strcmp0(key, text) : -1;

		if (order == 0)
			return get_entry(catalog, catalog->translations, middle, out_length);
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const gchar *const *
cm_catalog_get_languages(void)
{
	return known_languages;
}

/* "fr" of "fr_CA"; NULL: none, English */
static const Catalog *
find_catalog(const gchar *language)
{
	for (guint i = 0; i < TRANSLATIONS; i++) {
		gsize length = strlen(known_languages[i]);

		if (g_str_has_prefix(language, known_languages[i]) &&
		    strchr("_-.@", language[length]) != NULL)
			return get_catalog(i);
	}
	return NULL;
}

/* The rules of Plural-Forms that are known here, to the letter; a language with another one gets it here (GNU gettext's manual, "Additional
 * functions for plural forms", has them all). Which form so many take. */
static guint
get_plural(const Catalog *catalog, guint64 count)
{
	gsize length = 0;
	const gchar *header = find_key(catalog, "", &length);

	if (header == NULL || strstr(header, "plural=n > 1;") != NULL)
		return count > 1 ? 1 : 0;
	if (strstr(header, "plural=0;") != NULL)
		return 0;
	g_return_val_if_fail(strstr(header, "plural=n != 1;") != NULL, 0);
	return count != 1 ? 1 : 0;
}

const gchar *
cm_catalog_find(const gchar *language, const gchar *text)
{
	gsize length = 0;
	/* the translation of nothing is the catalogue's own header */
	const Catalog *catalog = find_catalog(language);
	const gchar *found =
	    catalog != NULL && *text != '\0' ? find_key(catalog, text, &length) : NULL;

	return found != NULL && length > 0 ? found : text;
}

const gchar *
cm_catalog_find_in_context(const gchar *language, const gchar *context, const gchar *text)
{
	g_autofree gchar *key = g_strdup_printf("%s\004%s", context, text);
	const gchar *found = cm_catalog_find(language, key);

	return found != key ? found : text;
}

const gchar *
cm_catalog_find_plural(const gchar *language, const gchar *one, const gchar *many, guint64 count)
{
	gsize length = 0;
	const Catalog *catalog = find_catalog(language);
	const gchar *found = catalog != NULL ? find_key(catalog, one, &length) : NULL;
	gsize first;

	if (found == NULL)
		return count == 1 ? one : many;
	first = strlen(found);
	return get_plural(catalog, count) > 0 && first < length ? found + first + 1 : found;
}

static const gchar *
translate(const gchar *text, gconstpointer data)
{
	return cm_catalog_find(data, text);
}

gchar *
cm_catalog_localize(const gchar *language, const gchar *message)
{
	return cm_message_translate(message, translate, language);
}
