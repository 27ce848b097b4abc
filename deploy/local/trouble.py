"""What stops the local platform, said in one sentence that tells what to do."""


class Trouble(Exception):
    """Something a person has to put right; the message says what it is and what to do about it."""
