// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload-shape.h"

/* What the tables of comodal-caseload/1 share. The callbacks are those of CmJsonShape. */

/* What is being read into. */
CmCaseloadLoading *
cm_caseload_part_get_loading(CmJsonRead *read);

/* There are more than a document may have: a fault, and the end of the reading. */
void
cm_caseload_part_stop_too_many(CmJsonRead *read);

/* `end`: append the record to the array of CmCaseloadKind `tag`. */
void
cm_caseload_part_append(CmJsonRead *read, const CmJsonShape *shape, gpointer record);

/* `begin` and `end` of a list whose elements go to the array of CmCaseloadKind `tag`: its place is a CmRange. */
void
cm_caseload_part_begin_range(CmJsonRead *read, const CmJsonShape *shape, gpointer record);
void
cm_caseload_part_end_range(CmJsonRead *read, const CmJsonShape *shape, gpointer record);

/* `take`: the id of what is appended next to the array of CmCaseloadKind `tag`. */
void
cm_caseload_part_take_id(CmJsonRead *read,
			 const CmJsonShape *shape,
			 gpointer place,
			 const CmJsonValue *value);

/* The index of what has this id, or CM_NONE and it is set once it has come. */
guint32
cm_caseload_part_link(CmJsonRead *read, const CmCaseloadLink *link, const gchar *id, guint line);

/* `take`: an id of something else; `data` is the CmCaseloadLink. */
void
cm_caseload_part_take_link(CmJsonRead *read,
			   const CmJsonShape *shape,
			   gpointer place,
			   const CmJsonValue *value);

/* The same for an element of a list, which goes to the references. */
void
cm_caseload_part_take_link_element(CmJsonRead *read,
				   const CmJsonShape *shape,
				   gpointer place,
				   const CmJsonValue *value);

/* `begin` of a list of flags and `take` of one of them: the bit of its index in `names`, in a guint8. */
void
cm_caseload_part_begin_flags(CmJsonRead *read, const CmJsonShape *shape, gpointer record);
void
cm_caseload_part_take_flag(CmJsonRead *read,
			   const CmJsonShape *shape,
			   gpointer place,
			   const CmJsonValue *value);

/* A fault unless the window begins before it ends. */
void
cm_caseload_part_check_window(CmJsonRead *read, CmMinute from, CmMinute to);

extern const CmJsonShape cm_caseload_part_date;
extern const CmJsonShape cm_caseload_part_time;
extern const CmJsonShape cm_caseload_part_name;      /* of a person or a place: may be empty */
extern const CmJsonShape cm_caseload_part_word;      /* opaque, not empty */
extern const CmJsonShape cm_caseload_part_opening;   /* [from, to]: a CmWindow */
extern const CmJsonShape cm_caseload_part_cycle_day; /* a gint16 from 1 */
extern const CmJsonShape cm_caseload_part_hours; /* {"mon": [[from, to], …], …}: a CmWeekHours */
extern const gchar *const cm_caseload_part_use_names[];  /* in the order of CmUse's bits */
extern const gchar *const cm_caseload_part_mode_names[]; /* in the order of CmMode */

#define CM_CASELOAD_PART_ID(kind_)                                                                 \
	{                                                                                          \
		.kind = CM_JSON_TEXT, .minimum = 1, .maximum = CM_CASELOAD_MAX_ID_BYTES,           \
		.take = cm_caseload_part_take_id, .tag = kind_                                     \
	}

#define CM_CASELOAD_PART_LINK(link_)                                                               \
	{                                                                                          \
		.kind = CM_JSON_TEXT, .minimum = 1, .maximum = CM_CASELOAD_MAX_ID_BYTES,           \
		.take = cm_caseload_part_take_link, .data = &(link_)                               \
	}

/* a list of the document: its elements append themselves */
#define CM_CASELOAD_PART_LIST(element_, maximum_)                                                  \
	{                                                                                          \
		.kind = CM_JSON_LIST, .maximum = maximum_, .element = &(element_)                  \
	}

/* a list inside an element: a CmRange of an array */
#define CM_CASELOAD_PART_RANGE(element_, maximum_, kind_)                                          \
	{                                                                                          \
		.kind = CM_JSON_LIST, .maximum = maximum_, .element = &(element_),                 \
		.begin = cm_caseload_part_begin_range, .end = cm_caseload_part_end_range,          \
		.tag = kind_                                                                       \
	}
