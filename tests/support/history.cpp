#include "restante/tests/support/history.hpp"

#include <algorithm>
#include <set>
#include <sstream>

namespace restante::testing {

void history::received(const std::string& line) {
  std::istringstream words{line};
  char what = 0;
  words >> what;
  if (what == 'U')
    return;
  if (what == 'x') {
    ++refused_;
    faults_.push_back("refused:" + line.substr(1));
    return;
  }
  number of = 0;
  if (what == 'p') {
    std::string target;
    std::string sender;
    words >> target >> sender >> of;
    all_[of].target = "target " + target;
    all_[of].sender = "sender " + sender;
    return;
  }
  words >> of;
  const auto found = all_.find(of);
  if (found == all_.end()) {
    faults_.push_back("never put: " + line);
    return;
  }
  auto& one = found->second;
  std::string value;
  words >> value;
  switch (what) {
  case 'P':
    one.is_put = true;
    ++puts_;
    break;
  case 'd': {
    const auto count = static_cast<std::uint32_t>(std::stoul(value));
    if (one.is_acked)
      faults_.push_back("delivered after its ack was answered: " + line);
    if (count <= one.attempts && attempts_ == attempts::raised)
      faults_.push_back("delivered again with attempts not raised: " + line);
    one.attempts = count;
    break;
  }
  case 'k':
    one.may_be_acked = true;
    break;
  case 'K':
    one.is_acked = true;
    ++acks_;
    break;
  case 'r':
    one.asked_replies.push_back(value);
    break;
  case 'R':
    one.reply = value;
    one.is_replied = true;
    ++replies_;
    break;
  default:
    faults_.push_back("said what nobody understands: " + line);
  }
}

void history::check_row(number of, const kept_notification& row,
                        std::vector<std::string>& faults) const {
  const auto name = std::to_string(of);
  const auto found = all_.find(of);
  if (found == all_.end()) {
    faults.push_back("on disk and never put: " + name);
    return;
  }
  const auto& one = found->second;
  const bool is_delivered = row.delivered_at.ns != 0;
  if (row.to.client != one.target || row.from != one.sender)
    faults.push_back("on disk with another target or sender: " + name);
  if (one.is_acked && !is_delivered)
    faults.push_back("acknowledged, and on disk not delivered: " + name);
  if (is_delivered && !one.may_be_acked)
    faults.push_back("on disk delivered, and never acknowledged: " + name);
  if (row.attempts < one.attempts && attempts_ == attempts::raised)
    faults.push_back("on disk with fewer attempts than were seen: " + name);
  const std::string reply{row.reply.view()};
  if (one.is_replied && (row.replied_at.ns == 0 || reply != one.reply))
    faults.push_back("its reply is not on disk: " + name);
  if (row.replied_at.ns != 0 &&
      std::ranges::find(one.asked_replies, reply) == one.asked_replies.end())
    faults.push_back("on disk with a reply that nobody gave: " + name);
}

std::vector<std::string> history::faults_of(journal::store& kept, std::uint32_t slots) {
  std::vector<std::string> faults;
  std::set<number> there;
  std::map<std::pair<std::string, std::string>, number> last; // of target and sender
  for (slot_number slot = 0; slot < slots; ++slot) {
    row_number after = 0;
    for (bool is_last = false; !is_last;) {
      const auto slice = kept.restore(slot, after, 1000, instant{1});
      for (const auto& row : slice.notifications) {
        const auto of = std::stoull(std::string{row.pack.view()});
        if (!there.insert(of).second)
          faults.push_back("on disk twice: " + std::to_string(of));
        auto& before = last[{row.to.client, row.from}];
        if (of <= before)
          faults.push_back("out of order: " + std::to_string(of));
        before = of;
        check_row(of, row, faults);
      }
      after = slice.last;
      is_last = slice.is_last;
    }
  }
  for (const auto& [of, one] : all_) {
    // A delivered notification may have been forgotten (N6).
    if (one.is_put && !one.may_be_acked && !there.contains(of))
      faults.push_back("answered, and not on disk: " + std::to_string(of));
  }
  // An ended notification need not be remembered, but must not come again.
  std::erase_if(all_,
                [&](const auto& it) { return !it.second.is_put && !there.contains(it.first); });
  return faults;
}

} // namespace restante::testing
