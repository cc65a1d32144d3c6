// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Requests of custodians as org.comodal.Agent1.ListCustody has them (a{sv}), in words. */

/* "absent", "died", … by its number in docs/vault-format.md; NULL: there is none of that number. */
const gchar *
cm_custody_view_get_reason(guint number);
const gchar *
cm_custody_view_describe_reason(GVariant *row);

/* How many custodians have released it. */
guint32
cm_custody_view_get_releases(GVariant *row);

/* Whether that is what it is to the person: "owner", "custodian", "recipient". */
gboolean
cm_custody_view_is_part(GVariant *row, const gchar *part);

/* How far it is, and whose turn it is. Returns: (transfer full) */
gchar *
cm_custody_view_describe_state(GVariant *row);

/* Whether the person, in that part, can do anything about it now. */
gboolean
cm_custody_view_is_open(GVariant *row, const gchar *part);

/* Whether anything of the list waits for the person. */
gboolean
cm_custody_view_is_asked(GVariant *requests);
