"""What was checked, in sentences, and how it came out."""

import sys
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts what passed and what failed, and prints each as it is known."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)

    def chapter(self, name: str) -> None:
        """Begin a part of the story."""
        print(f"\n{name}", flush=True)

    def check(self, sentence: str, seen: object, expected: object = True) -> bool:
        """Note whether what was seen is what the sentence says; a surprise is told with both."""
        if seen == expected:
            self.passed += 1
            print(f"  {sentence}", flush=True)
            return True
        self.surprise(f"{sentence}: saw {seen!r}, expected {expected!r}")
        return False

    def surprise(self, sentence: str) -> None:
        """Note something that is not as it must be."""
        self.failed.append(sentence)
        print(f"  NOT SO: {sentence}", file=sys.stderr, flush=True)

    def close(self) -> int:
        """Print every surprise again and the last line; return the exit status."""
        for sentence in self.failed:
            print(f"NOT SO: {sentence}")
        print(f"{self.passed} passed, {len(self.failed)} failed")
        return 1 if self.failed else 0
