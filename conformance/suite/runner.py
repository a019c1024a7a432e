"""Puts a runtime through checks, and gives each its verdict."""
import collections
import concurrent.futures
import functools
import json
import os
import tempfile
import traceback

from suite.bundle import Bundle
from suite.check import DEVIATING
from suite.container import Container
from suite.edits import REMOVED
from suite.faults import Broken
from suite.needs import missing
from suite.requirements import deviations
from suite.verdict import Declined, Failed, Refused, Untested

# What became of a check: pass, fail, deviates (on purpose, with a reason), declined (it is optional, and the runtime
# refuses it), older (the runtime takes no configuration of a version that has it) or untested (why). fault: with --faults, whether the broken runtime was found; None if it was not tried.
Outcome = collections.namedtuple("Outcome", "check verdict expected seen why config fault kept", defaults=(None, None))

WORKERS = 2


class Place:
    """The directory of all bundles of a run, and the probe that is linked into them."""

    def __init__(self, directory, probe):
        self.directory, self.probe = directory, probe


class Runner:
    """keep: a directory for the bundles of failed checks, or None."""

    def __init__(self, runtime, place, faults=False, keep=None):
        self.runtime, self.place, self.faults, self.keep = runtime, place, faults, keep
        self.is_berth = runtime.version().startswith("berth")

    def unusable(self):
        """Why not even the base configuration runs here, so that no check would say anything; None if it does."""
        container = Container(self.runtime, Bundle(self.place, config={}))
        try:
            container.run_to_end()
            return None
        except Failed as failure:
            return plain(failure.seen, container.bundle)
        finally:
            container.clean_up(self.runtime)

    def run(self, checks):
        """Outcomes in the order of the checks."""
        together = [check for check in checks if not check.alone]
        outcomes = {}
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as workers:
            outcomes.update(zip(map(id, together), workers.map(self.outcome_of, together)))
        outcomes.update((id(check), self.outcome_of(check)) for check in checks if check.alone)
        return [outcomes[id(check)] for check in checks]

    def outcome_of(self, check):
        reason = next(filter(None, map(missing, check.needs)), None)
        if reason:
            return Outcome(check, "untested", "", "", reason, "")
        if check.since and not self.takes(check.since):
            return Outcome(check, "older", "", "", f"it takes no configuration of version {check.since}", "")
        outcome = self.attempt(check, self.runtime, self.keep)
        if self.faults and outcome.verdict == "pass":
            found = self.attempt(check, Broken(self.runtime, check.fault), None)
            outcome = outcome._replace(fault=found.verdict != "pass")
        return outcome

    @functools.cache
    def takes(self, version):
        """Whether a configuration of this version is accepted."""
        container = Container(self.runtime, Bundle(self.place, config={"/ociVersion": version}))
        accepted = container.create().code == 0
        container.clean_up(self.runtime)
        return accepted

    def attempt(self, check, runtime, keep):
        bundle = Bundle(self.place, check.asks, check.given, check.config)
        container = Container(runtime, bundle)
        verdict, expected, seen, why, kept = "pass", "", "", "", None
        try:
            if check.prepare:
                check.prepare(bundle)
            check.action(container)
        except Untested as reason:
            verdict, why = "untested", str(reason)
        except Declined as reason:
            verdict, why = "declined", str(reason)
        except Failed as failure:
            verdict, why = self.verdict_of(check, failure)
            expected, seen = failure.expected, failure.seen
        except Exception:  # pylint: disable=broad-exception-caught  # what a runtime printed may be anything
            verdict, expected, seen = "fail", "the check comes to its end", traceback.format_exc(limit=-3)
        if verdict == "fail" and keep:
            kept = keep_bundle(bundle, check, keep, self.runtime.path)
        texts = [plain(text, bundle) for text in (expected, seen, why, shown(check.config, bundle))]
        container.clean_up(self.runtime)
        return Outcome(check, verdict, *texts, None, kept)

    def verdict_of(self, check, failure):
        if check.optional and isinstance(failure, Refused):
            return "declined", failure.seen
        reason = next((deviations()[id] for id in check.ids if (id, check.title) in DEVIATING), None)
        return ("deviates", reason) if self.is_berth and reason else ("fail", "")


def plain(text, bundle):
    """Without what is another one in each run."""
    return str(text).replace(bundle.directory, "BUNDLE").replace(bundle.id, "ID")


def shown(config, bundle):
    """The edits that a check is about, for its reader."""
    def text(value):
        value = value(bundle) if callable(value) else value
        return repr(value) if value is REMOVED else json.dumps(value)
    return ", ".join(f"{pointer} = {text(value)}" for pointer, value in config.items())


def keep_bundle(bundle, check, directory, runtime):
    """Copies a bundle to where it stays, with a script that tries it by hand. Returns the script's path."""
    kept = tempfile.mkdtemp(prefix=f"{check.ids[0]}.", dir=directory)
    os.chmod(kept, 0o755)
    os.system(f"cp -a '{bundle.directory}/.' '{kept}/'")
    if bundle.read("config.json"):
        with open(os.path.join(kept, "config.json"), "w", encoding="utf-8") as out:
            out.write(bundle.read("config.json").replace(bundle.directory, kept))
    script = os.path.join(kept, "try.sh")
    with open(script, "w", encoding="utf-8") as out:
        out.write(f"""#!/bin/sh
# {' '.join(check.ids)}: {check.title}
# Another runtime: try.sh PATH
runtime=${{1:-{runtime}}} id=try-$$
"$runtime" create --bundle '{kept}' $id && "$runtime" state $id && "$runtime" start $id
sleep 1
"$runtime" state $id
"$runtime" delete --force $id
""")
    os.chmod(script, 0o755)
    return script
