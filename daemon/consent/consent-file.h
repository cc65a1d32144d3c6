// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"

/* What is known of one student when consent is judged: the birth date, who holds parental authority in which household, and what
 * each said on which day. Plain data; the store fills it, consent-status.h and audience.h judge it. Numbers are the database's. */

typedef enum {
	CM_CONSENT_KIND_SERVICE,      /* "service" */
	CM_CONSENT_KIND_TELEPRACTICE, /* "telepractice": by mode */
	CM_CONSENT_KIND_RELEASE,      /* "release": of information, by purpose */
	CM_CONSENT_KIND_LAST
} CmConsentKind;

typedef enum {
	CM_CONSENT_ANSWER_GIVEN,   /* "given" */
	CM_CONSENT_ANSWER_OPPOSED, /* "opposed" */
	CM_CONSENT_ANSWER_ATTESTED, /* "attested": one parent, with the attestation of C.c.Q. 603.1 */
	CM_CONSENT_ANSWER_LAST
} CmConsentAnswer;

typedef enum {
	CM_CONSENT_FORM_WRITTEN, /* "written" */
	CM_CONSENT_FORM_VERBAL,  /* "verbal" */
	CM_CONSENT_FORM_LAST
} CmConsentForm;

/* the contact of a statement that the student made */
#define CM_CONSENT_STUDENT 0

/* The modes that a consent to telepractice is about. */
#define CM_CONSENT_VIDEO (CM_MODE_FLAG(CM_MODE_VIDEO_SCHOOL) | CM_MODE_FLAG(CM_MODE_VIDEO_REMOTE))

/* The purpose, word for word, of a release that lets parents know when a student of 14 or over has sessions. */
#define CM_CONSENT_PURPOSE_PARENTS "parents"

typedef struct {
	gint64 contact;
	guint household;
	gboolean authority; /* holds parental authority, or is the tutor */
} CmGuardianship;

/* What one person said of one thing on one day. */
typedef struct {
	gint64 number;
	CmConsentKind kind;
	guint8 modes;            /* of telepractice: CM_MODE_FLAG()s of video; else 0 */
	const gchar *profession; /* NULL: all */
	const gchar *purpose;    /* of a release; else NULL */
	CmConsentAnswer answer;
	CmConsentForm form;
	gint64 contact; /* CM_CONSENT_STUDENT: the student */
	CmDay given_on;
	CmDay until;        /* last day; CM_DAY_NONE: until it is withdrawn */
	CmDay withdrawn_on; /* first day on which it no longer holds; CM_DAY_NONE */
} CmConsentStatement;

typedef struct {
	gint64 student;
	CmDay birth_date;
	GArray *guardianships; /* CmGuardianship */
	GArray *statements;    /* CmConsentStatement, by number */
	GStringChunk *strings;
} CmConsentFile;

/* With no guardianship and no statement. Returns: (transfer full) */
CmConsentFile *
cm_consent_file_new(gint64 student, CmDay birth_date);
void
cm_consent_file_free(CmConsentFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmConsentFile, cm_consent_file_free)

/* One more; at most one a contact. */
void
cm_consent_file_add_guardianship(CmConsentFile *file, const CmGuardianship *guardianship);
/* Its strings are copied. Those with a smaller number come first. */
void
cm_consent_file_add_statement(CmConsentFile *file, const CmConsentStatement *statement);

/* Of a contact, or NULL. (transfer none) */
const CmGuardianship *
cm_consent_file_find_guardianship(const CmConsentFile *file, gint64 contact);

/* The day on which the student turns `age`: who was born on February 29 does on March 1 of a common year. */
CmDay
cm_consent_file_get_birthday(const CmConsentFile *file, gint age);

const gchar *
cm_consent_kind_to_string(CmConsentKind kind);
gboolean
cm_consent_kind_from_string(const gchar *text, CmConsentKind *out_kind) G_GNUC_WARN_UNUSED_RESULT;
const gchar *
cm_consent_answer_to_string(CmConsentAnswer answer);
gboolean
cm_consent_answer_from_string(const gchar *text,
			      CmConsentAnswer *out_answer) G_GNUC_WARN_UNUSED_RESULT;
const gchar *
cm_consent_form_to_string(CmConsentForm form);
gboolean
cm_consent_form_from_string(const gchar *text, CmConsentForm *out_form) G_GNUC_WARN_UNUSED_RESULT;
