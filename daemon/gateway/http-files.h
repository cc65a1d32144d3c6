// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>
#include <microhttpd.h>

/* Files that are the same for everybody: named after their content, kept by browsers for ever. Made before the server starts, then only
 * read, from any thread. */

/* of all files together */
#define CM_HTTP_FILES_OCTETS_MAX (4 * 1024 * 1024)

typedef struct _CmHttpFiles CmHttpFiles;

typedef struct {
	const gchar *path;
	const gchar *etag;        /* of what `plain` holds, quoted */
	const gchar *zipped_etag; /* of what `zipped` holds, or NULL */
	struct MHD_Response *plain;
	struct MHD_Response *zipped; /* or NULL: it would not be smaller */
	struct MHD_Response *unchanged;
	struct MHD_Response *zipped_unchanged; /* or NULL */
} CmHttpFile;

/* Make a response of a body with these headers (name, value, …, NULL). Returns: (transfer full) */
typedef struct MHD_Response *(*CmHttpFilesRespond)(GBytes *body,
						   const gchar *const *headers,
						   gpointer user_data);

/* Returns: (transfer full) */
CmHttpFiles *
cm_http_files_new(CmHttpFilesRespond respond, gpointer user_data);

void
cm_http_files_free(CmHttpFiles *files);

/* Every file of a folder of a resource. Errors: CM_ERROR_INVALID_INPUT: a type that is not known; CM_ERROR_TOO_LARGE; CM_ERROR_NOT_FOUND. */
gboolean
cm_http_files_add(CmHttpFiles *files, GResource *resource, const gchar *folder, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* By the path of a request, or NULL. */
const CmHttpFile *
cm_http_files_find(const CmHttpFiles *files, const gchar *path);

/* The path of a file's name, or NULL. */
const gchar *
cm_http_files_get_path(const CmHttpFiles *files, const gchar *name);
