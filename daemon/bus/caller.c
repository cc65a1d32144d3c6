// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/caller.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define BOUND_NOBODY -1

static void
caller_clear(gpointer data)
{
	CmCaller *caller = data;

	g_free((gpointer)caller->sites);
}

CmCaller *
cm_caller_new(const CmStoreAccount *account, guint roles)
{
	CmCaller *caller = g_atomic_rc_box_new0(CmCaller);

	caller->uid = account->uid;
	caller->roles = account->roles | roles;
	caller->professional = account->professional;
	caller->site_count = account->sites->len;
	caller->sites =
	    g_memdup2(account->sites->data, sizeof(gint64) * (gsize)account->sites->len);
	memcpy(caller->language, account->language, sizeof caller->language);
	return caller;
}

CmCaller *
cm_caller_ref(const CmCaller *caller)
{
	return g_atomic_rc_box_acquire((gpointer)caller);
}

void
cm_caller_unref(CmCaller *caller)
{
	g_atomic_rc_box_release_full(caller, caller_clear);
}

gboolean
cm_caller_is_everywhere(const CmCaller *caller)
{
	return (caller->roles & (CM_ROLE_COORDINATOR | CM_ROLE_ADMINISTRATOR)) != 0;
}

gint64
cm_caller_get_bound(const CmCaller *caller)
{
	if (cm_caller_is_everywhere(caller))
		return 0;
	if ((caller->roles & CM_ROLE_PROFESSIONAL) != 0 && caller->professional > 0)
		return caller->professional;
	return BOUND_NOBODY;
}

gboolean
cm_caller_acts_for(const CmCaller *caller, gint64 professional)
{
	gint64 bound = cm_caller_get_bound(caller);

	return bound == 0 || (bound > 0 && bound == professional);
}

gboolean
cm_caller_sees_site(const CmCaller *caller, gint64 site)
{
	if (cm_caller_is_everywhere(caller))
		return TRUE;
	if ((caller->roles & (CM_ROLE_REFERENT | CM_ROLE_HELPER)) == 0)
		return FALSE;
	for (guint i = 0; i < caller->site_count; i++) {
		if (caller->sites[i] == site)
			return TRUE;
	}
	return FALSE;
}

gboolean
cm_caller_check(const CmCaller *caller,
		CmStore *store,
		CmSubject subject,
		gint64 number,
		GError **error)
{
	gboolean there = FALSE;

	if (!cm_store_subject_look_up(store, subject, number, cm_caller_get_bound(caller), &there,
				      error))
		return FALSE;
	if (there)
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is nothing of yours by this number."),
		     NULL);
	return FALSE;
}
