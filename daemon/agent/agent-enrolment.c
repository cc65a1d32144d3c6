// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-enrolment.h"

#include "daemon/vault/vault-code.h"
#include "daemon/vault/vault-people.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

struct _CmAgentEnrolment {
	CmVaultRecord *bundle;
	CmVaultSecret *code;
	CmVaultSecret *rows;
	guint64 now;
};

CmAgentEnrolment *
cm_agent_enrolment_new(const guint8 *organisation,
		       const guint8 *person,
		       guint32 generation,
		       guint64 now,
		       GError **error)
{
	g_autoptr(CmAgentEnrolment) enrolment = g_new0(CmAgentEnrolment, 1);

	enrolment->now = now;
	enrolment->bundle = cm_vault_keyring_generate(organisation, person, generation, now);
	enrolment->code = cm_vault_secret_new_random(CM_VAULT_KEYRING_CODE_BYTES);
	if (enrolment->code != NULL)
		enrolment->rows = cm_vault_code_write(cm_vault_secret_peek(enrolment->code));
	if (enrolment->bundle == NULL || enrolment->rows == NULL) {
		/* it says so: FALSE */
		if (!cm_vault_class_set_error(CM_VAULT_CLASS_MEMORY, "enrolment", error))
			return NULL;
	}
	return g_steal_pointer(&enrolment);
}

void
cm_agent_enrolment_free(CmAgentEnrolment *enrolment)
{
	if (enrolment == NULL)
		return;
	cm_vault_record_unref(enrolment->bundle);
	cm_vault_secret_free(enrolment->code);
	cm_vault_secret_free(enrolment->rows);
	g_free(enrolment);
}

const CmVaultSecret *
cm_agent_enrolment_get_rows(const CmAgentEnrolment *enrolment)
{
	return enrolment->rows;
}

gchar *
cm_agent_enrolment_dup_fingerprint(const CmAgentEnrolment *enrolment)
{
	guint8 sign_key[CM_VAULT_KEY_BYTES];
	guint8 box_key[CM_VAULT_KEY_BYTES];

	if (cm_vault_keyring_get_public(enrolment->bundle, sign_key, box_key) != CM_VAULT_CLASS_OK)
		return NULL;
	return cm_vault_hash_dup_fingerprint(sign_key, box_key);
}

static gboolean
check_typed(const CmAgentEnrolment *enrolment, const CmVaultSecret *typed, GError **error)
{
	guint row = 0;
	g_autoptr(CmVaultSecret) code = cm_vault_code_read(cm_vault_secret_peek(typed),
							   cm_vault_secret_get_length(typed), &row);

	if (code != NULL &&
	    sodium_memcmp(cm_vault_secret_peek(code), cm_vault_secret_peek(enrolment->code),
			  CM_VAULT_KEYRING_CODE_BYTES) == 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("This is not the recovery code that was shown. Nothing was kept."), NULL);
	return FALSE;
}

CmVaultClass
cm_agent_enrolment_sign(const CmVaultRecord *bundle,
			const gchar *label,
			guint64 now,
			GBytes **out_enrolment)
{
	const CmVaultBundle *of = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);
	guint8 sign_key[CM_VAULT_KEY_BYTES];
	guint8 box_key[CM_VAULT_KEY_BYTES];
	CmVaultEnrolment fields = {.organisation = of->organisation,
				   .person = of->person,
				   .generation = of->generation,
				   .sign_key = sign_key,
				   .box_key = box_key,
				   .made_at = now,
				   .label = {(const guint8 *)label, strlen(label)}};
	g_autoptr(GBytes) octets = NULL;
	g_autoptr(CmVaultRecord) read = NULL;
	CmVaultClass found = cm_vault_keyring_get_public(bundle, sign_key, box_key);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	octets = cm_vault_record_sign(CM_VAULT_KIND_ENROLMENT, &fields, &of->sign_seed, 1);
	if (octets == NULL)
		return CM_VAULT_CLASS_MEMORY;
	/* what others will read, read here: a label that can't be is found before it is sent */
	found = cm_vault_people_check_enrolment(of->organisation, octets, &read);
	if (found == CM_VAULT_CLASS_OK)
		*out_enrolment = g_steal_pointer(&octets);
	return found;
}

gboolean
cm_agent_enrolment_finish(CmAgentEnrolment *enrolment,
			  const CmAgentIdentityPlace *place,
			  const CmVaultSecret *typed,
			  const CmVaultSecret *passphrase,
			  const gchar *label,
			  GBytes **out_enrolment,
			  GBytes **out_recovery,
			  GError **error)
{
	g_autoptr(GBytes) signed_enrolment = NULL;
	g_autoptr(GBytes) recovery = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (!check_typed(enrolment, typed, error))
		return FALSE;
	found =
	    cm_agent_enrolment_sign(enrolment->bundle, label, enrolment->now, &signed_enrolment);
	if (!cm_vault_class_set_error(found, "enrolment", error))
		return FALSE;
	recovery = cm_agent_identity_seal_recovery(enrolment->bundle, enrolment->code, 1, error);
	if (recovery == NULL || !cm_agent_identity_store(place, enrolment->bundle, passphrase, 1,
							 place->replace, error))
		return FALSE;
	*out_enrolment = g_steal_pointer(&signed_enrolment);
	*out_recovery = g_steal_pointer(&recovery);
	return TRUE;
}
