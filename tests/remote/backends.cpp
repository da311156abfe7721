#include "restante/tests/remote/backends.hpp"

#include "restante/broker/node/node.hpp"

#include <gtest/gtest.h>

namespace restante::testing {

namespace {

options few(options how) {
  how.threads = 2;
  how.slots = 4;
  return how;
}

class embedded final : public backend {
public:
  explicit embedded(options how) : broker_{few(std::move(how))} {}

  connection connect(connect_options who, handlers what) override {
    return broker_.connect(std::move(who), std::move(what));
  }
  server_identity open_server() override { return broker_.open_server(); }
  visitor open_visitor(client_address who) override { return broker_.open_visitor(std::move(who)); }
  bool is_remote() const override { return false; }

private:
  broker broker_;
};

/// Through a `remote`, for any kind of server.
class through_remote : public backend {
public:
  connection connect(connect_options who, handlers what) override {
    return at_->connect(std::move(who), std::move(what));
  }
  server_identity open_server() override { return at_->open_server(); }
  visitor open_visitor(client_address who) override { return at_->open_visitor(std::move(who)); }
  bool is_remote() const override { return true; }

protected:
  std::optional<remote> at_;
};

class websocket_backend final : public through_remote {
public:
  explicit websocket_backend(options how) : fixture_{{}, std::move(how)} {
    at_.emplace(remote_options{.url = "ws://127.0.0.1:" + std::to_string(fixture_.port())});
  }
  ~websocket_backend() override { at_.reset(); }

private:
  gateway_fixture fixture_;
};

struct backend_system {
  backend_system() : system{(configure(config, 2), configure_node(config), config)} {
    system.await_actors_before_shutdown(false);
  }

  caf::actor_system_config config;
  caf::actor_system system;
};

/// Two actor systems in one process are two nodes.
class node_backend final : public through_remote {
public:
  explicit node_backend(options how)
      : broker_{here_.system, few(std::move(how))}, listener_{broker_, {.port = 0}} {
    at_.emplace(remote_options{.url = "caf://127.0.0.1:" + std::to_string(listener_.port())});
  }
  ~node_backend() override {
    at_.reset();
    listener_.refuse_newcomers();
    broker_.stop();
    listener_.stop();
  }

private:
  backend_system here_;
  broker broker_;
  node listener_;
};

} // namespace

handlers recorder::all() {
  handlers made;
  const auto into = [this](auto kept::*where) {
    return [to = kept_, where](const auto& what) {
      const std::lock_guard lock{to->mutex};
      ((*to).*where).push_back(what);
    };
  };
  made.on_notification = into(&kept::notes);
  made.on_event = [to = kept_](const topic_address& at, const topic_event& what) {
    const std::lock_guard lock{to->mutex};
    to->events.push_back(what);
    to->places.push_back(at);
  };
  made.on_snapshot = into(&kept::snapshots);
  made.on_lost = into(&kept::lost);
  made.on_presence = into(&kept::presences);
  made.on_receipt = into(&kept::steps);
  made.on_connected = into(&kept::connects);
  made.on_interrupted = into(&kept::interruptions);
  made.on_end = into(&kept::ends);
  return made;
}

std::vector<std::string> backend_names() {
  return {"embedded", "websocket", "node"};
}

std::unique_ptr<backend> make_backend(const std::string& name, options how) {
  if (name == "embedded")
    return std::make_unique<embedded>(std::move(how));
  if (name == "node")
    return std::make_unique<node_backend>(std::move(how));
  return std::make_unique<websocket_backend>(std::move(how));
}

connection connected(connection made) {
  const auto how = made.connected().get();
  EXPECT_TRUE(how) << how.error().text();
  return made;
}

} // namespace restante::testing
