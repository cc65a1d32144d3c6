// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/roster/caseload.h"

/* What stands against an appointment where somebody wants it: nothing, or objections, each with the rule it comes from. */

typedef enum {
	CM_OBJECTION_FACT, /* nobody can change it here: somebody is elsewhere, the school is closed. Blocks, whatever is approved */
	CM_OBJECTION_WISH, /* hours that people gave: the planner keeps to them, a person may agree otherwise. Warns */
	CM_OBJECTION_KEY,  /* a planner's key of the policy, as "Day.MaxSessions" */
	CM_OBJECTION_RULE, /* a rule of the policy beside those: consent, suitability */
	CM_OBJECTION_LAST
} CmObjectionKind;

typedef struct {
	guint8 kind;    /* CmObjectionKind */
	guint8 effect;  /* CmEffect, as it is now: what a derogation opens informs, no more */
	gchar *code;    /* for programs, as "overlap", "closed", "limit" */
	gchar *rule;    /* its id in the policy, or NULL */
	gchar *key;     /* the planner's key, as "Act suivi.MinGapDays", or NULL */
	gchar *source;  /* URL, or NULL */
	gchar *article; /* or NULL */
	gchar *message; /* include/cm-message.h; people by their ids only */
	gint value;     /* what the key would have to be; CM_LIMIT_NONE where that means nothing */
	gint64 derogation; /* the approved one that opens it, or 0 */
} CmObjection;

typedef struct {
	GPtrArray *objections; /* CmObjection, those that block first */
	guint32 room; /* asked for, or chosen; CM_NONE where the mode needs none or none is free */
	guint32 companion; /* the same */
} CmVerdict;

CmVerdict *
cm_verdict_new(void);
void
cm_verdict_free(CmVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmVerdict, cm_verdict_free)

/* One more objection; the message's arguments are `const gchar *` ended by NULL. Returns: (transfer none), to be filled further */
CmObjection *
cm_verdict_object(CmVerdict *verdict,
		  CmObjectionKind kind,
		  CmEffect effect,
		  const gchar *code,
		  const gchar *format,
		  ...) G_GNUC_NULL_TERMINATED;

/* That an objection comes from a rule: its id, source and article, and its effect as the policy derives it. */
void
cm_objection_set_rule(CmObjection *objection, const CmRule *rule);

/* That an approved derogation opens it; a fact is never opened. */
void
cm_objection_open(CmObjection *objection, gint64 derogation);

/* Put those that block first, then those that warn; the order is otherwise kept. */
void
cm_verdict_sort(CmVerdict *verdict);

/* Whether it may be booked: none blocks. */
gboolean
cm_verdict_is_allowed(const CmVerdict *verdict);

/* Whether a planner could have put it there too: none blocks, and everybody's hours are kept. Slots are those and no others. */
gboolean
cm_verdict_is_offered(const CmVerdict *verdict);

/* Set `error` to the first objection that blocks: CM_ERROR_CONFLICT for a fact, CM_ERROR_POLICY with the rule and its source
 * otherwise. One must block. */
void
cm_verdict_set_error(const CmVerdict *verdict, GError **error);

/* "fact", "wish", "key", "rule" */
const gchar *
cm_objection_kind_to_string(CmObjectionKind kind);
