// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/roster-numbers.h"

#include <json-glib/json-glib.h>

/* Changes of a roster by hand: `comodal-roster-change/1` documents (docs/formats.md), and what a roster becomes by one. What comes
 * out has passed the very checks that an imported caseload passes. No I/O but memory. */

#define CM_ROSTER_CHANGE_FORMAT "comodal-roster-change/1"
#define CM_ROSTER_CHANGE_MAX 50000 /* changes in one document */
#define CM_ROSTER_CHANGE_MAX_BYTES (64 * 1024 * 1024)
#define CM_ROSTER_CHANGE_MAX_DEPTH 12 /* open objects and lists */

typedef enum { CM_CHANGE_ADD, CM_CHANGE_EDIT, CM_CHANGE_REMOVE, CM_CHANGE_LAST } CmChangeVerb;

typedef struct {
	CmChangeVerb verb;
	CmNumberKind kind;
	gchar *id;         /* of what is added, one that nobody has where the document has none */
	gchar *followup;   /* of a session: the follow-up that it is of; NULL elsewhere */
	JsonObject *thing; /* what is added, or the members that change; NULL where it is removed */
	/* as the caller saw it: another state of these members is a conflict; or NULL */
	JsonObject *was;
	/* of somebody: how they are reached, any of "email", "phone", "language" as they stand in a table; or NULL. No part of the
	 * roster: the store checks and keeps it */
	JsonObject *reach;
	gboolean idle; /* an edit that changes nothing: cm_roster_change_apply() has found out */
} CmRosterChange;

/* What stands against a change. */
typedef struct {
	guint change;      /* its place in the document */
	const gchar *code; /* "invalid", "exists", "not-found", "stale", "in-use", "booked" */
	gchar *path;       /* within the thing, as "$.birth_date"; "" where it is the whole */
	gchar *message;    /* cm-message.h */
} CmRosterProblem;

/* "add", "edit", "remove" */
const gchar *
cm_roster_change_verb_to_string(CmChangeVerb verb);

/* "professional", "student", … as Roster.List has them, and "session". */
const gchar *
cm_roster_change_kind_to_string(CmNumberKind kind);
gboolean
cm_roster_change_kind_from_string(const gchar *text,
				  CmNumberKind *out_kind) G_GNUC_WARN_UNUSED_RESULT;

/* A change; takes its own references and copies. An empty or NULL `id` of what is added becomes a new one. Returns: (transfer
 * full) */
CmRosterChange *
cm_roster_change_new(CmChangeVerb verb, CmNumberKind kind, const gchar *id, JsonObject *thing);
void
cm_roster_change_free(CmRosterChange *change);

/* The changes of a document: an array of CmRosterChange. Fails with CM_ERROR_INVALID_INPUT, CM_ERROR_NOT_SUPPORTED for another
 * version. Returns: (transfer full) */
GPtrArray *
cm_roster_change_parse(const gchar *data, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An empty array of CmRosterProblem. Returns: (transfer full) */
GPtrArray *
cm_roster_change_new_problems(void);

/* Add one; arguments as in cm_message_new(). */
void
cm_roster_change_add_problem(GPtrArray *problems,
			     guint change,
			     const gchar *code,
			     const gchar *path,
			     const gchar *format,
			     ...) G_GNUC_NULL_TERMINATED;

/* What the roster becomes by all the changes, in their order, or by none of them: with problems it fails with
 * CM_ERROR_INVALID_INPUT and has added to `problems`. Returns: (transfer full), without `previous` */
CmCaseload *
cm_roster_change_apply(const CmCaseload *caseload,
		       const GPtrArray *changes,
		       GPtrArray *problems,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
