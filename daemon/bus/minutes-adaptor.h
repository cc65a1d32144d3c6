// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"
#include "include/cm-dbus.h"

/* Answer the methods of org.comodal.Comodal1.Vault that are about minutes. */
void
cm_minutes_adaptor_connect(CmDBusVault *object, CmService *service);
