// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/client.h"

/* What the verbs about consent share: the roster's names, texts that a person types, documents sent and read. */

/* One run's connection. */
typedef struct {
	GDBusConnection *bus;
	CmDBusRoster *roster;
	CmDBusConsent *consent;
	CmDBusSuitability *suitability;
	CmDBusDerogation *derogation;
	JsonNode *students;
	JsonNode *contacts;
	JsonNode *followups;
} CmConsentCall;

/* Connect, and read who is who. */
gboolean
cm_consent_call_open(CmConsentCall *call,
		     const CmComodalctl *cli,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_consent_call_clear(CmConsentCall *call);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmConsentCall, cm_consent_call_clear)

/* The number of a student, of a contact ("student": 0), from what was typed. */
gboolean
cm_consent_call_find_student(CmConsentCall *call,
			     const gchar *text,
			     guint64 *out_number,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_consent_call_find_contact(CmConsentCall *call,
			     const gchar *text,
			     guint64 *out_number,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A follow-up by its id, or by its student when there is but one. */
gboolean
cm_consent_call_find_followup(CmConsentCall *call,
			      const gchar *text,
			      guint64 *out_number,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A session by its id. */
gboolean
cm_consent_call_find_session(CmConsentCall *call,
			     const gchar *text,
			     guint64 *out_number,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a number is called here: a student, a contact, a follow-up's id. (transfer none) */
const gchar *
cm_consent_call_get_student(const CmConsentCall *call, gint64 number);
const gchar *
cm_consent_call_get_contact(const CmConsentCall *call, gint64 number);

/* Whether somebody sits at the terminal. */
gboolean
cm_consent_call_is_asked(void);

/* A line that a person types after `question` (translated), or that comes by the pipe; "" when there is none. Returns: (transfer
 * full) */
gchar *
cm_consent_call_read_line(const gchar *question) G_GNUC_WARN_UNUSED_RESULT;
/* The same of several lines, up to an empty one or the end. Returns: (transfer full) */
gchar *
cm_consent_call_read_text(const gchar *question) G_GNUC_WARN_UNUSED_RESULT;
/* Yes or no; by the pipe a line that begins with o, y or n. FALSE in out_ended once input has ended. */
gboolean
cm_consent_call_read_yes(const gchar *question, gboolean *out_ended);

/* A descriptor list with the object in it, and its handle. Returns: (transfer full) */
GUnixFDList *
cm_consent_call_hand_over(JsonObject *object,
			  GVariant **out_handle,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Append "law, C.c.Q. art. 14: https://…" of a rule (may be NULL), in its own indented line. */
void
cm_consent_call_append_rule(GString *out, JsonObject *rule);

/* A date as a person reads it; "" for none. Returns: (transfer full) */
gchar *
cm_consent_call_format_day(const gchar *text) G_GNUC_WARN_UNUSED_RESULT;

/* In this language, a member "fr" or "en". (transfer none) */
const gchar *
cm_consent_call_get_words(JsonObject *object);
