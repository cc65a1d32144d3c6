// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-deposit.h"

#include "daemon/agent/agent-epoch.h"
#include "daemon/bus/clock.h"
#include "include/cm-error.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

static guint64
now(void)
{
	return (guint64)cm_clock_get_now();
}

static void
append_record(GByteArray *records, const CmVaultRecord *record)
{
	gsize length = 0;
	const guint8 *data = g_bytes_get_data(cm_vault_record_get_octets(record), &length);

	g_byte_array_append(records, data, (guint)length);
}

/* whether a case is this person's own, and its newest key at hand: what was lost is for custodians */
static gboolean
can_renew(const CmAgentNotes *notes)
{
	const CmVaultCase *records = cm_agent_case_get(notes->about);

	return cm_agent_case_is_taken(notes->about) &&
	       cm_agent_case_peek_key(notes->about, cm_vault_case_count_epochs(records)) != NULL;
}

/* whether a case holds. One that this agent has never believed (of earlier keys that were stolen, say) is not its to renew, and holds up none
 * of the others; what it remembers has to hold */
static gboolean
open_case(CmAgentNotes *notes,
	  const CmAgentNotesListed *listed,
	  gboolean *out_opened,
	  GError **error)
{
	g_autoptr(GError) local = NULL;

	*out_opened = cm_agent_notes_open_listed(notes, listed, &local);
	if (*out_opened ||
	    (cm_agent_memory_find_case(notes->memory, listed->id) == NULL &&
	     (cm_error_is(local, CM_ERROR_ACCESS_DENIED) || cm_error_is(local, CM_ERROR_STORE))))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&local));
	return FALSE;
}

/* one case's next key, which the new deposit's custodians are left */
static gboolean
renew_case(CmAgentNotes *notes,
	   const CmAgentNotesListed *listed,
	   const CmVaultRecord *deposit,
	   GByteArray *records,
	   GError **error)
{
	g_autoptr(GArray) readers = NULL;
	CmAgentEpochOrder order = {.authority = CM_VAULT_AUTHORITY_RESPONSIBLE,
				   .reason = CM_VAULT_REASON_KEY_EXPOSED,
				   .deposit = deposit};
	gboolean opened = FALSE;

	if (!open_case(notes, listed, &opened, error))
		return FALSE;
	if (!opened)
		return TRUE;
	readers = cm_agent_access_list_readers(notes->about, NULL);
	order.readers = readers;
	return !can_renew(notes) || cm_agent_epoch_add(notes->about, &order, now(), records, error);
}

static gboolean
renew_cases(CmAgentNotes *notes, const CmVaultRecord *deposit, GByteArray *records, GError **error)
{
	g_autoptr(GArray) list = cm_agent_notes_list(notes, error);

	for (guint i = 0; list != NULL && i < list->len; i++) {
		const CmAgentNotesListed *listed = &g_array_index(list, CmAgentNotesListed, i);

		if (listed->responsible && !renew_case(notes, listed, deposit, records, error))
			return FALSE;
	}
	g_clear_pointer(&notes->about, cm_agent_case_free);
	return list != NULL;
}

static gboolean
renew(CmAgentNotes *notes, const CmAgentEscrow *escrow, CmVaultRecord **out_deposit, GError **error)
{
	g_autoptr(CmVaultRecord) deposit = cm_agent_escrow_make_deposit(escrow, now(), error);
	g_autoptr(GByteArray) records = g_byte_array_new();

	if (deposit == NULL)
		return FALSE;
	append_record(records, deposit);
	if (!renew_cases(notes, deposit, records, error) ||
	    !cm_agent_comodald_append(notes->comodald, records, 0, notes->cancellable, error))
		return FALSE;
	*out_deposit = g_steal_pointer(&deposit);
	return TRUE;
}

gboolean
cm_agent_deposit_need(CmAgentNotes *notes, CmVaultRecord **out_deposit, GError **error)
{
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(CmAgentEscrow) escrow = NULL;
	const CmVaultRecord *deposit = NULL;

	*out_deposit = NULL;
	if (!cm_agent_escrow_is_wanted(notes->people))
		return TRUE;
	octets = cm_agent_comodald_get_escrow(notes->comodald, notes->cancellable, error);
	if (octets != NULL)
		escrow = cm_agent_escrow_read(notes->people, notes->bundle, octets, error);
	if (escrow == NULL)
		return FALSE;
	deposit = cm_agent_escrow_get_deposit(escrow);
	if (deposit == NULL)
		return renew(notes, escrow, out_deposit, error);
	*out_deposit = cm_vault_record_ref((CmVaultRecord *)deposit);
	return TRUE;
}

gboolean
cm_agent_deposit_find(CmAgentNotes *notes,
		      const CmVaultDirectoryEntry *entry,
		      CmVaultRecord **out_deposit,
		      GError **error)
{
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(CmAgentEscrow) escrow = NULL;
	const CmVaultRecord *deposit = NULL;

	*out_deposit = NULL;
	if (!cm_agent_escrow_is_wanted(notes->people))
		return TRUE;
	octets = cm_agent_comodald_get_deposit(notes->comodald, entry->person, notes->cancellable,
					       error);
	if (octets != NULL)
		escrow = cm_agent_escrow_read(notes->people, notes->bundle, octets, error);
	if (escrow == NULL)
		return FALSE;
	deposit = cm_agent_escrow_find_deposit(escrow, entry->person, entry->generation);
	if (deposit == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("They have left nothing with custodians yet: it is done when they "
				"unlock their keys."),
			     NULL);
		return FALSE;
	}
	*out_deposit = cm_vault_record_ref((CmVaultRecord *)deposit);
	return TRUE;
}
