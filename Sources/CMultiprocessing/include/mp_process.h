// What a command needs of its process: standard streams, environment, limits.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Writes all bytes to a descriptor; 0 or a negated error number.
int32_t mp_write_all(int32_t descriptor, const void *bytes, size_t count);

// Writes bytes, at most 4 KiB of them, if the descriptor takes them at once: how many it took, or a
// negated error number; -EAGAIN if one would have to wait.
int32_t mp_write_if_ready(int32_t descriptor, const void *bytes, size_t count);

// Writes the time of day in ISO 8601, with the zone's offset, and a zero behind it; how many
// characters that are, 0 if there is no room.
int32_t mp_timestamp(char *text, size_t size);

// The value of an environment variable, or NULL.
const char *mp_environment(const char *name);

// Whether a descriptor is that of a terminal: 1 or 0.
int32_t mp_is_terminal(int32_t descriptor);

// Allows as many open descriptors as the system lets this process have; how many that are.
int64_t mp_raise_descriptor_limit(void);

// The user whose rights this process has.
uint32_t mp_user_id(void);

// How many bytes of memory the system has, or the control group in which this process is, if that
// has fewer.
int64_t mp_memory_total(void);

// The number of this process.
int32_t mp_process_id(void);

// The number of this process's parent; another one once that has ended.
int32_t mp_parent_id(void);

// How many processors the system has; at least 1.
int32_t mp_processor_count(void);

// How many of them this process may use; at least 1.
int32_t mp_usable_processor_count(void);
