#include "runtime/plan/program_words.h"

#include <elf.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <string_view>

#include "runtime/linux/base/system_error.h"
#include "spec/short_text.h"

namespace berth::plan {

namespace {

// ---- which file -----------------------------------------------------------------------------

std::string quoted(std::string_view path) { return "'" + std::string(path) + "'"; }

/// The two texts of a detail; the second is empty if there is only one.
struct Detail {
  explicit Detail(const Message& message)
      : first(message.detail, strnlen(message.detail, sizeof message.detail)) {
    const std::size_t behind = first.size() + 1;
    if (behind >= sizeof message.detail) return;
    const char* rest = message.detail + behind;
    second = {rest, strnlen(rest, sizeof message.detail - behind)};
  }

  std::string_view first, second;
};

/// `interpreter` or `loader`; empty: the message is about the program itself.
std::string_view part_of(const Message& message) {
  if ((message.value & kOfInterpreter) != 0) return "interpreter";
  return (message.value & kOfLoader) != 0 ? "loader" : "";
}

std::string_view subject_of(const Message& message) {
  return {message.subject, strnlen(message.subject, sizeof message.subject)};
}

/// Quotes the path of an interpreter as the file has it. A carriage return at its end would be
/// invisible.
std::string with_line_end(std::string_view path) {
  if (!path.ends_with('\r')) return quoted(path);
  path.remove_suffix(1);
  return quoted(path) + " with a carriage return";
}

/// `it`, if the words before have named the file.
std::string file_of(const Message& message) {
  const std::string_view path = Detail(message).first, part = part_of(message);
  if (!part.empty()) return "the " + std::string(part) + " " + with_line_end(path);
  return path.empty() || path == subject_of(message) ? "it" : quoted(path);
}

// ---- permission -----------------------------------------------------------------------------

std::string ids(std::uint32_t user, std::uint32_t group) {
  return std::to_string(user) + ":" + std::to_string(group);
}

/// Which bit is missing for whom. A user who is not the owner may be in the group or not: that it
/// was refused shows which, unless neither bit explains it.
std::string bits(const FileFacts& file) {
  const bool of_group = (file.mode & S_IXGRP) != 0, of_others = (file.mode & S_IXOTH) != 0;
  const bool is_owner = file.user == file.owner;
  if (is_owner && (file.mode & S_IXUSR) == 0) return "no x for its owner";
  if (!is_owner && !of_group && !of_others) return "x for its owner alone";
  if (!is_owner && !of_others) return "no x for others";
  if (!is_owner && !of_group) return "no x for its group";
  return "which would do; an ACL or a security module may refuse";
}

std::string mode_words(const FileFacts& file) {
  char mode[sizeof "0755"] = "";
  (void)std::snprintf(mode, sizeof mode, "%04o", file.mode & 07777);
  const std::string words = std::string("has mode ") + mode;
  if ((file.mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) return words + ", no x for anybody";
  return words + " and owner " + ids(file.owner, file.group) + ", " + bits(file) +
         "; the user is " + ids(file.user, file.user_group);
}

std::string refusal_words(const FileFacts& file) {
  if (S_ISDIR(file.mode)) return "is a directory";
  if (S_ISFIFO(file.mode)) return "is a FIFO";
  if (S_ISSOCK(file.mode)) return "is a socket";
  if (S_ISCHR(file.mode)) return "is a character device";
  if (S_ISBLK(file.mode)) return "is a block device";
  return mode_words(file);
}

// ---- machines -------------------------------------------------------------------------------

struct Machine {
  std::uint16_t number;
  ShortText<12> name;
  ShortText<12> reversed = "";  ///< the name with the other byte order, if that has its own
  ShortText<12> small = "";     ///< the name of the 32-bit class, if that has its own
};

/// Names as `uname -m` gives them.
constexpr Machine kMachines[] = {
    {EM_X86_64, "x86_64", "", "x32"},
    {EM_AARCH64, "aarch64", "aarch64_be"},
    {EM_386, "i386"},
    {EM_ARM, "arm", "armeb"},
    {EM_RISCV, "riscv64", "", "riscv32"},
    {EM_PPC64, "ppc64le", "ppc64"},
    {EM_PPC, "ppcle", "ppc"},
    {EM_S390, "s390x", "s390x", "s390"},
    {EM_MIPS, "mips"},
    {EM_SPARC, "sparc"},
    {EM_SPARCV9, "sparc64"},
    {EM_IA_64, "ia64"},
    {258, "loongarch64", "", "loongarch32"},
};

std::string name_of(const FileFacts& file) {
  const auto* found = std::find_if(std::begin(kMachines), std::end(kMachines),
                                   [&](const Machine& row) { return row.number == file.machine; });
  if (found == std::end(kMachines)) return "the machine number " + std::to_string(file.machine);
  const bool is_small = file.elf_class == ELFCLASS32, is_reversed = file.byte_order == ELFDATA2MSB;
  if (is_small && found->small != "") return std::string(found->small);
  return std::string(is_reversed && found->reversed != "" ? found->reversed : found->name);
}

std::string bits_and_order(const FileFacts& file, bool has_bits, bool has_order) {
  std::string text;
  if (has_bits) text = file.elf_class == ELFCLASS32 ? "32-bit" : "64-bit";
  if (has_bits && has_order) text += ", ";
  if (has_order) text += file.byte_order == ELFDATA2MSB ? "big-endian" : "little-endian";
  return text.empty() ? "" : " (" + text + ")";
}

/// What an ELF file is that this machine does not execute.
std::string elf_words(const FileFacts& file) {
  FileFacts ours;
  ours.machine = kMachine;
  ours.elf_class = ELFCLASS64;
  ours.byte_order = ELFDATA2LSB;
  const bool is_whole = (file.elf_class == ELFCLASS32 || file.elf_class == ELFCLASS64) &&
                        (file.byte_order == ELFDATA2LSB || file.byte_order == ELFDATA2MSB);
  if (!is_whole) return "has a damaged ELF header";
  const bool has_bits = file.elf_class != ours.elf_class;
  const bool has_order = file.byte_order != ours.byte_order;
  if (file.machine != ours.machine || has_bits || has_order) {
    return "is for " + name_of(file) + bits_and_order(file, has_bits, has_order) +
           ", this machine is " + name_of(ours) + bits_and_order(ours, has_bits, has_order);
  }
  if (file.type == ET_REL) return "is an object file, which was not linked";
  if (file.type == ET_CORE) return "is a core dump";
  return "is an ELF file of the type " + std::to_string(file.type) + ", not a program";
}

// ---- the cause ------------------------------------------------------------------------------

/// `%` stands for the file.
struct Cause {
  Fault fault;
  std::string_view text;
};

constexpr Cause kCauses[] = {
    {Fault::Missing, "% is not there"},
    {Fault::EmptyFile, "% is empty"},
    {Fault::NoFormat, "% is neither a program nor a script that begins with '#!'"},
    {Fault::NoInterpreter, "% names no interpreter behind '#!'"},
    {Fault::LongLine,
     "the path behind '#!' in % does not end within 256 bytes, and the kernel reads no more"},
    {Fault::TooManyInterpreters,
     "scripts are the interpreters of each other, more than 5 in a row"},
    {Fault::BadLoader, "% is not a loader for this machine"},
    {Fault::WrongElf, {}},
    {Fault::NotExecutable, {}},
    {Fault::DanglingLink, {}},
    {Fault::LinkLoop, {}},
    {Fault::NotDirectory, {}},
    {Fault::Unsearchable, {}},
    {Fault::NoExecMount, {}},
};

const Cause* cause_of(Fault fault) {
  const auto* found = std::find_if(std::begin(kCauses), std::end(kCauses),
                                   [&](const Cause& row) { return row.fault == fault; });
  return found == std::end(kCauses) ? nullptr : found;
}

Fault fault_of(const Message& message) { return static_cast<Fault>(message.value & kFaultBits); }

std::string link_words(const Message& message) {
  const Detail detail(message);
  const std::string link = quoted(detail.first) + " leads to " + quoted(detail.second);
  return fault_of(message) == Fault::LinkLoop
             ? "the symbolic links form a loop, or are more than 40; one of them, " + link
             : "the symbolic link " + link + ", which is not there";
}

std::string mount_words(const Message& message) {
  const std::string_view mount = Detail(message).first, part = part_of(message);
  const std::string file = part.empty() ? "it" : "the " + std::string(part);
  return file + (mount.empty() ? " is on a mount with noexec"
                               : " is on the mount " + quoted(mount) + ", which is noexec");
}

/// What is wrong on the way to the file.
std::string way_words(const Message& message) {
  const std::string_view part = part_of(message);
  const std::string way = part.empty() ? "" : "the " + std::string(part) + " cannot be reached: ";
  const std::string path = quoted(Detail(message).first);
  if (fault_of(message) == Fault::NotDirectory) return way + path + " is a file";
  if (fault_of(message) != Fault::Unsearchable) return way + link_words(message);
  return way + "the directory " + path + " may not be searched: it " + mode_words(message.file);
}

std::string cause(const Message& message, const Cause& row) {
  if (row.fault == Fault::WrongElf) return file_of(message) + " " + elf_words(message.file);
  if (row.fault == Fault::NotExecutable)
    return file_of(message) + " " + refusal_words(message.file);
  if (row.fault == Fault::NoExecMount) return mount_words(message);
  if (row.text.empty()) return way_words(message);
  std::string text(row.text);
  const std::size_t place = text.find('%');
  if (place != std::string::npos) text.replace(place, 1, file_of(message));
  const bool has_line_end = row.fault == Fault::Missing && Detail(message).first.ends_with('\r');
  return has_line_end ? text + ": the script has CRLF at the ends of its lines" : text;
}

/// Words for an errno of execve(2) of which init has seen no cause. A filter may have given the
/// errno, or prevented init from looking.
std::string unexplained(const Message& message) {
  const bool is_filtered = (message.value & kUnderFilter) != 0;
  switch (message.number) {
    case ENOENT:
      return is_filtered ? "this is about the file, its interpreter or its loader"
                         : "the file is there, its interpreter or loader is not";
    case ETXTBSY:
      return "a process has it, its interpreter or its loader open for writing";
    case ELIBBAD:
      return "its loader is not one for this machine";
    default:
      return "";
  }
}

bool is_of_execve(const Message& message) {
  return message.copy.is<Execute>() ||
         (message.copy.is<RunHook>() && Detail(message).first.empty());
}

/// Engines search these texts.
std::string errno_words(const Message& message) {
  std::string words = sys::errno_text(message.number);
  if (message.number != ENOENT || message.copy.is<RunHook>()) return words;
  const std::string_view subject = subject_of(message);
  const bool is_searched = subject.find('/') == std::string_view::npos;
  if (message.copy.is<FindProgram>() && is_searched) return "executable file not found in $PATH";
  const bool is_missing = fault_of(message) == Fault::Missing && part_of(message).empty();
  const bool is_refused = message.copy.is<FindProgram>() && fault_of(message) == Fault::SystemCall;
  return is_missing || is_refused ? "stat " + std::string(subject) + ": " + words : words;
}

}  // namespace

bool is_of_program_file(Fault fault) { return cause_of(fault) != nullptr; }

std::string program_words(const Message& message) {
  std::string words = errno_words(message);
  const Cause* row = cause_of(fault_of(message));
  const bool is_missing = fault_of(message) == Fault::Missing && part_of(message).empty();
  if (is_missing) return words;
  const std::string more = row != nullptr          ? cause(message, *row)
                           : is_of_execve(message) ? unexplained(message)
                                                   : "";
  return more.empty() ? words : words + ": " + more;
}

}  // namespace berth::plan
