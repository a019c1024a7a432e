"""The configuration files that berth installs (docs/examples), with the runtime under test in them."""
import os

HERE = os.path.dirname(os.path.abspath(__file__))
DIRECTORY = os.path.join(HERE, "..", "..", "..", "docs", "examples")


def example(name, runtime):
    """The text of a file; berth's place is replaced by the runtime's."""
    with open(os.path.join(DIRECTORY, name), encoding="utf-8") as file:
        text = file.read()
    return text.replace("/usr/local/bin/berth", runtime)
