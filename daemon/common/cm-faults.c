// SPDX-License-Identifier: GPL-3.0-or-later
#include "include/cm-faults.h"

#include "include/cm-message.h"

struct _CmFaults {
	GArray *kept; /* CmFault */
	guint left_out;
};

static void
fault_clear(gpointer data)
{
	CmFault *fault = data;

	g_free(fault->file);
	g_free(fault->path);
	g_free(fault->message);
}

CmFaults *
cm_faults_new(void)
{
	CmFaults *faults = g_new0(CmFaults, 1);

	faults->kept = g_array_new(FALSE, TRUE, sizeof(CmFault));
	g_array_set_clear_func(faults->kept, fault_clear);
	return faults;
}

void
cm_faults_free(CmFaults *faults)
{
	g_array_unref(faults->kept);
	g_free(faults);
}

void
cm_faults_add_message(CmFaults *faults,
		      const gchar *file,
		      guint line,
		      const gchar *path,
		      const gchar *message)
{
	CmFault fault = {.line = line};

	if (faults->kept->len >= CM_FAULTS_MAX) {
		faults->left_out++;
		return;
	}
	fault.file = g_strdup(file != NULL ? file : "");
	fault.path = g_strdup(path != NULL ? path : "");
	fault.message = g_strdup(message);
	g_array_append_val(faults->kept, fault);
}

void
cm_faults_add(CmFaults *faults,
	      const gchar *file,
	      guint line,
	      const gchar *path,
	      const gchar *format,
	      ...)
{
	const gchar *arguments[10] = {NULL};
	g_autofree gchar *message = NULL;
	va_list list;

	va_start(list, format);
	for (guint i = 0; i + 1 < G_N_ELEMENTS(arguments); i++) {
		arguments[i] = va_arg(list, const gchar *);
		if (arguments[i] == NULL)
			break;
	}
	va_end(list);
	message = cm_message_new_strv(format, arguments);
	cm_faults_add_message(faults, file, line, path, message);
}

guint
cm_faults_get_kept(const CmFaults *faults)
{
	return faults->kept->len;
}

guint
cm_faults_get_left_out(const CmFaults *faults)
{
	return faults->left_out;
}

const CmFault *
cm_faults_get(const CmFaults *faults, guint index)
{
	g_return_val_if_fail(index < faults->kept->len, NULL);
	return &g_array_index(faults->kept, CmFault, index);
}

guint
cm_faults_get_total(const CmFaults *faults)
{
	return faults->kept->len + faults->left_out;
}
