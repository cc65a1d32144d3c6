// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-file.h"

#include "include/cm-message.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define NULL_DEVICE makedev(1, 3)
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct _CmPolicyFile {
	gchar *name;
	GKeyFile *keys;
	gchar **groups;
	GHashTable *lines; /* place_name() → line */
	GHashTable *taken; /* place_name() of keys */
	CmFaults *faults;  /* not ours */
};

static gchar *
place_name(const gchar *group, const gchar *key)
{
	return key != NULL ? g_strconcat(group, "\x1f", key, NULL) : g_strdup(group);
}

/* as a fault's path has it */
static gchar *
place_path(const gchar *group, const gchar *key)
{
	return key != NULL ? g_strdup_printf("[%s] %s", group, key)
			   : g_strdup_printf("[%s]", group);
}

static guint
count_lines(const gchar *text, gsize length)
{
	guint count = 1;

	for (gsize i = 0; i < length; i++)
		count += text[i] == '\n';
	return count;
}

static gboolean
text_is_readable(const gchar *name, const gchar *text, gsize length, CmFaults *faults)
{
	g_autofree gchar *most = g_strdup_printf("%d", CM_POLICY_FILE_BYTES_MAX / 1024);
	const gchar *end = NULL;

	if (length > CM_POLICY_FILE_BYTES_MAX) {
		cm_faults_add(faults, name, 0, NULL, N_("The file is longer than {0} KiB."), most,
			      NULL);
		return FALSE;
	}
	if (length >= 3 && memcmp(text, BYTE_ORDER_MARK, 3) == 0) {
		cm_faults_add(
		    faults, name, 1, NULL,
		    N_("The file begins with a byte order mark; save it as UTF-8 without one."),
		    NULL);
		return FALSE;
	}
	if (g_utf8_validate_len(text, length, &end))
		return TRUE;
	cm_faults_add(faults, name, count_lines(text, (gsize)(end - text)), NULL,
		      *end == '\0' ? N_("There is a NUL byte here; a policy is text.")
				   : N_("This is not UTF-8."),
		      NULL);
	return FALSE;
}

static GKeyFile *
parse(const gchar *text, gsize length, GError **error)
{
	g_autoptr(GKeyFile) keys = g_key_file_new();

	if (length > 0 &&
	    !g_key_file_load_from_data(keys, text, length, G_KEY_FILE_KEEP_TRANSLATIONS, error))
		return NULL;
	return g_steal_pointer(&keys);
}

/* GLib does not say in which line it gave up: it is the first one with which the text up to it does not parse */
static guint
find_bad_line(const gchar *text, gsize length)
{
	guint good = 0;
	guint bad = count_lines(text, length);

	while (bad - good > 1) {
		guint middle = good + (bad - good) / 2;
		const gchar *end = text;
		g_autoptr(GKeyFile) keys = NULL;

		for (guint line = 0; line < middle; line++)
			end = (const gchar *)memchr(end, '\n', length - (gsize)(end - text)) + 1;
		keys = parse(text, (gsize)(end - text), NULL);
		if (keys != NULL)
			good = middle;
		else
			bad = middle;
	}
	return bad;
}

/* remember where a group or a key stands; what stands twice is a fault */
static void
note_line(CmPolicyFile *file, const gchar *group, const gchar *key, guint line)
{
	gchar *name = place_name(group, key);
	g_autofree gchar *path = place_path(group, key);
	g_autofree gchar *first = NULL;
	gpointer before = g_hash_table_lookup(file->lines, name);

	if (before == NULL) {
		g_hash_table_insert(file->lines, name, GUINT_TO_POINTER(line));
		return;
	}
	g_free(name);
	first = g_strdup_printf("%u", GPOINTER_TO_UINT(before));
	cm_faults_add(file->faults, file->name, line, path,
		      key != NULL ? N_("This key stands already in line {0}.")
				  : N_("This group stands already in line {0}."),
		      first, NULL);
}

/* the file has been parsed: each line is empty, a comment, a group or a key */
static void
index_lines(CmPolicyFile *file, const gchar *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autofree gchar *group = NULL;

	for (guint i = 0; lines[i] != NULL; i++) {
		gchar *line = g_strstrip(lines[i]);
		gchar *sign = strchr(line, '=');

		if (*line == '\0' || *line == '#')
			continue;
		if (*line == '[' && strrchr(line, ']') != NULL) {
			*strrchr(line, ']') = '\0';
			g_free(group);
			group = g_strdup(line + 1);
			note_line(file, group, NULL, i + 1);
		} else if (sign != NULL && group != NULL) {
			*sign = '\0';
			note_line(file, group, g_strchomp(line), i + 1);
		}
	}
}

CmPolicyFile *
cm_policy_file_new(const gchar *name, const gchar *text, gsize length, CmFaults *faults)
{
	g_autoptr(CmPolicyFile) file = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *copy = NULL;
	GKeyFile *keys = NULL;

	if (!text_is_readable(name, text, length, faults))
		return NULL;
	keys = parse(text, length, &error);
	if (keys == NULL) {
		cm_faults_add(faults, name, find_bad_line(text, length), NULL,
			      N_("This is neither [Group], Key=value nor a # comment: {0}"),
			      error->message, NULL);
		return NULL;
	}
	copy = g_strndup(text, length);
	file = g_new0(CmPolicyFile, 1);
	file->name = g_strdup(name);
	file->keys = keys;
	file->groups = g_key_file_get_groups(keys, NULL);
	file->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	file->taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	file->faults = faults;
	index_lines(file, copy);
	return g_steal_pointer(&file);
}

/* up to a byte more than is allowed, so that the caller sees that there is more */
static GString *
read_all(gint descriptor)
{
	g_autoptr(GString) text = g_string_new(NULL);
	gchar buffer[16384];
	gssize got = 0;

	while (text->len <= CM_POLICY_FILE_BYTES_MAX) {
		got = read(descriptor, buffer, sizeof buffer);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return NULL;
		if (got == 0)
			break;
		g_string_append_len(text, buffer, got);
	}
	return g_steal_pointer(&text);
}

static GString *
read_regular(const gchar *path, CmFaults *faults)
{
	/* a pipe in the folder must not hold the loader up */
	gint descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	g_autoptr(GString) text = NULL;
	struct stat info;
	gint saved = 0;

	if (descriptor < 0 || fstat(descriptor, &info) != 0) {
		saved = errno;
	} else if (!S_ISREG(info.st_mode) &&
		   !(S_ISCHR(info.st_mode) && info.st_rdev == NULL_DEVICE)) {
		saved = EINVAL;
	} else {
		text = read_all(descriptor);
		saved = errno;
	}
	if (descriptor >= 0)
		(void)close(descriptor);
	if (text == NULL && saved == EINVAL)
		cm_faults_add(faults, path, 0, NULL, N_("This is not a regular file."), NULL);
	else if (text == NULL)
		cm_faults_add(faults, path, 0, NULL, N_("The file can't be read: {0}"),
			      g_strerror(saved), NULL);
	return g_steal_pointer(&text);
}

CmPolicyFile *
cm_policy_file_read(const gchar *path, CmFaults *faults)
{
	g_autoptr(GString) text = read_regular(path, faults);

	if (text == NULL)
		return NULL;
	return cm_policy_file_new(path, text->str, text->len, faults);
}

void
cm_policy_file_free(CmPolicyFile *file)
{
	g_free(file->name);
	g_key_file_unref(file->keys);
	g_strfreev(file->groups);
	g_hash_table_unref(file->lines);
	g_hash_table_unref(file->taken);
	g_free(file);
}

const gchar *
cm_policy_file_get_name(const CmPolicyFile *file)
{
	return file->name;
}

const gchar *const *
cm_policy_file_get_groups(const CmPolicyFile *file)
{
	return (const gchar *const *)file->groups;
}

gchar **
cm_policy_file_list_keys(const CmPolicyFile *file, const gchar *group)
{
	gchar **keys = g_key_file_get_keys(file->keys, group, NULL, NULL);

	return keys != NULL ? keys : g_new0(gchar *, 1);
}

guint
cm_policy_file_get_line(const CmPolicyFile *file, const gchar *group, const gchar *key)
{
	g_autofree gchar *name = place_name(group, key);

	return GPOINTER_TO_UINT(g_hash_table_lookup(file->lines, name));
}

void
cm_policy_file_fault(CmPolicyFile *file,
		     const gchar *group,
		     const gchar *key,
		     const gchar *format,
		     ...)
{
	g_autoptr(GPtrArray) arguments = g_ptr_array_new();
	g_autofree gchar *path = place_path(group, key);
	g_autofree gchar *message = NULL;
	gchar *argument = NULL;
	va_list list;

	va_start(list, format);
	do {
		argument = va_arg(list, gchar *);
		g_ptr_array_add(arguments, argument);
	} while (argument != NULL);
	va_end(list);
	message = cm_message_new_strv(format, (const gchar *const *)arguments->pdata);
	cm_faults_add_message(file->faults, file->name, cm_policy_file_get_line(file, group, key),
			      path, message);
}

/* mark a key; FALSE when it is absent */
static gboolean
take(CmPolicyFile *file, const gchar *group, const gchar *key)
{
	if (!g_key_file_has_key(file->keys, group, key, NULL))
		return FALSE;
	g_hash_table_add(file->taken, place_name(group, key));
	return TRUE;
}

gchar *
cm_policy_file_take_string(CmPolicyFile *file, const gchar *group, const gchar *key)
{
	g_autofree gchar *text = NULL;
	g_autoptr(GError) error = NULL;

	if (!take(file, group, key))
		return NULL;
	text = g_key_file_get_string(file->keys, group, key, &error);
	if (error != NULL) {
		cm_policy_file_fault(file, group, key, N_("This text can't be read: {0}"),
				     error->message, NULL);
		return NULL;
	}
	g_strstrip(text);
	if (*text == '\0') {
		cm_policy_file_fault(file, group, key, N_("A text is expected here."), NULL);
		return NULL;
	}
	return g_steal_pointer(&text);
}

gchar **
cm_policy_file_take_list(CmPolicyFile *file, const gchar *group, const gchar *key)
{
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) list = NULL;
	g_autoptr(GError) error = NULL;

	if (!take(file, group, key))
		return NULL;
	list = g_key_file_get_string_list(file->keys, group, key, NULL, &error);
	for (guint i = 0; error == NULL && list != NULL && list[i] != NULL; i++) {
		if (*g_strstrip(list[i]) != '\0')
			g_ptr_array_add(items, g_strdup(list[i]));
	}
	if (items->len == 0) {
		cm_policy_file_fault(file, group, key,
				     N_("A list, its items separated by ;, is expected here."),
				     NULL);
		return NULL;
	}
	g_ptr_array_add(items, NULL);
	return (gchar **)g_ptr_array_free(g_steal_pointer(&items), FALSE);
}

gboolean
cm_policy_file_take_number(CmPolicyFile *file,
			   const gchar *group,
			   const gchar *key,
			   gint least,
			   gint most,
			   gint *out_number)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *from = g_strdup_printf("%d", least);
	g_autofree gchar *to = g_strdup_printf("%d", most);
	gint number = 0;

	if (!take(file, group, key))
		return FALSE;
	number = g_key_file_get_integer(file->keys, group, key, &error);
	if (error != NULL || number < least || number > most) {
		cm_policy_file_fault(file, group, key,
				     N_("A whole number from {0} to {1} is expected here."), from,
				     to, NULL);
		return FALSE;
	}
	*out_number = number;
	return TRUE;
}

gboolean
cm_policy_file_take_flag(CmPolicyFile *file, const gchar *group, const gchar *key, gint *out_flag)
{
	g_autoptr(GError) error = NULL;
	gboolean flag = FALSE;

	if (!take(file, group, key))
		return FALSE;
	flag = g_key_file_get_boolean(file->keys, group, key, &error);
	if (error != NULL) {
		cm_policy_file_fault(file, group, key, N_("true or false is expected here."), NULL);
		return FALSE;
	}
	*out_flag = flag;
	return TRUE;
}

static gboolean
is_line(const gchar *text)
{
	for (const gchar *p = text; *p != '\0'; p++) {
		if (g_ascii_iscntrl(*p))
			return FALSE;
	}
	return TRUE;
}

void
cm_policy_file_take_line(CmPolicyFile *file, const gchar *group, const gchar *key, gchar **out_text)
{
	g_autofree gchar *text = cm_policy_file_take_string(file, group, key);

	if (text == NULL)
		return;
	if (!is_line(text)) {
		cm_policy_file_fault(file, group, key, N_("One line of text is expected here."),
				     NULL);
	} else if (strlen(text) > CM_POLICY_FILE_LINE_MAX) {
		cm_policy_file_fault(file, group, key, N_("This text is longer than 200 bytes."),
				     NULL);
	} else {
		g_free(*out_text);
		*out_text = g_steal_pointer(&text);
	}
}

void
cm_policy_file_take_path(CmPolicyFile *file,
			 const gchar *group,
			 const gchar *key,
			 gsize max,
			 gchar **out_text)
{
	g_autofree gchar *path = cm_policy_file_take_string(file, group, key);

	if (path == NULL)
		return;
	if (!g_path_is_absolute(path) || strlen(path) > max) {
		cm_policy_file_fault(file, group, key,
				     N_("A whole path, not too long, is expected here."), NULL);
		return;
	}
	g_free(*out_text);
	*out_text = g_steal_pointer(&path);
}

void
cm_policy_file_reject_rest(CmPolicyFile *file, const gchar *group)
{
	g_auto(GStrv) keys = g_key_file_get_keys(file->keys, group, NULL, NULL);

	for (guint i = 0; keys != NULL && keys[i] != NULL; i++) {
		g_autofree gchar *name = place_name(group, keys[i]);

		if (!g_hash_table_contains(file->taken, name))
			cm_policy_file_fault(file, group, keys[i], N_("No such key is known here."),
					     NULL);
	}
}

void
cm_policy_file_reject_others(CmPolicyFile *file, const gchar *const *groups, const gchar *prefix)
{
	for (gchar **group = file->groups; *group != NULL; group++) {
		if (g_strv_contains(groups, *group))
			cm_policy_file_reject_rest(file, *group);
		else if (prefix == NULL || !g_str_has_prefix(*group, prefix))
			cm_policy_file_fault(file, *group, NULL, N_("There is no such group here."),
					     NULL);
	}
}
