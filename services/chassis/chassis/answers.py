"""The answer to a question of fact that may not have one."""

from collections.abc import Iterable
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

    @property
    def opposite(self) -> "Answer":
        """The answer to the opposite question; what could not be checked stays so."""
        return {Answer.YES: Answer.NO, Answer.NO: Answer.YES}.get(self, Answer.COULD_NOT_CHECK)

    def __bool__(self) -> bool:
        raise TypeError("an answer is neither true nor false: compare it with Answer.YES or Answer.NO")


def all_of(answers: Iterable[Answer]) -> Answer:
    """Return no where one answer is no, yes where every one is yes."""
    given = set(answers)
    return next((each for each in (Answer.NO, Answer.COULD_NOT_CHECK) if each in given), Answer.YES)


def any_of(answers: Iterable[Answer]) -> Answer:
    """Return yes where one answer is yes, no where every one is no."""
    given = set(answers)
    return next((each for each in (Answer.YES, Answer.COULD_NOT_CHECK) if each in given), Answer.NO)
