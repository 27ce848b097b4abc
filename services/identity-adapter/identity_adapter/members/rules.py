"""The rules of memberships, by name. Each is the sentence that whoever breaks it reads."""

from chassis.errors import Invalid, NotAllowed, NotAllowedNow


class NoSuchRole(Invalid):
    """The role table has no such role, or it stands on the other side of the program."""


class NotYourOwnRequest(NotAllowed):
    """Somebody else decides your own request. Ask another authorized official of your organization."""


class RequestOverdue(NotAllowedNow):
    """Nobody decided this request in time, so it has expired. Ask the person to request the role again."""


class AuthorizedOfficialStays(NotAllowedNow):
    """An authorized official cannot leave while others act for the organization. Call the help desk to be replaced."""


class OnlyABackupTakesOver(NotAllowedNow):
    """Only a backup authorized official can take over as authorized official. Choose one of them."""


class StillAnAuthorizedOfficial(NotAllowedNow):
    """The organization still has an authorized official. Remove that role first, then let the backup take over."""


class OfficialNotKnownYet(NotAllowedNow):
    """The enrollment record could not be asked about this person yet. Try again when it has been brought up to date."""


class NotAnOfficial(NotAllowedNow):
    """The enrollment record does not name this person as an authorized official. Let the person request the role."""
