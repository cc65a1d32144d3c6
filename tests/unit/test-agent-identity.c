// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-earlier.h"
#include "daemon/agent/agent-enrolment.h"
#include "daemon/agent/agent-keyfile.h"
#include "include/cm-error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Enrol, unlock, change of passphrase, recovery: the least parameters, that of a machine with next to no memory. */

#define WORDS "quatre oies sur le quai"
#define OTHER_WORDS "deux loups dans la neige"
#define NOW G_GUINT64_CONSTANT(1790000000)

typedef struct {
	gchar *root;
	gchar *folder;
	CmAgentIdentityPlace place;
	GBytes *enrolment;
	GBytes *recovery;
	CmVaultSecret *rows;
	CmVaultSecret *words;
	CmVaultSecret *other;
} Fixture;

static const guint8 organisation[CM_VAULT_HASH_BYTES] = {3};
static const guint8 person[CM_VAULT_ID_BYTES] = {4};

static CmVaultSecret *
secret(const gchar *text)
{
	CmVaultSecret *made = cm_vault_secret_new_copy(text, strlen(text));

	g_assert_nonnull(made);
	return made;
}

static void
enrol(Fixture *f)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmAgentEnrolment) enrolment =
	    cm_agent_enrolment_new(organisation, person, 1, NOW, &error);
	const CmVaultSecret *rows = NULL;
	gboolean good = FALSE;

	g_assert_no_error(error);
	rows = cm_agent_enrolment_get_rows(enrolment);
	f->rows =
	    cm_vault_secret_new_copy(cm_vault_secret_peek(rows), cm_vault_secret_get_length(rows));
	good = cm_agent_enrolment_finish(enrolment, &f->place, f->rows, f->words,
					 "Élise B., ps. éd.", &f->enrolment, &f->recovery, &error);
	g_assert_no_error(error);
	g_assert_true(good);
}

static void
set_up(Fixture *f, gconstpointer data)
{
	f->root = g_dir_make_tmp("comodal-agent-XXXXXX", NULL);
	f->folder = g_build_filename(f->root, "keys", NULL);
	f->place = (CmAgentIdentityPlace){f->folder, organisation, 1};
	f->words = secret(WORDS);
	f->other = secret(OTHER_WORDS);
	enrol(f);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
	g_autofree gchar *path = g_build_filename(f->folder, CM_AGENT_KEYFILE_NAME, NULL);

	g_unlink(path);
	g_rmdir(f->folder);
	g_rmdir(f->root);
	g_free(f->folder);
	g_free(f->root);
	g_bytes_unref(f->enrolment);
	g_bytes_unref(f->recovery);
	cm_vault_secret_free(f->rows);
	cm_vault_secret_free(f->words);
	cm_vault_secret_free(f->other);
}

static const CmVaultBundle *
bundle_of(const CmAgentIdentity *identity)
{
	return cm_vault_record_get_fields(cm_agent_identity_get_bundle(identity),
					  CM_VAULT_KIND_BUNDLE);
}

static guint64
get_revision(Fixture *f)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) octets = cm_agent_keyfile_read(f->folder, &error);
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultKeyring *keyring = NULL;

	g_assert_no_error(error);
	g_assert_cmpint(cm_vault_record_read(CM_VAULT_KIND_KEYRING, octets, &record), ==,
			CM_VAULT_CLASS_OK);
	keyring = cm_vault_record_get_fields(record, CM_VAULT_KIND_KEYRING);
	return keyring->revision;
}

static void
test_unlock(Fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmAgentIdentity) identity =
	    cm_agent_identity_unlock(&f->place, f->words, NULL, &error);
	g_autofree gchar *path = g_build_filename(f->folder, CM_AGENT_KEYFILE_NAME, NULL);
	struct stat status = {0};

	g_assert_no_error(error);
	g_assert_cmpuint(bundle_of(identity)->generation, ==, 1);
	g_assert_cmpint(g_stat(path, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
	g_assert_cmpint(g_stat(f->folder, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0777, ==, 0700);
	g_assert_null(cm_agent_identity_unlock(&f->place, f->other, NULL, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_ACCESS_DENIED));
}

static void
test_directory(Fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmAgentIdentity) identity = NULL;
	const CmVaultEnrolment *enrolment = NULL;
	CmVaultDirectoryEntry entry = {0};

	g_assert_cmpint(cm_vault_record_read(CM_VAULT_KIND_ENROLMENT, f->enrolment, &record), ==,
			CM_VAULT_CLASS_OK);
	enrolment = cm_vault_record_get_fields(record, CM_VAULT_KIND_ENROLMENT);
	entry.sign_key = enrolment->sign_key;
	entry.box_key = enrolment->box_key;
	identity = cm_agent_identity_unlock(&f->place, f->words, &entry, &error);
	g_assert_no_error(error);
	g_assert_nonnull(identity);
	/* somebody put a key of theirs in */
	entry.box_key = organisation;
	g_assert_null(cm_agent_identity_unlock(&f->place, f->words, &entry, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_STORE));
}

static void
test_change(Fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmAgentIdentity) before =
	    cm_agent_identity_unlock(&f->place, f->words, NULL, &error);
	g_autoptr(CmAgentIdentity) after = NULL;
	g_autoptr(CmAgentIdentity) recovered = NULL;
	g_autoptr(CmVaultSecret) brief = secret("court");
	g_autoptr(GBytes) first = cm_agent_keyfile_read(f->folder, &error);
	g_autoptr(GBytes) kept = NULL;

	g_assert_false(cm_agent_identity_change_passphrase(&f->place, f->words, brief, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
	g_clear_error(&error);
	g_assert_false(cm_agent_identity_change_passphrase(&f->place, f->other, f->words, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_ACCESS_DENIED));
	g_clear_error(&error);
	kept = cm_agent_keyfile_read(f->folder, &error);
	g_assert_true(g_bytes_equal(first, kept));
	g_assert_true(cm_agent_identity_change_passphrase(&f->place, f->words, f->other, &error));
	g_assert_null(cm_agent_identity_unlock(&f->place, f->words, NULL, &error));
	g_clear_error(&error);
	after = cm_agent_identity_unlock(&f->place, f->other, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(memcmp(bundle_of(before)->sign_seed, bundle_of(after)->sign_seed,
			     CM_VAULT_KEY_BYTES) == 0);
	g_assert_cmpuint(get_revision(f), ==, 2);
	/* the recovery keyring is still the first */
	recovered =
	    cm_agent_identity_recover(&f->place, f->recovery, f->rows, f->words, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(get_revision(f), ==, 3);
}

static void
test_recover(Fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *path = g_build_filename(f->folder, CM_AGENT_KEYFILE_NAME, NULL);
	g_autoptr(CmAgentIdentity) before =
	    cm_agent_identity_unlock(&f->place, f->words, NULL, &error);
	g_autoptr(CmAgentIdentity) recovered = NULL;
	g_autoptr(CmAgentIdentity) after = NULL;
	g_autoptr(CmVaultSecret) wrong = cm_vault_secret_new_copy(
	    cm_vault_secret_peek(f->rows), cm_vault_secret_get_length(f->rows));

	g_unlink(path);
	g_assert_null(cm_agent_identity_unlock(&f->place, f->words, NULL, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_NOT_FOUND));
	g_clear_error(&error);
	cm_vault_secret_get(wrong)[0] = cm_vault_secret_peek(wrong)[0] == '0' ? '1' : '0';
	g_assert_null(
	    cm_agent_identity_recover(&f->place, f->recovery, wrong, f->other, NULL, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
	g_clear_error(&error);
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	recovered =
	    cm_agent_identity_recover(&f->place, f->recovery, f->rows, f->other, NULL, &error);
	g_assert_no_error(error);
	after = cm_agent_identity_unlock(&f->place, f->other, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(memcmp(bundle_of(before)->local_key, bundle_of(after)->local_key,
			     CM_VAULT_KEY_BYTES) == 0);
}

static void
test_slots(Fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) file = cm_agent_keyfile_read(f->folder, &error);

	/* what the code opens, put where the passphrase's keyring is, and the contrary */
	g_assert_null(cm_agent_identity_recover(&f->place, file, f->rows, f->other, NULL, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_STORE));
	g_clear_error(&error);
	g_assert_true(cm_agent_keyfile_write(f->folder, f->recovery, TRUE, &error));
	g_assert_null(cm_agent_identity_unlock(&f->place, f->words, NULL, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_STORE));
}

static void
test_file(Fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *path = g_build_filename(f->folder, CM_AGENT_KEYFILE_NAME, NULL);
	g_autofree gchar *aside = g_build_filename(f->folder, "aside", NULL);

	g_assert_false(cm_agent_keyfile_write(f->folder, f->recovery, FALSE, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_EXISTS));
	g_clear_error(&error);
	g_assert_cmpint(g_chmod(path, 0640), ==, 0);
	g_assert_null(cm_agent_keyfile_read(f->folder, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_KEY));
	g_clear_error(&error);
	g_assert_cmpint(g_chmod(path, 0600), ==, 0);
	g_assert_cmpint(g_rename(path, aside), ==, 0);
	g_assert_cmpint(symlink("aside", path), ==, 0);
	g_assert_null(cm_agent_keyfile_read(f->folder, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_KEY));
	g_unlink(aside);
}

static void
test_enrolment(Fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *folder = g_build_filename(f->root, "second", NULL);
	const CmAgentIdentityPlace place = {folder, organisation, 1};
	g_autoptr(CmAgentEnrolment) enrolment =
	    cm_agent_enrolment_new(organisation, person, 1, NOW, &error);
	g_autoptr(CmVaultSecret) brief = secret("onze signes");
	const CmVaultSecret *rows = cm_agent_enrolment_get_rows(enrolment);
	GBytes *signed_enrolment = NULL;
	GBytes *recovery = NULL;
	g_autofree gchar *fingerprint = cm_agent_enrolment_dup_fingerprint(enrolment);

	g_assert_cmpuint(strlen(fingerprint), ==, CM_VAULT_FINGERPRINT_LENGTH);
	/* somebody else's code, a passphrase too short, a label that can't be: nothing is kept */
	g_assert_false(cm_agent_enrolment_finish(enrolment, &place, f->rows, f->words, "A",
						 &signed_enrolment, &recovery, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
	g_clear_error(&error);
	g_assert_false(cm_agent_enrolment_finish(enrolment, &place, rows, brief, "A",
						 &signed_enrolment, &recovery, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
	g_clear_error(&error);
	g_assert_false(cm_agent_enrolment_finish(enrolment, &place, rows, f->words, "",
						 &signed_enrolment, &recovery, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
	g_clear_error(&error);
	/* over a keyring that is there */
	g_assert_false(cm_agent_enrolment_finish(enrolment, &f->place, rows, f->words, "A",
						 &signed_enrolment, &recovery, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_EXISTS));
	g_assert_null(signed_enrolment);
	g_assert_null(recovery);
	g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
}

/* what new keys were to take the place of is back, or it is said where it is */
static void
test_put_back(Fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *path = g_build_filename(f->folder, CM_AGENT_KEYFILE_NAME, NULL);
	g_autofree gchar *kept = cm_agent_earlier_keep(f->folder, &error);
	g_autoptr(GBytes) before = cm_agent_keyfile_read(f->folder, &error);
	g_autoptr(GBytes) after = NULL;

	g_assert_no_error(error);
	/* nothing can take the place of a folder */
	g_assert_cmpint(g_unlink(path), ==, 0);
	g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
	g_assert_false(cm_agent_earlier_put_back(f->folder, kept, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_KEY));
	g_assert_nonnull(strstr(error->message, kept));
	g_clear_error(&error);
	g_assert_cmpint(g_rmdir(path), ==, 0);
	g_assert_true(cm_agent_earlier_put_back(f->folder, kept, &error));
	g_assert_no_error(error);
	after = cm_agent_keyfile_read(f->folder, &error);
	g_assert_no_error(error);
	g_assert_true(g_bytes_equal(before, after));
	g_assert_false(g_file_test(kept, G_FILE_TEST_EXISTS));
	g_assert_false(cm_agent_earlier_put_back(f->folder, kept, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_KEY));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/agent-identity/unlock", Fixture, NULL, set_up, test_unlock, tear_down);
	g_test_add("/agent-identity/directory", Fixture, NULL, set_up, test_directory, tear_down);
	g_test_add("/agent-identity/change", Fixture, NULL, set_up, test_change, tear_down);
	g_test_add("/agent-identity/recover", Fixture, NULL, set_up, test_recover, tear_down);
	g_test_add("/agent-identity/slots", Fixture, NULL, set_up, test_slots, tear_down);
	g_test_add("/agent-identity/file", Fixture, NULL, set_up, test_file, tear_down);
	g_test_add("/agent-identity/enrolment", Fixture, NULL, set_up, test_enrolment, tear_down);
	g_test_add("/agent-identity/put-back", Fixture, NULL, set_up, test_put_back, tear_down);
	return g_test_run();
}
