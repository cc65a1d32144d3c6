// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-files.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define HASH_CHARACTERS 16

struct _CmHttpFiles {
	CmHttpFilesRespond respond;
	gpointer user_data;
	GHashTable *by_path; /* gchar* → CmHttpFile; owns both */
	GHashTable *by_name; /* gchar* → its path */
	gsize octets;
};

static const struct {
	const gchar *extension;
	const gchar *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".wav", "audio/wav"},
    {".webmanifest", "application/manifest+json"},
};

static void
destroy(struct MHD_Response *response)
{
	if (response != NULL)
		MHD_destroy_response(response);
}

static void
file_free(gpointer data)
{
	CmHttpFile *file = data;

	destroy(file->plain);
	destroy(file->zipped);
	destroy(file->unchanged);
	destroy(file->zipped_unchanged);
	g_free((gchar *)file->path);
	g_free((gchar *)file->etag);
	g_free((gchar *)file->zipped_etag);
	g_free(file);
}

CmHttpFiles *
cm_http_files_new(CmHttpFilesRespond respond, gpointer user_data)
{
	CmHttpFiles *files = g_new0(CmHttpFiles, 1);

	files->respond = respond;
	files->user_data = user_data;
	/* the path is the file's */
	files->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, file_free);
	files->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return files;
}

void
cm_http_files_free(CmHttpFiles *files)
{
	if (files == NULL)
		return;
	g_hash_table_unref(files->by_name);
	g_hash_table_unref(files->by_path);
	g_free(files);
}

static const gchar *
find_type(const gchar *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
		if (g_str_has_suffix(name, types[i].extension))
			return types[i].type;
	}
	return NULL;
}

/* as gzip, when that is smaller */
static GBytes *
compress(GBytes *body)
{
	g_autoptr(GZlibCompressor) compressor =
	    g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
	g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable();
	g_autoptr(GOutputStream) stream =
	    g_converter_output_stream_new(memory, G_CONVERTER(compressor));

	if (!g_output_stream_write_all(stream, g_bytes_get_data(body, NULL), g_bytes_get_size(body),
				       NULL, NULL, NULL) ||
	    !g_output_stream_close(stream, NULL, NULL))
		return NULL;
	if (g_memory_output_stream_get_data_size(G_MEMORY_OUTPUT_STREAM(memory)) >=
	    g_bytes_get_size(body) * 9 / 10)
		return NULL;
	return g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(memory));
}

static struct MHD_Response *
respond(CmHttpFiles *files, GBytes *body, const gchar *type, const gchar *etag, gboolean zipped)
{
	const gchar *headers[] = {"ETag",
				  etag,
				  "Cache-Control",
				  "public, max-age=31536000, immutable",
				  "Vary",
				  "Accept-Encoding",
				  "Content-Type",
				  type,
				  zipped ? "Content-Encoding" : NULL,
				  "gzip",
				  NULL};

	return files->respond(body, headers, files->user_data);
}

static void
add_file(CmHttpFiles *files, const gchar *name, const gchar *type, GBytes *body)
{
	g_autofree gchar *hash = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, body);
	g_autoptr(GBytes) zipped = compress(body);
	g_autoptr(GBytes) nothing = g_bytes_new(NULL, 0);
	const gchar *extension = strrchr(name, '.');
	CmHttpFile *file = g_new0(CmHttpFile, 1);

	hash[HASH_CHARACTERS] = '\0';
	file->path =
	    g_strdup_printf("/static/%.*s.%s%s", (gint)(extension - name), name, hash, extension);
	file->etag = g_strdup_printf("\"%s\"", hash);
	file->plain = respond(files, body, type, file->etag, FALSE);
	file->unchanged = respond(files, nothing, type, file->etag, FALSE);
	if (zipped != NULL) {
		file->zipped_etag = g_strdup_printf("\"%s-z\"", hash);
		file->zipped = respond(files, zipped, type, file->zipped_etag, TRUE);
		file->zipped_unchanged = respond(files, nothing, type, file->zipped_etag, TRUE);
	}
	files->octets += g_bytes_get_size(body);
	g_hash_table_replace(files->by_path, (gchar *)file->path, file);
	g_hash_table_replace(files->by_name, g_strdup(name), (gchar *)file->path);
}

gboolean
cm_http_files_add(CmHttpFiles *files, GResource *resource, const gchar *folder, GError **error)
{
	g_auto(GStrv) names =
	    g_resource_enumerate_children(resource, folder, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

	if (names == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no folder “{0}”."), folder,
			     NULL);
		return FALSE;
	}
	for (guint i = 0; names[i] != NULL; i++) {
		g_autofree gchar *path = g_build_path("/", folder, names[i], NULL);
		g_autoptr(GBytes) body =
		    g_resource_lookup_data(resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
		const gchar *type = find_type(names[i]);

		if (body == NULL || type == NULL) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("“{0}” is no file that can be served."), names[i], NULL);
			return FALSE;
		}
		add_file(files, names[i], type, body);
	}
	if (files->octets > CM_HTTP_FILES_OCTETS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The files to be served are too large together."), NULL);
		return FALSE;
	}
	return TRUE;
}

const CmHttpFile *
cm_http_files_find(const CmHttpFiles *files, const gchar *path)
{
	return g_hash_table_lookup(files->by_path, path);
}

const gchar *
cm_http_files_get_path(const CmHttpFiles *files, const gchar *name)
{
	return g_hash_table_lookup(files->by_name, name);
}
