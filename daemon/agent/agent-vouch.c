// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-vouch.h"

#include "daemon/vault/vault-frames.h"

#include <string.h>

#define NAMES_MAX 5

/* where a record names others by their hashes */
static const struct {
	guint count;
	gsize offsets[NAMES_MAX];
} names[CM_VAULT_KIND_LAST] = {
    [CM_VAULT_KIND_EPOCH] = {5,
			     {G_STRUCT_OFFSET(CmVaultEpoch, previous),
			      G_STRUCT_OFFSET(CmVaultEpoch, release_a),
			      G_STRUCT_OFFSET(CmVaultEpoch, release_b),
			      G_STRUCT_OFFSET(CmVaultEpoch, deposit),
			      G_STRUCT_OFFSET(CmVaultEpoch, last_note)}},
    [CM_VAULT_KIND_ENVELOPE] = {2,
				{G_STRUCT_OFFSET(CmVaultEnvelope, epoch_record),
				 G_STRUCT_OFFSET(CmVaultEnvelope, deposit)}},
    [CM_VAULT_KIND_NOTE] = {4,
			    {G_STRUCT_OFFSET(CmVaultNote, epoch_record),
			     G_STRUCT_OFFSET(CmVaultNote, previous),
			     G_STRUCT_OFFSET(CmVaultNote, about),
			     G_STRUCT_OFFSET(CmVaultNote, grant)}},
    [CM_VAULT_KIND_HEAD] = {2,
			    {G_STRUCT_OFFSET(CmVaultHead, epoch_record),
			     G_STRUCT_OFFSET(CmVaultHead, last_note)}},
    [CM_VAULT_KIND_REQUEST] = {1, {G_STRUCT_OFFSET(CmVaultRequest, deposit)}},
    [CM_VAULT_KIND_REFUSAL] = {1, {G_STRUCT_OFFSET(CmVaultRefusal, request)}},
    [CM_VAULT_KIND_RELEASE] = {2,
			       {G_STRUCT_OFFSET(CmVaultRelease, request),
				G_STRUCT_OFFSET(CmVaultRelease, deposit)}},
};

struct _CmAgentVouch {
	CmVaultPeople *people;
	GHashTable *records;    /* hash → CmVaultRecord, unchecked */
	GHashTable *remembered; /* set of hashes: what memory vouches for */
	GHashTable *later; /* "person generation" → the same: what their later keys vouch for */
	GHashTable *left_out; /* set of hashes */
};

static void
unref_set(gpointer set)
{
	g_hash_table_unref(set);
}

/* the keys are those of self->records */
static GHashTable *
new_set(void)
{
	return g_hash_table_new(cm_vault_hash_fold, cm_vault_hash_is_same);
}

/* ---- what names what */

/* the n-th hash that a record names; NULL: none */
static const guint8 *
get_name(const CmVaultRecord *record, guint n)
{
	CmVaultKind kind = cm_vault_record_get_kind(record);
	const guint8 *fields = cm_vault_record_get_fields(record, kind);
	const guint8 *hash =
	    *(const guint8 *const *)(gconstpointer)(fields + names[kind].offsets[n]);

	return cm_vault_layout_is_none(hash, CM_VAULT_HASH_BYTES) ? NULL : hash;
}

/* a hash, and all that stands behind it */
static void
spread(const CmAgentVouch *self, GHashTable *set, const guint8 *hash)
{
	g_autoptr(GPtrArray) open = g_ptr_array_new();

	g_ptr_array_add(open, (gpointer)hash);
	while (open->len > 0) {
		const CmVaultRecord *record = g_hash_table_lookup(
		    self->records, g_ptr_array_steal_index_fast(open, open->len - 1));

		if (record == NULL ||
		    !g_hash_table_add(set, (gpointer)cm_vault_record_get_hash(record)))
			continue;
		for (guint i = 0; i < names[cm_vault_record_get_kind(record)].count; i++) {
			const guint8 *name = get_name(record, i);

			if (name != NULL)
				g_ptr_array_add(open, (gpointer)name);
		}
	}
}

/* ---- who vouches */

CmAgentVouch *
cm_agent_vouch_new(CmVaultPeople *people, const GArray *frames, const CmVaultRememberedCase *known)
{
	CmAgentVouch *self = g_new0(CmAgentVouch, 1);

	self->people = cm_vault_people_ref(people);
	self->records = g_hash_table_new_full(cm_vault_hash_fold, cm_vault_hash_is_same, NULL,
					      cm_vault_record_unref);
	self->remembered = new_set();
	self->later = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_set);
	self->left_out = new_set();
	for (guint i = 0; i < frames->len; i++) {
		const CmVaultFrame *frame = &g_array_index(frames, CmVaultFrame, i);
		CmVaultRecord *record = NULL;

		/* what is no record is found when it is checked */
		if (cm_vault_record_read(frame->kind, frame->octets, &record) == CM_VAULT_CLASS_OK)
			g_hash_table_replace(self->records,
					     (gpointer)cm_vault_record_get_hash(record), record);
	}
	if (known != NULL) {
		spread(self, self->remembered, known->epoch_record);
		if (known->sequence > 0)
			spread(self, self->remembered, known->last_note);
	}
	return self;
}

void
cm_agent_vouch_free(CmAgentVouch *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->remembered);
	g_hash_table_unref(self->later);
	g_hash_table_unref(self->left_out);
	g_hash_table_unref(self->records);
	cm_vault_people_unref(self->people);
	g_free(self);
}

/* whether a later generation of the same person signed it, and holds */
static gboolean
is_later(const CmAgentVouch *self, const CmVaultRecord *record, const CmVaultSigning *before)
{
	const CmVaultSigning signing = cm_vault_people_get_signing(record);
	g_autoptr(CmVaultRecord) checked = NULL;

	return signing.generation > before->generation &&
	       memcmp(signing.person, before->person, CM_VAULT_ID_BYTES) == 0 &&
	       cm_vault_people_check(self->people, cm_vault_record_get_kind(record),
				     cm_vault_record_get_octets(record),
				     &checked) == CM_VAULT_CLASS_OK;
}

static GHashTable *
find_later(CmAgentVouch *self, const CmVaultSigning *before)
{
	g_autoptr(GString) key = g_string_new(NULL);
	GHashTable *set = NULL;
	GHashTableIter iter;
	gpointer record = NULL;

	for (guint i = 0; i < CM_VAULT_ID_BYTES; i++)
		g_string_append_printf(key, "%02x", before->person[i]);
	g_string_append_printf(key, " %u", before->generation);
	set = g_hash_table_lookup(self->later, key->str);
	if (set != NULL)
		return set;
	set = new_set();
	g_hash_table_iter_init(&iter, self->records);
	while (g_hash_table_iter_next(&iter, NULL, &record)) {
		if (is_later(self, record, before))
			spread(self, set, cm_vault_record_get_hash(record));
	}
	g_hash_table_insert(self->later, g_strdup(key->str), set);
	return set;
}

static const CmVaultRecord *
find(const CmAgentVouch *self, GBytes *octets)
{
	guint8 hash[CM_VAULT_HASH_BYTES];
	const CmVaultPart part = {g_bytes_get_data(octets, NULL), g_bytes_get_size(octets)};

	cm_vault_hash("record", &part, 1, hash);
	return g_hash_table_lookup(self->records, hash);
}

gboolean
cm_agent_vouch_covers(CmAgentVouch *self, GBytes *octets)
{
	const CmVaultRecord *record = find(self, octets);
	CmVaultSigning signing = {0};

	if (record == NULL)
		return FALSE;
	if (g_hash_table_contains(self->remembered, cm_vault_record_get_hash(record)))
		return TRUE;
	signing = cm_vault_people_get_signing(record);
	return g_hash_table_contains(find_later(self, &signing), cm_vault_record_get_hash(record));
}

/* ---- what is left out */

static gboolean
stands_on_left_out(const CmAgentVouch *self, const CmVaultRecord *record)
{
	for (guint i = 0; i < names[cm_vault_record_get_kind(record)].count; i++) {
		const guint8 *name = get_name(record, i);

		if (name != NULL && g_hash_table_contains(self->left_out, name))
			return TRUE;
	}
	return FALSE;
}

gboolean
cm_agent_vouch_leave_out(CmAgentVouch *self, CmVaultClass found, GBytes *octets)
{
	const CmVaultRecord *record = find(self, octets);
	CmVaultKind kind = CM_VAULT_KIND_LAST;

	if (record == NULL || found == CM_VAULT_CLASS_OK)
		return FALSE;
	kind = cm_vault_record_get_kind(record);
	if (kind == CM_VAULT_KIND_EPOCH || kind == CM_VAULT_KIND_NOTE ||
	    (found != CM_VAULT_CLASS_REVOKED && !stands_on_left_out(self, record)))
		return FALSE;
	g_hash_table_add(self->left_out, (gpointer)cm_vault_record_get_hash(record));
	return TRUE;
}
