#include "restante/broker/journal/gathering_vfs.hpp"

#include "restante/broker/journal/store.hpp"

#include <atomic>
#include <new>
#include <string_view>
#include <utility>

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
    forget_gathered();
    return code;
  }

  void forget_gathered() { gathered.clear(); }
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
      log.forget_gathered();
    if (const int code = log.write_gathered(); code != SQLITE_OK)
      return code;
    return log.under().pMethods->xTruncate(&log.under(), size);
  }

  static int sync(sqlite3_file* raw, int flags) {
    auto& log = log_of(raw);
    if (const int code = log.write_gathered(); code != SQLITE_OK)
      return code;
    return log.under().pMethods->xSync(&log.under(), flags);
  }

  static int size(sqlite3_file* raw, sqlite3_int64* result) {
    auto& log = log_of(raw);
    if (const int code = log.write_gathered(); code != SQLITE_OK)
      return code;
    return log.under().pMethods->xFileSize(&log.under(), result);
  }

  static int lock(sqlite3_file* raw, int kind) {
    auto& under = log_of(raw).under();
    return under.pMethods->xLock(&under, kind);
  }

  static int unlock(sqlite3_file* raw, int kind) {
    auto& under = log_of(raw).under();
    return under.pMethods->xUnlock(&under, kind);
  }

  static int is_reserved(sqlite3_file* raw, int* result) {
    auto& under = log_of(raw).under();
    return under.pMethods->xCheckReservedLock(&under, result);
  }

  static int control(sqlite3_file* raw, int what, void* value) {
    auto& under = log_of(raw).under();
    return under.pMethods->xFileControl(&under, what, value);
  }

  static int sector_size(sqlite3_file* raw) {
    auto& under = log_of(raw).under();
    return under.pMethods->xSectorSize(&under);
  }

  static int characteristics(sqlite3_file* raw) {
    auto& under = log_of(raw).under();
    return under.pMethods->xDeviceCharacteristics(&under);
  }

  static const sqlite3_io_methods* all() {
    static const sqlite3_io_methods methods = [] {
      sqlite3_io_methods made{};
      made.iVersion = 1; // shared memory and mapping are the database's
      made.xClose = close;
      made.xRead = read;
      made.xWrite = write;
      made.xTruncate = truncate;
      made.xSync = sync;
      made.xFileSize = size;
      made.xLock = lock;
      made.xUnlock = unlock;
      made.xCheckReservedLock = is_reserved;
      made.xFileControl = control;
      made.xSectorSize = sector_size;
      made.xDeviceCharacteristics = characteristics;
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

  static int remove(sqlite3_vfs* vfs, const char* name, int is_durable) {
    return under(vfs)->xDelete(under(vfs), name, is_durable);
  }

  static int access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
    return under(vfs)->xAccess(under(vfs), name, flags, result);
  }

  static int full_name(sqlite3_vfs* vfs, const char* name, int size, char* to) {
    return under(vfs)->xFullPathname(under(vfs), name, size, to);
  }

  static int randomness(sqlite3_vfs* vfs, int size, char* to) {
    return under(vfs)->xRandomness(under(vfs), size, to);
  }

  static int sleep(sqlite3_vfs* vfs, int us) { return under(vfs)->xSleep(under(vfs), us); }

  static int time(sqlite3_vfs* vfs, double* now) {
    return under(vfs)->xCurrentTime(under(vfs), now);
  }

  static int last_error(sqlite3_vfs* vfs, int size, char* text) {
    return under(vfs)->xGetLastError ? under(vfs)->xGetLastError(under(vfs), size, text) : 0;
  }
};

std::string next_name() {
  static std::atomic<unsigned> number{0};
  return "restante-gathering-" + std::to_string(++number);
}

} // namespace

gathering_vfs::gathering_vfs(const std::string& under)
    : under_{sqlite3_vfs_find(under.empty() ? nullptr : under.c_str())}, name_{next_name()} {
  if (!under_)
    throw storage_error{storage_fault::unusable, "there is no VFS " + under};
  vfs_.iVersion = 1;
  vfs_.szOsFile = static_cast<int>(sizeof(log_file)) + under_->szOsFile;
  vfs_.mxPathname = under_->mxPathname;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = under_;
  vfs_.xOpen = vfs_methods::open;
  vfs_.xDelete = vfs_methods::remove;
  vfs_.xAccess = vfs_methods::access;
  vfs_.xFullPathname = vfs_methods::full_name;
  vfs_.xRandomness = vfs_methods::randomness;
  vfs_.xSleep = vfs_methods::sleep;
  vfs_.xCurrentTime = vfs_methods::time;
  vfs_.xGetLastError = vfs_methods::last_error;
  sqlite3_vfs_register(&vfs_, 0);
}

gathering_vfs::~gathering_vfs() {
  sqlite3_vfs_unregister(&vfs_);
}

} // namespace restante::journal
