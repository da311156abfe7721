#include "restante/tests/journal/simulated_disk.hpp"

#include <algorithm>
#include <cstring>

namespace restante::journal::testing {
namespace {

constexpr std::size_t sector = 512;
int disks_made = 0;

} // namespace

struct simulated_disk::handle : sqlite3_file {
  simulated_disk* disk;
  std::shared_ptr<file>* of; ///< owned; SQLite calls no constructors here
  std::uint64_t life;

  bool is_dead() const { return life != disk->life_; }
};

// SQLite's VFS calls, each for one file or for the disk.
struct simulated_disk::methods {
  static handle& of(sqlite3_file* raw) { return *static_cast<handle*>(raw); }
  static simulated_disk& disk(sqlite3_vfs* raw) {
    return *static_cast<simulated_disk*>(raw->pAppData);
  }

  static int close(sqlite3_file* raw) {
    delete of(raw).of;
    raw->pMethods = nullptr;
    return SQLITE_OK;
  }

  static int read(sqlite3_file* raw, void* to, int amount, sqlite3_int64 offset) {
    auto& self = of(raw);
    const auto wanted = static_cast<std::size_t>(amount);
    if (self.is_dead() || self.disk->strikes(fault::read))
      return SQLITE_IOERR_READ;
    const auto& text = (*self.of)->now;
    const auto at = static_cast<std::size_t>(offset);
    std::size_t there = at < text.size() ? std::min(wanted, text.size() - at) : 0;
    if (there == wanted && self.disk->strikes(fault::short_read))
      there = self.disk->random_() % wanted;
    std::memcpy(to, text.data() + (there ? at : 0), there);
    std::memset(static_cast<char*>(to) + there, 0, wanted - there);
    return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
  }

  static void put(file& into, std::string_view text, std::size_t at) {
    if (text.empty())
      return;
    if (into.now.size() < at + text.size()) {
      into.now.resize(at + text.size());
      into.is_resized = true;
    }
    into.now.replace(at, text.size(), text);
    for (auto n = at / sector; n * sector < at + text.size(); ++n)
      into.unsynced[n] = true;
  }

  static int write(sqlite3_file* raw, const void* from, int amount, sqlite3_int64 offset) {
    auto& self = of(raw);
    const std::string_view text{static_cast<const char*>(from), static_cast<std::size_t>(amount)};
    if (self.is_dead())
      return SQLITE_IOERR_WRITE;
    const auto planned = self.disk->planned_;
    if (self.disk->strikes(fault::full, fault::io)) {
      // A failed write may have written a part.
      put(**self.of, text.substr(0, self.disk->random_() % (text.size() + 1)),
          static_cast<std::size_t>(offset));
      return planned == fault::full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    }
    put(**self.of, text, static_cast<std::size_t>(offset));
    return SQLITE_OK;
  }

  static int truncate(sqlite3_file* raw, sqlite3_int64 size) {
    auto& self = of(raw);
    if (self.is_dead() || self.disk->strikes(fault::io))
      return SQLITE_IOERR_TRUNCATE;
    auto& file = **self.of;
    file.now.resize(static_cast<std::size_t>(size));
    file.is_resized = true;
    const auto end = (file.now.size() + sector - 1) / sector;
    file.unsynced.erase(file.unsynced.lower_bound(end), file.unsynced.end());
    return SQLITE_OK;
  }

  static int sync(sqlite3_file* raw, int) {
    auto& self = of(raw);
    if (self.is_dead())
      return SQLITE_IOERR_FSYNC;
    auto& file = **self.of;
    if (self.disk->strikes(fault::sync, fault::io)) {
      // A failed sync makes some sectors durable. The others count as clean and are never written
      // again.
      self.disk->persist(file, true);
      return SQLITE_IOERR_FSYNC;
    }
    self.disk->persist(file, false);
    return SQLITE_OK;
  }

  static int size(sqlite3_file* raw, sqlite3_int64* size) {
    if (of(raw).is_dead())
      return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>((*of(raw).of)->now.size());
    return SQLITE_OK;
  }

  static int lock(sqlite3_file*, int) { return SQLITE_OK; }
  static int is_reserved(sqlite3_file*, int* result) {
    *result = 0;
    return SQLITE_OK;
  }
  static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file*) { return sector; }
  static int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int map(sqlite3_file* raw, int region, int bytes, int extend, void volatile** to) {
    auto& regions = (*of(raw).of)->shared;
    const auto wanted = static_cast<std::size_t>(region);
    while (extend && regions.size() <= wanted)
      regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(bytes)));
    *to = wanted < regions.size() ? regions[wanted].get() : nullptr;
    return SQLITE_OK;
  }
  static int lock_shared(sqlite3_file*, int, int, int) { return SQLITE_OK; }
  static void barrier(sqlite3_file*) {}
  static int unmap(sqlite3_file* raw, int) {
    (*of(raw).of)->shared.clear();
    return SQLITE_OK;
  }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* raw, int flags, int* granted) {
    static const sqlite3_io_methods calls{
        2,     close,       read,    write,       truncate,        sync, size,        lock,
        lock,  is_reserved, control, sector_size, characteristics, map,  lock_shared, barrier,
        unmap, nullptr,     nullptr};
    auto& self = disk(vfs);
    auto& made = *static_cast<handle*>(raw);
    made.pMethods = nullptr;
    if (self.strikes(fault::io))
      return SQLITE_CANTOPEN;
    const std::string path{name ? name : "(temporary)"};
    if (!self.files_.contains(path) && !(flags & SQLITE_OPEN_CREATE))
      return SQLITE_CANTOPEN;
    auto& found = self.files_[path];
    if (!found)
      found = std::make_shared<file>();
    made.disk = &self;
    made.of = new std::shared_ptr<file>(found);
    made.life = self.life_;
    made.pMethods = &calls;
    if (granted)
      *granted = flags;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* name, int) {
    return disk(vfs).files_.erase(name) > 0 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
  }

  static int access(sqlite3_vfs* vfs, const char* name, int, int* result) {
    const auto& files = disk(vfs).files_;
    const auto found = files.find(name);
    *result = found != files.end() && !found->second->now.empty() ? 1 : 0;
    return SQLITE_OK;
  }

  static int full_name(sqlite3_vfs*, const char* name, int size, char* to) {
    std::snprintf(to, static_cast<std::size_t>(size), "%s", name);
    return SQLITE_OK;
  }
};

simulated_disk::simulated_disk(std::uint64_t seed)
    : name_{"simulated-" + std::to_string(++disks_made)}, random_{seed} {
  const auto* real = sqlite3_vfs_find(nullptr);
  vfs_.iVersion = 1;
  vfs_.szOsFile = sizeof(handle);
  vfs_.mxPathname = 1024;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = methods::open;
  vfs_.xDelete = methods::remove;
  vfs_.xAccess = methods::access;
  vfs_.xFullPathname = methods::full_name;
  vfs_.xRandomness = real->xRandomness;
  vfs_.xSleep = real->xSleep;
  vfs_.xCurrentTime = real->xCurrentTime;
  sqlite3_vfs_register(&vfs_, 0);
}

simulated_disk::~simulated_disk() {
  sqlite3_vfs_unregister(&vfs_);
}

void simulated_disk::plan(fault what, unsigned calls, unsigned times) {
  planned_ = what;
  calls_left_ = calls;
  times_left_ = times;
  has_failed_ = false;
}

bool simulated_disk::strikes(fault one, fault other) {
  if (times_left_ == 0 || (planned_ != one && planned_ != other))
    return false;
  if (calls_left_ > 0) {
    --calls_left_;
    return false;
  }
  --times_left_;
  has_failed_ = true;
  return true;
}

void simulated_disk::persist(file& of, bool is_chance) {
  const auto keeps = [&] { return !is_chance || random_() % 2 == 0; };
  if (of.is_resized && keeps())
    of.durable.resize(of.now.size());
  for (const auto& [number, is_dirty] : of.unsynced) {
    const auto at = number * sector;
    if (at >= of.now.size() || !keeps())
      continue;
    const auto size = std::min(sector, of.now.size() - at);
    if (of.durable.size() < at + size)
      of.durable.resize(at + size);
    of.durable.replace(at, size, of.now, at, size);
  }
  of.unsynced.clear();
  of.is_resized = false;
}

void simulated_disk::lose_power() {
  kill();
  for (auto& [name, file] : files_) {
    persist(*file, true);
    file->now = file->durable;
  }
}

void simulated_disk::kill() {
  ++life_;
  times_left_ = 0;
  for (auto& [name, file] : files_)
    file->shared.clear();
}

void simulated_disk::remove(const std::string& path_end) {
  std::erase_if(files_, [&](const auto& each) { return each.first.ends_with(path_end); });
}

void simulated_disk::add(const std::string& path, const std::string& bytes) {
  auto made = std::make_shared<file>();
  made->now = made->durable = bytes;
  files_[path] = std::move(made);
}

std::string* simulated_disk::content(const std::string& path_end) {
  for (auto& [name, file] : files_) {
    if (name.ends_with(path_end))
      return &file->now;
  }
  return nullptr;
}

std::unique_ptr<store> simulated_testbed::open() {
  store_options options;
  options.identity = identity_for_tests;
  options.vfs = disk_.vfs();
  return std::make_unique<sqlite_store>(root_.path(), options);
}

void simulated_testbed::crash(std::unique_ptr<store> running) {
  disk_.lose_power();
  running.reset();
}

} // namespace restante::journal::testing
