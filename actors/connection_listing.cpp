// Lists clients and topics: asks every shard for ids, then asks for details of the ids that are
// shown. The list is no snapshot: see docs/decisions/0013-listing.md.

#include "restante/actors/connection.hpp"

#include <utility>

namespace restante::actors {

using model::listing;

void connection::ask(list_clients& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  begin_listing(listing::subject::clients, {0, std::move(m.range), {}, {}}, std::move(op));
}

void connection::ask(list_topics& m, under_way op) {
  const auto rules = admission();
  if (auto bad = rules.admit(m))
    return refuse(op, std::move(*bad));
  begin_listing(listing::subject::topics, rules.readable_topics(std::move(m.range)), std::move(op));
}

void connection::begin_listing(listing::subject what, get_ids asked, under_way op) {
  const auto deadline = turn_ + environment_->bounds.operation_deadline;
  op.more = std::make_unique<listing>(what, std::move(asked), deadline);
  ask_for_ids(std::move(op));
}

void connection::ask_for_ids(under_way op) {
  auto& list = *std::get<listing_ptr>(op.more);
  auto m = list.ask_for_ids();
  const bool is_of_clients = list.what() == listing::subject::clients;
  const auto deadline = list.deadline();
  const auto slots = static_cast<std::uint32_t>(environment_->routing.slots());
  m.op = number_until(deadline, std::move(op), slots);
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    if (is_of_clients)
      dialect::tell(this, environment_->client_shards()[slot], m);
    else
      dialect::tell(this, environment_->topic_shards()[slot], m);
  }
}

listing* connection::listing_of(operation_number op) {
  auto* found = operations_.find(op);
  const auto* list = found != nullptr ? std::get_if<listing_ptr>(&found->more) : nullptr;
  return list != nullptr ? list->get() : nullptr;
}

void connection::on(ids_view& m) {
  if (auto* list = listing_of(m.op)) {
    const auto op = m.op;
    list->add(std::move(m));
    part_of_listing_came(op);
  }
}

void connection::ask_for_details(under_way op) {
  auto& list = *std::get<listing_ptr>(op.more);
  const auto ids = list.ask_for_details();
  if (ids.empty())
    return finish_listing(std::move(op));
  const auto ns = list.ns();
  const bool is_of_clients = list.what() == listing::subject::clients;
  const auto deadline = list.deadline();
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
  list->add(operations_.part_of(m.op), m);
  part_of_listing_came(m.op);
}

void connection::on(const topic_usage_view& m) {
  if (auto* list = listing_of(m.op)) {
    list->add(operations_.part_of(m.op), m);
    part_of_listing_came(m.op);
  }
}

void connection::part_of_listing_came(operation_number op) {
  auto ended = operations_.finish_part(op);
  if (!ended)
    return;
  give_back_credit(*ended);
  if (std::get<listing_ptr>(ended->more)->is_asking_for_ids())
    ask_for_details(std::move(*ended));
  else
    finish_listing(std::move(*ended));
}

void connection::finish_listing(under_way op) {
  if (!std::get<listing_ptr>(op.more)->finish_page())
    return ask_for_ids(std::move(op)); // every listed child has ended meanwhile
  auto answer = std::get<listing_ptr>(op.more)->take();
  finish(std::move(op), std::move(answer));
}

} // namespace restante::actors
