// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-frames.h"

static void
clear_frame(gpointer data)
{
	g_clear_pointer(&((CmVaultFrame *)data)->octets, g_bytes_unref);
}

CmVaultClass
cm_vault_frames_split(GBytes *octets, guint64 kinds, GArray **out_frames)
{
	g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(CmVaultFrame));
	gsize length = 0;
	const guint8 *data = g_bytes_get_data(octets, &length);
	gsize at = 0;

	g_array_set_clear_func(frames, clear_frame);
	while (at < length) {
		CmVaultFrame frame = {.kind = CM_VAULT_KIND_LAST};
		gsize whole = 0;
		CmVaultClass found =
		    cm_vault_record_frame(data + at, length - at, kinds, &frame.kind, &whole);

		if (found != CM_VAULT_CLASS_OK)
			return found;
		if (frames->len >= CM_VAULT_FRAMES_MAX)
			return CM_VAULT_CLASS_LIMIT;
		frame.octets = g_bytes_new_from_bytes(octets, at, whole);
		g_array_append_val(frames, frame);
		at += whole;
	}
	*out_frames = g_steal_pointer(&frames);
	return CM_VAULT_CLASS_OK;
}
