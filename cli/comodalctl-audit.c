// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "cli/zone.h"
#include "daemon/agenda/document.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <pwd.h>

#define SHOW_DEFAULT 50
#define PAGE_MAX 500
#define DETAIL_INDENT "       "

/* ---- audit show */

typedef struct {
	gchar *since;
	gchar *until;
	gchar *subject;
	gchar *limit;
} ShowOptions;

static void
show_options_clear(ShowOptions *options)
{
	g_free(options->since);
	g_free(options->until);
	g_free(options->subject);
	g_free(options->limit);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ShowOptions, show_options_clear)

/* the beginning of a day */
static guint64
get_instant(CmDay day)
{
	GTimeZone *zone = cm_zone_get();

	return (guint64)MAX(cm_time_to_utc(day, 0, zone), 0);
}

static gboolean
make_query(CmComodalctl *cli, const ShowOptions *options, GVariantDict *dictionary)
{
	CmDay since = CM_DAY_NONE;
	CmDay until = CM_DAY_NONE;
	guint64 subject = 0;

	if (!cm_values_parse_date(cli, "--since", options->since, &since) ||
	    !cm_values_parse_date(cli, "--until", options->until, &until) ||
	    !cm_values_parse_number(cli, "--subject", options->subject, 1, G_MAXINT64, &subject))
		return FALSE;
	if (since != CM_DAY_NONE)
		g_variant_dict_insert(dictionary, "since", "t", get_instant(since));
	/* the last day is shown whole */
	if (until != CM_DAY_NONE)
		g_variant_dict_insert(dictionary, "until", "t", get_instant(until + 1));
	if (subject != 0)
		g_variant_dict_insert(dictionary, "subject", "t", subject);
	return TRUE;
}

static JsonNode *
fetch_page(CmDBusAudit *audit, GVariant *query, guint64 before, guint limit, GError **error)
{
	g_auto(GVariantDict) dictionary = G_VARIANT_DICT_INIT(query);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(GBytes) bytes = NULL;

	g_variant_dict_insert(&dictionary, "limit", "u", limit);
	if (before != 0)
		g_variant_dict_insert(&dictionary, "before", "t", before);
	if (!cm_dbus_audit_call_list_sync(audit, g_variant_dict_end(&dictionary), NULL, &handle,
					  &descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

/* page by page, newest first. Returns: (transfer full) */
static JsonArray *
fetch(CmDBusAudit *audit, GVariant *query, guint64 wanted, GError **error)
{
	g_autoptr(JsonArray) entries = json_array_new();
	guint64 before = 0;

	while (json_array_get_length(entries) < wanted) {
		guint64 left = wanted - json_array_get_length(entries);
		g_autoptr(JsonNode) page =
		    fetch_page(audit, query, before, (guint)MIN(left, PAGE_MAX), error);
		JsonObject *object = page != NULL ? json_node_get_object(page) : NULL;
		JsonArray *lines = object != NULL ? cm_json_get_array(object, "entries") : NULL;

		if (page == NULL)
			return NULL;
		for (guint i = 0; i < cm_json_get_length(lines); i++)
			json_array_add_element(entries,
					       json_node_copy(json_array_get_element(lines, i)));
		before = object != NULL ? (guint64)cm_json_get_int(object, "next") : 0;
		if (before == 0)
			break;
	}
	return g_steal_pointer(&entries);
}

/* the account's name, on the machine where it is one */
static gchar *
format_account(JsonObject *entry)
{
	JsonNode *uid = json_object_get_member(entry, "uid");
	const struct passwd *account = NULL;

	if (uid == NULL || json_node_is_null(uid))
		return g_strdup(_("the service"));
	account = getpwuid((uid_t)json_node_get_int(uid));
	if (account != NULL)
		return cm_terminal_clean(account->pw_name);
	return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(uid));
}

static gchar *
format_instant(gint64 at)
{
	g_autoptr(GDateTime) time = cm_zone_make_time(at);

	return time != NULL ? g_date_time_format(time, "%Y-%m-%d %H:%M:%S") : g_strdup("?");
}

/* "", "made", "3 → 4", "gone" */
static gchar *
format_versions(JsonObject *entry)
{
	gint64 before = cm_json_get_int(entry, "version_before");
	gint64 after = cm_json_get_int(entry, "version_after");

	if (before == 0 && after == 0)
		return g_strdup("");
	if (before == 0)
		return g_strdup(_("made"));
	if (after == 0)
		return g_strdup(_("gone"));
	return g_strdup_printf("%" G_GINT64_FORMAT " → %" G_GINT64_FORMAT, before, after);
}

static gchar *
format_detail(JsonObject *entry)
{
	JsonNode *detail = json_object_get_member(entry, "detail");

	if (!cm_json_get_boolean(entry, "readable"))
		return g_strdup(_("UNREADABLE: it was altered"));
	if (detail == NULL || json_node_is_null(detail))
		return g_strdup("");
	if (JSON_NODE_HOLDS_VALUE(detail))
		return g_strdup(json_node_get_string(detail));
	return json_to_string(detail, FALSE);
}

static void
add_entry(CmTable *table, JsonObject *entry)
{
	g_autofree gchar *number =
	    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(entry, "number"));
	g_autofree gchar *at = format_instant(cm_json_get_int(entry, "at"));
	g_autofree gchar *account = format_account(entry);
	gint64 subject = cm_json_get_int(entry, "subject");
	g_autofree gchar *about =
	    subject != 0 ? g_strdup_printf("%" G_GINT64_FORMAT, subject) : g_strdup("");
	g_autofree gchar *versions = format_versions(entry);

	cm_terminal_add_row(table, number, at, account, cm_json_get_string(entry, "action"), about,
			    versions, NULL);
}

static void
append_detail(GString *out, JsonObject *entry, guint width)
{
	g_autofree gchar *detail = format_detail(entry);
	g_autofree gchar *clean = cm_terminal_clean(detail);

	if (*clean == '\0')
		return;
	g_string_append(out, DETAIL_INDENT);
	cm_terminal_append_wrapped(out, clean, strlen(DETAIL_INDENT), strlen(DETAIL_INDENT), width);
}

/* as a log is read: the newest at the end */
static void
print_entries(const CmComodalctl *cli, JsonArray *entries)
{
	static const gchar *const heads[] = {N_(">No."),     N_("When"),    N_("Who"), N_("What"),
					     N_(">Subject"), N_("Version"), NULL};
	guint width = cm_terminal_get_width();
	guint length = json_array_get_length(entries);
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(CmTable) table = NULL;
	g_autofree gchar *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (length == 0) {
		cm_terminal_print(_("There is no such entry.\n"));
		return;
	}
	table = cm_terminal_new_table(heads);
	for (guint i = length; i > 0; i--)
		add_entry(table, cm_json_get_element(entries, i - 1));
	text = cm_terminal_draw_table(table, width, cli->color);
	/* a line for the heads, then one an entry; each detail has lines of its own */
	lines = g_strsplit(text, "\n", 0);
	for (guint i = 0; lines[i] != NULL && i <= length; i++) {
		g_string_append_printf(out, "%s\n", lines[i]);
		if (i > 0)
			append_detail(out, cm_json_get_element(entries, length - i), width);
	}
	cm_terminal_print(out->str);
}

static void
print_entries_json(JsonArray *entries)
{
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_ARRAY);

	json_node_set_array(node, entries);
	cm_json_print_node(node);
}

CmExit
cm_comodalctl_audit_show_run(CmComodalctl *cli)
{
	g_auto(ShowOptions) options = {0};
	const GOptionEntry entries[] = {
	    {"since", 0, 0, G_OPTION_ARG_STRING, &options.since, N_("From this date on"),
	     N_("DATE")},
	    {"until", 0, 0, G_OPTION_ARG_STRING, &options.until, N_("To this date"), N_("DATE")},
	    {"subject", 0, 0, G_OPTION_ARG_STRING, &options.subject,
	     N_("What was done to one thing, by its number"), "N"},
	    {"limit", 'n', 0, G_OPTION_ARG_STRING, &options.limit,
	     N_("At most this many, the newest; default 50"), "N"},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GVariantDict) dictionary = G_VARIANT_DICT_INIT(NULL);
	guint64 limit = SHOW_DEFAULT;
	g_autoptr(GError) error = NULL;
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(CmDBusAudit) audit = NULL;
	g_autoptr(GVariant) query = NULL;
	g_autoptr(JsonArray) found = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, NULL))
		return cli->exit_status;
	if (!make_query(cli, &options, &dictionary) ||
	    !cm_values_parse_number(cli, "--limit", options.limit, 1, G_MAXINT32, &limit))
		return CM_EXIT_USAGE;
	query = g_variant_ref_sink(g_variant_dict_end(&dictionary));
	bus = cm_client_connect(cli, &error);
	if (bus != NULL)
		audit = cm_client_get_audit(bus, &error);
	if (audit != NULL)
		found = fetch(audit, query, limit, &error);
	if (found == NULL)
		return cm_report_error(error);
	if (cli->json)
		print_entries_json(found);
	else
		print_entries(cli, found);
	return CM_EXIT_OK;
}

/* ---- audit heads */

CmExit
cm_comodalctl_audit_heads_run(CmComodalctl *cli)
{
	g_autofree gchar *limit_text = NULL;
	const GOptionEntry entries[] = {
	    {"limit", 'n', 0, G_OPTION_ARG_STRING, &limit_text,
	     N_("At most this many, the newest; default 1"), "N"},
	    G_OPTION_ENTRY_NULL,
	};
	guint64 limit = 1;
	g_autoptr(GError) error = NULL;
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(CmDBusAudit) audit = NULL;
	g_autofree gchar *key = NULL;
	g_autoptr(GVariant) heads = NULL;
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(GString) out = g_string_new(NULL);
	GVariantIter iter;
	guint64 sequence = 0;
	gint64 at = 0;
	const gchar *hash = NULL;
	const gchar *signature = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, NULL))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, "--limit", limit_text, 1, PAGE_MAX, &limit))
		return CM_EXIT_USAGE;
	bus = cm_client_connect(cli, &error);
	if (bus != NULL)
		audit = cm_client_get_audit(bus, &error);
	if (audit == NULL ||
	    !cm_dbus_audit_call_heads_sync(audit, (guint)limit, &key, &heads, NULL, &error))
		return cm_report_error(error);
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "public_key", key);
	cm_document_begin_array(builder, "heads");
	g_string_append_printf(out, "%s %s\n", _("key"), key);
	g_variant_iter_init(&iter, heads);
	while (g_variant_iter_next(&iter, "(tx&s&s)", &sequence, &at, &hash, &signature)) {
		g_autofree gchar *when = format_instant(at);

		json_builder_begin_object(builder);
		cm_document_add_int(builder, "number", (gint64)sequence);
		cm_document_add_int(builder, "signed_at", at);
		cm_document_add_string(builder, "hash", hash);
		cm_document_add_string(builder, "signature", signature);
		json_builder_end_object(builder);
		g_string_append_printf(out, "%" G_GUINT64_FORMAT "  %s\n  %s\n  %s\n", sequence,
				       when, hash, signature);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	if (cli->json)
		cm_json_print(builder);
	else
		cm_terminal_print(out->str);
	return CM_EXIT_OK;
}

/* ---- audit verify */

typedef struct {
	guint64 entries;
	guint heads;
	guint outside;
	const gchar *missing;
	GVariant *findings; /* a(sts) */
	guint left_out;
} Verdict;

static gboolean
verdict_read(CmDBusJob *job, Verdict *out_verdict)
{
	GVariant *result = cm_dbus_job_get_result(job);

	if (result == NULL)
		return FALSE;
	out_verdict->findings =
	    g_variant_lookup_value(result, "findings", G_VARIANT_TYPE("a(sts)"));
	return out_verdict->findings != NULL &&
	       g_variant_lookup(result, "entries", "t", &out_verdict->entries) &&
	       g_variant_lookup(result, "heads", "u", &out_verdict->heads) &&
	       g_variant_lookup(result, "outside", "u", &out_verdict->outside) &&
	       g_variant_lookup(result, "outside-missing", "&s", &out_verdict->missing) &&
	       g_variant_lookup(result, "findings-left-out", "u", &out_verdict->left_out);
}

static void
print_verdict_json(const Verdict *verdict)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	GVariantIter iter;
	const gchar *kind = NULL;
	guint64 number = 0;
	const gchar *message = NULL;

	json_builder_begin_object(builder);
	cm_document_add_boolean(builder, "whole", g_variant_n_children(verdict->findings) == 0);
	cm_document_add_int(builder, "entries", (gint64)verdict->entries);
	cm_document_add_int(builder, "heads", verdict->heads);
	cm_document_add_int(builder, "outside", verdict->outside);
	cm_document_begin_array(builder, "findings");
	g_variant_iter_init(&iter, verdict->findings);
	while (g_variant_iter_next(&iter, "(&st&s)", &kind, &number, &message)) {
		g_autofree gchar *text = cm_message_localize(message);

		json_builder_begin_object(builder);
		cm_document_add_string(builder, "kind", kind);
		cm_document_add_int(builder, "number", (gint64)number);
		cm_document_add_string(builder, "message", text);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	cm_document_add_int(builder, "findings_left_out", verdict->left_out);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

static void
print_verdict(const CmComodalctl *cli, const Verdict *verdict)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree gchar *entries = g_strdup_printf("%" G_GUINT64_FORMAT, verdict->entries);
	g_autofree gchar *heads = g_strdup_printf("%u", verdict->heads);
	g_autofree gchar *outside = g_strdup_printf("%u", verdict->outside);
	g_autofree gchar *figures = cm_report_format(
	    _("Entries: {0}. Signed heads: {1}. Heads kept outside the database: {2}."), entries,
	    heads, outside, NULL);
	GVariantIter iter;
	const gchar *message = NULL;

	g_variant_iter_init(&iter, verdict->findings);
	while (g_variant_iter_next(&iter, "(&st&s)", NULL, NULL, &message)) {
		g_autofree gchar *text = cm_message_localize(message);

		cm_terminal_append_styled(out, cli->color, CM_STYLE_BAD, "✗ ");
		cm_terminal_append_wrapped(out, text, 2, 2, cm_terminal_get_width());
	}
	if (verdict->left_out > 0) {
		g_autofree gchar *count = g_strdup_printf("%u", verdict->left_out);
		g_autofree gchar *more = cm_report_format(_("… and {0} more"), count, NULL);

		g_string_append_printf(out, "%s\n", more);
	}
	if (g_variant_n_children(verdict->findings) == 0) {
		cm_terminal_append_styled(out, cli->color, CM_STYLE_GOOD,
					  _("The audit log is whole."));
		g_string_append_c(out, '\n');
	}
	g_string_append_printf(out, "%s\n", figures);
	if (*verdict->missing != '\0') {
		g_autofree gchar *missing = cm_message_localize(verdict->missing);

		g_string_append_printf(out, "%s\n%s\n", missing,
				       _("Without them, an older copy of the database looks "
					 "whole."));
	}
	cm_terminal_print(out->str);
}

CmExit
cm_comodalctl_audit_verify_run(CmComodalctl *cli)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(CmDBusAudit) audit = NULL;
	g_autoptr(CmDBusJob) job = NULL;
	g_autofree gchar *path = NULL;
	Verdict verdict = {0};
	CmExit status = CM_EXIT_REFUSED;

	if (!cm_comodalctl_parse(cli, NULL, 0, 0, NULL))
		return cli->exit_status;
	bus = cm_client_connect(cli, &error);
	if (bus != NULL)
		audit = cm_client_get_audit(bus, &error);
	if (audit != NULL && cm_dbus_audit_call_verify_sync(audit, &path, NULL, &error))
		job = cm_client_follow_job(bus, path, NULL, NULL, &error);
	if (job == NULL || cm_client_check_job(job, &error) != CM_CLIENT_JOB_SUCCEEDED)
		return cm_report_error(error);
	if (verdict_read(job, &verdict)) {
		status = g_variant_n_children(verdict.findings) == 0 ? CM_EXIT_OK : CM_EXIT_REFUSED;
		if (cli->json)
			print_verdict_json(&verdict);
		else
			print_verdict(cli, &verdict);
	}
	g_clear_pointer(&verdict.findings, g_variant_unref);
	cm_client_release_job(job);
	return status;
}
