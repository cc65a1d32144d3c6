// SPDX-License-Identifier: GPL-3.0-or-later

/* What people hand over to the vault, one call a process, for tests/fault/vault.py.
 * usage: vault-operation FOLDER NOW add FILE
 *        vault-operation FOLDER NOW begin UID                        prints the person's id and the generation
 *        vault-operation FOLDER NOW enrol UID ENROLMENT RECOVERY
 *        vault-operation FOLDER NOW append UID STUDENT FILE          STUDENT: 0 for cases that are there
 *        vault-operation FOLDER NOW draft UID FILE
 *        vault-operation FOLDER NOW attach UID FILE
 *        vault-operation FOLDER NOW custody UID WAITED FILE          WAITED: seconds that requests have waited since
 *        vault-operation FOLDER NOW minutes UID FILE
 *        vault-operation FOLDER NOW unsay UID FILE                   takes the minutes of FILE away
 *        vault-operation FOLDER NOW tidy
 *        vault-operation FOLDER NOW ask UID FILE                     a file is kept for seven years, backups for thirty days
 *        vault-operation FOLDER NOW agree UID FILE
 *        vault-operation FOLDER NOW basis LAST-SERVICE                prints what a destruction has to say, and its day
 *        vault-operation FOLDER NOW look
 * The database is FOLDER/data/comodal.db, the key FOLDER/service.key; what is handed over is made by the format's second
 * implementation. */

#include "daemon/policy/policy-loader.h"
#include "daemon/common/descriptor-io.h"
#include "daemon/store/attachment-intake.h"
#include "daemon/store/service-key.h"
#include "daemon/store/store-custody.h"
#include "daemon/store/store-destruction.h"
#include "daemon/store/store-directory.h"
#include "daemon/store/store-vault-append.h"
#include "daemon/store/store-vault-minutes.h"
#include "daemon/store/store-vault.h"
#include "include/cm-error.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARGUMENTS 4 /* before a verb's own */

static GBytes *
read_file(const gchar *path)
{
	g_autoptr(GError) error = NULL;
	gchar *octets = NULL;
	gsize length = 0;

	if (!g_file_get_contents(path, &octets, &length, &error))
		g_error("%s", error->message);
	return g_bytes_new_take(octets, length);
}

static guint32
read_uid(gchar **own)
{
	return (guint32)g_ascii_strtoull(own[0], NULL, 10);
}

static gboolean
add(CmStore *store, gchar **own, gint64 now, GError **error)
{
	g_autoptr(GBytes) octets = read_file(own[0]);
	guint64 sequence = 0;

	return cm_store_directory_add(store, octets, 0, now, &sequence, error);
}

static gboolean
begin(CmStore *store, gchar **own, gint64 now, GError **error)
{
	guint8 person[CM_VAULT_ID_BYTES];
	gchar text[CM_VAULT_ID_BYTES * 2 + 1];
	guint32 generation = 0;

	if (!cm_store_directory_begin(store, read_uid(own), person, &generation, error))
		return FALSE;
	g_print("%s %u\n", sodium_bin2hex(text, sizeof text, person, sizeof person), generation);
	return TRUE;
}

static gboolean
enrol(CmStore *store, gchar **own, gint64 now, GError **error)
{
	g_autoptr(GBytes) enrolment = read_file(own[1]);
	g_autoptr(GBytes) recovery = read_file(own[2]);

	return cm_store_directory_enrol(store, read_uid(own), enrolment, recovery, now, error);
}

static gboolean
append(CmStore *store, gchar **own, gint64 now, GError **error)
{
	const CmStoreVaultOrder order = {
	    .uid = read_uid(own), .student = g_ascii_strtoll(own[1], NULL, 10), .now = now};
	g_autoptr(GBytes) octets = read_file(own[2]);
	guint cases = 0;

	return cm_store_vault_append(store, &order, octets, &cases, error);
}

static gboolean
draft(CmStore *store, gchar **own, gint64 now, GError **error)
{
	g_autoptr(GBytes) octets = read_file(own[1]);

	return cm_store_vault_put_draft(store, read_uid(own), octets, now, error);
}

static gboolean
minutes(CmStore *store, gchar **own, gint64 now, GError **error)
{
	g_autoptr(GBytes) octets = read_file(own[1]);

	return cm_store_vault_minutes_put(store, read_uid(own), octets, now, error);
}

static gboolean
unsay(CmStore *store, gchar **own, gint64 now, GError **error)
{
	g_autoptr(GBytes) octets = read_file(own[1]);
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultMinutes *fields = NULL;

	if (!cm_vault_class_set_error(cm_vault_record_read(CM_VAULT_KIND_MINUTES, octets, &record),
				      "minutes", error))
		return FALSE;
	fields = cm_vault_record_get_fields(record, CM_VAULT_KIND_MINUTES);
	return cm_store_vault_minutes_drop(store, read_uid(own), fields->minutes, now, error);
}

static gboolean
custody(CmStore *store, gchar **own, gint64 now, GError **error)
{
	const CmStoreCustodyOrder order = {
	    .uid = read_uid(own), .now = now, .uptime = 1 + g_ascii_strtoll(own[1], NULL, 10)};
	g_autoptr(GBytes) octets = read_file(own[2]);

	return cm_store_custody_count(store, 1, error) &&
	       cm_store_custody_add(store, &order, octets, error);
}

/* ---- the end of a case */

#define BACKUP_DAYS 30

static const gchar policy[] =
    "[Policy]\nProfession=danseur\n[Rule retention.professional]\nKind=employer-rule\n"
    "Source=https://css.example\nArticle=2.14\nRead=2026-01-01\nConfidence=high\nOwner=SG\n"
    "Value=7\nText[fr]=Sept ans.\nText[en]=Seven years.\n";

static CmPolicySet *
load_policies(void)
{
	g_autoptr(GError) error = NULL;
	CmPolicySet *policies = cm_policy_loader_load_text("danseur", policy, NULL, NULL, &error);

	if (policies == NULL)
		g_error("%s", error->message);
	return policies;
}

static gboolean
ask(CmStore *store, gchar **own, gint64 now, GError **error)
{
	g_autoptr(CmPolicySet) policies = load_policies();
	const CmStoreDestructionOrder order = {
	    .uid = read_uid(own), .now = now, .policies = policies, .backup_days = BACKUP_DAYS};
	g_autoptr(GBytes) octets = read_file(own[1]);

	return cm_store_destruction_ask(store, &order, octets, error);
}

static gboolean
agree(CmStore *store, gchar **own, gint64 now, GError **error)
{
	g_autoptr(CmPolicySet) policies = load_policies();
	const CmStoreDestructionOrder order = {
	    .uid = read_uid(own), .now = now, .policies = policies, .backup_days = BACKUP_DAYS};
	g_autoptr(GBytes) octets = read_file(own[1]);
	g_autoptr(CmStoreErasure) erasure = NULL;

	return cm_store_destruction_agree(store, &order, octets, &erasure, error) &&
	       cm_store_erasure_run(erasure, store, now, error);
}

static gboolean
basis(CmStore *store, gchar **own, gint64 now, GError **error)
{
	g_autoptr(CmPolicySet) policies = load_policies();
	g_autofree gchar *text = NULL;
	CmRetentionDue due = {0};
	CmDay last = 0;
	CmDay today = 0;
	CmDay until = 0;
	gchar day[CM_DAY_TEXT_SIZE];
	gchar end[CM_DAY_TEXT_SIZE];

	if (!cm_store_retention_find_day(store, g_ascii_strtoll(own[0], NULL, 10), &last, error) ||
	    !cm_store_retention_find_day(store, now, &today, error) ||
	    !cm_store_destruction_find_backups(today, BACKUP_DAYS, &until, error))
		return FALSE;
	cm_retention_due_find(policies, NULL, 3, last, &due);
	text = cm_retention_due_format_basis(&due);
	g_print("%s %s %s\n", cm_day_format(due.due, day), cm_day_format(until, end), text);
	return TRUE;
}

static gboolean
look(CmStore *store, gchar **own, gint64 now, GError **error)
{
	CmStoreDestructionReport report = {0};
	g_autoptr(CmStoreErasure) erasure = NULL;

	if (!cm_store_destruction_look(store, now, &report, error))
		return FALSE;
	if (report.left == 0)
		return TRUE;
	erasure = cm_store_erasure_new(store, error);
	return erasure != NULL && cm_store_erasure_run(erasure, store, now, error);
}

/* ---- attachments: which, the stream's own head says */

typedef struct {
	GBytes *octets;
	gint fd;
} Giver;

static gpointer
give(gpointer data)
{
	Giver *giver = data;
	gsize length = 0;
	const guint8 *octets = g_bytes_get_data(giver->octets, &length);

	if (cm_descriptor_io_write(giver->fd, octets, length, 60, NULL) != CM_DESCRIPTOR_IO_DONE)
		g_printerr("nobody takes it\n");
	close(giver->fd);
	return NULL;
}

static gboolean
take_attachment(CmStore *store,
		CmStoreAttachmentOffer *offer,
		const CmVaultAttachment *which,
		gint fd,
		GError **error)
{
	g_auto(CmAttachmentIntake) intake = {.fd = -1};
	guint8 organisation[CM_VAULT_HASH_BYTES];
	guint64 most = 0;

	if (!cm_store_attachment_admit(store, offer, organisation, &most, error) ||
	    !cm_attachment_intake_take(&intake, cm_store_attachment_get_folder(store), fd, which,
				       most, NULL, error) ||
	    !cm_store_attachment_keep(store, offer, &intake.stream, error))
		return FALSE;
	cm_attachment_intake_release(&intake);
	return TRUE;
}

static gboolean
attach(CmStore *store, gchar **own, gint64 now, GError **error)
{
	g_autoptr(GBytes) octets = read_file(own[1]);
	g_autoptr(GBytes) head = g_bytes_new_from_bytes(octets, 0, CM_VAULT_ATTACHMENT_HEAD_BYTES);
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultAttachment *which = NULL;
	CmStoreAttachmentOffer offer = {
	    .uid = read_uid(own), .person_max = G_MAXINT64, .total_max = G_MAXINT64, .now = now};
	gint ends[2] = {-1, -1};
	Giver giver = {.octets = octets};
	GThread *thread = NULL;
	gboolean good = FALSE;

	if (cm_vault_record_read(CM_VAULT_KIND_ATTACHMENT, head, &record) != CM_VAULT_CLASS_OK ||
	    !cm_descriptor_io_open_pair(ends))
		g_error("no stream, or no sockets");
	which = cm_vault_record_get_fields(record, CM_VAULT_KIND_ATTACHMENT);
	offer.case_name = which->case_id;
	offer.attachment = which->attachment;
	giver.fd = ends[0];
	thread = g_thread_new("giver", give, &giver);
	good = take_attachment(store, &offer, which, ends[1], error);
	close(ends[1]);
	g_thread_join(thread);
	return good;
}

/* as comodald does when it starts: what is nobody's goes. Prints how many files are left, and how many rows have none */
static gboolean
tidy(CmStore *store, gchar **own, gint64 now, GError **error)
{
	g_autoptr(GArray) ids = NULL;
	gint64 after = 0;
	guint forgotten = 0;
	guint removed = 0;
	guint strangers = 0;
	guint missing = 0;

	if (!cm_store_attachment_forget_unnamed(store, now, &forgotten, error) ||
	    !cm_store_attachment_remove_left(store, G_MAXUINT, &removed, error))
		return FALSE;
	ids = cm_attachment_folder_list(cm_store_attachment_get_folder(store), error);
	if (ids == NULL ||
	    !cm_store_attachment_count_strangers(store, ids, 0, ids->len, &strangers, error) ||
	    !cm_store_attachment_count_missing(store, G_MAXINT, &after, &missing, error))
		return FALSE;
	if (strangers > 0)
		g_error("%u files are forgotten and stay", strangers);
	g_print("%u files, %u missing\n", ids->len, missing);
	return TRUE;
}

static const struct {
	const gchar *name;
	gint arguments;
	gboolean (*run)(CmStore *store, gchar **own, gint64 now, GError **error);
} verbs[] = {
    {"add", 1, add},         {"begin", 1, begin}, {"enrol", 3, enrol}, {"append", 3, append},
    {"custody", 3, custody}, {"draft", 2, draft}, {"ask", 2, ask},     {"agree", 2, agree},
    {"minutes", 2, minutes}, {"unsay", 2, unsay}, {"basis", 1, basis}, {"look", 0, look},
    {"attach", 2, attach},   {"tidy", 0, tidy},
};

static gboolean
run(const gchar *folder, gint64 now, guint verb, gchar **own, GError **error)
{
	g_autofree gchar *data = g_build_filename(folder, "data", NULL);
	g_autofree gchar *database = g_build_filename(data, "comodal.db", NULL);
	g_autofree gchar *key_file = g_build_filename(folder, "service.key", NULL);
	g_autoptr(CmServiceKey) key = cm_service_key_load(key_file, data, error);
	g_autoptr(CmStore) store = key != NULL ? cm_store_open(database, key, error) : NULL;

	return store != NULL && verbs[verb].run(store, own, now, error);
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (argc != ARGUMENTS + verbs[i].arguments || !g_str_equal(argv[3], verbs[i].name))
			continue;
		if (run(argv[1], g_ascii_strtoll(argv[2], NULL, 10), i, argv + ARGUMENTS, &error))
			return EXIT_SUCCESS;
		text = cm_error_to_english(error);
		fprintf(stderr, "%s\n", text);
		return EXIT_FAILURE;
	}
	return 2;
}
