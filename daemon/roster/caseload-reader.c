// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-reader.h"

#include "daemon/roster/caseload-check.h"
#include "daemon/roster/caseload-shape.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

static void
set_error(GError **error, guint faults, gboolean other_version)
{
	g_autofree gchar *count = g_strdup_printf("%u", faults);

	if (other_version)
		cm_error_set(error, CM_ERROR_NOT_SUPPORTED,
			     N_("The caseload is of a version that is not supported"), NULL);
	else if (faults == 1)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The caseload can't be used: there is 1 fault in it"), NULL);
	else
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The caseload can't be used: there are {0} faults in it"), count,
			     NULL);
}

CmCaseload *
cm_caseload_reader_read_fd(int fd, CmFaults *faults, GCancellable *cancellable, GError **error)
{
	g_autoptr(CmCaseload) caseload = cm_caseload_new();
	g_autoptr(CmCaseloadLoading) loading = cm_caseload_loading_new(caseload, faults);
	CmCaseloadTarget target = {.loading = loading};
	guint before = cm_faults_get_total(faults);
	guint added;

	if (!cm_json_shape_read_fd(cm_caseload_shape_get(), &target, caseload->strings, fd, faults,
				   cancellable, error))
		return NULL;
	/* half a document refers to what is in its other half */
	if (target.complete) {
		cm_caseload_loading_resolve(loading);
		cm_caseload_check_run(loading);
	}
	added = cm_faults_get_total(faults) - before;
	if (added > 0) {
		set_error(error, added, target.other_version);
		return NULL;
	}
	return g_steal_pointer(&caseload);
}
