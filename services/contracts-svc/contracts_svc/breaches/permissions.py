"""The permissions of breach cases, by the names of the role table (domain/roles.md 1.3 and 3)."""

VIEW = "notice.breach.view"
RESPOND = "notice.breach.respond"

STAFF_VIEW = "staff.breach.view"
EDIT = "staff.breach.edit"
DECIDE = "staff.breach.decide"
HEAR = "staff.hearing.edit"
STAFF_FILES = "staff.document.case.view"
