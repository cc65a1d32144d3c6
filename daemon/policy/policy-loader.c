// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/policy/policy-loader.h"

#include "daemon/policy/policy-merge.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#define SUFFIX_POLICY ".policy"
#define SUFFIX_DROP_IN_DIRECTORY ".policy.d"
#define SUFFIX_DROP_IN ".conf"

/* the files of one name: its policy and its drop-ins */
typedef struct {
	gchar *policy;        /* path, or NULL */
	GHashTable *drop_ins; /* NAME.conf → path; a later directory replaces */
	gchar *drop_in_directory;
	CmPolicyDocument *document; /* of the set */
	GPtrArray *layers;          /* CmPolicyDocument of the drop-ins, in order; of the set */
} Source;

typedef struct {
	GHashTable *sources; /* name → Source */
	GPtrArray *documents;
	guint files;
	CmFaults *faults;
} Loader;

static void
source_free(gpointer data)
{
	Source *source = data;

	g_free(source->policy);
	g_free(source->drop_in_directory);
	g_hash_table_unref(source->drop_ins);
	g_ptr_array_unref(source->layers);
	g_free(source);
}

static Source *
loader_get_source(Loader *loader, const gchar *name)
{
	Source *source = g_hash_table_lookup(loader->sources, name);

	if (source == NULL) {
		source = g_new0(Source, 1);
		source->drop_ins = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
		source->layers = g_ptr_array_new();
		g_hash_table_insert(loader->sources, g_strdup(name), source);
	}
	return source;
}

static void
loader_clear(Loader *loader)
{
	g_hash_table_unref(loader->sources);
	g_clear_pointer(&loader->documents, g_ptr_array_unref);
}

static void
loader_init(Loader *loader, CmFaults *faults)
{
	loader->sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, source_free);
	loader->documents = g_ptr_array_new_with_free_func((GDestroyNotify)cm_policy_document_free);
	loader->files = 0;
	loader->faults = faults;
}

/* a file more; FALSE, with one fault, when there are too many */
static gboolean
loader_count_file(Loader *loader, const gchar *path)
{
	g_autofree gchar *most = g_strdup_printf("%d", CM_POLICY_FILES_MAX);

	if (++loader->files <= CM_POLICY_FILES_MAX)
		return TRUE;
	if (loader->files == CM_POLICY_FILES_MAX + 1)
		cm_faults_add(
		    loader->faults, path, 0, NULL,
		    N_("There are more than {0} files; this one and what follows is not read."),
		    most, NULL);
	return FALSE;
}

static gchar *
strip_suffix(const gchar *name, const gchar *suffix)
{
	return g_strndup(name, strlen(name) - strlen(suffix));
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
	return g_strcmp0(*(const gchar *const *)a, *(const gchar *const *)b);
}

/* what stands in a directory, sorted; NULL when it can't be read */
static GPtrArray *
list_names(const gchar *directory, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(directory, 0, error);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const gchar *name = NULL;

	if (dir == NULL)
		return NULL;
	for (name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
		if (*name != '.')
			g_ptr_array_add(names, g_strdup(name));
	}
	g_ptr_array_sort(names, compare_names);
	return g_steal_pointer(&names);
}

static void
scan_drop_ins(Loader *loader, const gchar *directory, const gchar *name)
{
	g_autofree gchar *stem = strip_suffix(name, SUFFIX_DROP_IN_DIRECTORY);
	g_autofree gchar *path = g_build_filename(directory, name, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) names = list_names(path, &error);
	Source *source = loader_get_source(loader, stem);

	if (names == NULL) {
		cm_faults_add(loader->faults, path, 0, NULL, N_("The directory can't be read: {0}"),
			      error->message, NULL);
		return;
	}
	for (guint i = 0; i < names->len; i++) {
		const gchar *file = g_ptr_array_index(names, i);

		if (g_str_has_suffix(file, SUFFIX_DROP_IN))
			g_hash_table_replace(source->drop_ins, g_strdup(file),
					     g_build_filename(path, file, NULL));
	}
	if (source->drop_in_directory == NULL)
		source->drop_in_directory = g_steal_pointer(&path);
}

/* a second policy of one name would silence the first one, law and all: only drop-ins may be laid over it */
static void
scan_policy(Loader *loader, const gchar *directory, const gchar *name)
{
	g_autofree gchar *stem = strip_suffix(name, SUFFIX_POLICY);
	g_autofree gchar *path = g_build_filename(directory, name, NULL);
	g_autofree gchar *directory_name = g_strconcat(name, ".d", NULL);
	g_autofree gchar *drop_in_directory = g_strconcat(name, ".d", NULL);
	Source *source = NULL;

	if (!cm_policy_document_is_name(stem)) {
		cm_faults_add(loader->faults, path, 0, NULL,
			      N_("A policy's name has lower-case letters, digits and hyphens."),
			      NULL);
		return;
	}
	source = loader_get_source(loader, stem);
	if (source->policy == NULL)
		source->policy = g_steal_pointer(&path);
	else
		cm_faults_add(loader->faults, path, 0, NULL,
			      N_("There is a policy of this name already, {0}; a drop-in in {1} "
				 "may tighten it."),
			      source->policy, drop_in_directory, NULL);
}

static gboolean
scan_directory(Loader *loader, const gchar *directory, GError **error)
{
	g_autoptr(GPtrArray) names = list_names(directory, error);

	if (names == NULL)
		return FALSE;
	for (guint i = 0; i < names->len; i++) {
		const gchar *name = g_ptr_array_index(names, i);

		if (g_str_has_suffix(name, SUFFIX_POLICY))
			scan_policy(loader, directory, name);
		else if (g_str_has_suffix(name, SUFFIX_DROP_IN_DIRECTORY))
			scan_drop_ins(loader, directory, name);
	}
	return TRUE;
}

/* the document of a file, the set's; NULL when nothing can be read of it */
static CmPolicyDocument *
read_document(Loader *loader, const gchar *path, const gchar *name, gboolean is_drop_in)
{
	g_autoptr(CmPolicyFile) file = NULL;
	CmPolicyDocument *document = NULL;

	if (!loader_count_file(loader, path))
		return NULL;
	file = cm_policy_file_read(path, loader->faults);
	if (file == NULL)
		return NULL;
	document = cm_policy_document_new(file, name, is_drop_in);
	g_ptr_array_add(loader->documents, document);
	return document;
}

static void
read_source(Loader *loader, const gchar *name, Source *source)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	GHashTableIter each;
	gpointer file = NULL;

	if (source->policy == NULL) {
		cm_faults_add(loader->faults, source->drop_in_directory, 0, NULL,
			      N_("There is no {0}.policy for these drop-ins."), name, NULL);
		return;
	}
	source->document = read_document(loader, source->policy, name, FALSE);
	g_hash_table_iter_init(&each, source->drop_ins);
	while (g_hash_table_iter_next(&each, &file, NULL))
		g_ptr_array_add(names, file);
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++) {
		CmPolicyDocument *layer = read_document(
		    loader, g_hash_table_lookup(source->drop_ins, names->pdata[i]), name, TRUE);

		if (layer != NULL)
			g_ptr_array_add(source->layers, layer);
	}
}

/* the common source that a profession includes, or NULL */
static const Source *
find_common(const Loader *loader, const CmPolicyDocument *document)
{
	const Source *common = NULL;

	if (document->include == NULL)
		return NULL;
	common = g_hash_table_lookup(loader->sources, document->include);
	if (common != NULL && common->document != NULL &&
	    common->document->role == CM_POLICY_ROLE_COMMON)
		return common;
	if (common == NULL || common->document != NULL)
		cm_faults_add(loader->faults, document->file, document->include_line,
			      "[Policy] Include", N_("There is no {0}.policy with Common=true."),
			      document->include, NULL);
	return NULL;
}

static gboolean
faults_have(const CmFaults *faults, const CmFault *fault)
{
	for (guint i = 0; i < cm_faults_get_kept(faults); i++) {
		const CmFault *other = cm_faults_get(faults, i);

		if (other->line == fault->line && g_str_equal(other->file, fault->file) &&
		    g_str_equal(other->path, fault->path) &&
		    g_str_equal(other->message, fault->message))
			return TRUE;
	}
	return FALSE;
}

/* a common layer is laid over every profession, and what is wrong with it is said once */
static void
move_new_faults(const CmFaults *from, CmFaults *to)
{
	for (guint i = 0; i < cm_faults_get_kept(from); i++) {
		const CmFault *fault = cm_faults_get(from, i);

		if (!faults_have(to, fault))
			cm_faults_add_message(to, fault->file, fault->line, fault->path,
					      fault->message);
	}
}

static void
merge_all(CmPolicy *policy, const GPtrArray *layers, CmFaults *faults)
{
	for (guint i = 0; i < layers->len; i++)
		cm_policy_merge_document(policy, layers->pdata[i], faults);
}

/* what is true for all comes first, then what is true for one; the organisation's own after both */
static CmPolicy *
merge_source(const Loader *loader, const Source *source)
{
	CmPolicy *policy = cm_policy_merge_begin(source->document);
	const Source *common = find_common(loader, source->document);
	g_autoptr(CmFaults) faults = cm_faults_new();

	if (common != NULL)
		cm_policy_merge_document(policy, common->document, faults);
	cm_policy_merge_document(policy, source->document, faults);
	if (common != NULL)
		merge_all(policy, common->layers, faults);
	merge_all(policy, source->layers, faults);
	cm_policy_merge_check(policy, faults);
	move_new_faults(faults, loader->faults);
	return policy;
}

static GPtrArray *
sort_sources(const Loader *loader)
{
	GPtrArray *names = g_ptr_array_new();
	GHashTableIter each;
	gpointer name = NULL;

	g_hash_table_iter_init(&each, loader->sources);
	while (g_hash_table_iter_next(&each, &name, NULL))
		g_ptr_array_add(names, name);
	g_ptr_array_sort(names, compare_names);
	return names;
}

/* the set of all documents read; NULL when anything was wrong */
static CmPolicySet *
loader_finish(Loader *loader, GError **error)
{
	g_autoptr(GPtrArray) names = sort_sources(loader);
	g_autoptr(CmPolicySet) set = cm_policy_set_new(g_steal_pointer(&loader->documents));
	g_autofree gchar *count = NULL;
	const CmFault *first = NULL;

	for (guint i = 0; i < names->len; i++) {
		const Source *source = g_hash_table_lookup(loader->sources, names->pdata[i]);

		if (source->document != NULL && source->document->role == CM_POLICY_ROLE_PROFESSION)
			g_ptr_array_add(set->policies, merge_source(loader, source));
	}
	if (cm_faults_get_total(loader->faults) == 0)
		return g_steal_pointer(&set);
	first = cm_faults_get(loader->faults, 0);
	count = g_strdup_printf("%s:%u", first->file, first->line);
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("The policies are not as they must be, first at {0}; `comodalctl policy "
			"check` names every fault."),
		     count, NULL);
	return NULL;
}

/* the first directory must be there, the others may be */
static gboolean
scan_directories(Loader *loader, const gchar *const *directories, GError **error)
{
	g_autoptr(GError) local = NULL;

	for (guint i = 0; directories[i] != NULL; i++) {
		if (i > 0 && !g_file_test(directories[i], G_FILE_TEST_EXISTS))
			continue;
		if (scan_directory(loader, directories[i], &local))
			continue;
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("The directory of policies can't be read: {0}"), local->message,
			     NULL);
		return FALSE;
	}
	if (g_hash_table_size(loader->sources) > 0 || cm_faults_get_total(loader->faults) > 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no policy in {0}."),
		     directories[0] != NULL ? directories[0] : "", NULL);
	return FALSE;
}

CmPolicySet *
cm_policy_loader_load(const gchar *const *directories, CmFaults *faults, GError **error)
{
	g_autoptr(CmFaults) own = faults == NULL ? cm_faults_new() : NULL;
	g_autoptr(GPtrArray) names = NULL;
	CmPolicySet *set = NULL;
	Loader loader;

	loader_init(&loader, faults != NULL ? faults : own);
	if (scan_directories(&loader, directories, error)) {
		names = sort_sources(&loader);
		for (guint i = 0; i < names->len; i++)
			read_source(&loader, names->pdata[i],
				    g_hash_table_lookup(loader.sources, names->pdata[i]));
		set = loader_finish(&loader, error);
	}
	loader_clear(&loader);
	return set;
}

static CmPolicyDocument *
load_text(Loader *loader,
	  const gchar *place,
	  const gchar *name,
	  const gchar *text,
	  gboolean is_drop_in)
{
	g_autoptr(CmPolicyFile) file =
	    cm_policy_file_new(place, text, strlen(text), loader->faults);
	CmPolicyDocument *document = NULL;

	if (file == NULL)
		return NULL;
	document = cm_policy_document_new(file, name, is_drop_in);
	g_ptr_array_add(loader->documents, document);
	return document;
}

CmPolicySet *
cm_policy_loader_load_text(const gchar *profession,
			   const gchar *text,
			   const gchar *const *drop_ins,
			   CmFaults *faults,
			   GError **error)
{
	g_autoptr(CmFaults) own = faults == NULL ? cm_faults_new() : NULL;
	g_autofree gchar *place = g_strconcat(profession, SUFFIX_POLICY, NULL);
	CmPolicySet *set = NULL;
	Source *source = NULL;
	Loader loader;

	loader_init(&loader, faults != NULL ? faults : own);
	source = loader_get_source(&loader, profession);
	source->document = load_text(&loader, place, profession, text, FALSE);
	for (guint i = 0; drop_ins != NULL && drop_ins[i] != NULL; i++) {
		g_autofree gchar *name = g_strdup_printf("%s.d/%u" SUFFIX_DROP_IN, place, i + 1);
		CmPolicyDocument *layer = load_text(&loader, name, profession, drop_ins[i], TRUE);

		if (layer != NULL)
			g_ptr_array_add(source->layers, layer);
	}
	set = loader_finish(&loader, error);
	loader_clear(&loader);
	return set;
}

void
cm_policy_loader_check_file(const gchar *path, CmFaults *faults)
{
	g_autofree gchar *base = g_path_get_basename(path);
	g_autofree gchar *absolute = g_canonicalize_filename(path, NULL);
	g_autofree gchar *directory = g_path_get_dirname(absolute);
	g_autofree gchar *place = g_path_get_basename(directory);
	g_autofree gchar *name = NULL;
	g_autoptr(CmPolicyFile) file = NULL;
	g_autoptr(CmPolicyDocument) document = NULL;
	gboolean is_drop_in = g_str_has_suffix(base, SUFFIX_DROP_IN);

	if (is_drop_in && g_str_has_suffix(place, SUFFIX_DROP_IN_DIRECTORY))
		name = strip_suffix(place, SUFFIX_DROP_IN_DIRECTORY);
	else if (g_str_has_suffix(base, SUFFIX_POLICY))
		name = strip_suffix(base, SUFFIX_POLICY);
	if (name == NULL || !cm_policy_document_is_name(name)) {
		cm_faults_add(
		    faults, path, 0, NULL,
		    N_("A policy is PROFESSION.policy, or NAME.conf in PROFESSION.policy.d."),
		    NULL);
		return;
	}
	file = cm_policy_file_read(path, faults);
	if (file != NULL)
		document = cm_policy_document_new(file, name, is_drop_in);
}

gchar **
cm_policy_loader_list_default_directories(gboolean session)
{
	const gchar *given = g_getenv(CM_ENV_POLICY_DIR);
	g_autoptr(GStrvBuilder) directories = g_strv_builder_new();
	g_auto(GStrv) vendor = g_strsplit(given != NULL ? given : CM_POLICY_DIR,
					  given != NULL ? G_SEARCHPATH_SEPARATOR_S : "\n", -1);
	g_autofree gchar *own = g_build_filename(session ? g_get_user_config_dir() : CM_SYSCONF_DIR,
						 "comodal", "policies", NULL);

	g_strv_builder_addv(directories, (const gchar **)vendor);
	g_strv_builder_add(directories, own);
	return g_strv_builder_end(directories);
}
