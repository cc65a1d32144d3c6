// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-escrow.h"

#include "daemon/vault/vault-box.h"

#include <sodium.h>
#include <string.h>

#define LOCKED_BYTES (CM_VAULT_KEY_BYTES + CM_VAULT_BOX_TAG_BYTES)
#define PLACE_BYTES (2 * CM_VAULT_HASH_BYTES + CM_VAULT_ID_BYTES + 2 * CM_VAULT_HASH_NUMBER_BYTES)

static const guint pairs[CM_VAULT_ESCROW_CUSTODIANS][2] = {{0, 1}, {0, 2}, {1, 2}};

/* place, and room for the pair's number */
static void
write_place(const CmVaultDeposit *deposit, guint8 place[PLACE_BYTES + 1])
{
	guint8 *out = place;

	memcpy(out, deposit->organisation, CM_VAULT_HASH_BYTES);
	out += CM_VAULT_HASH_BYTES;
	memcpy(out, deposit->person, CM_VAULT_ID_BYTES);
	out += CM_VAULT_ID_BYTES;
	cm_vault_hash_write_number(deposit->generation, out);
	out += CM_VAULT_HASH_NUMBER_BYTES;
	cm_vault_hash_write_number(deposit->number, out);
	out += CM_VAULT_HASH_NUMBER_BYTES;
	memcpy(out, deposit->escrow_key, CM_VAULT_KEY_BYTES);
}

static void
bind_half(const CmVaultDeposit *deposit,
	  const guint8 *person,
	  guint32 generation,
	  guint8 out_binding[CM_VAULT_HASH_BYTES])
{
	guint8 place[PLACE_BYTES + 1];
	guint8 number[CM_VAULT_HASH_NUMBER_BYTES];
	const CmVaultPart parts[] = {
	    {place, PLACE_BYTES}, {person, CM_VAULT_ID_BYTES}, {number, sizeof number}};

	write_place(deposit, place);
	cm_vault_hash_write_number(generation, number);
	cm_vault_hash("deposit-half", parts, G_N_ELEMENTS(parts), out_binding);
}

static void
make_pair_key(const guint8 *place,
	      const guint8 *first,
	      const guint8 *second,
	      guint8 out_key[CM_VAULT_KEY_BYTES])
{
	const CmVaultPart parts[] = {
	    {place, PLACE_BYTES + 1}, {first, CM_VAULT_KEY_BYTES}, {second, CM_VAULT_KEY_BYTES}};

	cm_vault_hash("deposit-pair", parts, G_N_ELEMENTS(parts), out_key);
}

/* what a deposit is made of, as long as it is written */
typedef struct {
	CmVaultDepositHalf halves[CM_VAULT_ESCROW_CUSTODIANS];
	CmVaultDepositPair pairs[CM_VAULT_ESCROW_CUSTODIANS];
	guint8 sealed[CM_VAULT_ESCROW_CUSTODIANS][CM_VAULT_BOX_SEALED_BYTES];
	guint8 nonces[CM_VAULT_ESCROW_CUSTODIANS][CM_VAULT_BOX_NONCE_BYTES];
	guint8 locked[CM_VAULT_ESCROW_CUSTODIANS][LOCKED_BYTES];
} Parts;

static CmVaultClass
seal_halves(const CmVaultDeposit *deposit,
	    const CmVaultDirectoryEntry *const custodians[CM_VAULT_ESCROW_CUSTODIANS],
	    const guint8 *halves,
	    Parts *parts)
{
	for (guint i = 0; i < CM_VAULT_ESCROW_CUSTODIANS; i++) {
		guint8 binding[CM_VAULT_HASH_BYTES];

		bind_half(deposit, custodians[i]->person, custodians[i]->generation, binding);
		if (!cm_vault_box_seal(custodians[i]->box_key,
				       halves + (gsize)i * CM_VAULT_KEY_BYTES, binding,
				       parts->sealed[i]))
			return CM_VAULT_CLASS_MEMORY;
		parts->halves[i].custodian = custodians[i]->person;
		parts->halves[i].custodian_generation = custodians[i]->generation;
		parts->halves[i].sealed = parts->sealed[i];
	}
	return CM_VAULT_CLASS_OK;
}

static void
lock_pairs(const CmVaultDeposit *deposit, const guint8 *secret, const guint8 *halves, Parts *parts)
{
	guint8 place[PLACE_BYTES + 1];
	guint8 key[CM_VAULT_KEY_BYTES];
	const CmVaultPart bound = {place, sizeof place};
	const CmVaultPart plain = {secret, CM_VAULT_KEY_BYTES};

	write_place(deposit, place);
	for (guint i = 0; i < CM_VAULT_ESCROW_CUSTODIANS; i++) {
		place[PLACE_BYTES] = (guint8)(i + 1);
		make_pair_key(place, halves + (gsize)pairs[i][0] * CM_VAULT_KEY_BYTES,
			      halves + (gsize)pairs[i][1] * CM_VAULT_KEY_BYTES, key);
		randombytes_buf(parts->nonces[i], CM_VAULT_BOX_NONCE_BYTES);
		cm_vault_box_lock(key, parts->nonces[i], &bound, &plain, parts->locked[i]);
		parts->pairs[i].nonce = parts->nonces[i];
		parts->pairs[i].locked = parts->locked[i];
	}
	sodium_memzero(key, sizeof key);
}

static gboolean
are_custodians(const CmVaultPeople *people,
	       const guint8 *person,
	       const CmVaultDirectoryEntry *const custodians[CM_VAULT_ESCROW_CUSTODIANS])
{
	for (guint i = 0; i < CM_VAULT_ESCROW_CUSTODIANS; i++) {
		if (!cm_vault_people_is_custodian(people, custodians[i]->person,
						  custodians[i]->generation) ||
		    memcmp(custodians[i]->person, person, CM_VAULT_ID_BYTES) == 0)
			return FALSE;
		if (i > 0 && memcmp(custodians[i - 1]->person, custodians[i]->person,
				    CM_VAULT_ID_BYTES) >= 0)
			return FALSE;
	}
	return TRUE;
}

CmVaultClass
cm_vault_escrow_deposit(const CmVaultPeople *people,
			const CmVaultRecord *bundle,
			const CmVaultDirectoryEntry *const custodians[CM_VAULT_ESCROW_CUSTODIANS],
			guint32 number,
			guint64 now,
			GBytes **out_deposit)
{
	const CmVaultBundle *of = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	/* three halves, then the escrow key itself */
	g_autoptr(CmVaultSecret) secrets = cm_vault_secret_new_random(
	    (CM_VAULT_ESCROW_CUSTODIANS + 1) * (gsize)CM_VAULT_KEY_BYTES);
	guint8 escrow_key[CM_VAULT_KEY_BYTES];
	Parts parts = {0};
	CmVaultDeposit deposit = {
	    .organisation = of->organisation,
	    .person = of->person,
	    .generation = of->generation,
	    .number = number,
	    .escrow_key = escrow_key,
	    .custodians = {parts.halves, CM_VAULT_ESCROW_CUSTODIANS},
	    .pairs = {parts.pairs, CM_VAULT_ESCROW_CUSTODIANS},
	    .directory = cm_vault_people_get_directory(people)->sequence,
	    .made_at = now,
	};
	const guint8 *escrow_secret = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (!are_custodians(people, of->person, custodians))
		return CM_VAULT_CLASS_NOT_ENTITLED;
	if (secrets == NULL)
		return CM_VAULT_CLASS_MEMORY;
	escrow_secret =
	    cm_vault_secret_peek(secrets) + CM_VAULT_ESCROW_CUSTODIANS * (gsize)CM_VAULT_KEY_BYTES;
	cm_vault_box_get_public(escrow_secret, escrow_key);
	found = seal_halves(&deposit, custodians, cm_vault_secret_peek(secrets), &parts);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	lock_pairs(&deposit, escrow_secret, cm_vault_secret_peek(secrets), &parts);
	*out_deposit = cm_vault_record_sign(CM_VAULT_KIND_DEPOSIT, &deposit, &of->sign_seed, 1);
	return *out_deposit != NULL ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_MEMORY;
}

CmVaultClass
cm_vault_escrow_check_custodians(const CmVaultPeople *people, const CmVaultRecord *deposit)
{
	const CmVaultDeposit *of = cm_vault_record_get_fields(deposit, CM_VAULT_KIND_DEPOSIT);
	const CmVaultDepositHalf *halves = of->custodians.items;

	for (guint i = 0; i < of->custodians.count; i++)
		if (!cm_vault_people_is_custodian(people, halves[i].custodian,
						  halves[i].custodian_generation))
			return CM_VAULT_CLASS_NOT_ENTITLED;
	return CM_VAULT_CLASS_OK;
}

gint
cm_vault_escrow_find_custodian(const CmVaultRecord *deposit,
			       const guint8 *person,
			       guint32 generation)
{
	const CmVaultDeposit *of = cm_vault_record_get_fields(deposit, CM_VAULT_KIND_DEPOSIT);
	const CmVaultDepositHalf *halves = of->custodians.items;

	for (guint i = 0; i < of->custodians.count; i++)
		if (memcmp(halves[i].custodian, person, CM_VAULT_ID_BYTES) == 0 &&
		    halves[i].custodian_generation == generation)
			return (gint)i;
	return -1;
}

CmVaultClass
cm_vault_escrow_open_half(const CmVaultRecord *deposit,
			  const guint8 *person,
			  guint32 generation,
			  const guint8 *box_secret,
			  CmVaultSecret **out_half)
{
	const CmVaultDeposit *of = cm_vault_record_get_fields(deposit, CM_VAULT_KIND_DEPOSIT);
	const CmVaultDepositHalf *halves = of->custodians.items;
	gint index = cm_vault_escrow_find_custodian(deposit, person, generation);
	guint8 binding[CM_VAULT_HASH_BYTES];

	if (index < 0)
		return CM_VAULT_CLASS_NOT_ENTITLED;
	bind_half(of, person, generation, binding);
	return cm_vault_box_open(box_secret, halves[index].sealed, binding, out_half);
}

CmVaultClass
cm_vault_escrow_release(const CmVaultPeople *people,
			const CmVaultRecord *bundle,
			const CmVaultRecord *deposit,
			const CmVaultRecord *request,
			guint64 now,
			GBytes **out_release)
{
	const CmVaultBundle *of = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	const CmVaultRequest *asked = cm_vault_record_get_fields(request, CM_VAULT_KIND_REQUEST);
	const CmVaultDirectoryEntry *recipient =
	    cm_vault_people_find_at(people, asked->recipient, asked->recipient_generation,
				    cm_vault_people_get_directory(people)->sequence);
	g_autoptr(CmVaultSecret) half = NULL;
	guint8 binding[CM_VAULT_HASH_BYTES];
	guint8 sealed[CM_VAULT_BOX_SEALED_BYTES];
	CmVaultRelease release = {
	    .organisation = of->organisation,
	    .request = cm_vault_record_get_hash(request),
	    .deposit = cm_vault_record_get_hash(deposit),
	    .custodian = of->person,
	    .custodian_generation = of->generation,
	    .recipient = asked->recipient,
	    .recipient_generation = asked->recipient_generation,
	    .directory = cm_vault_people_get_directory(people)->sequence,
	    .made_at = now,
	};
	CmVaultClass found =
	    cm_vault_escrow_open_half(deposit, of->person, of->generation, of->box_secret, &half);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	if (recipient == NULL)
		return CM_VAULT_CLASS_NOT_ENTITLED;
	cm_vault_box_bind(CM_VAULT_KIND_RELEASE, &release, binding);
	if (!cm_vault_box_seal(recipient->box_key, cm_vault_secret_peek(half), binding, sealed))
		return CM_VAULT_CLASS_MEMORY;
	release.sealed = sealed;
	*out_release = cm_vault_record_sign(CM_VAULT_KIND_RELEASE, &release, &of->sign_seed, 1);
	return *out_release != NULL ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_MEMORY;
}

CmVaultClass
cm_vault_escrow_open_release(const CmVaultRecord *release,
			     const guint8 *person,
			     guint32 generation,
			     const guint8 *box_secret,
			     CmVaultSecret **out_half)
{
	const CmVaultRelease *of = cm_vault_record_get_fields(release, CM_VAULT_KIND_RELEASE);
	guint8 binding[CM_VAULT_HASH_BYTES];

	if (memcmp(of->recipient, person, CM_VAULT_ID_BYTES) != 0 ||
	    of->recipient_generation != generation)
		return CM_VAULT_CLASS_NOT_ENTITLED;
	cm_vault_box_bind(CM_VAULT_KIND_RELEASE, of, binding);
	return cm_vault_box_open(box_secret, of->sealed, binding, out_half);
}

CmVaultClass
cm_vault_escrow_combine(const CmVaultRecord *deposit,
			guint first,
			const guint8 *first_half,
			guint second,
			const guint8 *second_half,
			CmVaultSecret **out_secret)
{
	const CmVaultDeposit *of = cm_vault_record_get_fields(deposit, CM_VAULT_KIND_DEPOSIT);
	const CmVaultDepositPair *pair = NULL;
	g_autoptr(CmVaultSecret) secret = NULL;
	guint8 place[PLACE_BYTES + 1];
	guint8 key[CM_VAULT_KEY_BYTES];
	const CmVaultPart bound = {place, sizeof place};
	CmVaultPart locked = {NULL, LOCKED_BYTES};
	CmVaultClass found = CM_VAULT_CLASS_OK;

	g_return_val_if_fail(first < second && second < CM_VAULT_ESCROW_CUSTODIANS,
			     CM_VAULT_CLASS_NOT_ENTITLED);
	write_place(of, place);
	/* 1: the first two, 2: the outer two, 3: the last two */
	place[PLACE_BYTES] = (guint8)(first + second);
	pair = cm_vault_layout_get_item(cm_vault_fields_get_layout(CM_VAULT_KIND_DEPOSIT_PAIR),
					&of->pairs, first + second - 1);
	make_pair_key(place, first_half, second_half, key);
	locked.data = pair->locked;
	found = cm_vault_box_unlock(key, pair->nonce, &bound, &locked, &secret);
	if (found == CM_VAULT_CLASS_OK) {
		cm_vault_box_get_public(cm_vault_secret_peek(secret), key);
		if (memcmp(key, of->escrow_key, sizeof key) != 0)
			return CM_VAULT_CLASS_COMMITMENT;
		*out_secret = g_steal_pointer(&secret);
	}
	sodium_memzero(key, sizeof key);
	return found;
}
