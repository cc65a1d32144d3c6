// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/json-shape.h"

/* Professionals, students, contacts and follow-ups of comodal-caseload/1. */

extern const CmJsonShape cm_caseload_people_professionals;
extern const CmJsonShape cm_caseload_people_students;
extern const CmJsonShape cm_caseload_people_contacts;
extern const CmJsonShape cm_caseload_people_followups;
