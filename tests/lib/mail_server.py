# SPDX-License-Identifier: GPL-3.0-or-later
"""A real mail server of a test's own on loopback: Postfix (SMTP, submission with STARTTLS and AUTH, SMTPS) that delivers by LMTP
to Dovecot (IMAP, IMAPS), and nothing of the machine's own mail.

    with MailServer() as mail:
        mail.send(message, "parent@example.org", ["suivis+abc@css.example"])
        (received,) = mail.await_mail("suivis@css.example", 1)      # email.message.EmailMessage
        mail.smtp_url, mail.smtps_url, mail.imap_url, mail.ca_file, mail.user, mail.password

Everyone of `users` and no one else has a mailbox, and mail for name+anything is theirs; it keeps Delivered-To and X-Original-To.
Mail to another name of these domains is taken and comes back as a bounce, as real servers do; see REFUSED for who is refused at once.
A mail by the door without a password (port 25's) gets an Authentication-Results of `AUTHSERV`: "pass" from a domain of ours, "fail"
from FORGED. Everything is in a folder of its own; several may run at a time. It needs root: Postfix does.
"""
import ctypes
import email
import email.policy
import imaplib
import os
import pathlib
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

from ports import free_ports

MAIL_PROGRAMS = ("/usr/lib/postfix/sbin/master", "/usr/sbin/dovecot")
DOMAINS = ("css.example", "example.org", "school.example")
FUNCTIONAL = "suivis@css.example"
USERS = (FUNCTIONAL, "parent@example.org", "parent2@example.org", "child@example.org", "colleague@school.example",
         "stranger@example.org", "bot@css.example")
# refused at RCPT, with what they are told
REFUSED = {"refused@example.org": "550 5.1.1 no such person", "busy@example.org": "451 4.7.1 try again later"}
FORGED = "forged.example"
AUTHSERV = "mail.test"
USER, PASSWORD = "bot@css.example", "correct horse"
DEADLINE = float(os.environ.get("COMODAL_TEST_DEADLINE", "60"))

DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = {folder}
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
mailbox_list_index = no
recipient_delimiter = +
lmtp_hdr_delivery_address = none
mail_max_userip_connections = 100
passdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
  default_fields = uid=mail gid=mail home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  unix_listener lmtp {{
    mode = 0666
  }}
}}
service auth {{
  unix_listener auth-postfix {{
    mode = 0666
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""

POSTFIX = """
compatibility_level = 3.6
config_directory = {folder}/postfix
queue_directory = {folder}/postfix/spool
data_directory = {folder}/postfix/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = mail.test
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:no local mail in tests
default_transport = error:no outbound mail in tests
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
virtual_mailbox_domains = {domains}
virtual_transport = lmtp:unix:{folder}/run/lmtp
lmtp_destination_recipient_limit = 1
recipient_delimiter = +
propagate_unmatched_extensions =
smtpd_tls_cert_file = {folder}/cert.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_tls_security_level = may
smtpd_tls_loglevel = 1
smtpd_sasl_type = dovecot
smtpd_sasl_path = unix:{folder}/run/auth-postfix
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
in_flow_delay = 0
message_size_limit = 104857600
virtual_mailbox_limit = 0
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
"""

# type, private, unprivileged, chroot, wakeup, limit, command
MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
  -o smtpd_sender_restrictions=check_sender_access,texthash:{folder}/verdicts
  -o smtpd_recipient_restrictions=check_recipient_access,texthash:{folder}/refused
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=yes
  -o smtpd_recipient_restrictions=check_recipient_access,texthash:{folder}/refused,permit_sasl_authenticated,reject
127.0.0.1:{smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_recipient_restrictions=check_recipient_access,texthash:{folder}/refused,permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
lmtp unix - - n - - lmtp flags=DORX
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


def missing():
    """Why it can't run here, "" when it can."""
    if os.getuid() != 0:
        return "Postfix needs root"
    absent = [program for program in MAIL_PROGRAMS if not os.access(program, os.X_OK)]
    return f"no {absent[0]}" if absent else ""


def _die_with_parent():
    """In the child: SIGTERM when the test ends however it ends, so that no server outlives it."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def make_certificate(folder, names=("DNS:localhost", "IP:127.0.0.1")):
    """ca.pem, and cert.pem and key.pem that it signed, for these names."""
    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, stdin=subprocess.DEVNULL, capture_output=True)
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *curve, "-keyout", folder / "ca.key", "-out", folder / "ca.pem", "-days", "30", "-subj", "/CN=test CA")
    openssl("req", *curve, "-keyout", folder / "key.pem", "-out", folder / "request.pem", "-subj", "/CN=localhost")
    (folder / "names").write_text(f"subjectAltName={','.join(names)}\n")
    openssl("x509", "-req", "-in", folder / "request.pem", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-days", "30",
            "-out", folder / "cert.pem", "-extfile", folder / "names")
    return folder / "ca.pem"


def await_true(condition, what, deadline=None):
    """Until `condition()` is true; its value. For what can tell nobody that it happened."""
    end = time.monotonic() + (deadline or DEADLINE)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what}: nothing after {deadline or DEADLINE} s")
        time.sleep(0.02)


class MailServer:
    """Started when made. `names`: what its certificate is for."""

    user, password, functional = USER, PASSWORD, FUNCTIONAL

    def __init__(self, users=USERS, names=("DNS:localhost", "IP:127.0.0.1")):
        reason = missing()
        if reason:
            raise unittest.SkipTest(reason)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="comodal-mail-"))
        self.folder.chmod(0o755)
        self.users = list(users)
        self.processes = []
        try:
            self.ca_file = make_certificate(self.folder, names)
            self._prepare()
            # somebody who is no test may take a port between our look and our start
            for attempt in range(3):
                if self._start():
                    break
            else:
                raise RuntimeError(f"no mail server could be started:\n{self.logs()}")
        except BaseException:
            self.end()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    # ---- starting and ending

    def _prepare(self):
        for name in ("run", "state", "mail", "postfix", "postfix/spool", "postfix/data"):
            (self.folder / name).mkdir(mode=0o755)
        shutil.chown(self.folder / "mail", "mail", "mail")
        shutil.chown(self.folder / "postfix" / "data", "postfix")
        self.write_users()
        header = f"PREPEND Authentication-Results: {AUTHSERV}; spf={{0}} smtp.mailfrom={{1}}; dmarc={{0}} header.from={{1}}"
        verdicts = [(domain, "pass") for domain in DOMAINS] + [(FORGED, "fail")]
        (self.folder / "verdicts").write_text("".join(f"{domain} {header.format(word, domain)}\n" for domain, word in verdicts))
        (self.folder / "refused").write_text("".join(f"{address} {answer}\n" for address, answer in REFUSED.items()))
        spool = self.folder / "postfix" / "spool"
        # what `postfix check` would make in a second and a half
        for name, mode, owner in (("active", 0o700, "postfix"), ("bounce", 0o700, "postfix"), ("corrupt", 0o700, "postfix"),
                                  ("defer", 0o700, "postfix"), ("deferred", 0o700, "postfix"), ("flush", 0o700, "postfix"),
                                  ("hold", 0o700, "postfix"), ("incoming", 0o700, "postfix"), ("private", 0o700, "postfix"),
                                  ("saved", 0o700, "postfix"), ("trace", 0o700, "postfix"), ("maildrop", 0o730, "postfix"),
                                  ("public", 0o710, "postfix"), ("pid", 0o755, "root")):
            (spool / name).mkdir(mode=mode)
            (spool / name).chmod(mode)
            shutil.chown(spool / name, owner)

    def write_users(self):
        (self.folder / "users").write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}::::::\n" for user in self.users))

    def _start(self):
        names = ("smtp", "submission", "smtps", "imap", "imaps")
        self.ports = dict(zip(names, free_ports(len(names))))
        places = {"folder": self.folder, "domains": ", ".join(DOMAINS), **self.ports}
        verdict = f"PREPEND Authentication-Results: {AUTHSERV}; spf={{0}} smtp.mailfrom={{1}}; dmarc={{0}} header.from={{1}}"
        (self.folder / "dovecot.conf").write_text(DOVECOT.format(**places))
        (self.folder / "postfix" / "main.cf").write_text(POSTFIX.format(**places))
        (self.folder / "postfix" / "master.cf").write_text(MASTER.format(**places))
        self._run("/usr/sbin/dovecot", "-F", "-c", self.folder / "dovecot.conf")
        self._run("/usr/lib/postfix/sbin/master", "-d", "-c", self.folder / "postfix")
        silent = set(self.ports.values())

        def look():
            silent.difference_update({port for port in silent if self._listens(port)})
            return not silent or self._ended()
        try:
            await_true(look, "the mail server", 20)
        except AssertionError:
            pass
        if silent or self._ended():
            self.stop()
            return False
        return True

    def _run(self, *command):
        with open(self.folder / "programs.log", "ab") as log:
            self.processes.append(subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                   preexec_fn=_die_with_parent, start_new_session=True))

    def _ended(self):
        return any(process.poll() is not None for process in self.processes)

    @staticmethod
    def _listens(port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def stop(self):
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                # the whole session that it leads, and no one else
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        # their children, who share what they listened on, end a moment after them
        if self.processes:
            await_true(lambda: not any(self._listens(port) for port in self.ports.values()), "the end of the mail server", 10)
        self.processes = []

    def end(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def logs(self):
        """What its programs have said, for a failure."""
        texts = []
        for name in ("programs.log", "postfix.log", "dovecot.log"):
            path = self.folder / name
            texts.append(f"-- {name}\n{path.read_text(errors='replace')[-6000:] if path.exists() else '(none)'}")
        return "\n".join(texts)

    # ---- where it is

    @property
    def smtp_url(self):
        """Submission: STARTTLS and a password are demanded."""
        return f"smtp://localhost:{self.ports['submission']}"

    @property
    def smtps_url(self):
        return f"smtps://localhost:{self.ports['smtps']}"

    @property
    def imap_url(self):
        return f"imaps://localhost:{self.ports['imaps']}/INBOX"

    def context(self):
        return ssl.create_default_context(cafile=self.ca_file)

    # ---- as other people use it

    def send(self, message, sender, recipients, login=None):
        """Hand a message (EmailMessage, or bytes as they are) to the door for everybody, or with login=(user, password) to submission."""
        data = message if isinstance(message, bytes) else message.as_bytes(policy=email.policy.SMTP)
        with smtplib.SMTP("localhost", self.ports["submission" if login else "smtp"], "sender.test") as smtp:
            if login:
                smtp.starttls(context=self.context())
                smtp.login(*login)
            return smtp.sendmail(sender, recipients, data)

    def imap(self, address):
        connection = imaplib.IMAP4_SSL("localhost", self.ports["imaps"], ssl_context=self.context())
        connection.login(address, PASSWORD)
        return connection

    def raw_mail(self, address):
        """The mails in somebody's mailbox as octets, oldest first."""
        connection = self.imap(address)
        try:
            connection.select("INBOX", readonly=True)
            _, (numbers,) = connection.uid("search", None, "ALL")
            return [connection.uid("fetch", number, "(BODY.PEEK[])")[1][0][1] for number in numbers.split()]
        finally:
            connection.logout()

    def read(self, address):
        return [email.message_from_bytes(data, policy=email.policy.default) for data in self.raw_mail(address)]

    def await_mail(self, address, count, deadline=None):
        """All their mails once there are at least `count`."""
        connection = self.imap(address)

        def arrived():
            _, (there,) = connection.select("INBOX", readonly=True)
            return int(there) >= count
        try:
            await_true(arrived, f"{count} mails for {address}", deadline)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.logs()}") from None
        finally:
            connection.logout()
        return self.read(address)

    def empty(self, address):
        connection = self.imap(address)
        _, (there,) = connection.select("INBOX")
        if int(there) > 0:
            connection.store("1:*", "+FLAGS", "\\Deleted")
            connection.expunge()
        connection.logout()

    def await_quiet(self):
        """Until nothing is on its way."""
        spool = self.folder / "postfix" / "spool"
        await_true(lambda: not any(path.is_file() for name in ("incoming", "active", "maildrop") for path in (spool / name).rglob("*")),
                   "an empty queue")
