// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/inbound-document.h"
#include "daemon/inbox/mail-reader.h"

#include <stdint.h>
#include <stdlib.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* a mail from anybody: read or refused, its document within its bounds and the same when it is read and written again */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) octets = g_bytes_new(data, size);
	g_autoptr(GBytes) document = cm_mail_reader_read_document(octets);
	g_autoptr(GBytes) again = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(CmInboundMail) mail = NULL;
	g_autoptr(CmInboundMail) hostile = NULL;

	if (g_bytes_get_size(document) > CM_INBOUND_DOCUMENT_MAX)
		abort();
	mail = cm_inbound_document_read(document, &error);
	if (mail == NULL)
		abort();
	again = cm_inbound_document_write(mail);
	if (!g_bytes_equal(document, again))
		abort();
	/* and as a document from somebody who isn't the courier */
	hostile = cm_inbound_document_read(octets, NULL);
	return 0;
}
