#include "restante/broker/journal/gathering_vfs.hpp"

#include "restante/actors/model/store.hpp"

#include <atomic>
#include <new>

namespace restante::journal {
namespace {

/// A large commit goes in pieces of this size: the VFS of SQLite for Unix takes no more than
/// 131,071 bytes in one call, and drops what is beyond.
constexpr std::size_t gathered_bytes_max = 96 * 1024;

/// The log: SQLite's part of a file, ours, and behind it, in the same memory, the file under it.
struct log_file {
  sqlite3_file base;
  sqlite3_int64 begin; ///< where `gathered` belongs
  bool is_gathering;
  std::string gathered;

  sqlite3_file& under() { return *reinterpret_cast<sqlite3_file*>(this + 1); }
  sqlite3_int64 end() const { return begin + static_cast<sqlite3_int64>(gathered.size()); }

  /// What could not be written is dropped: its transaction fails.
  int write_gathered() {
    if (gathered.empty())
      return SQLITE_OK;
    const int code = under().pMethods->xWrite(&under(), gathered.data(),
                                              static_cast<int>(gathered.size()), begin);
    gathered.clear();
    return code;
  }
};

log_file& log_of(sqlite3_file* raw) {
  return *reinterpret_cast<log_file*>(raw);
}

struct log_methods {
  static int close(sqlite3_file* raw) {
    auto& log = log_of(raw);
    const int written = log.write_gathered();
    const int closed = log.under().pMethods->xClose(&log.under());
    log.~log_file();
    return written != SQLITE_OK ? written : closed;
  }

  static int read(sqlite3_file* raw, void* to, int size, sqlite3_int64 at) {
    auto& log = log_of(raw);
    if (at < log.end() && at + size > log.begin) {
      if (const int code = log.write_gathered(); code != SQLITE_OK)
        return code;
    }
    return log.under().pMethods->xRead(&log.under(), to, size, at);
  }

  static int write(sqlite3_file* raw, const void* from, int size, sqlite3_int64 at) {
    auto& log = log_of(raw);
    const auto bytes = static_cast<std::size_t>(size);
    if (at != log.end() || log.gathered.size() + bytes > gathered_bytes_max) {
      if (const int code = log.write_gathered(); code != SQLITE_OK)
        return code;
    }
    if (bytes > gathered_bytes_max || !log.is_gathering)
      return log.under().pMethods->xWrite(&log.under(), from, size, at);
    if (log.gathered.empty())
      log.begin = at;
    try {
      log.gathered.append(static_cast<const char*>(from), bytes);
    } catch (const std::bad_alloc&) {
      return SQLITE_IOERR_NOMEM;
    }
    return SQLITE_OK;
  }

  static int truncate(sqlite3_file* raw, sqlite3_int64 size) {
    auto& log = log_of(raw);
    if (size <= log.begin)
      log.gathered.clear();
    return write_and_pass_on<&sqlite3_io_methods::xTruncate>(raw, size);
  }

  /// The file under it is asked the same.
  template <auto Method, class... Arguments>
  static int pass_on(sqlite3_file* raw, Arguments... arguments) {
    auto& under = log_of(raw).under();
    return (under.pMethods->*Method)(&under, arguments...);
  }

  /// Likewise, about all that has been said to be written.
  template <auto Method, class... Arguments>
  static int write_and_pass_on(sqlite3_file* raw, Arguments... arguments) {
    if (const int code = log_of(raw).write_gathered(); code != SQLITE_OK)
      return code;
    return pass_on<Method, Arguments...>(raw, arguments...);
  }

  static const sqlite3_io_methods* all() {
    static const sqlite3_io_methods methods = [] {
      sqlite3_io_methods made{};
      made.iVersion = 1; // shared memory and mapping are the database's
      made.xClose = close;
      made.xRead = read;
      made.xWrite = write;
      made.xTruncate = truncate;
      made.xSync = write_and_pass_on<&sqlite3_io_methods::xSync>;
      made.xFileSize = write_and_pass_on<&sqlite3_io_methods::xFileSize>;
      made.xLock = pass_on<&sqlite3_io_methods::xLock>;
      made.xUnlock = pass_on<&sqlite3_io_methods::xUnlock>;
      made.xCheckReservedLock = pass_on<&sqlite3_io_methods::xCheckReservedLock>;
      made.xFileControl = pass_on<&sqlite3_io_methods::xFileControl>;
      made.xSectorSize = pass_on<&sqlite3_io_methods::xSectorSize>;
      made.xDeviceCharacteristics = pass_on<&sqlite3_io_methods::xDeviceCharacteristics>;
      return made;
    }();
    return &methods;
  }
};

/// What is not about the log goes to the VFS under it, as that expects it.
struct vfs_methods {
  static sqlite3_vfs* under(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* raw, int flags, int* granted) {
    auto* below = under(vfs);
    if ((flags & SQLITE_OPEN_WAL) == 0)
      return below->xOpen(below, name, raw, flags, granted);
    auto& log = *new (raw) log_file{};
    log.under().pMethods = nullptr;
    const int code = below->xOpen(below, name, &log.under(), flags, granted);
    if (code == SQLITE_OK) {
      // Without that promise SQLite pads a commit to a whole sector, in part behind its sync.
      log.is_gathering = log.under().pMethods->xDeviceCharacteristics(&log.under()) &
                         SQLITE_IOCAP_POWERSAFE_OVERWRITE;
      log.base.pMethods = log_methods::all();
      return code;
    }
    if (log.under().pMethods) // SQLite closes a file that failed to open, if it has methods
      log.under().pMethods->xClose(&log.under());
    log.~log_file();
    raw->pMethods = nullptr;
    return code;
  }

  template <auto Method, class... Arguments>
  static int pass_on(sqlite3_vfs* vfs, Arguments... arguments) {
    return (under(vfs)->*Method)(under(vfs), arguments...);
  }
};

std::string next_name() {
  static std::atomic<unsigned> number{0};
  return "restante-gathering-" + std::to_string(++number);
}

} // namespace

gathering_vfs::gathering_vfs(const std::string& under) : name_{next_name()} {
  auto* below = sqlite3_vfs_find(under.empty() ? nullptr : under.c_str());
  if (!below)
    throw storage_error{storage_fault::unusable, "there is no VFS " + under};
  vfs_.iVersion = 1;
  vfs_.szOsFile = static_cast<int>(sizeof(log_file)) + below->szOsFile;
  vfs_.mxPathname = below->mxPathname;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = below;
  vfs_.xOpen = vfs_methods::open;
  vfs_.xDelete = vfs_methods::pass_on<&sqlite3_vfs::xDelete>;
  vfs_.xAccess = vfs_methods::pass_on<&sqlite3_vfs::xAccess>;
  vfs_.xFullPathname = vfs_methods::pass_on<&sqlite3_vfs::xFullPathname>;
  vfs_.xRandomness = vfs_methods::pass_on<&sqlite3_vfs::xRandomness>;
  vfs_.xSleep = vfs_methods::pass_on<&sqlite3_vfs::xSleep>;
  vfs_.xCurrentTime = vfs_methods::pass_on<&sqlite3_vfs::xCurrentTime>;
  if (below->xGetLastError)
    vfs_.xGetLastError = vfs_methods::pass_on<&sqlite3_vfs::xGetLastError>;
  sqlite3_vfs_register(&vfs_, 0);
}

gathering_vfs::~gathering_vfs() {
  sqlite3_vfs_unregister(&vfs_);
}

} // namespace restante::journal
