"""Answers that Kite should never give and something in between may: by name, as bytes or as behaviour."""

import gzip
import json
import zlib

from tests.builders.raw_server import Step, answer, dribbles, then_closes, then_resets

ACCEPTED = b'{"status":"success","data":{"order_id":"261120009999999"}}'
PAGE = b"<html><head><title>Attention</title></head><body>Please try again later.</body></html>"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_DEEP = b"[" * 10_000 + b"]" * 10_000


def success(data: object, *, status: int = 200) -> bytes:
    """Return Kite's answer with this data."""
    return answer(json.dumps({"status": "success", "data": data}).encode(), status=status)


def _sized(size: bytes, body: bytes = ACCEPTED) -> bytes:
    return _HEAD + b"Content-Length: " + size + b"\r\n\r\n" + body


def _packed(body: bytes, encoding: str = "gzip") -> bytes:
    return answer(body, Content_Encoding=encoding)


def _bomb() -> bytes:
    """A hundred kilobytes that unpack to a hundred megabytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = packer.compress(b"0" * 1_000_000)
    return _packed(piece + b"".join(packer.compress(b"0" * 1_000_000) for _ in range(99)) + packer.flush())


def _pages() -> dict[str, Step | bytes]:
    statuses = (200, 400, 403, 429, 502, 503)
    return {
        f"a page with HTTP {code}": answer(PAGE, status=code, content_type="text/html") for code in statuses
    }


def _bodies() -> dict[str, Step | bytes]:
    return {
        "nothing with HTTP 200": answer(b"", content_type="application/json"),
        "nothing with HTTP 204": b"HTTP/1.1 204 No Content\r\n\r\n",
        "JSON that says it is a page": answer(ACCEPTED, content_type="text/html"),
        "JSON without a type": answer(ACCEPTED, content_type=""),
        "a page that says it is JSON": answer(PAGE),
        "JSON cut off": answer(ACCEPTED[:-3]),
        "text that is no UTF-8": answer(b'{"status":"success\xff\xfe","data":[]}'),
        "a list at the top": answer(b"[" + ACCEPTED + b"]"),
        "ten thousand brackets": answer(b'{"status":"success","data":' + _DEEP + b"}"),
        "a byte order mark": answer(b"\xef\xbb\xbf" + ACCEPTED),
        "two values": answer(ACCEPTED + ACCEPTED),
        "NaN": answer(b'{"status":"success","data":NaN}'),
        "a status that is a number": answer(b'{"status":1,"data":{"order_id":"1"}}'),
        "success and then error": answer(b'{"status":"success","status":"error","data":{"order_id":"1"}}'),
        "an error without a message": answer(b'{"status":"error"}', status=400),
        "an error whose message is a list": answer(b'{"status":"error","message":[1]}', status=400),
        "data that is null": success(None),
        "data that is text": success("[]"),
        "data that is a number": success(7),
        "success with HTTP 201": success({}, status=201),
        "success with HTTP 502": answer(ACCEPTED, status=502),
    }


def _packings() -> dict[str, Step | bytes]:
    return {
        "a gzip bomb": _bomb(),
        "gzip cut off": _packed(gzip.compress(ACCEPTED)[:-6]),
        "gzip that is none": _packed(ACCEPTED),
        "gzip and more": _packed(gzip.compress(ACCEPTED) + b"0"),
        "brotli, which nobody asked for": _packed(ACCEPTED, "br"),
        "deflate, which nobody asked for": _packed(zlib.compress(ACCEPTED), "deflate"),
        "gzip in gzip": _packed(gzip.compress(gzip.compress(ACCEPTED)), "gzip, gzip"),
    }


def _framings() -> dict[str, Step | bytes]:
    chunked = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\n"
    return {
        "a length too small": then_closes(_sized(b"10")),
        "a length too large": then_closes(_sized(b"9999")),
        "two lengths": then_closes(_sized(b"58\r\nContent-Length: 10")),
        "a negative length": then_closes(_sized(b"-1")),
        "a length that is a word": then_closes(_sized(b"many")),
        "a length of twenty digits": then_closes(_sized(b"9" * 20)),
        "a chunk too small": then_closes(chunked + b"5\r\n" + ACCEPTED + b"\r\n0\r\n\r\n"),
        "a chunk too large": then_closes(chunked + b"ffff\r\n" + ACCEPTED),
        "a chunk of no size": then_closes(chunked + b"zz\r\n" + ACCEPTED),
        "chunks and a length": then_closes(_sized(b"4\r\nTransfer-Encoding: chunked")),
        "a flood of headers": then_closes(head + b"X-Y: z\r\n" * 50_000),
        "a header of a megabyte": then_closes(head + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n"),
        "only interim answers": then_closes(b"HTTP/1.1 100 Continue\r\n\r\n" * 3),
        "another protocol": then_closes(
            b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"
        ),
        "no HTTP at all": then_closes(b"\x16\x03\x01 garbage\r\n\r\n"),
        "an answer that only closing ends": then_closes(_HEAD + b"\r\n" + ACCEPTED),
        "closed before a byte": then_closes(b""),
        "reset before a byte": then_resets(b""),
        "reset in the head": then_resets(_HEAD),
        "reset in the body": then_resets(_sized(b"58", ACCEPTED[:9])),
        "a trickle": dribbles(_HEAD, b"X-Slow: yes\r\n"),
    }


def _redirects() -> dict[str, Step | bytes]:
    return {
        f"a redirect with HTTP {code}": answer(b"", status=code, content_type="", Location="/orders/regular")
        for code in (301, 302, 303, 307, 308)
    }


STRANGE: dict[str, Step | bytes] = _pages() | _bodies() | _packings() | _framings() | _redirects()
"""None of these says anything about an order."""

STRANGE_ORDER_IDS: dict[str, Step | bytes] = {
    "no order_id": success({}),
    "an order_id that is null": success({"order_id": None}),
    "an order_id that is empty": success({"order_id": " "}),
    "an order_id that is true": success({"order_id": True}),
    "an order_id that is a list": success({"order_id": ["1"]}),
    "an order_id with a fraction": success({"order_id": 1.9533419755958682e18}),
    "an order_id that is a page": success({"order_id": "<script>alert(1)</script>"}),
    "an order_id with a line break": success({"order_id": "1\r\nX: y"}),
    "an order_id of 200 digits": success({"order_id": "1" * 200}),
    "an order_id that is a path": success({"order_id": "../../session/token"}),
    "a list of order_ids": success([{"order_id": "1"}]),
    "an order_id of nineteen digits, of no order": success({"order_id": 1953341975595868160}),
    "the answer of another request": success({"user_id": "PA0001"}),
    "an answer twice over": success({"order_id": "261120009999998"}) * 2,
}
"""What may come back for an order that the exchange took."""
