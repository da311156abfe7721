// Which clients and topics there are: every shard is asked for ids, then those that are shown
// for what they are like. No snapshot: see docs/decisions/0013-listing.md.

#include "restante/actors/connection.hpp"
#include "restante/actors/model/id_index.hpp"

#include <algorithm>
#include <utility>

namespace restante::actors {

namespace {

// Before anything is known of it, one counts as failed, and is left out.

void prepare(clients_view& view, const std::vector<std::string>& ids) {
  view.clients.assign(ids.size(), {});
}

void prepare(topics_view& view, const std::vector<std::string>& ids) {
  view.topics.assign(ids.size(), {});
}

void leave_out_unknown(clients_view& view) {
  std::erase_if(view.clients, [](const listed_client& one) { return one.client.empty(); });
}

/// Also those that have gone meanwhile, or are about to.
void leave_out_unknown(topics_view& view) {
  std::erase_if(view.topics,
                [](const listed_topic& one) { return one.keys == 0 && one.subscribers == 0; });
}

bool is_empty(const clients_view& view) {
  return view.clients.empty();
}

bool is_empty(const topics_view& view) {
  return view.topics.empty();
}

} // namespace

void connection::ask(list_clients& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  begin_listing({{0, std::move(m.range), {}, {}}, {}, {}, 0, clients_view{}}, std::move(op));
}

void connection::ask(list_topics& m, under_way op) {
  const auto rules = admission();
  if (auto bad = rules.admit(m))
    return refuse(op, std::move(*bad));
  begin_listing({rules.readable_topics(std::move(m.range)), {}, {}, 0, topics_view{}},
                std::move(op));
}

void connection::begin_listing(listing what, under_way op) {
  what.deadline = turn_ + environment_->bounds.operation_deadline;
  op.more = std::make_unique<listing>(std::move(what));
  ask_for_ids(std::move(op));
}

void connection::ask_for_ids(under_way op) {
  auto& list = *std::get<listing_ptr>(op.more);
  list.ids.clear();
  list.behind = 0;
  std::visit([](auto& view) { view.total = 0; }, list.view);
  const bool is_of_clients = std::holds_alternative<clients_view>(list.view);
  const auto deadline = list.deadline;
  auto m = list.asked;
  const auto slots = static_cast<std::uint32_t>(environment_->routing.slots());
  m.op = number_until(deadline, std::move(op), slots);
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    if (is_of_clients)
      dialect::tell(this, environment_->client_shards()[slot], m);
    else
      dialect::tell(this, environment_->topic_shards()[slot], m);
  }
}

connection::listing* connection::listing_of(operation_number op) {
  auto* found = operations_.find(op);
  const auto* list = found != nullptr ? std::get_if<listing_ptr>(&found->more) : nullptr;
  return list != nullptr ? list->get() : nullptr;
}

void connection::on(ids_view& m) {
  auto* list = listing_of(m.op);
  if (list == nullptr)
    return;
  model::merge_ids(list->ids, std::move(m.ids), list->asked.range.limit);
  list->behind += m.behind;
  std::visit([&m](auto& view) { view.total += m.total; }, list->view);
  auto ended = operations_.finish_part(m.op);
  if (!ended)
    return;
  give_back_credit(*ended);
  ask_for_details(std::move(*ended));
}

void connection::ask_for_details(under_way op) {
  auto& list = *std::get<listing_ptr>(op.more);
  std::visit([&list](auto& view) { prepare(view, list.ids); }, list.view);
  if (list.ids.empty())
    return finish_listing(std::move(op));
  const auto ids = list.ids;
  const auto ns = list.asked.range.ns;
  const bool is_of_clients = std::holds_alternative<clients_view>(list.view);
  const auto deadline = list.deadline;
  const auto first = number_until(deadline, std::move(op), static_cast<std::uint32_t>(ids.size()));
  for (std::size_t part = 0; part < ids.size(); ++part) {
    if (is_of_clients)
      to_client({ns, ids[part]}, get_pending{first + part, {ns, ids[part]}});
    else
      to_topic({ns, ids[part]}, get_topic_usage{first + part, {ns, ids[part]}});
  }
}

void connection::on(const pending_view& m) {
  auto* list = listing_of(m.op);
  if (list == nullptr) {
    settle(m);
    return;
  }
  const auto part = operations_.part_of(m.op);
  std::get<clients_view>(list->view).clients[part] = {list->ids[part], m.state, m.pending};
  part_of_listing_came(m.op);
}

void connection::on(const topic_usage_view& m) {
  auto* list = listing_of(m.op);
  if (list == nullptr)
    return;
  const auto part = operations_.part_of(m.op);
  std::get<topics_view>(list->view).topics[part] = {list->ids[part], m.keys, m.subscribers};
  part_of_listing_came(m.op);
}

void connection::part_of_listing_came(operation_number op) {
  auto ended = operations_.finish_part(op);
  if (!ended)
    return;
  give_back_credit(*ended);
  finish_listing(std::move(*ended));
}

/// A page with something behind it shows something, or whoever asks would not know where to
/// go on: if all of it has gone meanwhile, the next one is asked for.
void connection::finish_listing(under_way op) {
  auto& list = *std::get<listing_ptr>(op.more);
  const auto rest = list.behind > list.ids.size() ? list_rest::more : list_rest::none;
  const bool is_page = std::visit(
      [rest](auto& view) {
        leave_out_unknown(view);
        view.rest = rest;
        return rest == list_rest::none || !is_empty(view);
      },
      list.view);
  if (!is_page) {
    list.asked.range.after = list.ids.back();
    ask_for_ids(std::move(op));
    return;
  }
  const auto done = std::move(std::get<listing_ptr>(op.more));
  std::visit([&](auto& view) { finish(std::move(op), std::move(view)); }, done->view);
}

} // namespace restante::actors
