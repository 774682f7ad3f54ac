// An optional value on the heap: std::optional's interface and value semantics for one pointer of room. For
// large members that most objects lack. Not thread-safe, as std::optional is not.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace slipway {

template <class T>
class Boxed final {
 public:
  Boxed() = default;
  // As std::optional: from a value, from nothing, from another optional.
  Boxed(std::nullopt_t) {}
  Boxed(T value) : box_(std::make_unique<T>(std::move(value))) {}
  Boxed(std::optional<T> value) : box_(value ? std::make_unique<T>(*std::move(value)) : nullptr) {}
  Boxed(const Boxed& other) : box_(other.box_ ? std::make_unique<T>(*other.box_) : nullptr) {}
  Boxed(Boxed&&) noexcept = default;
  // Into the same box where there is one: tasks are copied with every change.
  Boxed& operator=(const Boxed& other) {
    if (box_ && other.box_) {
      *box_ = *other.box_;
    } else {
      *this = Boxed(other);
    }
    return *this;
  }
  Boxed& operator=(Boxed&&) noexcept = default;
  ~Boxed() = default;

  bool has_value() const { return box_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  // Only when there is a value.
  T& operator*() { return *box_; }
  const T& operator*() const { return *box_; }
  T* operator->() { return box_.get(); }
  const T* operator->() const { return box_.get(); }

  template <class... Arguments>
  T& emplace(Arguments&&... arguments) {
    box_ = std::make_unique<T>(std::forward<Arguments>(arguments)...);
    return *box_;
  }
  void reset() { box_.reset(); }

  friend bool operator==(const Boxed& a, const Boxed& b) {
    return a.has_value() == b.has_value() && (!a.has_value() || *a == *b);
  }

 private:
  std::unique_ptr<T> box_;
};

}  // namespace slipway
