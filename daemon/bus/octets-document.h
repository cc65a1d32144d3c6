// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

/* Octets that cross by descriptor, whatever they are. */

/* What came with a call: its handle among its descriptors, read to the end. CM_ERROR_INVALID_INPUT: not there, not a file or memory,
 * more than `max` octets. Returns: (transfer full) */
GBytes *
cm_octets_document_read(GUnixFDList *descriptors, GVariant *handle, gsize max, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A reply of one handle, its octets sealed as descriptor `out_fd`. Takes `octets`, which may be NULL with the error set; then NULL. */
GVariant *
cm_octets_document_answer(GBytes *octets, gint *out_fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same octets in a sealed memfd; the caller's to close. -1 with `error` set. */
gint
cm_octets_document_seal(GBytes *octets, GError **error) G_GNUC_WARN_UNUSED_RESULT;
