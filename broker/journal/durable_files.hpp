#pragma once

#include "restante/actors/model/store.hpp"

#include <filesystem>
#include <string>

/// Work on files that must survive a loss of power. Every function here throws storage_error, with
/// the path in its text.
namespace restante::journal::durable {

/// The storage_fault for a system error. `other` is the result for errors without a specific fault.
storage_fault fault_of(int system_error, storage_fault other = storage_fault::unusable);

[[noreturn]] void fail(const std::filesystem::path& at, const std::string& why,
                       storage_fault what = storage_fault::io);

/// Throws the storage_error for a system error: its text follows `doing`.
[[noreturn]] void fail_with(const std::filesystem::path& at, int system_error,
                            const std::string& doing = {});

/// Makes the names in a directory durable.
void sync_directory(const std::filesystem::path& directory);

/// The directory that a path is in; `.` for a bare name.
std::filesystem::path parent_of(const std::filesystem::path& path);

/// Makes a directory for its owner alone. It must not be there yet.
void make_directory(const std::filesystem::path& directory);

/// Copies a file to a new one for its owner alone, and makes its bytes durable.
void copy(const std::filesystem::path& from, const std::filesystem::path& to);

enum class if_there { refuse, replace };

/// Renames within a file system, and makes the new name durable. Throws unusable when `to` is
/// there and must not be replaced.
void rename(const std::filesystem::path& from, const std::filesystem::path& to,
            if_there what = if_there::replace);

/// Removes a file or a whole directory, if it is there.
void remove(const std::filesystem::path& what);

/// Gives `what` the owner and group of `like`. The operator may be another user than the broker.
void give_to_owner_of(const std::filesystem::path& like, const std::filesystem::path& what);

} // namespace restante::journal::durable
