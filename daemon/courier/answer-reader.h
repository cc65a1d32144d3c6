// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <json-glib/json-glib.h>

/* What a video provider's server answered, taken apart here, where there is neither a database nor a key: comodald gets short texts by
 * their names. Of XML the elements right below the root, by their names, if they hold text alone; of JSON texts, numbers and truth values by
 * their path, as "response.error_code". What is longer, deeper or more than the limits is left out; no entity is looked up, no address
 * followed. */

#define CM_ANSWER_READER_OCTETS_MAX 65536
#define CM_ANSWER_READER_DEPTH_MAX 8
#define CM_ANSWER_READER_VALUES_MAX 64
#define CM_ANSWER_READER_TEXT_MAX 512 /* octets */
#define CM_ANSWER_READER_NAME_MAX 128 /* of a path */

/* Texts by name, of UTF-8 without control characters. NULL: it is neither XML nor a JSON object, or XML with a document type.
 * Returns: (transfer full) (nullable) */
JsonObject *
cm_answer_reader_read(const gchar *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;
