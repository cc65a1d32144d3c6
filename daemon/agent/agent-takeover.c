// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-takeover.h"

#include "daemon/agent/agent-deposit.h"
#include "daemon/agent/agent-epoch.h"
#include "daemon/agent/agent-left.h"
#include "daemon/bus/clock.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
	CmAgentNotes *notes;
	const CmAgentEscrow *escrow;
	const CmVaultRecord *request;
	const CmVaultRecord *deposit; /* what was left */
	CmVaultRecord *own_deposit;   /* the person's own; NULL: there are no custodians any more */
	CmVaultSecret *secret;        /* of the escrow key */
	const guint8 *releases[2];    /* by which it was opened, ascending */
	GPtrArray *cases;             /* those that were opened */
	GByteArray *records;
} Takeover;

static void
takeover_clear(Takeover *self)
{
	cm_vault_record_unref(self->own_deposit);
	cm_vault_secret_free(self->secret);
	g_clear_pointer(&self->cases, g_ptr_array_unref);
	g_clear_pointer(&self->records, g_byte_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Takeover, takeover_clear)

/* ---- the escrow key */

/* releases of the request, in their order */
static GPtrArray *
list_releases(const Takeover *self)
{
	const GPtrArray *records = cm_agent_escrow_get_records(self->escrow);
	GPtrArray *releases = g_ptr_array_new();

	for (guint i = 0; i < records->len; i++) {
		const CmVaultRelease *release = cm_vault_record_find_fields(
		    g_ptr_array_index(records, i), CM_VAULT_KIND_RELEASE);

		if (release != NULL &&
		    memcmp(release->request, cm_vault_record_get_hash(self->request),
			   CM_VAULT_HASH_BYTES) == 0)
			g_ptr_array_add(releases, g_ptr_array_index(records, i));
	}
	return releases;
}

/* a custodian's half, and which of the three they are */
static CmVaultClass
open_half(const Takeover *self,
	  const CmVaultRecord *record,
	  gint *out_index,
	  CmVaultSecret **out_half)
{
	const CmVaultRelease *release = cm_vault_record_get_fields(record, CM_VAULT_KIND_RELEASE);
	const CmVaultBundle *own =
	    cm_vault_record_get_fields(self->notes->bundle, CM_VAULT_KIND_BUNDLE);

	*out_index = cm_vault_escrow_find_custodian(self->deposit, release->custodian,
						    release->custodian_generation);
	return cm_vault_escrow_open_release(record, own->person, own->generation, own->box_secret,
					    out_half);
}

/* `lower` stands before `upper` among the three */
static CmVaultClass
combine_halves(Takeover *self,
	       gint lower,
	       const CmVaultSecret *lower_half,
	       gint upper,
	       const CmVaultSecret *upper_half)
{
	return cm_vault_escrow_combine(self->deposit, (guint)lower,
				       cm_vault_secret_peek(lower_half), (guint)upper,
				       cm_vault_secret_peek(upper_half), &self->secret);
}

static CmVaultClass
combine(Takeover *self, const CmVaultRecord *first, const CmVaultRecord *second)
{
	g_autoptr(CmVaultSecret) one = NULL;
	g_autoptr(CmVaultSecret) other = NULL;
	const guint8 *a = cm_vault_record_get_hash(first);
	const guint8 *b = cm_vault_record_get_hash(second);
	gboolean ascending = memcmp(a, b, CM_VAULT_HASH_BYTES) < 0;
	gint i = -1;
	gint j = -1;
	CmVaultClass found = open_half(self, first, &i, &one);

	if (found == CM_VAULT_CLASS_OK)
		found = open_half(self, second, &j, &other);
	if (found == CM_VAULT_CLASS_OK && i == j)
		found = CM_VAULT_CLASS_NOT_ENTITLED;
	if (found != CM_VAULT_CLASS_OK)
		return found;
	self->releases[0] = ascending ? a : b;
	self->releases[1] = ascending ? b : a;
	return i < j ? combine_halves(self, i, one, j, other)
		     : combine_halves(self, j, other, i, one);
}

/* any two that open it: one of three may be spoiled */
static gboolean
open_key(Takeover *self, GError **error)
{
	g_autoptr(GPtrArray) releases = list_releases(self);
	CmVaultClass found = CM_VAULT_CLASS_WAITING;

	for (guint i = 0; i < releases->len; i++) {
		for (guint j = i + 1; j < releases->len; j++) {
			found = combine(self, g_ptr_array_index(releases, i),
					g_ptr_array_index(releases, j));
			if (found == CM_VAULT_CLASS_OK)
				return TRUE;
		}
	}
	if (releases->len >= 2)
		return cm_vault_class_set_offered_error(found, "release", error);
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("Two custodians have to release it first: so far there are not two."),
		     NULL);
	return FALSE;
}

/* ---- the files */

static gboolean
open_case(const Takeover *self, CmAgentCase *about, GError **error)
{
	CmVaultClass found = cm_agent_case_open_escrow(about, self->deposit, self->secret);
	guint32 newest = cm_vault_case_count_epochs(cm_agent_case_get(about));

	if (found == CM_VAULT_CLASS_MEMORY || cm_agent_case_peek_key(about, newest) != NULL)
		return cm_vault_class_set_error(found, "case", error);
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     N_("Whoever was responsible for it left no key that fits."), NULL);
	return FALSE;
}

/* nothing is opened for longer than the next key is made */
static gboolean
take_case(Takeover *self, CmAgentCase *about, GError **error)
{
	const CmVaultRequest *asked =
	    cm_vault_record_get_fields(self->request, CM_VAULT_KIND_REQUEST);
	g_autoptr(GArray) readers = NULL;
	CmAgentEpochOrder order = {.authority = CM_VAULT_AUTHORITY_CUSTODIANS,
				   .reason = CM_VAULT_REASON_LEFT_BEHIND,
				   .deposit = self->own_deposit,
				   .releases = {self->releases[0], self->releases[1]}};
	gboolean taken = FALSE;

	if (!open_case(self, about, error))
		return FALSE;
	readers = cm_agent_access_list_readers(about, asked->person);
	order.readers = readers;
	taken =
	    cm_agent_epoch_add(about, &order, (guint64)cm_clock_get_now(), self->records, error);
	cm_agent_case_close(about);
	return taken;
}

static gboolean
add_case(Takeover *self, const CmAgentNotesListed *listed, GError **error)
{
	const CmAgentCasePlace place = {.people = self->notes->people,
					.bundle = self->notes->bundle,
					.id = listed->id,
					.reference = listed->reference};
	g_autoptr(GBytes) octets = cm_agent_comodald_get_records(self->notes->comodald, listed->id,
								 self->notes->cancellable, error);
	g_autoptr(CmAgentCase) about = NULL;

	if (octets != NULL)
		about = cm_agent_case_read(&place, octets, self->notes->memory, error);
	if (about == NULL || !take_case(self, about, error))
		return FALSE;
	g_ptr_array_add(self->cases, g_steal_pointer(&about));
	return TRUE;
}

/* one that does not hold stops none of the others, and nothing of it is added */
static gboolean
add_listed(Takeover *self, const CmAgentNotesListed *listed, GPtrArray *left, GError **error)
{
	g_autoptr(GError) reason = NULL;
	guint before = self->records->len;

	if (add_case(self, listed, &reason))
		return TRUE;
	if (!cm_agent_left_is_one(reason)) {
		g_propagate_error(error, g_steal_pointer(&reason));
		return FALSE;
	}
	g_byte_array_set_size(self->records, before);
	cm_agent_left_add(left, listed, reason);
	return TRUE;
}

static gboolean
add_cases(Takeover *self, GPtrArray *left, GError **error)
{
	g_autoptr(GArray) list = cm_agent_notes_list_released(
	    self->notes, cm_vault_record_get_hash(self->deposit), error);

	for (guint i = 0; list != NULL && i < list->len; i++) {
		if (!add_listed(self, &g_array_index(list, CmAgentNotesListed, i), left, error))
			return FALSE;
	}
	return list != NULL;
}

/* what was taken over is the person's own from now on */
static gboolean
remember_cases(const Takeover *self, GError **error)
{
	for (guint i = 0; i < self->cases->len; i++) {
		CmAgentCase *about = g_ptr_array_index(self->cases, i);

		cm_agent_case_set_taken(about, TRUE);
		(void)cm_agent_case_remember(about, self->notes->memory);
	}
	return self->cases->len == 0 || cm_agent_memory_write(self->notes->memory, error);
}

gboolean
cm_agent_takeover_run(CmAgentNotes *notes,
		      const CmAgentEscrow *escrow,
		      const CmVaultRecord *request,
		      guint *out_taken,
		      GPtrArray **out_left,
		      GError **error)
{
	const CmVaultRequest *asked = cm_vault_record_get_fields(request, CM_VAULT_KIND_REQUEST);
	g_auto(Takeover) self = {
	    .notes = notes,
	    .escrow = escrow,
	    .request = request,
	    .deposit = cm_agent_escrow_find(escrow, CM_VAULT_KIND_DEPOSIT, asked->deposit),
	    .cases = g_ptr_array_new_with_free_func(cm_agent_case_free),
	    .records = g_byte_array_new(),
	};
	g_autoptr(GPtrArray) left = cm_agent_left_new();

	if (self.deposit == NULL)
		return cm_vault_class_set_error(CM_VAULT_CLASS_MISSING, "deposit", error);
	/* the person's own deposit may need new keys of their own files first */
	if (!open_key(&self, error) || !cm_agent_deposit_need(notes, &self.own_deposit, error) ||
	    !add_cases(&self, left, error))
		return FALSE;
	if (self.records->len > 0 && !cm_agent_comodald_append(notes->comodald, self.records, NULL,
							       notes->cancellable, error))
		return FALSE;
	if (!remember_cases(&self, error))
		return FALSE;
	*out_taken = self.cases->len;
	*out_left = g_steal_pointer(&left);
	return TRUE;
}
