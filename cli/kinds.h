// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* The words for what the caseload's members mean. Unknown ones pass through. (transfer none) */

/* "professional" and the others of Roster.List, for a count of them. */
const gchar *
cm_kinds_get_plural(const gchar *kind, guint count);

/* The kinds of Roster.List, ended by NULL. */
const gchar *const *
cm_kinds_get_all(void);

/* "in-person", "video-school", "video-remote" */
const gchar *
cm_kinds_get_mode(const gchar *mode);

/* What a session is, by its act's name in the policy. */
const gchar *
cm_kinds_get_act(const gchar *act);

/* A profession, by its policy's name. */
const gchar *
cm_kinds_get_profession(const gchar *profession);

/* The parts of a plan's cost, by the contract's names. */
const gchar *
cm_kinds_get_cost(const gchar *part);

/* "draft", "published", "superseded" */
const gchar *
cm_kinds_get_plan_state(const gchar *state);

/* "professional" and the other roles of an account. */
const gchar *
cm_kinds_get_role(const gchar *role);

/* The member "kind" of a site or a contact. */
const gchar *
cm_kinds_get_sort(const gchar *kind);

/* What became of something booked: "held" and the other states of it; "" for "planned". */
const gchar *
cm_kinds_get_booking_state(const gchar *state);

/* "session" (a hold for one), "group", "intervention-plan", "meeting"; NULL: something, of which no more is known. */
const gchar *
cm_kinds_get_appointment(const gchar *kind);
