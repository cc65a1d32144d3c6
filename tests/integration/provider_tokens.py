#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comodal hands to people for a Jitsi server, held against what Jitsi's own prosody accepts: the table of the tokens that were tried on
it (tests/fixtures/jitsi-claims.json), an independent JWT library, and prosody's own."""
import json
import os
import pathlib
import shutil
import subprocess
import time
import urllib.parse

import jwt
import tap
from provider_tool import ProviderCase

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
TABLE = json.loads((SOURCE / "tests" / "fixtures" / "jitsi-claims.json").read_text())["tokens"]
SECRET = "a secret that Jitsi and we have in common"
PROSODY = "/usr/lib/prosody"
LUA = (f'package.path="{PROSODY}/?.lua;"..package.path package.cpath="{PROSODY}/?.so;"..package.cpath '
       'local jwt=require"util.jwt" local good,what=jwt.verify(arg[1],arg[2]) print(good and "good" or what)')


def judge(token, room, now):
    """What the table says of a token: the plugins' checks, in their order."""
    if not token:
        return "token required"
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        return "Invalid token"
    if header.get("typ") != "JWT":
        return "Invalid typ"
    if header["alg"] == "none":
        return "Invalid token"
    if header["alg"] != "HS256":
        return "Invalid or incorrect alg"
    try:
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={
            name: False for name in ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss")})
    except jwt.InvalidTokenError:
        return "Invalid signature"
    for name, wrong in (("exp", lambda at: at < now), ("nbf", lambda at: at > now)):
        if name in claims and not isinstance(claims[name], int):
            return f"{name} must be number"
        if name in claims and wrong(claims[name]):
            return f"Not acceptable by {name}"
    if claims.get("iss") != "comodal":
        return "invalid 'iss' claim"
    if claims.get("aud") != "jitsi":
        return "invalid 'aud' claim"
    for name in ("sub", "room"):
        if not isinstance(claims.get(name), str):
            return f"{name} claim is missing"
    if claims["sub"] not in ("*", "meet.test") or claims["room"].lower() not in ("*", room):
        return "Room and token mismatched"
    return "owner" if claims.get("context", {}).get("user", {}).get("moderator") in (True, "true") else "member"


def make(row, claims, now):
    """A token of the table, from one of ours."""
    if "raw" in row:
        return row["raw"]
    claims = {**claims, **row.get("claims", {}), **{name: now + later for name, later in row.get("later", {}).items()}}
    if "upper" in row:
        claims[row["upper"]] = claims[row["upper"]].upper()
    for name in row.get("drop", ()):
        claims.pop(name)
    algorithm = row.get("algorithm", "HS256")
    token = jwt.api_jws.encode(json.dumps(claims).encode(), None if algorithm == "none" else row.get("secret", SECRET), algorithm,
                               headers={"typ": "JWT", **row.get("header", {})})
    return token[:-row["cut"]] if "cut" in row else token


class Jitsi(ProviderCase):
    def setUp(self):
        super().setUp()
        self.configure("[Visio]", "Providers=meet", "[Provider meet]", "Type=jitsi", "Url=https://meet.test/", "AppId=comodal",
                       f"SecretFile={self.secret('secret', SECRET)}")
        self.all = self.ask("meet")
        self.room = self.all["facts"]["room"]

    def token(self, who):
        url = urllib.parse.urlsplit(self.all[who]["url"])
        self.assertEqual((url.scheme, url.netloc, url.path), ("https", "meet.test", "/" + self.room))
        ((name, token),) = urllib.parse.parse_qsl(url.query)
        self.assertEqual(name, "jwt")
        return token

    def decode(self, who):
        # the library checks signature, exp, nbf, aud and iss by itself
        return jwt.decode(self.token(who), SECRET, algorithms=["HS256"], audience="jitsi", issuer="comodal",
                          options={"require": ["exp", "nbf", "aud", "iss", "sub"]})

    def test_ours(self):
        now = int(time.time())
        self.assertIsNone(self.all["open"])
        self.assertIsNone(self.all["close"])
        self.assertRegex(self.room, "^comodal[0-9a-f]{32}$")
        for who, moderator, result in (("host", "true", "owner"), ("guest", "false", "member")):
            claims = self.decode(who)
            self.assertEqual(set(claims), {"aud", "iss", "sub", "room", "exp", "nbf", "context"})
            self.assertEqual((claims["aud"], claims["sub"], claims["room"]), ("jitsi", "meet.test", self.room))
            self.assertEqual(claims["exp"], self.closes)
            self.assertTrue(-65 <= claims["nbf"] - now <= -55, claims["nbf"])
            self.assertEqual(claims["context"]["user"]["moderator"], moderator)
            self.assertEqual(claims["context"]["user"]["name"], self.all[who]["name"])
            self.assertEqual(judge(self.token(who), self.room, now), result)
            self.assertEqual(self.all[who]["kind"], "jitsi")
        self.assertNotEqual(self.decode("host")["context"]["user"]["id"], self.decode("guest")["context"]["user"]["id"])

    def test_table(self):
        """The oracle says of each token what the server said, and the same of ours changed so."""
        now = int(time.time())
        claims = self.decode("host")
        self.assertEqual(len(TABLE), 29)
        for row in TABLE:
            with self.subTest(row["name"]):
                self.assertEqual(judge(make(row, claims, now), self.room, now), row["result"])

    def test_prosody(self):
        lua = shutil.which("lua5.4")
        if lua is None or not pathlib.Path(PROSODY, "util", "jwt.lua").exists():
            self.skipTest("prosody is not there")

        def verify(secret, token):
            result = subprocess.run([lua, "-", secret, token], input=LUA, capture_output=True, text=True)
            self.assertEqual(result.returncode, 0, result.stderr)
            return result.stdout.strip()
        token = self.token("guest")
        self.assertEqual(verify(SECRET, token), "good")
        self.assertEqual(verify("another", token), "signature-mismatch")
        head, claims, signature = token.split(".")
        self.assertEqual(verify(SECRET, ".".join((head, claims[:-2] + "AA", signature))), "signature-mismatch")

    def test_service(self):
        """8x8's service: RS256, by its documentation; its servers were not asked."""
        key = self.folder / "key.pem"
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        key.chmod(0o600)
        public = subprocess.run(["openssl", "rsa", "-in", key, "-pubout"], check=True, capture_output=True).stdout
        self.configure("[Provider jaas]", "Type=jitsi", "Url=https://8x8.vc", "AppId=vpaas-magic-cookie-1", "KeyId=4f4910",
                       f"SecretFile={key}")
        everything = self.ask("jaas")
        url = urllib.parse.urlsplit(everything["host"]["url"])
        self.assertEqual(url.path, "/vpaas-magic-cookie-1/" + everything["facts"]["room"])
        token = urllib.parse.parse_qs(url.query)["jwt"][0]
        self.assertEqual(jwt.get_unverified_header(token), {"alg": "RS256", "typ": "JWT", "kid": "vpaas-magic-cookie-1/4f4910"})
        claims = jwt.decode(token, public, algorithms=["RS256"], audience="jitsi", issuer="chat")
        self.assertEqual(claims["sub"], "vpaas-magic-cookie-1")
        self.assertEqual(set(claims["context"]["features"].values()), {"false"})


if __name__ == "__main__":
    tap.main()
