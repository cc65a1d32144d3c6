// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-keyring.h"
#include "daemon/vault/vault-registrar.h"

#include <string.h>

/* The holder of the organisation's key: directories that follow one another, and that any reader of the format takes. */

#define NOW G_GUINT64_CONSTANT(1790000000)

typedef struct {
	CmVaultRecord *key;
	guint8 public_key[CM_VAULT_KEY_BYTES];
	CmVaultPeople *people;  /* the newest directory's */
	GPtrArray *successions; /* GBytes */
} Office;

static void
sign(Office *office, const CmVaultRegistrarChange *changes, gsize count)
{
	g_autoptr(GBytes) octets = NULL;
	CmVaultPeople *next = NULL;

	g_assert_cmpint(
	    cm_vault_registrar_sign(office->people, office->key, changes, count, NOW, &octets), ==,
	    CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_people_new(octets, office->public_key, office->successions, &next),
			==, CM_VAULT_CLASS_OK);
	if (office->people != NULL)
		g_assert_cmpint(cm_vault_people_follow(next, office->people), ==,
				CM_VAULT_CLASS_OK);
	g_clear_pointer(&office->people, cm_vault_people_unref);
	office->people = next;
}

static void
set_up(Office *office, gconstpointer data)
{
	guint8 box_key[CM_VAULT_KEY_BYTES];

	office->key = cm_vault_registrar_generate(NOW);
	g_assert_nonnull(office->key);
	g_assert_cmpint(cm_vault_keyring_get_public(office->key, office->public_key, box_key), ==,
			CM_VAULT_CLASS_OK);
	office->successions = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	sign(office, NULL, 0);
}

static void
tear_down(Office *office, gconstpointer data)
{
	cm_vault_record_unref(office->key);
	g_clear_pointer(&office->people, cm_vault_people_unref);
	g_ptr_array_unref(office->successions);
}

static CmVaultRecord *
enrol(const Office *office, guint8 who, guint32 generation)
{
	const guint8 person[CM_VAULT_ID_BYTES] = {who};
	const guint8 *organisation = cm_vault_people_get_directory(office->people)->organisation;
	g_autoptr(CmVaultRecord) bundle =
	    cm_vault_keyring_generate(organisation, person, generation, NOW);
	const CmVaultBundle *keys = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	guint8 sign_key[CM_VAULT_KEY_BYTES];
	guint8 box_key[CM_VAULT_KEY_BYTES];
	CmVaultEnrolment fields = {.organisation = organisation,
				   .person = person,
				   .generation = generation,
				   .sign_key = sign_key,
				   .box_key = box_key,
				   .made_at = NOW,
				   .label = {(const guint8 *)"Anne", 4}};
	g_autoptr(GBytes) octets = NULL;
	CmVaultRecord *record = NULL;

	g_assert_cmpint(cm_vault_keyring_get_public(bundle, sign_key, box_key), ==,
			CM_VAULT_CLASS_OK);
	octets = cm_vault_record_sign(CM_VAULT_KIND_ENROLMENT, &fields, &keys->sign_seed, 1);
	g_assert_cmpint(cm_vault_people_check_enrolment(organisation, octets, &record), ==,
			CM_VAULT_CLASS_OK);
	return record;
}

static guint8
get_state(const Office *office, guint8 who, guint32 generation)
{
	const guint8 person[CM_VAULT_ID_BYTES] = {who};

	return cm_vault_people_find(office->people, person, generation)->state;
}

static void
test_organisation(Office *office, gconstpointer data)
{
	guint8 expected[CM_VAULT_HASH_BYTES];

	cm_vault_people_identify(office->public_key, expected);
	g_assert_cmpmem(cm_vault_people_get_directory(office->people)->organisation,
			sizeof expected, expected, sizeof expected);
	g_assert_cmpint(cm_vault_people_get_directory(office->people)->sequence, ==, 1);
}

static void
test_admit_and_retire(Office *office, gconstpointer data)
{
	g_autoptr(CmVaultRecord) first = enrol(office, 9, 1);
	g_autoptr(CmVaultRecord) second = enrol(office, 5, 1);
	g_autoptr(CmVaultRecord) again = enrol(office, 9, 2);
	const guint8 person[CM_VAULT_ID_BYTES] = {5};
	const CmVaultRegistrarChange both[] = {
	    {.enrolment = first, .roles = CM_VAULT_ROLE_PROFESSIONAL},
	    {.enrolment = second, .roles = CM_VAULT_ROLE_SUPERVISOR}};
	const CmVaultRegistrarChange next[] = {
	    {.enrolment = again, .roles = CM_VAULT_ROLE_PROFESSIONAL},
	    {.person = person, .generation = 1, .state = CM_VAULT_STATE_RETIRED}};
	const CmVaultRegistrarChange stolen = {
	    .person = person, .generation = 1, .state = CM_VAULT_STATE_REVOKED};

	sign(office, both, G_N_ELEMENTS(both));
	g_assert_cmpint(get_state(office, 9, 1), ==, CM_VAULT_STATE_CURRENT);
	sign(office, next, G_N_ELEMENTS(next));
	g_assert_cmpint(get_state(office, 9, 1), ==, CM_VAULT_STATE_RETIRED);
	g_assert_cmpint(get_state(office, 9, 2), ==, CM_VAULT_STATE_CURRENT);
	g_assert_cmpint(get_state(office, 5, 1), ==, CM_VAULT_STATE_RETIRED);
	sign(office, &stolen, 1);
	g_assert_cmpint(get_state(office, 5, 1), ==, CM_VAULT_STATE_REVOKED);
}

static void
assert_refused(const Office *office, const CmVaultRegistrarChange *change, CmVaultClass expected)
{
	g_autoptr(GBytes) octets = NULL;

	g_assert_cmpint(
	    cm_vault_registrar_sign(office->people, office->key, change, 1, NOW, &octets), ==,
	    expected);
	g_assert_null(octets);
}

static void
test_refused(Office *office, gconstpointer data)
{
	g_autoptr(CmVaultRecord) first = enrol(office, 9, 1);
	const guint8 person[CM_VAULT_ID_BYTES] = {9};
	const CmVaultRegistrarChange admission = {.enrolment = first,
						  .roles = CM_VAULT_ROLE_PROFESSIONAL};
	const CmVaultRegistrarChange custodian = {.enrolment = first,
						  .roles = CM_VAULT_ROLE_CUSTODIAN};
	const CmVaultRegistrarChange retirement = {
	    .person = person, .generation = 1, .state = CM_VAULT_STATE_RETIRED};

	assert_refused(office, &retirement, CM_VAULT_CLASS_MISSING);
	/* one custodian is none */
	assert_refused(office, &custodian, CM_VAULT_CLASS_MALFORMED);
	sign(office, &admission, 1);
	assert_refused(office, &admission, CM_VAULT_CLASS_REPLACED);
	sign(office, &retirement, 1);
	assert_refused(office, &retirement, CM_VAULT_CLASS_REPLACED);
}

static void
test_succession(Office *office, gconstpointer data)
{
	CmVaultRecord *next = cm_vault_registrar_generate_next(
	    cm_vault_people_get_directory(office->people)->organisation, NOW);
	GBytes *octets = NULL;
	g_autoptr(GBytes) late = NULL;
	CmVaultPeople *people = NULL;

	g_assert_cmpint(cm_vault_registrar_succeed(office->people, office->key, next, NOW, &octets),
			==, CM_VAULT_CLASS_OK);
	g_ptr_array_add(office->successions, octets);
	/* the old key signs nothing more */
	g_assert_cmpint(cm_vault_registrar_sign(office->people, office->key, NULL, 0, NOW, &late),
			==, CM_VAULT_CLASS_OK);
	g_assert_cmpint(cm_vault_people_new(late, office->public_key, office->successions, &people),
			==, CM_VAULT_CLASS_NOT_ENTITLED);
	cm_vault_record_unref(office->key);
	office->key = next;
	sign(office, NULL, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
	g_test_add("/vault-registrar/" name, Office, NULL, set_up, function, tear_down)
	ADD("organisation", test_organisation);
	ADD("admit-and-retire", test_admit_and_retire);
	ADD("refused", test_refused);
	ADD("succession", test_succession);
	return g_test_run();
}
