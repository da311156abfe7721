#include "restante/clients/cpp/connector.hpp"
#include "restante/clients/cpp/ws_transport.hpp"

#include <stdexcept>
#include <thread>

namespace restante::remoting {

namespace {

/// How often sockets are checked: silence is noticed with at most this delay.
constexpr std::chrono::milliseconds check_round{1000};

std::shared_ptr<net::ssl::context> make_tls(const std::string& ca_file) {
  auto made = std::make_shared<net::ssl::context>(net::ssl::context::tls_client);
  made->set_options(net::ssl::context::default_workarounds | net::ssl::context::no_sslv2 |
                    net::ssl::context::no_sslv3 | net::ssl::context::no_tlsv1 |
                    net::ssl::context::no_tlsv1_1);
  made->set_verify_mode(net::ssl::verify_peer);
  error_code error;
  if (ca_file.empty())
    made->set_default_verify_paths(error);
  else
    made->load_verify_file(ca_file, error);
  if (error)
    throw std::runtime_error{"cannot read certificates from " +
                             (ca_file.empty() ? "the system" : ca_file) + ": " + error.message()};
  return made;
}

/// One thread with all sockets of a `remote`.
class ws_connector final : public remote::connector {
public:
  ws_connector(std::shared_ptr<const remote_options> how, broker_url to)
      : connector{how}, io_thread_{std::make_shared<sockets::io_thread>(check_round)} {
    auto made = std::make_shared<ws_shared_state>();
    made->how = std::move(how);
    if (to.by == broker_url::scheme::wss)
      made->tls = make_tls(made->how->ca_file);
    made->to = std::move(to);
    shared_ = std::move(made);
    io_thread_->start();
  }

  ~ws_connector() override {
    // The last handle may be dropped in a callback, which this thread runs and so cannot wait for.
    std::thread{[thread = std::move(io_thread_)] { thread->stop(); }}.detach();
  }

protected:
  void start_transport(const std::shared_ptr<link>& what) override {
    const auto by = std::make_shared<ws_transport>(shared_, io_thread_, what);
    what->use_transport(by);
    by->begin();
  }

  void shut_down() override { io_thread_->stop(); }

private:
  std::shared_ptr<const ws_shared_state> shared_;
  std::shared_ptr<sockets::io_thread> io_thread_;
};

} // namespace

std::shared_ptr<remote::connector> make_ws_connector(std::shared_ptr<const remote_options> how,
                                                     broker_url to) {
  return std::make_shared<ws_connector>(std::move(how), std::move(to));
}

} // namespace restante::remoting
