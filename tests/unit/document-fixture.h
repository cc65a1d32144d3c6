// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"
#include "daemon/roster/plan.h"

/* Documents for the tests of readers and writers. */

/* The path of a file below tests/fixtures. Returns: (transfer full) */
gchar *
cm_document_fixture_path(const gchar *name);

/* Its bytes; fails the test when it can't be read. Returns: (transfer full) */
gchar *
cm_document_fixture_load(const gchar *name, gsize *out_length);

/* A descriptor with these bytes, at their beginning. */
int
cm_document_fixture_open(const gchar *bytes, gsize length);

/* What stands in a descriptor. Returns: (transfer full) */
gchar *
cm_document_fixture_slurp(int fd, gsize *out_length);

/* tests/fixtures/caseload/small.json. Returns: (transfer full) */
CmCaseload *
cm_document_fixture_small(void);
