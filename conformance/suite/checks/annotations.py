"""annotations (config.md, "Annotations")."""
from suite.check import lifecycle, refused, untestable
from suite.faults import refuses, state_with
from suite.verdict import same

untestable("AN-3", "it concerns the author of config.json")

for value, what in ((1, "a number"), (None, "null"), ({"a": "b"}, "an object")):
    refused("AN-1 VV-1", f"an annotation that is {what}", config={"/annotations": {"org.example.key": value}},
            valid={"/annotations": {"org.example.key": "text"}})
refused("AN-2 VV-1", "an annotation whose key is empty", config={"/annotations": {"": "text"}}, valid={"/annotations": {"key": "text"}})

LISTED = {f"org.opencontainers.image.{name}": "text" for name in (
    "os", "os.version", "os.features", "architecture", "variant", "author", "created", "stopSignal")}


@lifecycle("AN-4", "the keys of org.opencontainers that are listed are passed on", config={"/annotations": LISTED},
           fault=state_with(annotations={}))
def _(container):
    container.create().ok()
    same(container.state().ok().document.get("annotations"), LISTED, "annotations of the state")


@lifecycle("AN-5", "unknown keys are no error", config={"/annotations": {"com.example.unknown": "x", "org.opencontainers.unknown": "y"}},
           fault=refuses("create"))
def _(container):
    container.create().ok()
