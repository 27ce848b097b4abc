"""The permissions of the bidding forms, by the names of the role table (domain/roles.md 1.1)."""

EDIT_BUSINESS = "form_a.business.edit"
EDIT_LOCATIONS = "form_a.location.edit"
APPROVE_FORM_A = "form_a.approve"
EDIT_FORM_B = "form_b.edit"
CERTIFY_FORM_B = "form_b.certify"
VIEW = "bid.view"
