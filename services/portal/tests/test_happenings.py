"""What notices-svc tells has words and a way on."""

from portal.happenings import happenings_of, todos_of

REQUEST = "role-request:01a20d23-89d6-717a-a1cb-174d4d923339"


def test_a_role_request_to_decide_leads_to_where_it_is_decided():
    item = {"kind": "decide-role-request", "about": REQUEST, "label": "A role request waits for you", "due_at": None}
    (todo,) = todos_of([item])
    assert (todo.title, todo.link, todo.act) == (item["label"], "/organization/requests", "Decide")


def test_what_happened_to_a_role_leads_to_the_people_who_have_one():
    item = {"kind": "role-granted", "about": REQUEST, "label": "A role was granted", "occurred_at": "", "details": {}}
    (happening,) = happenings_of([item])
    assert (happening.title, happening.link) == (item["label"], "/organization")


def test_what_an_edit_has_voided_leads_to_where_it_is_signed_again():
    about = {"label": "Again", "due_at": None}
    kinds = (("approve-form-a-again", "form-a:1"), ("certify-bid-again", "bid:2"))
    found = todos_of([{"kind": kind, "about": thing, **about} for kind, thing in kinds])
    assert [todo.link for todo in found] == ["/form-a", "/bids/2/review"]
