"""What all tests share."""

import signal


def pytest_configure() -> None:
    """Let SIGINT be a signal: a shell that starts us in the background has it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
