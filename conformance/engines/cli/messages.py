"""Six programs that cannot be executed: six different, true sentences, with docker's exit codes."""
import os
import re
import shutil
import struct

from suite.checks import check, expect, expect_in

AARCH64, X86_64 = 183, 62


def elf_with_interpreter(machine, interpreter):
    """The least ELF program that names a loader: a header, PT_INTERP, and the path."""
    path = interpreter.encode() + b"\0"
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, machine, 1, 0x400000, 64, 0, 0,
                         64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 3, 4, 120, 0x400078, 0x400078, len(path), len(path), 1)
    return header + segment + path


def foreign_program():
    """busybox, said to be of another architecture."""
    with open(shutil.which("busybox"), "rb") as file:
        program = bytearray(file.read())
    own = struct.unpack_from("<H", program, 18)[0]
    struct.pack_into("<H", program, 18, X86_64 if own == AARCH64 else AARCH64)
    return bytes(program)


def own_machine():
    with open(shutil.which("busybox"), "rb") as file:
        return struct.unpack_from("<H", file.read(20), 18)[0]


def programs():
    """Name -> (content, mode)."""
    return {
        "crlf": (b"#!/bin/sh\r\necho hi\r\n", 0o755),
        "interpreter": (b"#!/no/such/interpreter\n", 0o755),
        "loader": (elf_with_interpreter(own_machine(), "/lib/no-such-loader.so"), 0o755),
        "foreign": (foreign_program(), 0o755),
        "mode": (b"#!/bin/sh\necho hi\n", 0o644),
        "empty": (b"", 0o755),
    }


def attempt(engine, name):
    """docker run of the program: exit code and the sentence."""
    path = engine.shared_directory("programs")
    for each, (content, mode) in programs().items():
        file = os.path.join(path, each)
        with open(file, "wb") as stream:
            stream.write(content)
        os.chmod(file, mode)
    result = engine.run("-v", f"{path}:/p:ro", "--", f"/p/{name}", check=False)
    return result.code, (result.errors + result.output).strip()


def expect_sentence(engine, name, code, *words):
    found, text = attempt(engine, name)
    expect(found, code, f"exit code ({text})")
    for word in words:
        expect_in(word, text, "sentence")
    assert "seccomp" not in text, f"the sentence blames a filter: {text}"
    return text


@check
def crlf_script_is_explained(engine):
    text = expect_sentence(engine, "crlf", engine.bad_interpreter, "/p/crlf", "/bin/sh")
    assert "CR" in text.upper() or "\\r" in text, f"the carriage return is not named: {text}"


@check
def missing_interpreter_is_named(engine):
    expect_sentence(engine, "interpreter", engine.bad_interpreter, "/p/interpreter", "/no/such/interpreter")


@check
def missing_elf_loader_is_named(engine):
    expect_sentence(engine, "loader", engine.bad_interpreter, "/p/loader", "/lib/no-such-loader.so")


@check
def foreign_architecture_is_named(engine):
    text = expect_sentence(engine, "foreign", engine.exec_format, "/p/foreign")
    expect_in("aarch64" if own_machine() != AARCH64 else "x86", text.lower(), "sentence")


@check
def file_without_x_bits_is_explained(engine):
    expect_sentence(engine, "mode", 126, "/p/mode", "permission denied")


@check
def empty_file_is_explained(engine):
    expect_sentence(engine, "empty", engine.exec_format, "/p/empty", "empty")


@check
def six_programs_give_six_sentences(engine):
    sentences = {re.sub("[0-9a-f]{12,}", "ID", attempt(engine, name)[1]).replace(f"/p/{name}", "PROGRAM")
                 for name in programs()}
    expect(len(sentences), 6, "different sentences")
