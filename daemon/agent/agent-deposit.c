// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-deposit.h"

#include "daemon/agent/agent-epoch.h"
#include "daemon/bus/clock.h"
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

/* what a new deposit brings with it, as long as it is made */
typedef struct {
	const CmVaultRecord *deposit;
	GByteArray *records;
	GPtrArray *cases; /* CmAgentCase: which have a new epoch */
} Renewal;

/* whether a case is this person's own, and its newest key at hand: what was lost is for custodians */
static gboolean
can_renew(const CmAgentCase *about)
{
	return cm_agent_access_is_own(about) && cm_agent_case_is_taken(about) &&
	       cm_agent_case_peek_key(about,
				      cm_vault_case_count_epochs(cm_agent_case_get(about))) != NULL;
}

/* the next key of the case at hand, which the new deposit's custodians are left */
static gboolean
renew_case(CmAgentNotes *notes, Renewal *renewal, GError **error)
{
	g_autoptr(GArray) readers = cm_agent_access_list_readers(notes->about, NULL);
	const CmAgentEpochOrder order = {.authority = CM_VAULT_AUTHORITY_RESPONSIBLE,
					 .reason = CM_VAULT_REASON_KEY_EXPOSED,
					 .deposit = renewal->deposit,
					 .readers = readers};

	if (!cm_agent_epoch_add(notes->about, &order, now(), renewal->records, error))
		return FALSE;
	cm_agent_case_close(notes->about);
	g_ptr_array_add(renewal->cases, g_steal_pointer(&notes->about));
	return TRUE;
}

/* one that does not hold stops none of the others */
static gboolean
renew_listed(CmAgentNotes *notes,
	     const CmAgentNotesListed *listed,
	     Renewal *renewal,
	     GError **error)
{
	g_autoptr(GError) local = NULL;

	if (cm_agent_notes_open_listed(notes, listed, &local))
		return !can_renew(notes->about) || renew_case(notes, renewal, error);
	if (cm_agent_notes_is_spoiled(local))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&local));
	return FALSE;
}

static gboolean
renew_all(CmAgentNotes *notes, Renewal *renewal, GError **error)
{
	g_autoptr(GArray) list = cm_agent_notes_list(notes, error);

	for (guint i = 0; list != NULL && i < list->len; i++) {
		if (!renew_listed(notes, &g_array_index(list, CmAgentNotesListed, i), renewal,
				  error))
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
	g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func(cm_agent_case_free);
	Renewal renewal = {.deposit = deposit, .records = records, .cases = cases};

	if (deposit == NULL)
		return FALSE;
	append_record(records, deposit);
	if (!renew_all(notes, &renewal, error) ||
	    !cm_agent_notes_hand_in_all(notes, cases, records, error))
		return FALSE;
	*out_deposit = g_steal_pointer(&deposit);
	return TRUE;
}

gboolean
cm_agent_deposit_keep(CmAgentNotes *notes, CmVaultRecord **out_deposit, GError **error)
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

/* the first case that is the person's own has to agree: each of theirs got a new key when their newest deposit was made. `out_settled`: it
 * was one of theirs */
static gboolean
ask_case(CmAgentNotes *notes,
	 const CmAgentNotesListed *listed,
	 const CmVaultRecord *deposit,
	 gboolean *out_settled,
	 GError **error)
{
	g_autoptr(GError) local = NULL;

	*out_settled = FALSE;
	if (cm_agent_notes_open_listed(notes, listed, &local)) {
		*out_settled = can_renew(notes->about);
		return !*out_settled || cm_agent_epoch_check_deposit(notes->about, deposit, error);
	}
	if (cm_agent_notes_is_spoiled(local))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&local));
	return FALSE;
}

/* `responsible`: of those that comodald calls the person's own, or of the others, should it lie */
static gboolean
ask_listed(CmAgentNotes *notes,
	   const GArray *list,
	   gboolean responsible,
	   const CmVaultRecord *deposit,
	   gboolean *out_settled,
	   GError **error)
{
	*out_settled = FALSE;
	for (guint i = 0; !*out_settled && i < list->len; i++) {
		const CmAgentNotesListed *listed = &g_array_index(list, CmAgentNotesListed, i);

		if (listed->responsible == responsible &&
		    cm_agent_memory_find_case(notes->memory, listed->id) != NULL &&
		    !ask_case(notes, listed, deposit, out_settled, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
ask_cases(CmAgentNotes *notes, const CmVaultRecord *deposit, GError **error)
{
	g_autoptr(GArray) list = cm_agent_notes_list(notes, error);
	gboolean settled = FALSE;

	return list != NULL && ask_listed(notes, list, TRUE, deposit, &settled, error) &&
	       (settled || ask_listed(notes, list, FALSE, deposit, &settled, error));
}

gboolean
cm_agent_deposit_need(CmAgentNotes *notes, CmVaultRecord **out_deposit, GError **error)
{
	g_autoptr(CmVaultRecord) deposit = NULL;

	if (!cm_agent_deposit_keep(notes, &deposit, error) ||
	    (deposit != NULL && !ask_cases(notes, deposit, error)))
		return FALSE;
	*out_deposit = g_steal_pointer(&deposit);
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
