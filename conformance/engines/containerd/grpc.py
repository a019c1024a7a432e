"""As much of protobuf and gRPC as the CRI's calls need; curl speaks HTTP/2 to the socket."""
import struct
import subprocess
from urllib.parse import unquote

DEADLINE_EXCEEDED = 4


class Message:
    """Pairs of field number and value: int, bool, str, bytes, a Message, a dict of texts, or a list of those."""

    def __init__(self, *fields):
        self.fields = fields

    def encode(self):
        return b"".join(encode_field(number, value) for number, value in self.fields)


class CallFailed(AssertionError):
    def __init__(self, method, code, text):
        super().__init__(f"{method}: code {code}: {text}")
        self.code, self.text = code, text


def encode_field(number, value):
    """A field without a value is left out, as proto3 has it; an empty Message is not."""
    if isinstance(value, list):
        return b"".join(encode_field(number, each) for each in value)
    if isinstance(value, dict):
        return encode_field(number, [Message((1, key), (2, text)) for key, text in value.items()])
    if isinstance(value, Message):
        return encode_bytes(number, value.encode())
    if not value:
        return b""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return encode_bytes(number, value.encode() if isinstance(value, str) else value)


def encode_bytes(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value):
    value &= (1 << 64) - 1
    groups = []
    while value > 127:
        groups.append(value & 127 | 128)
        value >>= 7
    return bytes([*groups, value])


class Reply:
    """A decoded message: the values of its fields, by number."""

    def __init__(self, content):
        self.fields = {}
        at = 0
        while at < len(content):
            key, at = read_varint(content, at)
            value, at = read_value(content, at, key & 7)
            self.fields.setdefault(key >> 3, []).append(value)

    def number(self, field):
        value = self.fields.get(field, [0])[0]
        return value - (1 << 64) if value >> 63 else value

    def text(self, field):
        return self.fields.get(field, [b""])[0].decode(errors="replace")

    def message(self, field):
        return Reply(self.fields.get(field, [b""])[0])

    def messages(self, field):
        return [Reply(content) for content in self.fields.get(field, [])]


def read_varint(content, at):
    value = shift = 0
    while True:
        byte = content[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def read_value(content, at, kind):
    if kind == 0:
        return read_varint(content, at)
    if kind == 2:
        length, at = read_varint(content, at)
    else:
        length = 8 if kind == 1 else 4
    return content[at:at + length], at + length


def call(socket, service, method, message):
    """Calls a method and returns its Reply; a status other than 0 is CallFailed."""
    body = message.encode()
    done = subprocess.run(
        ["curl", "-sS", "--http2-prior-knowledge", "--unix-socket", socket, "-X", "POST", "-m", "60",
         "-H", "content-type: application/grpc", "-H", "te: trailers", "--data-binary", "@-",
         "-D", "/dev/stderr", f"http://localhost/{service}/{method}"],
        input=b"\0" + struct.pack(">I", len(body)) + body, capture_output=True, check=False)
    head = done.stderr.decode(errors="replace")
    lines = [line.split(": ", 1) for line in head.splitlines() if ": " in line]
    trailers = {key.lower(): value for key, value in lines}
    if "grpc-status" not in trailers:
        raise CallFailed(method, -1, head.strip())
    if int(trailers["grpc-status"]):
        raise CallFailed(method, int(trailers["grpc-status"]), unquote(trailers.get("grpc-message", "")))
    return Reply(done.stdout[5:])
