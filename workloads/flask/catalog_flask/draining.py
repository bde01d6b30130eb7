"""One byte that the master and all of its workers see.

gunicorn tells nobody but the master that a task ends, and /health is answered
by the workers. The byte lies in memory that was shared before they forked."""

import mmap

_SERVING, _DRAINING, _ENDING = 0, 1, 2

_state = mmap.mmap(-1, 1)


def begin() -> None:
    """/health answers 503 from now on; everything else is served."""
    _state[0] = _DRAINING


def end() -> None:
    """Workers may end from now on."""
    _state[0] = _ENDING


def is_draining() -> bool:
    return _state[0] != _SERVING


def is_ending() -> bool:
    return _state[0] == _ENDING
