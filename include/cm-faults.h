// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What is wrong with a document that somebody wrote: each fault with its place and what was expected, the first
 * CM_FAULTS_MAX of them kept and the rest counted. Readers go on after a fault, so that one run names them all. */

#define CM_FAULTS_MAX 100

typedef struct {
	gchar *file; /* as the user knows it; "" when there is only one document */
	guint line;  /* from 1; 0 when unknown */
	gchar *
	    path; /* JSON path as "$.followups[3].sessions[0].minutes", key-file "[Group] Key", or "" */
	gchar *message; /* include/cm-message.h */
} CmFault;

typedef struct _CmFaults CmFaults;

/* Returns: (transfer full) */
CmFaults *
cm_faults_new(void);
void
cm_faults_free(CmFaults *faults);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmFaults, cm_faults_free)

/* Add one; `file` and `path` may be NULL; format and arguments as in cm_message_new(). */
void
cm_faults_add(CmFaults *faults,
	      const gchar *file,
	      guint line,
	      const gchar *path,
	      const gchar *format,
	      ...) G_GNUC_NULL_TERMINATED;

/* Add one whose message is made already. */
void
cm_faults_add_message(CmFaults *faults,
		      const gchar *file,
		      guint line,
		      const gchar *path,
		      const gchar *message);

/* How many are kept, and how many more there were. */
guint
cm_faults_get_kept(const CmFaults *faults);
guint
cm_faults_get_left_out(const CmFaults *faults);

/* (transfer none) */
const CmFault *
cm_faults_get(const CmFaults *faults, guint index);

/* Kept and left out. */
guint
cm_faults_get_total(const CmFaults *faults);
