// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/client.h"

/* What the verbs about somebody's addresses and links share: the roster's people by kind, and who was meant. */

#define CM_PEOPLE_ROSTER_KINDS 3

typedef struct {
	GDBusConnection *bus;
	CmDBusReach *reach;
	CmDBusRoster *roster;
	JsonNode *people[CM_PEOPLE_ROSTER_KINDS];
	const gchar *kind; /* of who was meant */
	guint64 number;
} CmPeople;

/* Connect, and read who is who. */
gboolean
cm_people_open(CmPeople *people, const CmComodalctl *cli, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_people_clear(CmPeople *people);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmPeople, cm_people_clear)

/* "contact", "professional", "student", "account"; ended by NULL. (transfer none) */
const gchar *const *
cm_people_get_kinds(void);

/* Who is meant. `kind`: NULL when it was not said: the only one of the roster. */
gboolean
cm_people_find(CmPeople *people, const gchar *kind, const gchar *who, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* "Tremblay, Luce"; an account by its user. Returns: (transfer full) */
gchar *
cm_people_dup_name(const CmPeople *people,
		   const gchar *kind,
		   gint64 number) G_GNUC_WARN_UNUSED_RESULT;
