"""The PCRE2 library (pcre2api(3)): the functions we call, and the constants of pcre2.h we use."""

import ctypes
from ctypes import c_char_p, c_int, c_size_t, c_uint32, c_void_p
from functools import cache

_FILE = "libpcre2-8.so.0"
# The result's type, then those of the arguments.
_FUNCTIONS = {
    "pcre2_compile_8": (c_void_p, c_char_p, c_size_t, c_uint32, c_void_p, c_void_p, c_void_p),
    "pcre2_code_free_8": (None, c_void_p),
    "pcre2_pattern_info_8": (c_int, c_void_p, c_uint32, c_void_p),
    "pcre2_match_data_create_from_pattern_8": (c_void_p, c_void_p, c_void_p),
    "pcre2_match_data_free_8": (None, c_void_p),
    "pcre2_match_8": (
        *(c_int, c_void_p, c_char_p, c_size_t, c_size_t),
        *(c_uint32, c_void_p, c_void_p),
    ),
    "pcre2_get_ovector_pointer_8": (ctypes.POINTER(c_size_t), c_void_p),
    "pcre2_get_error_message_8": (c_int, c_int, c_char_p, c_size_t),
}
_LONGEST_MESSAGE = 256

CASELESS = 0x8
DOLLAR_ENDONLY = 0x10
DOTALL = 0x20
EXTENDED = 0x80
MULTILINE = 0x400
UNGREEDY = 0x40000
ANCHORED = 0x80000000
INFO_CAPTURECOUNT = 4
UNSET = c_size_t(-1).value
ERROR_NOMATCH = -1
# From here on down to ERROR_NOMATCH: the text is not UTF-8, and the pattern asks for that.
ERROR_LAST_OF_UTF8 = -23


@cache
def library() -> ctypes.CDLL:
    """Loaded by the first who needs it; raises OSError where it is not installed."""
    loaded = ctypes.CDLL(_FILE)
    for name, (result, *arguments) in _FUNCTIONS.items():
        function = getattr(loaded, name)
        function.restype, function.argtypes = result, arguments
    return loaded


def message(error: int) -> str:
    """What the library says of one of its errors."""
    text = ctypes.create_string_buffer(_LONGEST_MESSAGE)
    library().pcre2_get_error_message_8(error, text, len(text))
    return text.value.decode()
