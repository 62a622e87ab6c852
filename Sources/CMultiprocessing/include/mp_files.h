// Descriptors, and the files and directories that sockets need.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

/// What tells one file from another that took its place.
typedef struct {
    uint64_t device;
    uint64_t inode;
    bool is_socket;
} mp_file_identity;

/// What an open file is, and who may do what with it.
typedef struct {
    bool is_regular;
    uint32_t owner;
    /// The permissions: 0600.
    uint32_t mode;
} mp_file_status;

static inline void mp_close(int32_t descriptor) {
    // Linux releases the descriptor even when close is interrupted: closing again would be a bug.
    (void)close(descriptor);
}

/// Opens a file for reading (O_CLOEXEC).  Descriptor or -errno.
int32_t mp_open_for_reading(const char *path);
/// The same for a file that may be something else, which it does not wait for.
int32_t mp_open_without_waiting(const char *path);
/// What an open file is: of the file itself, whatever its name means by now.  0 or -errno.
int32_t mp_file_look(int32_t descriptor, mp_file_status *status);
/// Reads; retries when interrupted.  Count, 0 at the end, or -errno.
int64_t mp_read(int32_t descriptor, void *bytes, size_t count);
/// Makes a new file for writing (O_CLOEXEC) with these permissions, less what the umask takes from
/// them; one that is there already is an error.  Descriptor or -errno.
int32_t mp_create_file(const char *path, uint32_t permissions);
/// Writes; retries when interrupted.  Count or -errno.
int64_t mp_write(int32_t descriptor, const void *bytes, size_t count);
/// lstat: never follows a link.  0 or -errno.
int32_t mp_identify(const char *path, mp_file_identity *identity);
int32_t mp_unlink(const char *path);
/// Makes a new directory that only we may enter; the six X at the end of `path` become its name.
/// 0 or -errno.
int32_t mp_make_private_directory(char *path);
/// Removes an empty directory.  0 or -errno.
int32_t mp_remove_directory(const char *path);
/// Opens the directory and takes its exclusive flock, not waiting for it.  Descriptor or -errno.
int32_t mp_lock_directory(const char *path);
