"""A seccomp agent: what listens at linux.seccomp.listenerPath, and answers system calls."""
import errno
import fcntl
import json
import os
import select
import socket
import struct
import threading

NOTIFICATION, ANSWER = struct.Struct("=QII64x"), struct.Struct("=Qqii")  # seccomp_unotify(2)
RECEIVE, SEND = (3 << 30 | struct_.size << 16 | ord("!") << 8 | number for number, struct_ in enumerate((NOTIFICATION, ANSWER)))
SOCKET = "agent"  # in the bundle
ERROR = "EXDEV"  # of each call that it is asked about


class Agent:
    """As a context, it listens. states: of each connection, the messages as (text, number of descriptors), up to its end."""

    def __init__(self, bundle):
        self.connections, self.seen, self.listeners = [], threading.Event(), []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(bundle.path(SOCKET))
        self.socket.listen()
        self.end = os.eventfd(0)
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        os.eventfd_write(self.end, 1)
        self.thread.join()
        self.socket.close()
        for fd in (self.end, *self.listeners):
            os.close(fd)

    def serve(self):
        poll = select.poll()
        for fd in (self.end, self.socket.fileno()):
            poll.register(fd, select.POLLIN)
        while True:
            for fd, events in poll.poll():
                if fd == self.end:
                    return
                if fd == self.socket.fileno():
                    for listener in self.receive():
                        poll.register(listener, select.POLLIN)
                elif events & select.POLLIN:
                    answer(fd)
                else:
                    poll.unregister(fd)

    def receive(self):
        """Takes a connection up to its end; returns the descriptors that came with it."""
        messages, received = [], []
        with self.socket.accept()[0] as connection:
            connection.settimeout(5)
            try:
                while True:
                    data, fds, *_ = socket.recv_fds(connection, 1 << 16, 8)
                    received += fds
                    if not data:
                        break
                    messages.append((data.decode(errors="replace"), len(fds)))
            except TimeoutError:
                messages.append(("the connection stays open", 0))
        self.connections.append(messages)
        self.listeners += received
        return received

    def document(self):
        """The state that came with the only connection."""
        return json.loads("".join(text for text, _ in self.connections[0]))


def answer(listener):
    """The call fails with ERROR; a process that is gone gets no answer."""
    buffer = bytearray(NOTIFICATION.size)
    try:
        fcntl.ioctl(listener, RECEIVE, buffer)
        fcntl.ioctl(listener, SEND, ANSWER.pack(NOTIFICATION.unpack(buffer)[0], 0, -getattr(errno, ERROR), 0))
    except FileNotFoundError:
        pass
