import pytest

from chassis.answers import Answer


def test_an_answer_to_a_known_fact_is_yes_or_no() -> None:
    assert (Answer.of(True), Answer.of(False)) == (Answer.YES, Answer.NO)


@pytest.mark.parametrize("answer", Answer)
def test_no_answer_reads_as_true_or_false_by_itself(answer: Answer) -> None:
    with pytest.raises(TypeError):
        bool(answer)
