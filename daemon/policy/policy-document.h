// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy-file.h"
#include "daemon/policy/policy-key.h"

/* One file of policies as plain data, before the layers are merged: what stands in it, each with its line. */

#define CM_POLICY_RULES_MAX 500     /* in one file */
#define CM_POLICY_ACTS_MAX 64       /* in one file */
#define CM_POLICY_NAME_BYTES_MAX 64 /* of a profession, an act */

typedef enum {
	CM_POLICY_ROLE_PROFESSION, /* NAME.policy */
	CM_POLICY_ROLE_COMMON,     /* NAME.policy with Common=true: professions include it */
	CM_POLICY_ROLE_DROP_IN,    /* NAME.policy.d/ANY.conf */
} CmPolicyRole;

typedef struct {
	const gchar *group; /* "Day" or "Act suivi" */
	const CmPolicyKey *key;
	gint value;
	guint line;
} CmPolicySetting;

typedef struct {
	const gchar *name;
	const gchar *title[CM_LANGUAGE_LAST]; /* or NULL */
	guint line;
} CmPolicyActTitle;

typedef struct {
	CmPolicyRole role;
	const gchar *name; /* the profession, or what the common file is called */
	const gchar *file;
	const gchar *order;   /* or NULL */
	const gchar *include; /* the common file's name, or NULL */
	const gchar *title[CM_LANGUAGE_LAST];
	guint line; /* of [Policy]; 0 without one */
	guint include_line;
	GArray *acts;     /* CmPolicyActTitle, in the order of the file */
	GArray *settings; /* CmPolicySetting, in the order of the table, act by act */
	GPtrArray *rules; /* CmRule */
	GStringChunk *strings;
} CmPolicyDocument;

/* Read everything that stands in a file; what is wrong goes to its faults. `name` is what its place says it is about.
 * `is_drop_in` tells whether it stands in a drop-in directory. Returns: (transfer full), never NULL */
CmPolicyDocument *
cm_policy_document_new(CmPolicyFile *file,
		       const gchar *name,
		       gboolean is_drop_in) G_GNUC_WARN_UNUSED_RESULT;

void
cm_policy_document_free(CmPolicyDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPolicyDocument, cm_policy_document_free)

/* Whether `name` may name a profession: lower-case letters, digits and hyphens. */
gboolean
cm_policy_document_is_name(const gchar *name);
