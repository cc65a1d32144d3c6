// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/directory-folder.h"
#include "cli/hand-over.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/secret-prompt.h"
#include "cli/terminal.h"
#include "cli/zone.h"
#include "daemon/agenda/document.h"
#include "daemon/vault/vault-frames.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* directory …: whose keys are whose. Some of these are for the computer of whoever holds the organisation's key, and ask comodald
 * nothing; the others carry files between that computer and comodald. */

#define LABEL_WIDTH 14

typedef struct {
	const gchar *name;
	guint8 flag;
	const gchar *title;
} Role;

static const Role roles[] = {
    {"professional", CM_VAULT_ROLE_PROFESSIONAL, N_("professional")},
    {"supervisor", CM_VAULT_ROLE_SUPERVISOR, N_("supervisor")},
    {"custodian", CM_VAULT_ROLE_CUSTODIAN, N_("custodian")},
};

/* ---- what all of them do */

static CmExit
end(const GError *error)
{
	return error != NULL ? cm_report_error(error) : CM_EXIT_OK;
}

static void
print_line(const gchar *format, const gchar *first, const gchar *second)
{
	g_autofree gchar *line = cm_report_format(format, first, second, NULL);
	g_autoptr(GString) out = g_string_new(NULL);

	cm_terminal_append_wrapped(out, line, 0, 0, cm_terminal_get_width());
	cm_terminal_print(out->str);
}

static guint64
get_now(void)
{
	return (guint64)(g_get_real_time() / G_USEC_PER_SEC);
}

static GBytes *
read_file(const gchar *path, GError **error)
{
	g_autoptr(GError) local = NULL;
	gchar *octets = NULL;
	gsize length = 0;

	if (g_file_get_contents(path, &octets, &length, &local))
		return g_bytes_new_take(octets, length);
	cm_error_set(error, CM_ERROR_FAILED, N_("{0} can’t be read: {1}"), path, local->message,
		     NULL);
	return NULL;
}

static CmDBusDirectory *
open_directory(const CmComodalctl *cli, GError **error)
{
	g_autoptr(GDBusConnection) bus = cm_client_connect(cli, error);

	return bus != NULL ? cm_client_get_directory(bus, error) : NULL;
}

static gboolean
parse_roles(const CmComodalctl *cli, gchar **names, guint8 *out_roles)
{
	*out_roles = names == NULL ? CM_VAULT_ROLE_PROFESSIONAL : 0;
	for (guint i = 0; names != NULL && names[i] != NULL; i++) {
		guint8 flag = 0;

		for (guint j = 0; j < G_N_ELEMENTS(roles); j++) {
			if (g_str_equal(roles[j].name, names[i]))
				flag = roles[j].flag;
		}
		if (flag == 0) {
			(void)cm_report_usage(cli,
					      N_("“{0}” is no role: professional, supervisor, "
						 "custodian."),
					      names[i], NULL);
			return FALSE;
		}
		*out_roles |= flag;
	}
	return TRUE;
}

/* ---- what was done, for programs */

/* Returns: (transfer full): its members are to be added */
static JsonBuilder *
begin_answer(void)
{
	JsonBuilder *answer = json_builder_new();

	json_builder_begin_object(answer);
	return answer;
}

/* `path`: of a file or a folder; NULL: nothing was */
static void
add_written(JsonBuilder *answer, const gchar *path)
{
	g_autofree gchar *name = path != NULL ? g_filename_display_name(path) : NULL;

	cm_document_add_string(answer, "written", name);
}

static CmExit
print_answer(JsonBuilder *answer)
{
	json_builder_end_object(answer);
	cm_json_print(answer);
	return CM_EXIT_OK;
}

/* ---- showing */

static gchar *
dup_label(const CmVaultBytes *label)
{
	g_autofree gchar *text = g_strndup((const gchar *)label->data, label->length);

	return cm_terminal_clean(text);
}

static gchar *
format_roles(guint8 flags)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(roles); i++) {
		if ((flags & roles[i].flag) != 0)
			g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "",
					       gettext(roles[i].title));
	}
	return g_string_free(text, FALSE);
}

static const gchar *
get_state_name(guint8 state)
{
	return state == CM_VAULT_STATE_CURRENT   ? "current"
	       : state == CM_VAULT_STATE_RETIRED ? "retired"
						 : "revoked";
}

static const gchar *
get_state_title(guint8 state)
{
	return state == CM_VAULT_STATE_CURRENT   ? _("current")
	       : state == CM_VAULT_STATE_RETIRED ? _("retired")
						 : _("revoked");
}

static void
append_row(GString *out, const gchar *label, const gchar *text)
{
	cm_terminal_append_cell(out, label, LABEL_WIDTH);
	cm_terminal_append_wrapped(out, text, LABEL_WIDTH, LABEL_WIDTH, cm_terminal_get_width());
}

static gchar *
format_day(guint64 instant)
{
	g_autoptr(GDateTime) when = cm_zone_make_time((gint64)instant);

	return when != NULL ? g_date_time_format(when, "%Y-%m-%d") : g_strdup("?");
}

static gchar *
format_newest(const CmVaultDirectory *directory)
{
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, directory->sequence);
	g_autofree gchar *day = format_day(directory->issued_at);

	return cm_report_format(N_("number {0} of {1}"), number, day, NULL);
}

/* one a person, the fingerprint on a line of its own: it is read aloud */
static void
append_entry(GString *out, const CmVaultDirectoryEntry *entry)
{
	g_autofree gchar *label = dup_label(&entry->label);
	g_autofree gchar *flags = format_roles(entry->roles);
	g_autofree gchar *fingerprint =
	    cm_vault_hash_dup_fingerprint(entry->sign_key, entry->box_key);
	g_autofree gchar *line =
	    g_strdup_printf("%s (%s) – %s", label, flags, get_state_title(entry->state));

	g_string_append_c(out, '\n');
	cm_terminal_append_wrapped(out, line, 0, 2, cm_terminal_get_width());
	g_string_append_printf(out, "  %s\n", fingerprint);
}

static void
print_people(const CmDirectoryFolder *folder)
{
	const CmVaultDirectory *directory = cm_vault_people_get_directory(folder->people);
	const CmVaultDirectoryEntry *entries = directory->entries.items;
	g_autofree gchar *fingerprint =
	    cm_vault_hash_dup_fingerprint(g_bytes_get_data(folder->key, NULL), NULL);
	g_autofree gchar *newest = format_newest(directory);
	g_autoptr(GString) out = g_string_new(NULL);

	append_row(out, _("Organisation"), fingerprint);
	append_row(out, _("Directory"), newest);
	for (guint i = 0; i < directory->entries.count; i++)
		append_entry(out, &entries[i]);
	if (directory->entries.count == 0)
		g_string_append_printf(out, "\n%s\n", _("Nobody’s keys are in it yet."));
	cm_terminal_print(out->str);
}

static void
build_entry(JsonBuilder *builder, const CmVaultDirectoryEntry *entry)
{
	g_autofree gchar *label = dup_label(&entry->label);
	g_autofree gchar *fingerprint =
	    cm_vault_hash_dup_fingerprint(entry->sign_key, entry->box_key);

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "label", label);
	cm_document_add_string(builder, "fingerprint", fingerprint);
	cm_document_add_int(builder, "generation", entry->generation);
	cm_document_add_string(builder, "state", get_state_name(entry->state));
	cm_document_begin_array(builder, "roles");
	for (guint i = 0; i < G_N_ELEMENTS(roles); i++) {
		if ((entry->roles & roles[i].flag) != 0)
			json_builder_add_string_value(builder, roles[i].name);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
}

static void
print_people_json(const CmDirectoryFolder *folder)
{
	const CmVaultDirectory *directory = cm_vault_people_get_directory(folder->people);
	const CmVaultDirectoryEntry *entries = directory->entries.items;
	g_autofree gchar *fingerprint =
	    cm_vault_hash_dup_fingerprint(g_bytes_get_data(folder->key, NULL), NULL);
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "organisation", fingerprint);
	cm_document_add_int(builder, "sequence", (gint64)directory->sequence);
	cm_document_add_int(builder, "issued", (gint64)directory->issued_at);
	cm_document_begin_array(builder, "people");
	for (guint i = 0; i < directory->entries.count; i++)
		build_entry(builder, &entries[i]);
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

static CmDirectoryFolder *
read_from_comodald(const CmComodalctl *cli, GError **error)
{
	g_autoptr(CmDBusDirectory) directory = open_directory(cli, error);
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GBytes) records = NULL;

	if (directory == NULL ||
	    !cm_dbus_directory_call_list_sync(directory, 0, NULL, &handle, &list, NULL, error))
		return NULL;
	records = cm_client_read_document(handle, list, error);
	if (records != NULL && g_bytes_get_size(records) == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("The organisation has no directory of keys yet: its administrator "
				"makes one with “comodalctl directory init”."),
			     NULL);
		return NULL;
	}
	return records != NULL ? cm_directory_folder_read(records, error) : NULL;
}

CmExit
cm_comodalctl_directory_run_show(CmComodalctl *cli)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(CmDirectoryFolder) folder = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 1, &arguments))
		return cli->exit_status;
	folder = arguments[0] != NULL ? cm_directory_folder_open(arguments[0], &error)
				      : read_from_comodald(cli, &error);
	if (folder == NULL)
		return end(error);
	if (cli->json)
		print_people_json(folder);
	else
		print_people(folder);
	return CM_EXIT_OK;
}

/* ---- carrying files */

static CmExit
tell_added(const CmComodalctl *cli, guint64 sequence)
{
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, sequence);
	g_autoptr(JsonBuilder) answer = NULL;

	if (!cli->json) {
		print_line(N_("Directory number {0} is in force."), number, NULL);
		return CM_EXIT_OK;
	}
	answer = begin_answer();
	cm_document_add_int(answer, "sequence", (gint64)sequence);
	return print_answer(answer);
}

CmExit
cm_comodalctl_directory_run_add(CmComodalctl *cli)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(CmDBusDirectory) directory = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GBytes) records = NULL;
	g_autoptr(GError) error = NULL;
	guint64 sequence = 0;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	records = read_file(arguments[0], &error);
	if (records != NULL)
		directory = open_directory(cli, &error);
	if (directory != NULL)
		list = cm_hand_over_bytes(records, &handle, &error);
	if (list == NULL || !cm_dbus_directory_call_add_sync(directory, g_steal_pointer(&handle),
							     list, &sequence, NULL, NULL, &error))
		return end(error);
	return tell_added(cli, sequence);
}

/* `path`: NULL when there are none, and nothing was written */
static CmExit
tell_enrolments(const CmComodalctl *cli, const gchar *path)
{
	g_autoptr(JsonBuilder) answer = NULL;

	if (cli->json) {
		answer = begin_answer();
		add_written(answer, path);
		return print_answer(answer);
	}
	if (path == NULL)
		print_line(N_("Nobody’s keys wait for the directory."), NULL, NULL);
	else
		print_line(N_("{0} is to be carried to whoever holds the organisation’s key."),
			   path, NULL);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_directory_run_enrolments(CmComodalctl *cli)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(CmDBusDirectory) directory = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GBytes) records = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	directory = open_directory(cli, &error);
	if (directory != NULL && cm_dbus_directory_call_list_enrolments_sync(
				     directory, NULL, &handle, &list, NULL, &error))
		records = cm_client_read_document(handle, list, &error);
	if (records == NULL)
		return end(error);
	if (g_bytes_get_size(records) == 0)
		return tell_enrolments(cli, NULL);
	if (!cm_output_write_bytes(arguments[0], records, &error))
		return end(error);
	/* nothing is said behind the octets themselves */
	return g_str_equal(arguments[0], "-") ? CM_EXIT_OK : tell_enrolments(cli, arguments[0]);
}

/* ---- init */

static CmExit
tell_made(const CmComodalctl *cli, const CmDirectoryFolder *folder, const gchar *path)
{
	g_autofree gchar *fingerprint =
	    cm_vault_hash_dup_fingerprint(g_bytes_get_data(folder->key, NULL), NULL);
	g_autofree gchar *line = g_strdup_printf("\n  %s\n\n", fingerprint);
	g_autoptr(JsonBuilder) answer = NULL;

	if (cli->json) {
		answer = begin_answer();
		cm_document_add_string(answer, "organisation", fingerprint);
		add_written(answer, path);
		return print_answer(answer);
	}
	print_line(N_("The organisation’s key is in {0}. Keep this folder, and a copy of it, off "
		      "any network: whoever has it and its passphrase says whose keys are whose."),
		   path, NULL);
	print_line(N_("Print this fingerprint, and give it on paper to everyone who makes keys:"),
		   NULL, NULL);
	cm_terminal_print(line);
	print_line(N_("Then, where comodald runs: comodalctl directory add {0}/{1}"), path,
		   CM_DIRECTORY_FOLDER_RECORDS);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_directory_run_init(CmComodalctl *cli)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(CmVaultSecret) passphrase = NULL;
	g_autoptr(CmDirectoryFolder) folder = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	cm_secret_prompt_harden();
	passphrase = cm_secret_prompt_read_new(&error);
	if (passphrase != NULL)
		folder = cm_directory_folder_create(arguments[0], passphrase, get_now(), &error);
	return folder != NULL ? tell_made(cli, folder, arguments[0]) : end(error);
}

/* ---- admit */

/* custodians are three to nine, or none: said before anybody's passphrase is asked */
static gboolean
check_custodians(const CmDirectoryFolder *folder,
		 const GArray *changes,
		 guint8 admitted_roles,
		 GError **error)
{
	const CmVaultDirectory *directory = cm_vault_people_get_directory(folder->people);
	const CmVaultDirectoryEntry *entries = directory->entries.items;
	guint count = 0;

	for (guint i = 0; i < directory->entries.count; i++) {
		if (entries[i].state == CM_VAULT_STATE_CURRENT &&
		    (entries[i].roles & CM_VAULT_ROLE_CUSTODIAN) != 0)
			count++;
	}
	if ((admitted_roles & CM_VAULT_ROLE_CUSTODIAN) == 0)
		return TRUE;
	count += changes->len;
	if (count >= CM_VAULT_REGISTRAR_CUSTODIANS_MIN &&
	    count <= CM_VAULT_REGISTRAR_CUSTODIANS_MAX)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("An organisation has three to nine custodians, or none: admit the first "
			"three at once."),
		     NULL);
	return FALSE;
}

static gboolean
is_wanted(const CmVaultEnrolment *enrolment, gchar **typed)
{
	g_autofree gchar *fingerprint =
	    cm_vault_hash_dup_fingerprint(enrolment->sign_key, enrolment->box_key);
	g_autofree gchar *label = dup_label(&enrolment->label);
	g_autofree gchar *question = NULL;

	if (typed == NULL) {
		question = cm_report_format(N_("{0} has this fingerprint: {1}\nIs it the one that "
					       "they read to you, face to "
					       "face or on the telephone?"),
					    label, fingerprint, NULL);
		return cm_terminal_ask(question);
	}
	for (guint i = 0; typed[i] != NULL; i++) {
		if (cm_vault_hash_match_fingerprint(fingerprint, typed[i]))
			return TRUE;
	}
	return FALSE;
}

static void
clear_change(gpointer data)
{
	CmVaultRegistrarChange *change = data;

	cm_vault_record_unref((CmVaultRecord *)change->enrolment);
}

/* those of a file that are to be taken in; NULL with `error` set */
static GArray *
choose(const CmDirectoryFolder *folder,
       GBytes *enrolments,
       gchar **typed,
       guint8 flags,
       GError **error)
{
	const guint8 *organisation = cm_vault_people_get_directory(folder->people)->organisation;
	g_autoptr(GArray) changes = g_array_new(FALSE, TRUE, sizeof(CmVaultRegistrarChange));
	g_autoptr(GArray) frames = NULL;

	g_array_set_clear_func(changes, clear_change);
	if (!cm_vault_class_set_offered_error(
		cm_vault_frames_split(enrolments, CM_VAULT_RECORD_OF(CM_VAULT_KIND_ENROLMENT),
				      &frames),
		"enrolment", error))
		return NULL;
	for (guint i = 0; i < frames->len; i++) {
		CmVaultRegistrarChange change = {.roles = flags};
		CmVaultRecord *record = NULL;

		if (!cm_vault_class_set_offered_error(
			cm_vault_people_check_enrolment(
			    organisation, g_array_index(frames, CmVaultFrame, i).octets, &record),
			"enrolment", error))
			return NULL;
		change.enrolment = record;
		if (is_wanted(cm_vault_record_get_fields(record, CM_VAULT_KIND_ENROLMENT), typed))
			g_array_append_val(changes, change);
		else
			cm_vault_record_unref(record);
	}
	if (changes->len > 0 && (typed == NULL || changes->len == g_strv_length(typed)))
		return g_steal_pointer(&changes);
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     typed == NULL ? N_("Nobody was taken in.")
				   : N_("Not every fingerprint that you typed is in this file: "
					"nobody was taken in."),
		     NULL);
	return NULL;
}

static CmExit
tell_signed(const CmComodalctl *cli, const CmDirectoryFolder *folder)
{
	guint64 sequence = cm_vault_people_get_directory(folder->people)->sequence;
	g_autofree gchar *file = g_build_filename(folder->path, CM_DIRECTORY_FOLDER_RECORDS, NULL);
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, sequence);
	g_autoptr(JsonBuilder) answer = NULL;

	if (cli->json) {
		answer = begin_answer();
		cm_document_add_int(answer, "sequence", (gint64)sequence);
		add_written(answer, file);
		return print_answer(answer);
	}
	print_line(
	    N_("Directory number {0} is signed. Where comodald runs: comodalctl directory add "
	       "{1}"),
	    number, file);
	return CM_EXIT_OK;
}

static CmExit
sign(const CmComodalctl *cli, CmDirectoryFolder *folder, const GArray *changes)
{
	g_autoptr(CmVaultSecret) passphrase = NULL;
	g_autoptr(GError) error = NULL;

	passphrase =
	    cm_secret_prompt_read(_("Passphrase of the organisation’s key:"), FALSE, &error);
	if (passphrase == NULL ||
	    !cm_directory_folder_sign(folder, passphrase,
				      (const CmVaultRegistrarChange *)(gconstpointer)changes->data,
				      changes->len, get_now(), &error))
		return end(error);
	return tell_signed(cli, folder);
}

CmExit
cm_comodalctl_directory_run_admit(CmComodalctl *cli)
{
	g_auto(GStrv) typed = NULL;
	g_auto(GStrv) names = NULL;
	const GOptionEntry entries[] = {
	    {"fingerprint", 0, 0, G_OPTION_ARG_STRING_ARRAY, &typed,
	     N_("Take in whoever has this one, without asking"), N_("FINGERPRINT")},
	    {"role", 0, 0, G_OPTION_ARG_STRING_ARRAY, &names,
	     N_("professional (default), supervisor, custodian"), N_("ROLE")},
	    G_OPTION_ENTRY_NULL};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(CmDirectoryFolder) folder = NULL;
	g_autoptr(GBytes) enrolments = NULL;
	g_autoptr(GArray) changes = NULL;
	g_autoptr(GError) error = NULL;
	guint8 flags = 0;

	if (!cm_comodalctl_parse(cli, entries, 2, 2, &arguments))
		return cli->exit_status;
	if (!parse_roles(cli, names, &flags))
		return CM_EXIT_USAGE;
	cm_secret_prompt_harden();
	folder = cm_directory_folder_open(arguments[0], &error);
	if (folder != NULL)
		enrolments = read_file(arguments[1], &error);
	if (enrolments != NULL)
		changes = choose(folder, enrolments, typed, flags, &error);
	if (changes == NULL || !check_custodians(folder, changes, flags, &error))
		return end(error);
	return sign(cli, folder, changes);
}

/* ---- retire, revoke */

static const CmVaultDirectoryEntry *
find_entry(const CmDirectoryFolder *folder, const gchar *typed, GError **error)
{
	const CmVaultDirectory *directory = cm_vault_people_get_directory(folder->people);
	const CmVaultDirectoryEntry *entries = directory->entries.items;

	for (guint i = 0; i < directory->entries.count; i++) {
		g_autofree gchar *fingerprint =
		    cm_vault_hash_dup_fingerprint(entries[i].sign_key, entries[i].box_key);

		if (cm_vault_hash_match_fingerprint(fingerprint, typed))
			return &entries[i];
	}
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     N_("No keys in the directory have this fingerprint: “directory show” lists "
			"them."),
		     NULL);
	return NULL;
}

static CmExit
run_end(CmComodalctl *cli, guint8 state)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(CmDirectoryFolder) folder = NULL;
	g_autoptr(GArray) changes = g_array_new(FALSE, TRUE, sizeof(CmVaultRegistrarChange));
	g_autoptr(GError) error = NULL;
	const CmVaultDirectoryEntry *entry = NULL;
	CmVaultRegistrarChange change = {.state = state};

	if (!cm_comodalctl_parse(cli, entries, 2, 2, &arguments))
		return cli->exit_status;
	cm_secret_prompt_harden();
	folder = cm_directory_folder_open(arguments[0], &error);
	if (folder != NULL)
		entry = find_entry(folder, arguments[1], &error);
	if (entry == NULL)
		return end(error);
	change.person = entry->person;
	change.generation = entry->generation;
	g_array_append_val(changes, change);
	return sign(cli, folder, changes);
}

CmExit
cm_comodalctl_directory_run_retire(CmComodalctl *cli)
{
	return run_end(cli, CM_VAULT_STATE_RETIRED);
}

CmExit
cm_comodalctl_directory_run_revoke(CmComodalctl *cli)
{
	return run_end(cli, CM_VAULT_STATE_REVOKED);
}

/* ---- new-key */

CmExit
cm_comodalctl_directory_run_new_key(CmComodalctl *cli)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(CmDirectoryFolder) folder = NULL;
	g_autoptr(CmVaultSecret) passphrase = NULL;
	g_autoptr(CmVaultSecret) next = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	cm_secret_prompt_harden();
	folder = cm_directory_folder_open(arguments[0], &error);
	if (folder != NULL)
		passphrase = cm_secret_prompt_read(_("Passphrase of the organisation’s key:"),
						   FALSE, &error);
	if (passphrase != NULL)
		next = cm_secret_prompt_read_new(&error);
	if (next == NULL ||
	    !cm_directory_folder_succeed(folder, passphrase, next, get_now(), &error))
		return end(error);
	if (!cli->json)
		print_line(
		    N_("The organisation has a new key, under the new passphrase; its fingerprint "
		       "on everybody’s paper stays the same, and their programs follow by "
		       "themselves. Keep a new copy of {0}, and destroy the old ones."),
		    arguments[0], NULL);
	return tell_signed(cli, folder);
}
