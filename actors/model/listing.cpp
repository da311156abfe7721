#include "restante/actors/model/listing.hpp"

#include "restante/actors/model/id_index.hpp"
#include "restante/messages/assert.hpp"

#include <utility>

namespace restante::model {

listing::listing(subject what, get_ids asked, instant deadline)
    : asked_{std::move(asked)}, deadline_{deadline} {
  if (what == subject::topics)
    view_.emplace<topics_view>();
}

listing::subject listing::what() const {
  return std::holds_alternative<clients_view>(view_) ? subject::clients : subject::topics;
}

const get_ids& listing::ask_for_ids() {
  RESTANTE_ASSERT(phase_ == phase::new_page);
  phase_ = phase::asking_ids;
  ids_.clear();
  behind_ = 0;
  std::visit([](auto& view) { view.total = 0; }, view_);
  return asked_;
}

void listing::add(ids_view&& m) {
  if (phase_ != phase::asking_ids)
    return;
  merge_ids(ids_, std::move(m.ids), asked_.range.limit);
  behind_ += m.behind;
  std::visit([&m](auto& view) { view.total += m.total; }, view_);
}

const std::vector<std::string>& listing::ask_for_details() {
  RESTANTE_ASSERT(phase_ == phase::asking_ids);
  RESTANTE_ASSERT(ids_.size() <= asked_.range.limit);
  phase_ = phase::asking_details;
  if (auto* clients = std::get_if<clients_view>(&view_))
    clients->clients.assign(ids_.size(), {});
  else
    std::get<topics_view>(view_).topics.assign(ids_.size(), {});
  return ids_;
}

bool listing::is_asked(subject what, std::size_t part) const {
  return phase_ == phase::asking_details && this->what() == what && part < ids_.size();
}

void listing::add(std::size_t part, const pending_view& m) {
  if (!is_asked(subject::clients, part))
    return;
  std::get<clients_view>(view_).clients[part] = {ids_[part], m.state, m.pending};
}

void listing::add(std::size_t part, const topic_usage_view& m) {
  if (!is_asked(subject::topics, part))
    return;
  std::get<topics_view>(view_).topics[part] = {ids_[part], m.keys, m.subscribers};
}

bool listing::finish_page() {
  RESTANTE_ASSERT(phase_ == phase::asking_details);
  const auto rest = behind_ > ids_.size() ? list_rest::more : list_rest::none;
  bool is_empty = false;
  if (auto* clients = std::get_if<clients_view>(&view_)) {
    std::erase_if(clients->clients, [](const listed_client& one) { return one.client.empty(); });
    clients->rest = rest;
    is_empty = clients->clients.empty();
  } else {
    auto& topics = std::get<topics_view>(view_);
    std::erase_if(topics.topics,
                  [](const listed_topic& one) { return one.keys == 0 && one.subscribers == 0; });
    topics.rest = rest;
    is_empty = topics.topics.empty();
  }
  if (rest == list_rest::none || !is_empty) {
    phase_ = phase::finished;
    return true;
  }
  RESTANTE_ASSERT(!ids_.empty()); // `limit` is at least 1, so the first page that has ids shows one
  asked_.range.after = ids_.back();
  phase_ = phase::new_page;
  return false;
}

answer_value listing::take() {
  RESTANTE_ASSERT(phase_ == phase::finished);
  return std::visit([](auto& view) { return answer_value{std::move(view)}; }, view_);
}

} // namespace restante::model
