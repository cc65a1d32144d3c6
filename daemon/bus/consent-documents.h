// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/json-document.h"

/* The documents of the interfaces Consent, Suitability and Derogation. The functions are CmJsonDocumentMake; their data is a query. */

#define CM_CONSENT_VIEWER_NONE (-1)

typedef struct {
	CmCaller *caller;
	gint64 subject; /* student or follow-up */
	CmDay date;     /* CM_DAY_NONE: today */
	gint64 viewer;  /* a contact, CM_CONSENT_STUDENT, or CM_CONSENT_VIEWER_NONE */
	guint32 days;
	gint64 followup;
	gint64 session;
	gint64 derogation;
	gboolean all;
} CmConsentQuery;

/* Of who calls. Returns: (transfer full) */
CmConsentQuery *
cm_consent_query_new(GDBusMethodInvocation *invocation, gint64 subject);
void
cm_consent_query_free(gpointer query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmConsentQuery, cm_consent_query_free)

/* Consent.Status */
gboolean
cm_consent_documents_make_status(CmStore *store,
				 CmPolicySet *policies,
				 gpointer query,
				 JsonBuilder *builder,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Consent.List */
gboolean
cm_consent_documents_make_list(CmStore *store,
			       CmPolicySet *policies,
			       gpointer query,
			       JsonBuilder *builder,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Consent.Due */
gboolean
cm_consent_documents_make_due(CmStore *store,
			      CmPolicySet *policies,
			      gpointer query,
			      JsonBuilder *builder,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Suitability.Questions */
gboolean
cm_consent_documents_make_questions(CmStore *store,
				    CmPolicySet *policies,
				    gpointer query,
				    JsonBuilder *builder,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Derogation.List */
gboolean
cm_consent_documents_make_derogations(CmStore *store,
				      CmPolicySet *policies,
				      gpointer query,
				      JsonBuilder *builder,
				      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The date in the organisation's zone; on the worker's thread. */
gboolean
cm_consent_documents_find_today(CmStore *store,
				CmDay *out_today,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A rule with its source as a member, null when there is none. */
void
cm_consent_documents_add_rule(JsonBuilder *builder, const CmRule *rule);
