// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/agenda-view.h"

/* A week as a table, one column a day, 15 minutes a row; for one person. Returns: (transfer full), or NULL when the
 * document is not one person's week, nothing is in it, or the terminal is too narrow */
gchar *
cm_agenda_grid_draw(JsonObject *agenda,
		    const CmAgendaViewOptions *options) G_GNUC_WARN_UNUSED_RESULT;
