import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.answers import Answer, all_of, any_of

ANSWERS = st.lists(st.sampled_from(Answer), min_size=1, max_size=6)


def test_an_answer_to_a_known_fact_is_yes_or_no() -> None:
    assert (Answer.of(True), Answer.of(False)) == (Answer.YES, Answer.NO)


@pytest.mark.parametrize("answer", Answer)
def test_no_answer_reads_as_true_or_false_by_itself(answer: Answer) -> None:
    with pytest.raises(TypeError):
        bool(answer)


@given(ANSWERS)
def test_all_and_any_never_make_a_yes_of_what_could_not_be_checked(answers: list[Answer]) -> None:
    assert (all_of(answers) is Answer.YES) == (set(answers) == {Answer.YES})
    assert (any_of(answers) is Answer.YES) == (Answer.YES in answers)
    assert (any_of(answers) is Answer.NO) == (set(answers) == {Answer.NO})
    assert (all_of(answers) is Answer.NO) == (Answer.NO in answers)


@given(ANSWERS)
def test_the_order_of_answers_does_not_matter(answers: list[Answer]) -> None:
    assert all_of(answers) is all_of(answers[::-1])
    assert any_of(answers) is any_of(answers[::-1])


def test_the_opposite_of_what_could_not_be_checked_could_not_be_checked() -> None:
    assert [answer.opposite for answer in (Answer.YES, Answer.NO)] == [Answer.NO, Answer.YES]
    assert Answer.COULD_NOT_CHECK.opposite is Answer.COULD_NOT_CHECK
