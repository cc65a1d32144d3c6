// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/consent/consent-file.h"
#include "daemon/policy/policy.h"
#include "daemon/store/store-private.h"

/* Who and what letters speak of, looked up once in a run. The caller holds the transaction. Private to daemon/store. */

typedef struct _CmOutboxPeople CmOutboxPeople;

/* How many students' files are kept at most; of texts, that many after one that was given are asked for before it is gone, and twice as many are
 * kept at most. */
#define CM_OUTBOX_PEOPLE_KEPT_MAX 4096

/* `today`: the organisation's, on which is decided who is told for a student. Nothing is taken. Returns: (transfer full) */
CmOutboxPeople *
cm_outbox_people_new(CmStore *store, const CmPolicySet *policies, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void
cm_outbox_people_free(CmOutboxPeople *people);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmOutboxPeople, cm_outbox_people_free)

/* The organisation's name, "" before the first import. (transfer none) */
const gchar *
cm_outbox_people_get_organisation(const CmOutboxPeople *people);

/* Somebody's name, NULL when they have none on record or are gone. `out_name`: (transfer none) */
gboolean
cm_outbox_people_get_name(CmOutboxPeople *people,
			  CmResource kind,
			  gint64 number,
			  const gchar **out_name,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A professional's profession ("psychologue"), NULL when they are gone; its title in a language. `out_…`: (transfer none) */
gboolean
cm_outbox_people_get_profession(CmOutboxPeople *people,
				gint64 professional,
				const gchar **out_profession,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
const gchar *
cm_outbox_people_get_title(const CmOutboxPeople *people,
			   const gchar *profession,
			   const gchar *language);

/* A school's or an office's name, a room's; NULL when it is gone. `out_name`: (transfer none) */
gboolean
cm_outbox_people_get_site(CmOutboxPeople *people,
			  gint64 site,
			  const gchar **out_name,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_outbox_people_get_room(CmOutboxPeople *people,
			  gint64 room,
			  const gchar **out_name,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Who is told today for a student of what a profession does (NULL: of whoever follows them); nobody when the student is gone.
 * `out_audience`: (transfer full) (element-type CmAudienceMember) */
gboolean
cm_outbox_people_find_audience(CmOutboxPeople *people,
			       gint64 student,
			       const gchar *profession,
			       GArray **out_audience,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether sessions by `mode` with a student may be as far as consent to telepractice goes: it stands today, for a profession, or the
 * student is gone. */
gboolean
cm_outbox_people_has_consented(CmOutboxPeople *people,
			       gint64 student,
			       const gchar *profession,
			       CmMode mode,
			       gboolean *out_consented,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The policy of a profession, NULL when there is none. (transfer none) */
const CmPolicy *
cm_outbox_people_get_policy(const CmOutboxPeople *people, const gchar *profession);

/* Whether a student is younger than `age` years on a day; FALSE when they are gone. */
gboolean
cm_outbox_people_is_below_age(CmOutboxPeople *people,
			      gint64 student,
			      gint age,
			      CmDay date,
			      gboolean *out_below,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
