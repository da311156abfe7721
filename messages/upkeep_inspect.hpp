#pragma once

#include "restante/messages/upkeep.hpp"

// How CAF walks the messages of upkeep.hpp: every member, in the order of its declaration.

namespace restante {

template <class Inspector>
auto inspect(Inspector& f, child_idle& x) {
  return inspect_fields(f, x, field("route", x.route), field("child", x.child),
                        field("handled", x.handled));
}

template <class Inspector>
auto inspect(Inspector& f, child_deadline& x) {
  return inspect_fields(f, x, field("route", x.route), field("child", x.child), field("at", x.at),
                        field("dues_handled", x.dues_handled));
}

template <class Inspector>
auto inspect(Inspector& f, child_crashed& x) {
  return inspect_fields(f, x, field("route", x.route), field("child", x.child));
}

template <class Inspector>
auto inspect(Inspector& f, child_due& x) {
  return inspect_fields(f, x);
}

template <class Inspector>
auto inspect(Inspector& f, retire& x) {
  return inspect_fields(f, x);
}

template <class Inspector>
auto inspect(Inspector& f, shard_due& x) {
  return inspect_fields(f, x, field("armed_for", x.armed_for));
}

template <class Inspector>
auto inspect(Inspector& f, child_records& x) {
  return inspect_fields(f, x, field("route", x.route), field("child", x.child),
                        field("oldest", x.oldest), field("trims_handled", x.trims_handled));
}

template <class Inspector>
auto inspect(Inspector& f, trim_records& x) {
  return inspect_fields(f, x, field("older_than", x.older_than), field("scope", x.scope),
                        field("ns", x.ns));
}

template <class Inspector>
auto inspect(Inspector& f, stop_shard& x) {
  return inspect_fields(f, x);
}

} // namespace restante
