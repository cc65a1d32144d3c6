// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/agent-link.h"
#include "cli/client.h"

/* The person's files, as their agent believes them, with the students' names that comodald has; and one of them from what a person types. */

/* (element-type): rows as org.comodal.Agent1.ListCases has them, things as Roster.List has students */
typedef struct {
	CmDBusAgent *agent;
	GVariant *rows;
	JsonNode *students; /* those that they are about */
} CmCaseDesk;

/* CM_ERROR_KEY: locked; CM_ERROR_STORE: a file that was seen before is not there any more. */
gboolean
cm_case_desk_open(const CmComodalctl *cli,
		  CmCaseDesk *desk,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_case_desk_clear(CmCaseDesk *desk);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmCaseDesk, cm_case_desk_clear)

/* The same of files that were left with a deposit (ay) and released to the person; NULL: of the person's own. Without rows. */
gboolean
cm_case_desk_read_names(const CmComodalctl *cli,
			CmCaseDesk *desk,
			GVariant *deposit,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What somebody typed. */
typedef struct {
	const gchar *student;
	const gchar *file; /* school, assistance, professional, confidential; NULL: whichever */
	gboolean untaken;  /* what nobody accepted yet comes first, instead of one's own */
	const gchar *of;   /* of the colleague's name who is responsible; NULL: one's own first */
} CmCaseWish;

/* The row that it means. CM_ERROR_NOT_FOUND, CM_ERROR_INVALID_INPUT: several. Returns: (transfer full) */
GVariant *
cm_case_desk_find(const CmCaseDesk *desk,
		  const CmCaseWish *wish,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of a student whom one of the files is about. Returns: (transfer full) */
JsonObject *
cm_case_desk_find_student(const CmCaseDesk *desk,
			  const gchar *text,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Members of a row; the texts are the row's. */
const gchar *
cm_case_desk_get_name(const CmCaseDesk *desk, GVariant *row);
/* The student's identifier in the roster; empty: the roster has them no more. */
const gchar *
cm_case_desk_get_reference(const CmCaseDesk *desk, GVariant *row);
const gchar *
cm_case_desk_get_text(GVariant *row, const gchar *name);
gboolean
cm_case_desk_get_flag(GVariant *row, const gchar *name);
guint8
cm_case_desk_get_octet(GVariant *row, const gchar *name);
/* Returns: (transfer full) */
GVariant *
cm_case_desk_get_id(GVariant *row);
