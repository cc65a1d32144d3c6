// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-keys.h"

#include "daemon/agent/agent-directory.h"
#include "daemon/agent/agent-earlier.h"
#include "daemon/agent/agent-enrolment.h"
#include "daemon/agent/agent-keyfile.h"
#include "daemon/agent/agent-memory.h"
#include "daemon/bus/clock.h"
#include "daemon/vault/vault-frames.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

struct _CmAgentKeys {
	gchar *folder;
	CmAgentIdentity *identity;   /* NULL: locked */
	CmAgentEnrolment *enrolment; /* begun, and not finished; NULL: none */
	gboolean
	    unfinished; /* the keyring that is here was never handed over: the enrolment replaces it */
	gboolean again;      /* the enrolment takes the place of a keyring that others know of */
	CmAgentShelf *shelf; /* of open keys */
};

CmAgentKeys *
cm_agent_keys_new(const gchar *folder)
{
	CmAgentKeys *keys = g_new0(CmAgentKeys, 1);

	keys->folder = g_strdup(folder);
	keys->shelf = cm_agent_shelf_new();
	return keys;
}

void
cm_agent_keys_free(CmAgentKeys *keys)
{
	if (keys == NULL)
		return;
	cm_agent_keys_lock(keys);
	cm_agent_shelf_free(keys->shelf);
	g_free(keys->folder);
	g_free(keys);
}

const gchar *
cm_agent_keys_get_folder(const CmAgentKeys *keys)
{
	return keys->folder;
}

const gchar *
cm_agent_keys_get_state(const CmAgentKeys *keys)
{
	g_autofree gchar *path = g_build_filename(keys->folder, CM_AGENT_KEYFILE_NAME, NULL);

	if (keys->identity != NULL)
		return "unlocked";
	return g_file_test(path, G_FILE_TEST_EXISTS) ? "locked" : "absent";
}

const CmVaultRecord *
cm_agent_keys_get_bundle(const CmAgentKeys *keys, GError **error)
{
	if (keys->identity != NULL)
		return cm_agent_identity_get_bundle(keys->identity);
	cm_error_set(error, CM_ERROR_KEY, N_("Your keys are locked: comodalctl vault unlock."),
		     NULL);
	return NULL;
}

/* a secret that opens nothing was mistyped: nobody is to be asked for a right. Takes `local`; FALSE */
static gboolean
fail_secret(const gchar *wrong, GError **local, GError **error)
{
	if (cm_error_is(*local, CM_ERROR_ACCESS_DENIED))
		cm_error_set(error, CM_ERROR_INVALID_INPUT, wrong, NULL);
	else
		g_propagate_error(error, g_steal_pointer(local));
	return FALSE;
}

static guint64
measure_memory(void)
{
	return (guint64)sysconf(_SC_PHYS_PAGES) * (guint64)sysconf(_SC_PAGESIZE);
}

/* The organisation is the keyring's own word, which the seal holds to: another one opens nothing. `octets` keeps it. */
static gboolean
find_place(const CmAgentKeys *keys,
	   CmAgentIdentityPlace *out_place,
	   CmVaultRecord **out_keyring,
	   GError **error)
{
	g_autoptr(GBytes) octets = cm_agent_keyfile_read(keys->folder, error);
	const CmVaultKeyring *fields = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (octets == NULL)
		return FALSE;
	found = cm_vault_record_read(CM_VAULT_KIND_KEYRING, octets, out_keyring);
	if (!cm_vault_class_set_error(found, "keyring", error))
		return FALSE;
	fields = cm_vault_record_get_fields(*out_keyring, CM_VAULT_KIND_KEYRING);
	*out_place = (CmAgentIdentityPlace){.folder = keys->folder,
					    .organisation = fields->organisation,
					    .memory_bytes = measure_memory()};
	return TRUE;
}

gboolean
cm_agent_keys_unlock(CmAgentKeys *keys, const CmVaultSecret *passphrase, GError **error)
{
	g_autoptr(CmVaultRecord) keyring = NULL;
	CmAgentIdentityPlace place;
	CmAgentIdentity *identity = NULL;
	g_autoptr(GError) local = NULL;

	if (!find_place(keys, &place, &keyring, error))
		return FALSE;
	identity = cm_agent_identity_unlock(&place, passphrase, NULL, &local);
	if (identity == NULL)
		return fail_secret(N_("This is not your passphrase."), &local, error);
	cm_agent_keys_lock(keys);
	keys->identity = identity;
	return TRUE;
}

void
cm_agent_keys_lock(CmAgentKeys *keys)
{
	cm_agent_shelf_free(keys->shelf);
	keys->shelf = cm_agent_shelf_new();
	g_clear_pointer(&keys->identity, cm_agent_identity_free);
	g_clear_pointer(&keys->enrolment, cm_agent_enrolment_free);
}

gboolean
cm_agent_keys_are_open(const CmAgentKeys *keys)
{
	return keys->identity != NULL || keys->enrolment != NULL;
}

gboolean
cm_agent_keys_change_passphrase(CmAgentKeys *keys,
				const CmVaultSecret *passphrase,
				const CmVaultSecret *next,
				GError **error)
{
	g_autoptr(CmVaultRecord) keyring = NULL;
	CmAgentIdentityPlace place;
	g_autoptr(GError) local = NULL;

	if (!find_place(keys, &place, &keyring, error))
		return FALSE;
	if (cm_agent_identity_change_passphrase(&place, passphrase, next, &local))
		return TRUE;
	return fail_secret(N_("This is not your passphrase."), &local, error);
}

/* ---- new keys */

static guint64
now(void)
{
	return (guint64)cm_clock_get_now();
}

/* the organisation that comodald names is the one that the person was told of on paper */
static gboolean
check_organisation(CmAgentComodald *comodald,
		   const gchar *fingerprint,
		   const guint8 *organisation,
		   GCancellable *cancellable,
		   GError **error)
{
	g_autoptr(GBytes) key = cm_agent_comodald_get_key(comodald, cancellable, error);
	guint8 named[CM_VAULT_HASH_BYTES];

	if (key == NULL)
		return FALSE;
	cm_vault_people_identify(g_bytes_get_data(key, NULL), named);
	if (cm_agent_directory_match_fingerprint(key, fingerprint) &&
	    memcmp(named, organisation, sizeof named) == 0)
		return TRUE;
	cm_error_set(
	    error, CM_ERROR_INVALID_INPUT,
	    N_("This is not the fingerprint of the organisation that this machine names. "
	       "Compare it with the paper again; if it is the same, tell whoever gave it to "
	       "you, and go no further."),
	    NULL);
	return FALSE;
}

/* whether comodald has the recovery keyring that comes with these keys' enrolment: it takes both or none */
static gboolean
was_handed_over(GBytes *recovery, const CmVaultKeyring *own)
{
	g_autoptr(GArray) frames = NULL;

	if (cm_vault_frames_split(recovery, CM_VAULT_RECORD_OF(CM_VAULT_KIND_KEYRING), &frames) !=
	    CM_VAULT_CLASS_OK)
		return TRUE;
	for (guint i = 0; i < frames->len; i++) {
		g_autoptr(CmVaultRecord) record = NULL;
		const CmVaultKeyring *keyring = NULL;

		if (cm_vault_record_read(CM_VAULT_KIND_KEYRING,
					 g_array_index(frames, CmVaultFrame, i).octets,
					 &record) != CM_VAULT_CLASS_OK)
			return TRUE;
		keyring = cm_vault_record_get_fields(record, CM_VAULT_KIND_KEYRING);
		if (keyring->generation == own->generation &&
		    memcmp(keyring->person, own->person, CM_VAULT_ID_BYTES) == 0)
			return TRUE;
	}
	return FALSE;
}

/* whether the keyring that is here is what a crash left, before comodald heard of it: nobody else knows of its keys */
static gboolean
is_unfinished(const CmAgentKeys *keys,
	      CmAgentComodald *comodald,
	      const guint8 *person,
	      guint32 generation,
	      GCancellable *cancellable)
{
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(GBytes) recovery = NULL;
	g_autoptr(GError) local = NULL;
	CmAgentIdentityPlace place;
	const CmVaultKeyring *own = NULL;

	if (!find_place(keys, &place, &record, NULL))
		return FALSE;
	own = cm_vault_record_get_fields(record, CM_VAULT_KIND_KEYRING);
	if (own->generation != generation || memcmp(own->person, person, CM_VAULT_ID_BYTES) != 0)
		return FALSE;
	recovery = cm_agent_comodald_get_recovery(comodald, cancellable, &local);
	return recovery != NULL ? !was_handed_over(recovery, own)
				: cm_error_is(local, CM_ERROR_NOT_FOUND);
}

gboolean
cm_agent_keys_begin_enrolment(CmAgentKeys *keys,
			      CmAgentComodald *comodald,
			      const gchar *fingerprint,
			      gboolean again,
			      GCancellable *cancellable,
			      const CmVaultSecret **out_rows,
			      gchar **out_fingerprint,
			      GError **error)
{
	g_autofree gchar *path = g_build_filename(keys->folder, CM_AGENT_KEYFILE_NAME, NULL);
	CmAgentEnrolment *enrolment = NULL;
	guint8 organisation[CM_VAULT_HASH_BYTES];
	guint8 person[CM_VAULT_ID_BYTES];
	guint32 generation = 0;
	gboolean there = FALSE;
	gboolean unfinished = FALSE;

	if (!cm_agent_comodald_begin_enrolment(comodald, organisation, person, &generation,
					       cancellable, error) ||
	    !check_organisation(comodald, fingerprint, organisation, cancellable, error))
		return FALSE;
	there = g_file_test(path, G_FILE_TEST_EXISTS);
	unfinished = there && is_unfinished(keys, comodald, person, generation, cancellable);
	if (there && !unfinished && !again) {
		cm_error_set(
		    error, CM_ERROR_EXISTS,
		    N_("There is a keyring {0} already. When the passphrase is forgotten, “vault "
		       "recover” brings its keys back; “vault enrol --again” makes new ones."),
		    path, NULL);
		return FALSE;
	}
	enrolment = cm_agent_enrolment_new(organisation, person, generation, now(), error);
	if (enrolment == NULL)
		return FALSE;
	g_clear_pointer(&keys->enrolment, cm_agent_enrolment_free);
	keys->enrolment = enrolment;
	keys->unfinished = unfinished;
	keys->again = there && !unfinished;
	*out_rows = cm_agent_enrolment_get_rows(enrolment);
	*out_fingerprint = cm_agent_enrolment_dup_fingerprint(enrolment);
	return TRUE;
}

/* those that are here; 0: the keyring is none */
static guint32
get_generation(const CmAgentKeys *keys)
{
	g_autoptr(CmVaultRecord) record = NULL;
	CmAgentIdentityPlace place;

	return find_place(keys, &place, &record, NULL)
		   ? ((const CmVaultKeyring *)cm_vault_record_get_fields(record,
									 CM_VAULT_KIND_KEYRING))
			 ->generation
		   : 0;
}

/* keyring and memory, of which no new ones are to take the place before. Returns: (transfer full) the folder of their copies */
static gchar *
keep_earlier(const CmAgentKeys *keys, guint32 generation, GError **error)
{
	g_autofree gchar *earlier = NULL;
	g_autoptr(GError) local = NULL;

	/* what an enrolment that was interrupted had put aside is kept too */
	if (!cm_agent_memory_put_back(keys->folder, generation, error))
		return NULL;
	earlier = cm_agent_earlier_keep(keys->folder, error);
	if (earlier == NULL || cm_agent_memory_put_aside(keys->folder, generation, &local))
		return g_steal_pointer(&earlier);
	if (cm_agent_earlier_put_back(keys->folder, earlier, error))
		g_propagate_error(error, g_steal_pointer(&local));
	return NULL;
}

static gboolean
put_back_earlier(const CmAgentKeys *keys, const gchar *earlier, guint32 generation, GError **error)
{
	return cm_agent_earlier_put_back(keys->folder, earlier, error) &&
	       cm_agent_memory_put_back(keys->folder, generation, error);
}

/* new keys can't read what others' agent remembered; whoever looks for it finds it: in the folder of the earlier keys, or beside. What could not
 * be laid aside stays, and is refused when the new keys are opened. */
static void
drop_memory(const CmAgentKeys *keys, guint32 generation)
{
	g_autofree gchar *path = g_build_filename(keys->folder, CM_AGENT_MEMORY_NAME, NULL);

	if (keys->again)
		cm_agent_memory_drop_aside(keys->folder, generation);
	else if (cm_agent_earlier_lay_aside(keys->folder, CM_AGENT_MEMORY_NAME, NULL))
		(void)g_unlink(path);
}

static gboolean
hand_over(CmAgentKeys *keys,
	  CmAgentComodald *comodald,
	  const CmVaultSecret *typed,
	  const CmVaultSecret *passphrase,
	  const gchar *label,
	  GCancellable *cancellable,
	  GError **error)
{
	const CmAgentIdentityPlace place = {.folder = keys->folder,
					    .memory_bytes = measure_memory(),
					    .replace = keys->unfinished || keys->again};
	g_autofree gchar *path = g_build_filename(keys->folder, CM_AGENT_KEYFILE_NAME, NULL);
	g_autoptr(GBytes) enrolment = NULL;
	g_autoptr(GBytes) recovery = NULL;

	if (!cm_agent_enrolment_finish(keys->enrolment, &place, typed, passphrase, label,
				       &enrolment, &recovery, error))
		return FALSE;
	if (!cm_agent_comodald_enrol(comodald, enrolment, recovery, cancellable, error)) {
		/* keys that nobody else knows of are worth nothing: it is begun again */
		if (!keys->again)
			(void)g_unlink(path);
		return FALSE;
	}
	return TRUE;
}

gboolean
cm_agent_keys_finish_enrolment(CmAgentKeys *keys,
			       CmAgentComodald *comodald,
			       const CmVaultSecret *typed,
			       const CmVaultSecret *passphrase,
			       const gchar *label,
			       GCancellable *cancellable,
			       gchar **out_earlier,
			       GError **error)
{
	g_autofree gchar *earlier = NULL;
	g_autoptr(GError) local = NULL;
	guint32 generation = 0;

	if (keys->enrolment == NULL) {
		cm_error_set(error, CM_ERROR_KEY, N_("No enrolment was begun, or it was locked."),
			     NULL);
		return FALSE;
	}
	if (keys->unfinished &&
	    !cm_agent_earlier_lay_aside(keys->folder, CM_AGENT_KEYFILE_NAME, error))
		return FALSE;
	if (keys->again) {
		generation = get_generation(keys);
		earlier = keep_earlier(keys, generation, error);
		if (earlier == NULL)
			return FALSE;
	}
	if (!hand_over(keys, comodald, typed, passphrase, label, cancellable, &local)) {
		/* rather where one's keys are than why there are no new ones */
		if (earlier == NULL || put_back_earlier(keys, earlier, generation, error))
			g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	drop_memory(keys, generation);
	cm_agent_keys_lock(keys);
	*out_earlier = g_steal_pointer(&earlier);
	return TRUE;
}

/* ---- recovery */

/* the newest generation's, which stands first */
static GBytes *
take_newest(GBytes *keyrings, GError **error)
{
	g_autoptr(GArray) frames = NULL;
	CmVaultClass found =
	    cm_vault_frames_split(keyrings, CM_VAULT_RECORD_OF(CM_VAULT_KIND_KEYRING), &frames);

	if (!cm_vault_class_set_error(found, "keyring", error))
		return NULL;
	if (frames->len > 0)
		return g_bytes_ref(g_array_index(frames, CmVaultFrame, 0).octets);
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("You never enrolled."), NULL);
	return NULL;
}

/* the generation of the person's keys that are here and that those of `next` take the place of; 0: there are none, or the very same */
static guint32
find_earlier(const CmAgentKeys *keys, const CmVaultKeyring *next)
{
	g_autoptr(CmVaultRecord) record = NULL;
	CmAgentIdentityPlace place;
	const CmVaultKeyring *own = NULL;

	if (!find_place(keys, &place, &record, NULL))
		return 0;
	own = cm_vault_record_get_fields(record, CM_VAULT_KIND_KEYRING);
	return own->generation < next->generation &&
		       memcmp(own->person, next->person, CM_VAULT_ID_BYTES) == 0 &&
		       memcmp(own->organisation, next->organisation, CM_VAULT_HASH_BYTES) == 0
		   ? own->generation
		   : 0;
}

/* what keys before remembered makes room for those that come back; where none do, it is in its place again */
static CmAgentIdentity *
recover(const CmAgentKeys *keys,
	GBytes *recovery,
	const CmVaultKeyring *next,
	const CmVaultSecret *typed,
	const CmVaultSecret *passphrase,
	GError **error)
{
	/* as in find_place(): the code's own seal holds to the organisation */
	const CmAgentIdentityPlace place = {.folder = keys->folder,
					    .organisation = next->organisation,
					    .memory_bytes = measure_memory()};
	guint32 earlier = find_earlier(keys, next);
	CmAgentIdentity *identity = NULL;
	g_autoptr(GError) local = NULL;

	if (earlier != 0 && !cm_agent_memory_put_aside(keys->folder, earlier, error))
		return NULL;
	identity = cm_agent_identity_recover(&place, recovery, typed, passphrase, NULL, &local);
	if (identity == NULL &&
	    (earlier == 0 || cm_agent_memory_put_back(keys->folder, earlier, error)))
		g_propagate_error(error, g_steal_pointer(&local));
	return identity;
}

gboolean
cm_agent_keys_recover(CmAgentKeys *keys,
		      CmAgentComodald *comodald,
		      const CmVaultSecret *typed,
		      const CmVaultSecret *passphrase,
		      GCancellable *cancellable,
		      GError **error)
{
	g_autoptr(GBytes) all = cm_agent_comodald_get_recovery(comodald, cancellable, error);
	g_autoptr(GBytes) recovery = all != NULL ? take_newest(all, error) : NULL;
	g_autoptr(CmVaultRecord) keyring = NULL;
	CmAgentIdentity *identity = NULL;
	g_autoptr(GError) local = NULL;

	if (recovery == NULL ||
	    !cm_vault_class_set_error(
		cm_vault_record_read(CM_VAULT_KIND_KEYRING, recovery, &keyring), "keyring", error))
		return FALSE;
	identity =
	    recover(keys, recovery, cm_vault_record_get_fields(keyring, CM_VAULT_KIND_KEYRING),
		    typed, passphrase, &local);
	if (identity == NULL)
		return fail_secret(N_("This is not the recovery code of your newest keys."), &local,
				   error);
	cm_agent_keys_lock(keys);
	keys->identity = identity;
	return TRUE;
}

CmAgentShelf *
cm_agent_keys_get_shelf(const CmAgentKeys *keys)
{
	return keys->shelf;
}

/* what follows the directory that was checked last, or all of them: comodald is asked for that one too, to see that it is still there */
static gboolean
follow_directory(CmAgentKeys *keys,
		 CmAgentComodald *comodald,
		 GBytes *key,
		 GCancellable *cancellable,
		 CmVaultPeople **out_people,
		 GError **error)
{
	CmVaultPeople *kept = cm_agent_shelf_get_people(keys->shelf);
	const CmAgentDirectoryPlace place = {
	    .folder = keys->folder, .bundle = cm_agent_keys_get_bundle(keys, NULL), .key = key};
	g_autoptr(GBytes) records = NULL;
	guint64 after = kept != NULL ? cm_vault_people_get_directory(kept)->sequence - 1 : 0;

	records = cm_agent_comodald_list_directories(comodald, after, cancellable, error);
	if (records == NULL)
		return FALSE;
	if (kept != NULL && cm_agent_directory_continue(&place, kept, records, out_people, NULL))
		return TRUE;
	if (after > 0) {
		g_bytes_unref(g_steal_pointer(&records));
		records = cm_agent_comodald_list_directories(comodald, 0, cancellable, error);
	}
	return records != NULL && cm_agent_directory_check(&place, records, out_people, error);
}

gboolean
cm_agent_keys_check_directory(CmAgentKeys *keys,
			      CmAgentComodald *comodald,
			      GCancellable *cancellable,
			      CmVaultPeople **out_people,
			      GError **error)
{
	g_autoptr(GBytes) key = NULL;
	g_autoptr(CmVaultPeople) people = NULL;

	if (cm_agent_keys_get_bundle(keys, error) == NULL)
		return FALSE;
	key = cm_agent_comodald_get_key(comodald, cancellable, error);
	if (key == NULL || !follow_directory(keys, comodald, key, cancellable, &people, error))
		return FALSE;
	cm_agent_shelf_set_people(keys->shelf, people);
	*out_people = g_steal_pointer(&people);
	return TRUE;
}
