// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-escrow.h"

#include "daemon/vault/vault-case.h"
#include "daemon/vault/vault-frames.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define ESCROW_KINDS                                                                               \
	(CM_VAULT_RECORD_OF(CM_VAULT_KIND_DEPOSIT) | CM_VAULT_RECORD_OF(CM_VAULT_KIND_REQUEST) |   \
	 CM_VAULT_RECORD_OF(CM_VAULT_KIND_REFUSAL) | CM_VAULT_RECORD_OF(CM_VAULT_KIND_RELEASE))

struct _CmAgentEscrow {
	CmVaultPeople *people;
	const CmVaultRecord *bundle;
	const CmVaultBundle *own; /* its fields */
	GPtrArray *records;
	CmVaultCase *checked; /* what they were held against, one after the other */
};

void
cm_agent_escrow_free(CmAgentEscrow *self)
{
	if (self == NULL)
		return;
	g_ptr_array_unref(self->records);
	cm_vault_case_free(self->checked);
	cm_vault_people_unref(self->people);
	g_free(self);
}

/* ---- who the custodians are */

static gboolean
is_custodian(const CmVaultDirectoryEntry *entry)
{
	return entry->state == CM_VAULT_STATE_CURRENT &&
	       (entry->roles & CM_VAULT_ROLE_CUSTODIAN) != 0;
}

gboolean
cm_agent_escrow_is_wanted(const CmVaultPeople *people)
{
	const CmVaultList *entries = &cm_vault_people_get_directory(people)->entries;
	const CmVaultDirectoryEntry *items = entries->items;

	for (guint i = 0; i < entries->count; i++) {
		if (is_custodian(&items[i]))
			return TRUE;
	}
	return FALSE;
}

/* ---- reading */

/* somebody's keys were revoked: what they signed, and what names it, is nothing to go by any more */
static gboolean
is_left_out(CmVaultClass found)
{
	return found == CM_VAULT_CLASS_REVOKED || found == CM_VAULT_CLASS_MISSING;
}

static CmVaultClass
read_all(CmAgentEscrow *self, GBytes *octets)
{
	g_autoptr(GArray) frames = NULL;
	CmVaultClass found = cm_vault_frames_split(octets, ESCROW_KINDS, &frames);

	for (guint i = 0; found == CM_VAULT_CLASS_OK && i < frames->len; i++) {
		GBytes *kept = g_array_index(frames, CmVaultFrame, i).octets;
		CmVaultRecord *record = NULL;

		found = cm_vault_case_add(self->checked, kept, &record);
		if (found == CM_VAULT_CLASS_OK)
			g_ptr_array_add(self->records, record);
		else if (is_left_out(found) || cm_vault_case_is_passed_over(found, kept))
			found = CM_VAULT_CLASS_OK;
	}
	return found;
}

CmAgentEscrow *
cm_agent_escrow_read(CmVaultPeople *people,
		     const CmVaultRecord *bundle,
		     GBytes *records,
		     GError **error)
{
	static const guint8 no_case[CM_VAULT_ID_BYTES] = {0};
	g_autoptr(CmAgentEscrow) self = g_new0(CmAgentEscrow, 1);

	self->people = cm_vault_people_ref(people);
	self->bundle = bundle;
	self->own = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	self->records = g_ptr_array_new_with_free_func(cm_vault_record_unref);
	self->checked = cm_vault_case_new(people, no_case);
	return cm_vault_class_set_error(read_all(self, records), "deposit", error)
		   ? g_steal_pointer(&self)
		   : NULL;
}

CmVaultClass
cm_agent_escrow_check(CmAgentEscrow *self, GBytes *octets)
{
	g_autoptr(CmVaultRecord) record = NULL;

	return cm_vault_case_add(self->checked, octets, &record);
}

const GPtrArray *
cm_agent_escrow_get_records(const CmAgentEscrow *self)
{
	return self->records;
}

const CmVaultRecord *
cm_agent_escrow_find(const CmAgentEscrow *self, CmVaultKind kind, const guint8 *hash)
{
	for (guint i = 0; i < self->records->len; i++) {
		const CmVaultRecord *record = g_ptr_array_index(self->records, i);

		if (cm_vault_record_get_kind(record) == kind &&
		    memcmp(cm_vault_record_get_hash(record), hash, CM_VAULT_HASH_BYTES) == 0)
			return record;
	}
	return NULL;
}

/* ---- which deposit counts */

/* `number` of the newest one; 0: none */
static const CmVaultRecord *
find_newest(const CmAgentEscrow *self,
	    const guint8 *person,
	    guint32 generation,
	    guint32 *out_number)
{
	const CmVaultRecord *newest = NULL;

	*out_number = 0;
	for (guint i = 0; i < self->records->len; i++) {
		const CmVaultRecord *record = g_ptr_array_index(self->records, i);
		const CmVaultDeposit *deposit =
		    cm_vault_record_find_fields(record, CM_VAULT_KIND_DEPOSIT);

		if (deposit == NULL || deposit->generation != generation ||
		    memcmp(deposit->person, person, CM_VAULT_ID_BYTES) != 0 ||
		    deposit->number <= *out_number)
			continue;
		newest = record;
		*out_number = deposit->number;
	}
	return newest;
}

/* a deposit of which there is a release is spent */
static gboolean
is_spent(const CmAgentEscrow *self, const CmVaultRecord *deposit)
{
	for (guint i = 0; i < self->records->len; i++) {
		const CmVaultRelease *release = cm_vault_record_find_fields(
		    g_ptr_array_index(self->records, i), CM_VAULT_KIND_RELEASE);

		if (release != NULL && memcmp(release->deposit, cm_vault_record_get_hash(deposit),
					      CM_VAULT_HASH_BYTES) == 0)
			return TRUE;
	}
	return FALSE;
}

const CmVaultRecord *
cm_agent_escrow_find_deposit(const CmAgentEscrow *self, const guint8 *person, guint32 generation)
{
	guint32 number = 0;
	const CmVaultRecord *newest = find_newest(self, person, generation, &number);

	if (newest == NULL || is_spent(self, newest) ||
	    cm_vault_escrow_check_custodians(self->people, newest) != CM_VAULT_CLASS_OK)
		return NULL;
	return newest;
}

const CmVaultRecord *
cm_agent_escrow_get_deposit(const CmAgentEscrow *self)
{
	return cm_agent_escrow_find_deposit(self, self->own->person, self->own->generation);
}

/* ---- a new one */

/* the first of them whose id is behind the person's: entries ascend by id */
static guint
find_behind(const GPtrArray *custodians, const guint8 *person)
{
	for (guint i = 0; i < custodians->len; i++) {
		const CmVaultDirectoryEntry *entry = g_ptr_array_index(custodians, i);

		if (memcmp(entry->person, person, CM_VAULT_ID_BYTES) > 0)
			return i;
	}
	return 0;
}

static gint
compare_ids(gconstpointer a, gconstpointer b)
{
	const CmVaultDirectoryEntry *const *one = a;
	const CmVaultDirectoryEntry *const *other = b;

	return memcmp((*one)->person, (*other)->person, CM_VAULT_ID_BYTES);
}

static gboolean
choose_custodians(const CmAgentEscrow *self,
		  const CmVaultDirectoryEntry *chosen[CM_VAULT_ESCROW_CUSTODIANS],
		  GError **error)
{
	const CmVaultList *entries = &cm_vault_people_get_directory(self->people)->entries;
	const CmVaultDirectoryEntry *items = entries->items;
	g_autoptr(GPtrArray) others = g_ptr_array_new();
	guint first = 0;

	for (guint i = 0; i < entries->count; i++) {
		if (is_custodian(&items[i]) &&
		    memcmp(items[i].person, self->own->person, CM_VAULT_ID_BYTES) != 0)
			g_ptr_array_add(others, (gpointer)&items[i]);
	}
	if (others->len < CM_VAULT_ESCROW_CUSTODIANS) {
		cm_error_set(error, CM_ERROR_NOT_SUPPORTED,
			     N_("You are one of your organisation's three custodians: it needs a "
				"fourth before you can have files of your own."),
			     NULL);
		return FALSE;
	}
	first = find_behind(others, self->own->person);
	for (guint i = 0; i < CM_VAULT_ESCROW_CUSTODIANS; i++)
		chosen[i] = g_ptr_array_index(others, (first + i) % others->len);
	qsort(chosen, CM_VAULT_ESCROW_CUSTODIANS, sizeof *chosen, compare_ids);
	return TRUE;
}

CmVaultRecord *
cm_agent_escrow_make_deposit(const CmAgentEscrow *self, guint64 now, GError **error)
{
	const CmVaultDirectoryEntry *chosen[CM_VAULT_ESCROW_CUSTODIANS];
	g_autoptr(GBytes) octets = NULL;
	CmVaultRecord *record = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;
	guint32 number = 0;

	if (!choose_custodians(self, chosen, error))
		return NULL;
	(void)find_newest(self, self->own->person, self->own->generation, &number);
	found =
	    cm_vault_escrow_deposit(self->people, self->bundle, chosen, number + 1, now, &octets);
	/* read as its custodians will */
	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_people_check(self->people, CM_VAULT_KIND_DEPOSIT, octets, &record);
	return cm_vault_class_set_offered_error(found, "deposit", error) ? record : NULL;
}
