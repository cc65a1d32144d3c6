// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-frames.h"

/* Any bytes: refused with the right kind of class, or a record of one kind whose fields, written again, are the very same octets. As many
 * records one after the other: refused, or octet for octet what there is. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_kind(GBytes *octets, CmVaultKind kind)
{
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(GBytes) again = NULL;
	CmVaultClass found = cm_vault_record_read(kind, octets, &record);

	if (found != CM_VAULT_CLASS_OK) {
		g_assert_null(record);
		g_assert_cmpuint(found, <=, CM_VAULT_CLASS_LIMIT);
		return;
	}
	again = cm_vault_record_write(kind, cm_vault_record_get_fields(record, kind));
	g_assert_true(g_bytes_equal(octets, again));
}

static void
check_frames(GBytes *octets)
{
	g_autoptr(GArray) frames = NULL;
	gsize total = 0;

	if (cm_vault_frames_split(octets, ~G_GUINT64_CONSTANT(0), &frames) != CM_VAULT_CLASS_OK)
		return;
	for (guint i = 0; i < frames->len; i++) {
		GBytes *one = g_array_index(frames, CmVaultFrame, i).octets;

		g_assert_cmpmem(g_bytes_get_data(one, NULL), (gint)g_bytes_get_size(one),
				(const guint8 *)g_bytes_get_data(octets, NULL) + total,
				(gint)g_bytes_get_size(one));
		total += g_bytes_get_size(one);
	}
	g_assert_cmpuint(total, ==, g_bytes_get_size(octets));
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(GBytes) octets = g_bytes_new(data, size);

	check_frames(octets);
	for (guint kind = 0; kind < CM_VAULT_KIND_LAST; kind++)
		if (cm_vault_fields_get_layout((CmVaultKind)kind)->type != 0)
			check_kind(octets, (CmVaultKind)kind);
	return 0;
}
