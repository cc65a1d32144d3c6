// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* The daily look at birthdays (store-birthday.h): when the service begins, and whenever the organisation's date is another one,
 * because a day began or the clock was set. Main loop only. */

/* How far ahead it asks, unless --birthday-notice says otherwise. No source has a number: it is a setting, not a rule. */
#define CM_BIRTHDAY_KEEPER_DAYS 30
#define CM_BIRTHDAY_KEEPER_DAYS_MAX 366

typedef struct _CmBirthdayKeeper CmBirthdayKeeper;

/* The service outlives it. Returns: (transfer full) */
CmBirthdayKeeper *
cm_birthday_keeper_new(CmService *service);
void
cm_birthday_keeper_free(CmBirthdayKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmBirthdayKeeper, cm_birthday_keeper_free)
