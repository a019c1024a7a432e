"""The bundle, and the text of config.json (bundle.md, glossary.md)."""
import json

from suite.check import check, lifecycle, untestable
from suite.expectation import has
from suite.faults import before, ignores_config
from suite.verdict import same

untestable("BN-3", "the layout is its author's: a runtime only gets to know the directory")
untestable("SP-1", "it is about all other requirements together")

# The fault of a text that must be refused: it reads another one, which is valid.
reads_valid_text = before("create", lambda bundle: bundle.write())


def refused_text(ids, title, change):
    """change: a function from the text of a valid config.json to the bytes of an invalid one."""
    @lifecycle(ids, title, fault=reads_valid_text)
    def _(container):
        text = container.bundle.write().read("config.json")
        with open(container.bundle.path("config.json"), "wb") as out:
            out.write(change(text))
        container.create_again().fails()


@lifecycle("BN-1", "a configuration under another name than config.json is none", fault=reads_valid_text)
def _(container):
    container.bundle.write()
    container.bundle.rename("config.json", "Config.json")
    container.create_again().fails()


check("GL-1", "texts of the configuration are UTF-8, of any length", config={"/process/env": ["PATH=/", "TEXT=Ω ä 𝄞"]},
      expect={"env": has("TEXT=Ω ä 𝄞")})
refused_text("GL-1 VV-1", "a text that is not UTF-8", lambda text: text.replace('"PATH=/"', '"PATH=/", "A=?"').encode().replace(b"?", b"\xff"))
refused_text("GL-1 VV-1", "a configuration in UTF-16", lambda text: text.encode("utf-16"))
refused_text("GL-2 VV-1", "an object that repeats a name", lambda text: text.replace("{", '{"ociVersion": "1.0.0", ', 1).encode())
refused_text("GL-2 VV-1", "an object further down that repeats a name", lambda text: text.replace('"uid"', '"uid": 1, "uid"').encode())
refused_text("VV-1", "a configuration that is not JSON", lambda text: text[:-2].encode())
refused_text("VV-1", "a configuration that is no object", lambda text: b"[]")
refused_text("VV-1", "an empty config.json", lambda text: b"")


def reversed_order(value):
    if isinstance(value, dict):
        return {name: reversed_order(value[name]) for name in reversed(value)}
    return [reversed_order(item) for item in value] if isinstance(value, list) else value


@lifecycle("GL-3", "the order of an object's members has no meaning", config={"/process/cwd": "/tmp"}, fault=ignores_config)
def _(container):
    config = json.loads(container.bundle.write().read("config.json"))
    container.bundle.file("config.json", json.dumps(reversed_order(config)))
    container.create_again().ok()
    container.hold().start().ok()
    same(container.report()["cwd"], "/tmp", "cwd")
