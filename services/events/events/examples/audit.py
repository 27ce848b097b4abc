from events import audit
from events.examples import _story as story

EXAMPLES = (
    audit.BatchSealed(
        service="documents",
        batch=1,
        previous_head=None,
        head=story.OTHER_DIGEST,
        sealed_at=story.LATER,
        signature=story.SIGNED,
        rows=tuple((row, story.DIGEST) for row in story.AUDIT_ROWS),
    ),
    audit.SigningKeyPublished(
        service="documents", kid="audit-documents-2019-07", public_jwk=story.JWK, not_before=story.WINDOW_OPENS
    ),
)
