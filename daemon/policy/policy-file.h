// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-faults.h"

/* One key file, consumed: what is read is marked, what is left over at the end is a fault. GLib parses it; the line of each
 * group and key is kept beside it. Everything wrong goes to the faults given when it was opened. */

#define CM_POLICY_FILE_BYTES_MAX (256 * 1024)
#define CM_POLICY_FILE_LINE_MAX 200

typedef struct _CmPolicyFile CmPolicyFile;

/* Parse; `name` is how faults call the file. Faults: too long, not UTF-8, a byte order mark, a NUL, a line that is not of a key
 * file, a group or a key that stands twice. NULL, with at least one fault, when nothing can be read of it.
 * Returns: (transfer full) (nullable) */
CmPolicyFile *
cm_policy_file_new(const gchar *name, const gchar *text, gsize length, CmFaults *faults)
    G_GNUC_WARN_UNUSED_RESULT;

/* The same from a regular file, or from /dev/null, which is an empty one. */
CmPolicyFile *
cm_policy_file_read(const gchar *path, CmFaults *faults) G_GNUC_WARN_UNUSED_RESULT;

void
cm_policy_file_free(CmPolicyFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPolicyFile, cm_policy_file_free)

const gchar *
cm_policy_file_get_name(const CmPolicyFile *file);

/* In the order of the file, ended by NULL. */
const gchar *const *
cm_policy_file_get_groups(const CmPolicyFile *file);

/* From 1; of the group's header when `key` is NULL; 0 when there is no such key. */
guint
cm_policy_file_get_line(const CmPolicyFile *file, const gchar *group, const gchar *key);

/* Add a fault at a key, or at the group when `key` is NULL. Arguments as in cm_message_new(). */
void
cm_policy_file_fault(CmPolicyFile *file,
		     const gchar *group,
		     const gchar *key,
		     const gchar *format,
		     ...) G_GNUC_NULL_TERMINATED;

/* The keys of a group, which are not marked. Returns: (transfer full) */
gchar **
cm_policy_file_list_keys(const CmPolicyFile *file, const gchar *group) G_GNUC_WARN_UNUSED_RESULT;

/* Read a key and mark it. NULL or FALSE when it is absent or, with a fault, when it is not what it must be. Strings are not
 * empty, lists have stripped and no empty items. Returns: (transfer full) */
gchar *
cm_policy_file_take_string(CmPolicyFile *file, const gchar *group, const gchar *key);
gchar **
cm_policy_file_take_list(CmPolicyFile *file, const gchar *group, const gchar *key);
gboolean
cm_policy_file_take_number(CmPolicyFile *file,
			   const gchar *group,
			   const gchar *key,
			   gint least,
			   gint most,
			   gint *out_number);
gboolean
cm_policy_file_take_flag(CmPolicyFile *file, const gchar *group, const gchar *key, gint *out_flag);

/* The same, where something stands already: absent or with a fault, `out_text` is left; else it is freed and set. A line has no control
 * characters and at most CM_POLICY_FILE_LINE_MAX octets, a path is whole and has at most `max`. */
void
cm_policy_file_take_line(CmPolicyFile *file,
			 const gchar *group,
			 const gchar *key,
			 gchar **out_text);
void
cm_policy_file_take_path(CmPolicyFile *file,
			 const gchar *group,
			 const gchar *key,
			 gsize max,
			 gchar **out_text);

/* A fault for each key of a group that nobody took. */
void
cm_policy_file_reject_rest(CmPolicyFile *file, const gchar *group);

/* The same for all of `groups`, ended by NULL, and a fault for each other group; but for those that begin with `prefix`, unless NULL. */
void
cm_policy_file_reject_others(CmPolicyFile *file, const gchar *const *groups, const gchar *prefix);
