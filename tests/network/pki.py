# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The certificates of these tests: good ones, those of each fault, a client's, and directories of CAs."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import typing as t
from pathlib import Path

import trustme
from simulator import certificates

_NAMES = ("localhost", "127.0.0.1")
#: The common name of the client's certificate, as nginx logs it.
CLIENT = "mysafe-robot"


class Pki:
    """Certificates as files that every user can read: the servers do not run as the user of the tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.chmod(0o755)
        authority, stranger = trustme.CA(), trustme.CA()
        day, now = datetime.timedelta(days=1), datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        self.ca = self._file("ca.pem", authority.cert_pem)
        self.stranger = self._file("stranger.pem", stranger.cert_pem)
        self.good = self._leaf("good.pem", authority.issue_cert(*_NAMES))
        self.other = self._leaf("other.pem", authority.issue_cert("vault.example.org"))
        self.unknown = self._leaf("unknown.pem", stranger.issue_cert(*_NAMES))
        self.expired = self._leaf(
            "expired.pem", authority.issue_cert(*_NAMES, not_before=now - 9 * day, not_after=now - day)
        )
        issued = authority.create_child_ca().issue_cert(*_NAMES)
        self.chained = self._leaf("chained.pem", issued)
        #: The same certificate, but the server does not send that of the CA in between.
        self.incomplete = self._file("incomplete.pem", issued.private_key_pem, issued.cert_chain_pems[0])
        self.loose_ca, self.loose = certificates.make_loose(folder)
        self.loose.chmod(0o644)
        robot = authority.issue_cert("robot@example.org", common_name=CLIENT)
        self.client = self._leaf("client.pem", robot)
        self.strangers_client = self._leaf(
            "strangers.pem", stranger.issue_cert("robot@example.org", common_name=CLIENT)
        )
        self.client_alone = self._file("client-alone.pem", *robot.cert_chain_pems)
        self.client_key = self._file("client-key.pem", robot.private_key_pem)
        self.bundle_of_both = self._file("both.pem", authority.cert_pem, stranger.cert_pem)
        self.directory_of_ca = self._directory("directory", self.ca)
        self.directory_of_both = self._directory("directory-both", self.ca, self.stranger)
        self.directory_as_is = self._directory("directory-as-is", self.ca, rehashed=False)

    def _directory(self, name: str, *certificates: Path, rehashed: bool = True) -> Path:
        """Make a directory with CAs, under the names by which OpenSSL finds them where it is rehashed."""
        folder = self._folder / name
        folder.mkdir()
        for path in certificates:
            shutil.copy(path, folder)
        if rehashed:
            subprocess.run(["openssl", "rehash", str(folder)], check=True)
        return folder

    def _leaf(self, name: str, leaf: trustme.LeafCert) -> Path:
        return self._file(name, leaf.private_key_pem, *leaf.cert_chain_pems)

    def _file(self, name: str, *blobs: t.Any) -> Path:
        path = self._folder / name
        path.write_bytes(b"".join(blob.bytes() for blob in blobs))
        return path
