// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/change-call.h"

#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/thing-fields.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* what is in the way is told by examples */
#define PROBLEMS_SHOWN_MAX 8

#define FORMAT_NAME "comodal-roster-change/1"

static JsonObject *
new_change(const gchar *verb, const gchar *kind)
{
	JsonObject *change = json_object_new();

	json_object_set_string_member(change, "do", verb);
	json_object_set_string_member(change, "kind", kind);
	return change;
}

JsonObject *
cm_change_call_new_add(const gchar *kind, JsonObject *thing)
{
	JsonObject *change = new_change("add", kind);

	json_object_set_object_member(change, "thing", json_object_ref(thing));
	return change;
}

/* only what changes is held against what is there: somebody else may change the rest */
JsonObject *
cm_change_call_new_edit(const gchar *kind, JsonObject *was, JsonObject *set)
{
	JsonObject *change = new_change("edit", kind);
	JsonObject *seen = json_object_new();
	JsonObjectIter iter;
	const gchar *member = NULL;
	JsonNode *value = NULL;

	json_object_iter_init_ordered(&iter, set);
	while (json_object_iter_next_ordered(&iter, &member, &value)) {
		if (json_object_has_member(was, member))
			json_object_set_member(seen, member, json_object_dup_member(was, member));
	}
	json_object_set_string_member(change, "id", cm_json_get_string(was, "id"));
	json_object_set_object_member(change, "set", json_object_ref(set));
	json_object_set_object_member(change, "was", seen);
	return change;
}

/* its name is no part of its state: numbers of sessions within a follow-up are the database's */
JsonObject *
cm_change_call_new_remove(const gchar *kind, JsonObject *was)
{
	JsonObject *change = new_change("remove", kind);

	json_object_set_string_member(change, "id", cm_json_get_string(was, "id"));
	return change;
}

GUnixFDList *
cm_change_call_hand_over(const gchar *bytes, gsize length, GVariant **out_handle, GError **error)
{
	g_autoptr(GUnixFDList) descriptors = g_unix_fd_list_new();
	gint fd = memfd_create("comodal-change", MFD_CLOEXEC);
	gsize written = 0;
	gint index = -1;

	while (fd >= 0 && written < length) {
		gssize count = write(fd, bytes + written, length - written);

		if (count < 0 && errno != EINTR)
			break;
		written += count > 0 ? (gsize)count : 0;
	}
	if (fd >= 0 && written == length && lseek(fd, 0, SEEK_SET) == 0)
		index = g_unix_fd_list_append(descriptors, fd, error);
	else
		cm_error_set(error, CM_ERROR_FAILED, N_("There is no memory for a document: {0}."),
			     g_strerror(errno), NULL);
	if (fd >= 0)
		close(fd);
	if (index < 0)
		return NULL;
	*out_handle = g_variant_new_handle(index);
	return g_steal_pointer(&descriptors);
}

/* Returns: (transfer full) */
static JsonNode *
send_change(CmDBusRoster *roster,
	    JsonObject *change,
	    const CmChangeCallOptions *options,
	    GError **error)
{
	g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
	JsonObject *document = json_object_new();
	JsonArray *changes = json_array_new();
	g_auto(GVariantDict) dictionary = G_VARIANT_DICT_INIT(NULL);
	g_autofree gchar *text = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(GUnixFDList) answered = NULL;
	g_autoptr(GVariant) result = NULL;
	g_autoptr(GBytes) bytes = NULL;
	GVariant *handle = NULL;

	json_array_add_object_element(changes, json_object_ref(change));
	json_object_set_string_member(document, "format", FORMAT_NAME);
	json_object_set_array_member(document, "changes", changes);
	json_node_take_object(root, document);
	text = json_to_string(root, FALSE);
	descriptors = cm_change_call_hand_over(text, strlen(text), &handle, error);
	if (descriptors == NULL)
		return NULL;
	if (options->dry_run)
		g_variant_dict_insert(&dictionary, "dry-run", "b", TRUE);
	if (options->withdraw)
		g_variant_dict_insert(&dictionary, "withdraw", "b", TRUE);
	if (!cm_dbus_roster_call_change_sync(roster, handle, g_variant_dict_end(&dictionary),
					     descriptors, &result, &answered, NULL, error))
		return NULL;
	return cm_client_read_json(result, answered, error);
}

static CmExit
report_problems(JsonObject *result, const gchar *kind)
{
	JsonArray *problems = cm_json_get_array(result, "problems");
	guint count = cm_json_get_length(problems);

	for (guint i = 0; i < MIN(count, PROBLEMS_SHOWN_MAX); i++) {
		JsonObject *problem = cm_json_get_element(problems, i);
		const gchar *path = cm_json_get_string(problem, "path");
		g_autofree gchar *member = NULL;
		g_autofree gchar *message =
		    cm_message_localize(cm_json_get_string(problem, "message"));
		g_autofree gchar *clean = cm_terminal_clean(message);

		/* of something else that needs it, the member is of no help */
		if (g_str_has_prefix(path, "$.") &&
		    g_strcmp0(cm_json_get_string(problem, "code"), "invalid") == 0)
			member = cm_thing_fields_name_member(kind, path + 2);
		if (member != NULL)
			g_printerr("comodalctl: %s: %s\n", member, clean);
		else
			g_printerr("comodalctl: %s\n", clean);
	}
	if (count > PROBLEMS_SHOWN_MAX) {
		g_autofree gchar *more = g_strdup_printf("%u", count - PROBLEMS_SHOWN_MAX);
		g_autofree gchar *text = cm_report_format(N_("… and {0} more"), more, NULL);

		g_printerr("%s\n", text);
	}
	g_printerr("  → %s\n", _("Nothing was changed."));
	return CM_EXIT_REFUSED;
}

static void
print_done(JsonObject *result, gboolean dry_run)
{
	static const gchar *const formats[][2] = {
	    {"add", N_("Added: {0}")},
	    {"edit", N_("Changed: {0}")},
	    {"remove", N_("Removed: {0}")},
	};
	JsonObject *change = cm_json_get_element(cm_json_get_array(result, "changes"), 0);
	const gchar *verb = cm_json_get_string(change, "do");
	gint64 withdrawn = cm_json_get_int(result, "withdrawn");

	for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
		g_autofree gchar *text =
		    cm_report_format(formats[i][1], cm_json_get_string(change, "id"), NULL);

		if (g_strcmp0(verb, formats[i][0]) == 0)
			g_print("%s%s\n", text, dry_run ? _(" (only tried)") : "");
	}
	if (withdrawn > 0) {
		g_autofree gchar *count = g_strdup_printf("%" G_GINT64_FORMAT, withdrawn);

		cm_report_note(N_("Booked sessions that could not stand any more: {0}"), count,
			       NULL);
	}
}

CmExit
cm_change_call_run(CmComodalctl *cli,
		   CmDBusRoster *roster,
		   JsonObject *change,
		   const CmChangeCallOptions *options)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) root = send_change(roster, change, options, &error);
	JsonObject *result = NULL;
	gboolean refused = FALSE;

	if (root == NULL)
		return cm_report_error(error);
	result = json_node_get_object(root);
	refused = cm_json_get_length(cm_json_get_array(result, "problems")) > 0;
	if (cli->json) {
		cm_json_print_node(root);
		return refused ? CM_EXIT_REFUSED : CM_EXIT_OK;
	}
	if (refused)
		return report_problems(result, cm_json_get_string(change, "kind"));
	print_done(result, options->dry_run);
	return CM_EXIT_OK;
}
