// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/export-file.h"
#include "daemon/vault/vault-export.h"
#include "include/cm-error.h"
#include "tests/lib/file-calls.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* An exported file on a bad disk: which of two files it is that fails. */

static const guint8 attachment[CM_VAULT_ID_BYTES] = {7};

typedef struct {
	gchar *folder;
	gchar *path; /* of the attachment's stream */
	gint fd;     /* of the same */
} Place;

static void
place_begin(Place *place, gconstpointer data)
{
	g_autofree gchar *name = cm_vault_export_dup_beside_name(attachment);

	place->folder = g_dir_make_tmp("comodal-test-XXXXXX", NULL);
	place->path = g_build_filename(place->folder, name, NULL);
	g_assert_true(g_file_set_contents(place->path, "octets", -1, NULL));
	place->fd = g_open(place->path, O_RDONLY | O_CLOEXEC, 0);
	g_assert_cmpint(place->fd, >=, 0);
}

static void
place_end(Place *place, gconstpointer data)
{
	close(place->fd);
	g_assert_cmpint(g_unlink(place->path), ==, 0);
	g_assert_cmpint(g_rmdir(place->folder), ==, 0);
	g_free(place->path);
	g_free(place->folder);
}

static void
assert_says(GError *error, const gchar *said)
{
	g_autofree gchar *text = cm_error_localize(error);

	g_assert_error(error, CM_ERROR, CM_ERROR_FAILED);
	g_assert_cmpstr(text, ==, said);
}

static void
test_copy(Place *place, gconstpointer data)
{
	g_autoptr(GError) reading = NULL;
	g_autoptr(GError) writing = NULL;

	file_calls_get()->read_refusal = EIO;
	g_assert_false(cm_export_file_copy("usb/stream", place->fd, place->fd, NULL, &reading));
	file_calls_get()->read_refusal = 0;
	assert_says(reading, "usb/stream can't be read: Input/output error.");
	/* which is open for reading alone */
	g_assert_false(cm_export_file_copy("usb/stream", place->fd, place->fd, NULL, &writing));
	assert_says(writing, "The file can't be written: Bad file descriptor.");
}

static CmVaultRecord *
make_note(CmVaultNoteAttachment *named)
{
	static const guint8 none[CM_VAULT_HASH_BYTES] = {0};
	static const guint8 octets[64] = {1};
	const CmVaultNote fields = {.organisation = octets,
				    .case_id = octets,
				    .epoch = 1,
				    .epoch_record = octets,
				    .note = octets,
				    .sequence = 1,
				    .previous = none,
				    .kind = 1,
				    .about = none,
				    .author = octets,
				    .author_generation = 1,
				    .grant = octets,
				    .directory = 1,
				    .entered_at = 1793577600,
				    .entered_on = 20261102,
				    .occurred_on = 20261102,
				    .attachments = {named, 1},
				    .text_commitment = octets};
	const guint8 *const seeds[] = {octets};
	g_autoptr(GBytes) written = cm_vault_record_sign(CM_VAULT_KIND_NOTE, &fields, seeds, 1);
	CmVaultRecord *record = NULL;

	g_assert_cmpint(cm_vault_record_read(CM_VAULT_KIND_NOTE, written, &record), ==,
			CM_VAULT_CLASS_OK);
	return record;
}

static void
test_attachment(Place *place, gconstpointer data)
{
	static const guint8 key[CM_VAULT_KEY_BYTES] = {0};
	static const guint8 digest[CM_VAULT_HASH_BYTES] = {9};
	CmVaultNoteAttachment named = {
	    attachment, CM_VAULT_ATTACHMENT_HEAD_BYTES + CM_VAULT_ATTACHMENT_CHUNK_BYTES, digest};
	const CmVaultContentAttachment item = {.attachment = attachment, .key = key, .size = 6};
	const CmExportFile file = {-1, g_open(place->folder, O_RDONLY | O_CLOEXEC, 0)};
	g_autofree gchar *name = g_path_get_basename(place->path);
	g_autofree gchar *said = g_strconcat(name, " can't be read: Input/output error.", NULL);
	g_autoptr(CmVaultRecord) note = make_note(&named);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(file.folder, >=, 0);
	file_calls_get()->read_refusal = EIO;
	g_assert_false(cm_export_file_read_attachment(&file, note, &item, -1, &error));
	file_calls_get()->read_refusal = 0;
	assert_says(error, said);
	close(file.folder);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/export-file/copy", Place, NULL, place_begin, test_copy, place_end);
	g_test_add("/export-file/attachment", Place, NULL, place_begin, test_attachment, place_end);
	return g_test_run();
}
