"""A Python tus client that is not ours uploads, is cut, and resumes."""

import asyncio
import io

import pytest
from tusclient.client import TusClient

from tests.documents import pdfs
from tests.documents.house import MIB, sha256, signature, token

pytestmark = pytest.mark.database


@pytest.mark.parametrize("chunk", [MIB, 100 * MIB])
async def test_tuspy_uploads_is_cut_and_resumes_in_another_process(house, chunk):
    person = await house.person()
    slot = await house.slot(person.organization)
    content = pdfs.pdf(filling=3 * MIB)
    told = {"slot": str(slot), "filename": "report.pdf", "includes": "a score", **signature()}
    client = TusClient(
        f"{house.edge.url}/api/documents/uploads", headers={"Authorization": f"Bearer {token(person.organization)}"}
    )

    def begin() -> str:
        uploader = client.uploader(
            file_stream=io.BytesIO(content), chunk_size=700_000, metadata=told, upload_checksum=True
        )
        uploader.upload(stop_at=700_000)
        return uploader.url

    def resume(url: str) -> int:
        uploader = client.uploader(file_stream=io.BytesIO(content), chunk_size=chunk, url=url)
        uploader.upload()
        return uploader.offset

    url = await asyncio.to_thread(begin)
    house.resources.partial._tails.clear()
    assert await asyncio.to_thread(resume, url) == len(content)
    [file] = (await person.get("/files"))["items"]
    assert file["sha256"] == sha256(content)
