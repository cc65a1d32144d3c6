// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-shelf.h"

#include "daemon/vault/vault-frames.h"

#include <string.h>

typedef struct {
	CmAgentCase *about;
	CmAgentShelfMark mark;
} Entry;

struct _CmAgentShelf {
	CmVaultPeople *people; /* NULL: none */
	GQueue entries;        /* Entry, the newest first */
};

static void
free_entry(gpointer data)
{
	Entry *entry = data;

	cm_agent_case_free(entry->about);
	g_free(entry);
}

void
cm_agent_shelf_mark(CmAgentShelfMark *mark, GBytes *records)
{
	g_autoptr(GArray) frames = NULL;
	guint64 kinds = cm_vault_people_get_kinds() | CM_VAULT_RECORD_OF(CM_VAULT_KIND_BODY);

	if (cm_vault_frames_split(records, kinds, &frames) != CM_VAULT_CLASS_OK)
		return;
	for (guint i = 0; i < frames->len; i++) {
		const CmVaultFrame *frame = &g_array_index(frames, CmVaultFrame, i);
		CmVaultPart part = {0};

		if (frame->kind == CM_VAULT_KIND_BODY || frame->kind == CM_VAULT_KIND_HEAD)
			continue;
		part.data = g_bytes_get_data(frame->octets, &part.length);
		cm_vault_hash("record", &part, 1, mark->last);
		mark->count++;
	}
}

CmAgentShelf *
cm_agent_shelf_new(void)
{
	return g_new0(CmAgentShelf, 1);
}

void
cm_agent_shelf_free(CmAgentShelf *self)
{
	if (self == NULL)
		return;
	g_queue_clear_full(&self->entries, free_entry);
	cm_vault_people_unref(self->people);
	g_free(self);
}

CmVaultPeople *
cm_agent_shelf_get_people(const CmAgentShelf *self)
{
	return self->people;
}

void
cm_agent_shelf_set_people(CmAgentShelf *self, CmVaultPeople *people)
{
	if (people == self->people)
		return;
	g_queue_clear_full(&self->entries, free_entry);
	cm_vault_people_unref(self->people);
	self->people = people != NULL ? cm_vault_people_ref(people) : NULL;
}

CmAgentCase *
cm_agent_shelf_take(CmAgentShelf *self,
		    const CmVaultPeople *people,
		    const guint8 *case_id,
		    CmAgentShelfMark *out_mark)
{
	for (GList *link = self->entries.head; link != NULL; link = link->next) {
		Entry *entry = link->data;
		CmAgentCase *about = entry->about;

		if (cm_agent_case_get_people(about) != people ||
		    memcmp(cm_agent_case_get_id(about), case_id, CM_VAULT_ID_BYTES) != 0)
			continue;
		*out_mark = entry->mark;
		g_queue_delete_link(&self->entries, link);
		g_free(entry);
		return about;
	}
	return NULL;
}

void
cm_agent_shelf_put(CmAgentShelf *self, CmAgentCase *about, const CmAgentShelfMark *mark)
{
	Entry *entry = g_new0(Entry, 1);

	cm_agent_case_close(about);
	entry->about = about;
	entry->mark = *mark;
	g_queue_push_head(&self->entries, entry);
	if (self->entries.length > CM_AGENT_SHELF_CASES)
		free_entry(g_queue_pop_tail(&self->entries));
}
