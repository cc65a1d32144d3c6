// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/a.c
// expect: message: cm_error_set(): mark
// expect: message: cm_faults_add(): mark
// expect: message: g_set_error() with CM_ERROR
static void
a_apply(CmFaults *faults, GError **error)
{
	cm_error_set(error, CM_ERROR_FAILED, "no", NULL);
	cm_error_set(error, CM_ERROR_FAILED, N_("no"), NULL);
	cm_faults_add(faults, NULL, 0, "a, b", "no {0}", "(", NULL);
	g_set_error(error, CM_ERROR, CM_ERROR_FAILED, "no");
}
