"""Certifications become signatures: with the words, the time, the session and the digest of the file.

What was certified before had its words in the upload and the rest in the audit trail; nobody had kept the address.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import rows_at_hand
from chassis.signature import create_signatures

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    create_signatures(op, "documents")
    op.add_column("upload", sa.Column("certificate", postgresql.JSONB))
    with rows_at_hand(op, "upload", "file", "signature"):
        _certificates()
        _signatures()
    op.drop_column("upload", "certified_by")
    op.drop_column("upload", "statement")


def _certificates() -> None:
    op.execute(
        """
        update upload set certificate = jsonb_build_object(
            'statement', 'upload-certification/0',
            'statement_text', upload.statement,
            'statement_sha256', encode(sha256(convert_to(upload.statement, 'UTF8')), 'hex'),
            'organization_id', upload.organization_id,
            'person_id', audit.person_id,
            'user_id', upload.certified_by,
            'given_name', null,
            'family_name', null,
            'signed_at', audit.at,
            'machine_at', audit.machine_at,
            'address', null,
            'session_id', audit.session_id,
            'token_id', coalesce(audit.token_id, '')
        )
        from audit
        where audit.action = 'upload.certify' and audit.entity = 'upload' and audit.entity_id = upload.id::text
          and audit.person_id is not null
        """
    )


def _signatures() -> None:
    op.execute(
        """
        insert into signature
        select signed.*
        from file
        join upload on upload.id = file.id and upload.certificate is not null
        cross join lateral jsonb_populate_record(
            null::signature,
            upload.certificate || jsonb_build_object(
                'id', gen_random_uuid(), 'subject', 'file', 'subject_id', file.id, 'content_sha256', file.sha256
            )
        ) as signed
        """
    )
