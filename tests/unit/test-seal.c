// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/seal.h"

#include "include/cm-error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 32

typedef struct {
	gchar *folder;
	gchar *path;
	CmServiceKey *key;
	CmSeal *seal;
	guint8 id[CM_SEAL_DATABASE_ID_BYTES];
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	fixture->folder = g_dir_make_tmp("comodal-seal-XXXXXX", NULL);
	fixture->path = g_build_filename(fixture->folder, "key", NULL);
	g_assert_true(cm_service_key_create(fixture->path, NULL, NULL, &error));
	fixture->key = cm_service_key_load(fixture->path, NULL, &error);
	g_assert_no_error(error);
	memset(fixture->id, 7, sizeof fixture->id);
	fixture->seal = cm_seal_new(fixture->key, fixture->id, &error);
	g_assert_no_error(error);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
	cm_seal_free(fixture->seal);
	cm_service_key_free(fixture->key);
	g_unlink(fixture->path);
	g_rmdir(fixture->folder);
	g_free(fixture->folder);
	g_free(fixture->path);
}

static GByteArray *
seal_text(Fixture *fixture, const CmSealPlace *place, const gchar *text)
{
	GByteArray *sealed = g_byte_array_new();

	cm_seal_close(fixture->seal, place, text, strlen(text), BLOCK, sealed);
	return sealed;
}

static gboolean
opens(CmSeal *seal, const CmSealPlace *place, const GByteArray *sealed, const gchar *expected)
{
	g_autoptr(GByteArray) plain = g_byte_array_new();
	g_autoptr(GError) error = NULL;

	if (!cm_seal_open(seal, place, sealed->data, sealed->len, BLOCK, plain, &error)) {
		g_assert_error(error, CM_ERROR, CM_ERROR_STORE);
		return FALSE;
	}
	g_assert_cmpmem(plain->data, (gint)plain->len, expected, (gint)strlen(expected));
	return TRUE;
}

static void
test_lengths(Fixture *fixture, gconstpointer data)
{
	CmSealPlace place = {.table = "student", .column = "identity", .row = 5};

	for (gsize length = 0; length < 200; length++) {
		g_autofree gchar *text = g_strnfill(length, 'x');
		g_autoptr(GByteArray) sealed = seal_text(fixture, &place, text);

		g_assert_cmpuint(sealed->len, ==, CM_SEAL_OVERHEAD + (length / BLOCK + 1) * BLOCK);
		g_assert_true(opens(fixture->seal, &place, sealed, text));
	}
}

static void
test_places(Fixture *fixture, gconstpointer data)
{
	CmSealPlace place = {.table = "student", .column = "identity", .row = 5};
	CmSealPlace others[] = {{.table = "contact", .column = "identity", .row = 5},
				{.table = "student", .column = "name", .row = 5},
				{.table = "student", .column = "identity", .row = 6},
				/* the boundary between two names counts */
				{.table = "studenti", .column = "dentity", .row = 5}};
	g_autoptr(GByteArray) sealed = seal_text(fixture, &place, "Zoé");
	g_autoptr(CmSeal) other = NULL;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(others); i++)
		g_assert_false(opens(fixture->seal, &others[i], sealed, ""));
	g_assert_true(opens(fixture->seal, &place, sealed, "Zoé"));
	fixture->id[0] ^= 1;
	other = cm_seal_new(fixture->key, fixture->id, &error);
	g_assert_no_error(error);
	g_assert_false(opens(other, &place, sealed, ""));
}

static void
test_altered(Fixture *fixture, gconstpointer data)
{
	CmSealPlace place = {.table = "student", .column = "identity", .row = 5};
	g_autoptr(GByteArray) sealed = seal_text(fixture, &place, "Zoé");
	g_autoptr(GByteArray) again = seal_text(fixture, &place, "Zoé");
	guint length = sealed->len;

	/* the same text never looks the same */
	g_assert_cmpint(memcmp(sealed->data, again->data, length), !=, 0);
	for (guint bit = 0; bit < length * 8; bit++) {
		sealed->data[bit / 8] ^= (guint8)(1 << bit % 8);
		g_assert_false(opens(fixture->seal, &place, sealed, ""));
		sealed->data[bit / 8] ^= (guint8)(1 << bit % 8);
	}
	for (guint shorter = 0; shorter < length; shorter++) {
		sealed->len = shorter;
		g_assert_false(opens(fixture->seal, &place, sealed, ""));
	}
	sealed->len = length;
	g_byte_array_append(sealed, (const guint8 *)"", 1);
	g_assert_false(opens(fixture->seal, &place, sealed, ""));
}

static void
test_hash(Fixture *fixture, gconstpointer data)
{
	guint8 hashes[5][CM_SEAL_HASH_BYTES];
	g_autoptr(CmSeal) other = NULL;
	g_autoptr(GError) error = NULL;

	cm_seal_hash(fixture->seal, CM_SEAL_HASH_ID, "student", "abc", 3, hashes[0]);
	cm_seal_hash(fixture->seal, CM_SEAL_HASH_ID, "contact", "abc", 3, hashes[1]);
	cm_seal_hash(fixture->seal, CM_SEAL_HASH_CONTENT, "student", "abc", 3, hashes[2]);
	cm_seal_hash(fixture->seal, CM_SEAL_HASH_ID, "student", "abd", 3, hashes[3]);
	fixture->id[3] ^= 1;
	other = cm_seal_new(fixture->key, fixture->id, &error);
	cm_seal_hash(other, CM_SEAL_HASH_ID, "student", "abc", 3, hashes[4]);
	for (guint i = 0; i < G_N_ELEMENTS(hashes); i++) {
		for (guint j = 0; j < i; j++)
			g_assert_cmpint(memcmp(hashes[i], hashes[j], CM_SEAL_HASH_BYTES), !=, 0);
	}
	cm_seal_hash(fixture->seal, CM_SEAL_HASH_ID, "student", "abc", 3, hashes[1]);
	g_assert_cmpmem(hashes[0], CM_SEAL_HASH_BYTES, hashes[1], CM_SEAL_HASH_BYTES);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/seal/lengths", Fixture, NULL, set_up, test_lengths, tear_down);
	g_test_add("/seal/places", Fixture, NULL, set_up, test_places, tear_down);
	g_test_add("/seal/altered", Fixture, NULL, set_up, test_altered, tear_down);
	g_test_add("/seal/hash", Fixture, NULL, set_up, test_hash, tear_down);
	return g_test_run();
}
