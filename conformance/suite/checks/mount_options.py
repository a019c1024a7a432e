"""The table of mount options, word by word (config.md, "Linux mount options")."""
from suite.check import check, refused
from suite.expectation import has, lacks
from suite.mounting import ADDED, PLACE, bind, deep_source, file_system, make_source

OPTIONS = f"{ADDED}/options"
FLAGS = f"mounts[{PLACE}].options"
OF_FILE_SYSTEM = f"mounts[{PLACE}].super_options"
BELOW = f"mounts[{PLACE}/below].options"
UNKNOWN = "conformance"  # no file system has such an option

# ---- flags of the mount: what is there without the word, the options with it, what the kernel shows then ----

for word, without, options, shown in (
        ("ro", [], ["ro"], has("ro")),
        ("rw", ["ro"], ["ro", "rw"], has("rw")),
        ("nosuid", [], ["nosuid"], has("nosuid")),
        ("suid", ["nosuid"], ["nosuid", "suid"], lacks("nosuid")),
        ("nodev", [], ["nodev"], has("nodev")),
        ("dev", ["nodev"], ["nodev", "dev"], lacks("nodev")),
        ("noexec", [], ["noexec"], has("noexec")),
        ("exec", ["noexec"], ["noexec", "exec"], lacks("noexec")),
        ("noatime", [], ["noatime"], has("noatime")),
        ("atime", ["noatime"], ["noatime", "atime"], lacks("noatime")),
        ("relatime", ["strictatime"], ["relatime"], has("relatime")),
        ("strictatime", [], ["strictatime"], lacks("relatime", "noatime")),
        ("nostrictatime", ["strictatime"], ["strictatime", "nostrictatime"], has("relatime")),
        ("nodiratime", [], ["nodiratime"], has("nodiratime")),
        ("diratime", ["nodiratime"], ["nodiratime", "diratime"], lacks("nodiratime"))):
    check(f"MO-{word}", f"{word} for a new file system", given={"/mounts/-": file_system(without)}, config={OPTIONS: options},
          expect={f"mounts[{PLACE}].type": "tmpfs", FLAGS: shown})
    check(f"MO-{word} MO-bind", f"{word} for a bind mount", given={"/mounts/-": bind("bind", *without)}, prepare=make_source,
          config={OPTIONS: ["bind", *options]}, expect={FLAGS: shown})
for word, without, options, shown in (
        ("nosymfollow", [], ["nosymfollow"], has("nosymfollow")),
        ("symfollow", ["nosymfollow"], ["nosymfollow", "symfollow"], lacks("nosymfollow"))):
    check(f"MO-{word}", f"{word} for a new file system", since="1.1.0", needs="kernel:5.10", config={OPTIONS: options},
          given={"/mounts/-": file_system(without)}, expect={f"mounts[{PLACE}].type": "tmpfs", FLAGS: shown})
    check(f"MO-{word}", f"{word} for a bind mount", since="1.1.0", needs="kernel:5.10", prepare=make_source,
          given={"/mounts/-": bind("bind", *without)}, config={OPTIONS: ["bind", *options]}, expect={FLAGS: shown})

# ---- what they do ----

for forbids, allows, question, error in (
        ("ro", "rw", f"mkdir:{PLACE}/new", "EROFS"),
        ("nodev", "dev", f"open:{PLACE}/null", "EACCES"),
        ("noexec", "exec", f"exec:{PLACE}/tool", "EACCES"),
        ("nosymfollow", "symfollow", f"open:{PLACE}/link", "ELOOP")):
    verb, argument = question.split(":")
    rest = {"since": "1.1.0", "needs": "kernel:5.10"} if error == "ELOOP" else {}
    check(f"MO-{forbids}", f"with {forbids} {verb} fails", asks=[question], prepare=make_source, given={"/mounts/-": bind("bind")},
          config={OPTIONS: ["bind", forbids]}, expect={f"{verb}[{argument}]": error}, **rest)
    check(f"MO-{allows}", f"with {allows} {verb} works", asks=[question], prepare=make_source,
          given={"/mounts/-": bind("bind", forbids)}, config={OPTIONS: ["bind", allows]},
          expect={f"{verb}[{argument}]": 0 if verb == "exec" else "ok"}, **rest)
for word, other, user in (("nosuid", "suid", 1000), ("suid", "nosuid", 0)):
    check(f"MO-{word}", f"with {word} a set-user-id program runs as {'its caller' if user else 'its owner'}", prepare=make_source,
          given={"/mounts/-": bind("bind", other), "/process/user": {"uid": 1000, "gid": 1000},
                 "/process/args": [f"{PLACE}/becomes-root"]},
          config={OPTIONS: ["bind", word]}, expect={"uids": [1000, user, user, user]})

# ---- flags of the file system ----

for word, without, options, shown in (
        ("sync", [], ["sync"], has("sync")),
        ("async", ["sync"], ["sync", "async"], lacks("sync")),
        ("dirsync", [], ["dirsync"], has("dirsync")),
        ("lazytime", [], ["lazytime"], has("lazytime")),
        ("nolazytime", ["lazytime"], ["lazytime", "nolazytime"], lacks("lazytime"))):
    check(f"MO-{word}", word, given={"/mounts/-": file_system(without)}, config={OPTIONS: options},
          expect={f"mounts[{PLACE}].type": "tmpfs", OF_FILE_SYSTEM: shown})

# The kernel shows nothing of these; but a file system that gets the word among its own ones refuses it.
for word in ("defaults", "silent", "loud", "iversion", "noiversion", "norelatime", "mand", "nomand"):
    check(f"MO-{word}", f"{word} is known, and changes nothing that can be seen", config={OPTIONS: [word]},
          given={"/mounts/-": file_system()}, expect={f"mounts[{PLACE}].type": "tmpfs", FLAGS: ["rw", "relatime"]},
          fault={OPTIONS: [word, UNKNOWN]})
check("MO-defaults", "other words beside defaults have their effect", config={OPTIONS: ["defaults", "ro"]},
      given={"/mounts/-": file_system(["defaults"])}, expect={FLAGS: has("ro")})

# ---- options of the file system ----

check("MO-UNKNOWN-1", "words that are none of the table reach the file system", given={"/mounts/-": file_system()},
      config={OPTIONS: ["mode=0710", "nosuid", "size=128k", "nr_inodes=77"]},
      expect={OF_FILE_SYSTEM: has("mode=710", "size=128k", "nr_inodes=77"), FLAGS: has("nosuid")})
check("MO-UNKNOWN-1", "the mode of a tmpfs is the option's, whatever directory it covers", given={"/mounts/-": file_system()},
      prepare=lambda bundle: bundle.make_directory(f"rootfs{PLACE}", 0o711), asks=[f"path:{PLACE}"],
      config={OPTIONS: ["mode=0700"]}, expect={f"path[{PLACE}].mode": 0o700})
refused("MO-UNKNOWN-1 VV-1", "a word that neither the table nor the file system knows", given={"/mounts/-": file_system()},
        config={OPTIONS: [UNKNOWN]}, valid={OPTIONS: ["mode=0710"]})
check("MO-CUSTOM-1", "mount(8) takes words that begin with x- as comments", given={"/mounts/-": file_system()},
      config={OPTIONS: ["x-conformance", "ro"]}, expect={FLAGS: has("ro")})
check("MO-tmpcopyup", "tmpcopyup: a tmpfs begins with what is at its place", given={"/mounts/-": file_system()},
      asks=[f"read:{PLACE}/file", f"read:{PLACE}/below/file"], config={OPTIONS: ["tmpcopyup"]}, expect={
          f"mounts[{PLACE}].type": "tmpfs", f"read[{PLACE}/file]": "one\n", f"read[{PLACE}/below/file]": "two\n"},
      prepare=lambda bundle: (bundle.file(f"rootfs{PLACE}/file", "one\n"), bundle.file(f"rootfs{PLACE}/below/file", "two\n")))

# ---- remount ----

check("MO-remount", "remount changes an earlier mount of a file system", asks=[f"mkdir:{PLACE}/new"],
      given={"/mounts/-": file_system(["size=64k", "mode=755"])}, config={"/mounts/-": file_system(["remount", "ro", "size=128k"])},
      expect={f"mkdir[{PLACE}/new]": "EROFS", OF_FILE_SYSTEM: has("size=128k")})
check("MO-remount MO-bind", "remount with bind changes the flags of an earlier bind mount", prepare=make_source,
      given={"/mounts/-": bind("bind")}, config={"/mounts/-": bind("bind", "remount", "ro", "nosuid")},
      expect={FLAGS: has("ro", "nosuid")})
refused("MO-remount", "remount where nothing is mounted", prepare=lambda bundle: bundle.make_directory(f"rootfs{PLACE}"),
        config={"/mounts/-": file_system(["remount", "ro"])}, valid={"/mounts/-": file_system(["ro"])})

# ---- binds ----

check("MO-bind", "bind shows a directory, without the mounts below it", prepare=deep_source(), given={"/mounts/-": file_system()},
      asks=[f"read:{PLACE}/file", f"read:{PLACE}/below/file"], config={ADDED: bind("bind")},
      expect={f"read[{PLACE}/file]": "text\n", f"read[{PLACE}/below/file].error": "ENOENT"})
check("MO-bind", "bind shows a file", prepare=make_source, asks=["read:/etc/hosts"], expect={"read[/etc/hosts]": "text\n"},
      config={"/mounts/-": bind("bind", source="source/file", at="/etc/hosts")})
check("MO-rbind", "rbind shows a directory with the mounts below it", prepare=deep_source(), given={"/mounts/-": bind("bind")},
      asks=[f"read:{PLACE}/file", f"read:{PLACE}/below/file"], config={OPTIONS: ["rbind"]},
      expect={f"read[{PLACE}/file]": "text\n", f"read[{PLACE}/below/file]": "text\n"})
check("MO-rbind", "ro of an rbind is for the mount alone", prepare=deep_source(), given={"/mounts/-": bind("rbind")},
      config={OPTIONS: ["rbind", "ro"]}, expect={FLAGS: has("ro"), BELOW: has("rw")})
for word in ("bind", "rbind"):
    refused(f"MO-{word} VV-1", f"{word} of what is not there", prepare=make_source,
            config={"/mounts/-": bind(word, source="none")}, valid={"/mounts/-": bind(word)})

# ---- propagation: the source is a shared mount ----

for word, shown, other in (("private", ["private"], "rshared"), ("shared", has("shared"), "rprivate"),
                           ("slave", ["master"], "rprivate"), ("unbindable", ["unbindable"], "rprivate")):
    check(f"MO-{word}", word, prepare=deep_source(), given={"/mounts/-": bind("rbind")}, config={OPTIONS: ["rbind", word]},
          expect={f"mounts[{PLACE}].propagation": shown}, fault={OPTIONS: ["rbind", other]})
    check(f"MO-r{word}", f"r{word} reaches the mounts below", prepare=deep_source(), given={"/mounts/-": bind("rbind")},
          config={OPTIONS: ["rbind", f"r{word}"]}, fault={OPTIONS: ["rbind", other]},
          expect={f"mounts[{PLACE}].propagation": shown, f"mounts[{PLACE}/below].propagation": shown})
for word, shown, other in (("shared", has("shared"), "private"), ("unbindable", ["unbindable"], "private")):
    check(f"MO-{word}", f"{word} for a new file system", given={"/mounts/-": file_system()}, config={OPTIONS: [word]},
          expect={f"mounts[{PLACE}].propagation": shown}, fault={OPTIONS: [other]})

# ---- the words for all mounts below: how the source is mounted, the word, what the kernel shows ----

for before, word, shown in (
        ("", "rro", has("ro")), ("ro", "rrw", has("rw")),
        ("", "rnosuid", has("nosuid")), ("nosuid", "rsuid", lacks("nosuid")),
        ("", "rnodev", has("nodev")), ("nodev", "rdev", lacks("nodev")),
        ("", "rnoexec", has("noexec")), ("noexec", "rexec", lacks("noexec")),
        ("", "rnoatime", has("noatime")), ("noatime", "ratime", lacks("noatime")),
        ("noatime", "rrelatime", has("relatime")), ("", "rstrictatime", lacks("relatime", "noatime")),
        ("strictatime", "rnostrictatime", has("relatime")),
        ("", "rnodiratime", has("nodiratime")), ("nodiratime", "rdiratime", lacks("nodiratime")),
        ("", "rnosymfollow", has("nosymfollow")), ("nosymfollow", "rsymfollow", lacks("nosymfollow"))):
    check(f"MO-{word}", f"{word} reaches the mounts below", since="1.1.0", needs="kernel:5.12", prepare=deep_source(before),
          given={"/mounts/-": bind("rbind")}, config={OPTIONS: ["rbind", word]}, expect={FLAGS: shown, BELOW: shown})
check("MO-rnorelatime", "rnorelatime is known, and the kernel's default stays", since="1.1.0", needs="kernel:5.12",
      prepare=deep_source(), given={"/mounts/-": bind("rbind")}, config={OPTIONS: ["rbind", "rnorelatime"]},
      expect={FLAGS: has("relatime"), BELOW: has("relatime")}, fault={OPTIONS: ["rbind", "rnoatime"]})
