// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/plan-summary.h"

#include "cli/client.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/summary-view.h"
#include "cli/terminal.h"
#include "daemon/agenda/summary.h"
#include "daemon/roster/caseload-reader.h"
#include "daemon/roster/plan-reader.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <sys/mman.h>
#include <unistd.h>

CmExit
cm_plan_summary_print(const CmComodalctl *cli,
		      const CmCaseload *caseload,
		      const CmPlan *plan,
		      guint64 number,
		      guint64 effort,
		      gboolean details)
{
	g_autoptr(GBytes) document = cm_summary_new_document(caseload, plan);
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) summary = cm_client_parse_document(document, &error);
	g_autofree gchar *text = NULL;

	if (summary == NULL)
		return cm_report_error(error);
	if (cli->json) {
		g_autoptr(JsonNode) localized = cm_summary_view_localize(summary);

		if (number != 0)
			json_object_set_int_member(json_node_get_object(localized), "plan",
						   (gint64)number);
		if (effort != 0)
			json_object_set_int_member(json_node_get_object(localized), "effort",
						   (gint64)effort);
		cm_json_print_node(localized);
		return CM_EXIT_OK;
	}
	text = cm_summary_view_draw(json_node_get_object(summary), cm_terminal_get_width(),
				    cli->color, details);
	cm_terminal_print(text);
	return CM_EXIT_OK;
}

/* the readers take a descriptor: a memory file at its start */
static gint
open_bytes(GBytes *bytes, GError **error)
{
	gsize size = 0;
	const gchar *data = g_bytes_get_data(bytes, &size);
	gint fd = memfd_create("document", MFD_CLOEXEC);

	if (fd >= 0 && write(fd, data, size) == (gssize)size && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	cm_error_set(error, CM_ERROR_FAILED, N_("The answer can't be read: {0}."),
		     g_strerror(errno), NULL);
	if (fd >= 0)
		close(fd);
	return -1;
}

static CmCaseload *
fetch_caseload(GDBusConnection *bus, GError **error)
{
	g_autoptr(CmDBusRoster) roster = cm_client_get_roster(bus, error);
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(CmFaults) faults = cm_faults_new();
	CmCaseload *caseload = NULL;
	gint fd = -1;

	if (roster != NULL)
		bytes = cm_client_export_roster(roster, error);
	if (bytes == NULL)
		return NULL;
	fd = open_bytes(bytes, error);
	if (fd < 0)
		return NULL;
	caseload = cm_caseload_reader_read_fd(fd, faults, NULL, error);
	close(fd);
	return caseload;
}

/* an argument, or a word that is translated with the message */
static gchar *
make_argument(JsonArray *parts, guint index)
{
	JsonNode *node = json_array_get_element(parts, index);
	const gchar *word = NULL;

	if (JSON_NODE_HOLDS_OBJECT(node)) {
		word = cm_json_get_string(json_node_get_object(node), "word");
		return cm_message_term(word != NULL ? word : "");
	}
	return g_strdup(JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : "");
}

static gchar *
make_sentence(JsonArray *parts)
{
	g_auto(GStrv) arguments = NULL;
	guint length = cm_json_get_length(parts);

	if (length == 0)
		return g_strdup("");
	arguments = g_new0(gchar *, length);
	for (guint i = 1; i < length; i++)
		arguments[i - 1] = make_argument(parts, i);
	return cm_message_new_strv(json_array_get_string_element(parts, 0),
				   (const gchar *const *)arguments);
}

static gchar *
make_message(JsonArray *sentences)
{
	gchar *message = NULL;

	for (guint i = 0; i < cm_json_get_length(sentences); i++) {
		g_autofree gchar *before = message;
		g_autofree gchar *sentence =
		    make_sentence(json_array_get_array_element(sentences, i));

		message = cm_message_join(before, sentence);
	}
	return message;
}

/* the daemon speaks English, the person may not: the reasons' parts replace its words. The document's list and the plan's
 * are in the same order. */
static void
take_messages(CmPlan *plan, GBytes *document)
{
	g_autoptr(JsonNode) root = cm_client_parse_document(document, NULL);
	JsonArray *list = NULL;

	if (root != NULL)
		list = cm_json_get_array(json_node_get_object(root), "unscheduled");
	for (guint i = 0; i < MIN(cm_json_get_length(list), plan->unscheduled->len); i++) {
		CmUnscheduled *left = CM_ELEMENT(plan->unscheduled, CmUnscheduled, i);
		JsonArray *sentences = cm_json_get_array(cm_json_get_element(list, i), "messages");

		if (cm_json_get_length(sentences) == 0)
			continue;
		g_free(left->reason);
		left->reason = make_message(sentences);
	}
}

static CmPlan *
fetch_plan(GDBusConnection *bus, guint64 number, const CmCaseload *caseload, GError **error)
{
	g_autoptr(CmDBusPlanner) planner = cm_client_get_planner(bus, error);
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(CmFaults) faults = cm_faults_new();
	CmPlan *plan = NULL;
	gint fd = -1;

	if (planner != NULL)
		bytes = cm_client_get_plan(planner, number, error);
	if (bytes == NULL)
		return NULL;
	fd = open_bytes(bytes, error);
	if (fd < 0)
		return NULL;
	plan = cm_plan_reader_read_fd(fd, caseload, faults, NULL, error);
	close(fd);
	if (plan != NULL)
		take_messages(plan, bytes);
	return plan;
}

CmExit
cm_plan_summary_print_kept(const CmComodalctl *cli,
			   GDBusConnection *bus,
			   guint64 plan,
			   guint64 effort,
			   gboolean details)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmCaseload) caseload = fetch_caseload(bus, &error);
	g_autoptr(CmPlan) read = NULL;

	if (caseload != NULL)
		read = fetch_plan(bus, plan, caseload, &error);
	if (read == NULL)
		return cm_report_error(error);
	return cm_plan_summary_print(cli, caseload, read, plan, effort, details);
}
