// SPDX-License-Identifier: GPL-3.0-or-later

/* What a provider of video rooms would ask its server and hand to people, for tests. usage: provider-tool CONFIGURATION NAME CLOSES
 * [FACTS]. Prints a JSON object: "facts" (those given, or new ones), "open", "close" (calls), "host", "guest" (documents of a room). */

#include "daemon/bus/visio-configuration.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <stdio.h>
#include <stdlib.h>

static void
print_faults(const CmFaults *faults)
{
	for (guint i = 0; i < cm_faults_get_kept(faults); i++) {
		const CmFault *fault = cm_faults_get(faults, i);
		g_autofree gchar *text = cm_message_localize(fault->message);

		fprintf(stderr, "%u: %s: %s\n", fault->line, fault->path, text);
	}
}

static void
add_call(JsonObject *all, const gchar *name, CmProviderCall *made)
{
	g_autoptr(CmProviderCall) call = made;
	JsonObject *object = json_object_new();

	if (call == NULL) {
		json_object_unref(object);
		json_object_set_null_member(all, name);
		return;
	}
	json_object_set_string_member(object, "url", call->url);
	json_object_set_string_member(object, "type", call->type);
	json_object_set_string_member(object, "body", call->body);
	json_object_set_object_member(all, name, object);
}

static gboolean
add_entry(JsonObject *all,
	  const gchar *name,
	  const CmProviderSettings *settings,
	  const CmProviderSession *session,
	  JsonObject *facts,
	  const CmProviderPerson *person)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) entry = cm_provider_make_entry(
	    settings, session, facts, 1, person, g_get_real_time() / G_USEC_PER_SEC, &error);
	g_autofree gchar *text = NULL;

	if (entry == NULL) {
		text = cm_error_to_english(error);
		fprintf(stderr, "%s\n", text);
		return FALSE;
	}
	text = g_strndup(g_bytes_get_data(entry, NULL), g_bytes_get_size(entry));
	json_object_set_member(all, name, json_from_string(text, NULL));
	return TRUE;
}

static gboolean
print_all(const CmProviderSettings *settings, const CmProviderSession *session, const gchar *known)
{
	const CmProviderPerson host = {.host = TRUE, .name = "Julie Tremblay", .visit = 1};
	const CmProviderPerson guest = {.name = "Élève & parent", .visit = 2};
	g_autoptr(JsonObject) all = json_object_new();
	g_autoptr(JsonNode) root = json_node_alloc();
	g_autoptr(JsonNode) given = known != NULL ? json_from_string(known, NULL) : NULL;
	JsonObject *facts =
	    given != NULL ? json_node_dup_object(given) : cm_provider_invent(settings, session);
	g_autofree gchar *text = NULL;

	json_object_set_object_member(all, "facts", facts);
	add_call(all, "open", cm_provider_make_open(settings, facts));
	add_call(all, "close", cm_provider_make_close(settings, facts));
	if (!add_entry(all, "host", settings, session, facts, &host) ||
	    !add_entry(all, "guest", settings, session, facts, &guest))
		return FALSE;
	json_node_init_object(root, all);
	text = json_to_string(root, FALSE);
	printf("%s\n", text);
	return TRUE;
}

int
main(int argc, char **argv)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmVisioConfiguration) visio = NULL;
	CmPolicyFile *file = argc > 3 ? cm_policy_file_read(argv[1], faults) : NULL;
	const CmProviderSettings *settings = NULL;
	CmProviderSession session = {.subject = 7, .people = 2, .professional = "psy-1"};

	if (file != NULL)
		visio = cm_visio_configuration_take(file, NULL);
	if (visio != NULL)
		settings = cm_visio_configuration_find(visio, argv[2]);
	print_faults(faults);
	if (settings == NULL || cm_faults_get_total(faults) > 0) {
		g_clear_pointer(&file, cm_policy_file_free);
		return EXIT_FAILURE;
	}
	cm_policy_file_free(file);
	session.closes = g_ascii_strtoll(argv[3], NULL, 10);
	return print_all(settings, &session, argc > 4 ? argv[4] : NULL) ? EXIT_SUCCESS
									: EXIT_FAILURE;
}
