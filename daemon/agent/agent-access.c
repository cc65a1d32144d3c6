// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-access.h"

#include "daemon/agent/agent-epoch.h"
#include "daemon/vault/vault-text.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean
id_equal(const guint8 *a, const guint8 *b)
{
	return memcmp(a, b, CM_VAULT_ID_BYTES) == 0;
}

static const CmVaultBundle *
get_own(const CmAgentCase *about)
{
	return cm_vault_record_get_fields(cm_agent_case_get_bundle(about), CM_VAULT_KIND_BUNDLE);
}

static guint32
count_epochs(const CmAgentCase *about)
{
	return cm_vault_case_count_epochs(cm_agent_case_get(about));
}

static const CmVaultEpoch *
get_epoch(const CmAgentCase *about, guint32 number)
{
	return cm_vault_record_get_fields(cm_vault_case_get_epoch(cm_agent_case_get(about), number),
					  CM_VAULT_KIND_EPOCH);
}

static const CmVaultEpoch *
get_newest(const CmAgentCase *about)
{
	return get_epoch(about, count_epochs(about));
}

/* ---- who has what */

/* somebody's last envelope of an epoch; NULL: none */
static const CmVaultEnvelope *
find_envelope(const CmAgentCase *about, const guint8 *person, guint32 generation, guint32 epoch)
{
	const GPtrArray *envelopes = cm_agent_case_get_envelopes(about);

	for (guint i = envelopes->len; i > 0; i--) {
		const CmVaultEnvelope *envelope = cm_vault_record_get_fields(
		    g_ptr_array_index(envelopes, i - 1), CM_VAULT_KIND_ENVELOPE);

		if (envelope->epoch == epoch && envelope->recipient_generation == generation &&
		    id_equal(envelope->recipient, person))
			return envelope;
	}
	return NULL;
}

/* how many notes stand in an epoch */
static guint64
count_notes(const CmAgentCase *about, guint32 epoch)
{
	guint64 end = epoch < count_epochs(about)
			  ? get_epoch(about, epoch + 1)->last_sequence
			  : cm_vault_case_count_notes(cm_agent_case_get(about));

	return end - get_epoch(about, epoch)->last_sequence;
}

static CmAgentAccessReader
make_reader(const CmAgentCase *about, const CmVaultDirectoryEntry *entry)
{
	CmAgentAccessReader reader = {.entry = entry};
	guint32 newest = count_epochs(about);

	for (guint32 i = 1; i <= newest; i++) {
		const CmVaultEnvelope *envelope =
		    find_envelope(about, entry->person, entry->generation, i);

		if (envelope == NULL)
			continue;
		reader.notes += count_notes(about, i);
		reader.first = reader.first || i == 1;
		if (i == newest)
			reader.rights = envelope->rights;
	}
	return reader;
}

static gboolean
is_listed(const GArray *readers, const CmVaultDirectoryEntry *entry)
{
	for (guint i = 0; i < readers->len; i++)
		if (g_array_index(readers, CmAgentAccessReader, i).entry == entry)
			return TRUE;
	return FALSE;
}

GArray *
cm_agent_access_list(const CmAgentCase *about)
{
	const GPtrArray *envelopes = cm_agent_case_get_envelopes(about);
	GArray *readers = g_array_new(FALSE, TRUE, sizeof(CmAgentAccessReader));

	for (guint i = 0; i < envelopes->len; i++) {
		const CmVaultEnvelope *envelope = cm_vault_record_get_fields(
		    g_ptr_array_index(envelopes, i), CM_VAULT_KIND_ENVELOPE);
		const CmVaultDirectoryEntry *entry =
		    cm_vault_people_find(cm_agent_case_get_people(about), envelope->recipient,
					 envelope->recipient_generation);
		CmAgentAccessReader reader = {0};

		if (entry == NULL || is_listed(readers, entry))
			continue;
		reader = make_reader(about, entry);
		g_array_append_val(readers, reader);
	}
	return readers;
}

const CmVaultDirectoryEntry *
cm_agent_access_get_responsible(const CmAgentCase *about)
{
	const CmVaultEpoch *newest = get_newest(about);

	return cm_vault_people_find(cm_agent_case_get_people(about), newest->responsible,
				    newest->responsible_generation);
}

gboolean
cm_agent_access_is_own(const CmAgentCase *about)
{
	return id_equal(get_newest(about)->responsible, get_own(about)->person);
}

const CmVaultDirectoryEntry *
cm_agent_access_find_keys(const CmVaultPeople *people, const gchar *fingerprint, GError **error)
{
	const CmVaultList *entries = &cm_vault_people_get_directory(people)->entries;
	const CmVaultDirectoryEntry *items = entries->items;

	for (guint i = 0; i < entries->count; i++) {
		g_autofree gchar *own =
		    cm_vault_hash_dup_fingerprint(items[i].sign_key, items[i].box_key);

		if (cm_vault_hash_match_fingerprint(own, fingerprint))
			return &items[i];
	}
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     N_("No keys in your organisation's directory have this fingerprint."), NULL);
	return NULL;
}

const CmVaultDirectoryEntry *
cm_agent_access_find_colleague(const CmVaultPeople *people,
			       const gchar *fingerprint,
			       GError **error)
{
	const CmVaultDirectoryEntry *entry = cm_agent_access_find_keys(people, fingerprint, error);

	if (entry == NULL || entry->state == CM_VAULT_STATE_CURRENT)
		return entry;
	cm_error_set(error, CM_ERROR_ACCESS_DENIED,
		     N_("These keys are not in force any more: their owner has left, has newer "
			"ones, or they were stolen."),
		     NULL);
	return NULL;
}

/* ---- giving */

static gboolean
check_own(const CmAgentCase *about, GError **error)
{
	if (cm_agent_access_is_own(about) && cm_agent_case_is_taken(about))
		return TRUE;
	cm_error_set(error, CM_ERROR_ACCESS_DENIED,
		     N_("Only whoever is responsible for this file says who reads it."), NULL);
	return FALSE;
}

static CmVaultClass
seal_to(CmAgentCase *about,
	const CmVaultDirectoryEntry *entry,
	guint32 epoch,
	guint8 rights,
	guint64 now,
	GByteArray *records)
{
	const CmVaultEnvelope envelope = {.to = CM_VAULT_TO_PERSON,
					  .recipient = entry->person,
					  .recipient_generation = entry->generation,
					  .recipient_key = entry->box_key,
					  .rights = rights};
	g_autoptr(GBytes) octets = NULL;
	CmVaultClass found = cm_vault_case_grant(
	    cm_agent_case_get(about), epoch, cm_agent_case_get_bundle(about), &envelope,
	    cm_vault_secret_peek(cm_agent_case_peek_key(about, epoch)), now, &octets);

	return found == CM_VAULT_CLASS_OK ? cm_agent_case_take(about, octets, records) : found;
}

/* all earlier keys that the person has, to read: what was written under them */
static CmVaultClass
seal_earlier(CmAgentCase *about,
	     const CmVaultDirectoryEntry *entry,
	     guint64 now,
	     GByteArray *records)
{
	CmVaultClass found = CM_VAULT_CLASS_OK;

	for (guint32 i = 1; i < count_epochs(about) && found == CM_VAULT_CLASS_OK; i++) {
		if (cm_agent_case_peek_key(about, i) != NULL &&
		    find_envelope(about, entry->person, entry->generation, i) == NULL)
			found = seal_to(about, entry, i, CM_VAULT_RIGHT_READ, now, records);
	}
	return found;
}

gboolean
cm_agent_access_share(CmAgentCase *about,
		      const CmAgentAccessGift *gift,
		      guint64 now,
		      GByteArray *records,
		      GError **error)
{
	const CmVaultDirectoryEntry *entry = gift->entry;
	CmVaultClass found = CM_VAULT_CLASS_OK;
	guint8 before = 0;

	if (!check_own(about, error))
		return FALSE;
	before = make_reader(about, entry).rights;
	if ((before & ~gift->rights) != 0) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("They may do more than that in this file already: end their access "
				"first, then give them less."),
			     NULL);
		return FALSE;
	}
	if (before != gift->rights)
		found = seal_to(about, entry, count_epochs(about), gift->rights, now, records);
	if (found == CM_VAULT_CLASS_OK && gift->earlier)
		found = seal_earlier(about, entry, now, records);
	return cm_vault_class_set_offered_error(found, "envelope", error);
}

/* ---- a new key */

GArray *
cm_agent_access_list_readers(const CmAgentCase *about, const guint8 *person)
{
	g_autoptr(GArray) all = cm_agent_access_list(about);
	GArray *others = g_array_new(FALSE, TRUE, sizeof(CmAgentAccessReader));

	for (guint i = 0; i < all->len; i++) {
		const CmAgentAccessReader *reader = &g_array_index(all, CmAgentAccessReader, i);

		if (reader->rights != 0 && reader->entry->state == CM_VAULT_STATE_CURRENT &&
		    (person == NULL || !id_equal(reader->entry->person, person)))
			g_array_append_vals(others, reader, 1);
	}
	return others;
}

/* whether any of somebody's keys opens what is written now */
static gboolean
reads_now(const CmAgentCase *about, const guint8 *person)
{
	g_autoptr(GArray) all = cm_agent_access_list(about);

	for (guint i = 0; i < all->len; i++) {
		const CmAgentAccessReader *reader = &g_array_index(all, CmAgentAccessReader, i);

		if (reader->rights != 0 && id_equal(reader->entry->person, person))
			return TRUE;
	}
	return FALSE;
}

static void
add_reader(GArray *readers, const CmVaultDirectoryEntry *entry, guint8 rights)
{
	const CmAgentAccessReader reader = {.entry = entry, .rights = rights};

	g_array_append_vals(readers, &reader, 1);
}

/* one's own keys, as the directory has them now */
static const CmVaultDirectoryEntry *
find_self(const CmAgentCase *about, GError **error)
{
	const CmVaultBundle *own = get_own(about);
	const CmVaultDirectoryEntry *entry =
	    cm_vault_people_find(cm_agent_case_get_people(about), own->person, own->generation);

	if (entry != NULL && entry->state == CM_VAULT_STATE_CURRENT)
		return entry;
	cm_error_set(error, CM_ERROR_ACCESS_DENIED,
		     N_("Your own keys are not in the directory, or not in force any more."), NULL);
	return NULL;
}

static gboolean
can_renew(const CmAgentCase *about, GError **error)
{
	if (cm_agent_case_get_reference(about) != NULL)
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     N_("The roster does not have this student any more: their file can't get a "
			"new key."),
		     NULL);
	return FALSE;
}

gboolean
cm_agent_access_end(CmAgentCase *about,
		    const guint8 *person,
		    const CmVaultRecord *deposit,
		    guint64 now,
		    GByteArray *records,
		    GError **error)
{
	const CmVaultDirectoryEntry *self = find_self(about, error);
	g_autoptr(GArray) others = NULL;
	CmAgentEpochOrder order = {.authority = CM_VAULT_AUTHORITY_RESPONSIBLE,
				   .reason = CM_VAULT_REASON_ACCESS_ENDED,
				   .responsible = self,
				   .deposit = deposit};

	if (self == NULL || !check_own(about, error) || !can_renew(about, error))
		return FALSE;
	if (id_equal(person, self->person)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("You are responsible for this file: hand it over instead."), NULL);
		return FALSE;
	}
	if (!reads_now(about, person)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("They have no access to this file that could be ended."), NULL);
		return FALSE;
	}
	others = cm_agent_access_list_readers(about, person);
	order.readers = others;
	return cm_agent_epoch_add(about, &order, now, records, error);
}

/* ---- somebody else's from now on */

gboolean
cm_agent_access_hand_over(CmAgentCase *about,
			  const CmVaultDirectoryEntry *to,
			  gboolean keep_reading,
			  const CmVaultRecord *deposit,
			  guint64 now,
			  GByteArray *records,
			  GError **error)
{
	const CmVaultDirectoryEntry *self = find_self(about, error);
	g_autoptr(GArray) readers = NULL;
	CmAgentEpochOrder order = {.authority = CM_VAULT_AUTHORITY_RESPONSIBLE,
				   .reason = CM_VAULT_REASON_HANDED_OVER,
				   .responsible = to,
				   .deposit = deposit};

	if (self == NULL || !check_own(about, error) || !can_renew(about, error))
		return FALSE;
	if (id_equal(to->person, self->person)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("You are responsible for this file already."), NULL);
		return FALSE;
	}
	readers = cm_agent_access_list_readers(about, to->person);
	for (guint i = readers->len; i > 0; i--) {
		if (id_equal(g_array_index(readers, CmAgentAccessReader, i - 1).entry->person,
			     self->person))
			g_array_remove_index(readers, i - 1);
	}
	if (keep_reading)
		add_reader(readers, self, CM_VAULT_RIGHT_READ);
	order.readers = readers;
	return cm_agent_epoch_add(about, &order, now, records, error);
}

gboolean
cm_agent_access_accept(CmAgentCase *about,
		       const CmVaultRecord *deposit,
		       guint64 now,
		       GByteArray *records,
		       GError **error)
{
	const CmVaultDirectoryEntry *self = NULL;
	g_autoptr(GArray) readers = NULL;
	CmAgentEpochOrder order = {.authority = CM_VAULT_AUTHORITY_RESPONSIBLE,
				   .reason = CM_VAULT_REASON_ACCESS_ENDED,
				   .deposit = deposit};

	if (cm_agent_case_get_rights(about) == 0) {
		cm_error_set(error, CM_ERROR_ACCESS_DENIED,
			     N_("Your access to this file has ended: there is nothing to accept."),
			     NULL);
		return FALSE;
	}
	cm_agent_case_set_taken(about, TRUE);
	if (!cm_agent_access_is_own(about) ||
	    id_equal(get_newest(about)->signer, get_own(about)->person))
		return TRUE;
	/* its key was made by who is not responsible any more */
	self = find_self(about, error);
	if (self == NULL || !can_renew(about, error))
		return FALSE;
	readers = cm_agent_access_list_readers(about, NULL);
	order.responsible = self;
	order.readers = readers;
	return cm_agent_epoch_add(about, &order, now, records, error);
}
