// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-absence.h"

#include "daemon/store/store-audit.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-private.h"

static gboolean
accept_line(CmStore *store, const CmStoreCall *call, const CmStoreAbsenceLine *line, GError **error)
{
	CmStoreStamp stamp = {0};

	if (line->move)
		return cm_store_booking_move(store, call, line->number, line->version, &line->place,
					     &stamp, error);
	return cm_store_booking_cancel(store, call, line->number, line->version, &stamp, error);
}

static gboolean
audit(CmStore *store,
      const CmStoreCall *call,
      gint64 professional,
      const CmStoreAbsenceLine *lines,
      guint count,
      GError **error)
{
	CmAuditEntry entry = {.uid = call->actor,
			      .action = "absence.accept",
			      .subject = professional,
			      .at = call->now};
	g_auto(GVariantDict) figures = G_VARIANT_DICT_INIT(NULL);
	guint moved = 0;

	for (guint i = 0; i < count; i++)
		moved += lines[i].move;
	g_variant_dict_insert(&figures, "moved", "u", moved);
	g_variant_dict_insert(&figures, "cancelled", "u", count - moved);
	return cm_audit_append_figures(store, &entry, g_variant_dict_end(&figures), error);
}

gboolean
cm_store_absence_accept(CmStore *store,
			const CmStoreCall *call,
			gint64 professional,
			const CmStoreAbsenceLine *lines,
			guint count,
			const CmStoreChangeRequest *roster,
			GCancellable *cancellable,
			GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(GPtrArray) problems = cm_roster_change_new_problems();
	g_autoptr(GArray) numbers = NULL;
	CmStoreReport report = {0};

	if (transaction == NULL)
		return FALSE;
	for (guint i = 0; i < count; i++) {
		if (!accept_line(store, call, &lines[i], error))
			return FALSE;
	}
	return cm_store_change_roster(store, roster, problems, &numbers, &report, cancellable,
				      error) &&
	       audit(store, call, professional, lines, count, error) &&
	       cm_notice_queue(store, CM_NOTICE_ABSENCE, CM_RESOURCE_PROFESSIONAL, professional,
			       professional, error) &&
	       cm_transaction_commit(transaction, error);
}
