"""The answer to a question of fact that may not have one."""

from enum import StrEnum


class Answer(StrEnum):
    """Yes, no, or it could not be checked, which reads as neither of the two.

    An answer is compared by name (`answer is Answer.YES`). To ask `if answer:` is an error: all three would be true.
    """

    YES = "yes"
    NO = "no"
    COULD_NOT_CHECK = "could-not-check"

    @classmethod
    def of(cls, fact: bool) -> "Answer":
        """Return the answer to a fact that is known."""
        return cls.YES if fact else cls.NO

    def __bool__(self) -> bool:
        raise TypeError("an answer is neither true nor false: compare it with Answer.YES or Answer.NO")
