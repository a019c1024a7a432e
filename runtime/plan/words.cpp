#include "runtime/plan/words.h"

#include <linux/mount.h>
#include <linux/seccomp.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <concepts>
#include <span>
#include <utility>

#include "runtime/plan/text_area.h"
#include "spec/config/config.h"

namespace berth::plan {

namespace {

using Kind = Member::Kind;

// ---- values in words ------------------------------------------------------------------------

/// The words without recursion, because a step has an operand of its own for that.
constexpr spec::WordTable kPropagations{std::span(spec::kPropagationRows).first(4)};

constexpr spec::WordValue kAttributes[] = {
    {"ro", MOUNT_ATTR_RDONLY},
    {"nosuid", MOUNT_ATTR_NOSUID},
    {"nodev", MOUNT_ATTR_NODEV},
    {"noexec", MOUNT_ATTR_NOEXEC},
    {"noatime", MOUNT_ATTR_NOATIME},
    {"strictatime", MOUNT_ATTR_STRICTATIME},
    {"nodiratime", MOUNT_ATTR_NODIRATIME},
    {"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW},
};

constexpr spec::WordValue kFilterFlagRows[] = {
    {"tsync", SECCOMP_FILTER_FLAG_TSYNC},
    {"log", SECCOMP_FILTER_FLAG_LOG},
    {"spec_allow", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    {"a listener", SECCOMP_FILTER_FLAG_NEW_LISTENER},
    {"wait_killable_recv", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
};
constexpr spec::WordTable kFilterFlags{kFilterFlagRows};

void add_word(std::string& words, std::string_view word, std::string_view separator = ", ") {
  if (!words.empty()) words += separator;
  words += word;
}

void add_attributes(std::string& words, std::uint64_t bits, char sign) {
  for (const spec::WordValue& row : kAttributes) {
    if ((bits & row.value) != 0) add_word(words, sign + std::string(row.word), " ");
  }
}

std::string in_base(std::uint64_t number, unsigned base) {
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdef"[number % base]);
    number /= base;
  } while (number != 0);
  return digits;
}

/// The word for a value of an enum; empty if the value is invalid.
template <std::size_t kSize, class Enum>
std::string_view word_of(Enum value, const std::string_view (&words)[kSize]) {
  const auto place = static_cast<std::size_t>(value);
  return place < kSize ? words[place] : std::string_view();
}

using std::to_string;

std::string to_string(const Owner& owner) {
  return to_string(owner.uid) + ":" + to_string(owner.gid);
}
std::string to_string(const Namespaces& types) {
  return spec::kNamespaceTypes.words_of(types.flags);
}
std::string to_string(const Propagation& type) { return kPropagations.words_of(type.type); }
std::string to_string(const FilterFlags& flags) { return kFilterFlags.words_of(flags.bits); }
std::string to_string(const Capabilities& set) { return "0x" + in_base(set.mask, 16); }
std::string to_string(const Umask& umask) { return "0" + in_base(umask.bits, 8); }
std::string to_string(const Limit& limit) {
  return limit.value == RLIM_INFINITY ? "unlimited" : to_string(limit.value);
}

/// `c 1:3 0666`
std::string to_string(const Device& device) {
  const std::string mode = " 0" + in_base(device.mode & ~std::uint32_t{S_IFMT}, 8);
  if (S_ISFIFO(device.mode)) return "p" + mode;
  return (S_ISBLK(device.mode) ? "b " : "c ") + to_string(device.major_number) + ":" +
         to_string(device.minor_number) + mode;
}

/// `+ro -nodev`. The ways to update atime are one field, so the new value says everything about it.
std::string to_string(const MountAttributes& change) {
  constexpr std::uint64_t kAtime = MOUNT_ATTR__ATIME;
  std::string words;
  add_attributes(words, change.set, '+');
  add_attributes(words, change.cleared & ~change.set & ~kAtime, '-');
  const bool is_relatime =
      (change.cleared & kAtime) != 0 && (change.set & kAtime) == MOUNT_ATTR_RELATIME;
  if (is_relatime) add_word(words, "+relatime", " ");
  return words;
}

std::string to_string(const PlaceRules& rules) {
  std::string words;
  if (rules.no_symlinks) add_word(words, "no_symlinks");
  if (rules.may_cover_proc) add_word(words, "may_cover_proc");
  if (rules.onto_link) add_word(words, "onto_link");
  if (rules.copies_link) add_word(words, "copies_link");
  if (rules.only_proc) add_word(words, "only_proc");
  return words;
}

std::string to_string(const KeptByCopy& kept) {
  std::string words;
  if (kept.mode) add_word(words, "mode");
  if (kept.user) add_word(words, "user");
  if (kept.group) add_word(words, "group");
  return words;
}

std::string_view to_string(Errors errors) { return word_of(errors, {"report", "tolerate"}); }
std::string_view to_string(Refused refused) {
  return word_of(refused, {"report", "bind", "bind_equal"});
}
std::string_view to_string(Symlink symlink) { return word_of(symlink, {"follow", "nofollow"}); }
std::string_view to_string(OptionValue value) {
  return word_of(value, {"none", "string", "directory"});
}
std::string_view to_string(Sync sync) {
  return word_of(sync, {"cgroups", "the user namespace is there", "the mounts are done", "ready"});
}
std::string_view to_string(Entry entry) {
  return word_of(entry, {"pivot_root", "chroot", "cover"});
}
std::string_view to_string(RdtUse use) { return word_of(use, {"share", "find", "create"}); }
std::string_view to_string(HostHook list) { return word_of(list, {"prestart", "createRuntime"}); }

// ---- the visitor of a describe() ------------------------------------------------------------

class Describer {
 public:
  explicit Describer(std::string_view area) : area_(area) {}

  void step(std::string_view op, std::string_view words) {
    found_.op = op;
    found_.words = words;
  }

  void hint(int number, std::string_view text, std::string_view subject = {}) {
    found_.hints.push_back({.number = number, .text = text, .subject = subject});
  }

  void operator()(std::string_view name, Text text) {
    add(name, Kind::Text, std::string(text_in(area_, text)));
  }
  void operator()(std::string_view name, TextList list) {
    add_list(name, list_in(area_, list), false, list.count);
  }
  void operator()(std::string_view name, NumberList list) {
    std::vector<std::string> items;
    for (const std::uint32_t number : numbers_in(area_, list)) items.push_back(to_string(number));
    add_list(name, std::move(items), true, list.count);
  }
  void operator()(std::string_view name, Slot slot) {
    add(name, Kind::Number, slot == kNoSlot ? "" : to_string(slot.number));
  }
  void operator()(std::string_view name, FilledSlot filled) { (*this)(name, filled.slot); }
  void operator()(std::string_view name, Flag flag) {
    add(name, Kind::Number, flag ? "true" : "false");
  }
  void operator()(std::string_view name, Milliseconds time) { (*this)(name, time.count); }
  void operator()(std::string_view name, std::integral auto number) {
    add(name, Kind::Number, to_string(number));
  }
  template <class Word>
  requires(!std::integral<Word>) void operator()(std::string_view name, const Word& word) {
    add(name, Kind::Word, std::string(to_string(word)));
  }

  Description take() { return std::move(found_); }

 private:
  void add(std::string_view name, Kind kind, std::string text) {
    found_.members.push_back({.name = name, .kind = kind, .text = std::move(text)});
  }
  void add_list(std::string_view name, std::vector<std::string> items, bool has_numbers,
                std::uint32_t count) {
    std::string text;
    for (const std::string& item : items) add_word(text, item);
    found_.members.push_back({.name = name,
                              .kind = Kind::List,
                              .text = std::move(text),
                              .items = std::move(items),
                              .has_numbers = has_numbers,
                              .count = count});
  }

  std::string_view area_;
  Description found_;
};

// ---- words ----------------------------------------------------------------------------------

const Member* find(const Description& description, std::string_view name) {
  const auto& members = description.members;
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const Member& member) { return member.name == name; });
  return found == members.end() ? nullptr : &*found;
}

/// The text for a `{…}` in the words of a describe().
std::string value_of(std::string_view field, const Description& description) {
  const bool is_count = field.starts_with('#');
  if (is_count) field.remove_prefix(1);
  const std::size_t colon = std::min(field.find(':'), field.size());
  const Member* member = find(description, field.substr(0, colon));
  if (member == nullptr) return {};
  if (is_count) return to_string(member->count);
  if (colon == field.size()) return member->text;
  return member->text == "true" ? std::string(field.substr(colon + 1)) : std::string();
}

}  // namespace

Description description_of(const Step& step, std::string_view area) {
  Describer describer(area);
  visit(step, [&](const auto& typed) { describe(describer, typed); });
  return describer.take();
}

std::string words_of(const Description& description) {
  const std::string_view form = description.words;
  std::string words;
  std::size_t optional = 0;  // where the open […] began
  bool keep = true;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == '[') {
      optional = words.size();
      keep = true;
    } else if (form[i] == ']') {
      if (!keep) words.resize(optional);
    } else if (form[i] == '{') {
      const std::size_t end = form.find('}', i);
      const std::string value = value_of(form.substr(i + 1, end - i - 1), description);
      keep = keep && !value.empty();
      words += value;
      i = end;
    } else {
      words += form[i];
    }
  }
  return words;
}

std::string step_words(const Step& step, std::string_view area) {
  return words_of(description_of(step, area));
}

std::string_view side_name(Side side) {
  return word_of(side, {"host", "prologue", "child", "start"});
}

}  // namespace berth::plan
