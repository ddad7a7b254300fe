"""How is something asked of a web server that nobody trusts?

One GET at a time over http.client.  Redirects are followed here, each hop checked like the first address; a redirect from https
to http is followed only where http is allowed at all.  While it waits for bytes, the job is asked whether it shall go on.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import SplitResult, urljoin

from playback.fetching.addresses import Rules, addresses_of, checked_url
from playback.fetching.problems import MirrorFailed

MOST_REDIRECTS: Final = 5
_CONNECT_S: Final = 10.0
_MOST_ADDRESSES: Final = 3
_LOOK_EVERY_S: Final = 0.5
# So long may a server say nothing.
STALL_S: Final = 30.0
# So long may headers and small pages take in all.
SMALL_S: Final = 60.0
_AGENT: Final = "SIDFlow (HVSC fetch)"
_REDIRECTS: Final = (301, 302, 303, 307, 308)

Meanwhile = Callable[[], None]


class TransferBroken(MirrorFailed):
    """A transfer from the HVSC's mirror broke off; asking again may help."""

    code = "fetch-transfer-broken"
    title = "The transfer broke off"


class _PatientBytes(io.RawIOBase):
    """A socket's bytes, waited for in short turns, so that the job can be stopped meanwhile."""

    def __init__(self, sock: socket.socket, meanwhile: Meanwhile, stall_s: float) -> None:
        self._sock, self._meanwhile, self._stall_s = sock, meanwhile, stall_s
        # One byte now and then is no answer: so long may headers, and small pages, take in all; None: as long as it wants.
        self.until: float | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        last = time.monotonic() + self._stall_s
        while True:
            self._meanwhile()
            if self.until is not None and time.monotonic() > self.until:
                raise TransferBroken("The server answers too slowly.")
            try:
                return self._sock.recv_into(buffer)
            except TimeoutError:
                if time.monotonic() > last:
                    raise TransferBroken(f"The server has said nothing for {self._stall_s:.0f} s.") from None


class _Wire:
    """What http.client takes for its socket.  It closes it as soon as it has read the headers, so `close` does nothing."""

    def __init__(self, sock: socket.socket, patient: _PatientBytes) -> None:
        self._bytes = patient
        self.sendall = sock.sendall

    def close(self) -> None:
        """The socket is closed by who made it."""

    def makefile(self, *_args: Any, **_options: Any) -> io.BufferedReader:
        return io.BufferedReader(self._bytes)


class Answer:
    """A server's answer: `status`, `headers`, and the address that gave it in the end."""

    def __init__(self, response: http.client.HTTPResponse, url: str) -> None:
        self._response = response
        self.url = url
        self.status = response.status
        self.headers = response.headers

    @property
    def length(self) -> int | None:
        """What the server says is still to come; None where it does not say."""
        return self._response.length

    def read(self, most: int) -> bytes:
        """The next bytes, at most so many; b"" at the end.  Raises TransferBroken where less came than was told."""
        expected = self._response.length
        try:
            data = self._response.read1(most)
        except (OSError, http.client.HTTPException) as error:
            raise TransferBroken(f"The transfer broke off: {_said(error)}.") from None
        if not data and expected:
            raise TransferBroken(f"The transfer broke off {expected} bytes before its end.")
        return data

    def read_all(self, limit: int) -> bytes:
        """All of it.  Raises MirrorFailed where that is more than `limit` bytes."""
        data = bytearray()
        while piece := self.read(min(65536, limit + 1)):
            data += piece
            if len(data) > limit:
                raise MirrorFailed(f"{self.url} answers with more than {limit} bytes.")
        return bytes(data)


class Web:
    """Asks servers.  `meanwhile` is called every half second while nothing comes, and may raise to end it."""

    def __init__(
        self, rules: Rules, meanwhile: Meanwhile, *, stall_s: float = STALL_S, small_s: float = SMALL_S
    ) -> None:
        self._rules, self._meanwhile = rules, meanwhile
        self._stall_s, self._small_s = stall_s, small_s

    @contextmanager
    def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, is_large: bool = False
    ) -> Iterator[Answer]:
        """The answer to a GET, redirects followed.  Only one that `is_large` may take longer than a minute.

        Raises AddressRefused, MirrorFailed, TransferBroken.
        """
        for _ in range(MOST_REDIRECTS + 1):
            parts = checked_url(url, self._rules)
            sock, response = self._ask(parts, headers or {}, is_large=is_large)
            try:
                target = response.getheader("Location")
                if response.status not in _REDIRECTS or target is None:
                    yield Answer(response, url)
                    return
                url = urljoin(url, target)
            finally:
                response.close()
                sock.close()
        raise MirrorFailed(f"More than {MOST_REDIRECTS} redirects, the last one to {url[:200]}.")

    def wait(self, seconds: float) -> None:
        """Does nothing for so long, and can be stopped meanwhile."""
        until = time.monotonic() + seconds
        while (rest := until - time.monotonic()) > 0:
            self._meanwhile()
            time.sleep(min(rest, _LOOK_EVERY_S))

    def _ask(
        self, parts: SplitResult, headers: Mapping[str, str], *, is_large: bool
    ) -> tuple[socket.socket, http.client.HTTPResponse]:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        sock = self._connected(host, port, is_tls=parts.scheme == "https")
        connection = http.client.HTTPConnection(host, port)
        patient = _PatientBytes(sock, self._meanwhile, self._stall_s)
        patient.until = time.monotonic() + self._small_s
        connection.sock = _Wire(sock, patient)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        standard = {"User-Agent": _AGENT, "Accept-Encoding": "identity", "Connection": "close"}
        try:
            connection.request("GET", target, headers={"Host": parts.netloc, **standard, **headers})
            response = connection.getresponse()
            patient.until = None if is_large else patient.until
        except (OSError, http.client.HTTPException, ValueError) as error:
            sock.close()
            raise TransferBroken(f"{host} does not answer: {_said(error)}.") from None
        except BaseException:
            sock.close()
            raise
        return sock, response

    def _connected(self, host: str, port: int, *, is_tls: bool) -> socket.socket:
        """A connection to one of the checked addresses, and to no other."""
        said = "no address"
        for address in addresses_of(host, port, self._rules, self._meanwhile)[:_MOST_ADDRESSES]:
            self._meanwhile()
            try:
                sock = socket.create_connection((address, port), timeout=_CONNECT_S)
                try:
                    if is_tls:
                        sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
                except BaseException:
                    sock.close()
                    raise
            except OSError as error:
                said = _said(error)
                continue
            sock.settimeout(_LOOK_EVERY_S)
            return sock
        raise TransferBroken(f"{host} cannot be reached: {said}.")


def _said(error: Exception) -> str:
    """What an error says, on one line and without what a server could make it say at length."""
    text = getattr(error, "verify_message", "") or getattr(error, "strerror", "") or str(error)
    return " ".join(text.split())[:200] or type(error).__name__
