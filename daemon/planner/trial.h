// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/sheet.h"
#include "daemon/planner/stream.h"

/* A change that is tried: some follow-ups are taken away, are put back by whoever tries, and return to where they were if that was
 * no good. */

#define CM_TRIAL_MAX 8 /* follow-ups in one trial */

typedef struct {
	guint32 session;
	CmSpot spot;
} CmTrialSpot;

typedef struct {
	CmState *state; /* the caller's */
	CmSheet *sheet; /* the state's open one, or NULL; the caller's */
	guint32 chosen[CM_TRIAL_MAX];
	guint count;
	guint most;    /* at most so many are chosen */
	GArray *saved; /* CmTrialSpot: where the sessions taken away stood */
} CmTrial;

/* Make one ready for cm_trial_start(), and free what it holds. */
void
cm_trial_init(CmTrial *trial);
void
cm_trial_clear(CmTrial *trial);

/* Begin anew over a state: nothing is chosen. */
void
cm_trial_start(CmTrial *trial, CmState *state, guint most);

/* Choose a follow-up; FALSE when it is chosen already or there are as many as may be. */
gboolean
cm_trial_choose(CmTrial *trial, guint32 followup);

/* The chosen in a random order. */
void
cm_trial_shuffle(CmTrial *trial, CmStream *stream);

/* Take away the sessions of the chosen that stand and are not locked; again after more were chosen. Their points stay those of before
 * until they are recounted. */
void
cm_trial_take_away(CmTrial *trial);

/* Whether the days that sessions were taken from are still allowed: one may be so only because of a session in person that is gone,
 * which parted two runs of video. */
gboolean
cm_trial_check_days(const CmTrial *trial);

/* Put everything back where it was. */
void
cm_trial_undo(CmTrial *trial);
