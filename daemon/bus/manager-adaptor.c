// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/bus/manager-adaptor.h"

#include "daemon/bus/reply.h"
#include "daemon/store/store-consent.h"
#include "daemon/store/store-roster.h"
#include "include/cm-dbus.h"

static GVariant *
make_status(CmService *service,
	    CmStore *store,
	    gpointer data,
	    GCancellable *cancellable,
	    GError **error)
{
	g_autoptr(CmStoreSummary) summary = cm_store_roster_summarize(store, error);
	GVariantBuilder counts;

	if (summary == NULL)
		return NULL;
	g_variant_builder_init(&counts, G_VARIANT_TYPE("a(su)"));
	for (guint kind = 0; kind < CM_STORE_KIND_LAST; kind++)
		g_variant_builder_add(&counts, "(su)", cm_store_kind_to_string(kind),
				      summary->counts[kind]);
	return g_variant_new("(sstta(su))", summary->organisation, summary->name,
			     summary->roster_version, summary->published_plan, &counts);
}

static gboolean
handle_get_status(CmDBusManager *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
	cm_reply_from_store(user_data, invocation, make_status, NULL, NULL);
	return TRUE;
}

static GVariant *
make_zone(CmService *service,
	  CmStore *store,
	  gpointer data,
	  GCancellable *cancellable,
	  GError **error)
{
	g_autoptr(GTimeZone) zone = cm_store_consent_get_zone(store, error);

	return zone != NULL ? g_variant_new("(s)", g_time_zone_get_identifier(zone)) : NULL;
}

static gboolean
handle_get_zone(CmDBusManager *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
	cm_reply_from_store(user_data, invocation, make_zone, NULL, NULL);
	return TRUE;
}

gboolean
cm_manager_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusManager) object = cm_dbus_manager_skeleton_new();

	cm_dbus_manager_set_version(object, CM_VERSION);
	cm_dbus_manager_set_schema_version(object, CM_STORE_SCHEMA_VERSION);
	g_signal_connect(object, "handle-get-status", G_CALLBACK(handle_get_status), service);
	g_signal_connect(object, "handle-get-zone", G_CALLBACK(handle_get_zone), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
