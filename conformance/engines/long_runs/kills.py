"""dockerd killed with SIGKILL in the middle of its work; after its restart all can be removed."""
import subprocess
import time

from suite.checks import check
from suite.commands import TIMEOUT, run
from suite.footprint import compare, footprint
from suite.image import IMAGE

KILLS = 20
SLEEP = ["sleep", "1000"]
STEP = 0.04  # seconds: the moments of the kills are spread over the time that a docker run takes


def kill_during(engine, number, *arguments):
    """Starts a docker command, kills dockerd a little later, starts it again."""
    with subprocess.Popen(engine.command(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as client:
        time.sleep(number * STEP)
        engine.daemon.kill()
        client.wait(TIMEOUT)
    engine.daemon.start()


def remove_everything(engine):
    """Also what dockerd has begun and forgotten: its owner finds that in containerd."""
    engine.remove_all()
    for name in run([*engine.ctr, "containers", "ls", "-q"]).output.split():
        run([*engine.ctr, "tasks", "rm", "-f", name], check=False)
        run([*engine.ctr, "containers", "rm", name])


def kills(engine, *words, container=False):
    """Kills dockerd again and again during a command; of what the command began nothing may stay."""
    engine.run("--", "true")  # what dockerd keeps from its first container on
    before = footprint(engine)
    del before["network links"]  # dockerd itself forgets some
    for number in range(KILLS):
        target = [engine.sleeper()] if container else []
        kill_during(engine, number, *words, *target, *SLEEP)
        remove_everything(engine)
        left = engine.call("ps", "-aq").output
        assert not left, f"kill {number}: cannot be removed: {left}"
    compare(before, engine)


@check
def dockerd_killed_during_run(engine):
    kills(engine, "run", IMAGE)


@check
def dockerd_killed_during_exec(engine):
    kills(engine, "exec", container=True)
