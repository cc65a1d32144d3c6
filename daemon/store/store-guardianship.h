// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/consent/consent-file.h"
#include "daemon/store/store.h"

/* Who may decide for a student, and in which household they live. */

#define CM_STORE_GUARDIANS_MAX 16 /* of a student */
#define CM_STORE_HOUSEHOLDS_MAX 9

/* Of a student, by household, then by contact: CmGuardianship. CM_ERROR_NOT_FOUND: no such student. Returns: (transfer full) */
GArray *
cm_store_guardianship_list(CmStore *store,
			   gint64 student,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Those of all the students whom a professional follows: the contacts' numbers, gint64, each once. Returns: (transfer full) */
GArray *
cm_store_guardianship_list_of_professional(CmStore *store,
					   gint64 professional,
					   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The students for whom a contact decides: their numbers, gint64, each once. Returns: (transfer full) */
GArray *
cm_store_guardianship_list_of_contact(CmStore *store,
				      gint64 contact,
				      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Add one, or change the household and the authority of one that is there. CM_ERROR_NOT_FOUND: no such student or contact;
 * CM_ERROR_INVALID_INPUT: a teacher, another household number, too many. */
gboolean
cm_store_guardianship_set(CmStore *store,
			  gint64 student,
			  const CmGuardianship *guardianship,
			  gint64 actor,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* CM_ERROR_NOT_FOUND: there is none. What they said stays on record, and counts no more. */
gboolean
cm_store_guardianship_remove(CmStore *store,
			     gint64 student,
			     gint64 contact,
			     gint64 actor,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
