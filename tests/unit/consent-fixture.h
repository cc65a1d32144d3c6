// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/consent/consent-status.h"

/* A family and what it said, for the tests of daemon/consent. Failures abort. */

#define MOTHER 11
#define FATHER 12
#define UNCLE 13 /* of the mother's household, without authority */

#define VIDEO CM_CONSENT_VIDEO

/* one word of somebody */
typedef struct {
	gint64 who; /* 0: the student */
	CmConsentKind kind;
	CmConsentAnswer answer;
	const gchar *on;
	const gchar *until;
	const gchar *withdrawn;
	guint8 modes;
	gboolean verbal;
	const gchar *profession;
	const gchar *purpose;
} CmWord;

#define SERVICE .kind = CM_CONSENT_KIND_SERVICE
#define TELE .kind = CM_CONSENT_KIND_TELEPRACTICE, .modes = VIDEO
#define YES .answer = CM_CONSENT_ANSWER_GIVEN
#define NO .answer = CM_CONSENT_ANSWER_OPPOSED
#define ALONE .answer = CM_CONSENT_ANSWER_ATTESTED
#define WORDS_MAX 5

typedef struct {
	gboolean father; /* a second household with authority */
	gboolean mother_gone;
} CmFamily;

#define BORN "2012-10-15"
#define TWO                                                                                        \
	{                                                                                          \
		.father = TRUE                                                                     \
	}
#define ONE                                                                                        \
	{                                                                                          \
		.father = FALSE                                                                    \
	}
#define BELOW "2026-10-14"
#define TURNS "2026-10-15"
#define LATER "2027-01-15"

#define NONE CM_CONSENT_STATE_NONE
#define PRESUMED CM_CONSENT_STATE_PRESUMED
#define BOTH CM_CONSENT_STATE_BOTH
#define ATTESTED CM_CONSENT_STATE_ATTESTED
#define OPPOSED CM_CONSENT_STATE_OPPOSED
#define OWN CM_CONSENT_STATE_OWN
#define EXPIRED CM_CONSENT_STATE_EXPIRED
#define WITHDRAWN CM_CONSENT_STATE_WITHDRAWN
#define INFORM CM_EFFECT_INFORM
#define WARN CM_EFFECT_WARN
#define BLOCK CM_EFFECT_BLOCK

/* Of "YYYY-MM-DD". */
CmDay
cm_consent_fixture_day(const gchar *text);

/* Of `words`, those with a day; they are numbered from 100 on. Returns: (transfer full) */
CmConsentFile *
cm_consent_fixture_make_file(const gchar *born, CmFamily family, const CmWord *words);

/* The policies that are shipped, and the same under an organisation's own rules for psychologists. */
void
cm_consent_fixture_open(void);
void
cm_consent_fixture_close(void);

/* Of a profession; with '+' before it, under the organisation's rules. (transfer none) */
const CmPolicy *
cm_consent_fixture_find_policy(const gchar *profession);
