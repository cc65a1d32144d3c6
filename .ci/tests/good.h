// SPDX-License-Identifier: GPL-3.0-or-later
// as: daemon/policy/pear.h
#pragma once

#include <glib.h>

/* Opens it. */
gboolean
cm_pear_open(const gchar *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_pear_is_open(void);

void
cm_pear_free(void);

/* How it is peeled. */

void
cm_pear_peel(int a, int b);
void
cm_pear_core(int a, int b);

int
cm_pear_get_weight(const void *pear);
