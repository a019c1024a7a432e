"""The socket where a runtime hands over the terminal that it makes for a container."""
import os
import socket

from suite.verdict import Failed


class ConsoleSocket:
    """Listens in the bundle's directory; the runtime sends the pty's end that is not the container's."""

    def __init__(self, path):
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # A path of any length: the address names the file by its directory's descriptor.
        directory = os.open(os.path.dirname(path), os.O_RDONLY)
        self.socket.bind(f"/proc/self/fd/{directory}/{os.path.basename(path)}")
        os.close(directory)
        self.socket.listen(1)
        self.socket.settimeout(5)

    def receive(self):
        """The descriptor that was sent; the caller closes it."""
        try:
            connection, _ = self.socket.accept()
            with connection:
                connection.settimeout(5)
                _, descriptors, _, _ = socket.recv_fds(connection, 4096, 1)
        except TimeoutError as error:
            raise Failed("a terminal on the console socket", "nothing") from error
        if not descriptors:
            raise Failed("a terminal on the console socket", "no descriptor")
        return descriptors[0]

    def close(self):
        self.socket.close()
