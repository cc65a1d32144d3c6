// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/* The names that two processes must spell alike: bus, paths, journal fields, environment. */

#define CM_BUS_NAME "org.comodal.Comodal1"
#define CM_OBJECT_PATH "/org/comodal/Comodal1"
#define CM_JOB_PATH_PREFIX "/org/comodal/Comodal1/jobs/"

#define CM_INTERFACE_PREFIX "org.comodal.Comodal1."
#define CM_ERROR_NAME_PREFIX "org.comodal.Comodal1.Error."

/* comodald's end of the courier's private socket */
#define CM_COURIER_OBJECT_PATH "/org/comodal/Courier1"
#define CM_COURIER_INTERFACE "org.comodal.Courier1"

/* and of the gateway's */
#define CM_GATEWAY_OBJECT_PATH "/org/comodal/Gateway1"
#define CM_GATEWAY_INTERFACE "org.comodal.Gateway1"
#define CM_GATEWAY_VIEWS_MAX 32 /* that one call of its Views may ask for */

/* comodal-agent's end of its private socket, and where that stands in the person's own runtime folder */
#define CM_AGENT_OBJECT_PATH "/org/comodal/Agent1"
#define CM_AGENT_SOCKET_FOLDER "comodal"
#define CM_AGENT_SOCKET                                                                            \
	"agent" /* of a session's bus: and which one, daemon/common/person-place.h */

/* gettext */
#define CM_TEXT_DOMAIN "comodal"

/* Journal fields; none of them ever holds a name, a birth date, an address or a token. */
#define CM_LOG_DOMAIN "comodal"
#define CM_LOG_FIELD_JOB "COMODAL_JOB"
#define CM_LOG_FIELD_METHOD "COMODAL_METHOD"
#define CM_LOG_FIELD_UID "COMODAL_UID"
#define CM_LOG_FIELD_ERROR "COMODAL_ERROR"

/* Environment; each is for a run from the build folder or a test, none is needed once installed. */
#define CM_ENV_LOCALE_DIR "COMODAL_LOCALE_DIR" /* where <lang>/LC_MESSAGES/comodal.mo stands */
#define CM_ENV_POLICY_DIR "COMODAL_POLICY_DIR" /* instead of the installed policies; a:b for two */
#define CM_ENV_AGENT "COMODAL_AGENT"           /* the program that comodalctl starts */
#define CM_ENV_BUS "COMODAL_BUS"               /* "session": comodalctl talks to the session bus */
/* a folder for the keys of one organisation: daemon/common/person-place.h */
#define CM_ENV_DATA_DIR "COMODAL_DATA_DIR"
/* what starts comodald, for whoever finds that it does not answer */
#define CM_ENV_START "COMODAL_START"
/* a file to read the instant from: daemon/bus/clock.h */
#define CM_ENV_CLOCK "COMODAL_CLOCK"
/* a file to read the seconds of no clock from: daemon/bus/clock.h */
#define CM_ENV_UPTIME "COMODAL_UPTIME"
