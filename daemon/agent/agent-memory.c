// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-memory.h"

#include "daemon/agent/agent-advice.h"
#include "daemon/vault/vault-text.h"
#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define FILE_MODE 0600

struct _CmAgentMemory {
	gchar *path;
	const CmVaultRecord *bundle;
	guint64 counter;
	CmVaultRecord *record; /* kind remembered, as it was read; NULL: none */
	CmVaultRemembered fields;
	GArray *cases;   /* of CmVaultRememberedCase, ascending */
	GArray *drafts;  /* of CmVaultRememberedDraft, ascending */
	GPtrArray *kept; /* what was set, in octets of its own */
};

void
cm_agent_memory_free(CmAgentMemory *memory)
{
	if (memory == NULL)
		return;
	cm_vault_record_unref(memory->record);
	g_array_unref(memory->cases);
	g_array_unref(memory->drafts);
	g_ptr_array_unref(memory->kept);
	g_free(memory->path);
	g_free(memory);
}

static void
refer(CmAgentMemory *memory)
{
	memory->fields.cases = (CmVaultList){memory->cases->data, memory->cases->len};
	memory->fields.drafts = (CmVaultList){memory->drafts->data, memory->drafts->len};
}

static CmVaultClass
open_octets(CmAgentMemory *memory, GBytes *octets)
{
	g_autoptr(CmVaultRecord) locked = NULL;
	CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_MEMORY, octets, &locked);

	if (found == CM_VAULT_CLASS_OK)
		found = cm_vault_text_open_memory(octets, memory->bundle, &memory->record);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	memory->counter =
	    ((const CmVaultMemory *)cm_vault_record_get_fields(locked, CM_VAULT_KIND_MEMORY))
		->counter;
	memory->fields = *(const CmVaultRemembered *)cm_vault_record_get_fields(
	    memory->record, CM_VAULT_KIND_REMEMBERED);
	g_array_append_vals(memory->cases, memory->fields.cases.items, memory->fields.cases.count);
	g_array_append_vals(memory->drafts, memory->fields.drafts.items,
			    memory->fields.drafts.count);
	refer(memory);
	return CM_VAULT_CLASS_OK;
}

/* ---- beside other keys */

static gchar *
make_aside(const gchar *path, guint32 generation)
{
	return g_strdup_printf("%s-%u", path, generation);
}

/* where a file can't be renamed on condition (NFS, some of FUSE); an agent is alone with its folder */
static gint
move_checked(const gchar *from, const gchar *to)
{
	GStatBuf status;

	if (g_lstat(to, &status) == 0)
		return EEXIST;
	return g_rename(from, to) == 0 ? 0 : errno;
}

/* where there is nothing, nothing is moved; what is there already stays as it is. 0, or why not */
static gint
move(const gchar *from, const gchar *to)
{
	gint reason = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0 ? 0 : errno;

	if (reason == EINVAL || reason == ENOSYS)
		reason = move_checked(from, to);
	return reason == ENOENT ? 0 : reason;
}

static gboolean
fail_write(const gchar *path, gint reason, GError **error)
{
	cm_error_set(error, CM_ERROR_KEY, N_("The memory {0} can't be written: {1}."), path,
		     g_strerror(reason), NULL);
	return FALSE;
}

gboolean
cm_agent_memory_put_aside(const gchar *folder, guint32 generation, GError **error)
{
	g_autofree gchar *path = g_build_filename(folder, CM_AGENT_MEMORY_NAME, NULL);
	g_autofree gchar *aside = make_aside(path, generation);
	gint reason = move(path, aside);

	return reason == 0 || fail_write(aside, reason, error);
}

gboolean
cm_agent_memory_put_back(const gchar *folder, guint32 generation, GError **error)
{
	g_autofree gchar *path = g_build_filename(folder, CM_AGENT_MEMORY_NAME, NULL);
	g_autofree gchar *aside = make_aside(path, generation);
	gint reason = move(aside, path);

	return reason == 0 || reason == EEXIST || fail_write(path, reason, error);
}

void
cm_agent_memory_drop_aside(const gchar *folder, guint32 generation)
{
	g_autofree gchar *path = g_build_filename(folder, CM_AGENT_MEMORY_NAME, NULL);
	g_autofree gchar *aside = make_aside(path, generation);

	(void)g_unlink(aside);
}

/* what was put aside for new keys that never came is these keys' still */
static gboolean
settle(const CmAgentMemory *memory, const gchar *folder, GError **error)
{
	const CmVaultBundle *own = cm_vault_record_get_fields(memory->bundle, CM_VAULT_KIND_BUNDLE);

	return g_file_test(memory->path, G_FILE_TEST_EXISTS) ||
	       cm_agent_memory_put_back(folder, own->generation, error);
}

CmAgentMemory *
cm_agent_memory_read(const gchar *folder, const CmVaultRecord *bundle, GError **error)
{
	g_autoptr(CmAgentMemory) memory = g_new0(CmAgentMemory, 1);
	g_autoptr(GError) local = NULL;
	g_autoptr(GBytes) octets = NULL;
	gchar *contents = NULL;
	gsize length = 0;

	memory->path = g_build_filename(folder, CM_AGENT_MEMORY_NAME, NULL);
	memory->bundle = bundle;
	memory->cases = g_array_new(FALSE, FALSE, sizeof(CmVaultRememberedCase));
	memory->drafts = g_array_new(FALSE, FALSE, sizeof(CmVaultRememberedDraft));
	memory->kept = g_ptr_array_new_with_free_func(g_free);
	if (!settle(memory, folder, error))
		return NULL;
	if (!g_file_get_contents(memory->path, &contents, &length, &local)) {
		if (g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			return g_steal_pointer(&memory);
		cm_error_set(error, CM_ERROR_KEY, N_("The memory {0} can't be read: {1}."),
			     memory->path, local->message, NULL);
		return NULL;
	}
	octets = g_bytes_new_take(contents, length);
	if (!cm_vault_class_set_error(open_octets(memory, octets), CM_AGENT_MEMORY_NAME, error)) {
		cm_agent_advice_add(
		    error,
		    N_("Find out by whom. With {0} moved away, your agent begins to remember anew, "
		       "and can’t tell what was put back before."),
		    memory->path);
		return NULL;
	}
	return g_steal_pointer(&memory);
}

gboolean
cm_agent_memory_write(CmAgentMemory *memory, GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(GBytes) octets =
	    cm_vault_text_lock_memory(memory->bundle, memory->counter + 1, &memory->fields);

	if (octets == NULL)
		return cm_vault_class_set_error(CM_VAULT_CLASS_MEMORY, CM_AGENT_MEMORY_NAME, error);
	if (!g_file_set_contents_full(
		memory->path, g_bytes_get_data(octets, NULL), (gssize)g_bytes_get_size(octets),
		G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, FILE_MODE, &local)) {
		cm_error_set(error, CM_ERROR_KEY, N_("The memory {0} can't be written: {1}."),
			     memory->path, local->message, NULL);
		return FALSE;
	}
	memory->counter++;
	return TRUE;
}

const CmVaultRemembered *
cm_agent_memory_get(const CmAgentMemory *memory)
{
	return &memory->fields;
}

static const guint8 *
keep(CmAgentMemory *memory, const guint8 *octets, gsize length)
{
	guint8 *copy = octets != NULL ? g_memdup2(octets, length) : g_malloc0(length);

	g_ptr_array_add(memory->kept, copy);
	return copy;
}

/* where an id stands, or would stand, in an array whose elements begin with one */
static gboolean
search(const GArray *array, gsize size, const guint8 *id, guint *out_index)
{
	gint order = -1;
	guint i = 0;

	for (; i < array->len; i++) {
		const guint8 *const *own = (gconstpointer)(array->data + i * size);

		order = memcmp(id, *own, CM_VAULT_ID_BYTES);
		if (order <= 0)
			break;
	}
	*out_index = i;
	return i < array->len && order == 0;
}

void
cm_agent_memory_set_directory(CmAgentMemory *memory, guint64 sequence, const guint8 *record)
{
	memory->fields.directory = sequence;
	memory->fields.directory_record = keep(memory, record, CM_VAULT_HASH_BYTES);
}

void
cm_agent_memory_set_case(CmAgentMemory *memory, const CmVaultRememberedCase *known)
{
	CmVaultRememberedCase own = *known;
	guint index = 0;

	own.case_id = keep(memory, known->case_id, CM_VAULT_ID_BYTES);
	own.epoch_record = keep(memory, known->epoch_record, CM_VAULT_HASH_BYTES);
	own.last_note = keep(memory, known->last_note, CM_VAULT_HASH_BYTES);
	if (search(memory->cases, sizeof own, own.case_id, &index))
		g_array_remove_index(memory->cases, index);
	g_array_insert_val(memory->cases, index, own);
	refer(memory);
}

static void
join_case(CmAgentMemory *memory, const CmVaultRememberedCase *known)
{
	const CmVaultRememberedCase *own = cm_agent_memory_find_case(memory, known->case_id);
	CmVaultRememberedCase joined = *known;

	if (own != NULL && own->epoch > known->epoch) {
		joined.epoch = own->epoch;
		joined.epoch_record = own->epoch_record;
	}
	if (own != NULL && own->sequence > known->sequence) {
		joined.sequence = own->sequence;
		joined.last_note = own->last_note;
	}
	cm_agent_memory_set_case(memory, &joined);
}

void
cm_agent_memory_join_cases(CmAgentMemory *memory, const CmAgentMemory *earlier)
{
	for (guint i = 0; i < earlier->cases->len; i++)
		join_case(memory, &g_array_index(earlier->cases, CmVaultRememberedCase, i));
}

void
cm_agent_memory_set_draft(CmAgentMemory *memory, const CmVaultRememberedDraft *known)
{
	CmVaultRememberedDraft own = *known;
	guint index = 0;

	own.draft = keep(memory, known->draft, CM_VAULT_ID_BYTES);
	cm_agent_memory_forget_draft(memory, own.draft);
	(void)search(memory->drafts, sizeof own, own.draft, &index);
	g_array_insert_val(memory->drafts, index, own);
	refer(memory);
}

void
cm_agent_memory_forget_draft(CmAgentMemory *memory, const guint8 *draft)
{
	guint index = 0;

	if (search(memory->drafts, sizeof(CmVaultRememberedDraft), draft, &index))
		g_array_remove_index(memory->drafts, index);
	refer(memory);
}

const CmVaultRememberedCase *
cm_agent_memory_find_case(const CmAgentMemory *memory, const guint8 *case_id)
{
	guint index = 0;

	if (!search(memory->cases, sizeof(CmVaultRememberedCase), case_id, &index))
		return NULL;
	return &g_array_index(memory->cases, CmVaultRememberedCase, index);
}

guint64
cm_agent_memory_get_revision(const CmAgentMemory *memory, const guint8 *draft)
{
	guint index = 0;

	if (!search(memory->drafts, sizeof(CmVaultRememberedDraft), draft, &index))
		return 0;
	return g_array_index(memory->drafts, CmVaultRememberedDraft, index).revision;
}
