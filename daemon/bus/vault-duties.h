// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"
#include "include/cm-dbus.h"

/* Answer GetDuties of org.comodal.Comodal1.Vault. */
void
cm_vault_duties_connect(CmDBusVault *object, CmService *service);
