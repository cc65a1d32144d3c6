// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/smtp-mail.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* of one address, RFC 5321 section 4.5.3.1.3 */
#define ADDRESS_MAX 254
/* slower than this for as long as a step may take is no progress */
#define SLOW_OCTETS 10L
/* a connection that was idle for longer is not used again: servers end them */
#define IDLE_SECONDS 30L

struct _CmSmtpMail {
	CmTransferPool *pool;
	const CmSmtpServer *server;
	CURL *handle;
	struct curl_slist *recipients;
	gint fd;
	goffset size;
	goffset given; /* octets that libcurl has taken */
	CmSmtpStep step;
	gboolean begun; /* something was said to the server */
	gboolean again; /* once more, over a new connection */
	CmSmtpMailDone done;
	gpointer user_data;
};

/* ---- judging */

static gboolean
is_about_login(guint answer)
{
	/* RFC 4954: mechanism too weak, or encryption needed; not accepted; required */
	return answer == 530 || answer == 534 || answer == 535 || answer == 538;
}

static CmAttempt
judge_refusal(CmSmtpStep step, guint answer)
{
	if (is_about_login(answer) || step == CM_SMTP_STEP_LOGIN)
		return CM_ATTEMPT_LOGIN;
	if (step == CM_SMTP_STEP_RECIPIENT || step == CM_SMTP_STEP_MESSAGE)
		return CM_ATTEMPT_PERMANENT;
	/* the message is larger than it takes, said when it is announced */
	if (step == CM_SMTP_STEP_SENDER && answer == 552)
		return CM_ATTEMPT_PERMANENT;
	/* what it has against us it has against every mail: no mail is dead for it */
	return CM_ATTEMPT_TEMPORARY;
}

CmAttempt
cm_smtp_mail_judge(CURLcode code, CmSmtpStep step, guint answer, gboolean whole)
{
	if (code == CURLE_OK)
		return CM_ATTEMPT_ACCEPTED;
	if (code == CURLE_OPERATION_TIMEDOUT || answer < 400 || answer > 599) {
		if (whole)
			return CM_ATTEMPT_UNCERTAIN;
		if (code == CURLE_LOGIN_DENIED)
			return CM_ATTEMPT_LOGIN;
		return cm_curl_source_is_tls_error(code) ? CM_ATTEMPT_TLS : CM_ATTEMPT_NETWORK;
	}
	if (answer < 500)
		return CM_ATTEMPT_TEMPORARY;
	return judge_refusal(step, answer);
}

gboolean
cm_smtp_mail_check_address(const gchar *address)
{
	const gchar *at = strrchr(address, '@');

	if (at == NULL || at == address || at[1] == '\0' || strlen(address) > ADDRESS_MAX ||
	    !g_utf8_validate(address, -1, NULL))
		return FALSE;
	for (const gchar *p = address; *p != '\0'; p++) {
		if (g_ascii_iscntrl(*p) || strchr(" <>,;\\\"()[]", *p) != NULL)
			return FALSE;
	}
	return TRUE;
}

/* ---- what libcurl asks for and tells */

static size_t
on_read(char *buffer, size_t size, size_t count, void *user_data)
{
	CmSmtpMail *mail = user_data;
	gssize length = pread(mail->fd, buffer, size * count, mail->given);

	if (length < 0)
		return CURL_READFUNC_ABORT;
	mail->given += length;
	if (mail->given == mail->size) {
		glong patience = MIN((glong)mail->server->timeout * CM_SMTP_MAIL_LAST_ANSWER_TIMES,
				     (glong)CM_SMTP_MAIL_LAST_ANSWER_SECONDS_MAX);

		/* a server may think long about a message: who is impatient here sends it twice */
		curl_easy_setopt(mail->handle, CURLOPT_LOW_SPEED_TIME, 0L);
		curl_easy_setopt(mail->handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, patience);
	}
	return (size_t)length;
}

static int
on_seek(void *user_data, curl_off_t offset, int origin)
{
	CmSmtpMail *mail = user_data;

	if (origin != SEEK_SET || offset < 0 || offset > mail->size)
		return CURL_SEEKFUNC_FAIL;
	mail->given = offset;
	return CURL_SEEKFUNC_OK;
}

static size_t
on_answer(char *data, size_t size, size_t count, void *user_data)
{
	return size * count;
}

static gboolean
is_command(const char *data, size_t length, const gchar *command)
{
	return length >= strlen(command) &&
	       g_ascii_strncasecmp(data, command, strlen(command)) == 0;
}

/* only the command's first letters are looked at, and nothing is kept: a login passes here too */
static int
on_told(CURL *handle, curl_infotype type, char *data, size_t length, void *user_data)
{
	CmSmtpMail *mail = user_data;

	if (type != CURLINFO_HEADER_OUT)
		return 0;
	mail->begun = TRUE;
	if (is_command(data, length, "AUTH "))
		mail->step = CM_SMTP_STEP_LOGIN;
	else if (is_command(data, length, "MAIL FROM:"))
		mail->step = CM_SMTP_STEP_SENDER;
	else if (is_command(data, length, "RCPT TO:"))
		mail->step = CM_SMTP_STEP_RECIPIENT;
	else if (is_command(data, length, "DATA"))
		mail->step = CM_SMTP_STEP_MESSAGE;
	return 0;
}

static void
mail_begin(CmSmtpMail *mail);

static void
mail_ended(CURL *handle, CURLcode code, gpointer user_data)
{
	CmSmtpMail *mail = user_data;
	CmSmtpResult result = {0};
	long answer = 0;
	long connects = 0;

	curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer);
	curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &connects);
	result.outcome = cm_smtp_mail_judge(code, mail->step, (guint)answer,
					    mail->size > 0 && mail->given == mail->size);
	result.code = answer >= 200 && answer < 600 ? (guint)answer : 0;
	/* the server had ended a connection that we used again */
	if (result.outcome == CM_ATTEMPT_NETWORK && connects == 0 && mail->given == 0 &&
	    !mail->again) {
		mail->again = TRUE;
		mail_begin(mail);
		return;
	}
	mail->done(&result, mail->user_data);
}

static void
set_server(CmSmtpMail *mail)
{
	const CmSmtpServer *server = mail->server;
	g_autofree gchar *url = g_strconcat(server->url, "/", server->ehlo, NULL);
	CURL *handle = mail->handle;

	cm_curl_source_secure(handle, server->ca_file, server->proxy);
	curl_easy_setopt(handle, CURLOPT_URL, url);
	curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	/* STARTTLS, or no mail */
	curl_easy_setopt(handle, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, (long)server->timeout);
	curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, SLOW_OCTETS);
	curl_easy_setopt(handle, CURLOPT_TIMEOUT, (long)CM_SMTP_MAIL_SECONDS_MAX);
	curl_easy_setopt(handle, CURLOPT_MAXAGE_CONN, IDLE_SECONDS);
	if (server->user == NULL)
		return;
	curl_easy_setopt(handle, CURLOPT_USERNAME, server->user);
	curl_easy_setopt(handle, CURLOPT_PASSWORD, cm_secret_get(server->password));
}

static void
set_message(CmSmtpMail *mail, const gchar *sender)
{
	CURL *handle = mail->handle;

	curl_easy_setopt(handle, CURLOPT_MAIL_FROM, sender);
	curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, mail->recipients);
	curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mail->size);
	curl_easy_setopt(handle, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(handle, CURLOPT_READDATA, mail);
	curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(handle, CURLOPT_SEEKDATA, mail);
	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_answer);
	curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_answer);
	curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, on_told);
	curl_easy_setopt(handle, CURLOPT_DEBUGDATA, mail);
}

static void
mail_begin(CmSmtpMail *mail)
{
	mail->given = 0;
	mail->begun = FALSE;
	mail->step = CM_SMTP_STEP_GREETING;
	curl_easy_setopt(mail->handle, CURLOPT_FRESH_CONNECT, mail->again ? 1L : 0L);
	curl_easy_setopt(mail->handle, CURLOPT_LOW_SPEED_TIME, (long)mail->server->timeout);
	curl_easy_setopt(mail->handle, CURLOPT_SERVER_RESPONSE_TIMEOUT,
			 (long)mail->server->timeout);
	cm_transfer_pool_add(mail->pool, mail->handle, mail_ended, mail);
}

CmSmtpMail *
cm_smtp_mail_new(CmTransferPool *pool,
		 const CmSmtpServer *server,
		 const gchar *sender,
		 const gchar *recipient,
		 gint fd,
		 CmSmtpMailDone done,
		 gpointer user_data)
{
	CmSmtpMail *mail = g_new0(CmSmtpMail, 1);
	struct stat status = {0};

	mail->pool = pool;
	mail->server = server;
	mail->fd = fd;
	mail->size = fstat(fd, &status) == 0 ? status.st_size : 0;
	mail->done = done;
	mail->user_data = user_data;
	mail->recipients = curl_slist_append(NULL, recipient);
	mail->handle = curl_easy_init();
	set_server(mail);
	set_message(mail, sender);
	mail_begin(mail);
	return mail;
}

void
cm_smtp_mail_free(CmSmtpMail *mail)
{
	if (mail == NULL)
		return;
	cm_transfer_pool_remove(mail->pool, mail->handle);
	curl_easy_cleanup(mail->handle);
	curl_slist_free_all(mail->recipients);
	g_free(mail);
}

CmAttempt
cm_smtp_mail_abandon(CmSmtpMail *mail)
{
	/* from here on nobody else touches it */
	cm_transfer_pool_remove(mail->pool, mail->handle);
	if (!mail->begun)
		return CM_ATTEMPT_RETURNED;
	return mail->given == mail->size ? CM_ATTEMPT_UNCERTAIN : CM_ATTEMPT_NETWORK;
}
