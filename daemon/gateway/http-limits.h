// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/* Every limit of the web server that is not configured (daemon/gateway/http-settings.h has those that are). docs/gateway.md lists what
 * happens beyond each. */

/* memory of a connection: its head has to fit in, and the library refuses what does not in words of its own; a browser that has gathered cookies is to
 * meet ours */
#define CM_HTTP_LIMITS_HEAD_OCTETS (24 * 1024)
#define CM_HTTP_LIMITS_PATH_OCTETS 512
#define CM_HTTP_LIMITS_FORM_OCTETS (16 * 1024)
#define CM_HTTP_LIMITS_FORM_FIELDS 64
#define CM_HTTP_LIMITS_COOKIES_OCTETS 4096
/* seconds, from the beginning (or from the last answer) to the end, however it trickles */
#define CM_HTTP_LIMITS_HEAD_SECONDS 10
#define CM_HTTP_LIMITS_FORM_SECONDS 10
#define CM_HTTP_LIMITS_HANDLER_SECONDS 30
#define CM_HTTP_LIMITS_SEND_SECONDS 60
/* then it is looked at again */
#define CM_HTTP_LIMITS_END_SECONDS 5
/* what those that are refused for now are told */
#define CM_HTTP_LIMITS_RETRY_SECONDS 20
/* one tenth of all connections are kept free for whoever comes: beyond, the one that has been longest at one thing is closed */
#define CM_HTTP_LIMITS_FREE_SHARE 10
