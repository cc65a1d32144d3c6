// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-secret.h"

/* What nobody else shall read, from the person to guarded memory: asked for on the terminal, or a line of standard input. */

#define CM_SECRET_PROMPT_MAX 4096 /* octets of a line */

/* One line, without its end; nothing of it is kept anywhere else. `echo`: whether the terminal shows what is typed. CM_ERROR_CANCELLED:
 * Ctrl-C; CM_ERROR_INVALID_INPUT: nothing, or too much; CM_ERROR_KEY: no locked memory. Returns: (transfer full) */
CmVaultSecret *
cm_secret_prompt_read(const gchar *question,
		      gboolean echo,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new passphrase, long enough; on a terminal asked for twice. Returns: (transfer full) */
CmVaultSecret *
cm_secret_prompt_read_new(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A recovery code as it is typed: four lines. Returns: (transfer full) */
CmVaultSecret *
cm_secret_prompt_read_code(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A text of `most` octets at most: all of standard input, on a terminal up to a line with nothing but a dot, or Ctrl-D. Its last line end is
 * left out. Errors as cm_secret_prompt_read(). Returns: (transfer full) */
CmVaultSecret *
cm_secret_prompt_read_text(gsize most, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of a part of a text, which may be empty: `out_text` is NULL then. */
gboolean
cm_secret_prompt_read_part(gsize most,
			   CmVaultSecret **out_text,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether somebody sits at a terminal. */
gboolean
cm_secret_prompt_is_terminal(void);

/* From here on no core and no other program of the user shows this process's memory. */
void
cm_secret_prompt_harden(void);
