// SPDX-License-Identifier: GPL-3.0-or-later
/* Cases that comodald keeps checked, against a database of which something was undone. */
#include "daemon/store/vault-cache.h"
#include "daemon/store/vault-rows.h"
#include "daemon/vault/vault-keyring.h"
#include "daemon/vault/vault-registrar.h"
#include "tests/unit/store-fixture.h"

#include <string.h>

#define NOW 1790000000

static const guint8 name[CM_VAULT_ID_BYTES] = {7};

typedef struct {
	CmStoreFixture *fixture;
	CmVaultPeople *people;
	gint64 row;
} Held;

static CmVaultPeople *
make_people(void)
{
	g_autoptr(CmVaultRecord) bundle = cm_vault_registrar_generate(NOW);
	guint8 sign_key[CM_VAULT_KEY_BYTES];
	guint8 box_key[CM_VAULT_KEY_BYTES];
	g_autoptr(GBytes) directory = NULL;
	CmVaultPeople *people = NULL;

	g_assert_nonnull(bundle);
	g_assert_cmpint(cm_vault_keyring_get_public(bundle, sign_key, box_key), ==,
			CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_registrar_sign(NULL, bundle, NULL, 0, NOW, &directory), ==,
			CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_people_new(directory, sign_key, NULL, &people), ==,
			CM_VAULT_CLASS_OK);
	return people;
}

/* an epoch that differs with `mark`; nobody checks it here */
static CmVaultRecord *
make_epoch(guint8 mark)
{
	const guint8 some[CM_VAULT_HASH_BYTES] = {mark};
	const CmVaultEpoch epoch = {.organisation = some,
				    .case_id = name,
				    .epoch = 1,
				    .authority = CM_VAULT_AUTHORITY_OPENING,
				    .signer = name,
				    .signer_generation = 1,
				    .responsible = name,
				    .responsible_generation = 1,
				    .file = 1,
				    .reason = CM_VAULT_REASON_OPENED,
				    .key_commitment = some,
				    .subject = some,
				    .directory = 1,
				    .made_at = NOW};
	const guint8 *seed = some;
	g_autoptr(GBytes) octets = cm_vault_record_sign(CM_VAULT_KIND_EPOCH, &epoch, &seed, 1);
	CmVaultRecord *record = NULL;

	g_assert_nonnull(octets);
	g_assert_cmpint(cm_vault_record_read(CM_VAULT_KIND_EPOCH, octets, &record), ==,
			CM_VAULT_CLASS_OK);
	return record;
}

static Held *
held_new(void)
{
	Held *held = g_new0(Held, 1);
	g_autoptr(CmTransaction) transaction = NULL;
	g_autoptr(GError) error = NULL;

	held->fixture = cm_store_fixture_new();
	held->people = make_people();
	transaction = cm_transaction_new(held->fixture->store->database, &error);
	g_assert_no_error(error);
	g_assert_true(
	    cm_vault_rows_insert_case(held->fixture->store, name, 1, NOW, &held->row, &error));
	g_assert_true(cm_transaction_commit(transaction, &error));
	return held;
}

static void
held_free(Held *held)
{
	cm_vault_people_unref(held->people);
	cm_store_fixture_free(held->fixture);
	g_free(held);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Held, held_free)

/* a record, and the case kept with it, in one transaction */
static void
add(Held *held, guint8 mark, gboolean commit)
{
	CmStore *store = held->fixture->store;
	g_autoptr(GError) error = NULL;
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, &error);
	g_autoptr(CmVaultRecord) epoch = make_epoch(mark);
	gint64 id = 0;

	g_assert_no_error(error);
	g_assert_true(cm_vault_rows_insert_record(store, epoch, held->row, name, NOW, &id, &error));
	g_assert_true(cm_vault_cache_put(store, held->row, held->people,
					 cm_vault_case_new(held->people, name), &error));
	if (commit)
		g_assert_true(cm_transaction_commit(transaction, &error));
}

static gboolean
is_kept(Held *held)
{
	g_autoptr(CmVaultCase) kept = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(
	    cm_vault_cache_take(held->fixture->store, held->row, held->people, &kept, &error));
	return kept != NULL;
}

static void
test_kept(void)
{
	g_autoptr(Held) held = held_new();

	add(held, 1, TRUE);
	g_assert_true(is_kept(held));
	/* taken once: whoever fails on it does not put it back */
	g_assert_false(is_kept(held));
}

static void
test_undone(void)
{
	g_autoptr(Held) held = held_new();

	add(held, 1, FALSE);
	g_assert_false(is_kept(held));
	add(held, 2, TRUE);
	add(held, 3, FALSE);
	g_assert_false(is_kept(held));
}

/* the same row numbers are given again, to something else */
static void
test_undone_and_another_in_its_place(void)
{
	g_autoptr(Held) held = held_new();
	CmStore *store = held->fixture->store;
	g_autoptr(CmTransaction) transaction = NULL;
	g_autoptr(CmVaultRecord) epoch = make_epoch(2);
	g_autoptr(GError) error = NULL;
	gint64 id = 0;

	add(held, 1, FALSE);
	transaction = cm_transaction_new(store->database, &error);
	g_assert_no_error(error);
	g_assert_true(cm_vault_rows_insert_record(store, epoch, held->row, name, NOW, &id, &error));
	g_assert_true(cm_transaction_commit(transaction, &error));
	g_assert_false(is_kept(held));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vault-cache/kept", test_kept);
	g_test_add_func("/vault-cache/undone", test_undone);
	g_test_add_func("/vault-cache/undone-and-another", test_undone_and_another_in_its_place);
	return g_test_run();
}
