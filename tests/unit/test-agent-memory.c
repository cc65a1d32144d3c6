// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-memory.h"
#include "daemon/vault/vault-keyring.h"
#include "include/cm-error.h"
#include "tests/lib/file-calls.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

/* What an agent remembers, in a folder: as it was written, or not at all. */

typedef struct {
	gchar *folder;
	gchar *path;
	CmVaultRecord *bundle;  /* generation 2 */
	CmVaultRecord *earlier; /* generation 1 */
} Fixture;

static const guint8 organisation[CM_VAULT_HASH_BYTES] = {3};
static const guint8 person[CM_VAULT_ID_BYTES] = {4};
static const guint8 other[CM_VAULT_ID_BYTES] = {5};
static const guint8 first_case[CM_VAULT_ID_BYTES] = {1};
static const guint8 second_case[CM_VAULT_ID_BYTES] = {2};
static const guint8 one[CM_VAULT_HASH_BYTES] = {11};
static const guint8 two[CM_VAULT_HASH_BYTES] = {22};

static void
set_up(Fixture *f, gconstpointer data)
{
	(void)data;
	g_assert_cmpint(sodium_init(), >=, 0);
	f->folder = g_dir_make_tmp("comodal-memory-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, CM_AGENT_MEMORY_NAME, NULL);
	f->bundle = cm_vault_keyring_generate(organisation, person, 2, 1790000000);
	f->earlier = cm_vault_keyring_generate(organisation, person, 1, 1790000000);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
	g_autofree gchar *aside = g_strconcat(f->path, "-1", NULL);

	(void)data;
	(void)g_unlink(f->path);
	(void)g_unlink(aside);
	g_assert_cmpint(g_rmdir(f->folder), ==, 0);
	cm_vault_record_unref(f->bundle);
	cm_vault_record_unref(f->earlier);
	g_free(f->folder);
	g_free(f->path);
}

static CmAgentMemory *
read_good(const Fixture *f, const CmVaultRecord *bundle)
{
	g_autoptr(GError) error = NULL;
	CmAgentMemory *memory = cm_agent_memory_read(f->folder, bundle, &error);

	g_assert_no_error(error);
	return memory;
}

static void
write_good(CmAgentMemory *memory)
{
	g_autoptr(GError) error = NULL;
	gboolean good = cm_agent_memory_write(memory, &error);

	g_assert_no_error(error);
	g_assert_true(good);
}

static void
set_case(CmAgentMemory *memory,
	 const guint8 *case_id,
	 guint32 epoch,
	 const guint8 *epoch_record,
	 guint64 sequence,
	 const guint8 *last_note)
{
	cm_agent_memory_set_case(
	    memory, &(CmVaultRememberedCase){case_id, epoch, epoch_record, sequence, last_note});
}

static void
assert_case(const CmAgentMemory *memory,
	    const guint8 *case_id,
	    guint32 epoch,
	    const guint8 *epoch_record,
	    guint64 sequence,
	    const guint8 *last_note)
{
	const CmVaultRememberedCase *found = cm_agent_memory_find_case(memory, case_id);

	g_assert_nonnull(found);
	g_assert_cmpuint(found->epoch, ==, epoch);
	g_assert_cmpmem(found->epoch_record, CM_VAULT_HASH_BYTES, epoch_record,
			CM_VAULT_HASH_BYTES);
	g_assert_cmpuint(found->sequence, ==, sequence);
	g_assert_cmpmem(found->last_note, CM_VAULT_HASH_BYTES, last_note, CM_VAULT_HASH_BYTES);
}

static void
write_some(const Fixture *f, const CmVaultRecord *bundle)
{
	g_autoptr(CmAgentMemory) memory = read_good(f, bundle);

	cm_agent_memory_set_directory(memory, 7, two);
	set_case(memory, first_case, 2, one, 5, two);
	cm_agent_memory_set_draft(memory, &(CmVaultRememberedDraft){other, 3});
	write_good(memory);
}

static void
test_as_it_was_written(Fixture *f, gconstpointer data)
{
	g_autoptr(CmAgentMemory) memory = NULL;

	(void)data;
	write_some(f, f->bundle);
	memory = read_good(f, f->bundle);
	g_assert_cmpuint(cm_agent_memory_get(memory)->directory, ==, 7);
	assert_case(memory, first_case, 2, one, 5, two);
	g_assert_null(cm_agent_memory_find_case(memory, second_case));
	g_assert_cmpuint(cm_agent_memory_get_revision(memory, other), ==, 3);
}

static GBytes *
read_octets(const gchar *path)
{
	gchar *octets = NULL;
	gsize length = 0;

	g_assert_true(g_file_get_contents(path, &octets, &length, NULL));
	return g_bytes_new_take(octets, length);
}

static void
refuse(const Fixture *f, const CmVaultRecord *bundle, const guint8 *octets, gsize length)
{
	g_autoptr(GError) error = NULL;
	CmAgentMemory *memory = NULL;

	/* nothing is synced, and GLib does not shorten a file so */
	(void)g_unlink(f->path);
	g_assert_true(g_file_set_contents_full(f->path, (const gchar *)octets, (gssize)length,
					       G_FILE_SET_CONTENTS_NONE, 0600, NULL));
	memory = cm_agent_memory_read(f->folder, bundle, &error);
	/* the class has its own code where the form is broken; what is not what was locked is the store's */
	if (!cm_error_is(error, CM_ERROR_INVALID_INPUT) &&
	    !cm_error_is(error, CM_ERROR_NOT_SUPPORTED))
		g_assert_true(cm_error_is(error, CM_ERROR_STORE));
	g_assert_null(memory);
}

/* and the file is left as it is */
static void
test_changed(Fixture *f, gconstpointer data)
{
	g_autoptr(GBytes) whole = NULL;
	g_autoptr(GBytes) left = NULL;
	g_autofree guint8 *octets = NULL;
	gsize length = 0;

	(void)data;
	write_some(f, f->bundle);
	whole = read_octets(f->path);
	octets = g_memdup2(g_bytes_get_data(whole, &length), g_bytes_get_size(whole));
	for (gsize i = 0; i < length; i++) {
		refuse(f, f->bundle, octets, i);
		octets[i] ^= 1;
		refuse(f, f->bundle, octets, length);
		octets[i] ^= 1;
	}
	octets[length - 1] ^= 1;
	refuse(f, f->bundle, octets, length);
	left = read_octets(f->path);
	g_assert_cmpmem(g_bytes_get_data(left, NULL), (gint)g_bytes_get_size(left), octets,
			(gint)length);
}

static void
assert_file(const gchar *path, GBytes *wanted)
{
	g_autoptr(GBytes) octets = read_octets(path);

	g_assert_true(g_bytes_equal(octets, wanted));
}

/* what other keys remembered is never taken for nothing: neither earlier keys', which may have been put back, nor later ones', nor a stranger's */
static void
test_of_other_keys(Fixture *f, gconstpointer data)
{
	g_autofree gchar *aside = g_strconcat(f->path, "-1", NULL);
	g_autoptr(CmVaultRecord) stranger =
	    cm_vault_keyring_generate(organisation, other, 9, 1790000000);
	g_autoptr(GBytes) before = NULL;
	gsize length = 0;
	const guint8 *octets = NULL;

	(void)data;
	write_some(f, f->earlier);
	before = read_octets(f->path);
	octets = g_bytes_get_data(before, &length);
	refuse(f, f->bundle, octets, length);
	refuse(f, stranger, octets, length);
	assert_file(f->path, before);
	g_assert_false(g_file_test(aside, G_FILE_TEST_EXISTS));
	g_assert_true(g_unlink(f->path) == 0);
	write_some(f, f->bundle);
	g_clear_pointer(&before, g_bytes_unref);
	before = read_octets(f->path);
	octets = g_bytes_get_data(before, &length);
	refuse(f, f->earlier, octets, length);
}

/* for new keys it is put aside, and no other one takes its place there; where these never came, it is found again */
static void
test_put_aside(Fixture *f, gconstpointer data)
{
	g_autofree gchar *aside = g_strconcat(f->path, "-1", NULL);
	g_autoptr(GBytes) first = NULL;
	g_autoptr(GBytes) second = NULL;
	g_autoptr(CmAgentMemory) memory = NULL;
	g_autoptr(CmAgentMemory) again = NULL;
	g_autoptr(GError) error = NULL;

	(void)data;
	g_assert_true(cm_agent_memory_put_aside(f->folder, 1, &error));
	write_some(f, f->earlier);
	first = read_octets(f->path);
	g_assert_true(cm_agent_memory_put_aside(f->folder, 1, &error));
	g_assert_no_error(error);
	assert_file(aside, first);
	memory = read_good(f, f->bundle);
	g_assert_null(cm_agent_memory_find_case(memory, first_case));
	again = read_good(f, f->earlier);
	assert_case(again, first_case, 2, one, 5, two);
	g_assert_false(g_file_test(aside, G_FILE_TEST_EXISTS));

	g_assert_true(cm_agent_memory_put_aside(f->folder, 1, &error));
	write_good(memory);
	second = read_octets(f->path);
	g_assert_false(cm_agent_memory_put_aside(f->folder, 1, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_KEY));
	g_clear_error(&error);
	g_assert_true(cm_agent_memory_put_back(f->folder, 1, &error));
	g_assert_no_error(error);
	assert_file(aside, first);
	assert_file(f->path, second);
}

/* across the network, where no file can be renamed on condition */
static void
test_put_aside_elsewhere(Fixture *f, gconstpointer data)
{
	file_calls_get()->refusal = EINVAL;
	test_put_aside(f, data);
	g_assert_cmpuint(file_calls_get()->refusals, >, 0);
	file_calls_get()->refusal = 0;
}

static void
test_joined(Fixture *f, gconstpointer data)
{
	g_autoptr(CmAgentMemory) own = read_good(f, f->bundle);
	g_autoptr(CmAgentMemory) earlier = read_good(f, f->earlier);

	(void)data;
	set_case(own, first_case, 3, two, 2, one);
	set_case(earlier, first_case, 2, one, 5, two);
	set_case(earlier, second_case, 1, two, 1, one);
	cm_agent_memory_join_cases(own, earlier);
	/* neither its key nor its notes are farther back than either has seen */
	assert_case(own, first_case, 3, two, 5, two);
	assert_case(own, second_case, 1, two, 1, one);
	/* two ends of one place are of two chains: the one that was seen first counts, and what follows the other is refused */
	set_case(own, second_case, 1, one, 1, two);
	cm_agent_memory_join_cases(own, earlier);
	assert_case(own, second_case, 1, two, 1, one);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/agent-memory/as-it-was-written", Fixture, NULL, set_up, test_as_it_was_written,
		   tear_down);
	g_test_add("/agent-memory/changed", Fixture, NULL, set_up, test_changed, tear_down);
	g_test_add("/agent-memory/of-other-keys", Fixture, NULL, set_up, test_of_other_keys,
		   tear_down);
	g_test_add("/agent-memory/put-aside", Fixture, NULL, set_up, test_put_aside, tear_down);
	g_test_add("/agent-memory/put-aside-elsewhere", Fixture, NULL, set_up,
		   test_put_aside_elsewhere, tear_down);
	g_test_add("/agent-memory/joined", Fixture, NULL, set_up, test_joined, tear_down);
	return g_test_run();
}
