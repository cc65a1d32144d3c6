// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/note-editor.h"

#include "cli/json.h"
#include "cli/policy-view.h"
#include "cli/secret-prompt.h"
#include "include/cm-error.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define EDITOR "vim"
#define DESCRIPTOR 3 /* in the editor */

/* nothing but the descriptor is written: no swap file (-n), backup, undo file, viminfo (-i NONE), no settings of anybody's (-u NONE) or of the
 * text's own, no shell (-Z), no clipboard of a screen (-X) */
static const gchar *const options[] = {
    "-n",    "-N",
    "-u",    "NONE",
    "-i",    "NONE",
    "-X",    "-Z",
    "--cmd", "set nomodeline noswapfile nobackup nowritebackup noundofile viminfo= updatecount=0",
    "--cmd", "set fileencoding=utf-8 encoding=utf-8 nofixendofline"};

struct _CmNoteEditor {
	gchar *program;
	gint fd; /* of the memory; -1: none yet */
};

void
cm_note_editor_free(CmNoteEditor *self)
{
	if (self == NULL)
		return;
	if (self->fd >= 0)
		close(self->fd);
	free(self->program);
	g_free(self);
}

static const gchar *
get_wanted(void)
{
	const gchar *wanted = g_getenv("VISUAL") != NULL ? g_getenv("VISUAL") : g_getenv("EDITOR");

	return wanted != NULL && *wanted != '\0' ? wanted : EDITOR;
}

/* the program, to be freed with free(); NULL with `error` set when it is no vim */
static gchar *
find_program(const gchar *wanted, GError **error)
{
	g_autofree gchar *path = NULL;
	g_autofree gchar *name = NULL;
	gchar *real = NULL;

	path = g_find_program_in_path(wanted);
	if (path != NULL)
		real = realpath(path, NULL);
	if (real != NULL)
		name = g_path_get_basename(real);
	if (name != NULL && (g_str_equal(name, EDITOR) || g_str_has_prefix(name, EDITOR ".")))
		return real;
	free(real);
	cm_error_set(error, CM_ERROR_NOT_SUPPORTED,
		     path == NULL
			 ? N_("The editor {0} is not here. Without --editor, the text is "
			      "typed or comes by a pipe.")
			 : N_("{0} was not shown to leave no file of what is written in it; "
			      "only vim was. VISUAL=vim takes that one; without --editor, "
			      "the text is typed or comes by a pipe."),
		     wanted, NULL);
	return NULL;
}

/* ---- the text in it */

static gboolean
put(gint fd, gconstpointer octets, gsize length)
{
	return length == 0 || write(fd, octets, length) == (gssize)length;
}

static gboolean
put_section(gint fd, gconstpointer heading, gsize length, const CmVaultBytes *text)
{
	return (length == 0 || (put(fd, heading, length) && put(fd, "\n", 1))) &&
	       (text == NULL || put(fd, text->data, text->length)) && put(fd, "\n\n", 2);
}

static gboolean
put_content(gint fd, const CmVaultRecord *content)
{
	const CmVaultContent *fields = cm_vault_record_get_fields(content, CM_VAULT_KIND_CONTENT);
	const CmVaultSection *sections = fields->sections.items;

	for (guint i = 0; i < fields->sections.count; i++) {
		if (!put_section(fd, sections[i].heading.data, sections[i].heading.length,
				 &sections[i].text))
			return FALSE;
	}
	return TRUE;
}

static gboolean
put_headings(gint fd, JsonObject *template)
{
	JsonArray *sections = cm_json_get_array(template, "sections");
	const gchar *language = cm_policy_view_get_language() == CM_LANGUAGE_FRENCH ? "fr" : "en";

	for (guint i = 0; i < cm_json_get_length(sections); i++) {
		const gchar *heading =
		    cm_json_get_string(cm_json_get_element(sections, i), language);

		if (heading != NULL && !put_section(fd, heading, strlen(heading), NULL))
			return FALSE;
	}
	return TRUE;
}

static gboolean
put_start(gint fd, const CmNoteEditorStart *start)
{
	if (start->content != NULL)
		return put_content(fd, start->content);
	return start->template == NULL || put_headings(fd, start->template);
}

static gboolean
open_memory(CmNoteEditor *self, GError **error)
{
	self->fd = memfd_create("note", MFD_CLOEXEC);
	if (self->fd >= 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_FAILED, N_("There is no memory for the editor."), NULL);
	return FALSE;
}

/* with an empty memory */
static CmNoteEditor *
make(const gchar *wanted, GError **error)
{
	g_autoptr(CmNoteEditor) self = g_new0(CmNoteEditor, 1);

	self->fd = -1;
	if (!cm_secret_prompt_is_terminal()) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("--editor needs a terminal."), NULL);
		return NULL;
	}
	self->program = find_program(wanted, error);
	return self->program != NULL && open_memory(self, error) ? g_steal_pointer(&self) : NULL;
}

CmNoteEditor *
cm_note_editor_new(const CmNoteEditorStart *start, GError **error)
{
	g_autoptr(CmNoteEditor) self = make(get_wanted(), error);

	if (self == NULL || put_start(self->fd, start))
		return g_steal_pointer(&self);
	cm_error_set(error, CM_ERROR_FAILED, N_("There is no memory for the editor."), NULL);
	return NULL;
}

CmNoteEditor *
cm_note_editor_new_of(const CmVaultSecret *text, GError **error)
{
	g_autoptr(CmNoteEditor) self = make(EDITOR, error);

	if (self == NULL ||
	    (put(self->fd, cm_vault_secret_peek(text), cm_vault_secret_get_length(text)) &&
	     put(self->fd, "\n", 1)))
		return g_steal_pointer(&self);
	cm_error_set(error, CM_ERROR_FAILED, N_("There is no memory for the editor."), NULL);
	return NULL;
}

/* ---- the program */

static gboolean
run(const gchar *program, gint fd, GError **error)
{
	g_autoptr(GSubprocessLauncher) launcher =
	    g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDIN_INHERIT);
	g_autofree gchar *place = g_strdup_printf("/proc/self/fd/%d", DESCRIPTOR);
	const gchar *arguments[G_N_ELEMENTS(options) + 3] = {program};
	g_autoptr(GSubprocess) process = NULL;

	memcpy(arguments + 1, options, sizeof options);
	arguments[G_N_ELEMENTS(options) + 1] = place;
	g_subprocess_launcher_take_fd(launcher, dup(fd), DESCRIPTOR);
	process = g_subprocess_launcher_spawnv(launcher, arguments, error);
	if (process == NULL || !g_subprocess_wait(process, NULL, error))
		return FALSE;
	if (g_subprocess_get_successful(process))
		return TRUE;
	cm_error_set(error, CM_ERROR_CANCELLED, N_("Abandoned: nothing was changed."), NULL);
	return FALSE;
}

/* up to `most` octets and one more, by which what is too long is seen; `out_length` without the empty lines at their end */
static CmVaultSecret *
read_memory(gint fd, gsize most, gsize *out_length, GError **error)
{
	g_autoptr(CmVaultSecret) text = cm_vault_secret_new(most + 1);
	gsize length = 0;
	gssize count = 1;

	if (text == NULL) {
		cm_error_set(error, CM_ERROR_KEY, N_("No memory can be locked."), NULL);
		return NULL;
	}
	while (count > 0 && length < cm_vault_secret_get_length(text)) {
		count = pread(fd, cm_vault_secret_get(text) + length,
			      cm_vault_secret_get_length(text) - length, (off_t)length);
		length += (gsize)MAX(count, 0);
	}
	while (length > 0 && cm_vault_secret_peek(text)[length - 1] == '\n')
		length--;
	*out_length = count < 0 ? 0 : length;
	return g_steal_pointer(&text);
}

/* What is in the memory, all of it, but for the empty lines at its end. */
typedef struct {
	gsize length;
	guint8 digest[crypto_generichash_BYTES];
} Measure;

static gboolean
measure_memory(gint fd, Measure *out_measure, GError **error)
{
	struct stat status;
	const guint8 *octets = MAP_FAILED;
	gsize size = 0;

	*out_measure = (Measure){0};
	if (fstat(fd, &status) != 0 || status.st_size == 0)
		return TRUE;
	size = (gsize)status.st_size;
	octets = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (octets == MAP_FAILED) {
		cm_error_set(error, CM_ERROR_FAILED, N_("There is no memory for the editor."),
			     NULL);
		return FALSE;
	}
	out_measure->length = size;
	while (out_measure->length > 0 && octets[out_measure->length - 1] == '\n')
		out_measure->length--;
	(void)crypto_generichash(out_measure->digest, sizeof out_measure->digest, octets,
				 out_measure->length, NULL, 0);
	(void)munmap((gpointer)octets, size);
	return TRUE;
}

CmVaultSecret *
cm_note_editor_run(CmNoteEditor *self, gsize most, gboolean *out_changed, GError **error)
{
	Measure before = {0};
	Measure after = {0};
	gsize length = 0;
	g_autoptr(CmVaultSecret) text = NULL;

	if (!measure_memory(self->fd, &before, error) || !run(self->program, self->fd, error) ||
	    !measure_memory(self->fd, &after, error))
		return NULL;
	text = read_memory(self->fd, most, &length, error);
	if (text == NULL)
		return NULL;
	*out_changed = after.length != before.length ||
		       memcmp(after.digest, before.digest, sizeof after.digest) != 0;
	cm_vault_secret_truncate(text, length);
	return g_steal_pointer(&text);
}
