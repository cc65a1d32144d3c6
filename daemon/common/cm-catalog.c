// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "include/cm-catalog.h"

#include "daemon/common/cm-catalog-data.h" /* nocheck:include-root: generated */
#include "include/cm-message.h"

#include <gio/gio.h>
#include <string.h>

/* The compiled catalogue, a GNU MO file (gettext's manual, "The Format of GNU MO Files"): a magic number, a version, how many texts
 * there are, where the table of the texts begins, where that of the translations begins, how large the table of hashes is and where it
 * begins. An entry is a length and a place; a NUL ends each text. Read where it stands in the program, by the table of hashes; where that is, is
 * found once. */
#define MO_FOLDER "/org/comodal/catalog/"
#define MO_MAGIC 0x950412deu
#define MO_HEADER_SIZE 28
#define MO_ENTRY_SIZE 8
#define MO_HASH_SIZE 4
/* texts whose place is remembered, by where they are in the program: all that pages and letters say is constant */
#define REMEMBERED_BITS 11
/* what stands between a context and its text */
#define CONTEXT_END '\004'

typedef enum { PLURAL_ABOVE_ONE, PLURAL_NOT_ONE, PLURAL_NEVER } Plural;

typedef struct {
	const gchar *data;
	gsize size;
	guint32 count;
	guint32 texts;
	guint32 translations;
	guint32 hashes;
	guint32 hash_count;
	Plural plural;
	gint *
	    remembered; /* numbers, 0 for none; each is checked by whoever finds it, so any thread may write */
} Catalog;

/* what is looked up; `context` NULL: none */
typedef struct {
	const gchar *context;
	const gchar *text;
} Key;

static guint32
read_word(const Catalog *catalog, gsize at)
{
	guint32 word = 0;

	if (catalog->size < sizeof word || at > catalog->size - sizeof word)
		return 0;
	memcpy(&word, catalog->data + at, sizeof word);
	return GUINT32_FROM_LE(word);
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

/* ---- finding, as gettext does: hashpjw of P. J. Weinberger, and steps of a second hash */

static guint32
hash_octet(guint32 hash, gchar octet)
{
	guint32 high = 0;

	hash = (hash << 4) + (guchar)octet;
	high = hash & 0xf0000000u;
	return (hash ^ (high >> 24)) ^ high;
}

static guint32
hash_text(guint32 hash, const gchar *text)
{
	for (; *text != '\0'; text++)
		hash = hash_octet(hash, *text);
	return hash;
}

static guint32
hash_key(const Key *key)
{
	if (key->context == NULL)
		return hash_text(0, key->text);
	return hash_text(hash_octet(hash_text(0, key->context), CONTEXT_END), key->text);
}

static gboolean
is_key(const Catalog *catalog, const Key *key, guint32 number)
{
	gsize length = 0;
	const gchar *found = get_entry(catalog, catalog->texts, number - 1, &length);

	if (found == NULL || key->context == NULL)
		return found != NULL && g_str_equal(key->text, found);
	length = strlen(key->context);
	return strncmp(key->context, found, length) == 0 && found[length] == CONTEXT_END &&
	       g_str_equal(key->text, found + length + 1);
}

/* Returns: its number, the first is 1; 0: there is none */
static guint32
find_number(const Catalog *catalog, const Key *key)
{
	guint32 hash = hash_key(key);
	guint32 place = catalog->count > 0 ? hash % catalog->hash_count : 0;
	guint32 step = catalog->count > 0 ? 1 + hash % (catalog->hash_count - 2) : 0;

	/* some are free, but of a file that is not what it must be */
	for (guint32 tries = 0; tries < catalog->count; tries++) {
		guint32 number = read_word(catalog, catalog->hashes + (gsize)place * MO_HASH_SIZE);

		if (number == 0 || number > catalog->count)
			return 0;
		if (is_key(catalog, key, number))
			return number;
		place = place < catalog->hash_count - step ? place + step
							   : place - (catalog->hash_count - step);
	}
	return 0;
}

static gint *
get_remembered(const Catalog *catalog, const Key *key)
{
	/* Knuth's multiplicative hash */
	guint32 spread = (guint32)GPOINTER_TO_SIZE(key->text) * 2654435769u;

	return &catalog->remembered[spread >> (32 - REMEMBERED_BITS)];
}

/* The translation of a key: of a plural all its forms, with a NUL between. */
static const gchar *
find_key(const Catalog *catalog, const Key *key, gsize *out_length)
{
	gint *remembered = get_remembered(catalog, key);
	guint32 number = (guint32)g_atomic_int_get(remembered);

	if (number == 0 || !is_key(catalog, key, number)) {
		number = find_number(catalog, key);
		if (number == 0)
			return NULL;
		g_atomic_int_set(remembered, (gint)number);
	}
	return get_entry(catalog, catalog->translations, number - 1, out_length);
}

/* ---- a language's */

/* The rules of Plural-Forms that are known here, to the letter; a language with another one gets it here (GNU gettext's manual, "Additional
 * functions for plural forms", has them all). */
static Plural
find_plural(const Catalog *catalog)
{
	const Key key = {.text = ""};
	gsize length = 0;
	const gchar *header = find_key(catalog, &key, &length);

	if (header == NULL || strstr(header, "plural=n > 1;") != NULL)
		return PLURAL_ABOVE_ONE;
	if (strstr(header, "plural=0;") != NULL)
		return PLURAL_NEVER;
	g_return_val_if_fail(strstr(header, "plural=n != 1;") != NULL, PLURAL_NEVER);
	return PLURAL_NOT_ONE;
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
	catalog->hash_count = read_word(catalog, 20);
	catalog->hashes = read_word(catalog, 24);
	g_return_val_if_fail(read_word(catalog, 0) == MO_MAGIC, FALSE);
	g_return_val_if_fail(catalog->size >= MO_HEADER_SIZE, FALSE);
	g_return_val_if_fail(catalog->hash_count > 2, FALSE);
	catalog->plural = find_plural(catalog);
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
		catalogs[i].remembered = g_new0(gint, 1u << REMEMBERED_BITS);
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

/* which form so many take */
static guint
get_form(const Catalog *catalog, guint64 count)
{
	switch (catalog->plural) {
	case PLURAL_ABOVE_ONE:
		return count > 1 ? 1 : 0;
	case PLURAL_NOT_ONE:
		return count != 1 ? 1 : 0;
	case PLURAL_NEVER:
	default:
		return 0;
	}
}

static const gchar *
find(const gchar *language, const Key *key)
{
	gsize length = 0;
	const Catalog *catalog = find_catalog(language);
	/* the translation of nothing is the catalogue's own header */
	const gchar *found =
	    catalog != NULL && *key->text != '\0' ? find_key(catalog, key, &length) : NULL;

	return found != NULL && length > 0 ? found : key->text;
}

const gchar *
cm_catalog_find(const gchar *language, const gchar *text)
{
	const Key key = {.text = text};

	return find(language, &key);
}

const gchar *
cm_catalog_find_in_context(const gchar *language, const gchar *context, const gchar *text)
{
	const Key key = {context, text};

	return find(language, &key);
}

const gchar *
cm_catalog_find_plural(const gchar *language, const gchar *one, const gchar *many, guint64 count)
{
	const Key key = {.text = one};
	gsize length = 0;
	const Catalog *catalog = find_catalog(language);
	const gchar *found = catalog != NULL ? find_key(catalog, &key, &length) : NULL;
	gsize first;

	if (found == NULL)
		return count == 1 ? one : many;
	first = strlen(found);
	return get_form(catalog, count) > 0 && first < length ? found + first + 1 : found;
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
