// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/accounts-adaptor.h"

#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/reply.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

/* What a call changes, with what it points to. */
typedef struct {
	guint32 uid;
	guint32 actor;
	gboolean remove;
	CmStoreAccountChange change;
	GArray *sites; /* gint64 */
	gchar *language;
} AccountRequest;

static void
account_request_free(gpointer data)
{
	AccountRequest *request = data;

	g_clear_pointer(&request->sites, g_array_unref);
	g_free(request->language);
	g_free(request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccountRequest, account_request_free)

static GVariant *
make_roles(guint roles)
{
	const gchar *const *names = cm_store_account_get_role_names();
	GVariantBuilder builder;

	g_variant_builder_init(&builder, G_VARIANT_TYPE("as"));
	for (guint i = 0; names[i] != NULL; i++) {
		if ((roles & (1u << i)) != 0)
			g_variant_builder_add(&builder, "s", names[i]);
	}
	return g_variant_builder_end(&builder);
}

static GVariant *
make_sites(const gint64 *sites, guint count)
{
	GVariantBuilder builder;

	g_variant_builder_init(&builder, G_VARIANT_TYPE("at"));
	for (guint i = 0; i < count; i++)
		g_variant_builder_add(&builder, "t", (guint64)sites[i]);
	return g_variant_builder_end(&builder);
}

static gboolean
handle_whoami(CmDBusAccounts *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
	const CmCaller *caller = cm_door_get_caller(invocation);

	g_dbus_method_invocation_return_value(
	    invocation,
	    g_variant_new("(u@ast@ats)", caller->uid, make_roles(caller->roles),
			  (guint64)caller->professional,
			  make_sites(caller->sites, caller->site_count), caller->language));
	return TRUE;
}

static GVariant *
make_list(CmService *service,
	  CmStore *store,
	  gpointer data,
	  GCancellable *cancellable,
	  GError **error)
{
	g_autoptr(GPtrArray) accounts = cm_store_account_list(store, error);
	GVariantBuilder builder;

	if (accounts == NULL)
		return NULL;
	g_variant_builder_init(&builder, G_VARIANT_TYPE("a(uastats)"));
	for (guint i = 0; i < accounts->len; i++) {
		const CmStoreAccount *account = g_ptr_array_index(accounts, i);

		g_variant_builder_add(
		    &builder, "(u@ast@ats)", account->uid, make_roles(account->roles),
		    (guint64)account->professional,
		    make_sites((const gint64 *)(gpointer)account->sites->data, account->sites->len),
		    account->language);
	}
	return g_variant_new("(a(uastats))", &builder);
}

static gboolean
handle_list(CmDBusAccounts *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
	cm_reply_from_store(user_data, invocation, make_list, NULL, NULL);
	return TRUE;
}

static GVariant *
make_trainees(CmService *service,
	      CmStore *store,
	      gpointer data,
	      GCancellable *cancellable,
	      GError **error)
{
	g_autoptr(GPtrArray) accounts = cm_store_account_list(store, error);
	GVariantBuilder builder;

	if (accounts == NULL)
		return NULL;
	g_variant_builder_init(&builder, G_VARIANT_TYPE("a(ut)"));
	for (guint i = 0; i < accounts->len; i++) {
		const CmStoreAccount *account = g_ptr_array_index(accounts, i);

		if (account->trainee)
			g_variant_builder_add(&builder, "(ut)", account->uid,
					      (guint64)account->supervisor);
	}
	return g_variant_new("(a(ut))", &builder);
}

static gboolean
handle_list_trainees(CmDBusAccounts *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
	cm_reply_from_store(user_data, invocation, make_trainees, NULL, NULL);
	return TRUE;
}

/* what is kept of accounts is forgotten before anyone is told */
static GVariant *
make_change(CmService *service,
	    CmStore *store,
	    gpointer data,
	    GCancellable *cancellable,
	    GError **error)
{
	const AccountRequest *request = data;
	gboolean ok = FALSE;

	if (request->remove)
		ok = cm_store_account_remove(store, request->uid, request->actor, error);
	else
		ok = cm_store_account_change(store, request->uid, &request->change, request->actor,
					     error);
	if (!ok)
		return NULL;
	cm_accounts_forget(service->accounts);
	(void)g_dbus_connection_emit_signal(service->connection, NULL, CM_OBJECT_PATH,
					    CM_INTERFACE_PREFIX "Accounts", "Changed",
					    g_variant_new("(u)", request->uid), NULL);
	return g_variant_new("()");
}

static AccountRequest *
account_request_new(GDBusMethodInvocation *invocation, guint32 uid)
{
	AccountRequest *request = g_new0(AccountRequest, 1);

	request->uid = uid;
	request->actor = cm_door_get_uid(invocation);
	return request;
}

static gboolean
read_roles(GVariant *names, guint *out_roles, GError **error)
{
	const gchar *const *known = cm_store_account_get_role_names();
	const gchar *name = NULL;
	guint roles = 0;
	GVariantIter iter;

	g_variant_iter_init(&iter, names);
	while (g_variant_iter_next(&iter, "&s", &name)) {
		guint flag = 0;

		while (known[flag] != NULL && !g_str_equal(known[flag], name))
			flag++;
		if (known[flag] == NULL) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is not a role."),
				     name, NULL);
			return FALSE;
		}
		roles |= 1u << flag;
	}
	*out_roles = roles;
	return TRUE;
}

static gboolean
read_changes(AccountRequest *request, GVariant *dictionary, GError **error)
{
	CmStoreAccountChange *change = &request->change;
	g_autoptr(GVariant) roles = NULL;
	g_autoptr(GVariant) sites = NULL;
	guint64 professional = G_MAXUINT64;
	guint64 supervisor = G_MAXUINT64;
	const gchar *language = NULL;
	const CmOption known[] = {{"roles", "as", &roles},
				  {"professional", "t", &professional},
				  {"supervisor", "t", &supervisor},
				  {"sites", "at", &sites},
				  {"language", "s", &language}};

	if (!cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), error))
		return FALSE;
	change->set_roles = roles != NULL;
	if (roles != NULL && !read_roles(roles, &change->roles, error))
		return FALSE;
	change->set_professional = professional != G_MAXUINT64;
	if (change->set_professional)
		change->professional = (gint64)MIN(professional, (guint64)G_MAXINT64);
	change->set_supervisor = supervisor != G_MAXUINT64;
	if (change->set_supervisor)
		change->supervisor = (gint64)MIN(supervisor, (guint64)G_MAXINT64);
	change->set_sites = sites != NULL;
	request->sites = g_array_new(FALSE, FALSE, sizeof(gint64));
	for (gsize i = 0; sites != NULL && i < g_variant_n_children(sites); i++) {
		guint64 number = 0;
		gint64 site = 0;

		g_variant_get_child(sites, i, "t", &number);
		site = (gint64)MIN(number, (guint64)G_MAXINT64);
		g_array_append_val(request->sites, site);
	}
	change->sites = (const gint64 *)(gpointer)request->sites->data;
	change->site_count = request->sites->len;
	request->language = g_strdup(language);
	change->language = request->language;
	return TRUE;
}

static gboolean
handle_set(CmDBusAccounts *object,
	   GDBusMethodInvocation *invocation,
	   guint32 uid,
	   GVariant *changes,
	   gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(AccountRequest) request = account_request_new(invocation, uid);

	if (!read_changes(request, changes, &error))
		cm_reply_error(invocation, error);
	else
		cm_reply_from_store(user_data, invocation, make_change, g_steal_pointer(&request),
				    account_request_free);
	return TRUE;
}

static gboolean
handle_remove(CmDBusAccounts *object,
	      GDBusMethodInvocation *invocation,
	      guint32 uid,
	      gpointer user_data)
{
	AccountRequest *request = account_request_new(invocation, uid);

	request->remove = TRUE;
	cm_reply_from_store(user_data, invocation, make_change, request, account_request_free);
	return TRUE;
}

static gboolean
handle_set_language(CmDBusAccounts *object,
		    GDBusMethodInvocation *invocation,
		    const gchar *language,
		    gpointer user_data)
{
	AccountRequest *request = account_request_new(invocation, cm_door_get_uid(invocation));

	request->language = g_strdup(language);
	request->change.language = request->language;
	cm_reply_from_store(user_data, invocation, make_change, request, account_request_free);
	return TRUE;
}

gboolean
cm_accounts_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusAccounts) object = cm_dbus_accounts_skeleton_new();

	g_signal_connect(object, "handle-whoami", G_CALLBACK(handle_whoami), service);
	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(object, "handle-list-trainees", G_CALLBACK(handle_list_trainees), service);
	g_signal_connect(object, "handle-set", G_CALLBACK(handle_set), service);
	g_signal_connect(object, "handle-remove", G_CALLBACK(handle_remove), service);
	g_signal_connect(object, "handle-set-language", G_CALLBACK(handle_set_language), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
