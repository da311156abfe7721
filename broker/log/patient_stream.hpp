#pragma once

#include "restante/broker/log/output.hpp"

#include <ostream>
#include <sstream>

namespace restante::logging {

/// A stream to standard output or standard error that waits a short time for its reader. Text that
/// could not be written by then is lost. The stream writes when it is flushed and when it is
/// destroyed.
class patient_stream : public std::ostream {
public:
  explicit patient_stream(int descriptor) : std::ostream{nullptr}, text_{descriptor} {
    rdbuf(&text_);
  }
  ~patient_stream() override { flush(); }

private:
  class buffer : public std::stringbuf {
  public:
    explicit buffer(int descriptor) : std::stringbuf{std::ios::out}, to_{output::of(descriptor)} {}

    int sync() override {
      constexpr std::chrono::milliseconds patience{1000};
      const auto text = str();
      str({});
      return to_->write_within(text, patience) ? 0 : -1;
    }

  private:
    std::shared_ptr<output> to_;
  };

  buffer text_;
};

} // namespace restante::logging
