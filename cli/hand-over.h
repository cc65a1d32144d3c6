// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

/* A descriptor list with these bytes in a memfd, and its handle: a document for the daemon. Returns: (transfer full) */
GUnixFDList *
cm_hand_over_bytes(GBytes *bytes, GVariant **out_handle, GError **error) G_GNUC_WARN_UNUSED_RESULT;
