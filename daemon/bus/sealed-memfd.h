// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* A document handed over by descriptor: memory that nobody can change or cut any more. */

/* A descriptor, close-on-exec, at offset 0, of a sealed copy of `data`. Returns -1 with `error` set (CM_ERROR_FAILED). */
gint
cm_sealed_memfd_new(const gchar *data, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
