#define _GNU_SOURCE
#include "mp_errors.h"
#include <string.h>

const char *mp_error_name(int32_t number) { return strerrorname_np(number); }
const char *mp_error_sentence(int32_t number) { return strerrordesc_np(number); }
