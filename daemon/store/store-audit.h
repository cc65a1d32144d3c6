// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

/* The audit log: every change of state, who made it, when, against which version. docs/audit.md says what is found out about a log
 * that somebody tampered with, and within which window.
 *
 * Entries stand in order of `sequence`, from 1, none left out. An entry's hash is the keyed BLAKE2b-256, under a key derived from the
 * service key, of the canonical encoding of all its columns as they stand in the database (the detail sealed) and of the hash before
 * it. A head is the Ed25519 signature, by a key derived from the service key, of the last entry's number and hash at a time. */

#define CM_AUDIT_HASH_BYTES 32
#define CM_AUDIT_SIGNATURE_BYTES 64
#define CM_AUDIT_PUBLIC_KEY_BYTES 32

#define CM_AUDIT_DETAIL_MAX 32768 /* octets */
#define CM_AUDIT_HEAD_EVERY 64    /* a head is signed with each entry whose number is a multiple */

/* The uid of what the daemon does by itself. */
#define CM_AUDIT_DAEMON (-1)

/* The log's keys, in guarded memory; the store holds one. */
typedef struct _CmAudit CmAudit;

/* `database_id`: CM_SEAL_DATABASE_ID_BYTES octets. CM_ERROR_KEY: memory can't be locked. Returns: (transfer full) */
CmAudit *
cm_audit_new(const CmServiceKey *key,
	     const guint8 *database_id,
	     GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
cm_audit_free(CmAudit *audit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAudit, cm_audit_free)

typedef struct {
	gint64 uid;          /* of the account, or CM_AUDIT_DAEMON */
	const gchar *action; /* NOUN.VERB, as "booking.move": lower case, digits, '-' and one '.' */
	gint64 subject;      /* number of what changed, 0: nothing that has one */
	gint64 version_before; /* 0: it was not there */
	gint64 version_after;  /* 0: it is gone */
	const gchar *detail;   /* JSON text, sealed; NULL: nothing more to say */
	gint64 at;             /* seconds UTC; 0: now */
} CmAuditEntry;

/* Append an entry, in the transaction that the caller holds and in which it makes the change. CM_ERROR_INVALID_INPUT: the detail is
 * longer than CM_AUDIT_DETAIL_MAX. */
gboolean
cm_audit_append(CmStore *store,
		const CmAuditEntry *entry,
		GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same with figures as its detail: an a{sv}, a floating reference is taken; NULL: none. */
gboolean
cm_audit_append_figures(CmStore *store,
			const CmAuditEntry *entry,
			GVariant *figures,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same in a transaction of its own, for what is no change of the database. */
gboolean
cm_audit_record(CmStore *store,
		const CmAuditEntry *entry,
		GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- heads */

typedef struct {
	gint64 sequence;                  /* of the last entry it speaks for */
	gint64 signed_at;                 /* seconds UTC */
	guint8 hash[CM_AUDIT_HASH_BYTES]; /* that entry's */
	guint8 signature[CM_AUDIT_SIGNATURE_BYTES];
} CmAuditHead;

/* Sign the last entry, unless it is or there is none. A transaction of its own. */
gboolean
cm_audit_sign_last(CmStore *store, gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The newest `limit` heads, oldest first. Returns: (transfer full) (element-type CmAuditHead) */
GArray *
cm_audit_list_heads(CmStore *store, guint limit, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the signature is this log's. */
gboolean
cm_audit_verify_head(CmStore *store, const CmAuditHead *head) G_GNUC_WARN_UNUSED_RESULT;

/* CM_AUDIT_PUBLIC_KEY_BYTES octets, and the database's CM_SEAL_DATABASE_ID_BYTES. (transfer none) */
const guint8 *
cm_audit_get_public_key(CmStore *store);
/* (transfer none) */
const guint8 *
cm_audit_get_database_id(CmStore *store);

/* ---- reading */

/* The last entry's number and hash; 0 and zeros when there is none. */
gboolean
cm_audit_get_last(CmStore *store,
		  gint64 *out_sequence,
		  guint8 out_hash[CM_AUDIT_HASH_BYTES],
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Which entries: all that fit, the newest `limit` of them. */
typedef struct {
	gint64 since;   /* seconds UTC */
	gint64 until;   /* the first that is too late; 0: none is */
	gint64 subject; /* 0: any */
	gint64 before;  /* sequence: only earlier ones; 0: from the end */
	guint limit;    /* up to CM_AUDIT_PAGE_MAX */
} CmAuditQuery;

#define CM_AUDIT_PAGE_MAX 500

/* An entry as it is shown. */
typedef struct {
	gint64 sequence;
	gint64 at;
	gint64 uid; /* or CM_AUDIT_DAEMON */
	gchar *action;
	gint64 subject;
	gint64 version_before;
	gint64 version_after;
	gchar *detail; /* "" when there is none; NULL when it does not open: it was altered */
} CmAuditLine;

/* Newest first. Returns: (transfer full) (element-type CmAuditLine) */
GPtrArray *
cm_audit_list(CmStore *store, const CmAuditQuery *query, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- for audit-check.c */

/* A row as it stands in the database. */
typedef struct {
	gint64 sequence;
	gint64 at;
	gint64 uid; /* CM_AUDIT_DAEMON: null */
	const gchar *action;
	gint64 subject;
	gint64 version_before;
	gint64 version_after;
	gconstpointer detail; /* sealed */
	gsize detail_length;
} CmAuditRow;

/* The hash that a row must have after an entry whose hash is `previous`. */
void
cm_audit_hash_row(CmStore *store,
		  const CmAuditRow *row,
		  const guint8 previous[CM_AUDIT_HASH_BYTES],
		  guint8 out_hash[CM_AUDIT_HASH_BYTES]);
