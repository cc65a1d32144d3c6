// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/calendar/itip-reader.h"

/* What was read of a message, a line a fact, for tests to compare. Returns: (transfer full) */
gchar *
cm_itip_fixture_describe(const CmItip *itip);
