// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* What an agent asks comodald: public keys and what is locked, never a text. Each call waits for its answer: the worker's thread alone. An
 * error is comodald's own, or of the domain G_DBUS_ERROR when it is not there. */
typedef struct _CmAgentComodald CmAgentComodald;

/* `bus`: a session's; NULL: the system's, whenever it is there. Returns: (transfer full) */
CmAgentComodald *
cm_agent_comodald_new(GDBusConnection *bus);
void
cm_agent_comodald_free(CmAgentComodald *comodald);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAgentComodald, cm_agent_comodald_free)

/* By which clocks days are meant (agent-day.h); NULL when comodald doesn't say. (transfer none) (nullable) */
GTimeZone *
cm_agent_comodald_get_zone(CmAgentComodald *comodald, GCancellable *cancellable);

/* The organisation's first key, 32 octets. CM_ERROR_NOT_FOUND: there is no directory yet. Returns: (transfer full) */
GBytes *
cm_agent_comodald_get_key(CmAgentComodald *comodald,
			  GCancellable *cancellable,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All successions, then the directories of a higher number than `after`, one after the other. Returns: (transfer full) */
GBytes *
cm_agent_comodald_list_directories(CmAgentComodald *comodald,
				   guint64 after,
				   GCancellable *cancellable,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For whom keys are made: `out_organisation` (32 octets), `out_person` (16). */
gboolean
cm_agent_comodald_begin_enrolment(CmAgentComodald *comodald,
				  guint8 *out_organisation,
				  guint8 *out_person,
				  guint32 *out_generation,
				  GCancellable *cancellable,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Hand over what a finished enrolment made. */
gboolean
cm_agent_comodald_enrol(CmAgentComodald *comodald,
			GBytes *enrolment,
			GBytes *recovery,
			GCancellable *cancellable,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The person's keyrings that a recovery code opens, the newest first. Returns: (transfer full) */
GBytes *
cm_agent_comodald_get_recovery(CmAgentComodald *comodald,
			       GCancellable *cancellable,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- cases: what org.comodal.Comodal1.Vault says */

/* What the policy of the person's profession asks of notes: comodal-note-rules/1. Returns: (transfer full) */
GBytes *
cm_agent_comodald_get_note_rules(CmAgentComodald *comodald,
				 GCancellable *cancellable,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The document of all of the person's cases. Returns: (transfer full) */
GBytes *
cm_agent_comodald_list_cases(CmAgentComodald *comodald,
			     GCancellable *cancellable,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All records of a case. Returns: (transfer full) */
GBytes *
cm_agent_comodald_get_records(CmAgentComodald *comodald,
			      const guint8 *case_id,
			      GCancellable *cancellable,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The records behind the one of that hash, then the heads; `out_before`: how many stand up to it, 0: it is none of them, and all are given.
 * Returns: (transfer full) */
GBytes *
cm_agent_comodald_get_records_after(CmAgentComodald *comodald,
				    const guint8 *case_id,
				    const guint8 *after,
				    guint64 *out_before,
				    GCancellable *cancellable,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The locked texts of the notes whose hashes stand in `notes`, one at least, in that order. Returns: (transfer full) */
GBytes *
cm_agent_comodald_get_bodies(CmAgentComodald *comodald,
			     const guint8 *case_id,
			     const GByteArray *notes,
			     GCancellable *cancellable,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The person's drafts of a case, with NULL of all, in the order in which they were begun. Returns: (transfer full) */
GBytes *
cm_agent_comodald_get_drafts(CmAgentComodald *comodald,
			     const guint8 *case_id,
			     GCancellable *cancellable,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is kept about the person's own escrow key. Returns: (transfer full) */
GBytes *
cm_agent_comodald_get_escrow(CmAgentComodald *comodald,
			     GCancellable *cancellable,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The document of the cases that were left with a deposit, and released to the person. Returns: (transfer full) */
GBytes *
cm_agent_comodald_list_released(CmAgentComodald *comodald,
				const guint8 *deposit,
				GCancellable *cancellable,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Hand a request, a refusal or a release over. */
gboolean
cm_agent_comodald_add_custody(CmAgentComodald *comodald,
			      GBytes *record,
			      GCancellable *cancellable,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How far requests have come: what org.comodal.Comodal1.Custody.ListRequests() answers, aa{sv}. Returns: (transfer full) */
GVariant *
cm_agent_comodald_list_requests(CmAgentComodald *comodald,
				GCancellable *cancellable,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The deposits of somebody that a new epoch may name. Returns: (transfer full) */
GBytes *
cm_agent_comodald_get_deposit(CmAgentComodald *comodald,
			      const guint8 *person,
			      GCancellable *cancellable,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whom a new case is about, twice: comodald takes no number that another one gave the person. */
typedef struct {
	guint64 student;
	const gchar *reference; /* their identifier in the roster */
} CmAgentComodaldSubject;

/* `subject` NULL: there is no new case. */
gboolean
cm_agent_comodald_append(CmAgentComodald *comodald,
			 const GByteArray *records,
			 const CmAgentComodaldSubject *subject,
			 GCancellable *cancellable,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_agent_comodald_put_draft(CmAgentComodald *comodald,
			    GBytes *draft,
			    GCancellable *cancellable,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_agent_comodald_drop_draft(CmAgentComodald *comodald,
			     const guint8 *case_id,
			     const guint8 *draft,
			     GCancellable *cancellable,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- the end of cases: what org.comodal.Comodal1.Retention says */

/* All records of a case for whoever signs its end. Returns: (transfer full) */
GBytes *
cm_agent_comodald_get_retained(CmAgentComodald *comodald,
			       const guint8 *case_id,
			       GCancellable *cancellable,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the person is asked about it. Returns: (transfer full) */
GBytes *
cm_agent_comodald_get_asked(CmAgentComodald *comodald,
			    const guint8 *case_id,
			    GCancellable *cancellable,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is left of one that was destroyed. Returns: (transfer full) */
GBytes *
cm_agent_comodald_get_destroyed(CmAgentComodald *comodald,
				const guint8 *case_id,
				GCancellable *cancellable,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_agent_comodald_ask_destruction(CmAgentComodald *comodald,
				  GBytes *record,
				  GCancellable *cancellable,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_agent_comodald_agree_destruction(CmAgentComodald *comodald,
				    GBytes *record,
				    gboolean *out_erased,
				    GCancellable *cancellable,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- minutes */

gboolean
cm_agent_comodald_put_minutes(CmAgentComodald *comodald,
			      GBytes *minutes,
			      GCancellable *cancellable,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Those of one id, or with NULL some of the person's behind the place `after`. `out_last`: the place behind which there are more; `after`:
 * there are none. Returns: (transfer full) */
GBytes *
cm_agent_comodald_get_minutes(CmAgentComodald *comodald,
			      const guint8 *name,
			      guint64 after,
			      guint64 *out_last,
			      GCancellable *cancellable,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_agent_comodald_drop_minutes(CmAgentComodald *comodald,
			       const guint8 *name,
			       GCancellable *cancellable,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- attachments */

/* A stream that comodald takes while it is written to the other end of `fd`. */
typedef struct _CmAgentComodaldUpload CmAgentComodaldUpload;

/* Begin one; `fd` stays the caller's, to be closed at once. Returns: (transfer full) */
CmAgentComodaldUpload *
cm_agent_comodald_begin_upload(CmAgentComodald *comodald,
			       const guint8 *case_id,
			       const guint8 *attachment,
			       gint fd,
			       GCancellable *cancellable,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The other end is closed, or comodald has had enough: what it has taken, or why not. On the thread that began; takes `upload`. */
gboolean
cm_agent_comodald_end_upload(CmAgentComodaldUpload *upload,
			     guint64 *out_size,
			     guint8 *out_digest,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A stream, from its beginning; the caller's to close. -1 with `error` set. */
gint
cm_agent_comodald_get_attachment(CmAgentComodald *comodald,
				 const guint8 *case_id,
				 const guint8 *attachment,
				 GCancellable *cancellable,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forget one that no note names. */
gboolean
cm_agent_comodald_drop_attachment(CmAgentComodald *comodald,
				  const guint8 *case_id,
				  const guint8 *attachment,
				  GCancellable *cancellable,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- who asked for a file: what org.comodal.Comodal1.Disclosure says */

/* What a case may be written for now: a comodal-disclosure/1 document. Returns: (transfer full) */
GBytes *
cm_agent_comodald_find_disclosure(CmAgentComodald *comodald,
				  const guint8 *case_id,
				  const gchar *purpose,
				  guint64 number,
				  GCancellable *cancellable,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;
