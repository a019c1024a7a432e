"""A daemon of our own: started, asked until it answers, ended in order."""
import signal
import subprocess

from suite.commands import tail, wait_until


class Daemon:
    def __init__(self, command, log, answers):
        """answers: called until it is true, which means that the daemon is up."""
        self.command, self.log, self.answers = command, log, answers
        self.process = None

    def start(self):
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=output, start_new_session=True)
        if not wait_until(lambda: self.ended() or self.answers(), seconds=60) or self.ended():
            state = "has ended" if self.ended() else "does not answer"
            raise SystemExit(f"{self.command[0]} {state}\n{tail(self.log)}")

    def ended(self):
        return self.process.poll() is not None

    def kill(self):
        """SIGKILL: nothing in it can be put in order."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        if not self.process or self.ended():
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
