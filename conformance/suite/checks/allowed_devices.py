"""linux.resources.devices: which devices the program may open and make (config-linux.md, "Allowed Device list").

The devices of the checks have numbers that Linux leaves to local use, so an attempt that is allowed ends with ENXIO.
"""
from suite.check import berth_deviates, check, refused

DEVICES = "/linux/resources/devices"
NOTHING = {"allow": False, "access": "rwm"}
OTHER = 241
NODES = [{"path": "/dev/c1", "type": "c", "major": 240, "minor": 1}, {"path": "/dev/c2", "type": "c", "major": 240, "minor": 2},
         {"path": "/dev/other", "type": "c", "major": OTHER, "minor": 1},
         {"path": "/dev/b1", "type": "b", "major": 240, "minor": 1}]


def allows(title, rules, fault=None, **expect):
    """expect: the question with `_` and the device -> the error of the attempt."""
    questions = {name.partition("__"): error for name, error in expect.items()}
    check("RS-DEV-1", title, given={"/linux/devices": NODES}, config={DEVICES: rules}, fault=fault,
          asks=[f"{verb}:/dev/{device}" for verb, _, device in questions],
          expect={f"{verb}[/dev/{device}]": error for (verb, _, device), error in questions.items()})


def rule(allow=True, **values):
    return {"allow": allow, "access": "rwm", **values}


EVERYTHING = {DEVICES: [rule()]}
C1 = {"type": "c", "major": 240, "minor": 1}

allows("a device that a rule allows can be read and written", [NOTHING, rule(**C1)], fault={DEVICES: [NOTHING]},
       open__c1="ENXIO", open_to_write__c1="ENXIO")
allows("a device that the rules deny cannot be opened", [NOTHING, rule(**C1)], fault=EVERYTHING, open__c2="EPERM",
       open__b1="EPERM")
allows("the last rule that fits a device decides: it denies", [rule(), rule(False, **C1)],
       fault={DEVICES: [rule(False, **C1), rule()]},
       open__c1="EPERM", open__c2="ENXIO")
allows("the last rule that fits a device decides: it allows", [NOTHING, rule(**C1)], fault={DEVICES: [rule(**C1), NOTHING]},
       open__c1="ENXIO")
allows("a rule without minor is for all of its major", [NOTHING, rule(type="c", major=240)],
       fault={DEVICES: [NOTHING, rule(**C1)]},
       open__c1="ENXIO", open__c2="ENXIO", open__other="EPERM")
allows("a rule without major and minor is for all of its type", [NOTHING, rule(type="c")],
       fault={DEVICES: [NOTHING, rule(type="c", major=240)]}, open__c1="ENXIO", open__other="ENXIO", open__b1="EPERM")
allows("a rule without type is for all", [NOTHING, rule()], fault={DEVICES: [NOTHING, rule(type="c")]}, open__c1="ENXIO",
       open__b1="ENXIO")
allows("a rule of type a is for all", [NOTHING, rule(type="a")], fault={DEVICES: [NOTHING, rule(type="c")]}, open__c1="ENXIO",
       open__b1="ENXIO")
allows("a rule of type b is for block devices", [NOTHING, rule(**{**C1, "type": "b"})], fault={DEVICES: [NOTHING, rule(**C1)]},
       open__b1="ENXIO", open__c1="EPERM")
allows("access r allows to read alone", [NOTHING, {**rule(**C1), "access": "r"}], fault=EVERYTHING, open__c1="ENXIO",
       open_to_write__c1="EPERM")
allows("access w allows to write alone", [NOTHING, {**rule(**C1), "access": "w"}], fault=EVERYTHING, open__c1="EPERM",
       open_to_write__c1="ENXIO")
check("RS-DEV-1", "access m allows to make the device, and others cannot be made",
      config={DEVICES: [NOTHING, {**rule(**C1), "access": "m"}]}, fault={DEVICES: [NOTHING, rule(type="b")]},
      asks=["mknod:/tmp/c1=c,240,1", "mknod:/tmp/c2=c,240,2"],
      expect={"mknod[/tmp/c1=c,240,1]": "ok", "mknod[/tmp/c2=c,240,2]": "EPERM"})

INVALID = (({"access": "rwm"}, "without allow"), (rule(type="x"), "of an unknown type"),
           ({**rule(), "access": "x"}, "with an unknown access"))
for values, what in INVALID:
    refused("RS-DEV-1 VV-1", f"a rule for devices {what}", config={DEVICES: [values]}, valid={DEVICES: [rule()]})

berth_deviates("RS-DEV-1", "access m allows to make the device, and others cannot be made")
