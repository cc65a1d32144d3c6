// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/vault-vectors.h"

#include <string.h>

/* Every vector of tests/fixtures/vault/ gives its class, and what it opens to; every octet changed, every truncation and an octet more
 * give the very class that the second implementation gives. */

#define SHARED "shared"
#define SUFFIX ".vectors"
#define FILES_MIN 10

static gchar *
dup_folder(void)
{
	return g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests", "fixtures", "vault",
				NULL);
}

static gchar *
to_hex(GBytes *octets)
{
	gsize length = 0;
	const guint8 *data = g_bytes_get_data(octets, &length);
	GString *text = g_string_new(NULL);

	for (gsize i = 0; i < length; i++)
		g_string_append_printf(text, "%02x", data[i]);
	return g_string_free(text, FALSE);
}

static void
check_vector(CmVaultVectors *vectors)
{
	g_autofree gchar *expected =
	    g_key_file_get_string(vectors->file, vectors->name, "Expect", NULL);
	g_autoptr(GBytes) plain = cm_vault_vectors_dup_octets(vectors, "Plain");
	g_autoptr(GBytes) octets = cm_vault_vectors_dup_question(vectors);
	g_autoptr(GBytes) opened = NULL;
	g_autofree gchar *found = NULL;
	CmVaultClass answer = cm_vault_vectors_answer(vectors, octets, &opened);

	if (!g_str_equal(cm_vault_class_to_string(answer), expected)) {
		g_test_message("%s: %s instead of %s", vectors->name,
			       cm_vault_class_to_string(answer), expected);
		g_test_fail();
	}
	if (g_bytes_get_size(plain) > 0 && (opened == NULL || !g_bytes_equal(opened, plain))) {
		found = opened != NULL ? to_hex(opened) : g_strdup("nothing");
		g_test_message("%s opens to %s", vectors->name, found);
		g_test_fail();
	}
}

typedef struct {
	GString *text;
	const gchar *last;
	guint count;
} Runs;

static void
runs_add(Runs *runs, const gchar *word)
{
	if (runs->last != NULL && (word == NULL || !g_str_equal(word, runs->last))) {
		g_string_append_printf(runs->text, "%s%s*%u", runs->text->len > 0 ? " " : "",
				       runs->last, runs->count);
		runs->count = 0;
	}
	runs->last = word;
	runs->count++;
}

static void
ask(CmVaultVectors *vectors, Runs *runs, const guint8 *octets, gsize length)
{
	g_autoptr(GBytes) bytes = g_bytes_new(octets, length);
	g_autoptr(GBytes) opened = NULL;

	runs_add(runs, cm_vault_class_to_string(cm_vault_vectors_answer(vectors, bytes, &opened)));
}

static gchar *
dup_changes(CmVaultVectors *vectors)
{
	static const guint8 bits[] = {0x01, 0x80};
	g_autoptr(GBytes) question = cm_vault_vectors_dup_question(vectors);
	gsize length = g_bytes_get_size(question);
	g_autofree guint8 *octets = g_malloc0(length + 1);
	Runs runs = {.text = g_string_new(NULL)};

	memcpy(octets, g_bytes_get_data(question, NULL), length);
	for (guint bit = 0; bit < G_N_ELEMENTS(bits); bit++)
		for (gsize i = 0; i < length; i++) {
			octets[i] ^= bits[bit];
			ask(vectors, &runs, octets, length);
			octets[i] ^= bits[bit];
		}
	for (gsize i = 0; i < length; i++)
		ask(vectors, &runs, octets, i);
	ask(vectors, &runs, octets, length + 1);
	runs_add(&runs, NULL);
	return g_string_free(runs.text, FALSE);
}

static void
check_changes(CmVaultVectors *vectors)
{
	g_autofree gchar *expected =
	    g_key_file_get_string(vectors->file, vectors->name, "Changes", NULL);
	g_autofree gchar *found = NULL;

	if (expected == NULL)
		return;
	found = dup_changes(vectors);
	if (!g_str_equal(found, expected)) {
		g_test_message("%s, changed: %s instead of %s", vectors->name, found, expected);
		g_test_fail();
	}
}

#define SAMPLED_EVERY 211
#define CUT_EVERY 997

/* as samples() of tests/vault/vectors.py: of what is too long for every change of it */
static gchar *
dup_samples(CmVaultVectors *vectors)
{
	g_autoptr(GBytes) question = cm_vault_vectors_dup_question(vectors);
	gsize length = g_bytes_get_size(question);
	g_autofree guint8 *octets = g_memdup2(g_bytes_get_data(question, NULL), length);
	Runs runs = {.text = g_string_new(NULL)};

	for (gsize i = 0; i < length; i += SAMPLED_EVERY) {
		octets[i] ^= 1;
		ask(vectors, &runs, octets, length);
		octets[i] ^= 1;
	}
	for (gsize i = 0; i < length; i += CUT_EVERY)
		ask(vectors, &runs, octets, i);
	runs_add(&runs, NULL);
	return g_string_free(runs.text, FALSE);
}

static void
check_samples(CmVaultVectors *vectors)
{
	g_autofree gchar *expected =
	    g_key_file_get_string(vectors->file, vectors->name, "Sampled", NULL);
	g_autofree gchar *found = NULL;

	if (expected == NULL)
		return;
	found = dup_samples(vectors);
	if (!g_str_equal(found, expected)) {
		g_test_message("%s, sampled: %s instead of %s", vectors->name, found, expected);
		g_test_fail();
	}
}

static void
run_file(const gchar *name, void (*check)(CmVaultVectors *vectors))
{
	g_autofree gchar *folder = dup_folder();
	g_autofree gchar *path = g_build_filename(folder, name, NULL);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_auto(GStrv) names = NULL;
	guint count = 0;

	g_assert_true(g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL));
	names = g_key_file_get_groups(file, NULL);
	for (guint i = 0; names[i] != NULL; i++) {
		CmVaultVectors vectors;

		if (g_str_equal(names[i], SHARED))
			continue;
		cm_vault_vectors_prepare(&vectors, file, folder, names[i]);
		check(&vectors);
		cm_vault_vectors_clear(&vectors);
		count++;
	}
	g_assert_cmpuint(count, >, 0);
}

static void
test_vectors(gconstpointer name)
{
	run_file(name, check_vector);
}

static void
test_changes(gconstpointer name)
{
	run_file(name, check_changes);
	run_file(name, check_samples);
}

/* each file of vectors that there is: none is left out unnoticed */
static guint
add_files(const gchar *folder)
{
	g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
	const gchar *file = NULL;
	guint count = 0;

	g_assert_nonnull(files);
	for (file = g_dir_read_name(files); file != NULL; file = g_dir_read_name(files)) {
		g_autofree gchar *stem = NULL;
		g_autofree gchar *all = NULL;
		g_autofree gchar *changed = NULL;
		gchar *name = NULL;

		if (!g_str_has_suffix(file, SUFFIX))
			continue;
		stem = g_strndup(file, strlen(file) - strlen(SUFFIX));
		all = g_strdup_printf("/vault-vectors/%s", stem);
		changed = g_strdup_printf("/vault-vectors/%s/changed", stem);
		name = g_strdup(file);
		g_test_add_data_func_full(all, name, test_vectors, NULL);
		g_test_add_data_func_full(changed, name, test_changes, g_free);
		count++;
	}
	return count;
}

int
main(int argc, char **argv)
{
	g_autofree gchar *folder = NULL;

	g_test_init(&argc, &argv, NULL);
	/* say all that differs, not only the first */
	g_test_set_nonfatal_assertions();
	folder = dup_folder();
	g_assert_cmpuint(add_files(folder), >=, FILES_MIN);
	return g_test_run();
}
