// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/request-desk.h"

#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "include/cm-error.h"

gboolean
cm_request_desk_open(CmRequestDesk *desk,
		     const CmRequestKind *kind,
		     const CmComodalctl *cli,
		     GError **error)
{
	desk->kind = kind;
	if (!cm_bookings_open(&desk->bookings, cli, error))
		return FALSE;
	desk->proxy = kind->get(desk->bookings.bus, error);
	return desk->proxy != NULL;
}

void
cm_request_desk_clear(CmRequestDesk *desk)
{
	cm_bookings_clear(&desk->bookings);
	g_clear_object(&desk->proxy);
}

JsonNode *
cm_request_desk_fetch(const CmRequestDesk *desk, guint64 number, gboolean all, GError **error)
{
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);

	if (number != 0)
		g_variant_dict_insert(&options, "request", "t", number);
	if (all)
		g_variant_dict_insert(&options, "all", "b", TRUE);
	return desk->kind->list(desk->proxy, g_variant_dict_end(&options), error);
}

JsonArray *
cm_request_desk_get_requests(JsonNode *document)
{
	return cm_json_get_array(json_node_get_object(document), "requests");
}

JsonObject *
cm_request_desk_find(const CmRequestDesk *desk,
		     const gchar *text,
		     JsonNode **document,
		     GError **error)
{
	JsonArray *requests = NULL;
	guint64 number = 0;
	gboolean numbered =
	    text != NULL && g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, &number, NULL);

	if (text == NULL || numbered) {
		*document = cm_request_desk_fetch(desk, number, numbered, error);
		if (*document == NULL)
			return NULL;
		requests = cm_request_desk_get_requests(*document);
	}
	if (requests != NULL && cm_json_get_length(requests) == 1)
		return cm_json_get_element(requests, 0);
	if (text != NULL)
		cm_error_set(error, CM_ERROR_NOT_FOUND, desk->kind->unknown, NULL);
	else if (cm_json_get_length(requests) > 1)
		cm_error_set(error, CM_ERROR_INVALID_INPUT, desk->kind->several, NULL);
	else
		cm_error_set(error, CM_ERROR_NOT_FOUND, desk->kind->none, NULL);
	return NULL;
}

CmExit
cm_request_desk_run_list(const CmRequestKind *kind, CmComodalctl *cli)
{
	gboolean all = FALSE;
	const GOptionEntry entries[] = {
	    {"all", 'a', 0, G_OPTION_ARG_NONE, &all, kind->all, NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(CmRequestDesk) desk = {NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, NULL))
		return cli->exit_status;
	if (cm_request_desk_open(&desk, kind, cli, &error))
		document = cm_request_desk_fetch(&desk, 0, all, &error);
	return document != NULL ? kind->show(&desk, document) : cm_report_error(error);
}

static CmExit
print_after(const CmRequestDesk *desk, JsonObject *request)
{
	g_autofree gchar *number =
	    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(request, "number"));
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) after = NULL;

	if (cm_request_desk_find(desk, number, &after, &error) == NULL)
		return cm_report_error(error);
	cm_json_print_node(after);
	return CM_EXIT_OK;
}

CmExit
cm_request_desk_run_change(const CmRequestKind *kind,
			   CmComodalctl *cli,
			   gboolean (*change)(gpointer proxy, JsonObject *request, GError **error),
			   const gchar *said)
{
	g_auto(GStrv) arguments = NULL;
	g_auto(CmRequestDesk) desk = {NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;
	g_autofree gchar *name = NULL;
	g_autofree gchar *line = NULL;
	JsonObject *request = NULL;

	if (!cm_comodalctl_parse(cli, NULL, kind->none != NULL ? 0 : 1, 1, &arguments))
		return cli->exit_status;
	if (cm_request_desk_open(&desk, kind, cli, &error))
		request = cm_request_desk_find(&desk, arguments[0], &document, &error);
	if (request == NULL || !change(desk.proxy, request, &error))
		return cm_report_error(error);
	if (cli->json)
		return print_after(&desk, request);
	name = kind->name(&desk.bookings, request);
	line = cm_report_format(said, name, NULL);
	cm_terminal_print(line);
	cm_terminal_print("\n");
	return CM_EXIT_OK;
}
