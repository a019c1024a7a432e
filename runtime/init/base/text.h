// Builds a text of at most PATH_MAX from parts: paths and decimal numbers, without a heap.
#pragma once

#include <limits.h>
#include <string.h>

#include <cstddef>

namespace berth::init {

class Text {
 public:
  Text() { text_[0] = '\0'; }

  Text& add(const char* part) { return add(part, strlen(part)); }
  Text& add(const char* part, std::size_t size) {
    if (size >= sizeof text_ - size_) {
      fits_ = false;
      return *this;
    }
    memcpy(text_ + size_, part, size);
    size_ += size;
    text_[size_] = '\0';
    return *this;
  }
  Text& add(unsigned number) {
    char digits[10];
    char* first = digits + sizeof digits;
    do {
      *--first = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    return add(first, static_cast<std::size_t>(digits + sizeof digits - first));
  }
  Text& set(const char* text) {
    clear();
    return add(text);
  }
  void clear() {
    size_ = 0;
    text_[0] = '\0';
    fits_ = true;
  }

  /// Keeps the first `size` bytes.
  void cut(std::size_t size) {
    size_ = size;
    text_[size] = '\0';
  }

  /// False: a part was left out because it did not fit.
  bool fits() const { return fits_; }
  char* get() { return text_; }
  const char* get() const { return text_; }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
  bool fits_ = true;
  char text_[PATH_MAX];
};

}  // namespace berth::init
