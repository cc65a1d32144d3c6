// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/people.h"

#include "cli/find.h"
#include "cli/json.h"
#include "cli/users.h"
#include "cli/who.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

static const gchar *const kinds[] = {"contact", "professional", "student", "account", NULL};

const gchar *const *
cm_people_get_kinds(void)
{
	return kinds;
}

void
cm_people_clear(CmPeople *people)
{
	g_clear_object(&people->bus);
	g_clear_object(&people->reach);
	g_clear_object(&people->roster);
	for (guint i = 0; i < CM_PEOPLE_ROSTER_KINDS; i++)
		g_clear_pointer(&people->people[i], json_node_unref);
}

gboolean
cm_people_open(CmPeople *people, const CmComodalctl *cli, GError **error)
{
	people->bus = cm_client_connect(cli, error);
	if (people->bus != NULL)
		people->reach = cm_client_get_reach(people->bus, error);
	if (people->reach != NULL)
		people->roster = cm_client_get_roster(people->bus, error);
	if (people->roster == NULL)
		return FALSE;
	for (guint i = 0; i < CM_PEOPLE_ROSTER_KINDS; i++) {
		people->people[i] = cm_who_list(people->roster, kinds[i], error);
		if (people->people[i] == NULL)
			return FALSE;
	}
	return TRUE;
}

/* among one kind of the roster; FALSE with `error` set for nobody or several */
static gboolean
find_among(CmPeople *people, guint index, const gchar *who, GError **error)
{
	JsonObject *found = cm_find_thing_in(people->people[index], kinds[index], who, error);

	if (found == NULL)
		return FALSE;
	people->kind = kinds[index];
	people->number = (guint64)cm_json_get_int(found, "number");
	return TRUE;
}

static gboolean
find_account(CmPeople *people, const gchar *who, GError **error)
{
	guint32 uid = 0;

	if (!cm_users_parse(who, &uid, error))
		return FALSE;
	people->kind = "account";
	people->number = uid;
	return TRUE;
}

gboolean
cm_people_find(CmPeople *people, const gchar *kind, const gchar *who, GError **error)
{
	guint found = 0;

	if (g_strcmp0(kind, "account") == 0)
		return find_account(people, who, error);
	for (guint i = 0; i < CM_PEOPLE_ROSTER_KINDS; i++) {
		g_autoptr(GError) refused = NULL;

		if (kind != NULL && !g_str_equal(kind, kinds[i]))
			continue;
		if (find_among(people, i, who, &refused)) {
			found++;
		} else if (kind != NULL ||
			   g_error_matches(refused, CM_ERROR, CM_ERROR_INVALID_INPUT)) {
			g_propagate_error(error, g_steal_pointer(&refused));
			return FALSE;
		}
	}
	if (found == 1)
		return TRUE;
	if (found == 0)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("Nobody is called “{0}” here."), who,
			     NULL);
	else
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Several are called “{0}”: say which with --kind."), who, NULL);
	return FALSE;
}

gchar *
cm_people_dup_name(const CmPeople *people, const gchar *kind, gint64 number)
{
	for (guint i = 0; i < CM_PEOPLE_ROSTER_KINDS; i++) {
		JsonObject *thing = g_str_equal(kinds[i], kind)
					? cm_find_by_number(people->people[i], number)
					: NULL;

		if (thing != NULL)
			return g_strdup(cm_find_get_title(thing));
	}
	if (g_str_equal(kind, "account"))
		return cm_users_get_name((guint32)number);
	return g_strdup_printf("%" G_GINT64_FORMAT, number);
}
