"""The folder of broken PDFs, through the process that opens files nobody trusts, with its limits of time and memory."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from documents_svc.files.inspection import TOO_HEAVY
from documents_svc.files.inspector import ANSWER_WITHIN
from tests.documents.broken_pdfs import ALL, BOMBS, Broken

Answer = dict[str, Any]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[bytes], Answer]]:
    """Ask the process of a worker about one file after another; the same process answers for all of them."""
    path: Path = tmp_path_factory.mktemp("broken") / "file"
    program = (sys.executable, "-m", "documents_svc.files.inspection_process")
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def answer(content: bytes) -> Answer:
            path.write_bytes(content)
            stdin.write(json.dumps({"path": str(path), "media_types": ["application/pdf"]}).encode() + b"\n")
            stdin.flush()
            said: Answer = json.loads(stdout.readline())
            return said

        yield answer
        stdin.close()


@pytest.mark.parametrize("broken", [pytest.param(broken, id=name) for name, broken in ALL.items()])
def test_every_broken_pdf_has_its_verdict_and_its_code(ask, broken: Broken):
    content = broken.make()
    began = time.monotonic()
    answer = ask(content)
    assert time.monotonic() - began < ANSWER_WITHIN
    assert "failed" not in answer
    rejection = answer["rejection"]
    assert (rejection and rejection["code"]) == broken.code
    assert rejection is None or rejection["reason"].endswith(".")


def test_a_file_that_meets_the_limit_of_memory_is_rejected_for_it_and_the_next_one_is_answered(ask):
    assert ask(BOMBS["list of ten million numbers"].make())["rejection"] == {
        "code": TOO_HEAVY.code,
        "reason": TOO_HEAVY.reason,
    }
    assert ask(ALL["plain"].make()) == {"rejection": None}
