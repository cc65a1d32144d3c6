// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-audit.h"

/* Whether the audit log is what was written: every entry's hash and place in the chain, every head, and the heads that were kept
 * outside the database's folder (audit-heads.h). In steps, so that the worker serves others in between. */

typedef struct _CmAuditCheck CmAuditCheck;

typedef enum {
	CM_AUDIT_FINDING_ALTERED, /* an entry's columns are not those that were written */
	CM_AUDIT_FINDING_MOVED,   /* an entry does not belong where it stands */
	CM_AUDIT_FINDING_MISSING, /* entries are missing between two, or before the first */
	CM_AUDIT_FINDING_CUT,     /* the log ends before a head that was signed */
	CM_AUDIT_FINDING_REPLACED, /* an entry is not the one that a head was signed for: another history */
	CM_AUDIT_FINDING_HEAD,    /* a head in the database is missing or was altered */
	CM_AUDIT_FINDING_OUTSIDE, /* the heads kept outside were altered, or can't be read */
	CM_AUDIT_FINDING_LAST
} CmAuditFindingKind;

typedef struct {
	CmAuditFindingKind kind;
	gint64 sequence; /* of the entry, or of the head; 0: neither */
	gchar *message;  /* include/cm-message.h */
} CmAuditFinding;

#define CM_AUDIT_FINDINGS_MAX 100

/* `outside`: heads kept outside (element-type CmAuditHead), in order, or NULL when there are none. Returns: (transfer full) */
CmAuditCheck *
cm_audit_check_new(const GArray *outside);
void
cm_audit_check_free(CmAuditCheck *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAuditCheck, cm_audit_check_free)

/* Look at the next `count` entries; `out_done` once the end was reached and everything was said. */
gboolean
cm_audit_check_advance(CmAuditCheck *check,
		       CmStore *store,
		       guint count,
		       gboolean *out_done,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One more finding. `message` is taken. */
void
cm_audit_check_add(CmAuditCheck *check, CmAuditFindingKind kind, gint64 sequence, gchar *message);

/* So far: entries looked at, heads in the database, heads outside that were held against an entry. */
gint64
cm_audit_check_get_entries(const CmAuditCheck *check);
guint
cm_audit_check_get_heads(const CmAuditCheck *check);
guint
cm_audit_check_get_outside(const CmAuditCheck *check);

/* The first CM_AUDIT_FINDINGS_MAX (element-type CmAuditFinding), and how many there were. (transfer none) */
const GPtrArray *
cm_audit_check_get_findings(const CmAuditCheck *check);
guint
cm_audit_check_get_total(const CmAuditCheck *check);

/* "altered", "moved", … */
const gchar *
cm_audit_check_kind_to_string(CmAuditFindingKind kind);
