// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/find.h"
#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/users.h"
#include "cli/who.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

/* One account as the bus has it, and the roster's lists that say who its numbers are (NULL: they may not be read). */
typedef struct {
	guint32 uid;
	GVariant *roles;
	guint64 professional;
	GVariant *sites;
	const gchar *language;
} Account;

typedef struct {
	GDBusConnection *bus;
	CmDBusAccounts *accounts;
	CmDBusRoster *roster;
	JsonNode *professionals;
	JsonNode *sites;
} Desk;

static void
desk_clear(Desk *desk)
{
	g_clear_object(&desk->bus);
	g_clear_object(&desk->accounts);
	g_clear_object(&desk->roster);
	g_clear_pointer(&desk->professionals, json_node_unref);
	g_clear_pointer(&desk->sites, json_node_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

static gboolean
desk_open(Desk *desk, const CmComodalctl *cli, GError **error)
{
	desk->bus = cm_client_connect(cli, error);
	if (desk->bus != NULL)
		desk->accounts = cm_client_get_accounts(desk->bus, error);
	if (desk->accounts != NULL)
		desk->roster = cm_client_get_roster(desk->bus, error);
	return desk->roster != NULL;
}

/* names are a help, not what was asked for: without them numbers are shown */
static void
desk_read_names(Desk *desk)
{
	desk->professionals = cm_who_list(desk->roster, "professional", NULL);
	desk->sites = cm_who_list(desk->roster, "site", NULL);
}

/* Returns: (transfer full) */
static gchar *
get_title(JsonNode *things, guint64 number)
{
	JsonObject *thing = things != NULL ? cm_find_by_number(things, (gint64)number) : NULL;

	if (thing != NULL)
		return g_strdup(cm_find_get_title(thing));
	return g_strdup_printf("%" G_GUINT64_FORMAT, number);
}

static gchar *
format_roles(GVariant *roles)
{
	g_autoptr(GString) text = g_string_new(NULL);
	const gchar *role = NULL;
	GVariantIter iter;

	g_variant_iter_init(&iter, roles);
	while (g_variant_iter_next(&iter, "&s", &role))
		g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "",
				       cm_kinds_get_role(role));
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static gchar *
format_sites(const Desk *desk, GVariant *sites)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint64 number = 0;
	GVariantIter iter;

	g_variant_iter_init(&iter, sites);
	while (g_variant_iter_next(&iter, "t", &number)) {
		g_autofree gchar *title = get_title(desk->sites, number);

		g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", title);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
build_account(JsonBuilder *builder, const Account *account)
{
	g_autofree gchar *name = cm_users_get_name(account->uid);
	const gchar *role = NULL;
	guint64 site = 0;
	GVariantIter iter;

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "uid");
	json_builder_add_int_value(builder, account->uid);
	json_builder_set_member_name(builder, "user");
	json_builder_add_string_value(builder, name);
	json_builder_set_member_name(builder, "roles");
	json_builder_begin_array(builder);
	g_variant_iter_init(&iter, account->roles);
	while (g_variant_iter_next(&iter, "&s", &role))
		json_builder_add_string_value(builder, role);
	json_builder_end_array(builder);
	json_builder_set_member_name(builder, "professional");
	json_builder_add_int_value(builder, (gint64)account->professional);
	json_builder_set_member_name(builder, "sites");
	json_builder_begin_array(builder);
	g_variant_iter_init(&iter, account->sites);
	while (g_variant_iter_next(&iter, "t", &site))
		json_builder_add_int_value(builder, (gint64)site);
	json_builder_end_array(builder);
	json_builder_set_member_name(builder, "language");
	json_builder_add_string_value(builder, account->language);
	json_builder_end_object(builder);
}

/* ---- list */

static void
add_account(CmTable *table, const Desk *desk, const Account *account)
{
	g_autofree gchar *name = cm_users_get_name(account->uid);
	g_autofree gchar *roles = format_roles(account->roles);
	g_autofree gchar *sites = format_sites(desk, account->sites);
	g_autofree gchar *person = account->professional != 0
				       ? get_title(desk->professionals, account->professional)
				       : g_strdup("");

	cm_terminal_add_row(table, name, roles, person, sites, account->language, NULL);
}

static void
print_list(const CmComodalctl *cli, Desk *desk, GVariant *list)
{
	static const gchar *const heads[] = {N_("user"),   N_("roles"),    N_("person"),
					     N_("school"), N_("language"), NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autofree gchar *text = NULL;
	Account account = {0};
	GVariantIter iter;

	if (!cli->json)
		desk_read_names(desk);
	json_builder_begin_array(builder);
	g_variant_iter_init(&iter, list);
	while (g_variant_iter_next(&iter, "(u@ast@at&s)", &account.uid, &account.roles,
				   &account.professional, &account.sites, &account.language)) {
		build_account(builder, &account);
		add_account(table, desk, &account);
		g_variant_unref(account.roles);
		g_variant_unref(account.sites);
	}
	json_builder_end_array(builder);
	if (cli->json) {
		cm_json_print(builder);
		return;
	}
	if (g_variant_n_children(list) == 0) {
		g_print("%s\n", _("There is no account yet."));
		return;
	}
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	cm_terminal_print(text);
}

/* who is a trainee, and whose, below the table */
static gboolean
print_trainees(Desk *desk, GError **error)
{
	g_autoptr(GVariant) trainees = NULL;
	guint64 supervisor = 0;
	guint32 uid = 0;
	GVariantIter iter;

	if (!cm_dbus_accounts_call_list_trainees_sync(desk->accounts, &trainees, NULL, error))
		return FALSE;
	g_variant_iter_init(&iter, trainees);
	while (g_variant_iter_next(&iter, "(ut)", &uid, &supervisor)) {
		g_autofree gchar *name = cm_users_get_name(uid);
		g_autofree gchar *person =
		    supervisor != 0 ? get_title(desk->professionals, supervisor) : NULL;
		g_autofree gchar *line = cm_report_format(
		    person != NULL ? N_("{0} is a trainee: {1} co-signs what they write.")
				   : N_("{0} is a trainee, and nobody co-signs what they write."),
		    name, person, NULL);

		cm_terminal_print_line(line);
	}
	return TRUE;
}

CmExit
cm_comodalctl_account_run_list(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_autoptr(GVariant) list = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 0, 0, NULL))
		return cli->exit_status;
	if (!desk_open(&desk, cli, &error) ||
	    !cm_dbus_accounts_call_list_sync(desk.accounts, &list, NULL, &error))
		return cm_report_error(error);
	print_list(cli, &desk, list);
	if (!cli->json && !print_trainees(&desk, &error))
		return cm_report_error(error);
	return CM_EXIT_OK;
}

/* ---- whoami */

static void
print_said(const gchar *format, const gchar *value)
{
	g_autofree gchar *text = cm_report_format(format, value, NULL);

	g_print("%s\n", text);
}

static void
print_whoami(Desk *desk, const Account *account)
{
	g_autofree gchar *name = cm_users_get_name(account->uid);
	g_autofree gchar *number = g_strdup_printf("%u", account->uid);
	g_autofree gchar *roles = format_roles(account->roles);
	g_autofree gchar *first = NULL;

	first = cm_report_format(N_("You are user {0} ({1})."), name, number, NULL);
	g_print("%s\n", first);
	if (*roles == '\0') {
		g_autofree gchar *hint = cm_report_format(
		    N_("An administrator gives you a role: comodalctl account set {0} --role …"),
		    name, NULL);

		g_print("%s\n  → %s\n", _("You have no role here."), hint);
		return;
	}
	desk_read_names(desk);
	print_said(N_("Roles: {0}"), roles);
	if (account->professional != 0) {
		g_autofree gchar *person = get_title(desk->professionals, account->professional);

		print_said(N_("Person: {0}"), person);
	}
	if (g_variant_n_children(account->sites) > 0) {
		g_autofree gchar *sites = format_sites(desk, account->sites);

		print_said(N_("Schools: {0}"), sites);
	}
}

CmExit
cm_comodalctl_account_run_whoami(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_auto(GStrv) roles = NULL;
	g_autoptr(GVariant) role_list = NULL;
	g_autoptr(GVariant) sites = NULL;
	g_autofree gchar *language = NULL;
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(GError) error = NULL;
	Account account = {0};

	if (!cm_comodalctl_parse(cli, NULL, 0, 0, NULL))
		return cli->exit_status;
	if (!desk_open(&desk, cli, &error) ||
	    !cm_dbus_accounts_call_whoami_sync(desk.accounts, &account.uid, &roles,
					       &account.professional, &sites, &language, NULL,
					       &error))
		return cm_report_error(error);
	role_list = g_variant_ref_sink(g_variant_new_strv((const gchar *const *)roles, -1));
	account.roles = role_list;
	account.sites = sites;
	account.language = language;
	if (cli->json) {
		build_account(builder, &account);
		cm_json_print(builder);
	} else {
		print_whoami(&desk, &account);
	}
	return CM_EXIT_OK;
}

/* ---- set and remove */

typedef struct {
	gchar **roles;
	gchar *professional;
	gchar *supervisor;
	gchar **sites;
	gchar *language;
} SetOptions;

static void
set_options_clear(SetOptions *options)
{
	g_strfreev(options->roles);
	g_free(options->professional);
	g_free(options->supervisor);
	g_strfreev(options->sites);
	g_free(options->language);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SetOptions, set_options_clear)

/* "a,b" and "a" "b" are the same; "none" and "aucun" are nothing. Returns: (transfer full) */
static GStrv
split_words(gchar **given)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

	for (guint i = 0; given[i] != NULL; i++) {
		g_auto(GStrv) words = g_strsplit(given[i], ",", -1);

		for (guint j = 0; words[j] != NULL; j++) {
			const gchar *word = g_strstrip(words[j]);

			if (*word != '\0' && !g_str_equal(word, "none") &&
			    !g_str_equal(word, "aucun"))
				g_strv_builder_add(builder, word);
		}
	}
	return g_strv_builder_end(builder);
}

static gboolean
add_number(Desk *desk,
	   const gchar *kind,
	   const gchar *text,
	   GVariantBuilder *numbers,
	   GError **error)
{
	g_autoptr(JsonObject) thing = cm_find_thing(desk->roster, kind, text, error);

	if (thing == NULL)
		return FALSE;
	g_variant_builder_add(numbers, "t", (guint64)cm_json_get_int(thing, "number"));
	return TRUE;
}

static gboolean
add_sites(Desk *desk, const SetOptions *options, GVariantDict *changes, GError **error)
{
	g_auto(GVariantBuilder) numbers = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("at"));
	g_auto(GStrv) words = NULL;

	if (options->sites == NULL)
		return TRUE;
	words = split_words(options->sites);
	for (guint i = 0; words[i] != NULL; i++) {
		if (!add_number(desk, "site", words[i], &numbers, error))
			return FALSE;
	}
	g_variant_dict_insert_value(changes, "sites", g_variant_builder_end(&numbers));
	return TRUE;
}

/* a professional by what was typed of them, as that member of the changes; "none": nobody */
static gboolean
add_professional(Desk *desk,
		 const gchar *member,
		 const gchar *given,
		 GVariantDict *changes,
		 GError **error)
{
	g_autoptr(JsonObject) person = NULL;
	guint64 number = 0;

	if (given == NULL)
		return TRUE;
	if (!g_str_equal(given, "none") && !g_str_equal(given, "aucun")) {
		person = cm_find_thing(desk->roster, "professional", given, error);
		if (person == NULL)
			return FALSE;
		number = (guint64)cm_json_get_int(person, "number");
	}
	g_variant_dict_insert(changes, member, "t", number);
	return TRUE;
}

static GVariant *
make_changes(Desk *desk, const SetOptions *options, GError **error)
{
	g_auto(GVariantDict) changes = G_VARIANT_DICT_INIT(NULL);

	if (options->roles != NULL) {
		g_auto(GStrv) roles = split_words(options->roles);

		g_variant_dict_insert_value(&changes, "roles",
					    g_variant_new_strv((const gchar *const *)roles, -1));
	}
	if (options->language != NULL)
		g_variant_dict_insert(&changes, "language", "s", options->language);
	if (!add_professional(desk, "professional", options->professional, &changes, error) ||
	    !add_professional(desk, "supervisor", options->supervisor, &changes, error) ||
	    !add_sites(desk, options, &changes, error))
		return NULL;
	return g_variant_dict_end(&changes);
}

static void
print_done(const CmComodalctl *cli, const gchar *format, guint32 uid)
{
	g_autofree gchar *name = cm_users_get_name(uid);
	g_autofree gchar *text = cm_report_format(format, name, NULL);
	g_autoptr(JsonBuilder) builder = json_builder_new();

	if (!cli->json) {
		g_print("%s\n", text);
		return;
	}
	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "uid");
	json_builder_add_int_value(builder, uid);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

CmExit
cm_comodalctl_account_run_set(CmComodalctl *cli)
{
	g_auto(SetOptions) options = {0};
	g_auto(Desk) desk = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	GVariant *changes = NULL;
	guint32 uid = 0;
	const GOptionEntry entries[] = {
	    {"role", 'r', 0, G_OPTION_ARG_STRING_ARRAY, &options.roles,
	     N_("Exactly these roles, with commas: professional, coordinator, referent, helper, "
		"custodian, administrator; none"),
	     N_("ROLES")},
	    {"professional", 'p', 0, G_OPTION_ARG_STRING, &options.professional,
	     N_("Which professional of the roster this user is; none"), N_("WHO")},
	    {"supervisor", 0, 0, G_OPTION_ARG_STRING, &options.supervisor,
	     N_("The professional who co-signs what this user writes as a trainee; none"),
	     N_("WHO")},
	    {"site", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.sites,
	     N_("The schools of a referent or a helper, with commas; none"), N_("SCHOOLS")},
	    {"language", 0, 0, G_OPTION_ARG_STRING, &options.language,
	     N_("The language that this user reads"), "fr|en"},
	    {NULL},
	};

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (options.roles == NULL && options.professional == NULL && options.sites == NULL &&
	    options.language == NULL && options.supervisor == NULL)
		return cm_report_usage(cli,
				       N_("Say what changes: --role, --professional, --supervisor, "
					  "--site or --language."),
				       NULL);
	if (!cm_users_parse(arguments[0], &uid, &error) || !desk_open(&desk, cli, &error))
		return cm_report_error(error);
	changes = make_changes(&desk, &options, &error);
	if (changes == NULL ||
	    !cm_dbus_accounts_call_set_sync(desk.accounts, uid, changes, NULL, &error))
		return cm_report_error(error);
	print_done(cli, N_("The account of {0} is changed."), uid);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_account_run_remove(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) error = NULL;
	guint32 uid = 0;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_users_parse(arguments[0], &uid, &error) || !desk_open(&desk, cli, &error) ||
	    !cm_dbus_accounts_call_remove_sync(desk.accounts, uid, NULL, &error))
		return cm_report_error(error);
	print_done(cli, N_("The account of {0} is removed."), uid);
	return CM_EXIT_OK;
}
