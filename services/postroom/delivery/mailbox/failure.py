"""What an error of the file system means for mail to a mailbox: for good, or for now."""

import errno

# Somebody has to change the file, the directory or the configuration: the sender hears of it.
_PERMANENT = frozenset(
    (
        *(errno.EACCES, errno.EEXIST, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG),
        *(errno.ENOENT, errno.ENOTDIR, errno.ENXIO, errno.EPERM),
    )
)
_FULL = frozenset((errno.EDQUOT, errno.EFBIG))
_BUSY = frozenset((errno.EAGAIN, errno.ESTALE))


def code_of(error: Exception) -> str:
    """The enhanced status code; what nobody expected, a full disk too, is tried again."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _PERMANENT:
        return "5.2.0"
    if number in _FULL:
        return "5.2.2"
    return "4.2.0" if number in _BUSY else "4.3.0"


def reason_of(error: Exception) -> str:
    if not isinstance(error, OSError):
        return str(error)
    if error.errno == errno.ELOOP:
        return "file is a symbolic link"
    return error.strerror or str(error)
