// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/json-shape.h"

/* Calendars, sites, travel, rooms and companions of comodal-caseload/1. */

extern const CmJsonShape cm_caseload_places_calendars;
extern const CmJsonShape cm_caseload_places_sites;
extern const CmJsonShape cm_caseload_places_travel;
extern const CmJsonShape cm_caseload_places_rooms;
extern const CmJsonShape cm_caseload_places_companions;
